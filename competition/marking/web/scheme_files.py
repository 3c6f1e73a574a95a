"""The scheme as a file: import of a CIS workbook, looked over before it is taken, and export."""

import asyncio
from collections import Counter
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.exact import fixed
from competition.marking import service
from competition.marking.cis_workbook import CellProblem, CisReading, read_cis, write_cis
from competition.marking.scheme_drafts import SchemeDraft, allocation, from_document, section_marks, to_document
from competition.marking.web.stage_pages import PREPARERS, READERS, stage_page
from competition.people.vault import VaultError, seal, unseal
from competition.problems import N_, Missing, Problem, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said
from competition.web.pages import XLSX, download, redirect
from competition.web.viewer import actor_of

DIGITS = 2


class Waiting(msgspec.Struct, frozen=True):
    """A scheme that was read and waits for a yes. It goes through the browser sealed, so it comes back as it was read
    and for the stage it was read for."""

    stage_id: int
    document: str

    def sealed(self) -> str:
        return seal(msgspec.json.encode(self).decode())


def _waiting(text: str, stage_id: int) -> SchemeDraft:
    """Raises Refused for what was not sealed here, or for another stage."""
    try:
        waiting = msgspec.json.decode(unseal(text), type=Waiting)
        if waiting.stage_id == stage_id:
            return from_document(waiting.document)
    except (VaultError, ValueError):
        pass
    raise Refused(Problem(N_("内容不完整，重新上传工作簿"), field="file"))


async def _page(
    request: Request, stage_id: int, form: Form, *, status: int = 200, reading: CisReading | None = None,
    draft: SchemeDraft | None = None,
) -> Response:  # fmt: skip
    stored = await service.load_scheme(stage_id)
    return await stage_page(
        request, "marking/scheme_import.html", stage_id, under="scheme", status=status, form=form, stored=stored,
        draft=draft, criteria=_criteria(draft) if draft else [], sections=_sections(draft) if draft else [],
        document=Waiting(stage_id, to_document(draft)).sealed() if draft else "",
        version=stored.number if stored else 0,
        problems=[_in_words(each) for each in reading.problems] if reading else [],
        errors=len(reading.errors) if reading else 0, filename=form.value("filename"),
    )  # fmt: skip


def _in_words(problem: CellProblem) -> dict[str, Any]:
    return {
        "sheet": problem.sheet, "row": problem.row, "column": problem.column, "cell": problem.cell[:60],
        "error": problem.severity == "error", "text": said(problem.problem),
    }  # fmt: skip


def _criteria(draft: SchemeDraft) -> list[dict[str, Any]]:
    """Each criterion with its marks, sub-criteria, and aspects by method."""
    names = {each.code: each.name for each in draft.criteria}
    rows = []
    for row in allocation(draft):
        parts = [part for part in draft.parts if part.criterion == row.criterion]
        methods = Counter(part.method for part in parts for _aspect in part.aspects)
        rows.append(
            {
                "code": row.criterion, "name": names.get(row.criterion, row.criterion),
                "marks": fixed(row.total, DIGITS), "subs": len({part.sub_criterion for part in parts}),
                "measured": methods["measurement"], "judged": methods["judgement"],
                "days": sorted({part.day for part in parts if part.day}),
            }
        )  # fmt: skip
    return rows


def _sections(draft: SchemeDraft) -> list[dict[str, str]]:
    marks = section_marks(draft)
    return [
        {
            "code": each.code, "name": each.name, "percent": fixed(each.percent, DIGITS),
            "marks": fixed(marks.get(each.code, each.percent * 0), DIGITS),
        }
        for each in draft.sections
    ]  # fmt: skip


@get("/stages/{stage_id:int}/scheme/import", who=PREPARERS)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    return await _page(request, stage_id, Form())


@post("/stages/{stage_id:int}/scheme/import", who=PREPARERS)
async def upload(request: Request, stage_id: FromPath[int]) -> Response:
    """Read the workbook and show what it holds; with an error nothing can be taken, without one it waits for a yes."""
    form = await read_form(request)
    file = await form.file("file")
    if file is None:
        return await _page(request, stage_id, form, status=422)
    filename, content = file
    try:
        reading = await asyncio.to_thread(read_cis, content, filename)
    except Refused as refused:
        form.refuse(refused)
        return await _page(request, stage_id, form, status=refused.status)
    shown = Form.filled(filename=filename)
    status = 422 if reading.draft is None else 200
    return await _page(request, stage_id, shown, status=status, reading=reading, draft=reading.draft)


@post("/stages/{stage_id:int}/scheme/import/taken", who=PREPARERS)
async def take(request: Request, stage_id: FromPath[int]) -> Response:
    """The scheme that was looked over becomes the stage's; it is checked once more, as any scheme that is saved."""
    form = await read_form(request)
    draft = None
    try:
        draft = _waiting(form.value("document"), stage_id)
        await service.save_scheme(actor_of(request), stage_id, draft, form.version())
    except Refused as refused:
        form.refuse(*[msgspec.structs.replace(problem, field="file") for problem in refused.problems])
        return await _page(request, stage_id, form, status=refused.status, draft=draft)
    return redirect(f"/stages/{stage_id}/scheme", _("已导入评分标准"))


@get("/stages/{stage_id:int}/scheme.xlsx", who=READERS)
async def export(request: Request, stage_id: FromPath[int]) -> Response:
    stored = await service.load_scheme(stage_id)
    if stored is None:
        raise Missing("scheme")
    try:
        content = await asyncio.to_thread(write_cis, stored.draft)
    except Refused as refused:
        return redirect(f"/stages/{stage_id}/scheme", said(refused.problems[0]), kind="danger")
    name = stored.title or _("评分标准")
    return download(content, f"{name} {_('第 {n} 版', n=stored.number)}.xlsx", XLSX)


ROUTES = [show, upload, take, export]
