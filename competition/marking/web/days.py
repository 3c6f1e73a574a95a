"""Marking days: what each day's forms still lack, and the chief judge's signature under it."""

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import StageState
from competition.marking.kinds import METHOD_NAMES
from competition.marking.service.days import MarkingDay, load_days, sign_day
from competition.marking.signatures import is_drawn, view_box
from competition.marking.web.stage_pages import ROOM, holds, stage_page
from competition.problems import Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.pages import redirect
from competition.web.viewer import actor_of

CHIEF = frozenset({Role.CHIEF_JUDGE})


def signature_boxes(days: list[MarkingDay]) -> dict[int, str]:
    """The view box of each drawn signature, by day."""
    drawn = {each.day: each.signature["signature"] for each in days if each.signature}
    return {day: view_box(signature) for day, signature in drawn.items() if is_drawn(signature)}


async def _page(request: Request, stage_id: int, form: Form, status: int = 200) -> Response:
    days = await load_days(stage_id)
    return await stage_page(
        request, "marking/days.html", stage_id, under="days", status=status, form=form, days=days,
        boxes=signature_boxes(days), method_names=METHOD_NAMES, chief=holds(request, *CHIEF),
        marking=StageState.MARKING.value,
    )  # fmt: skip


@get("/stages/{stage_id:int}/days", who=ROOM)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    return await _page(request, stage_id, Form())


@post("/stages/{stage_id:int}/days", who=CHIEF)
async def sign(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    signature = form.value("signature").strip() or form.value("words").strip()
    day = form.whole("day", least=1, most=99)
    status = 422
    if form.valid:
        try:
            await sign_day(actor_of(request), stage_id, day, signature)
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            return redirect(f"/stages/{stage_id}/days", _("已签第 {n} 评分日", n=day))
    return await _page(request, stage_id, form, status)


ROUTES = [show, sign]
