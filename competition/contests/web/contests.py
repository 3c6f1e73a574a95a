"""Contests: the list by year and tier, a contest's page, its form, and its state."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition import clock
from competition.accounts.access import acting_as
from competition.accounts.kinds import Role
from competition.contests import service
from competition.contests.drafts import ContestDraft
from competition.contests.kinds import (
    CATEGORY_NAMES,
    CLASS_NAMES,
    CONTEST_STATE_NAMES,
    TIER_NAMES,
    Category,
    ContestClass,
    Tier,
)
from competition.contests.rules import contest_warnings
from competition.contests.staff import found_contest
from competition.contests.tables import Contest, Skill
from competition.contests.web.contest_page import contest_page
from competition.contests.web.seeing import EDITORS, READERS, check_sees, visible_contests
from competition.problems import N_, Refused, Stale
from competition.web.formats import label
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said
from competition.web.pages import page, redirect
from competition.web.paging import paging
from competition.web.viewer import actor_of, signed_in

FOUNDERS = frozenset({Role.BUREAU, Role.ORGANISER})
NAMES: dict[str, Any] = {
    "tier_names": TIER_NAMES,
    "class_names": CLASS_NAMES,
    "category_names": CATEGORY_NAMES,
    "state_names": CONTEST_STATE_NAMES,
}
FIELD_NAMES = {
    "name": N_("竞赛名称"), "name_en": N_("英文名称"), "tier": N_("层级"), "contest_class": N_("类别"),
    "category": N_("竞赛类型"), "year": N_("年度"), "edition": N_("届次"), "document_number": N_("办赛文号"),
    "result_document_number": N_("结果文号"), "place": N_("地点"), "entry_opens_at": N_("报名开始"),
    "entry_closes_at": N_("报名截止"), "starts_on": N_("开赛"), "ends_on": N_("结束"),
}  # fmt: skip


@get("/contests", who=READERS)
async def list_contests(request: Request) -> Response:
    asked = {name: request.query_params.get(name, "").strip() for name in ("q", "year", "tier")}
    visible = await visible_contests(signed_in(request))
    query = Contest.select().order_by(Contest.year, ascending=False).order_by(Contest.id, ascending=False)
    count = Contest.count()
    for condition in _conditions(asked, visible):
        query, count = query.where(condition), count.where(condition)
    pages = paging(request, await count)
    contests = await query.limit(pages.size).offset(pages.offset)
    return page(
        request, "contests/list.html", contests=contests, pages=pages, asked=asked, years=await _years(visible),
        skills=await _skill_counts([contest["id"] for contest in contests]),
        may_create=acting_as(request) in FOUNDERS, **NAMES,
    )  # fmt: skip


def _conditions(asked: dict[str, str], visible: list[int] | None) -> list[Any]:
    found: list[Any] = [] if visible is None else [Contest.id.is_in(visible or [0])]
    if asked["q"]:
        text = f"%{asked['q']}%"
        found.append(Contest.name.ilike(text) | Contest.name_en.ilike(text) | Contest.document_number.ilike(text))
    if asked["year"].isdecimal():
        found.append(Contest.year == int(asked["year"]))
    if asked["tier"] in set(Tier):
        found.append(Contest.tier == asked["tier"])
    return found


async def _years(visible: list[int] | None) -> list[int]:
    query = Contest.select(Contest.year).group_by(Contest.year).order_by(Contest.year, ascending=False)
    if visible is not None:
        query = query.where(Contest.id.is_in(visible or [0]))
    return [row["year"] for row in await query]


async def _skill_counts(contest_ids: list[int]) -> dict[int, int]:
    if not contest_ids:
        return {}
    rows = await Skill.select(Skill.contest).where(Skill.contest.is_in(contest_ids))
    found: dict[int, int] = dict.fromkeys(contest_ids, 0)
    for row in rows:
        found[row["contest"]] += 1
    return found


def read_draft(form: Form) -> ContestDraft:
    return ContestDraft(
        name=form.text("name"),
        name_en=form.text("name_en", required=False, longest=160),
        tier=form.choice("tier", Tier),
        contest_class=form.choice("contest_class", ContestClass),
        category=form.choice("category", Category),
        year=form.whole("year"),
        edition=form.text("edition", required=False, longest=40),
        document_number=form.text("document_number", required=False, longest=80),
        result_document_number=form.text("result_document_number", required=False, longest=80),
        place=form.text("place", required=False),
        elsewhere=form.checked("elsewhere"),
        supported=form.checked("supported"),
        in_annual_plan=form.checked("in_annual_plan"),
        entry_opens_at=form.moment("entry_opens_at"),
        entry_closes_at=form.moment("entry_closes_at"),
        starts_on=form.day("starts_on"),
        ends_on=form.day("ends_on"),
        fictitious=form.checked("fictitious"),
    )


def _form_page(
    request: Request, form: Form, contest: dict[str, Any] | None, status: int = 200,
    conflicts: list[tuple[str, str, str]] | None = None,
) -> Response:  # fmt: skip
    return page(
        request, "contests/form.html", status=status, form=form, contest=contest, conflicts=conflicts or [],
        bureau=acting_as(request) == Role.BUREAU, **NAMES,
    )  # fmt: skip


@get("/contests/new", who=FOUNDERS)
async def new_contest(request: Request) -> Response:
    return _form_page(request, Form.filled(year=clock.today().year, in_annual_plan=True), None)


async def _notice(text: str, draft: ContestDraft, contest_id: int) -> str:
    """What was done, and what is unusual about it."""
    others = await Contest.count().where(
        (Contest.year == draft.year) & Contest.supported.eq(True) & (Contest.id != contest_id)
    )
    return _("；").join([text, *(said(warning) for warning in contest_warnings(draft, others))])


@post("/contests/new", who=FOUNDERS)
async def create_contest(request: Request) -> Response:
    """An organiser's contest comes into the annual plan, and among the supported ones, by the bureau alone."""
    form = await read_form(request)
    draft = read_draft(form)
    if acting_as(request) != Role.BUREAU:
        draft = msgspec.structs.replace(draft, supported=False, in_annual_plan=False)
    try:
        if form.valid:
            contest_id = await found_contest(actor_of(request), draft)
            return redirect(f"/contests/{contest_id}", await _notice(_("已建立竞赛，接着添加赛项"), draft, contest_id))
    except Refused as refused:
        form.refuse(refused)
    return _form_page(request, form, None, 422)


