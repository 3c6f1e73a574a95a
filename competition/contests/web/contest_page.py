"""A contest's page: the eight steps, what blocks first, the skills, and what stands around the contest."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import Request, Response

from competition import clock
from competition.accounts.access import acting_as
from competition.contests import overview, service
from competition.contests.kinds import (
    CATEGORY_NAMES,
    CLASS_NAMES,
    CONTEST_STATE_NAMES,
    FUNDING_NAMES,
    GROUP_SHORT_NAMES,
    HOST_KIND_NAMES,
    HOST_ROLE_NAMES,
    SIDE_EVENT_NAMES,
    STAGE_STATE_NAMES,
    TIER_NAMES,
    ContestState,
    HostKind,
    StageState,
)
from competition.contests.reads import Outline
from competition.contests.rules import MOVES, Readiness, Step, Timeline, lifecycle, publishing_problems
from competition.contests.staff import chiefs_of, staff_of
from competition.contests.tables import FundingLine, Host, SideEvent, UpwardPlace
from competition.contests.web.seeing import EDITORS, contest_tabs
from competition.contests.web.skill_rows import BADGES, SkillRow, matching, skill_row
from competition.problems import N_
from competition.web.formats import label, short_day
from competition.web.forms import Form
from competition.web.i18n import _, said, shown
from competition.web.pages import page

HOST_SIGNS = {
    HostKind.GOVERNMENT: N_("政"),
    HostKind.ENTERPRISE: N_("企"),
    HostKind.SCHOOL: N_("校"),
    HostKind.ASSOCIATION: N_("行"),
}
_NAMES: dict[str, Any] = {
    "tier_names": TIER_NAMES, "class_names": CLASS_NAMES, "category_names": CATEGORY_NAMES,
    "contest_state_names": CONTEST_STATE_NAMES, "state_names": STAGE_STATE_NAMES, "host_signs": HOST_SIGNS,
    "host_kind_names": HOST_KIND_NAMES, "host_role_names": HOST_ROLE_NAMES, "funding_names": FUNDING_NAMES,
    "side_event_names": SIDE_EVENT_NAMES, "badges": BADGES,
}  # fmt: skip
_CONFIRMATIONS = {
    ContestState.OPEN: N_("发布后各单位可见，并按报名时间接受报名"),
    ContestState.RUNNING: N_("进入比赛阶段"),
    ContestState.CLOSED: N_("结束竞赛"),
    ContestState.ARCHIVED: N_("归档后不能再改动"),
}


def _days(whole: Outline, kind: str) -> tuple[date, date] | None:
    zone = whole.contest["zone"]
    starts = [
        clock.local(moment, zone).date()
        for skill in whole.skills
        for group in skill.groups
        for part in group.stages
        if part.stage["kind"] == kind
        for session in part.sessions
        for moment in (session["starts_at"], session["ends_at"])
        if moment
    ]
    return (min(starts), max(starts)) if starts else None


def timeline_of(whole: Outline) -> Timeline:
    contest = whole.contest
    stages: dict[str, list[str]] = {}
    for skill in whole.skills:
        for stage in skill.stages:
            stages.setdefault(stage["kind"], []).append(stage["state"])
    entry = tuple(
        clock.local(contest[name], contest["zone"]).date() if contest[name] else None
        for name in ("entry_opens_at", "entry_closes_at")
    )
    days = {kind: days for kind in stages if (days := _days(whole, kind))}
    if "final" not in days and contest["starts_on"]:
        days["final"] = (contest["starts_on"], contest["ends_on"] or contest["starts_on"])
    return Timeline(
        state=contest["state"], created_on=clock.local(contest["created_at"], contest["zone"]).date(),
        entry=(entry[0], entry[1]), days=days, stages=stages,
    )  # fmt: skip


def _step(step: Step) -> dict[str, str]:
    note = _(step.note) if step.note else ""
    if step.first:
        note = short_day(step.first)
        if step.last and step.last != step.first:
            note = _("{first} 至 {last}", first=note, last=short_day(step.last))
    elif step.last:
        note = _("{last} 止", last=short_day(step.last))
    return {"label": _(step.label), "state": step.state, "note": note}


def steps_of(whole: Outline) -> list[dict[str, str]]:
    """For ui.stepper."""
    return [_step(step) for step in lifecycle(timeline_of(whole))]


def _unready(whole: Outline) -> list[str]:
    contest = whole.contest
    if contest["state"] != ContestState.DRAFT or contest["elsewhere"]:
        return []
    skills = [
        Readiness(part.skill["name"], len(part.groups), sum(1 for group in part.groups if not group.stages))
        for part in whole.skills
    ]
    return [said(problem) for problem in publishing_problems(skills)]


def _moves(whole: Outline, unready: list[str]) -> list[dict[str, Any]]:
    """For ui.action_button, the way forward first."""
    contest = whole.contest
    state = ContestState(contest["state"])
    moves = MOVES[state]
    if state == ContestState.DRAFT:
        wanted = ContestState.RUNNING if contest["elsewhere"] else ContestState.OPEN
        moves = {wanted: moves[wanted]}
    return [
        {
            "href": f"/contests/{contest['id']}/state", "label": _(words), "fields": {"state": to.value},
            "kind": "primary" if at == 0 else "plain", "confirm": _(_CONFIRMATIONS[to]),
            "permitted": not unready, "reason": unready[0] if unready else "",
        }
        for at, (to, words) in enumerate(moves.items())
    ]  # fmt: skip


def _blockers(whole: Outline, contributed: Mapping[int, list[Any]], unready: list[str]) -> list[dict[str, str]]:
    names = {part.skill["id"]: part.skill["name"] for part in whole.skills}
    found = [
        {"about": names.get(skill_id, ""), "text": each.text, "href": each.href, "action": each.action}
        for skill_id, blockers in contributed.items()
        for each in blockers
    ]
    add = f"/contests/{whole.contest['id']}/skills/new"
    return found + [{"about": "", "text": text, "href": add, "action": _("添加赛项")} for text in unready]


def _segments(request: Request, rows: list[SkillRow], state: str) -> list[dict[str, Any]]:
    path = request.url.path
    found: list[dict[str, Any]] = [{"href": path, "label": _("全部"), "count": len(rows), "current": not state}]
    for each in StageState:
        count = sum(1 for row in rows if row.state == each)
        if count:
            item = {"href": f"{path}?state={each.value}", "label": _(STAGE_STATE_NAMES[each]), "count": count}
            found.append(item | {"current": state == each})
    return found


def _totals(rows: list[SkillRow]) -> dict[str, Any]:
    """None for what no room contributes: a dash, not a zero."""
    entries = [row.entries for row in rows if row.entries is not None]
    finalists = [row.finalists for row in rows if row.finalists is not None]
    sheets = [row.sheets for row in rows if row.sheets is not None]
    return {
        "entries": sum(entries) if entries else None,
        "finalists": sum(finalists) if finalists else None,
        "sheets": (sum(done for done, _all in sheets), sum(total for _done, total in sheets)),
    }


async def contest_page(request: Request, contest_id: int, form: Form | None = None, status: int = 200) -> Response:
    whole = await service.outline(contest_id)
    counted = await overview.contributions(contest_id)
    chiefs = chiefs_of(await staff_of(contest_id))
    rows = [skill_row(part, counted, chiefs, clock.now()) for part in whole.skills]
    asked, state = (request.query_params.get(name, "").strip() for name in ("q", "state"))
    unready = _unready(whole)
    return page(
        request, "contests/contest.html", status=status, contest=whole.contest, steps=steps_of(whole),
        form=form or Form(), tabs=contest_tabs(request, contest_id, counted),
        blockers=_blockers(whole, counted.get("blockers", {}), unready),
        rows=matching(rows, asked, state), all_rows=len(rows), segments=_segments(request, rows, state),
        asked=asked, state=state, totals=_totals(rows), moves=_moves(whole, unready),
        may_edit=acting_as(request) in EDITORS, **await _around(contest_id), **_NAMES,
    )  # fmt: skip


def _merged(places: list[dict[str, Any]]) -> list[dict[str, str]]:
    """One line for a target and skill: 职工 2、学生 1."""
    merged: dict[tuple[str, str], list[str]] = {}
    for place in places:
        skill = shown(place["skill_name"], place["skill_name_en"]) if place["skill_name"] else _("代表队")
        group = f"{label(GROUP_SHORT_NAMES, place['group_kind'])} " if place["group_kind"] else ""
        merged.setdefault((place["target_name"], skill), []).append(f"{group}{place['places']}")
    return [
        {"target": target, "skill": skill, "places": _("、").join(said)} for (target, skill), said in merged.items()
    ]


async def _around(contest_id: int) -> dict[str, Any]:
    places = (
        await UpwardPlace.select(
            *UpwardPlace.all_columns(),
            UpwardPlace.skill.name.as_alias("skill_name"),
            UpwardPlace.skill.name_en.as_alias("skill_name_en"),
        )
        .where(UpwardPlace.contest == contest_id)
        .order_by(UpwardPlace.id)
    )
    return {
        "hosts": await Host.select().where(Host.contest == contest_id).order_by(Host.id),
        "funding": await FundingLine.select().where(FundingLine.contest == contest_id).order_by(FundingLine.id),
        "side_events": await SideEvent.select().where(SideEvent.contest == contest_id).order_by(SideEvent.id),
        "upward": _merged(places),
    }
