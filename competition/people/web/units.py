"""Schools and enterprises: the list, one unit with its people, and its form."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from piccolo.columns.combination import And, Or, Where
from piccolo.query.functions.aggregate import Count

from competition.accounts.access import acting_as
from competition.accounts.kinds import Role
from competition.accounts.service import revoke_role
from competition.accounts.tables import RoleGrant
from competition.audit.history import last_change
from competition.people import service
from competition.people.appointing import Appointed, appoint
from competition.people.kinds import STATUS_NAMES, UNIT_KIND_NAMES, UnitKind
from competition.people.rules import UnitDraft
from competition.people.tables import District, Person, Unit
from competition.problems import Refused, Stale
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.pages import page, redirect
from competition.web.paging import paging
from competition.web.viewer import actor_of

PEOPLE_SHOWN = 50


async def district_options() -> list[tuple[int, str, str]]:
    rows = await District.select(District.id, District.name, District.name_en).order_by(District.position)
    return [(row["id"], row["name"], row["name_en"]) for row in rows]


def _filter(asked: dict[str, str]) -> Where | And | Or | None:
    found: Any = None
    if asked["q"]:
        found = Unit.name.ilike(f"%{asked['q']}%") | (Unit.credit_code == asked["q"].upper())
    if asked["district"].isdecimal():
        here = Unit.district == int(asked["district"])
        found = found & here if found is not None else here
    if asked["kind"] in set(UnitKind):
        kind = Unit.kind == asked["kind"]
        found = found & kind if found is not None else kind
    return found


@get("/units", who={Role.BUREAU, Role.AUDITOR})
async def list_units(request: Request) -> Response:
    asked = {name: request.query_params.get(name, "").strip() for name in ("q", "district", "kind")}
    query = Unit.select(
        Unit.id, Unit.name, Unit.name_en, Unit.kind, Unit.credit_code, Unit.industry, Unit.contact_name,
        Unit.account_tail, Unit.account_verified_at, Unit.in_city, Unit.fictitious,
        Unit.district.name.as_alias("district_name"), Unit.district.name_en.as_alias("district_name_en"),
    ).order_by(Unit.name)  # fmt: skip
    count, wanted = Unit.count(), _filter(asked)
    if wanted is not None:
        query, count = query.where(wanted), count.where(wanted)
    pages = paging(request, await count)
    units = await query.limit(pages.size).offset(pages.offset)
    return page(
        request, "people/units.html", units=units, pages=pages, asked=asked, form=Form.filled(**asked),
        people=await _head_counts([unit["id"] for unit in units]), kind_names=UNIT_KIND_NAMES,
        districts=await district_options(), may_edit=acting_as(request) == Role.BUREAU,
    )  # fmt: skip


async def _head_counts(unit_ids: list[int]) -> dict[int, int]:
    if not unit_ids:
        return {}
    rows = await Person.select(Person.unit, Count()).where(Person.unit.is_in(unit_ids)).group_by(Person.unit)
    return {row["unit"]: row["count"] for row in rows}


def _read_draft(form: Form) -> UnitDraft:
    """Empty phone and account leave what is on file; the box removes the account."""
    return UnitDraft(
        name=form.text("name"),
        name_en=form.text("name_en", required=False, longest=160),
        kind=form.choice("kind", UnitKind),
        credit_code=form.text("credit_code", longest=40),
        district_id=form.whole("district", default=0) or None,
        in_city=form.checked("in_city"),
        industry=form.text("industry", required=False, longest=60),
        contact_name=form.text("contact_name", required=False, longest=60),
        phone=form.text("phone", required=False, longest=30) or None,
        bank_name=form.text("bank_name", required=False),
        account_name=form.text("account_name", required=False),
        account="" if form.checked("remove_account") else form.text("account", required=False, longest=60) or None,
        fictitious=form.checked("fictitious"),
    )


async def _form_page(request: Request, form: Form, unit: dict[str, Any] | None, status: int = 200) -> Response:
    return page(
        request, "people/unit_form.html", status=status, form=form, unit=unit, kind_names=UNIT_KIND_NAMES,
        districts=await district_options(), whole=acting_as(request) == Role.BUREAU,
    )  # fmt: skip


@get("/units/new", who={Role.BUREAU})
async def new_unit(request: Request) -> Response:
    return await _form_page(request, Form.filled(in_city=True), None)


@post("/units/new", who={Role.BUREAU})
async def create_unit(request: Request) -> Response:
    form = await read_form(request)
    draft = _read_draft(form)
    try:
        if form.valid:
            unit_id = await service.create_unit(actor_of(request), draft)
            return redirect(f"/units/{unit_id}", _("已登记单位“{name}”", name=draft.name))
    except Refused as refused:
        form.refuse(refused)
    return await _form_page(request, form, None, 422)


async def _unit(unit_id: int) -> dict[str, Any]:
    unit = (
        await Unit.select(
            *Unit.all_columns(),
            Unit.district.name.as_alias("district_name"),
            Unit.district.name_en.as_alias("district_name_en"),
        )
        .where(Unit.id == unit_id)
        .first()
    )
    assert unit is not None
    return unit


async def _unit_page(
    request: Request, unit_id: int, *, form: Form | None = None, status: int = 200,
    revealed: tuple[str, str] | None = None, appointed: Appointed | None = None,
) -> Response:  # fmt: skip
    persons = (
        await Person.select(
            Person.id, Person.name, Person.name_en, Person.status, Person.born_on, Person.id_mask, Person.phone_mask
        )
        .where(Person.unit == unit_id)
        .order_by(Person.name, Person.id)
        .limit(PEOPLE_SHOWN)
    )
    return page(
        request, "people/unit.html", status=status, unit=await _unit(unit_id), persons=persons,
        total=await Person.count().where(Person.unit == unit_id), kind_names=UNIT_KIND_NAMES,
        status_names=STATUS_NAMES, registrars=await _registrars(unit_id), revealed=revealed, appointed=appointed,
        form=form or Form(), role=acting_as(request), changed=await last_change("unit", unit_id),
    )  # fmt: skip


async def _registrars(unit_id: int) -> list[dict[str, Any]]:
    return (
        await RoleGrant.select(
            RoleGrant.id,
            RoleGrant.account.name.as_alias("name"),
            RoleGrant.account.username.as_alias("username"),
            RoleGrant.granted_at,
        )
        .where(
            (RoleGrant.role == Role.REGISTRAR.value) & (RoleGrant.scope_id == unit_id) & RoleGrant.revoked_at.is_null()
        )
        .order_by(RoleGrant.id)
    )


@get("/units/{unit_id:int}", who={Role.BUREAU, Role.AUDITOR, Role.REGISTRAR})
async def show_unit(request: Request, unit_id: FromPath[int]) -> Response:
    return await _unit_page(request, unit_id)


@get("/units/{unit_id:int}/edit", who={Role.BUREAU, Role.REGISTRAR})
async def edit_unit(request: Request, unit_id: FromPath[int]) -> Response:
    unit = await _unit(unit_id)
    return await _form_page(request, Form.filled(**_editable(unit)), unit)


def _editable(unit: dict[str, Any]) -> dict[str, Any]:
    shown = ("name", "name_en", "kind", "credit_code", "district", "in_city", "industry", "contact_name")
    return {name: unit[name] for name in (*shown, "bank_name", "account_name", "fictitious", "version")}


@post("/units/{unit_id:int}/edit", who={Role.BUREAU, Role.REGISTRAR})
async def update_unit(request: Request, unit_id: FromPath[int]) -> Response:
    """A registrar keeps contact and account up to date; who the unit is, only the bureau changes."""
    form = await read_form(request)
    unit = await _unit(unit_id)
    if acting_as(request) == Role.REGISTRAR:
        own = ("contact_name", "phone", "bank_name", "account_name", "account", "remove_account", "version", "_csrf")
        form.raw = Form.filled(**_editable(unit)).raw | {name: form.raw.get(name, []) for name in own}
    draft = _read_draft(form)
    status = 422
    try:
        if form.valid:
            await service.update_unit(actor_of(request), unit_id, draft, form.version())
            return redirect(f"/units/{unit_id}", _("已保存单位信息"))
    except Stale as stale:
        status, unit = stale.status, await _unit(unit_id)
        form.refuse(stale)
        form.raw["version"] = [str(unit["version"])]
    except Refused as refused:
        form.refuse(refused)
    return await _form_page(request, form, unit, status)


@post("/units/{unit_id:int}/reveal", who={Role.BUREAU, Role.REGISTRAR})
async def reveal_unit(request: Request, unit_id: FromPath[int]) -> Response:
    form = await read_form(request)
    subject = form.one_of("subject", ("unit_account", "unit_phone"))
    try:
        if form.valid:
            value = await service.reveal(actor_of(request), subject, unit_id, form.value("purpose"))
            return await _unit_page(request, unit_id, revealed=(subject, value))
    except Refused as refused:
        form.refuse(refused)
    return await _unit_page(request, unit_id, form=form, status=422)


@post("/units/{unit_id:int}/account-verified", who={Role.BUREAU})
async def verify_account(request: Request, unit_id: FromPath[int]) -> Response:
    await service.verify_account(actor_of(request), unit_id)
    return redirect(f"/units/{unit_id}", _("已记录银行账号核对无误"))


@post("/units/{unit_id:int}/registrars", who={Role.BUREAU})
async def add_registrar(request: Request, unit_id: FromPath[int]) -> Response:
    """The first password of a new account is in this answer and nowhere else."""
    form = await read_form(request)
    name, username = form.text("registrar_name", longest=60), form.text("username", longest=60)
    try:
        if form.valid:
            appointed = await appoint(actor_of(request), Role.REGISTRAR, unit_id, name, username)
            return await _unit_page(request, unit_id, appointed=appointed)
    except Refused as refused:
        form.refuse(refused)
    return await _unit_page(request, unit_id, form=form, status=422)


@post("/units/{unit_id:int}/registrars/{grant_id:int}/end", who={Role.BUREAU})
async def end_registrar(request: Request, unit_id: FromPath[int], grant_id: FromPath[int]) -> Response:
    grant = (
        await RoleGrant.select(RoleGrant.account)
        .where((RoleGrant.id == grant_id) & (RoleGrant.role == Role.REGISTRAR.value) & (RoleGrant.scope_id == unit_id))
        .first()
    )
    if grant is None:
        return redirect(f"/units/{unit_id}", _("没有这名经办人"), kind="warn")
    await revoke_role(actor_of(request), grant["account"], grant_id)
    return redirect(f"/units/{unit_id}", _("已收回经办人角色"))


ROUTES = [
    list_units, new_unit, create_unit, show_unit, edit_unit, update_unit, reveal_unit, verify_account,
    add_registrar, end_registrar,
]  # fmt: skip
