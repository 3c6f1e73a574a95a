"""Giving somebody a role by name: their account is found, or made with a first password that is shown once."""

import secrets

import msgspec

from competition.accounts.kinds import Role
from competition.accounts.service import NewAccount, create_account, grant_role
from competition.accounts.tables import Account
from competition.audit.write import Actor
from competition.people.pinyin import pinyin_name
from competition.problems import N_, Problem, Refused

# Without the letters and digits that are taken for one another on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class Appointed(msgspec.Struct, frozen=True):
    """`password` is "" for an account that existed."""

    account_id: int
    name: str
    username: str
    password: str


def first_password() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


async def appoint(actor: Actor, role: Role, scope_id: int, name: str, username: str) -> Appointed:
    """Raises Refused when the username is another person's, or the account is disabled."""
    username = username.strip().lower()
    account = await Account.select().where(Account.username == username).first()
    if account is None:
        password = first_password()
        new = NewAccount(username=username, name=name, name_en=pinyin_name(name), password=password)
        account_id = await create_account(actor, new)
    else:
        if account["name"] != name:
            raise Refused(Problem(N_("登录名已有人使用，姓名与该账号不一致"), "username"))
        if account["disabled_at"]:
            raise Refused(Problem(N_("该账号已停用，请市人社局启用后再指派"), "username"))
        account_id, password = account["id"], ""
    await grant_role(actor, account_id, role, scope_id)
    return Appointed(account_id, name, username, password)
