"""Stages as results need them: with their group, skill and contest, in one query."""

from typing import Any

from competition.contests.tables import Stage

Row = dict[str, Any]

_GROUP = Stage.group._
_SKILL = _GROUP.skill._
_CONTEST = _SKILL.contest._
COLUMNS = (
    Stage.id, Stage.kind, Stage.position, Stage.state, Stage.cut_kind, Stage.cut_value, Stage.cut_ties,
    Stage.cut_reserved, Stage.rank_ties, Stage.tie_breaks, _GROUP.id.as_alias("group_id"),
    _GROUP.kind.as_alias("group_kind"),
    _GROUP.award_rule.as_alias("award_rule"), _SKILL.id.as_alias("skill_id"),
    _SKILL.number.as_alias("skill_number"), _SKILL.name.as_alias("skill"), _SKILL.name_en.as_alias("skill_en"),
    _CONTEST.id.as_alias("contest_id"), _CONTEST.token.as_alias("contest_token"),
    _CONTEST.name.as_alias("contest"), _CONTEST.name_en.as_alias("contest_en"),
    _CONTEST.elsewhere.as_alias("elsewhere"), _CONTEST.tier.as_alias("tier"), _CONTEST.year.as_alias("year"),
)  # fmt: skip


async def stage_row(stage_id: int) -> Row | None:
    return await Stage.select(*COLUMNS).where(Stage.id == stage_id).first()


async def stages_of(contest_id: int) -> list[Row]:
    """Every stage of a contest in the order of skill, group and stage."""
    return (
        await Stage.select(*COLUMNS)
        .where(_CONTEST.id == contest_id)
        .order_by(_SKILL.number)
        .order_by(_GROUP.id)
        .order_by(Stage.position)
    )
