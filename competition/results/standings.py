"""Across the released finals of a contest: its winners, and the medal tables of delegations."""

from collections import defaultdict
from typing import Any

import msgspec

from competition.contests.kinds import StageKind
from competition.contests.tables import Stage
from competition.people.kinds import UNIT_KIND_NAMES, UnitKind
from competition.problems import N_
from competition.results.boards import BoardLine, lines_of
from competition.results.kinds import DelegationKind
from competition.results.rules.delegations import DelegationRow, Placing, medal_table
from competition.results.rules.outcome import NOT_TAKEN_PART
from competition.results.visibility import RELEASED_ONLY, Sight, released_in

Row = dict[str, Any]

ELSEWHERE = 0
ELSEWHERE_NAME = N_("其他")


class Winner(msgspec.Struct, frozen=True):
    """An award of a final, with the skill and group it was won in."""

    line: BoardLine
    skill_id: int
    skill: str
    skill_en: str
    group_kind: str


class Delegation(msgspec.Struct, frozen=True):
    """A row of the medal table. `winners` counts awards of any kind, medals or not; `name` may be a marked text."""

    row: DelegationRow
    name: str
    name_en: str
    winners: int


async def finals_of(contest_id: int) -> list[Row]:
    """Every final of a contest with its skill and group, released or not, in the order of skills."""
    group = Stage.group._
    return (
        await Stage.select(
            Stage.id, group.id.as_alias("group_id"), group.kind.as_alias("group_kind"),
            group.skill._.id.as_alias("skill_id"), group.skill._.number.as_alias("skill_number"),
            group.skill._.name.as_alias("skill"), group.skill._.name_en.as_alias("skill_en"),
        )
        .where((group.skill._.contest == contest_id) & (Stage.kind == StageKind.FINAL.value))
        .order_by(group.skill._.number)
        .order_by(group.id)
    )  # fmt: skip


async def final_lines(contest_id: int, sight: Sight = RELEASED_ONLY) -> list[tuple[BoardLine, Row]]:
    """Lines of the released finals of a contest by skill, group and rank, each with its final's row."""
    finals = await finals_of(contest_id)
    released = await released_in(contest_id)
    shown = {final["id"]: final for final in finals if final["id"] in released}
    by_stage: dict[int, list[BoardLine]] = {stage: [] for stage in shown}
    for line in await lines_of([released[stage] for stage in shown], sight):
        by_stage[line.stage_id].append(line)
    return [(line, final) for stage, final in shown.items() for line in by_stage[stage]]


async def winners(contest_id: int, sight: Sight = RELEASED_ONLY) -> list[Winner]:
    """Everyone with an award in a released final, by skill, group and rank."""
    return winners_among(await final_lines(contest_id, sight))


def winners_among(lines: list[tuple[BoardLine, Row]]) -> list[Winner]:
    return [
        Winner(line, final["skill_id"], final["skill"], final["skill_en"], final["group_kind"])
        for line, final in lines
        if line.award_name
    ]


async def delegation_table(contest_id: int, kind: DelegationKind = DelegationKind.DISTRICT) -> list[Delegation]:
    """The medal table of the released finals."""
    return delegations_among(await final_lines(contest_id), kind)


def delegations_among(lines: list[tuple[BoardLine, Row]], kind: DelegationKind) -> list[Delegation]:
    """Who did not take part counts for nothing."""
    names: dict[int, tuple[str, str]] = {}
    won: dict[int, int] = defaultdict(int)
    placings = []
    for line, final in lines:
        if line.attendance in NOT_TAKEN_PART:
            continue
        key, name, name_en = _delegation(line, kind)
        names[key] = (name, name_en)
        won[key] += bool(line.award_name)
        placings.append(Placing(key, final["skill_id"], line.award_level))  # type: ignore[arg-type]  # one of the levels
    return [Delegation(row, *names[row.delegation], won[row.delegation]) for row in medal_table(placings)]


def _delegation(line: BoardLine, kind: DelegationKind) -> tuple[int, str, str]:
    if kind is DelegationKind.UNIT and line.unit_id:
        return line.unit_id, line.unit, line.unit_en
    if kind is DelegationKind.DISTRICT and line.district_id:
        return line.district_id, line.district, line.district_en
    if kind is DelegationKind.KIND and line.unit_kind:
        unit_kind = UnitKind(line.unit_kind)
        return list(UnitKind).index(unit_kind) + 1, UNIT_KIND_NAMES[unit_kind], ""
    return ELSEWHERE, ELSEWHERE_NAME, ""
