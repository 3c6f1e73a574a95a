"""Editing a scheme page by page: its heading, and each form. Each save is a version, or part of one after the draw."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.access import open_path
from competition.contests.kinds import StageState
from competition.contests.service import stage_context
from competition.marking.kinds import (
    AGGREGATION_NAMES,
    BETTER_NAMES,
    CALCULATION_NAMES,
    COMBINED_BY_NAMES,
    LAYER_NAMES,
    METHOD_NAMES,
    SOURCE_NAMES,
)
from competition.marking.scheme_checks import check_scheme
from competition.marking.scheme_drafts import PartDraft, SchemeDraft
from competition.marking.service.scheme_versions import Working, keep_working, working_scheme
from competition.marking.service.stages import require_unsigned
from competition.marking.web.scheme_part_form import NEW_PART, form_of_part, lines, read_part
from competition.marking.web.scheme_rows import (
    MOST_ASPECTS,
    MOST_HEADINGS,
    at_page,
    count,
    form_of_heading,
    gathered,
    read_heading,
    rearranged,
)
from competition.marking.web.scheme_words import criterion_options, section_options
from competition.marking.web.stage_pages import PREPARERS, stage_page
from competition.problems import Missing, Problem, Refused, Stale
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said, shown
from competition.web.pages import redirect
from competition.web.viewer import actor_of

# A form's number in the scheme belongs to the stage that stands before it in the address.
open_path("form_place")


async def may_revise(stage_id: int, state: str) -> bool:
    """Whether a version can still be made after the draw."""
    return state == StageState.MARKING and await _closed(stage_id, state) == ""


async def _closed(stage_id: int, state: str) -> str:
    """Why nothing is edited any more, "" while it is."""
    if state not in (StageState.PLANNED, StageState.PLACED, StageState.MARKING):
        return _("本阶段已锁定，评分标准不再修订")
    if state == StageState.MARKING:
        try:
            await require_unsigned(stage_id)
        except Refused as refused:
            return said(refused.problems[0])
    return ""


async def _closed_page(stage_id: int) -> Response | None:
    """Back to the scheme with the reason, where it cannot be edited."""
    reason = await _closed(stage_id, (await stage_context(stage_id)).stage["state"])
    return redirect(f"/stages/{stage_id}/scheme", reason, kind="danger") if reason else None


async def _keep(request: Request, stage_id: int, form: Form, draft: SchemeDraft) -> tuple[int, Sequence[Problem]]:
    """(status, problems): 303 when it is saved. A stale form gets the token of now, so that saving again is meant."""
    try:
        await keep_working(actor_of(request), stage_id, draft, form.version())
    except Stale as stale:
        form.raw["version"] = [str((await working_scheme(stage_id)).token)]
        return stale.status, stale.problems
    except Refused as refused:
        return refused.status, refused.problems
    return 303, ()


def _after(stage_id: int, working: Working, where: str, notice: str) -> Response:
    if working.revising:
        return redirect(f"/stages/{stage_id}/scheme/revision", _("已记入修订，确认后生效"))
    return redirect(f"/stages/{stage_id}/scheme/{where}", notice)


# The heading


async def _heading_page(
    request: Request, stage_id: int, form: Form, working: Working, *, status: int = 200, dirty: bool = False
) -> Response:
    return await stage_page(
        request, "marking/scheme_heading.html", stage_id, under="scheme", status=status, form=form, working=working,
        dirty=dirty, number=working.number, criteria=range(count(form, "criteria", MOST_HEADINGS)),
        sections=range(count(form, "sections", MOST_HEADINGS)),
    )  # fmt: skip


@get("/stages/{stage_id:int}/scheme/heading", who=PREPARERS)
async def show_heading(request: Request, stage_id: FromPath[int]) -> Response:
    if closed := await _closed_page(stage_id):
        return closed
    working = await working_scheme(stage_id)
    if not working.number:
        return redirect(f"/stages/{stage_id}/scheme/forms/new", _("先加一份评分表，再填大项和职业标准"))
    form = form_of_heading(working.draft, working.token)
    form.refuse(*[problem for problem in check_scheme(working.draft).errors if _of_heading(problem)])
    return await _heading_page(request, stage_id, form, working)


def _of_heading(problem: Problem) -> bool:
    return problem.field.startswith(("criterion-", "section-")) or problem.field == "digits"


@post("/stages/{stage_id:int}/scheme/heading", who=PREPARERS)
async def save_heading(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    if closed := await _closed_page(stage_id):
        return closed
    working = await working_scheme(stage_id)
    if form.value("do"):
        return await _heading_page(request, stage_id, rearranged(form, form.value("do")), working, dirty=True)
    draft = read_heading(form, working.draft)
    if form.valid:
        status, problems = await _keep(request, stage_id, form, draft)
        if status == 303:
            return _after(stage_id, working, "outline", _("已保存标题、大项和职业标准"))
        form.refuse(*problems)
    else:
        status = 422
        form.refuse(*gathered(form, [problem for problem in check_scheme(draft).wrong if _of_heading(problem)]))
    return await _heading_page(request, stage_id, form, working, status=status, dirty=True)


# One form


def _options(names: dict[Any, str]) -> list[tuple[str, str]]:
    return [(str(value), _(text)) for value, text in names.items()]


async def _form_page(
    request: Request, stage_id: int, form: Form, working: Working, *, status: int = 200, dirty: bool = False
) -> Response:
    place = _place(working.draft, form)
    parts = working.draft.parts
    rows = []
    for number in range(count(form, "aspects", MOST_ASPECTS)):
        at = f"aspect-{number}-"
        rows.append({"at": at, "choices": lines(form, at, "choice"), "bands": lines(form, at, "band")})
    return await stage_page(
        request, "marking/scheme_part.html", stage_id, under="scheme", status=status, form=form, working=working,
        rows=rows, dirty=dirty, number=working.number, place=None if place is None else place + 1,
        before=_beside(parts, place, -1), following=_beside(parts, place, 1), parts=len(parts),
        criterion_options=criterion_options(working.draft), section_options=section_options(working.draft),
        source_options=_options(SOURCE_NAMES), method_options=_options(METHOD_NAMES),
        aggregation_options=_options(AGGREGATION_NAMES),
        combined_by_options=_options(COMBINED_BY_NAMES), better_options=_options(BETTER_NAMES),
        layer_options=_options(LAYER_NAMES), calculation_options=_options(CALCULATION_NAMES),
    )  # fmt: skip


def _place(draft: SchemeDraft, form: Form) -> int | None:
    """Where the form stands that the page was opened on, by the code it had then; None for a new one."""
    was = form.value("was")
    return next((place for place, part in enumerate(draft.parts) if was and part.code == was), None)


def _beside(parts: Sequence[PartDraft], place: int | None, step: int) -> dict[str, Any] | None:
    if place is None or not 0 <= place + step < len(parts):
        return None
    part = parts[place + step]
    return {"place": place + step + 1, "name": f"{part.code} {shown(part.name, part.name_en)}"}


@get("/stages/{stage_id:int}/scheme/forms/new", who=PREPARERS)
async def new_form(request: Request, stage_id: FromPath[int]) -> Response:
    """`?criterion=` says under which it comes."""
    if closed := await _closed_page(stage_id):
        return closed
    working = await working_scheme(stage_id)
    fresh = msgspec.structs.replace(NEW_PART, criterion=request.query_params.get("criterion", "")[:10])
    form = form_of_part(fresh, len(working.draft.parts) + 1, working.token)
    return await _form_page(request, stage_id, form, working)


@get("/stages/{stage_id:int}/scheme/forms/{form_place:int}", who=PREPARERS)
async def show_form(request: Request, stage_id: FromPath[int], form_place: FromPath[int]) -> Response:
    if closed := await _closed_page(stage_id):
        return closed
    working = await working_scheme(stage_id)
    if not 1 <= form_place <= len(working.draft.parts):
        raise Missing("form")
    form = form_of_part(working.draft.parts[form_place - 1], form_place, working.token)
    mine, _others = at_page(check_scheme(working.draft).errors, form_place - 1)
    form.refuse(*mine)
    return await _form_page(request, stage_id, form, working)


@post("/stages/{stage_id:int}/scheme/forms", who=PREPARERS)
async def save_form(request: Request, stage_id: FromPath[int]) -> Response:
    """Save one form, new or known by the code it had, or add, move or remove a row and show it again."""
    form = await read_form(request)
    if closed := await _closed_page(stage_id):
        return closed
    working = await working_scheme(stage_id)
    if form.value("do"):
        return await _form_page(request, stage_id, rearranged(form, form.value("do")), working, dirty=True)
    draft, place = _with_part(form, working.draft)
    if form.valid:
        status, problems = await _keep(request, stage_id, form, draft)
        if status == 303:
            return _saved(stage_id, form, working, draft.parts[place], place)
        mine, others = at_page(problems, place)
        form.refuse(*mine, *[msgspec.structs.replace(problem, field="") for problem in others])
    else:
        status = 422
        form.refuse(*gathered(form, at_page(check_scheme(draft).wrong, place)[0]))
    return await _form_page(request, stage_id, form, working, status=status, dirty=True)


def _with_part(form: Form, before: SchemeDraft) -> tuple[SchemeDraft, int]:
    """The scheme with this form in it as typed, and its place from 0."""
    known = _place(before, form)
    part = read_part(form, [each.code for each in before.criteria], [section.code for section in before.sections])
    others = [each for place, each in enumerate(before.parts) if place != known]
    place = min(form.whole("place", least=1, most=999, default=len(others) + 1) - 1, len(others))
    return msgspec.structs.replace(before, parts=(*others[:place], part, *others[place:])), place


def _saved(stage_id: int, form: Form, working: Working, part: PartDraft, place: int) -> Response:
    notice = _("已保存 {name}", name=f"{part.code} {shown(part.name, part.name_en)}")
    onward = form.value("then") == "next" and not working.revising
    total = len(working.draft.parts) + (_place(working.draft, form) is None)
    if onward:
        following = f"forms/{place + 2}" if place + 1 < total else f"forms/new?criterion={part.criterion}"
        return redirect(f"/stages/{stage_id}/scheme/{following}", notice)
    return _after(stage_id, working, f"outline#form-{place + 1}", notice)


@post("/stages/{stage_id:int}/scheme/forms/remove", who=PREPARERS)
async def remove_form(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    if closed := await _closed_page(stage_id):
        return closed
    working = await working_scheme(stage_id)
    place = _place(working.draft, form)
    if place is None:
        raise Missing("form")
    part = working.draft.parts[place]
    kept = tuple(each for each in working.draft.parts if each.code != part.code)
    status, problems = await _keep(request, stage_id, form, msgspec.structs.replace(working.draft, parts=kept))
    if status != 303:
        return redirect(f"/stages/{stage_id}/scheme/outline", said(problems[0]), kind="danger")
    name = f"{part.code} {shown(part.name, part.name_en)}"
    return _after(stage_id, working, "outline", _("已删除 {name}", name=name))


ROUTES = [show_heading, save_heading, new_form, show_form, save_form, remove_form]
