"""A contest with all its parts, in a fixed number of queries."""

from collections import defaultdict
from typing import Any

import msgspec

from competition.contests.tables import Contest, Skill, SkillGroup, Stage, StageSession
from competition.problems import Missing

Record = dict[str, Any]


class StageOutline(msgspec.Struct, frozen=True):
    stage: Record
    sessions: list[Record]


class GroupOutline(msgspec.Struct, frozen=True):
    group: Record
    stages: list[StageOutline]


class SkillOutline(msgspec.Struct, frozen=True):
    skill: Record
    groups: list[GroupOutline]

    @property
    def stages(self) -> list[Record]:
        return [part.stage for group in self.groups for part in group.stages]

    @property
    def sessions(self) -> list[Record]:
        return [session for group in self.groups for part in group.stages for session in part.sessions]


class Outline(msgspec.Struct, frozen=True):
    """Skills by number, groups in the order they were added, stages by position, sessions by number."""

    contest: Record
    skills: list[SkillOutline]


class StageContext(msgspec.Struct, frozen=True):
    """A stage and all it belongs to, as rows."""

    stage: Record
    group: Record
    skill: Record
    contest: Record


def _by(rows: list[Record], name: str) -> dict[int, list[Record]]:
    found: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


async def outline(contest_id: int) -> Outline:
    """Raises Missing."""
    contest = await Contest.select().where(Contest.id == contest_id).first()
    if contest is None:
        raise Missing("contest")
    skills = await Skill.select().where(Skill.contest == contest_id).order_by(Skill.number)
    groups = _by(
        await SkillGroup.select().where(SkillGroup.skill.contest == contest_id).order_by(SkillGroup.id), "skill"
    )
    stages = _by(
        await Stage.select().where(Stage.group._.skill._.contest == contest_id).order_by(Stage.position), "group"
    )
    sessions = _by(
        await StageSession.select()
        .where(StageSession.stage._.group._.skill._.contest == contest_id)
        .order_by(StageSession.number),
        "stage",
    )

    def group_outline(group: Record) -> GroupOutline:
        return GroupOutline(group, [StageOutline(stage, sessions[stage["id"]]) for stage in stages[group["id"]]])

    parts = [SkillOutline(skill, [group_outline(group) for group in groups[skill["id"]]]) for skill in skills]
    return Outline(contest, parts)


async def stage_context(stage_id: int) -> StageContext:
    """One query. Raises Missing."""
    row = (
        await Stage.select(
            *Stage.all_columns(),
            *Stage.group.all_columns(),
            *Stage.group._.skill.all_columns(),
            *Stage.group._.skill._.contest.all_columns(),
        )
        .where(Stage.id == stage_id)
        .output(nested=True)
        .first()
    )
    if row is None:
        raise Missing("stage")
    group = row.pop("group")
    skill = group.pop("skill")
    contest = skill.pop("contest")
    return StageContext(
        stage=row | {"group": group["id"]},
        group=group | {"skill": skill["id"]},
        skill=skill | {"contest": contest["id"]},
        contest=contest,
    )


async def next_stage(stage_id: int) -> Record | None:
    """The stage that follows in the same group."""
    here = await Stage.select(Stage.group, Stage.position).where(Stage.id == stage_id).first()
    if here is None:
        raise Missing("stage")
    return (
        await Stage.select()
        .where((Stage.group == here["group"]) & (Stage.position > here["position"]))
        .order_by(Stage.position)
        .first()
    )
