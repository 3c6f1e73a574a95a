"""Incidents with the minutes given back, and penalties and bonuses: one screen, two registers."""

from decimal import Decimal

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition import clock
from competition.accounts.kinds import Role
from competition.contests.kinds import StageState
from competition.marking.kinds import ADJUSTMENT_NAMES, INCIDENT_NAMES, AdjustmentKind, IncidentKind
from competition.marking.service.adjustments import (
    AdjustmentDraft,
    adjust,
    load_adjustments,
    stage_of_adjustment,
    withdraw,
)
from competition.marking.service.incidents import IncidentDraft, load_incidents, minutes_by_work, record_incident
from competition.marking.service.procedure import stage_numbers
from competition.marking.web.stage_pages import ROOM, holds, stage_page
from competition.problems import Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.pages import redirect
from competition.web.viewer import actor_of

RECORDERS = frozenset({Role.CHIEF_JUDGE, Role.SCORE_CLERK, Role.ORGANISER})
CHIEF = frozenset({Role.CHIEF_JUDGE})
LONGEST_NOTE = 1000


async def _page(
    request: Request, stage_id: int, incident: Form, adjustment: Form, status: int = 200, tried: int = 0
) -> Response:
    """Two forms, each with its own errors; `tried` is the adjustment whose withdrawal was refused."""
    incidents, adjustments = await load_incidents(stage_id), await load_adjustments(stage_id)
    return await stage_page(
        request, "marking/incidents.html", stage_id, under="incidents", status=status, form=incident,
        adjustment_form=adjustment, tried=tried, incidents=incidents, adjustments=adjustments,
        minutes=minutes_by_work(incidents), numbers=await stage_numbers(stage_id), incident_names=INCIDENT_NAMES,
        adjustment_names=ADJUSTMENT_NAMES, recorder=holds(request, *RECORDERS), chief=holds(request, *CHIEF),
        after_lock=(StageState.LOCKED.value, StageState.RELEASED.value),
    )  # fmt: skip


def _fresh() -> Form:
    return Form.filled(happened_at=clock.now())


@get("/stages/{stage_id:int}/incidents", who=ROOM)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    return await _page(request, stage_id, _fresh(), Form())


@post("/stages/{stage_id:int}/incidents", who=RECORDERS)
async def record(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    happened_at = form.moment("happened_at", required=True)
    draft = IncidentDraft(
        blind_id=form.whole("blind"), kind=form.choice("kind", IncidentKind), happened_at=happened_at or clock.now(),
        note=form.text("note", longest=LONGEST_NOTE), minutes=form.whole("minutes", default=0),
        evidence=form.text("evidence", required=False, longest=LONGEST_NOTE),
        approver=form.text("approver", required=False),
    )  # fmt: skip
    if form.valid:
        try:
            await record_incident(actor_of(request), stage_id, draft)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/incidents", _("已登记事件"))
    return await _page(request, stage_id, form, Form(), 422)


@post("/stages/{stage_id:int}/adjustments", who=CHIEF)
async def make(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    draft = AdjustmentDraft(
        blind_id=form.whole("blind"), kind=form.choice("kind", AdjustmentKind),
        value=form.decimal("value", most=Decimal(100)), reason=form.text("reason", longest=200),
        approver=form.text("approver"),
    )  # fmt: skip
    status = 422
    if form.valid:
        try:
            await adjust(actor_of(request), stage_id, draft)
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            return redirect(f"/stages/{stage_id}/incidents#adjustments", _("已登记奖惩，计入总分"))
    return await _page(request, stage_id, _fresh(), form, status)


@post("/adjustments/{adjustment_id:int}/withdrawal", who=CHIEF)
async def take_back(request: Request, adjustment_id: FromPath[int]) -> Response:
    form = await read_form(request)
    reason = form.text("withdrawn_reason", longest=200)
    stage_id = await stage_of_adjustment(adjustment_id)
    status = 422
    if form.valid:
        try:
            await withdraw(actor_of(request), adjustment_id, reason)
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            return redirect(f"/stages/{stage_id}/incidents#adjustments", _("已撤销，原记录保留"))
    return await _page(request, stage_id, _fresh(), form, status, adjustment_id)


ROUTES = [show, record, make, take_back]
