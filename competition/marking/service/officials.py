"""Who acted: names of accounts, in both languages."""

from collections.abc import Iterable

from competition.accounts.tables import Account


async def account_names(account_ids: Iterable[int | None]) -> dict[int | None, tuple[str, str]]:
    known = sorted({account for account in account_ids if account is not None})
    if not known:
        return {}
    rows = await Account.select(Account.id, Account.name, Account.name_en).where(Account.id.is_in(known))
    return {row["id"]: (row["name"], row["name_en"]) for row in rows}
