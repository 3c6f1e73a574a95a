"""Across the released finals of a contest: its winners, and the medal tables of delegations."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import msgspec

from competition.contests.kinds import StageKind
from competition.contests.tables import Stage
from competition.people.kinds import UNIT_KIND_NAMES, UnitKind
from competition.people.tables import Unit
from competition.problems import N_
from competition.results.boards import BoardLine, lines_of
from competition.results.kinds import DelegationKind
from competition.results.rules.delegations import DelegationRow, Placing, medal_table
from competition.results.rules.outcome import NOT_TAKEN_PART
from competition.results.tables import ResultLine, ResultRevision
from competition.results.visibility import RELEASED_ONLY, Sight, released_in

Row = dict[str, Any]

NO_DELEGATION = (0, N_("其他"), "")


class Winner(msgspec.Struct, frozen=True):
    """An award of a final, with the skill and group it was won in."""

    line: BoardLine
    skill_id: int
    skill: str
    skill_en: str
    group_kind: str
    stage_id: int


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


async def winners(contest_id: int, sight: Sight = RELEASED_ONLY) -> list[Winner]:
    """Everyone with an award in a released final, by skill, group and rank."""
    finals = {final["id"]: final for final in await finals_of(contest_id)}
    released = await released_in(contest_id)
    by_stage: dict[int, list[BoardLine]] = {stage: [] for stage in finals}
    revisions = [released[stage] for stage in finals if stage in released]
    for line in await lines_of(revisions, sight, awarded=True):
        by_stage[line.stage_id].append(line)
    return [
        Winner(line, final["skill_id"], final["skill"], final["skill_en"], final["group_kind"], stage)
        for stage, final in finals.items()
        for line in by_stage[stage]
    ]


class FinalPlacings(msgspec.Struct, frozen=True):
    """What every entry of the released finals came to, and the units they are of: enough for any medal table.

    `kinds` says how the finals came here: computed, recorded, or both.
    """

    placings: list[Row]
    units: dict[int, Row]
    kinds: frozenset[str] = frozenset()

    @property
    def scaled(self) -> bool:
        return any(row["scale"] is not None for row in self.placings)


async def final_placings(contest_id: int) -> FinalPlacings:
    """Who did not take part counts for nothing."""
    return (await placings_of([contest_id]))[contest_id]


async def scaled_placings(contest_id: int) -> FinalPlacings:
    """Of those entries only that have a score on the WorldSkills scale."""
    return (await placings_of([contest_id], only_scaled=True))[contest_id]


async def placings_of(contest_ids: Collection[int], *, only_scaled: bool = False) -> dict[int, FinalPlacings]:
    """For each of these contests, in three queries."""
    stage = ResultRevision.stage._
    revisions = await ResultRevision.select(
        ResultRevision.id, ResultRevision.kind, stage.group._.skill._.contest.as_alias("contest")
    ).where(
        ResultRevision.current.eq(True)
        & (stage.kind == StageKind.FINAL.value)
        & stage.group._.skill._.contest.is_in(list(contest_ids))
    ) if contest_ids else []  # fmt: skip
    contest_of = {row["id"]: row["contest"] for row in revisions}
    by_contest: dict[int, list[Row]] = {contest: [] for contest in contest_ids}
    for row in await _placing_rows(list(contest_of), only_scaled):
        by_contest[contest_of[row["revision"]]].append(row)
    units = await _units({row["unit"] for rows in by_contest.values() for row in rows} - {None})
    kinds: dict[int, set[str]] = defaultdict(set)
    for row in revisions:
        kinds[row["contest"]].add(row["kind"])
    return {contest: FinalPlacings(rows, units, frozenset(kinds[contest])) for contest, rows in by_contest.items()}


async def _placing_rows(revision_ids: list[int], only_scaled: bool) -> list[Row]:
    if not revision_ids:
        return []
    query = (
        ResultLine.select(
            ResultLine.id, ResultLine.revision, ResultLine.award_level, ResultLine.award_name, ResultLine.scale,
            ResultLine.entry._.unit.as_alias("unit"), ResultLine.entry._.skill.as_alias("skill"),
        )
        .where(ResultLine.revision.is_in(revision_ids) & ResultLine.attendance.not_in(list(NOT_TAKEN_PART)))
        .order_by(ResultLine.id)
    )  # fmt: skip
    return await (query.where(ResultLine.scale.is_not_null()) if only_scaled else query)


async def _units(unit_ids: Collection[int]) -> dict[int, Row]:
    if not unit_ids:
        return {}
    district = Unit.district._
    units = await Unit.select(
        Unit.id, Unit.name, Unit.name_en, Unit.kind, district.id.as_alias("district_id"),
        district.name.as_alias("district"), district.name_en.as_alias("district_en"),
    ).where(Unit.id.is_in(list(unit_ids)))  # fmt: skip
    return {unit["id"]: unit for unit in units}


async def delegation_table(contest_id: int, kind: DelegationKind = DelegationKind.DISTRICT) -> list[Delegation]:
    """The medal table of the released finals."""
    return delegations_among(await final_placings(contest_id), kind)


def delegations_among(found: FinalPlacings, kind: DelegationKind) -> list[Delegation]:
    homes = homes_of(found, kind)
    won: dict[int, int] = defaultdict(int)
    placings = []
    for row in found.placings:
        key = homes.get(row["unit"], NO_DELEGATION)[0]
        won[key] += bool(row["award_name"])
        placings.append(Placing(key, row["skill"], row["award_level"], row["scale"]))
    names = {key: (name, name_en) for key, name, name_en in (*homes.values(), NO_DELEGATION)}
    return [Delegation(row, *names[row.delegation], won[row.delegation]) for row in medal_table(placings)]


def homes_of(found: FinalPlacings, kind: DelegationKind) -> dict[int, tuple[int, str, str]]:
    """Unit -> the delegation it is of."""
    return {unit_id: _delegation(unit, kind) for unit_id, unit in found.units.items()}


def _delegation(unit: Row, kind: DelegationKind) -> tuple[int, str, str]:
    if kind is DelegationKind.UNIT:
        return unit["id"], unit["name"], unit["name_en"]
    if kind is DelegationKind.KIND:
        unit_kind = UnitKind(unit["kind"])
        return list(UnitKind).index(unit_kind) + 1, UNIT_KIND_NAMES[unit_kind], ""
    if unit["district_id"]:
        return unit["district_id"], unit["district"], unit["district_en"]
    return NO_DELEGATION
