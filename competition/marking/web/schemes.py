"""The scheme of a stage: its outline with what is still wrong, and the one-page editor of a small scheme."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import StageState
from competition.contests.service import stage_context
from competition.marking import service
from competition.marking.kinds import (
    AGGREGATION_NAMES,
    BETTER_NAMES,
    COMBINED_BY_NAMES,
    SOURCE_NAMES,
    Layer,
    Method,
)
from competition.marking.scheme_checks import check_scheme
from competition.marking.scheme_drafts import AspectDraft, SchemeDraft
from competition.marking.service.locking import unknown_tie_breaks
from competition.marking.service.scheme_sources import scheme_sources
from competition.marking.service.scheme_versions import Working, working_scheme
from competition.marking.web import scheme_editing, scheme_history
from competition.marking.web.scheme_form import (
    MOST_ASPECTS,
    MOST_PARTS,
    changed_rows,
    form_of,
    read_draft,
    rows_of,
    rows_of_draft,
)
from competition.marking.web.scheme_words import (
    marks_text,
    outline,
    reading_words,
    to_do,
)
from competition.marking.web.stage_pages import PREPARERS, READERS, holds, stage_page
from competition.problems import Refused, Stale
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said
from competition.web.pages import redirect
from competition.web.viewer import actor_of, signed_in

BEFORE_DRAW = (StageState.PLANNED, StageState.PLACED)


def fits_one_page(draft: SchemeDraft) -> bool:
    """Whether the one-page editor can show all of it, so that saving there loses nothing."""
    headed = draft.title or draft.criteria or draft.sections or draft.digits != 2
    return (
        not headed
        and len(draft.parts) <= MOST_PARTS
        and all(
            part.method == Method.SCORE and part.layer == Layer.NUMBER and len(part.aspects) <= MOST_ASPECTS
            and not (part.criterion or part.sub_criterion or part.day)
            and not any(_described(aspect) for aspect in part.aspects)
            for part in draft.parts
        )
    )  # fmt: skip


def _described(aspect: AspectDraft) -> bool:
    texts = (aspect.note, aspect.requirement, aspect.section, *aspect.descriptors)
    return aspect.calculation is not None or any(texts)


async def _small_page(request: Request, stage_id: int, form: Form, *, status: int = 200) -> Response:
    stored = await service.load_scheme(stage_id)
    warnings = []
    if stored is not None:
        stage = (await stage_context(stage_id)).stage
        found = [*check_scheme(stored.draft).warnings, *unknown_tie_breaks(stage, stored.rule)]
        warnings = [said(problem) for problem in found]
    return await stage_page(
        request, "marking/scheme.html", stage_id, under="scheme", status=status, form=form, rows=rows_of(form),
        stored=stored, warnings=warnings, sources=await _sources(request, stage_id),
        source_options=_options(SOURCE_NAMES), aggregation_options=_options(AGGREGATION_NAMES),
        combined_by_options=_options(COMBINED_BY_NAMES), better_options=_options(BETTER_NAMES), number=_number(stored),
    )  # fmt: skip


def _number(stored: Any) -> int:
    return stored.number if stored else 0


def _options(names: dict[Any, str]) -> list[tuple[str, str]]:
    return [(str(value), _(text)) for value, text in names.items()]


async def _sources(request: Request, stage_id: int) -> list[dict[str, Any]]:
    viewer = signed_in(request)
    return await scheme_sources(stage_id, None if viewer.has(Role.BUREAU) else viewer.scopes(Role.ORGANISER))


async def _outline_page(request: Request, stage_id: int) -> Response:
    head = await stage_context(stage_id)
    state, preparer = head.stage["state"], holds(request, *PREPARERS)
    working = await working_scheme(stage_id)
    draft = working.draft if preparer else working.base
    check = check_scheme(draft)
    editable = preparer and state in BEFORE_DRAW
    revisable = preparer and working.revising and await scheme_editing.may_revise(stage_id, state)
    return await stage_page(
        request, "marking/scheme_outline.html", stage_id, under="scheme", working=working, draft=draft,
        number=working.number, groups=outline(draft, check) if working.number else [], check=check,
        to_do=to_do(stage_id, draft, check, unknown_tie_breaks(head.stage, draft.rule()))
        if preparer and working.number
        else [],
        editable=editable,
        revisable=revisable, frozen=working.revising, preparer=preparer, small=fits_one_page(draft),
        sources=await _sources(request, stage_id) if editable else [], figures=_figures(draft),
        **reading_words(draft),
    )  # fmt: skip


def _figures(draft: SchemeDraft) -> dict[str, Any]:
    return {
        "criteria": len(draft.criteria), "forms": len(draft.parts),
        "aspects": sum(len(part.aspects) for part in draft.parts),
        "marks": marks_text(sum((part.weight for part in draft.parts), start=0 * draft.parts[0].weight))
        if draft.parts else "",
        "days": len({part.day for part in draft.parts if part.day}),
    }  # fmt: skip


def _one_page(request: Request, state: str, working: Working) -> bool:
    return state in BEFORE_DRAW and holds(request, *PREPARERS) and fits_one_page(working.draft)


@get("/stages/{stage_id:int}/scheme", who=READERS)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    """The one-page editor where the scheme is small and can be changed, else the outline."""
    head, working = await stage_context(stage_id), await working_scheme(stage_id)
    if not _one_page(request, head.stage["state"], working):
        return await _outline_page(request, stage_id)
    rows = rows_of_draft(working.draft) if working.number else changed_rows([], "add_part")
    return await _small_page(request, stage_id, form_of(rows, version=str(working.number)))


@get("/stages/{stage_id:int}/scheme/outline", who=READERS)
async def show_outline(request: Request, stage_id: FromPath[int]) -> Response:
    return await _outline_page(request, stage_id)


@post("/stages/{stage_id:int}/scheme", who=PREPARERS)
async def save(request: Request, stage_id: FromPath[int]) -> Response:
    """Save, or add or remove a row and show the form again."""
    form = await read_form(request)
    act = form.value("do")
    if act:
        form = form_of(changed_rows(rows_of(form), act), version=form.value("version"))
        return await _small_page(request, stage_id, form)
    draft = read_draft(form)
    status = 422
    if form.valid:
        try:
            await service.save_scheme(actor_of(request), stage_id, draft, form.version())
        except Stale as stale:
            form.refuse(stale)
            status = stale.status
            form.raw["version"] = [str((await working_scheme(stage_id)).number)]
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/scheme", _("已保存评分标准"))
    return await _small_page(request, stage_id, form, status=status)


@post("/stages/{stage_id:int}/scheme/copy", who=PREPARERS)
async def copy(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    offered = {row["stage"] for row in await _sources(request, stage_id)}
    source = form.whole("from_stage")
    try:
        await service.copy_scheme(actor_of(request), source if source in offered else 0, stage_id)
    except Refused as refused:
        return redirect(f"/stages/{stage_id}/scheme", said(refused.problems[0]), kind="danger")
    return redirect(f"/stages/{stage_id}/scheme", _("已复制评分标准"))


ROUTES = [show, show_outline, save, copy, *scheme_editing.ROUTES, *scheme_history.ROUTES]