@get("/contests/{contest_id:int}", who=READERS)
async def show_contest(request: Request, contest_id: FromPath[int]) -> Response:
    await check_sees(request, contest_id)
    return await contest_page(request, contest_id)


def _filled(contest: dict[str, Any]) -> Form:
    names = [*ContestDraft.__struct_fields__, "version"]
    return Form.filled(**{name: contest[name] for name in names})


@get("/contests/{contest_id:int}/edit", who=EDITORS)
async def edit_contest(request: Request, contest_id: FromPath[int]) -> Response:
    contest = (await service.outline(contest_id)).contest
    return _form_page(request, _filled(contest), contest)


def _conflicts(mine: Form, theirs: Form) -> list[tuple[str, str, str]]:
    """The fields whose content differs now: label, as typed here, as saved by the other."""
    return [
        (_(field), mine.value(name) or "—", theirs.value(name) or "—")
        for name, field in FIELD_NAMES.items()
        if mine.value(name) != theirs.value(name)
    ]


@post("/contests/{contest_id:int}/edit", who=EDITORS)
async def update_contest(request: Request, contest_id: FromPath[int]) -> Response:
    """What only the bureau decides (supported, in the annual plan) an organiser's form leaves as it is."""
    form = await read_form(request)
    contest = (await service.outline(contest_id)).contest
    if acting_as(request) != Role.BUREAU:
        kept = Form.filled(**{name: contest[name] for name in ("supported", "in_annual_plan", "tier", "contest_class")})
        form.raw |= kept.raw
    draft = read_draft(form)
    try:
        if form.valid:
            await service.update_contest(actor_of(request), contest_id, draft, form.version())
            return redirect(f"/contests/{contest_id}", await _notice(_("已保存竞赛信息"), draft, contest_id))
    except Stale as stale:
        form.refuse(stale)
        contest = (await service.outline(contest_id)).contest
        form.raw["version"] = [str(contest["version"])]
        return _form_page(request, form, contest, stale.status, _conflicts(form, _filled(contest)))
    except Refused as refused:
        form.refuse(refused)
    return _form_page(request, form, contest, 422)


@post("/contests/{contest_id:int}/state", who=EDITORS)
async def set_state(request: Request, contest_id: FromPath[int]) -> Response:
    form = await read_form(request)
    state = form.one_of("state", set(CONTEST_STATE_NAMES))
    try:
        if form.valid:
            await service.set_state(actor_of(request), contest_id, state)
            return redirect(
                f"/contests/{contest_id}", _("竞赛状态改为“{state}”", state=label(CONTEST_STATE_NAMES, state))
            )
    except Refused as refused:
        form.refuse(refused)
    return await contest_page(request, contest_id, form, 422)


ROUTES = [list_contests, new_contest, create_contest, show_contest, edit_contest, update_contest, set_state]
