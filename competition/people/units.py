"""Schools and enterprises. Phone and bank account are sealed."""

from typing import Any

from competition.audit.history import last_change
from competition.audit.write import Actor, write
from competition.database.errors import Duplicate
from competition.database.rows import new_token
from competition.documents.masking import mask_account, mask_phone
from competition.people.identity import normalise_id, normalise_phone
from competition.people.rules import UnitDraft, compact_account, unit_problems
from competition.people.tables import Unit
from competition.people.vault import seal
from competition.problems import N_, Missing, Problem, Refused, Stale


def _unit_values(draft: UnitDraft) -> dict[Any, Any]:
    """Column names and what goes in."""
    values: dict[Any, Any] = {
        "name": draft.name.strip(),
        "name_en": draft.name_en.strip(),
        "kind": str(draft.kind),
        "credit_code": normalise_id(draft.credit_code),
        "district": draft.district_id,
        "in_city": draft.in_city,
        "industry": draft.industry,
        "contact_name": draft.contact_name,
        "bank_name": draft.bank_name,
        "account_name": draft.account_name,
        "fictitious": draft.fictitious,
    }
    if draft.phone is not None:
        phone = normalise_phone(draft.phone)
        values |= {"phone_sealed": seal(phone), "phone_mask": mask_phone(phone)}
    if draft.account is not None:
        account = compact_account(draft.account)
        values |= {"account_sealed": seal(account), "account_tail": mask_account(account)}
        values |= {"account_verified_at": None}
    return values


async def _code_taken(credit_code: str, unit_id: int = 0) -> list[Problem]:
    taken = (
        await Unit.select(Unit.name)
        .where((Unit.credit_code == normalise_id(credit_code)) & (Unit.id != unit_id))
        .first()
    )
    if taken is None:
        return []
    return [Problem(N_("该信用代码已登记为“{name}”"), "credit_code", {"name": taken["name"]})]


async def create_unit(actor: Actor, draft: UnitDraft) -> int:
    """Raises Refused; a credit code on file is refused by the name of its unit."""
    problems = unit_problems(draft) + await _code_taken(draft.credit_code)
    if problems:
        raise Refused(*problems)
    try:
        async with write(actor) as change:
            row = Unit(token=new_token(), created_at=change.at, **_unit_values(draft))
            unit_id = (await Unit.insert(row))[0]["id"]
            await change.record("unit.created", "unit", unit_id, name=draft.name, credit_code=draft.credit_code)
    except Duplicate as error:
        raise Refused(*await _code_taken(draft.credit_code)) from error
    return unit_id


async def update_unit(actor: Actor, unit_id: int, draft: UnitDraft, version: int) -> None:
    """Raises Missing, Refused, and Stale when the unit was changed since `version`."""
    unit = await Unit.select().where(Unit.id == unit_id).first()
    if unit is None:
        raise Missing("unit")
    problems = unit_problems(draft, account_on_file=bool(unit["account_sealed"]))
    problems += await _code_taken(draft.credit_code, unit_id)
    if problems:
        raise Refused(*problems)
    values = _unit_values(draft)
    changed = sorted(name for name, value in values.items() if unit[name] != value)
    try:
        async with write(actor) as change:
            rows = (
                await Unit.update(values | {"version": version + 1})
                .where((Unit.id == unit_id) & (Unit.version == version))
                .returning(Unit.id)
            )
            if not rows:
                raise Stale(*await last_change("unit", unit_id))
            await change.record("unit.updated", "unit", unit_id, changed=changed)
    except Duplicate as error:
        raise Refused(*await _code_taken(draft.credit_code, unit_id)) from error


async def verify_account(actor: Actor, unit_id: int) -> None:
    """Somebody compared the bank account with the unit's proof. Raises Refused without an account."""
    async with write(actor) as change:
        rows = (
            await Unit.update({Unit.account_verified_at: change.at})
            .where((Unit.id == unit_id) & (Unit.account_sealed != ""))
            .returning(Unit.id)
        )
        if not rows:
            raise Refused(Problem(N_("该单位没有登记银行账号")))
        await change.record("unit.account_verified", "unit", unit_id)
