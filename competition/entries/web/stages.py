"""Rosters, check-in at the door and by badge, badges on paper. Judges have no way in here: these pages show names."""

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, STAGE_NAMES, STAGE_STATE_NAMES, StageState
from competition.contests.service import outline, stage_context
from competition.contests.tables import Stage
from competition.contests.web.seeing import contest_tabs
from competition.documents.qr import qr_svg
from competition.entries import service
from competition.entries.kinds import ATTENDANCE_NAMES, Attendance, EntryState
from competition.entries.service.overview import group_counts, place_counts
from competition.entries.tables import Entry, StagePlace
from competition.problems import Missing, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.pages import page, redirect, shell_of
from competition.web.paging import paging
from competition.web.viewer import actor_of, signed_in

DOOR = {Role.BUREAU, Role.ORGANISER, Role.SCORE_CLERK, Role.ENCRYPTION_JUDGE}
READERS = DOOR | {Role.SUPERVISOR, Role.AUDITOR}
OPENERS = {Role.BUREAU, Role.ORGANISER}
PER_SHEET = 4
MOST_BADGES = 200
ATTENDANCE_BADGES = {
    Attendance.EXPECTED.value: ("", "ring"),
    Attendance.CHECKED_IN.value: ("ok", "check"),
    Attendance.ABSENT.value: ("warn", "ban"),
    Attendance.WITHDRAWN.value: ("warn", "exit"),
    Attendance.DISQUALIFIED.value: ("danger", "x"),
}


def _names() -> dict[str, Any]:
    return {
        "group_names": GROUP_NAMES, "stage_names": STAGE_NAMES, "stage_state_names": STAGE_STATE_NAMES,
        "attendance_names": ATTENDANCE_NAMES, "badges": ATTENDANCE_BADGES,
    }  # fmt: skip


@get("/contests/{contest_id:int}/rosters", who=READERS)
async def list_rosters(request: Request, contest_id: FromPath[int]) -> Response:
    """Every stage of the contest with how many are in it and how many came."""
    return page(
        request, "entries/rosters.html", outline=await outline(contest_id), counts=await group_counts(contest_id),
        placed=await place_counts(contest_id), approved=EntryState.APPROVED.value,
        opens=signed_in(request).has(*OPENERS), tabs=contest_tabs(request, contest_id), **_names(),
    )  # fmt: skip


async def _roster_page(request: Request, stage_id: int, template: str, form: Form, status: int = 200) -> Response:
    context = await stage_context(stage_id)
    rows = await service.places(stage_id)
    counts = {each.value: sum(row["attendance"] == each for row in rows) for each in Attendance}
    asked = request.query_params.get("attendance", "")
    viewer = signed_in(request)
    return page(
        request, template, status=status, context=context, places=rows, counts=counts, form=form, asked=asked,
        attendances=[(each.value, _(ATTENDANCE_NAMES[each])) for each in Attendance],
        door=viewer.has(*DOOR), opens=viewer.has(*OPENERS), planned=context.stage["state"] == StageState.PLANNED,
        first=await _is_first(context.stage), **_names(),
    )  # fmt: skip


async def _is_first(stage: dict[str, Any]) -> bool:
    before = (Stage.group == stage["group"]) & (Stage.position < stage["position"])
    return not await Stage.exists().where(before)


@get("/stages/{stage_id:int}/roster", who=READERS)
async def roster(request: Request, stage_id: FromPath[int]) -> Response:
    return await _roster_page(request, stage_id, "entries/roster.html", Form())


@post("/stages/{stage_id:int}/open", who=OPENERS)
async def open_stage(request: Request, stage_id: FromPath[int]) -> Response:
    form = Form()
    try:
        count = await service.open_first_stage(actor_of(request), stage_id)
    except Refused as refused:
        form.refuse(refused)
        return await _roster_page(request, stage_id, "entries/roster.html", form, refused.status)
    return redirect(f"/stages/{stage_id}/roster", _("已编入 {n} 项报名", n=count))


@get("/stages/{stage_id:int}/check-in", who=DOOR)
async def check_in_page(request: Request, stage_id: FromPath[int]) -> Response:
    return await _roster_page(request, stage_id, "entries/check_in.html", Form())


