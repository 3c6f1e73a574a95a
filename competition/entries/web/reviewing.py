"""The organiser's pages: the list of a contest's entries, one entry with its history, decisions for one or many."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition import clock
from competition.accounts.access import acting_as
from competition.accounts.kinds import ROLE_NAMES, Role
from competition.audit.history import history_of
from competition.contests.kinds import GROUP_NAMES, STAGE_NAMES
from competition.contests.web.seeing import contest_tabs
from competition.entries import service
from competition.entries.kinds import (
    ATTENDANCE_NAMES,
    ENTRY_ACTION_NAMES,
    ENTRY_STATE_NAMES,
    EntryAction,
    EntryState,
)
from competition.entries.rules.states import NEEDS_REASON, PARTY, Situation, why_not
from competition.entries.service.deciding import UNDO_WITHIN, situations
from competition.entries.service.facts import programme
from competition.entries.service.overview import short_groups, state_counts
from competition.entries.tables import Entry, StagePlace
from competition.entries.web.entry_rows import COLUMNS, entry_page_of, filters_of, matching_ids, state_badges
from competition.entries.web.history import told
from competition.people.kinds import LEVEL_NAMES, STATUS_NAMES
from competition.problems import Missing, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said, shown
from competition.web.pages import page, redirect
from competition.web.viewer import actor_of, signed_in

READERS = {Role.BUREAU, Role.ORGANISER, Role.AUDITOR, Role.SUPERVISOR}
DECIDERS = {Role.BUREAU, Role.ORGANISER}
DECISIONS = (EntryAction.APPROVE, EntryAction.RETURN, EntryAction.REJECT)
MOST_AT_ONCE = 5000


async def _units_of(contest_id: int) -> list[tuple[int, str, str]]:
    unit: Any = Entry.unit
    rows = (
        await Entry.select(unit.id.as_alias("id"), unit.name.as_alias("name"), unit.name_en.as_alias("name_en"))
        .distinct()
        .where((Entry.contest == contest_id) & Entry.unit.is_not_null())
    )
    return sorted(((row["id"], row["name"], row["name_en"]) for row in rows), key=lambda unit: unit[1])


@get("/contests/{contest_id:int}/entries", who=READERS)
async def list_entries(request: Request, contest_id: FromPath[int]) -> Response:
    known = await programme(contest_id)
    filters = filters_of(request)
    listed = await entry_page_of(request, Entry.contest == contest_id, filters)
    counts, short = await state_counts(contest_id), await short_groups(contest_id)
    return page(
        request, "entries/list.html", contest=known.contest, programme=known, **listed,
        short=short, short_text=_short_text(short), units=await _units_of(contest_id),
        segments=_segments(request, counts, filters.state),
        state_names=ENTRY_STATE_NAMES, group_names=GROUP_NAMES, badges=state_badges(),
        decides=signed_in(request).has(*DECIDERS), undo=_undo_offer(request), tabs=contest_tabs(request, contest_id),
    )  # fmt: skip


def _segments(request: Request, counts: dict[str, int], state: str) -> list[dict[str, Any]]:
    """The states that occur, each a link that keeps the other filters."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name in ("group", "unit", "q")]

    def href(wanted: str) -> str:
        query = urlencode([pair for pair in kept if pair[1]] + ([("state", wanted)] if wanted else []))
        return f"{request.url.path}?{query}" if query else request.url.path

    found = [{"href": href(""), "label": _("全部"), "count": sum(counts.values()), "current": not state}]
    return found + [
        {"href": href(each.value), "label": _(name), "count": counts[each], "current": state == each}
        for each, name in ENTRY_STATE_NAMES.items()
        if each in counts
    ]


def _short_text(short: list[dict[str, Any]]) -> str:
    told = []
    for each in short:
        skill, kind = shown(each["skill"], each["skill_en"]), each["kind"]
        told.append(f"{skill} {_(GROUP_NAMES[kind])} {each['count']}/{each['minimum_entries']}")
    return _("；").join(told)


def _undo_offer(request: Request) -> str:
    """The moment of the viewer's bulk return, while it can be taken back."""
    given = request.query_params.get("returned_at", "")
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return ""
    recent = moment.tzinfo is not None and clock.now() - moment <= UNDO_WITHIN
    return given if recent else ""


async def _chosen(request: Request, contest_id: int, form: Form) -> list[int]:
    """The ticked entries, or with `all` every entry that the filters leave. Only those of this contest."""
    within = Entry.contest == contest_id
    if form.checked("all"):
        return (await matching_ids(within, filters_of(request)))[:MOST_AT_ONCE]
    ticked = [int(value) for value in form.values("entry") if value.isascii() and value.isdigit() and len(value) < 10]
    rows = await Entry.select(Entry.id).where(within & Entry.id.is_in(ticked[:MOST_AT_ONCE] or [0])).order_by(Entry.id)
    return [row["id"] for row in rows]


