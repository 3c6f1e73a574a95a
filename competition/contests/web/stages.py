"""The groups of a skill, their stages with cuts, and sessions with stations."""

import json
import re
from decimal import Decimal
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.contests import service
from competition.contests.drafts import SessionDraft, StageDraft
from competition.contests.kinds import (
    GROUP_NAMES,
    CutKind,
    CutTies,
    GroupKind,
    RankTies,
    StageKind,
)
from competition.contests.rules import MOST_STATIONS
from competition.contests.stages import FIXED
from competition.contests.tables import SkillGroup, StageSession
from competition.contests.web.seeing import EDITORS
from competition.contests.web.skills import NAMES, award_rules, part_of, scopes_of, skill_page
from competition.exact import from_units, plain
from competition.problems import Refused, Stale
from competition.web.forms import Form, read_form
from competition.web.i18n import _
from competition.web.pages import page, redirect
from competition.web.viewer import actor_of

# Groups


async def _read_group(form: Form) -> tuple[str, int]:
    rule = form.one_of("award_rule", await award_rules(), required=False)
    return rule, form.whole("minimum_entries", default=0, most=9999)


@post("/skills/{skill_id:int}/groups", who=EDITORS)
async def add_group(request: Request, skill_id: FromPath[int]) -> Response:
    form = await read_form(request)
    kind = form.choice("kind", GroupKind)
    rule, minimum = await _read_group(form)
    try:
        if form.valid:
            await service.add_group(actor_of(request), skill_id, kind, rule, minimum)
            return redirect(f"/skills/{skill_id}", _("已添加{group}", group=_(GROUP_NAMES[kind])))
    except Refused as refused:
        form.refuse(refused)
    return await skill_page(request, scopes_of(request)["contest"], skill_id, form, 422)


@get("/groups/{group_id:int}/edit", who=EDITORS)
async def edit_group(request: Request, group_id: FromPath[int]) -> Response:
    group = await SkillGroup.select().where(SkillGroup.id == group_id).first()
    assert group is not None
    return await _group_form(request, group, Form.filled(**group))


async def _group_form(request: Request, group: dict[str, Any], form: Form, status: int = 200) -> Response:
    part = part_of(await service.outline(scopes_of(request)["contest"]), group["skill"])
    return page(
        request, "contests/group_form.html", status=status, group=group, skill=part.skill, form=form,
        award_rules=await award_rules(), **NAMES,
    )  # fmt: skip


@post("/groups/{group_id:int}/edit", who=EDITORS)
async def update_group(request: Request, group_id: FromPath[int]) -> Response:
    form = await read_form(request)
    rule, minimum = await _read_group(form)
    group = await SkillGroup.select().where(SkillGroup.id == group_id).first()
    assert group is not None
    try:
        if form.valid:
            await service.update_group(actor_of(request), group_id, rule, minimum)
            return redirect(f"/skills/{group['skill']}", _("已保存组别"))
    except Refused as refused:
        form.refuse(refused)
    return await _group_form(request, group, form, 422)


# Stages and sessions


def _read_stage(form: Form, kind: str) -> StageDraft:
    """A final has no cut, whatever the fields say."""
    cut = CutKind.NONE if kind == StageKind.FINAL else form.choice("cut_kind", CutKind)
    counts = cut in (CutKind.TOP, CutKind.PERCENT, CutKind.THRESHOLD)
    codes = re.split(r"[\s,，、;；]+", form.text("tie_breaks", required=False, longest=200))
    return StageDraft(
        kind=kind,
        cut_kind=cut,
        cut_value=form.decimal("cut_value") if counts else Decimal(0),
        cut_ties=form.choice("cut_ties", CutTies, default=CutTies.ALL),
        cut_reserved=form.whole("cut_reserved", default=0, most=99) if counts else 0,
        rank_ties=form.choice("rank_ties", RankTies, default=RankTies.SHARED),
        tie_breaks=[code for code in codes if code],
    )


async def _stage_form(
    request: Request, form: Form, group_id: int, stage_id: int = 0, status: int = 200
) -> Response:  # fmt: skip
    scopes = scopes_of(request)
    part = part_of(await service.outline(scopes["contest"]), scopes["skill"])
    group = next(each for each in part.groups if each.group["id"] == group_id)
    stage = next((each for each in group.stages if each.stage["id"] == stage_id), None)
    taken = {each.stage["kind"] for each in group.stages}
    return page(
        request, "contests/stage_form.html", status=status, skill=part.skill, group=group.group, form=form,
        stage=stage, fixed=stage is not None and stage.stage["state"] in FIXED,
        free=[kind for kind in StageKind if kind not in taken], **NAMES,
    )  # fmt: skip


