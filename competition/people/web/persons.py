"""Persons: the list, a person's page with levels and pools, and the form."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.access import acting_as
from competition.accounts.kinds import Role
from competition.people import service
from competition.people.identity import occupation_code_problem
from competition.people.kinds import (
    CERTIFICATE_LEVEL_NAMES,
    ID_KIND_NAMES,
    LEVEL_NAMES,
    POOL_NAMES,
    POOL_TITLES,
    SEX_NAMES,
    STATUS_NAMES,
    IdKind,
    Level,
    Pool,
    Sex,
    Status,
)
from competition.people.rules import PersonDraft
from competition.people.tables import LevelHeld, Occupation, Person, PoolMembership, Unit
from competition.problems import N_, Refused, Stale
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.pages import page, redirect
from competition.web.paging import paging
from competition.web.viewer import actor_of, signed_in

NAMES: dict[str, Any] = {
    "status_names": STATUS_NAMES,
    "sex_names": SEX_NAMES,
    "id_kind_names": ID_KIND_NAMES,
    "pool_names": POOL_NAMES,
    "pool_titles": POOL_TITLES,
    "level_names": LEVEL_NAMES,
    "certificate_names": CERTIFICATE_LEVEL_NAMES,
}


async def unit_named(form: Form, name: str = "unit") -> int | None:
    """The unit whose whole name or credit code was typed; "" is none."""
    typed = form.text(name, required=False)
    if not typed:
        return None
    unit = await Unit.select(Unit.id).where((Unit.name == typed) | (Unit.credit_code == typed.upper())).first()
    if unit is None:
        form.wrong(name, N_("没有登记名为“{unit}”的单位；填全称或信用代码，或先登记单位"), unit=typed)
        return None
    return unit["id"]


async def read_person(form: Form, *, identity: bool = True) -> PersonDraft:
    """The fields of templates/people/_person_fields.html."""
    sex = form.one_of("sex", set(Sex), required=False)
    return PersonDraft(
        name=form.text("name", longest=60),
        name_en=form.text("name_en", required=False),
        sex=sex,
        born_on=form.day("born_on"),
        id_kind=form.choice("id_kind", IdKind, default=IdKind.RESIDENT) if identity else IdKind.RESIDENT,
        id_number=form.text("id_number", longest=40) if identity else "",
        phone=form.text("phone", required=False, longest=30),
        unit_id=await unit_named(form),
        status=form.choice("status", Status),
        honours=form.text("honours", required=False, longest=200),
        fictitious=form.checked("fictitious"),
    )


async def unit_names() -> list[str]:
    """For the list of suggestions beside a unit field."""
    rows = await Unit.select(Unit.name).order_by(Unit.name).limit(1000)
    return [row["name"] for row in rows]


@get("/persons", who={Role.BUREAU, Role.AUDITOR, Role.REGISTRAR})
async def list_persons(request: Request) -> Response:
    """A registrar sees the people of their own units only."""
    asked = {name: request.query_params.get(name, "").strip() for name in ("q", "status")}
    query = Person.select(
        Person.id, Person.name, Person.name_en, Person.sex, Person.born_on, Person.id_mask, Person.phone_mask,
        Person.status, Person.unit.name.as_alias("unit_name"), Person.unit.name_en.as_alias("unit_name_en"),
    ).order_by(Person.name, Person.id)  # fmt: skip
    count = Person.count()
    for condition in _conditions(request, asked):
        query, count = query.where(condition), count.where(condition)
    pages = paging(request, await count)
    persons = await query.limit(pages.size).offset(pages.offset)
    return page(
        request, "people/persons.html", persons=persons, pages=pages, asked=asked, form=Form.filled(**asked),
        pools=await service.pools_of([person["id"] for person in persons]), role=acting_as(request), **NAMES,
    )  # fmt: skip


def _conditions(request: Request, asked: dict[str, str]) -> list[Any]:
    found: list[Any] = []
    if acting_as(request) == Role.REGISTRAR:
        found.append(Person.unit.is_in(list(signed_in(request).scopes(Role.REGISTRAR))))
    if asked["q"]:
        found.append(Person.name.ilike(f"%{asked['q']}%") | Person.name_en.ilike(f"%{asked['q']}%"))
    if asked["status"] in set(Status):
        found.append(Person.status == asked["status"])
    return found


async def _form_page(request: Request, form: Form, person: dict[str, Any] | None, status: int = 200) -> Response:
    own = acting_as(request) == Role.REGISTRAR
    return page(
        request, "people/person_form.html", status=status, form=form, person=person,
        units=[] if own else await unit_names(), unit_fixed=own, **NAMES,
    )  # fmt: skip


@get("/persons/new", who={Role.BUREAU})
async def new_person(request: Request) -> Response:
    return await _form_page(request, Form.filled(id_kind=IdKind.RESIDENT), None)


@post("/persons/new", who={Role.BUREAU})
async def create_person(request: Request) -> Response:
    form = await read_form(request)
    draft = await read_person(form)
    try:
        if form.valid:
            person_id = await service.add_person(actor_of(request), draft)
            return redirect(f"/persons/{person_id}", _("已登记“{name}”", name=draft.name))
    except Refused as refused:
        form.refuse(refused)
    return await _form_page(request, form, None, 422)


async def _person(person_id: int) -> dict[str, Any]:
    person = (
        await Person.select(
            *Person.all_columns(), Person.unit.name.as_alias("unit_name"), Person.unit.name_en.as_alias("unit_name_en")
        )
        .where(Person.id == person_id)
        .first()
    )
    assert person is not None
    return person


async def _person_page(
    request: Request, person_id: int, *, form: Form | None = None, status: int = 200,
    revealed: tuple[str, str] | None = None,
) -> Response:  # fmt: skip
    levels = await LevelHeld.select().where(LevelHeld.person == person_id).order_by(LevelHeld.id, ascending=False)
    memberships = await PoolMembership.select().where(PoolMembership.person == person_id).order_by(PoolMembership.id)
    codes = await Occupation.select(Occupation.code, Occupation.name, Occupation.name_en).order_by(Occupation.code)
    return page(
        request, "people/person.html", status=status, person=await _person(person_id), levels=levels,
        memberships=memberships, occupations={row["code"]: row for row in codes}, revealed=revealed,
        form=form or Form(), role=acting_as(request), **NAMES,
    )  # fmt: skip


@get(
    "/persons/{person_id:int}",
    who={Role.BUREAU, Role.AUDITOR, Role.REGISTRAR, Role.COACH, Role.CONTESTANT},
)
async def show_person(request: Request, person_id: FromPath[int]) -> Response:
    return await _person_page(request, person_id)


@get("/persons/{person_id:int}/edit", who={Role.BUREAU, Role.REGISTRAR})
async def edit_person(request: Request, person_id: FromPath[int]) -> Response:
    person = await _person(person_id)
    shown = ("name", "name_en", "sex", "born_on", "status", "honours", "version")
    form = Form.filled(unit=person["unit_name"] or "", **{name: person[name] for name in shown})
    if person["id_kind"] == IdKind.RESIDENT:
        form.raw |= Form.filled(sex="", born_on="").raw  # read from the number, and the number stays hidden
    return await _form_page(request, form, person)


@post("/persons/{person_id:int}/edit", who={Role.BUREAU, Role.REGISTRAR})
async def update_person(request: Request, person_id: FromPath[int]) -> Response:
    """A registrar can't move a person to another unit."""
    form = await read_form(request)
    person = await _person(person_id)
    if acting_as(request) == Role.REGISTRAR:
        form.raw["unit"] = [person["unit_name"]]
    draft = await read_person(form, identity=False)
    status = 422
    try:
        if form.valid:
            await service.update_person(actor_of(request), person_id, draft, form.version())
            return redirect(f"/persons/{person_id}", _("已保存"))
    except Stale as stale:
        status, person = stale.status, await _person(person_id)
        form.refuse(stale)
        form.raw["version"] = [str(person["version"])]
    except Refused as refused:
        form.refuse(refused)
    return await _form_page(request, form, person, status)


