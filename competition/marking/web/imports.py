"""Scores marked outside: a table to type into, and a workbook. By name, for those who never see a blind number here."""

import asyncio
from decimal import Decimal
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.contests.kinds import StageState
from competition.documents.template_workbook import TemplateTexts, entry_template
from competition.documents.workbook_reading import read_table
from competition.marking import service
from competition.marking.service.import_list import ListedEntry, import_list
from competition.marking.service.import_sheet import HEADINGS, SheetProblem, read_sheet
from competition.marking.service.imports import ImportPart, current_scores, import_part, read_score
from competition.marking.web.stage_pages import IMPORTERS, stage_page
from competition.problems import Refused
from competition.web.formats import mark
from competition.web.forms import Form, read_form
from competition.web.i18n import _, language
from competition.web.pages import XLSX, download, redirect
from competition.web.viewer import actor_of


@get("/stages/{stage_id:int}/imports", who=IMPORTERS)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    scheme = await service.load_scheme(stage_id)
    entries = await import_list(stage_id)
    parts = scheme.imported_parts if scheme else ()
    done = {part.id: len(await current_scores(part.id)) for part in parts}
    return await stage_page(
        request, "marking/imports.html", stage_id, parts=parts, done=done,
        expected=sum(not entry.gone for entry in entries),
    )  # fmt: skip


async def _page(
    request: Request, part_id: int, form: Form, status: int = 200, problems: tuple[SheetProblem, ...] = ()
) -> Response:
    part = await import_part(part_id)
    return await stage_page(
        request, "marking/scores.html", part.stage_id, under="imports", status=status, part=part, form=form,
        entries=await import_list(part.stage_id), problems=problems,
        locked=part.stage_state in (StageState.LOCKED, StageState.RELEASED),
        open=part.stage_state != StageState.PLANNED,
    )  # fmt: skip


async def _filled(part_id: int) -> Form:
    rows = await current_scores(part_id)
    return Form.filled(**{f"score-{row['entry']}": mark(row["value"]) for row in rows})


@get("/parts/{part_id:int}/scores", who=IMPORTERS)
async def scores(request: Request, part_id: FromPath[int]) -> Response:
    return await _page(request, part_id, await _filled(part_id))


@post("/parts/{part_id:int}/scores", who=IMPORTERS)
async def save(request: Request, part_id: FromPath[int]) -> Response:
    """Every filled field is saved, or none: a blank one stays missing."""
    form = await read_form(request)
    part = await import_part(part_id)
    entries = await import_list(part.stage_id)
    given = _typed(form, entries, part)
    reason = form.text("reason", required=False, longest=200)
    if form.valid:
        try:
            changed = await service.import_scores(actor_of(request), part_id, given, _("页面录入"), reason)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/parts/{part_id}/scores", _("已保存，改动 {n} 项", n=changed))
    return await _page(request, part_id, form, 422)


def _typed(form: Form, entries: list[ListedEntry], part: ImportPart) -> dict[int, Decimal]:
    given = {}
    for entry in entries:
        name = f"score-{entry.entry_id}"
        if form.value(name).strip():
            try:
                given[entry.entry_id] = read_score(form.value(name), part)
            except Refused as refused:
                form.refuse(msgspec.structs.replace(refused.problems[0], field=name))
    return given


@get("/parts/{part_id:int}/scores/template", who=IMPORTERS)
async def template(request: Request, part_id: FromPath[int]) -> Response:
    part = await import_part(part_id)
    texts = TemplateTexts(
        sheet=_("成绩"), example=_("填写示例"), choices=_("选项"), language=language.get(),
        notes=(_("参赛号与证件号码填一项即可；成绩 0–{maximum}，缺考留空", maximum=part.maximum_text),),
    )  # fmt: skip
    example = [{"number": "1", "id_number": "", "score": "86.5"}]
    content = await asyncio.to_thread(entry_template, HEADINGS, example, {}, texts=texts)
    return download(content, f"{part.name}{_('成绩')}.xlsx", XLSX)


@post("/parts/{part_id:int}/scores/upload", who=IMPORTERS)
async def upload(request: Request, part_id: FromPath[int]) -> Response:
    """All rows are good and saved at once, or every error is shown at its row and column and nothing is saved."""
    form = await read_form(request)
    part = await import_part(part_id)
    file = await form.file("file")
    filled = await _filled(part_id)
    if file is None:
        filled.refuse(*form.problems)
        return await _page(request, part_id, filled, 422)
    filename, content = file
    try:
        table = await asyncio.to_thread(read_table, content, filename, HEADINGS)
        found = await read_sheet(part, table)
        if found.problems:
            return await _page(request, part_id, filled, 422, tuple(found.problems))
        changed = await service.import_scores(
            actor_of(request), part_id, found.scores, filename[:120], form.text("reason", required=False, longest=200)
        )
    except Refused as refused:
        filled.refuse(refused)
        return await _page(request, part_id, filled, 422)
    return redirect(
        f"/parts/{part_id}/scores", _("已导入 {n} 行，改动 {changed} 项", n=len(found.scores), changed=changed)
    )


ROUTES: list[Any] = [show, scores, save, template, upload]
