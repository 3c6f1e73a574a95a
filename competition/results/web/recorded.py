"""Entering results of a contest held elsewhere, by form or from a workbook."""

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, STAGE_NAMES
from competition.documents.workbook_reading import read_table
from competition.entries.service import places
from competition.exact import plain
from competition.problems import Missing, Refused
from competition.results import service
from competition.results.kinds import AWARD_LEVEL_NAMES, AwardLevel
from competition.results.recorded_workbook import HEADINGS, RowProblem, matched_lines, recorded_template
from competition.results.recording import RecordedLine, recorded_lines
from competition.results.stages import stage_row
from competition.results.visibility import RELEASED_ONLY, WITH_DRAFTS, revision_seen
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said
from competition.web.pages import XLSX, download, page, redirect
from competition.web.viewer import actor_of

Row = dict[str, Any]

RECORDERS = frozenset({Role.BUREAU, Role.ORGANISER})


async def _stage(stage_id: int) -> Row:
    """Raises Missing also for a stage that is marked here."""
    stage = await stage_row(stage_id)
    if stage is None or not stage["elsewhere"]:
        raise Missing("stage")
    return stage


async def _filled(stage_id: int) -> Form:
    """What was recorded last, to go on from."""
    newest = await revision_seen(WITH_DRAFTS, stage_id)
    values: dict[str, Any] = {"source": newest["source"], "entrants": newest["entrants"] or ""} if newest else {}
    for line in await recorded_lines(newest) if newest else []:
        values |= {
            f"rank-{line.entry_id}": line.rank,
            f"award-{line.entry_id}": line.award_name,
            f"level-{line.entry_id}": line.award_level,
            f"total-{line.entry_id}": plain(line.total) if line.total is not None else "",
        }
    return Form.filled(**values)


async def _page(
    request: Request, stage: Row, form: Form, status: int = 200, problems: list[RowProblem] | None = None
) -> Response[str]:
    return page(
        request, "results/recorded.html", status=status, stage=stage, form=form, problems=problems or [],
        places=[place for place in await places(stage["id"]) if place["declined_at"] is None],
        in_force=await revision_seen(RELEASED_ONLY, stage["id"]), stage_names=STAGE_NAMES, group_names=GROUP_NAMES,
        levels=[(level.value, _(AWARD_LEVEL_NAMES[level])) for level in AwardLevel], said=said,
    )  # fmt: skip


@get("/stages/{stage_id:int}/recorded-results", who=RECORDERS)
async def edit_recorded(request: Request, stage_id: FromPath[int]) -> Response[str]:
    return await _page(request, await _stage(stage_id), await _filled(stage_id))


def _lines(form: Form, entry_ids: list[int]) -> list[RecordedLine]:
    """What the form says of each entry that has a rank or an award; the rest took part and no more."""
    lines = []
    for entry_id in entry_ids:
        rank = form.whole(f"rank-{entry_id}", least=1, most=9999, default=0)
        award = form.text(f"award-{entry_id}", required=False, longest=60)
        level = form.choice(f"level-{entry_id}", AwardLevel, default=AwardLevel.NONE)
        total = form.decimal(f"total-{entry_id}") if form.value(f"total-{entry_id}").strip() else None
        if rank or award or level or total is not None:
            lines.append(RecordedLine(entry_id, rank or None, award, level.value, total))
    return lines


def _said_of_all(form: Form) -> tuple[str, str, int]:
    """Source, reason of a correction, and how many took part there (0: the list does not say)."""
    source = form.text("source", longest=200)
    return source, form.text("reason", required=False, longest=200), form.whole("entrants", most=100_000, default=0)


@post("/stages/{stage_id:int}/recorded-results", who=RECORDERS)
async def save_recorded(request: Request, stage_id: FromPath[int]) -> Response:
    stage = await _stage(stage_id)
    form = await read_form(request)
    entry_ids = [place["entry_id"] for place in await places(stage_id) if place["declined_at"] is None]
    lines = _lines(form, entry_ids)
    source, reason, entrants = _said_of_all(form)
    if form.valid:
        try:
            await service.record_results(actor_of(request), stage_id, lines, source, reason, entrants)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/results", _("已录入 {n} 条，草稿未发布", n=len(lines)))
    return await _page(request, stage, form, 422)


@get("/stages/{stage_id:int}/recorded-results/template.xlsx", who=RECORDERS)
async def recorded_form(request: Request, stage_id: FromPath[int]) -> Response[bytes]:
    await _stage(stage_id)
    return download(recorded_template(), f"{_('成绩录入模板')}.xlsx", XLSX)


@post("/stages/{stage_id:int}/recorded-results/workbook", who=RECORDERS)
async def import_recorded(request: Request, stage_id: FromPath[int]) -> Response:
    """All problems at once, each at its cell; nothing is recorded while there is one."""
    stage = await _stage(stage_id)
    form = await read_form(request)
    source, reason, entrants = _said_of_all(form)
    upload = await form.file("file")
    problems: list[RowProblem] = []
    if form.valid and upload:
        try:
            table = await asyncio.to_thread(read_table, upload[1], upload[0], HEADINGS)
            lines, problems = await matched_lines(stage_id, table)
            if not problems:
                await service.record_results(actor_of(request), stage_id, lines, source, reason, entrants)
                return redirect(f"/stages/{stage_id}/results", _("已录入 {n} 条，草稿未发布", n=len(lines)))
        except Refused as refused:
            form.refuse(refused)
    return await _page(request, stage, form, 422, problems)


ROUTES = [edit_recorded, save_recorded, recorded_form, import_recorded]
