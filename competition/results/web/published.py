"""Entering the table of delegations that a contest held elsewhere published."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.tables import Contest
from competition.contests.web.seeing import check_sees
from competition.problems import Missing, Refused
from competition.results.editions import editions_of
from competition.results.published_tables import PublishedTable, record_table
from competition.results.rules.published_table import read_table, write_table
from competition.web.forms import Form, read_form
from competition.web.i18n import ngettext
from competition.web.pages import page, redirect
from competition.web.viewer import actor_of

Row = dict[str, Any]

RECORDERS = frozenset({Role.BUREAU, Role.ORGANISER})
LONGEST = 20_000


async def _contest(request: Request, contest_id: int) -> Row:
    """Raises Missing also for a contest that is marked here."""
    await check_sees(request, contest_id)
    contest = await Contest.select().where(Contest.id == contest_id).first()
    if contest is None or not contest["elsewhere"]:
        raise Missing("contest")
    return contest


def _page(request: Request, contest: Row, form: Form, status: int = 200) -> Response[str]:
    return page(request, "results/published_table.html", status=status, contest=contest, form=form)


@get("/contests/{contest_id:int}/published-table", who=RECORDERS)
async def edit_table(request: Request, contest_id: FromPath[int]) -> Response[str]:
    contest = await _contest(request, contest_id)
    return _page(request, contest, await _filled(contest))


async def _filled(contest: Row) -> Form:
    """What was recorded last; else the name our delegation had in an earlier edition."""
    now, *earlier = await editions_of(contest)
    if now.published:
        table = now.published
        return Form.filled(rows=write_table(list(table.rows)), ours=table.ours, source=table.source)
    ours = next((each.published.ours for each in earlier if each.published), "")
    return Form.filled(ours=ours, source=contest["result_document_number"])


@post("/contests/{contest_id:int}/published-table", who=RECORDERS)
async def save_table(request: Request, contest_id: FromPath[int]) -> Response:
    """Every wrong line is named at once; what was pasted stays."""
    contest = await _contest(request, contest_id)
    form = await read_form(request)
    pasted = form.text("rows", longest=LONGEST)
    ours, source = form.text("ours", longest=60), form.text("source", longest=200)
    if form.valid:
        try:
            rows = read_table(pasted)
            await record_table(actor_of(request), contest_id, PublishedTable(tuple(rows), ours, source))
        except Refused as refused:
            form.refuse(refused)
        else:
            said = ngettext("已录入 {n} 个代表队", "已录入 {n} 个代表队", len(rows))
            return redirect(f"/contests/{contest_id}/delegations", said)
    return _page(request, contest, form, 422)


ROUTES = [edit_table, save_table]
