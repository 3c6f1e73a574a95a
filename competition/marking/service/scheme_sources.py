"""Stages whose scheme can be taken over for another stage."""

from collections.abc import Collection
from typing import Any

from competition.contests.kinds import StageState
from competition.contests.tables import Stage
from competition.marking.tables import Scheme

_STAGE: Any = Scheme.stage
_SKILL: Any = _STAGE.group._.skill
PUBLIC_STATES = (StageState.LOCKED.value, StageState.RELEASED.value)


async def scheme_sources(stage_id: int, contest_ids: Collection[int] | None) -> list[dict[str, Any]]:
    """Other stages with a scheme: those of these contests (None: of all), and everywhere those that have been marked,
    whose scheme is no secret any more. The stage's own contest first, then the latest year."""
    stage = await Stage.select(Stage.group._.skill.contest.as_alias("contest")).where(Stage.id == stage_id).first()
    mine = stage["contest"] if stage else 0
    which = Scheme.current.eq(True) & (Scheme.stage != stage_id)
    if contest_ids is not None:
        which &= _SKILL._.contest.is_in([*contest_ids, 0]) | _STAGE.state.is_in(list(PUBLIC_STATES))
    rows = await Scheme.select(
        Scheme.stage, _STAGE.kind.as_alias("kind"), _STAGE.group.kind.as_alias("group_kind"),
        _SKILL.name.as_alias("skill"), _SKILL.name_en.as_alias("skill_en"), _SKILL.number.as_alias("skill_number"),
        _SKILL._.contest.id.as_alias("contest"), _SKILL._.contest.name.as_alias("contest_name"),
        _SKILL._.contest.name_en.as_alias("contest_name_en"), _SKILL._.contest.year.as_alias("year"),
    ).where(which)  # fmt: skip
    return sorted(
        rows, key=lambda row: (row["contest"] != mine, -row["year"], row["contest"], row["skill_number"], row["stage"])
    )
