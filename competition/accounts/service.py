"""Accounts, roles, signing in with a password or by a code."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import msgspec

from competition import clock
from competition.accounts.kinds import ROLE_SCOPE, Role, scope_fits
from competition.accounts.passwords import hash_password, password_matches, password_problem
from competition.accounts.sessions import digest, end_session, start_session
from competition.accounts.tables import Account, RoleGrant, SignInCode, SignInFailure, SignInSession
from competition.audit.write import Actor, Change, write
from competition.problems import N_, Missing, Problem, Refused
from competition.settings import Settings

FAILURES_PER_ACCOUNT = 8
FAILURES_PER_ADDRESS = 40
FAILURE_WINDOW = timedelta(minutes=15)


class NewAccount(msgspec.Struct, frozen=True):
    username: str
    name: str
    password: str
    name_en: str = ""
    demo: bool = False


class TooManyFailures(Refused):
    status = 429


async def create_account(actor: Actor, new: NewAccount, *, password_hash: str = "") -> int:
    """The new account's id. Raises Refused for a taken name or a weak password.

    `password_hash` spares the hashing where many accounts share one password (demo data).
    """
    username = new.username.strip().lower()
    problems = []
    if not username.isascii() or not username.replace("-", "").replace(".", "").replace("_", "").isalnum():
        problems.append(Problem(N_("登录名只用小写字母、数字和 . - _"), field="username"))
    if await Account.exists().where(Account.username == username):
        problems.append(Problem(N_("登录名已有人使用"), field="username"))
    weak = None if password_hash else password_problem(new.password, username)
    if problems or weak:
        raise Refused(*problems, *([weak] if weak else []))
    hashed = password_hash or await hash_password(new.password)
    async with write(actor) as change:
        rows = await Account.insert(
            Account(
                username=username, name=new.name, name_en=new.name_en, password_hash=hashed,
                created_at=change.at, demo=new.demo,
            )
        )  # fmt: skip
        await change.record("account.created", "account", rows[0]["id"], username=username)
    return rows[0]["id"]


async def grant_role(actor: Actor, account_id: int, role: Role, scope_id: int = 0) -> None:
    """Give `role` for the one thing it covers; a second time changes nothing. Raises Refused without that thing."""
    kind = ROLE_SCOPE[role]
    if not scope_fits(role, scope_id):
        raise Refused(Problem(N_("该角色须指明管理范围"), field="scope_id"))
    async with write(actor) as change:
        held = await RoleGrant.exists().where(
            (RoleGrant.account == account_id)
            & (RoleGrant.role == role.value)
            & (RoleGrant.scope_kind == kind)
            & (RoleGrant.scope_id == scope_id)
            & RoleGrant.revoked_at.is_null()
        )
        if not held:
            await RoleGrant.insert(
                RoleGrant(account=account_id, role=role.value, scope_kind=kind, scope_id=scope_id, granted_at=change.at)
            )
        await change.record("role.granted", "account", account_id, role=role, scope=kind, scope_id=scope_id)


async def revoke_role(actor: Actor, account_id: int, grant_id: int) -> None:
    """End a grant. Raises Missing when the account does not hold it."""
    async with write(actor) as change:
        rows = (
            await RoleGrant.update({RoleGrant.revoked_at: change.at})
            .where((RoleGrant.id == grant_id) & (RoleGrant.account == account_id) & RoleGrant.revoked_at.is_null())
            .returning(RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id)
        )
        if not rows:
            raise Missing("role")
        await change.record("role.revoked", "account", account_id, **rows[0])


async def set_password(actor: Actor, account_id: int, password: str) -> None:
    """A new password; every session of the account ends. Raises Refused for a weak one, Missing without the account."""
    account = await Account.select(Account.username).where(Account.id == account_id).first()
    if account is None:
        raise Missing("account")
    weak = password_problem(password, account["username"])
    if weak:
        raise Refused(weak)
    hashed = await hash_password(password)
    async with write(actor) as change:
        await Account.update({Account.password_hash: hashed}).where(Account.id == account_id)
        await _end_all_sessions(change, account_id)
        await change.record("account.password_set", "account", account_id)


async def disable_account(actor: Actor, account_id: int, *, disabled: bool) -> None:
    async with write(actor) as change:
        await Account.update({Account.disabled_at: change.at if disabled else None}).where(Account.id == account_id)
        if disabled:
            await _end_all_sessions(change, account_id)
        await change.record("account.disabled" if disabled else "account.enabled", "account", account_id)


async def _end_all_sessions(change: Change, account_id: int) -> None:
    await SignInSession.update({SignInSession.ended_at: change.at}).where(
        (SignInSession.account == account_id) & SignInSession.ended_at.is_null()
    )


async def _throttle(username: str, address: str, now: datetime) -> None:
    since = now - FAILURE_WINDOW
    of_name = await SignInFailure.count().where((SignInFailure.username == username) & (SignInFailure.at > since))
    of_address = await SignInFailure.count().where((SignInFailure.address == address) & (SignInFailure.at > since))
    if of_name >= FAILURES_PER_ACCOUNT or (address and of_address >= FAILURES_PER_ADDRESS):
        minutes = int(FAILURE_WINDOW.total_seconds() // 60)
        raise TooManyFailures(
            Problem(N_("登录失败次数过多，{minutes} 分钟后再试，或请管理员重设密码"), params={"minutes": minutes})
        )


async def sign_in(
    settings: Settings, username: str, password: str, address: str, *, previous_session: int | None = None
) -> str:
    """A new session's token. Raises Refused for a wrong name or password (the same words), TooManyFailures."""
    username = username.strip().lower()[:60]
    await _throttle(username, address, clock.now())
    account = await Account.select().where(Account.username == username).first()
    matches = await password_matches(account["password_hash"] if account else None, password)
    if account is None or not matches or account["disabled_at"]:
        async with write(Actor(name=username, role="public", address=address)) as change:
            await SignInFailure.insert(SignInFailure(username=username, address=address, at=change.at))
            await change.record("sign_in.failed", "account", account["id"] if account else None)
        raise Refused(Problem(N_("登录名或密码不对"), field="password"))
    actor = Actor(name=account["name"], user_id=account["id"], address=address)
    async with write(actor) as change:
        if previous_session is not None:
            await end_session(change, previous_session, account["id"])
        return await start_session(change, account["id"], "password", settings.session_hours)


