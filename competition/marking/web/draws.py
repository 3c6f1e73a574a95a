"""The draw: what it will work with, the act, the numbers, the list behind them, the reveal."""

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.entries.service import members_of
from competition.marking import service
from competition.marking.service.draws import number_list, plan_draw, record_list_read, stage_draw
from competition.marking.service.listing import sheet_counts
from competition.marking.tables import Sheet
from competition.marking.web.stage_pages import DRAWERS, ROOM, holds, stage_page
from competition.problems import Forbidden, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said
from competition.web.pages import redirect
from competition.web.viewer import actor_of

REVEALERS = frozenset({Role.ENCRYPTION_JUDGE, Role.CHIEF_JUDGE, Role.ORGANISER})


async def _page(request: Request, stage_id: int, form: Form, status: int = 200) -> Response:
    made = await stage_draw(stage_id)
    plan = None if made else await plan_draw(stage_id)
    counted = await sheet_counts(Sheet.stage == stage_id)
    return await stage_page(
        request, "marking/draw.html", stage_id, status=status, form=form, made=made, plan=plan,
        problems=[said(problem) for problem in plan.problems] if plan else [],
        numbers=await number_list(stage_id) if made else [],
        sheets=counted.get(stage_id, (0, 0))[1], may_draw=holds(request, *DRAWERS),
        may_read_list=holds(request, Role.ENCRYPTION_JUDGE), revealer=holds(request, *REVEALERS),
    )  # fmt: skip


@get("/stages/{stage_id:int}/draw", who=DRAWERS | {Role.BUREAU, Role.SUPERVISOR})
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    return await _page(request, stage_id, Form.filled(first="1"))


@post("/stages/{stage_id:int}/draw", who=DRAWERS)
async def make(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    seed = form.text("seed", required=False, longest=64)
    first = form.whole("first", least=1, most=999, default=1)
    if form.valid:
        try:
            await service.draw_numbers(actor_of(request), stage_id, seed or None, first)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/draw", _("已抽签；评分标准冻结，评分表已发到各席"))
    return await _page(request, stage_id, form, 422)


@post("/stages/{stage_id:int}/draw/list", who=DRAWERS | {Role.CHIEF_JUDGE, Role.BUREAU})
async def read_list(request: Request, stage_id: FromPath[int]) -> Response:
    """Numbers with names, each reading logged: before the reveal for the encryption judge alone, who hands them out."""
    if not await service.numbers_revealed(stage_id) and not holds(request, Role.ENCRYPTION_JUDGE):
        raise Forbidden
    await record_list_read(actor_of(request), stage_id)
    rows = await number_list(stage_id)
    members = await members_of([row["entry"] for row in rows])
    return await stage_page(request, "marking/number_list.html", stage_id, under="draw", rows=rows, members=members)


@post("/stages/{stage_id:int}/reveal", who=REVEALERS)
async def reveal(request: Request, stage_id: FromPath[int]) -> Response:
    """The chief judge comes from the room, the encryption judge, who may not see it, from the draw."""
    back = f"/stages/{stage_id}/room" if holds(request, *ROOM) else f"/stages/{stage_id}/draw"
    try:
        await service.reveal_numbers(actor_of(request), stage_id)
    except Refused as refused:
        return redirect(back, said(refused.problems[0]), kind="danger")
    return redirect(back, _("已解密；编号与选手的对应已公开给有权人员"))


ROUTES = [show, make, read_list, reveal]