@post("/persons/{person_id:int}/reveal", who={Role.BUREAU, Role.REGISTRAR})
async def reveal_person(request: Request, person_id: FromPath[int]) -> Response:
    """The value is in this answer only; asking again is another record."""
    form = await read_form(request)
    subject = form.one_of("subject", ("person_id", "person_phone"))
    try:
        if form.valid:
            value = await service.reveal(actor_of(request), subject, person_id, form.value("purpose"))
            return await _person_page(request, person_id, revealed=(subject, value))
    except Refused as refused:
        form.refuse(refused)
    return await _person_page(request, person_id, form=form, status=422)


@post("/persons/{person_id:int}/levels", who={Role.BUREAU})
async def add_level(request: Request, person_id: FromPath[int]) -> Response:
    form = await read_form(request)
    code = form.text("occupation_code", longest=10)
    level = form.choice("level", Level)
    number = form.text("certificate_number", required=False, longest=60)
    awarded_on = form.day("awarded_on")
    source = form.text("source")
    wrong = occupation_code_problem(code) if code else None
    if wrong:
        form.refuse(wrong)
    if not form.valid:
        return await _person_page(request, person_id, form=form, status=422)
    await service.add_level(actor_of(request), person_id, code, level, number, awarded_on, source)
    return redirect(f"/persons/{person_id}", _("已登记技能等级"))


@post("/persons/{person_id:int}/pools/{pool:str}/leave", who={Role.BUREAU})
async def leave_pool(request: Request, person_id: FromPath[int], pool: FromPath[str]) -> Response:
    form = await read_form(request)
    try:
        await service.leave_pool(actor_of(request), person_id, Pool(pool), form.text("reason", longest=200))
    except Refused as refused:
        form.refuse(refused)
        return await _person_page(request, person_id, form=form, status=422)
    return redirect(f"/persons/{person_id}", _("已出库"))


ROUTES = [
    list_persons, new_person, create_person, show_person, edit_person, update_person, reveal_person, add_level,
    leave_pool,
]  # fmt: skip
