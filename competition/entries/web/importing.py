"""The workbook flow on screen: template, upload, review in the shape of the sheet, taking over."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition import clock
from competition.accounts.kinds import Role
from competition.contests.tables import Contest
from competition.entries.kinds import ImportState
from competition.entries.rules.eligibility import wall_time, window_problem
from competition.entries.service import importing
from competition.entries.service.annotating import annotated
from competition.entries.service.columns import TITLES, template
from competition.entries.service.facts import programme
from competition.entries.service.importing import StoredRow, load_import, waiting_import
from competition.entries.service.taking_over import confirm
from competition.entries.web.entering import open_contests, own_units
from competition.people.tables import Unit
from competition.problems import N_, Missing, Problem, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import ENGLISH, _, language, said
from competition.web.pages import XLSX, download, page, redirect
from competition.web.paging import paging
from competition.web.viewer import actor_of

REGISTRAR = {Role.REGISTRAR}
ROWS_PER_PAGE = 100
SHOWN = {"": "problems", "errors": "errors", "all": "all"}


async def _named(unit_id: int) -> dict[str, Any]:
    unit = await Unit.select(Unit.id, Unit.name, Unit.name_en).where(Unit.id == unit_id).first()
    if unit is None:
        raise Missing("unit")
    return unit


@get("/my-entries/import", who=REGISTRAR)
async def choose_import(request: Request) -> Response:
    return page(request, "entries/import_choose.html", units=await own_units(request), contests=await open_contests())


async def _upload_page(request: Request, unit_id: int, contest_id: int, form: Form, status: int = 200) -> Response:
    known = await programme(contest_id)
    closed = window_problem(known.contest, clock.now())
    return page(
        request, "entries/import_upload.html", status=status, unit=await _named(unit_id), contest=known.contest,
        waiting=await waiting_import(contest_id, unit_id), form=form, closed=said(closed) if closed else "",
        closes=wall_time(known.contest.closes_at, known.contest.zone) if known.contest.closes_at else "",
    )  # fmt: skip


@get("/units/{unit_id:int}/contests/{contest_id:int}/entries/import", who=REGISTRAR)
async def upload_page(request: Request, unit_id: FromPath[int], contest_id: FromPath[int]) -> Response:
    return await _upload_page(request, unit_id, contest_id, Form())


@get("/units/{unit_id:int}/contests/{contest_id:int}/entries/template", who=REGISTRAR)
async def entry_template(request: Request, unit_id: FromPath[int], contest_id: FromPath[int]) -> Response:
    known = await programme(contest_id)
    content = template(known.groups, language.get() == ENGLISH)
    return download(content, _("报名表模板_{name}.xlsx", name=known.contest.name), XLSX)


@post("/units/{unit_id:int}/contests/{contest_id:int}/entries/import", who=REGISTRAR)
async def upload(request: Request, unit_id: FromPath[int], contest_id: FromPath[int]) -> Response:
    form = await read_form(request)
    file = await form.file("file")
    if file is None:
        return await _upload_page(request, unit_id, contest_id, form, 422)
    try:
        import_id = await importing.upload(actor_of(request), contest_id, unit_id, *file)
    except Refused as refused:
        form.refuse(refused)
        return await _upload_page(request, unit_id, contest_id, form, refused.status)
    return redirect(f"/my-entries/import/{import_id}")


def _in_words(row: StoredRow) -> dict[str, Any]:
    """A row with its findings in the reader's language; `marks` tells the worst of each cell."""
    findings = [
        {
            "key": each.key, "severity": each.severity, "offer": each.offer, "fix": _(each.fix),
            "text": said(Problem(each.text, params=each.params)),
        }
        for each in row.findings
    ]  # fmt: skip
    marks: dict[str, str] = {}
    for each in row.findings:
        if marks.get(each.key) != "error":
            marks[each.key] = each.severity
    return {"number": row.number, "cells": row.cells, "findings": findings, "marks": marks}


