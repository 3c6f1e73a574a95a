"""Appeals: the clock of each session, filing, the one arbiter, the ruling, and what came of it."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition import clock
from competition.accounts.kinds import Role
from competition.contests.kinds import StageState
from competition.marking.kinds import APPEAL_STATE_NAMES, SHEET_STATE_NAMES, AppealState
from competition.marking.service.appeal_reads import (
    appeal_clocks,
    load_appeal,
    load_appeals,
    revisions_of,
    sheets_of_work,
)
from competition.marking.service.appeals import (
    LONGEST,
    AppealDraft,
    Filed,
    arbiter_of,
    file_appeal,
    name_arbiter,
    rule_on,
    supervisors_of,
)
from competition.marking.service.procedure import procedure, stage_numbers
from competition.marking.web.stage_pages import PREPARERS, ROOM, holds, stage_page
from competition.problems import Refused
from competition.web.formats import day
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.pages import fragment, redirect
from competition.web.viewer import actor_of, signed_in

ARBITERS = frozenset({Role.SUPERVISOR})
RECORDERS = frozenset({Role.ORGANISER, Role.SUPERVISOR})
# A leader's name hints at the contestant's unit: not for those who see works by number and could put the two together.
SEE_LEADERS = frozenset({Role.ORGANISER, Role.SUPERVISOR, Role.BUREAU})
SEE_NO_LEADERS = frozenset({Role.CHIEF_JUDGE, Role.SCORE_CLERK})
POLL_SECONDS = 20
TONES = {
    AppealState.FILED: ("warn", "clock"),
    AppealState.LATE: ("danger", "ban"),
    AppealState.UPHELD: ("ok", "check"),
    AppealState.DISMISSED: ("", "x"),
}


def exact_moment(value: datetime | None) -> str:
    """To the second, since that decides."""
    if value is None:
        return "—"
    wall = clock.local(value)
    return f"{day(wall.date())} {wall:%H:%M:%S}"


def span(length: timedelta) -> str:
    """1 小时 05 分 09 秒, from 1 h 5 min 9 s on; of a negative one, how long it is."""
    seconds = abs(int(length.total_seconds()))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return _("{h} 小时 {m} 分 {s} 秒", h=hours, m=f"{minutes:02}", s=f"{seconds % 60:02}")


def clock_text(deadline_at: datetime | None) -> tuple[str, str]:
    """(tone, words) of the time that is left until a deadline."""
    if deadline_at is None:
        return "", _("场次结束时间未定")
    left = deadline_at - clock.now()
    if left < timedelta(seconds=-1):
        return "", _("申诉期已过")
    return "info", _("还有 {span}", span=span(max(left, timedelta(0))))


def sees_leaders(request: Request) -> bool:
    return holds(request, *SEE_LEADERS) and not holds(request, *SEE_NO_LEADERS)


async def _live(request: Request, stage_id: int) -> dict[str, Any]:
    clocks = [(each, *clock_text(each.deadline_at)) for each in await appeal_clocks(stage_id)]
    appeals = await load_appeals(stage_id)
    return {
        "appeals": appeals, "clocks": clocks,
        "states": APPEAL_STATE_NAMES, "tones": TONES, "exact_moment": exact_moment, "leaders": sees_leaders(request),
        "poll_seconds": POLL_SECONDS, "waiting": sum(row["state"] == AppealState.FILED for row in appeals),
        "running": any(tone for _each, tone, _text in clocks),
    }  # fmt: skip


async def _page(request: Request, stage_id: int, form: Form, status: int = 200) -> Response:
    recorder = holds(request, *RECORDERS)
    return await stage_page(
        request, "marking/appeals.html", stage_id, under="appeals", status=status, form=form,
        arbiter=await arbiter_of(stage_id), supervisors=await supervisors_of(stage_id),
        numbers=await stage_numbers(stage_id, every_layer=True) if recorder else [], recorder=recorder,
        preparer=holds(request, *PREPARERS), hours=(await procedure()).appeal_hours.value, longest=LONGEST,
        **await _live(request, stage_id),
    )  # fmt: skip


@get("/stages/{stage_id:int}/appeals", who=ROOM)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    return await _page(request, stage_id, Form())


@get("/stages/{stage_id:int}/appeals/live", who=ROOM)
async def live(request: Request, stage_id: FromPath[int]) -> Response:
    """The clocks and the list; forms stand outside of what is fetched anew."""
    return fragment(request, "marking/_appeals.html", stage_id=stage_id, **await _live(request, stage_id))


@post("/stages/{stage_id:int}/appeals", who=RECORDERS)
async def record(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    draft = AppealDraft(
        blind_id=form.whole("blind"), leader=form.text("leader", longest=120),
        subject=form.text("subject", longest=LONGEST), filed_at=form.moment("filed_at"),
        ended_at=form.moment("ended_at"),
    )  # fmt: skip
    if form.valid:
        try:
            filed = await file_appeal(actor_of(request), stage_id, draft)
        except Refused as refused:
            form.refuse(refused)
        else:
            text, kind = _answer(filed)
            return redirect(f"/stages/{stage_id}/appeals", text, kind=kind)
    return await _page(request, stage_id, form, 422)


def _answer(filed: Filed) -> tuple[str, str]:
    if filed.state == AppealState.LATE:
        text = _(
            "申诉第 {n} 号逾期 {span}，不予受理；截止 {deadline}，收到 {filed}，已存档",
            n=filed.number, span=span(filed.filed_at.replace(microsecond=0) - filed.deadline_at),
            deadline=exact_moment(filed.deadline_at), filed=exact_moment(filed.filed_at),
        )  # fmt: skip
        return text, "warn"
    return _("申诉第 {n} 号已受理，待仲裁", n=filed.number), "ok"


@post("/stages/{stage_id:int}/arbiter", who=PREPARERS)
async def choose_arbiter(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    account = form.whole("arbiter")
    if form.valid:
        try:
            await name_arbiter(actor_of(request), stage_id, account)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/appeals", _("已指定仲裁员"))
    return await _page(request, stage_id, form, 422)


async def _one(request: Request, appeal_id: int, form: Form, status: int = 200) -> Response:
    appeal = await load_appeal(appeal_id)
    arbiter = await arbiter_of(appeal["stage"])
    marking = appeal["stage_state"] == StageState.MARKING
    return await stage_page(
        request, "marking/appeals_one.html", appeal["stage"], under="appeals", status=status, form=form, appeal=appeal,
        arbiter=arbiter, may_rule=arbiter is not None and arbiter["id"] == signed_in(request).account_id,
        states=APPEAL_STATE_NAMES, tones=TONES, exact_moment=exact_moment, leaders=sees_leaders(request),
        over=span(appeal["filed_at"].replace(microsecond=0) - appeal["deadline_at"]), longest=LONGEST,
        sheets=await sheets_of_work(appeal), sheet_states=SHEET_STATE_NAMES, revisions=await revisions_of(appeal),
        chief=holds(request, Role.CHIEF_JUDGE), marking=marking,
        locked=appeal["stage_state"] in (StageState.LOCKED, StageState.RELEASED),
    )  # fmt: skip


@get("/appeals/{appeal_id:int}", who=ROOM)
async def one(request: Request, appeal_id: FromPath[int]) -> Response:
    return await _one(request, appeal_id, Form())


@post("/appeals/{appeal_id:int}/ruling", who=ARBITERS)
async def rule(request: Request, appeal_id: FromPath[int]) -> Response:
    form = await read_form(request)
    state = form.one_of("state", (AppealState.UPHELD.value, AppealState.DISMISSED.value))
    ruling = form.text("ruling", longest=LONGEST)
    if form.valid:
        try:
            await rule_on(actor_of(request), appeal_id, upheld=state == AppealState.UPHELD, ruling=ruling)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/appeals/{appeal_id}", _("已裁决；裁决为最终裁决"))
    return await _one(request, appeal_id, form, 422)


ROUTES = [show, live, record, choose_arbiter, one, rule]
