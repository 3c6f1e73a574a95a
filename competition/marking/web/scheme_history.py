"""Versions of a scheme, what is different between them, a revision before it is confirmed, and the allocation table."""

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition import clock
from competition.accounts.access import open_path
from competition.contests.service import stage_context
from competition.marking.rules.scheme_changes import compare
from competition.marking.scheme_checks import SchemeCheck, check_scheme
from competition.marking.scheme_drafts import MOST_DEVIATION
from competition.marking.service.scheme_revising import Touched, confirm_revision, revision_effect
from competition.marking.service.scheme_versions import (
    Version,
    drop_working,
    list_versions,
    read_version,
    working_scheme,
)
from competition.marking.web.scheme_allocation import allocation_table
from competition.marking.web.scheme_words import (
    ChangeGroup,
    Effects,
    change_groups,
    effect_texts,
    marks_text,
    outline,
    reading_words,
    to_do,
)
from competition.marking.web.stage_pages import PREPARERS, READERS, stage_page, title_of
from competition.problems import Missing, Refused, Stale
from competition.web.forms import Form, read_form
from competition.web.i18n import _, ngettext, said
from competition.web.pages import page, redirect
from competition.web.viewer import actor_of

# A version's number belongs to the stage that stands before it in the address.
open_path("scheme_number")


@get("/stages/{stage_id:int}/scheme/versions", who=READERS)
async def versions(request: Request, stage_id: FromPath[int]) -> Response:
    found = await list_versions(stage_id)
    return await stage_page(
        request, "marking/scheme_versions.html", stage_id, under="scheme", versions=found, number=len(found)
    )


@get("/stages/{stage_id:int}/scheme/versions/{scheme_number:int}", who=READERS)
async def version(request: Request, stage_id: FromPath[int], scheme_number: FromPath[int]) -> Response:
    draft, before = await read_version(stage_id, scheme_number)
    [head] = [each for each in await list_versions(stage_id) if each.number == scheme_number]
    changes = change_groups(compare(before, draft), before, draft) if before else []
    return await stage_page(
        request, "marking/scheme_version.html", stage_id, under="scheme", version=head, draft=draft,
        number=scheme_number, first=before is None, changes=changes, count=_count(changes), groups=outline(draft),
        **reading_words(draft),
    )  # fmt: skip


def _count(groups: list[ChangeGroup]) -> int:
    return sum(len(group.lines) for group in groups)


# A revision after the draw


async def _revision_page(request: Request, stage_id: int, form: Form, *, status: int = 200) -> Response:
    working = await working_scheme(stage_id)
    if not working.pending:
        return redirect(f"/stages/{stage_id}/scheme", _("没有未确认的修订"), kind="danger")
    touched = await revision_effect(stage_id, working.draft)
    changes = compare(working.base, working.draft)
    groups = change_groups(changes, working.base, working.draft, _effects(touched))
    problems = SchemeCheck(touched.problems, (), check_scheme(working.draft).warnings)
    form.raw["version"] = [str(working.token)]
    return await stage_page(
        request, "marking/scheme_revision.html", stage_id, under="scheme", status=status, form=form, working=working,
        touched=touched, changes=groups, count=_count(groups), number=working.number,
        to_do=to_do(stage_id, working.draft, problems), reopened=_reopened(touched),
    )  # fmt: skip


def _effects(touched: Touched) -> Effects:
    keys = touched.cleared_in.keys() | touched.set_aside_in.keys()
    return {key: effect_texts(touched.cleared_in.get(key, 0), touched.set_aside_in.get(key, 0)) for key in keys}


def _reopened(touched: Touched) -> str:
    return _("、").join(
        f"{code} " + ngettext("{n} 张", "{n} 张", number) for code, number in touched.reopened_in.items()
    )


@get("/stages/{stage_id:int}/scheme/revision", who=PREPARERS)
async def show_revision(request: Request, stage_id: FromPath[int]) -> Response:
    """Every change gathered since the version in force, and which marks and sheets it touches."""
    return await _revision_page(request, stage_id, Form())


@post("/stages/{stage_id:int}/scheme/revision", who=PREPARERS)
async def confirm(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    try:
        number = await confirm_revision(actor_of(request), stage_id, form.value("reason"), form.version())
    except Stale as stale:
        form.refuse(stale)
        return await _revision_page(request, stage_id, form, status=stale.status)
    except Refused as refused:
        mine = [problem for problem in refused.problems if problem.field == "reason"]
        if not mine and not (await working_scheme(stage_id)).pending:
            return redirect(f"/stages/{stage_id}/scheme", said(refused.problems[0]), kind="danger")
        form.refuse(*(mine or refused.problems))
        return await _revision_page(request, stage_id, form, status=refused.status)
    return redirect(f"/stages/{stage_id}/scheme/versions/{number}", _("评分标准第 {n} 版已生效", n=number))


@post("/stages/{stage_id:int}/scheme/revision/drop", who=PREPARERS)
async def drop(request: Request, stage_id: FromPath[int]) -> Response:
    try:
        await drop_working(actor_of(request), stage_id)
    except Refused as refused:
        return redirect(f"/stages/{stage_id}/scheme", said(refused.problems[0]), kind="danger")
    return redirect(f"/stages/{stage_id}/scheme", _("已放弃修订，现行版本不变"))


# The allocation table


@get("/stages/{stage_id:int}/scheme/allocation", who=READERS)
async def show_allocation(request: Request, stage_id: FromPath[int]) -> Response:
    """A page to print."""
    head, found = await stage_context(stage_id), await list_versions(stage_id)
    now: Version | None = next((each for each in found if each.current), None)
    if now is None:
        raise Missing("scheme")
    draft = (await working_scheme(stage_id)).base
    return page(
        request, "marking/scheme_allocation.html", head=head, stage_id=stage_id, title=title_of(head), draft=draft,
        version=now, table=allocation_table(draft, MOST_DEVIATION), most=marks_text(MOST_DEVIATION), now=clock.now(),
        back_href=f"/stages/{stage_id}/scheme",
    )  # fmt: skip


ROUTES = [versions, version, show_revision, confirm, drop, show_allocation]