async def _review(request: Request, import_id: int, form: Form, status: int = 200) -> Response:
    found = await load_import(import_id)
    rows = found.stored.rows
    faulty = [row for row in rows if row.has("error")]
    doubtful = [row for row in rows if row.findings]
    show = SHOWN.get(request.query_params.get("show", ""), "problems")
    chosen = {"problems": doubtful, "errors": faulty, "all": list(rows)}[show]
    pages = paging(request, len(chosen), ROWS_PER_PAGE)
    contest = await Contest.select(
        Contest.id, Contest.name, Contest.name_en, Contest.entry_closes_at, Contest.zone
    ).where(Contest.id == found.contest_id).first()  # fmt: skip
    return page(
        request, "entries/import_review.html", status=status, found=found, stored=found.stored, form=form,
        contest=contest, unit=await _named(found.unit_id), show=show, pages=pages,
        rows=[_in_words(row) for row in chosen[pages.offset : pages.offset + pages.size]],
        faulty=len(faulty), doubtful=len(doubtful), errors=sum(_count(row, "error") for row in rows),
        remarks=sum(row.has("warning") for row in rows), all_rows=len(rows),
        remark_count=sum(_count(row, "warning") for row in rows),
        columns=_columns(found.stored.columns), waiting=found.state == ImportState.WAITING,
        confirmed=found.state == ImportState.CONFIRMED, titles=TITLES,
        warnings=[said(Problem(each.text, params=each.params)) for each in found.stored.warnings],
    )  # fmt: skip


def _count(row: StoredRow, severity: str) -> int:
    return sum(finding.severity == severity for finding in row.findings)


def _columns(columns: dict[str, str]) -> list[tuple[str, str]]:
    """(letter, key) in the order of the sheet."""
    return sorted(((letter, key) for key, letter in columns.items()), key=lambda pair: (len(pair[0]), pair[0]))


@get("/my-entries/import/{import_id:int}", who=REGISTRAR)
async def review(request: Request, import_id: FromPath[int]) -> Response:
    return await _review(request, import_id, Form())


@post("/my-entries/import/{import_id:int}/adopt", who=REGISTRAR)
async def adopt(request: Request, import_id: FromPath[int]) -> Response:
    form = await read_form(request)
    row = form.whole("row")
    await importing.adopt(actor_of(request), import_id, row, form.value("key"))
    show = form.value("show")
    kept = f"?show={show}" if show in SHOWN and show else ""
    return redirect(f"/my-entries/import/{import_id}{kept}#row-{row}", _("第 {row} 行已采用并重新核对", row=row))


@get("/my-entries/import/{import_id:int}/workbook", who=REGISTRAR)
async def annotated_workbook(request: Request, import_id: FromPath[int]) -> Response:
    found = await load_import(import_id)
    if found.state != ImportState.WAITING:
        raise Refused(Problem(N_("本次导入已经结束，原表不再保存")))
    name = found.filename.rsplit(".", 1)[0]
    return download(await annotated(actor_of(request), found), _("{name}_校对.xlsx", name=name), XLSX)


@post("/my-entries/import/{import_id:int}/confirm", who=REGISTRAR)
async def take_over(request: Request, import_id: FromPath[int]) -> Response:
    form = await read_form(request)
    found = await load_import(import_id)
    left_out = len(found.stored.rows) - found.stored.good
    if found.state == ImportState.WAITING and left_out and not form.checked("knows"):
        form.wrong("knows", N_("有 {n} 行不导入，勾选后再导入"), n=left_out)
        return await _review(request, import_id, form, 422)
    try:
        count = await confirm(actor_of(request), import_id)
    except Refused as refused:
        form.refuse(refused)
        return await _review(request, import_id, form, refused.status)
    return redirect("/my-entries", _("已导入并提交 {n} 项报名", n=count))


ROUTES = [choose_import, upload_page, entry_template, upload, review, adopt, annotated_workbook, take_over]