async def _preview(
    request: Request, contest_id: int, action: EntryAction, ids: list[int], form: Form, status: int = 200
) -> Response:
    known = await situations(ids, clock.now())
    fitting = [entry for entry in ids if why_not(action, known[entry]) is None]
    reasons: dict[str, int] = {}
    for entry in ids:
        problem = why_not(action, known[entry])
        if problem:
            reasons[said(problem)] = reasons.get(said(problem), 0) + 1
    rows = await Entry.select(*COLUMNS).where(Entry.id.is_in(fitting[:20] or [0])).order_by(Entry.id)
    members = await service.members_of([row["id"] for row in rows])
    contest = (await programme(contest_id)).contest
    return page(
        request, "entries/decide.html", status=status, contest=contest, action=action, fitting=fitting,
        reasons=sorted(reasons.items()), form=form, rows=rows, members=members, group_names=GROUP_NAMES,
        action_name=_(ENTRY_ACTION_NAMES[action]), needs_reason=action in NEEDS_REASON,
    )  # fmt: skip


@post("/contests/{contest_id:int}/entries/decide", who=DECIDERS)
async def decide_many(request: Request, contest_id: FromPath[int]) -> Response:
    """First a preview of how many; with `confirmed` the decision itself, for all of them or for none."""
    form = await read_form(request)
    action = EntryAction(form.one_of("action", [each.value for each in DECISIONS]) or EntryAction.APPROVE)
    ids = await _chosen(request, contest_id, form)
    if not form.checked("confirmed") or not ids:
        form.problems = []
        return await _preview(request, contest_id, action, ids, form, 200 if ids else 422)
    try:
        moment = await service.take(actor_of(request), ids, action, form.text("reason", required=False, longest=200))
    except Refused as refused:
        form.refuse(refused)
        return await _preview(request, contest_id, action, ids, form, refused.status)
    done = _("{action}：{n} 项", action=_(ENTRY_ACTION_NAMES[action]), n=len(ids))
    query = f"?returned_at={moment.isoformat().replace('+', '%2B')}" if action == EntryAction.RETURN else ""
    return redirect(f"/contests/{contest_id}/entries{query}", done)


@post("/contests/{contest_id:int}/entries/undo-return", who=DECIDERS)
async def undo_return(request: Request, contest_id: FromPath[int]) -> Response:
    form = await read_form(request)
    try:
        moment = datetime.fromisoformat(form.value("returned_at"))
    except ValueError:
        raise Missing("return") from None
    count = await service.undo_return(actor_of(request), contest_id, moment)
    return redirect(f"/contests/{contest_id}/entries", _("已撤销退回：{n} 项", n=count))


def _actions(entry_id: int, situation: Situation, role: str) -> list[dict[str, Any]]:
    """What this viewer may do, each with why not; what needs a reason opens a dialog."""
    party = "unit" if role == Role.REGISTRAR else "organiser"
    if role not in (Role.REGISTRAR, Role.BUREAU, Role.ORGANISER):
        return []
    offered = [action for action in EntryAction if PARTY[action] == party and action != EntryAction.UNDO_RETURN]
    found = []
    for action in offered:
        problem = why_not(action, situation)
        found.append(
            {
                "action": action.value, "label": _(ENTRY_ACTION_NAMES[action]), "permitted": problem is None,
                "reason": said(problem) if problem else "", "needs_reason": action in NEEDS_REASON,
            }
        )  # fmt: skip
    return found


@get("/entries/{entry_id:int}", who=READERS | {Role.REGISTRAR})
async def show_entry(request: Request, entry_id: FromPath[int]) -> Response:
    return await _entry_page(request, entry_id, Form())


async def _entry_page(request: Request, entry_id: int, form: Form, status: int = 200) -> Response:
    entry = await Entry.select(*COLUMNS).where(Entry.id == entry_id).first()
    if entry is None:
        raise Missing("entry")
    members = (await service.members_of([entry_id]))[entry_id]
    situation = (await situations([entry_id], clock.now()))[entry_id]
    stage: Any = StagePlace.stage
    places = (
        await StagePlace.select(
            StagePlace.position, StagePlace.attendance, StagePlace.attended_at, StagePlace.attendance_reason,
            StagePlace.declined_at, StagePlace.reason, stage.kind.as_alias("kind"),
        )
        .where(StagePlace.entry == entry_id)
        .order_by(stage.position)
    )  # fmt: skip
    role = acting_as(request)
    return page(
        request, "entries/entry.html", status=status, entry=entry, members=members, form=form,
        coaches=(await service.coaches_of([entry_id]))[entry_id], places=places, situation=situation,
        actions=_actions(entry_id, situation, role), is_unit=role == Role.REGISTRAR,
        history=told(await history_of("entry", entry_id)), state_names=ENTRY_STATE_NAMES, badges=state_badges(),
        group_names=GROUP_NAMES, stage_names=STAGE_NAMES, status_names=STATUS_NAMES, level_names=LEVEL_NAMES,
        attendance_names=ATTENDANCE_NAMES, role_names=ROLE_NAMES, returned=entry["state"] == EntryState.RETURNED,
        honours=[member for member in members if member["honours"]],
    )  # fmt: skip


@post("/entries/{entry_id:int}/decide", who=DECIDERS)
async def decide(request: Request, entry_id: FromPath[int]) -> Response:
    form = await read_form(request)
    action = EntryAction(form.one_of("action", [each.value for each in DECISIONS]) or EntryAction.APPROVE)
    if form.valid:
        try:
            reason = form.text("reason", required=False, longest=200)
            await service.take(actor_of(request), entry_id, action, reason)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/entries/{entry_id}", _("已办理：{action}", action=_(ENTRY_ACTION_NAMES[action])))
    return await _entry_page(request, entry_id, form, 422)


ROUTES = [list_entries, decide_many, undo_return, show_entry, decide]
