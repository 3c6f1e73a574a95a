"""Re-check: what is drawn, what is done, the error rate, and the way of a wrong work back to its judges."""

from fractions import Fraction
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import StageState
from competition.exact import fixed, round_half_up
from competition.marking.kinds import LAYER_NAMES
from competition.marking.rules.recheck import RIGHT, WRONG, RecheckRule, share
from competition.marking.service.recheck_reads import LoadedRecheck, load_rechecks
from competition.marking.service.rechecks import (
    RecheckPlan,
    draw_recheck,
    finish_work,
    let_stand,
    plan_recheck,
    stage_of_work,
)
from competition.marking.web.room import SEE_TOTALS
from competition.marking.web.stage_pages import ROOM, holds, stage_page
from competition.problems import Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, ngettext, said
from competition.web.pages import redirect
from competition.web.viewer import actor_of

CHIEF = frozenset({Role.CHIEF_JUDGE})
RECHECKERS = frozenset({Role.CHIEF_JUDGE, Role.SCORE_CLERK, Role.SUPERVISOR})
LONGEST_NOTE = 500


def rule_text(rule: RecheckRule) -> str:
    top = (
        _("合计前 {n} % 全部复核", n=rule.top_percent)
        if rule.top_by == "percent"
        else _("合计前 {n} 名全部复核", n=rule.top_count)
    )
    rest = _("其余抽 {n} %，不足一件按一件", n=rule.rest_percent)
    return _("、").join((top, rest)) + _("；差错率超过 {n} % 的，全部复核", n=rule.error_percent)


def rate_text(rate: Fraction | None) -> str:
    """With one decimal, "—" before the first work is done."""
    return "—" if rate is None else fixed(round_half_up(rate * 100, 1), 1) + " %"


def _planned(plan: RecheckPlan) -> dict[str, int]:
    """How many works a draw would bring, without ties at the boundary."""
    rule, top, lot = plan.rule, 0, 0
    for layer in plan.layers:
        works = len(layer.sheets)
        first = share(works, rule.top_percent) if rule.top_by == "percent" else min(works, rule.top_count)
        top += first
        lot += share(works - first, rule.rest_percent)
    return {"top": top, "lot": lot}


def _counts(rechecks: list[LoadedRecheck]) -> dict[str, Any]:
    works = sum(len(each.works) for each in rechecks)
    done = sum(each.done for each in rechecks)
    wrong = sum(each.wrong for each in rechecks)
    sheets = sum(each.wrong_sheets for each in rechecks)
    rate = Fraction(wrong, done) if done else None
    return {"works": works, "done": done, "wrong": wrong, "sheets": sheets, "rate": rate_text(rate)}


async def _page(
    request: Request, stage_id: int, form: Form, status: int = 200, tried: int = 0, asked: str = ""
) -> Response:
    """`tried` is the work whose form was refused: it stays open with what was typed, unless somebody was quicker and
    its outcome is no longer the one that is `asked` for."""
    rechecks = await load_rechecks(stage_id)
    works = {work.id: work for each in rechecks for work in each.works}
    if tried in works and (works[tried].outcome != asked or works[tried].answer):
        tried = 0
    plan = None if rechecks else await plan_recheck(stage_id)
    return await stage_page(
        request, "marking/rechecks.html", stage_id, under="rechecks", status=status, form=form, tried=tried,
        rechecks=rechecks, counts=_counts(rechecks), rates={each.row["id"]: rate_text(each.rate) for each in rechecks},
        rule=rule_text(rechecks[0].rule if rechecks else plan.rule if plan else RecheckRule("percent", 0, 0, 0, 0)),
        planned=_planned(plan) if plan else {}, problems=[said(each) for each in plan.problems] if plan else [],
        works=plan.works if plan else 0, chief=holds(request, *CHIEF), rechecker=holds(request, *RECHECKERS),
        ranked=holds(request, *SEE_TOTALS), layer_names=LAYER_NAMES, marking=StageState.MARKING.value,
        several=len({work.layer for each in rechecks for work in each.works}) > 1,
    )  # fmt: skip


@get("/stages/{stage_id:int}/rechecks", who=ROOM)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    return await _page(request, stage_id, Form())


@post("/stages/{stage_id:int}/rechecks", who=CHIEF)
async def make(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    seed = form.text("seed", required=False, longest=64)
    if form.valid:
        try:
            works = await draw_recheck(actor_of(request), stage_id, seed)
        except Refused as refused:
            form.refuse(refused)
        else:
            said_so = ngettext("已抽取 {n} 件复核", "已抽取 {n} 件复核", works)
            return redirect(f"/stages/{stage_id}/rechecks", said_so)
    return await _page(request, stage_id, form, 422)


@post("/recheck-works/{recheck_work_id:int}", who=RECHECKERS)
async def finish(request: Request, recheck_work_id: FromPath[int]) -> Response:
    form = await read_form(request)
    stage_id = await stage_of_work(recheck_work_id)
    outcome = form.one_of("outcome", (RIGHT, WRONG))
    note = form.text("note", required=False, longest=LONGEST_NOTE)
    sheets = form.whole("wrong_sheets", default=0) if outcome == WRONG else 0
    status = 422
    if form.valid:
        try:
            added = await finish_work(
                actor_of(request), recheck_work_id, right=outcome == RIGHT, wrong_sheets=sheets, note=note
            )
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            return redirect(f"/stages/{stage_id}/rechecks", _answer(outcome, added), kind="warn" if added else "ok")
    return await _page(request, stage_id, form, status, recheck_work_id)


@post("/recheck-works/{recheck_work_id:int}/answer", who=CHIEF)
async def answer(request: Request, recheck_work_id: FromPath[int]) -> Response:
    form = await read_form(request)
    stage_id = await stage_of_work(recheck_work_id)
    reason = form.text("reason", longest=LONGEST_NOTE)
    status = 422
    if form.valid:
        try:
            await let_stand(actor_of(request), recheck_work_id, reason)
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            return redirect(f"/stages/{stage_id}/rechecks", _("已答复：维持原分"))
    return await _page(request, stage_id, form, status, recheck_work_id, WRONG)


def _answer(outcome: str, added: int) -> str:
    if added:
        return _("差错率超过限度，全部复核：未抽到的 {n} 件已补入", n=added)
    return _("已记有误；裁判长可退回评分表") if outcome == WRONG else _("已记无误")


ROUTES = [show, make, finish, answer]
