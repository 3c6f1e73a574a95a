"""The registrar's pages: own entries, a new one, mending, handing in, withdrawing."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition import clock
from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, ContestState, Tier
from competition.contests.tables import Contest
from competition.entries import service
from competition.entries.kinds import ENTRY_STATE_NAMES
from competition.entries.rules.eligibility import GroupFacts, window_problem
from competition.entries.service.facts import Programme, contest_facts, programme
from competition.entries.service.on_file import coach_names, numbers_of
from competition.entries.service.registering import amend, register
from competition.entries.tables import Entry
from competition.entries.web.entry_form import (
    blank_form,
    field_options,
    filled_form,
    group_options,
    refuse,
    typed_entry,
)
from competition.entries.web.entry_rows import entry_page_of, filters_of, state_badges
from competition.people.tables import Unit
from competition.problems import Missing, Refused, Stale
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said
from competition.web.pages import page, redirect
from competition.web.viewer import actor_of, signed_in

REGISTRAR = {Role.REGISTRAR}


async def own_units(request: Request) -> list[dict[str, Any]]:
    units = list(signed_in(request).scopes(Role.REGISTRAR))
    return await Unit.select(Unit.id, Unit.name, Unit.name_en, Unit.kind).where(Unit.id.is_in(units)).order_by(Unit.id)


async def _unit(unit_id: int) -> dict[str, Any]:
    unit = await Unit.select(Unit.id, Unit.name, Unit.name_en, Unit.kind).where(Unit.id == unit_id).first()
    if unit is None:
        raise Missing("unit")
    return unit


async def open_contests() -> list[dict[str, Any]]:
    """Contests that take entries now or soon, the next deadline first; `closed` says why not yet."""
    rows = (
        await Contest.select()
        .where((Contest.state == ContestState.OPEN.value) & (Contest.elsewhere == False))  # noqa: E712 # a column
        .order_by(Contest.entry_closes_at)
    )
    now = clock.now()
    found = []
    for row in rows:
        if row["entry_closes_at"] is None or row["entry_closes_at"] > now:
            problem = window_problem(contest_facts(row), now)
            found.append(row | {"closed": said(problem) if problem else ""})
    return found


@get("/my-entries", who=REGISTRAR)
async def my_entries(request: Request) -> Response:
    units = await own_units(request)
    within = Entry.unit.is_in([unit["id"] for unit in units] or [0])
    listed = await entry_page_of(request, within, filters_of(request))
    return page(
        request, "entries/mine.html", units=units, contests=await open_contests(), **listed,
        state_names=ENTRY_STATE_NAMES, group_names=GROUP_NAMES, badges=state_badges(),
    )  # fmt: skip


async def _form_page(
    request: Request, unit: dict[str, Any], known: Programme, group: GroupFacts, form: Form, status: int = 200,
    *, entry: dict[str, Any] | None = None, members: list[dict[str, Any]] | None = None,
) -> Response:  # fmt: skip
    closed = window_problem(known.contest, clock.now()) if entry is None else None
    return page(
        request, "entries/form.html", status=status, unit=unit, contest=known.contest, group=group, form=form,
        entry=entry, members=members or [], groups=group_options(known), coaches=await coach_names(unit["id"]),
        closed=said(closed) if closed else "", group_names=GROUP_NAMES, world=known.contest.tier == Tier.WORLD,
        **field_options(),
    )  # fmt: skip


def _chosen_group(known: Programme, asked: str) -> GroupFacts | None:
    return next((group for group in known.groups if str(group.group_id) == asked), None)


@get("/units/{unit_id:int}/contests/{contest_id:int}/entries/new", who=REGISTRAR)
async def new_entry(request: Request, unit_id: FromPath[int], contest_id: FromPath[int]) -> Response:
    unit, known = await _unit(unit_id), await programme(contest_id)
    group = _chosen_group(known, request.query_params.get("group", ""))
    if group is None:
        closed = window_problem(known.contest, clock.now())
        return page(
            request, "entries/choose.html", unit=unit, contest=known.contest, groups=group_options(known),
            closed=said(closed) if closed else "", form=Form(),
        )  # fmt: skip
    return await _form_page(request, unit, known, group, blank_form(group))


@post("/units/{unit_id:int}/contests/{contest_id:int}/entries/new", who=REGISTRAR)
async def create_entry(request: Request, unit_id: FromPath[int], contest_id: FromPath[int]) -> Response:
    unit, known = await _unit(unit_id), await programme(contest_id)
    form = await read_form(request)
    group = _chosen_group(known, form.value("group"))
    if group is None:
        raise Missing("group")
    typed = typed_entry(form, known, group, unit)
    submit = form.value("then") != "draft"
    try:
        entry_id = await register(actor_of(request), typed, submit=submit, typed_problems=form.problems)
    except Refused as refused:
        form.problems = []
        refuse(form, refused, typed)
        return await _form_page(request, unit, known, group, form, refused.status)
    return redirect(f"/entries/{entry_id}", _("已提交报名") if submit else _("已保存，尚未提交"))


async def _entry(entry_id: int) -> dict[str, Any]:
    entry = await Entry.select().where(Entry.id == entry_id).first()
    if entry is None or entry["unit"] is None:
        raise Missing("entry")
    return entry


@get("/entries/{entry_id:int}/edit", who=REGISTRAR)
async def edit_entry(request: Request, entry_id: FromPath[int]) -> Response:
    entry = await _entry(entry_id)
    known = await programme(entry["contest"])
    members = (await service.members_of([entry_id]))[entry_id]
    coaches = (await service.coaches_of([entry_id]))[entry_id]
    group = _chosen_group(known, request.query_params.get("group", "")) or known.group(entry["group"])
    form = filled_form(entry, members, coaches)
    return await _form_page(request, await _unit(entry["unit"]), known, group, form, entry=entry, members=members)


@post("/entries/{entry_id:int}/edit", who=REGISTRAR)
async def save_entry(request: Request, entry_id: FromPath[int]) -> Response:
    entry, form = await _entry(entry_id), await read_form(request)
    known, unit = await programme(entry["contest"]), await _unit(entry["unit"])
    group = _chosen_group(known, form.value("group")) or known.group(entry["group"])
    typed = typed_entry(form, known, group, unit, await numbers_of(entry_id))
    submit = form.value("then") != "draft"
    try:
        await amend(actor_of(request), entry_id, typed, form.version(), submit=submit, typed_problems=form.problems)
    except Refused as refused:
        form.problems = []
        refuse(form, refused, typed)
        if isinstance(refused, Stale):
            entry = await _entry(entry_id)
            form.raw["version"] = [str(entry["version"])]
        members = (await service.members_of([entry_id]))[entry_id]
        return await _form_page(request, unit, known, group, form, refused.status, entry=entry, members=members)
    return redirect(f"/entries/{entry_id}", _("已重新提交") if submit else _("已保存，尚未提交"))


@post("/entries/{entry_id:int}/submit", who=REGISTRAR)
async def submit_entry(request: Request, entry_id: FromPath[int]) -> Response:
    await service.submit(actor_of(request), entry_id)
    return redirect(f"/entries/{entry_id}", _("已提交报名"))


@post("/entries/{entry_id:int}/withdraw", who=REGISTRAR)
async def withdraw_entry(request: Request, entry_id: FromPath[int]) -> Response:
    form = await read_form(request)
    await service.withdraw(actor_of(request), entry_id, form.text("reason", required=False, longest=200))
    return redirect(f"/entries/{entry_id}", _("已撤回报名"))


ROUTES = [my_entries, new_entry, create_entry, edit_entry, save_entry, submit_entry, withdraw_entry]
