"""What the bureau does to a batch: draft, advance, objections, one line."""

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.access import acting_as
from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, TIER_NAMES
from competition.people.service import reveal
from competition.problems import N_, Refused
from competition.subsidies import lines as line_reads
from competition.subsidies import reads, service
from competition.subsidies.kinds import LINE_STATE_NAMES, BatchAction, BatchState, LineState
from competition.subsidies.web import views
from competition.subsidies.web.batches import READERS, batch_page
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.pages import page, redirect
from competition.web.viewer import actor_of

DONE = {
    BatchAction.CHECK: N_("已核对"),
    BatchAction.NOTICE: N_("已开始公示"),
    BatchAction.APPROVE: N_("已批准"),
    BatchAction.PAY: N_("已登记发放"),
    BatchAction.WITHDRAW: N_("已撤回，修改后重新起草"),
}


@post("/subsidies/draft", who={Role.BUREAU})
async def draft(request: Request) -> Response:
    form = await read_form(request)
    batch_id = await service.draft_batch(actor_of(request), form.whole("contest_id", least=1))
    return redirect(f"/subsidies/{batch_id}", _("已按决赛名单起草"))


@post("/subsidies/{batch_id:int}/redraft", who={Role.BUREAU})
async def redraft(request: Request, batch_id: FromPath[int]) -> Response:
    batch = await reads.batch_row(batch_id)
    try:
        drafted = await service.draft_batch(actor_of(request), batch["contest"])
    except Refused as refused:
        return await _refused(request, batch_id, Form(), refused)
    return redirect(f"/subsidies/{drafted}", _("已按当前名单、成绩和口径重新起草"))


async def _refused(request: Request, batch_id: int, form: Form, refused: Refused | None = None) -> Response:
    if refused:
        form.refuse(refused)
    return await batch_page(request, batch_id, form=form, status=refused.status if refused else 422)


@post("/subsidies/{batch_id:int}/advance", who={Role.BUREAU})
async def advance(request: Request, batch_id: FromPath[int]) -> Response:
    form = await read_form(request)
    action = form.choice("action", BatchAction)
    note = form.text("note", required=False, longest=200)
    try:
        if form.valid:
            await service.advance(actor_of(request), batch_id, action, note)
            return redirect(f"/subsidies/{batch_id}", _(DONE[action]))
    except Refused as refused:
        return await _refused(request, batch_id, form, refused)
    return await _refused(request, batch_id, form)


@post("/subsidies/{batch_id:int}/objections", who={Role.BUREAU})
async def raise_objection(request: Request, batch_id: FromPath[int]) -> Response:
    form = await read_form(request)
    raised_by, claim = form.text("raised_by", longest=60), form.text("claim", longest=500)
    try:
        if form.valid:
            await service.object_(actor_of(request), batch_id, raised_by, claim)
            return redirect(f"/subsidies/{batch_id}#objections", _("已登记异议"))
    except Refused as refused:
        return await _refused(request, batch_id, form, refused)
    return await _refused(request, batch_id, form)


@post("/subsidies/{batch_id:int}/objections/{objection_id:int}/answer", who={Role.BUREAU})
async def answer_objection(request: Request, batch_id: FromPath[int], objection_id: FromPath[int]) -> Response:
    form = await read_form(request)
    ruling, text = form.one_of("ruling", ("upheld", "rejected")), form.text("answer", longest=500)
    try:
        if form.valid:
            await service.answer(actor_of(request), objection_id, ruling == "upheld", text)
            return redirect(f"/subsidies/{batch_id}#objections", _("已答复异议"))
    except Refused as refused:
        return await _refused(request, batch_id, form, refused)
    return await _refused(request, batch_id, form)


async def _line_page(
    request: Request, batch_id: int, line_id: int, *, form: Form | None = None, revealed: str = "", status: int = 200
) -> Response:
    line = await line_reads.line_row(line_id)
    batch = await reads.batch_row(batch_id)
    bureau = acting_as(request) == Role.BUREAU
    return page(
        request, "subsidies/line.html", status=status, line=line, batch=batch, form=form or Form(), revealed=revealed,
        said_reason=views.reason_of(line), may_reveal=bureau, tier_names=TIER_NAMES, group_names=GROUP_NAMES,
        line_state_names=LINE_STATE_NAMES,
        may_claw_back=bureau and batch["state"] == BatchState.PAID and line["state"] == LineState.DUE,
    )  # fmt: skip


@get("/subsidies/{batch_id:int}/lines/{line_id:int}", who=READERS)
async def show_line(request: Request, batch_id: FromPath[int], line_id: FromPath[int]) -> Response:
    return await _line_page(request, batch_id, line_id)


@post("/subsidies/{batch_id:int}/lines/{line_id:int}/reveal", who={Role.BUREAU})
async def reveal_line(request: Request, batch_id: FromPath[int], line_id: FromPath[int]) -> Response:
    """The full identity number is in this answer and nowhere else; its purpose stays on record."""
    form = await read_form(request)
    line = await line_reads.line_row(line_id)
    try:
        number = await reveal(actor_of(request), "person_id", line["person"], form.value("purpose"))
    except Refused as refused:
        form.refuse(refused)
        return await _line_page(request, batch_id, line_id, form=form, status=422)
    return await _line_page(request, batch_id, line_id, revealed=number)


@post("/subsidies/{batch_id:int}/lines/{line_id:int}/claw-back", who={Role.BUREAU})
async def claw_back(request: Request, batch_id: FromPath[int], line_id: FromPath[int]) -> Response:
    form = await read_form(request)
    try:
        await service.claw_back(actor_of(request), line_id, form.text("reason", required=False, longest=200))
    except Refused as refused:
        form.refuse(refused)
        return await _line_page(request, batch_id, line_id, form=form, status=refused.status)
    return redirect(f"/subsidies/{batch_id}?view=excluded", _("已登记追回"))


ROUTES = [draft, redraft, advance, raise_objection, answer_objection, show_line, reveal_line, claw_back]
