"""Stages with how far their marking is, for lists and for the contest's page."""

from collections import defaultdict
from typing import Any

import msgspec
from piccolo.query.functions.aggregate import Count

from competition.contests.kinds import ContestState
from competition.contests.tables import Stage
from competition.marking.kinds import HANDED_IN
from competition.marking.tables import Panel, Scheme, Sheet

_SKILL: Any = Stage.group._.skill


class MarkedStage(msgspec.Struct, frozen=True):
    """`row` names the stage; sheets count where they count."""

    row: dict[str, Any]
    scheme: bool
    panels: int
    done: int
    sheets: int


async def marked_stages(condition: Any, *, ended: bool = False) -> list[MarkedStage]:
    """Four queries however many stages; `condition` None for all. Closed contests only where `ended`."""
    query = Stage.select(
        Stage.id, Stage.kind, Stage.state, Stage.group.kind.as_alias("group_kind"), _SKILL.id.as_alias("skill_id"),
        _SKILL.name.as_alias("skill"), _SKILL.name_en.as_alias("skill_en"), _SKILL.number.as_alias("skill_number"),
        _SKILL._.contest.id.as_alias("contest_id"), _SKILL._.contest.name.as_alias("contest"),
        _SKILL._.contest.name_en.as_alias("contest_en"),
    )  # fmt: skip
    if condition is not None:
        query = query.where(condition)
    if not ended:
        running = [ContestState.OPEN.value, ContestState.RUNNING.value]
        query = query.where(_SKILL._.contest.state.is_in(running) & _SKILL._.contest.elsewhere.eq(False))
    rows = await (
        query.order_by(_SKILL._.contest.id, ascending=False)
        .order_by(_SKILL.number)
        .order_by(Stage.group)
        .order_by(Stage.position)
    )
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    schemes = await Scheme.select(Scheme.stage).where(Scheme.stage.is_in(ids) & Scheme.current.eq(True))
    panels = await Panel.select(Panel.stage, Count(alias="n")).where(Panel.stage.is_in(ids)).group_by(Panel.stage)
    with_scheme = {row["stage"] for row in schemes}
    seated = {row["stage"]: row["n"] for row in panels}
    counted = await sheet_counts(Sheet.stage.is_in(ids))
    return [
        MarkedStage(row, row["id"] in with_scheme, seated.get(row["id"], 0), *counted.get(row["id"], (0, 0)))
        for row in rows
    ]


async def sheet_counts(condition: Any) -> dict[int, tuple[int, int]]:
    """(handed in, all) counting sheets by stage."""
    rows = (
        await Sheet.select(Sheet.stage, Sheet.state, Count(alias="n"))
        .where(condition & Sheet.counts.eq(True))
        .group_by(Sheet.stage, Sheet.state)
    )
    done: dict[int, int] = defaultdict(int)
    total: dict[int, int] = defaultdict(int)
    for row in rows:
        total[row["stage"]] += row["n"]
        done[row["stage"]] += row["n"] if row["state"] in HANDED_IN else 0
    return {stage: (done[stage], total[stage]) for stage in total}


async def sheets_by_skill(contest_id: int) -> dict[int, tuple[int, int]]:
    """(handed in, all) by skill, for the contest's page."""
    stages = await Stage.select(Stage.id, Stage.group.skill.as_alias("skill")).where(
        Stage.group._.skill._.contest == contest_id
    )
    counted = await sheet_counts(Sheet.stage.is_in([row["id"] for row in stages] or [0]))
    found: dict[int, tuple[int, int]] = {}
    for row in stages:
        done, total = counted.get(row["id"], (0, 0))
        before = found.get(row["skill"], (0, 0))
        found[row["skill"]] = (before[0] + done, before[1] + total)
    return found
