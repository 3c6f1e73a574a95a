"""Which judge may mark which contestant, and who stands in: from units, delegations, coaches and declared relations."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from competition.entries.kinds import Attendance
from competition.entries.tables import EntryCoach, EntryMember, StagePlace
from competition.marking.rules.aggregate import aggregation_problems
from competition.marking.rules.recusal import ContestantTies, JudgeTies, recusal
from competition.marking.service.marking_settings import stage_settings
from competition.marking.service.panels import Seat, StoredPanel
from competition.marking.service.schemes import PartRow
from competition.marking.tables import JudgeRelation, Recusal
from competition.problems import N_, Problem

GONE = (Attendance.ABSENT.value, Attendance.WITHDRAWN.value, Attendance.DISQUALIFIED.value)


class Assignment(msgspec.Struct, frozen=True):
    """The seats that mark one contestant: `counting`, `trainees`, and (seat, reason) of those kept away."""

    counting: tuple[Seat, ...]
    trainees: tuple[Seat, ...]
    recused: tuple[tuple[Seat, str], ...]


class StageTies(msgspec.Struct, frozen=True):
    """Of every contestant of a stage the units at registration and the delegation, a district; of every person whom
    they coach there and with whom they have declared a relation. `bar_delegation`: no compatriot marks."""

    units: dict[int, frozenset[int]]
    coached: dict[int, frozenset[int]]
    declared: dict[int, frozenset[int]] = {}
    delegations: dict[int, int | None] = {}
    bar_delegation: bool = False

    def reasons(self, seat: Seat, entry_id: int) -> list[str]:
        """Every reason the judge stays off this contestant."""
        judge = JudgeTies(
            units=frozenset() if seat.unit_id is None else frozenset({seat.unit_id}),
            delegation=seat.district_id,
            coached=self.coached.get(seat.person_id, frozenset()),
            declared=self.declared.get(seat.person_id, frozenset()),
        )
        contestant = ContestantTies(
            key=entry_id, units=self.units.get(entry_id, frozenset()), delegation=self.delegations.get(entry_id)
        )
        return [problem.text for problem in recusal(judge, contestant, bar_delegation=self.bar_delegation)]


async def entrants(stage_id: int) -> list[int]:
    """The entries that take part: placed, not declined, and not known to be gone."""
    rows = (
        await StagePlace.select(StagePlace.entry)
        .where(
            (StagePlace.stage == stage_id) & StagePlace.declined_at.is_null() & StagePlace.attendance.not_in(list(GONE))
        )
        .order_by(StagePlace.entry)
    )
    return [row["entry"] for row in rows]


async def load_ties(stage_id: int) -> StageTies:
    """In five queries."""
    placed = StagePlace.select(StagePlace.entry).where(StagePlace.stage == stage_id)
    members = await EntryMember.select(
        EntryMember.entry, EntryMember.unit, EntryMember.entry.unit.as_alias("entry_unit"),
        EntryMember.entry._.unit.district.as_alias("district"),
    ).where(EntryMember.entry.is_in(placed))  # fmt: skip
    coaches = await EntryCoach.select(EntryCoach.entry, EntryCoach.person).where(EntryCoach.entry.is_in(placed))
    units: dict[int, set[int]] = defaultdict(set)
    for row in members:
        units[row["entry"]] |= {unit for unit in (row["unit"], row["entry_unit"]) if unit is not None}
    return StageTies(
        units={entry: frozenset(of) for entry, of in units.items()},
        coached=_by_person(coaches),
        declared=_by_person([*await _relations(stage_id), *await _recused(stage_id)]),
        delegations={row["entry"]: row["district"] for row in members},
        bar_delegation=(await stage_settings(stage_id)).bar_delegation,
    )


def _by_person(rows: Iterable[dict[str, Any]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        found[row["person"]].add(row["entry"])
    return {person: frozenset(entries) for person, entries in found.items()}


async def _relations(stage_id: int) -> list[dict[str, Any]]:
    return await JudgeRelation.select(JudgeRelation.person, JudgeRelation.entry).where(
        (JudgeRelation.stage == stage_id) & JudgeRelation.withdrawn_at.is_null()
    )


async def _recused(stage_id: int) -> list[dict[str, Any]]:
    """Who left a contestant while marking stays off the contestant's other forms and numbers too."""
    return await Recusal.select(Recusal.seat.person.as_alias("person"), Recusal.blind.entry.as_alias("entry")).where(
        (Recusal.blind.stage == stage_id) & Recusal.declared_by.is_not_null()
    )


def assign(panel: StoredPanel, entry_ids: Sequence[int], ties: StageTies) -> dict[int, Assignment]:
    """Who marks each contestant. A substitute stands in for each seat kept away, the one with least to do first."""
    work: dict[int, int] = {seat.id: 0 for seat in panel.seats if seat.substitute}
    assigned = {}
    for entry_id in entry_ids:
        away = {seat.id: reasons for seat in panel.seats if (reasons := ties.reasons(seat, entry_id))}
        counting = [seat for seat in panel.seats if seat.regular and seat.id not in away]
        wanted = sum(seat.regular for seat in panel.seats) - len(counting)
        spare = [seat for seat in panel.seats if seat.substitute and seat.id not in away]
        for seat in sorted(spare, key=lambda seat: (work[seat.id], seat.number))[:wanted]:
            counting.append(seat)
            work[seat.id] += 1
        trainees = tuple(seat for seat in panel.seats if seat.trainee and seat.id not in away)
        recused = tuple((seat, away[seat.id][0]) for seat in panel.seats if seat.id in away and not seat.substitute)
        assigned[entry_id] = Assignment(tuple(counting), trainees, recused)
    return assigned


def panel_problems(part: PartRow, assigned: dict[int, Assignment]) -> list[Problem]:
    """Why this panel cannot be scored by the part's rule; counted, never naming a contestant."""
    rule = part.panel_rule
    short: dict[int, int] = defaultdict(int)
    for assignment in assigned.values():
        judges = len(assignment.counting)
        if aggregation_problems(rule, judges):
            short[judges] += 1
    return [
        Problem(
            _too_few(judges),
            field="panel",
            params={
                "part": part.name, "count": count, "judges": judges,
                "highest": rule.drop_highest, "lowest": rule.drop_lowest,
            },
        )
        for judges, count in sorted(short.items())
    ]  # fmt: skip


def _too_few(judges: int) -> str:
    if judges:
        return N_("{part}：{count} 名选手只有 {judges} 名裁判可评，去掉 {highest} 高 {lowest} 低后不足；增派裁判或替补")
    return N_("{part}：{count} 名选手没有裁判可评；增派裁判或替补")
