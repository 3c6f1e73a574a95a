"""Signing in and out, the language, and the bureau's list of accounts."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts import service
from competition.accounts.access import PUBLIC, SIGNED_IN, Scopes, open_path, path_scope
from competition.accounts.kinds import ROLE_NAMES, Role, scope_fits
from competition.accounts.sessions import COOKIE, SECURE_COOKIE, session_cookie
from competition.accounts.tables import Account, RoleGrant
from competition.problems import N_, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.navigation import NavItem
from competition.web.pages import page, redirect, safe_path, shell_of
from competition.web.paging import paging
from competition.web.viewer import actor_of, address_of, signed_in, viewer_of

NAVIGATION = [NavItem(N_("系统"), "/accounts", N_("账号与角色"), "users", frozenset({Role.BUREAU, Role.AUDITOR}))]

open_path("code")
open_path("grant_id")


@path_scope("account_id")
async def _account(account_id: int) -> Scopes | None:
    return {"account": account_id} if await Account.exists().where(Account.id == account_id) else None


def _with_session(request: Request, to: str, token: str, hours: int) -> Response:
    answer = redirect(to)
    answer.cookies.append(session_cookie(token, secure=shell_of(request).settings.secure_cookies, hours=hours))
    return answer


@get("/sign-in", who=PUBLIC)
async def sign_in_page(request: Request) -> Response:
    return page(request, "accounts/sign_in.html", form=Form({"next": [request.query_params.get("next", "")]}))


@post("/sign-in", who=PUBLIC)
async def sign_in(request: Request) -> Response:
    form = await read_form(request)
    settings = shell_of(request).settings
    username, password = form.text("username", longest=60), form.value("password")
    if not password:
        form.wrong("password", N_("此项必填"))
    if form.valid:
        viewer = viewer_of(request)
        try:
            token = await service.sign_in(
                settings, username, password, address_of(request),
                previous_session=viewer.session_id if viewer else None,
            )  # fmt: skip
        except Refused as refused:
            form.refuse(refused)
            form.raw.pop("password", None)
            return page(request, "accounts/sign_in.html", status=refused.status, form=form)
        return _with_session(request, safe_path(form.value("next") or "/desk"), token, settings.session_hours)
    return page(request, "accounts/sign_in.html", status=422, form=form)


@get("/sign-in/{code:str}", who=PUBLIC)
async def code_page(request: Request, code: FromPath[str]) -> Response:
    """What a tablet shows after scanning: whose code it is. Signing in needs a tap, so a preview uses nothing up."""
    holder = await service.code_holder(code)
    return page(request, "accounts/code.html", status=200 if holder else 410, holder=holder, code=code)


@post("/sign-in/{code:str}", who=PUBLIC)
async def sign_in_by_code(request: Request, code: FromPath[str]) -> Response:
    settings = shell_of(request).settings
    try:
        token = await service.sign_in_by_code(settings, code, address_of(request))
    except Refused:
        return page(request, "accounts/code.html", status=410, holder=None, code=code)
    return _with_session(request, "/desk", token, settings.tablet_hours)


@post("/sign-out", who=SIGNED_IN)
async def sign_out(request: Request) -> Response:
    viewer = signed_in(request)
    await service.sign_out(actor_of(request), viewer.session_id, viewer.account_id)
    answer = redirect("/sign-in", _("已退出登录"))
    answer.delete_cookie(SECURE_COOKIE if shell_of(request).settings.secure_cookies else COOKIE)
    return answer


@get("/accounts", who={Role.BUREAU, Role.AUDITOR})
async def list_accounts(request: Request) -> Response:
    asked = request.query_params.get("q", "").strip()
    query = Account.select(
        Account.id, Account.username, Account.name, Account.name_en, Account.disabled_at
    ).order_by(Account.id)  # fmt: skip
    count = Account.count()
    if asked:
        matching = Account.name.ilike(f"%{asked}%") | Account.username.ilike(f"%{asked}%")
        query, count = query.where(matching), count.where(matching)
    pages = paging(request, await count)
    accounts = await query.limit(pages.size).offset(pages.offset)
    grants = await _grants_of([account["id"] for account in accounts])
    return page(
        request, "accounts/list.html", accounts=accounts, grants=grants, pages=pages, asked=asked,
        role_names=ROLE_NAMES, form=Form(), roles=_role_options(),
    )  # fmt: skip


async def _grants_of(account_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {account_id: [] for account_id in account_ids}
    if account_ids:
        rows = (
            await RoleGrant.select()
            .where(RoleGrant.account.is_in(account_ids) & RoleGrant.revoked_at.is_null())
            .order_by(RoleGrant.id)
        )
        for row in rows:
            found[row["account"]].append(row)
    return found


def _role_options() -> list[tuple[str, str]]:
    return [(role.value, _(ROLE_NAMES[role])) for role in Role]


@get("/accounts/new", who={Role.BUREAU})
async def new_account(request: Request) -> Response:
    return page(request, "accounts/new.html", form=Form(), roles=_role_options())


@post("/accounts/new", who={Role.BUREAU})
async def create_account(request: Request) -> Response:
    form = await read_form(request)
    new = service.NewAccount(
        username=form.text("username", longest=60),
        name=form.text("name", longest=60),
        name_en=form.text("name_en", required=False),
        password=form.value("password"),
    )
    role = form.choice("role", Role)
    scope_id = form.whole("scope_id", default=0)
    if form.valid and not scope_fits(role, scope_id):
        form.wrong("scope_id", N_("该角色须指明管理范围的编号；全市角色留空"))
    if form.valid:
        try:
            account_id = await service.create_account(actor_of(request), new)
            await service.grant_role(actor_of(request), account_id, role, scope_id)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/accounts/{account_id}", _("已建立账号 {name}", name=new.username))
    return page(request, "accounts/new.html", status=422, form=form, roles=_role_options())


async def _account_page(request: Request, account_id: int, form: Form, status: int = 200) -> Response:
    account = await Account.select().where(Account.id == account_id).first()
    grants = await _grants_of([account_id])
    return page(
        request, "accounts/account.html", status=status, account=account, grants=grants[account_id],
        role_names=ROLE_NAMES, roles=_role_options(), form=form,
    )  # fmt: skip


@get("/accounts/{account_id:int}", who={Role.BUREAU, Role.AUDITOR})
async def show_account(request: Request, account_id: FromPath[int]) -> Response:
    return await _account_page(request, account_id, Form())


@post("/accounts/{account_id:int}/roles", who={Role.BUREAU})
async def grant_role(request: Request, account_id: FromPath[int]) -> Response:
    form = await read_form(request)
    role = form.choice("role", Role)
    scope_id = form.whole("scope_id", default=0)
    if form.valid:
        try:
            await service.grant_role(actor_of(request), account_id, role, scope_id)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/accounts/{account_id}", _("已授予角色 {role}", role=_(ROLE_NAMES[role])))
    return await _account_page(request, account_id, form, 422)


@post("/accounts/{account_id:int}/roles/{grant_id:int}/revoke", who={Role.BUREAU})
async def revoke_role(request: Request, account_id: FromPath[int], grant_id: FromPath[int]) -> Response:
    await service.revoke_role(actor_of(request), account_id, grant_id)
    return redirect(f"/accounts/{account_id}", _("已收回角色"))


@post("/accounts/{account_id:int}/password", who={Role.BUREAU})
async def set_password(request: Request, account_id: FromPath[int]) -> Response:
    form = await read_form(request)
    try:
        await service.set_password(actor_of(request), account_id, form.value("password"))
    except Refused as refused:
        form.refuse(refused)
        return await _account_page(request, account_id, form, 422)
    return redirect(f"/accounts/{account_id}", _("已重设密码，原有登录全部失效"))


@post("/accounts/{account_id:int}/disabled", who={Role.BUREAU})
async def set_disabled(request: Request, account_id: FromPath[int]) -> Response:
    form = await read_form(request)
    disabled = form.checked("disabled")
    await service.disable_account(actor_of(request), account_id, disabled=disabled)
    return redirect(f"/accounts/{account_id}", _("已停用账号") if disabled else _("已启用账号"))


ROUTES = [
    sign_in_page, sign_in, code_page, sign_in_by_code, sign_out,
    list_accounts, new_account, create_account, show_account, grant_role, revoke_role, set_password, set_disabled,
]  # fmt: skip