async def issue_code(actor: Actor, account_id: int, *, hours: int, note: str = "") -> str:
    """A one-time sign-in code for a tablet; codes issued before and not used stop working."""
    token = secrets.token_urlsafe(18)
    async with write(actor) as change:
        await SignInCode.update({SignInCode.revoked_at: change.at}).where(
            (SignInCode.account == account_id) & SignInCode.used_at.is_null() & SignInCode.revoked_at.is_null()
        )
        await SignInCode.insert(
            SignInCode(
                token_digest=digest(token), account=account_id, note=note,
                created_at=change.at, expires_at=change.at + timedelta(hours=hours),
            )
        )  # fmt: skip
        await change.record("code.issued", "account", account_id, note=note)
    return token


async def code_holder(token: str) -> dict[str, Any] | None:
    """Whose code this is, while it can still be used: id, name, name_en."""
    return (
        await SignInCode.select(
            SignInCode.account.id.as_alias("id"),
            SignInCode.account.name.as_alias("name"),
            SignInCode.account.name_en.as_alias("name_en"),
        )
        .where(
            (SignInCode.token_digest == digest(token))
            & SignInCode.used_at.is_null()
            & SignInCode.revoked_at.is_null()
            & (SignInCode.expires_at > clock.now())
            & SignInCode.account.disabled_at.is_null()
        )
        .first()
    )


async def sign_in_by_code(settings: Settings, token: str, address: str) -> str:
    """A tablet's session. The code is used up: of two tablets at once only one comes in. Raises Refused."""
    holder = await code_holder(token)
    used_up = Refused(Problem(N_("登录码已用过或已过期，请赛务组重新出码")))
    if holder is None:
        raise used_up
    async with write(Actor(name=holder["name"], user_id=holder["id"], address=address)) as change:
        rows = (
            await SignInCode.update({SignInCode.used_at: change.at})
            .where((SignInCode.token_digest == digest(token)) & SignInCode.used_at.is_null())
            .returning(SignInCode.id)
        )
        if not rows:
            raise used_up
        return await start_session(change, holder["id"], "code", settings.tablet_hours)


async def sign_out(actor: Actor, session_id: int, account_id: int) -> None:
    async with write(actor) as change:
        await end_session(change, session_id, account_id)
