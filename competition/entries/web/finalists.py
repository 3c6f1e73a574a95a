"""Finalists of a contest held elsewhere: one by form, many by workbook."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, STAGE_NAMES
from competition.contests.service import stage_context
from competition.entries import service
from competition.entries.rules.sheet import Row
from competition.entries.service import finalist_sheet
from competition.entries.web.entry_form import field_options
from competition.people.kinds import LEVEL_NAMES, STATUS_NAMES
from competition.people.tables import Unit
from competition.problems import N_, Problem, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import ENGLISH, _, language, said
from competition.web.pages import XLSX, download, page, redirect
from competition.web.viewer import actor_of

RECORDERS = {Role.BUREAU, Role.ORGANISER}
MOST_UNITS_OFFERED = 500
_MEMBER_KEYS = ("name", "id_number", "sex", "born_on", "phone")
_ENTRY_KEYS = ("unit", "team", "rank", "award", "total")


async def _finalists_page(
    request: Request, stage_id: int, form: Form, status: int = 200, rows: list[dict[str, Any]] | None = None
) -> Response:
    context = await stage_context(stage_id)
    form.raw.setdefault("source", [context.contest["result_document_number"]])
    units = await Unit.select(Unit.name).order_by(Unit.name).limit(MOST_UNITS_OFFERED)
    return page(
        request, "entries/finalists.html", status=status, context=context, form=form,
        places=await service.places(stage_id), rows=rows or [], units=[unit["name"] for unit in units],
        titles=finalist_sheet.TITLES, group_names=GROUP_NAMES, stage_names=STAGE_NAMES, **field_options(),
    )  # fmt: skip


@get("/stages/{stage_id:int}/finalists", who=RECORDERS)
async def finalists(request: Request, stage_id: FromPath[int]) -> Response:
    return await _finalists_page(request, stage_id, Form())


@get("/stages/{stage_id:int}/finalists/template", who=RECORDERS)
async def finalist_template(request: Request, stage_id: FromPath[int]) -> Response:
    context = await stage_context(stage_id)
    content = finalist_sheet.finalist_template(language.get() == ENGLISH)
    return download(content, _("决赛选手模板_{name}.xlsx", name=context.skill["name"]), XLSX)


def _row(form: Form, index: int) -> Row:
    """A form's member as a row numbered by its place in the form."""
    cells = {key: form.value(f"m{index}_{key}").strip()[:120] for key in _MEMBER_KEYS}
    cells |= {key: form.value(key).strip()[:120] for key in _ENTRY_KEYS}
    status, level = form.value(f"m{index}_status"), form.value(f"m{index}_level")
    cells["status"] = STATUS_NAMES.get(status, "")  # type: ignore[call-overload]  # a str enum is found by its value
    cells["level"] = LEVEL_NAMES.get(level, "")  # type: ignore[call-overload]  # a str enum is found by its value
    cells["team"] = cells["team"] or "-"
    return Row(index, cells)


@post("/stages/{stage_id:int}/finalists", who=RECORDERS)
async def add_finalist(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    size = (await stage_context(stage_id)).skill["team_size"]
    rows = [_row(form, index) for index in range(size)]
    try:
        await finalist_sheet.record(actor_of(request), stage_id, rows, form.value("source").strip()[:200])
    except Refused as refused:
        form.refuse(*(_at_its_field(problem) for problem in refused.problems))
        return await _finalists_page(request, stage_id, form, refused.status)
    return redirect(f"/stages/{stage_id}/finalists", _("已记录决赛选手"))


def _at_its_field(problem: Problem) -> Problem:
    _who, _bar, key = problem.field.partition("_")
    return Problem(problem.text, key, problem.params) if key in _ENTRY_KEYS else problem


@post("/stages/{stage_id:int}/finalists/import", who=RECORDERS)
async def import_finalists(request: Request, stage_id: FromPath[int]) -> Response:
    """All rows, or none and every error in the shape of the sheet."""
    form = await read_form(request)
    file = await form.file("file")
    if file is None:
        return await _finalists_page(request, stage_id, form, 422)
    try:
        read = await finalist_sheet.read_finalists(stage_id, *file)
        if read.check.faulty:
            form.wrong("file", N_("表中有错误，没有记录任何一行；改好后重新上传"))
            return await _finalists_page(request, stage_id, form, 422, _in_words(read))
        source = form.value("source").strip()[:200] or file[0]
        count = await finalist_sheet.record(actor_of(request), stage_id, read.rows, source)
    except Refused as refused:
        form.refuse(*refused.problems)
        return await _finalists_page(request, stage_id, form, refused.status)
    return redirect(f"/stages/{stage_id}/finalists", _("已记录 {n} 项决赛选手", n=count))


def _in_words(read: finalist_sheet.ReadFinalists) -> list[dict[str, Any]]:
    """Only rows with findings, each finding with the name of its cell."""
    names = {row.number: row.cells.get("name", "") for row in read.rows}
    return [
        {
            "number": number,
            "name": names.get(number, ""),
            "findings": [
                {
                    "cell": f"{read.table.columns.get(each.key, '')}{number}", "key": each.key,
                    "severity": each.severity, "text": said(Problem(each.text, params=each.params)),
                }
                for each in found
            ],
        }
        for number, found in sorted(read.check.findings.items())
    ]  # fmt: skip


ROUTES = [finalists, finalist_template, add_finalist, import_finalists]
