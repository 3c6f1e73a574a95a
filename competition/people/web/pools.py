"""The five pools: a tab each, and taking somebody in by ID number or by choosing a person."""

import re
from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from piccolo.query.functions.aggregate import Count

from competition import clock
from competition.accounts.access import acting_as
from competition.accounts.kinds import Role
from competition.audit.write import write
from competition.people import service
from competition.people.kinds import POOL_TITLES, CertificateLevel, IdKind, Pool
from competition.people.rules import FILLED_BY_RESULTS
from competition.people.tables import Occupation, Person, PoolMembership
from competition.people.web.persons import NAMES, read_person, unit_names
from competition.problems import N_, Missing, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.pages import page, redirect
from competition.web.paging import paging
from competition.web.viewer import actor_of

EXPIRES_SOON = timedelta(days=90)
READERS = {Role.BUREAU, Role.AUDITOR, Role.ORGANISER}
CANDIDATES = 20


def _pool(code: str) -> Pool:
    if code not in set(Pool):
        raise Missing("pool")
    return Pool(code)


async def _counts() -> dict[str, int]:
    rows = (
        await PoolMembership.select(PoolMembership.pool, Count())
        .where(PoolMembership.left_at.is_null())
        .group_by(PoolMembership.pool)
    )
    return {row["pool"]: row["count"] for row in rows}


def _conditions(pool: Pool, asked: dict[str, str]) -> list[Any]:
    found: list[Any] = [(PoolMembership.pool == pool.value) & PoolMembership.left_at.is_null()]
    if asked["q"]:
        found.append(
            PoolMembership.person.name.ilike(f"%{asked['q']}%") | PoolMembership.certificate_number.ilike(asked["q"])
        )
    if asked["level"] in set(CertificateLevel):
        found.append(PoolMembership.certificate_level == asked["level"])
    if asked["occupation"]:
        found.append(PoolMembership.occupations.ilike(f"%{asked['occupation']}%"))
    if asked["expiring"]:
        found.append(PoolMembership.expires_on <= clock.today() + EXPIRES_SOON)
    return found


@get("/pools/{pool:str}", who=READERS)
async def show_pool(request: Request, pool: FromPath[str]) -> Response:
    kind = _pool(pool)
    asked = {name: request.query_params.get(name, "").strip() for name in ("q", "level", "occupation", "expiring")}
    query = PoolMembership.select(
        *PoolMembership.all_columns(),
        PoolMembership.person.name.as_alias("name"), PoolMembership.person.name_en.as_alias("name_en"),
        PoolMembership.person.status.as_alias("status"),
        PoolMembership.person._.unit.name.as_alias("unit_name"),
        PoolMembership.person._.unit.name_en.as_alias("unit_name_en"),
    ).order_by(PoolMembership.person.name, PoolMembership.id)  # fmt: skip
    count = PoolMembership.count()
    for condition in _conditions(kind, asked):
        query, count = query.where(condition), count.where(condition)
    pages = paging(request, await count)
    counts = await _counts()
    tabs = [
        {"href": f"/pools/{each.value}", "label": _(name), "count": counts.get(each, 0), "current": each == kind}
        for each, name in POOL_TITLES.items()
    ]
    return page(
        request, "people/pool.html", pool=kind, tabs=tabs, pages=pages, asked=asked, form=Form.filled(**asked),
        members=await query.limit(pages.size).offset(pages.offset), occupations=await occupation_options(),
        today=clock.today(), soon=clock.today() + EXPIRES_SOON, by_hand=kind not in FILLED_BY_RESULTS,
        may_edit=acting_as(request) == Role.BUREAU, **NAMES,
    )  # fmt: skip


async def occupation_options() -> list[tuple[str, str, str]]:
    rows = await Occupation.select(Occupation.code, Occupation.name, Occupation.name_en).order_by(Occupation.code)
    return [(row["code"], row["name"], row["name_en"]) for row in rows]


def _by_hand(code: str) -> Pool:
    """Raises Missing for the pools that only results fill."""
    kind = _pool(code)
    if kind in FILLED_BY_RESULTS:
        raise Missing("pool")
    return kind


async def _add_page(request: Request, pool: Pool, form: Form, status: int = 200) -> Response:
    name = (request.query_params.get("q") or form.value("q")).strip()
    return page(
        request, "people/pool_add.html", status=status, pool=pool, form=form, asked=name,
        candidates=await _candidates(name), units=await unit_names(), occupations=await occupation_options(), **NAMES,
    )  # fmt: skip


async def _candidates(name: str) -> list[dict[str, Any]]:
    if not name:
        return []
    return (
        await Person.select(
            Person.id, Person.name, Person.id_mask, Person.status, Person.unit.name.as_alias("unit_name")
        )
        .where(Person.name.ilike(f"%{name}%"))
        .order_by(Person.name, Person.id)
        .limit(CANDIDATES)
    )


@get("/pools/{pool:str}/add", who={Role.BUREAU})
async def add_member_form(request: Request, pool: FromPath[str]) -> Response:
    kind = _by_hand(pool)
    return await _add_page(request, kind, Form.filled(id_kind=IdKind.RESIDENT))


def _read_certificate(form: Form, pool: Pool) -> dict[str, Any]:
    codes = [code for code in re.split(r"[\s,，、;；]+", form.text("occupations", required=False, longest=200)) if code]
    fields: dict[str, Any] = {"occupations": codes, "note": form.text("note", required=False, longest=500)}
    if pool != Pool.JUDGE:
        return fields
    return fields | {
        "certificate_level": form.one_of("certificate_level", set(CertificateLevel), required=False),
        "certificate_number": form.text("certificate_number", required=False, longest=60),
        "issued_on": form.day("issued_on"),
        "expires_on": form.day("expires_on"),
    }


@post("/pools/{pool:str}/add", who={Role.BUREAU})
async def add_member(request: Request, pool: FromPath[str]) -> Response:
    """A chosen person is taken as they are; otherwise the person of that ID number, added when new."""
    kind = _by_hand(pool)
    form = await read_form(request)
    chosen = form.whole("person", default=0)
    draft = None if chosen else await read_person(form)
    certificate = _read_certificate(form, kind)
    source = form.text("source")
    if chosen and not await Person.exists().where(Person.id == chosen):
        form.wrong("person", N_("选择一项"))
    try:
        if form.valid:
            async with write(actor_of(request)) as change:
                person_id = chosen if draft is None else await service.find_or_add(change.actor, draft)
                await service.join_pool(change.actor, person_id, kind, source=source, **certificate)
            return redirect(f"/pools/{kind.value}", _("已入库"))
    except Refused as refused:
        form.refuse(refused)
    return await _add_page(request, kind, form, 422)


ROUTES = [show_pool, add_member_form, add_member]