@post("/stages/{stage_id:int}/check-in", who=DOOR)
async def record_attendance(request: Request, stage_id: FromPath[int]) -> Response:
    """One entry by its own button, or all ticked ones."""
    form = await read_form(request)
    attendance = form.choice("attendance", Attendance, default=Attendance.EXPECTED)
    ticked = [int(value) for value in form.values("entry") if value.isascii() and value.isdigit() and len(value) < 10]
    if not ticked:
        form.wrong("entry", _("没有选中选手"))
    if form.valid:
        try:
            reason = form.text("reason", required=False, longest=200)
            await service.attend(actor_of(request), stage_id, dict.fromkeys(ticked, attendance), reason)
        except Refused as refused:
            form.refuse(refused)
        else:
            name = _(ATTENDANCE_NAMES[attendance])
            return redirect(f"/stages/{stage_id}/check-in", _("{name}：{n} 项", name=name, n=len(ticked)))
    return await _roster_page(request, stage_id, "entries/check_in.html", form, 422)


@get("/stages/{stage_id:int}/badges", who=OPENERS | {Role.SCORE_CLERK, Role.ENCRYPTION_JUDGE})
async def badges(request: Request, stage_id: FromPath[int]) -> Response:
    """One badge per person, four on a sheet. The code leads to the check-in page of the entry."""
    context = await stage_context(stage_id)
    cards = [
        place | {"member": member}
        for place in await service.places(stage_id)
        if place["declined_at"] is None
        for member in place["members"]
    ]
    pages = paging(request, len(cards), MOST_BADGES)
    shown_cards = cards[pages.offset : pages.offset + pages.size]
    # Codes take a millisecond each: in a thread, so that nobody's mark waits for a page of badges.
    coded = await asyncio.to_thread(_with_codes, shown_cards, shell_of(request).settings.url)
    sheets = [coded[index : index + PER_SHEET] for index in range(0, len(coded), PER_SHEET)]
    return page(
        request, "entries/badges.html", context=context, sheets=sheets, pages=pages,
        back_href=f"/stages/{stage_id}/roster", **_names(),
    )  # fmt: skip


def _with_codes(cards: list[dict[str, Any]], url: str) -> list[dict[str, Any]]:
    title = _("检录二维码")
    return [card | {"qr": qr_svg(f"{url}/check-in/{card['token']}", title=title)} for card in cards]


async def _here(token: str) -> dict[str, Any] | None:
    """The place of a badge's entry in the last stage it has reached."""
    stage: Any = StagePlace.stage
    entry: Any = StagePlace.entry
    return (
        await StagePlace.select(
            StagePlace.stage.as_alias("stage_id"), StagePlace.entry.as_alias("entry_id"), StagePlace.position,
            StagePlace.attendance, StagePlace.attended_at, StagePlace.declined_at, StagePlace.attendance_reason,
            stage.kind.as_alias("kind"), stage.state.as_alias("state"), entry.team_name.as_alias("team_name"),
            entry.unit.name.as_alias("unit_name"), entry.unit.name_en.as_alias("unit_name_en"),
            entry.skill.name.as_alias("skill_name"), entry.skill.name_en.as_alias("skill_name_en"),
            entry.group.kind.as_alias("group_kind"), entry.contest.as_alias("contest_id"),
            entry.contest.name.as_alias("contest_name"), entry.contest.name_en.as_alias("contest_name_en"),
        )
        .where(entry.token == token)
        .order_by(stage.position, ascending=False)
        .first()
    )  # fmt: skip


async def _badge_page(request: Request, token: str, form: Form, status: int = 200) -> Response:
    entry = await Entry.select(Entry.id, Entry.state).where(Entry.token == token).first()
    if entry is None:
        raise Missing("entry")
    place = await _here(token)
    members = (await service.members_of([entry["id"]]))[entry["id"]]
    return page(
        request, "entries/badge_scan.html", status=status, token=token, place=place, members=members, form=form,
        expected=place is not None and place["attendance"] in (Attendance.EXPECTED, Attendance.ABSENT),
        **_names(),
    )  # fmt: skip


@get("/check-in/{entry_token:str}", who=DOOR)
async def scanned(request: Request, entry_token: FromPath[str]) -> Response:
    return await _badge_page(request, entry_token, Form())


@post("/check-in/{entry_token:str}", who=DOOR)
async def confirm_badge(request: Request, entry_token: FromPath[str]) -> Response:
    """A second scan changes nothing and says when the first one was."""
    place = await _here(entry_token)
    if place is None:
        raise Missing("place")
    form = Form()
    try:
        await service.check_in(actor_of(request), place["stage_id"], place["entry_id"])
    except Refused as refused:
        form.refuse(refused)
        return await _badge_page(request, entry_token, form, refused.status)
    return redirect(f"/check-in/{entry_token}")


ROUTES = [
    list_rosters, roster, open_stage, check_in_page, record_attendance, badges, scanned, confirm_badge,
]  # fmt: skip
