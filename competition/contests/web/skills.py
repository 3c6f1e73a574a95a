"""A skill's page with its groups and stages, and the form of the skill itself."""

import json
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.access import acting_as
from competition.contests import overview, service
from competition.contests.drafts import SkillDraft
from competition.contests.kinds import (
    CUT_NAMES,
    CUT_TIE_NAMES,
    GROUP_NAMES,
    RANK_TIE_NAMES,
    STAGE_NAMES,
    STAGE_STATE_NAMES,
    CutKind,
)
from competition.contests.reads import Outline, SkillOutline
from competition.contests.rules import MOST_IN_A_TEAM
from competition.contests.staff import chiefs_of, staff_of
from competition.contests.web.seeing import EDITORS, READERS, contest_tabs
from competition.contests.web.skill_rows import BADGES
from competition.exact import from_units, plain
from competition.people.tables import Occupation
from competition.problems import Refused, Stale
from competition.rulebook import service as rulebook
from competition.web.forms import Form, read_form
from competition.web.i18n import _, shown
from competition.web.pages import page, redirect
from competition.web.viewer import actor_of, signed_in

NAMES: dict[str, Any] = {
    "group_names": GROUP_NAMES, "stage_names": STAGE_NAMES, "state_names": STAGE_STATE_NAMES,
    "cut_names": CUT_NAMES, "cut_tie_names": CUT_TIE_NAMES, "rank_tie_names": RANK_TIE_NAMES, "badges": BADGES,
}  # fmt: skip


async def award_rules() -> dict[str, str]:
    """Codes of the award documents in use, with their titles."""
    revisions = await rulebook.current("awards")
    return {
        each.document.code: shown(each.document.title, each.document.title_en) for each in revisions
    }  # fmt: skip


def part_of(whole: Outline, skill_id: int) -> SkillOutline:
    return next(part for part in whole.skills if part.skill["id"] == skill_id)


def said_cut(stage: dict[str, Any]) -> str:
    """The cut as the rule book would say it."""
    value = plain(from_units(stage["cut_value"]))
    kind = CutKind(stage["cut_kind"])
    if kind == CutKind.TOP:
        return _("前 {n} 名晋级", n=value)
    if kind == CutKind.PERCENT:
        return _("前 {n} % 晋级", n=value)
    if kind == CutKind.THRESHOLD:
        return _("达到 {n} 分晋级", n=value)
    return _(CUT_NAMES[kind])


async def skill_page(
    request: Request, contest_id: int, skill_id: int, form: Form | None = None, status: int = 200
) -> Response:
    whole = await service.outline(contest_id)
    part = part_of(whole, skill_id)
    links = [link for link in overview.stage_links() if signed_in(request).has(*link.roles)]
    return page(
        request, "contests/skill.html", status=status, contest=whole.contest, part=part, skill=part.skill,
        form=form or Form(), award_rules=await award_rules(), said_cut=said_cut, may_edit=acting_as(request) in EDITORS,
        chiefs=chiefs_of(await staff_of(contest_id)).get(skill_id, []), links=links, tie_breaks=_tie_breaks,
        tabs=contest_tabs(request, contest_id, under=f"/contests/{contest_id}"), **NAMES,
    )  # fmt: skip


def _tie_breaks(stage: dict[str, Any]) -> str:
    return _("、").join(json.loads(stage["tie_breaks"] or "[]"))


def scopes_of(request: Request) -> dict[str, int]:
    """Everything the address leads to, as the guard found it."""
    return request.scope["scopes"]  # type: ignore[typeddict-item]  # set by the guard


@get("/skills/{skill_id:int}", who=READERS)
async def show_skill(request: Request, skill_id: FromPath[int]) -> Response:
    return await skill_page(request, scopes_of(request)["contest"], skill_id)


def _read_skill(form: Form) -> SkillDraft:
    return SkillDraft(
        number=form.whole("number", default=0, most=999),
        name=form.text("name", longest=80),
        name_en=form.text("name_en", required=False),
        industry=form.text("industry", required=False, longest=60),
        occupation_code=form.text("occupation_code", longest=10),
        occupation_edition=form.text("occupation_edition", required=False, longest=10),
        has_national_standard=form.checked("has_national_standard"),
        team_size=form.whole("team_size", least=1, most=MOST_IN_A_TEAM, default=1),
        entries_per_unit=form.whole("entries_per_unit", default=0, most=9999),
        born_on_or_after=form.day("born_on_or_after"),
    )


async def _skill_form(
    request: Request, contest_id: int, form: Form, skill: dict[str, Any] | None, status: int = 200
) -> Response:
    whole = await service.outline(contest_id)
    occupations = await Occupation.select(
        Occupation.code, Occupation.name, Occupation.name_en, Occupation.edition
    ).order_by(Occupation.code)
    return page(
        request, "contests/skill_form.html", status=status, contest=whole.contest, skill=skill, form=form,
        occupations=occupations, used=[shown(part.skill["name"], part.skill["name_en"]) for part in whole.skills],
    )  # fmt: skip


@get("/contests/{contest_id:int}/skills/new", who=EDITORS)
async def new_skill(request: Request, contest_id: FromPath[int]) -> Response:
    form = Form.filled(team_size=1, has_national_standard=True)
    return await _skill_form(request, contest_id, form, None)


@post("/contests/{contest_id:int}/skills/new", who=EDITORS)
async def create_skill(request: Request, contest_id: FromPath[int]) -> Response:
    form = await read_form(request)
    draft = _read_skill(form)
    try:
        if form.valid:
            skill_id = await service.add_skill(actor_of(request), contest_id, draft)
            return redirect(f"/skills/{skill_id}", _("已添加赛项，接着设组别和阶段"))
    except Refused as refused:
        form.refuse(refused)
    return await _skill_form(request, contest_id, form, None, 422)


@get("/skills/{skill_id:int}/edit", who=EDITORS)
async def edit_skill(request: Request, skill_id: FromPath[int]) -> Response:
    contest_id = scopes_of(request)["contest"]
    skill = part_of(await service.outline(contest_id), skill_id).skill
    form = Form.filled(**{name: value for name, value in skill.items() if name != "id"})
    return await _skill_form(request, contest_id, form, skill)


@post("/skills/{skill_id:int}/edit", who=EDITORS)
async def update_skill(request: Request, skill_id: FromPath[int]) -> Response:
    contest_id = scopes_of(request)["contest"]
    form = await read_form(request)
    draft = _read_skill(form)
    status = 422
    try:
        if form.valid:
            await service.update_skill(actor_of(request), skill_id, draft, form.version())
            return redirect(f"/skills/{skill_id}", _("已保存赛项"))
    except Refused as refused:
        status = refused.status
        form.refuse(refused)
    skill = part_of(await service.outline(contest_id), skill_id).skill
    if status == Stale.status:
        form.raw["version"] = [str(skill["version"])]
    return await _skill_form(request, contest_id, form, skill, status)


ROUTES = [show_skill, new_skill, create_skill, edit_skill, update_skill]