@get("/groups/{group_id:int}/stages/new", who=EDITORS)
async def new_stage(request: Request, group_id: FromPath[int]) -> Response:
    plain_cut = Form.filled(cut_kind=CutKind.TOP, cut_ties=CutTies.ALL, rank_ties=RankTies.SHARED)
    return await _stage_form(request, plain_cut, group_id)


@post("/groups/{group_id:int}/stages/new", who=EDITORS)
async def create_stage(request: Request, group_id: FromPath[int]) -> Response:
    form = await read_form(request)
    draft = _read_stage(form, form.choice("kind", StageKind))
    try:
        if form.valid:
            stage_id = await service.add_stage(actor_of(request), group_id, draft)
            return redirect(f"/stages/{stage_id}/setup", _("已添加阶段，接着安排场次"))
    except Refused as refused:
        form.refuse(refused)
    return await _stage_form(request, form, group_id, status=422)


async def _filled_stage(stage_id: int) -> Form:
    stage = (await service.stage_context(stage_id)).stage
    return Form.filled(
        cut_kind=stage["cut_kind"], cut_value=plain(from_units(stage["cut_value"])), cut_ties=stage["cut_ties"],
        cut_reserved=str(stage["cut_reserved"] or ""), rank_ties=stage["rank_ties"] or RankTies.SHARED,
        tie_breaks=" ".join(json.loads(stage["tie_breaks"] or "[]")), version=stage["version"],
    )  # fmt: skip


@get("/stages/{stage_id:int}/setup", who=EDITORS)
async def edit_stage(request: Request, stage_id: FromPath[int]) -> Response:
    return await _stage_form(request, await _filled_stage(stage_id), scopes_of(request)["group"], stage_id)


@post("/stages/{stage_id:int}/setup", who=EDITORS)
async def update_stage(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    before = (await service.stage_context(stage_id)).stage
    draft = _read_stage(form, before["kind"])
    status = 422
    try:
        if form.valid:
            await service.update_stage(actor_of(request), stage_id, draft, form.version())
            return redirect(f"/skills/{scopes_of(request)['skill']}", _("已保存阶段"))
    except Refused as refused:
        status = refused.status
        form.refuse(refused)
    if status == Stale.status:
        form.raw["version"] = [str((await service.stage_context(stage_id)).stage["version"])]
    return await _stage_form(request, form, scopes_of(request)["group"], stage_id, status)


def _read_session(form: Form) -> SessionDraft:
    return SessionDraft(
        venue=form.text("venue"),
        starts_at=form.moment("starts_at"),
        ends_at=form.moment("ends_at"),
        stations=form.whole("stations", default=0, most=MOST_STATIONS),
    )


@post("/stages/{stage_id:int}/sessions", who=EDITORS)
async def add_session(request: Request, stage_id: FromPath[int]) -> Response:
    """On a mistake the stage's page comes back with the session as typed."""
    form = await read_form(request)
    draft = _read_session(form)
    try:
        if form.valid:
            await service.add_session(actor_of(request), stage_id, draft)
            return redirect(f"/stages/{stage_id}/setup", _("已添加场次"))
    except Refused as refused:
        form.refuse(refused)
    form.raw = (await _filled_stage(stage_id)).raw | form.raw
    return await _stage_form(request, form, scopes_of(request)["group"], stage_id, 422)


@get("/sessions/{session_id:int}/edit", who=EDITORS)
async def edit_session(request: Request, session_id: FromPath[int]) -> Response:
    session = await StageSession.select().where(StageSession.id == session_id).first()
    assert session is not None
    return await _session_form(request, Form.filled(**session), session)


async def _session_form(request: Request, form: Form, session: dict[str, Any], status: int = 200) -> Response:
    context = await service.stage_context(session["stage"])
    return page(
        request, "contests/session_form.html", status=status, form=form, session=session, context=context, **NAMES
    )  # fmt: skip


@post("/sessions/{session_id:int}/edit", who=EDITORS)
async def update_session(request: Request, session_id: FromPath[int]) -> Response:
    form = await read_form(request)
    draft = _read_session(form)
    session = await StageSession.select().where(StageSession.id == session_id).first()
    assert session is not None
    try:
        if form.valid:
            await service.update_session(actor_of(request), session_id, draft)
            return redirect(f"/stages/{session['stage']}/setup", _("已保存场次"))
    except Refused as refused:
        form.refuse(refused)
    return await _session_form(request, form, session, 422)


ROUTES = [
    add_group, edit_group, update_group, new_stage, create_stage, edit_stage, update_stage, add_session,
    edit_session, update_session,
]  # fmt: skip
