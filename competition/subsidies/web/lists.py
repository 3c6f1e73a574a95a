"""The lists that leave the house: working list, public list, the printed notice."""

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition import clock
from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, TIER_NAMES
from competition.documents.capital import capital_amount
from competition.problems import Refused
from competition.rulebook.service import revision
from competition.subsidies import lines as line_reads
from competition.subsidies import reads, service
from competition.subsidies.facts import Row
from competition.subsidies.kinds import LineState
from competition.subsidies.web.batches import READERS, batch_page
from competition.web.forms import read_form
from competition.web.pages import XLSX, download, page
from competition.web.viewer import actor_of


def _filename(batch: Row, what: str) -> str:
    return f"{batch['year']}年{TIER_NAMES[batch['tier']]}竞赛补贴{batch['number']:02}批{what}.xlsx"


@post("/subsidies/{batch_id:int}/working-list", who={Role.BUREAU})
async def working_list(request: Request, batch_id: FromPath[int]) -> Response:
    form = await read_form(request)
    try:
        content = await service.working_list(actor_of(request), batch_id, form.text("purpose", required=False))
    except Refused as refused:
        form.refuse(refused)
        return await batch_page(request, batch_id, form=form, status=422)
    return download(content, _filename(await reads.batch_row(batch_id), "工作名单"), XLSX)


@get("/subsidies/{batch_id:int}/public-list", who=READERS)
async def public_list(request: Request, batch_id: FromPath[int]) -> Response:
    content = await service.public_list(batch_id)
    return download(content, _filename(await reads.batch_row(batch_id), "公示名单"), XLSX)


@get("/subsidies/{batch_id:int}/notice", who=READERS)
async def notice(request: Request, batch_id: FromPath[int]) -> Response:
    """The notice to be printed and sealed: masked by construction."""
    summary = await reads.batch_summary(batch_id)
    rule = await revision(summary.batch["rule"])
    return page(
        request, "subsidies/notice.html", batch=summary.batch, totals=summary.totals, document=rule.document,
        lines=await line_reads.lines(batch_id, [LineState.DUE]), capital=capital_amount(summary.totals.due_fen),
        units=await line_reads.unit_sums(batch_id), tier_names=TIER_NAMES, group_names=GROUP_NAMES,
        today=clock.today(), back_href=f"/subsidies/{batch_id}",
    )  # fmt: skip


ROUTES = [working_list, public_list, notice]
