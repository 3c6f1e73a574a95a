"""The groups of a skill, their stages and sessions."""

import json
from collections.abc import Collection
from typing import Any

import msgspec

from competition.audit.history import last_change
from competition.audit.write import Actor, Change, write
from competition.contests.drafts import SessionDraft, StageDraft
from competition.contests.guards import check_changeable, refuse_any, taken
from competition.contests.kinds import GROUP_NAMES, GroupKind, StageKind, StageState
from competition.contests.rules import STAGE_ORDER, session_problems, stage_problems
from competition.contests.tables import Skill, SkillGroup, Stage, StageSession
from competition.database.errors import Duplicate
from competition.exact import to_units
from competition.problems import N_, Missing, Problem, Refused, Stale

FIXED = (StageState.LOCKED, StageState.RELEASED)


async def _contest_of_skill(skill_id: int) -> int:
    row = await Skill.select(Skill.contest).where(Skill.id == skill_id).first()
    if row is None:
        raise Missing("skill")
    return row["contest"]


async def add_group(actor: Actor, skill_id: int, kind: str, award_rule: str, minimum_entries: int = 0) -> int:
    """`award_rule` is a code of the rulebook. Raises Missing, Refused."""
    if kind not in set(GroupKind):
        raise Refused(Problem(N_("选择一项"), "kind"))
    await check_changeable(await _contest_of_skill(skill_id))
    try:
        async with write(actor) as change:
            row = SkillGroup(skill=skill_id, kind=str(kind), award_rule=award_rule, minimum_entries=minimum_entries)
            group_id = (await SkillGroup.insert(row))[0]["id"]
            await change.record("group.added", "skill", skill_id, group=group_id, kind=kind, award_rule=award_rule)
    except Duplicate as error:
        raise Refused(Problem(N_("该赛项已有“{group}”"), "kind", {"group": GROUP_NAMES[GroupKind(kind)]})) from error
    return group_id


async def update_group(actor: Actor, group_id: int, award_rule: str, minimum_entries: int) -> None:
    """Raises Missing; Refused once the final is locked, because awards were or will be given by the rule."""
    group = await SkillGroup.select(SkillGroup.skill).where(SkillGroup.id == group_id).first()
    if group is None:
        raise Missing("group")
    await check_changeable(await _contest_of_skill(group["skill"]))
    final = (Stage.group == group_id) & (Stage.kind == StageKind.FINAL.value)
    if await Stage.exists().where(final & Stage.state.is_in([state.value for state in FIXED])):
        raise Refused(Problem(N_("决赛已锁定，奖项规则不能再改"), "award_rule"))
    async with write(actor) as change:
        await SkillGroup.update({SkillGroup.award_rule: award_rule, SkillGroup.minimum_entries: minimum_entries}).where(
            SkillGroup.id == group_id
        )
        await change.record(
            "group.updated", "skill", group["skill"],
            group=group_id, award_rule=award_rule, minimum_entries=minimum_entries,
        )  # fmt: skip


def _stage_values(draft: StageDraft) -> dict[Any, Any]:
    return {
        "cut_kind": str(draft.cut_kind),
        "cut_value": to_units(draft.cut_value),
        "cut_ties": str(draft.cut_ties),
        "cut_reserved": draft.cut_reserved,
        "rank_ties": str(draft.rank_ties),
        "tie_breaks": json.dumps(list(draft.tie_breaks), ensure_ascii=False),
    }


async def add_stage(actor: Actor, group_id: int, draft: StageDraft) -> int:
    """Positions follow the order of kinds, so a semi-final added late still comes second. Raises Missing, Refused."""
    refuse_any(stage_problems(draft))
    group = await SkillGroup.select(SkillGroup.skill).where(SkillGroup.id == group_id).first()
    if group is None:
        raise Missing("group")
    await check_changeable(await _contest_of_skill(group["skill"]))
    try:
        async with write(actor) as change:
            row = Stage(
                group=group_id, kind=str(draft.kind), position=STAGE_ORDER[StageKind(draft.kind)],
                state=StageState.PLANNED.value, **_stage_values(draft),
            )  # fmt: skip
            stage_id = (await Stage.insert(row))[0]["id"]
            await change.record("stage.added", "stage", stage_id, group=group_id, kind=draft.kind)
    except Duplicate as error:
        raise taken(error) from error
    return stage_id


async def update_stage(actor: Actor, stage_id: int, draft: StageDraft, version: int) -> None:
    """The cut and the tie-breaks; the kind stays. Raises Missing, Stale, and Refused once the stage is locked."""
    before = await Stage.select().where(Stage.id == stage_id).first()
    if before is None:
        raise Missing("stage")
    refuse_any(stage_problems(msgspec.structs.replace(draft, kind=before["kind"])))
    if before["state"] in FIXED:
        raise Refused(Problem(N_("该阶段已锁定，晋级办法不能再改"), "cut_kind"))
    values = _stage_values(draft)
    changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    async with write(actor) as change:
        rows = (
            await Stage.update(values | {"version": version + 1})
            .where((Stage.id == stage_id) & (Stage.version == version))
            .returning(Stage.id)
        )
        if not rows:
            raise Stale(*await last_change("stage", stage_id))
        await change.record("stage.updated", "stage", stage_id, changed=changed)


async def move_stage(change: Change, stage_id: int, from_states: Collection[str], to: str) -> None:
    """Put a stage into its next state, inside an open write. Raises Stale when it is not in one of `from_states`."""
    rows = (
        await Stage.update({Stage.state: str(to), Stage.version: Stage.version + 1})
        .where((Stage.id == stage_id) & Stage.state.is_in([str(state) for state in from_states]))
        .returning(Stage.id)
    )
    if not rows:
        raise Stale(*await last_change("stage", stage_id))
    await change.record("stage.moved", "stage", stage_id, to=str(to))


async def add_session(actor: Actor, stage_id: int, draft: SessionDraft) -> int:
    """Raises Missing, Refused."""
    refuse_any(session_problems(draft))
    if not await Stage.exists().where(Stage.id == stage_id):
        raise Missing("stage")
    values: dict[Any, Any] = msgspec.structs.asdict(draft)
    try:
        async with write(actor) as change:
            count = await StageSession.count().where(StageSession.stage == stage_id)
            values["number"] = draft.number or count + 1
            session_id = (await StageSession.insert(StageSession(stage=stage_id, **values)))[0]["id"]
            await change.record("session.added", "stage", stage_id, session=session_id, **values)
    except Duplicate as error:
        raise taken(error) from error
    return session_id


async def update_session(actor: Actor, session_id: int, draft: SessionDraft) -> None:
    """Venue, times and stations; the number stays. Raises Missing, Refused."""
    refuse_any(session_problems(draft))
    values: dict[Any, Any] = msgspec.structs.asdict(draft)
    del values["number"]
    async with write(actor) as change:
        rows = await StageSession.update(values).where(StageSession.id == session_id).returning(StageSession.stage)
        if not rows:
            raise Missing("session")
        await change.record("session.updated", "stage", rows[0]["stage"], session=session_id, **values)
