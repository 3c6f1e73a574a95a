"""The scheme editor."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.contests.kinds import StageState
from competition.contests.service import stage_context
from competition.contests.tables import Stage
from competition.marking import service
from competition.marking.kinds import AGGREGATION_NAMES, SOURCE_NAMES
from competition.marking.service.listing import marked_stages
from competition.marking.web.scheme_form import changed_rows, form_of, read_draft, rows_of, rows_of_draft
from competition.marking.web.stage_pages import PREPARERS, READERS, holds, stage_page
from competition.problems import Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said
from competition.web.pages import redirect
from competition.web.viewer import actor_of


async def _page(request: Request, stage_id: int, form: Form, *, status: int = 200) -> Response:
    stored = await service.load_scheme(stage_id)
    head = await stage_context(stage_id)
    editable = holds(request, *PREPARERS) and head.stage["state"] in (StageState.PLANNED, StageState.PLACED)
    warnings: list[str] = []
    if stored is not None:
        _errors, found = service.scheme_problems(stored.draft)
        warnings = [said(problem) for problem in found]
    others = [row for row in await marked_stages(Stage.id != stage_id, ended=True) if row.scheme] if editable else []
    return await stage_page(
        request, "marking/scheme.html", stage_id, status=status, form=form, rows=rows_of(form), stored=stored,
        editable=editable, warnings=warnings, others=others, source_options=_options(SOURCE_NAMES),
        aggregation_options=_options(AGGREGATION_NAMES),
    )  # fmt: skip


def _options(names: dict[Any, str]) -> list[tuple[str, str]]:
    return [(str(value), _(text)) for value, text in names.items()]


@get("/stages/{stage_id:int}/scheme", who=READERS)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    stored = await service.load_scheme(stage_id)
    rows = rows_of_draft(stored.draft) if stored else changed_rows([], "add_part")
    return await _page(request, stage_id, form_of(rows, version=str(stored.number if stored else 0)))


@post("/stages/{stage_id:int}/scheme", who=PREPARERS)
async def save(request: Request, stage_id: FromPath[int]) -> Response:
    """Save, or add or remove a row and show the form again."""
    form = await read_form(request)
    act = form.value("do")
    if act:
        return await _page(request, stage_id, form_of(changed_rows(rows_of(form), act), version=form.value("version")))
    draft = read_draft(form)
    if form.valid:
        try:
            await service.save_scheme(actor_of(request), stage_id, draft, form.version())
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/scheme", _("已保存评分标准"))
    return await _page(request, stage_id, form, status=422)


@post("/stages/{stage_id:int}/scheme/copy", who=PREPARERS)
async def copy(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    try:
        await service.copy_scheme(actor_of(request), form.whole("from_stage"), stage_id)
    except Refused as refused:
        return redirect(f"/stages/{stage_id}/scheme", said(refused.problems[0]), kind="danger")
    return redirect(f"/stages/{stage_id}/scheme", _("已复制评分标准"))


ROUTES = [show, save, copy]
