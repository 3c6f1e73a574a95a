"""What the ids of contests, skills, groups, stages and sessions in an address lead to."""

from competition.accounts.access import Scopes, open_path, path_scope
from competition.contests.tables import Contest, Skill, SkillGroup, Stage, StageSession

open_path("line_number")


@path_scope("contest_id")
async def _contest(contest_id: int) -> Scopes | None:
    return {"contest": contest_id} if await Contest.exists().where(Contest.id == contest_id) else None


@path_scope("skill_id")
async def _skill(skill_id: int) -> Scopes | None:
    return (
        await Skill.select(Skill.id.as_alias("skill"), Skill.contest.as_alias("contest"))
        .where(Skill.id == skill_id)
        .first()
    )


@path_scope("group_id")
async def _group(group_id: int) -> Scopes | None:
    return (
        await SkillGroup.select(
            SkillGroup.id.as_alias("group"),
            SkillGroup.skill.as_alias("skill"),
            SkillGroup.skill.contest.as_alias("contest"),
        )
        .where(SkillGroup.id == group_id)
        .first()
    )


@path_scope("stage_id")
async def _stage(stage_id: int) -> Scopes | None:
    return (
        await Stage.select(
            Stage.id.as_alias("stage"),
            Stage.group.as_alias("group"),
            Stage.group._.skill.as_alias("skill"),
            Stage.group._.skill._.contest.as_alias("contest"),
        )
        .where(Stage.id == stage_id)
        .first()
    )


@path_scope("session_id")
async def _session(session_id: int) -> Scopes | None:
    row = await StageSession.select(StageSession.stage).where(StageSession.id == session_id).first()
    return await _stage(row["stage"]) if row else None
