"""One work under one blind number: every sheet beside the others, returned, corrected after the lock."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import StageState
from competition.marking import service
from competition.marking.kinds import ADJUSTMENT_NAMES, LAYER_NAMES, METHOD_NAMES, SHEET_STATE_NAMES
from competition.marking.service.checking import ALL, NumberedWork, numbered_work
from competition.marking.service.sheets import stage_of_sheet
from competition.marking.web.room import CHECKERS, CHIEF, work_address
from competition.marking.web.stage_pages import ROOM, holds, stage_page
from competition.problems import Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said
from competition.web.pages import redirect
from competition.web.viewer import actor_of, signed_in

CORRECTABLE = (StageState.LOCKED, StageState.RELEASED)


async def _work_page(
    request: Request, blind_id: int, form: Form, asked: str, status: int = 200, failed: tuple[str, int] = ("", 0)
) -> Response:
    """`failed`: the sheet and the aspect whose correction was refused, to be shown open with what was typed."""
    work = await numbered_work(blind_id, asked)
    return await stage_page(
        request, "marking/number.html", work.stage_id, under="room", status=status, work=work, form=form, failed=failed,
        criteria=_criteria(work), state_names=SHEET_STATE_NAMES, method_names=METHOD_NAMES, layer_names=LAYER_NAMES,
        adjustment_names=ADJUSTMENT_NAMES, chief=holds(request, Role.CHIEF_JUDGE), checker=holds(request, *CHECKERS),
        account_id=signed_in(request).account_id, correctable=work.stage_state in CORRECTABLE,
        work_address=work_address,
    )  # fmt: skip


def _criteria(work: NumberedWork) -> list[dict[str, Any]]:
    """Of a work with many forms: what to choose from, with the sheets that wait for the second check."""
    if not work.criterion:
        return []
    choices = [(heading.code, heading.code, heading.to_check) for heading in work.headings]
    return [
        {
            "href": work_address(work.blind_id, code), "label": label, "count": waiting or None,
            "current": code == work.criterion,
        }
        for code, label, waiting in [*choices, (ALL, _("全部"), 0)]
    ]  # fmt: skip


@get("/numbers/{blind_id:int}", who=ROOM)
async def number(request: Request, blind_id: FromPath[int]) -> Response:
    return await _work_page(request, blind_id, Form(), request.query_params.get("criterion", ""))


@post("/sheets/{sheet_token:str}/return", who=CHIEF)
async def return_sheet(request: Request, sheet_token: FromPath[str]) -> Response:
    form = await read_form(request)
    place = await stage_of_sheet(sheet_token)
    back = work_address(place["blind"], form.value("criterion"))
    try:
        await service.return_sheet(actor_of(request), sheet_token, form.text("reason", required=False, longest=200))
    except Refused as refused:
        return redirect(back, said(refused.problems[0]), kind="danger")
    return redirect(back, _("已退回，裁判可重新评分"))


@post("/sheets/{sheet_token:str}/marks/{aspect_id:int}/correction", who=CHIEF)
async def correct(request: Request, sheet_token: FromPath[str], aspect_id: FromPath[int]) -> Response:
    """After the lock: a revision with a reason."""
    form = await read_form(request)
    place = await stage_of_sheet(sheet_token)
    criterion = form.value("criterion")
    try:
        await service.correct_mark(
            actor_of(request), sheet_token, aspect_id, form.value("value"),
            form.text("reason", required=False, longest=200), form.whole("number", default=0),
        )  # fmt: skip
    except Refused as refused:
        form.refuse(refused)
        return await _work_page(
            request, place["blind"], form, criterion, refused.status, failed=(sheet_token, aspect_id)
        )
    return redirect(work_address(place["blind"], criterion), _("已更正；成绩须重新计算并发布"))


ROUTES = [number, return_sheet, correct]
