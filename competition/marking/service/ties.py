"""Which judge may mark which contestant, and who stands in: worked out from units and coaches."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from competition.entries.kinds import Attendance
from competition.entries.tables import EntryCoach, EntryMember, StagePlace
from competition.marking.rules.aggregate import aggregation_problems
from competition.marking.rules.recusal import ContestantTies, JudgeTies, recusal
from competition.marking.service.panels import Seat, StoredPanel
from competition.marking.service.schemes import PartRow
from competition.problems import N_, Problem

GONE = (Attendance.ABSENT.value, Attendance.WITHDRAWN.value, Attendance.DISQUALIFIED.value)


class Assignment(msgspec.Struct, frozen=True):
    """The seats that mark one contestant: `counting`, `trainees`, and (seat, reason) of those kept away."""

    counting: tuple[Seat, ...]
    trainees: tuple[Seat, ...]
    recused: tuple[tuple[Seat, str], ...]


class StageTies(msgspec.Struct, frozen=True):
    """Units of every contestant of a stage at registration, and whom each person coaches there."""

    units: dict[int, frozenset[int]]
    coached: dict[int, frozenset[int]]

    def reasons(self, seat: Seat, entry_id: int) -> list[str]:
        judge = JudgeTies(
            units=frozenset() if seat.unit_id is None else frozenset({seat.unit_id}),
            coached=self.coached.get(seat.person_id, frozenset()),
        )
        contestant = ContestantTies(key=entry_id, units=self.units.get(entry_id, frozenset()))
        return [problem.text for problem in recusal(judge, contestant)]


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
    """In two queries."""
    members = await EntryMember.select(
        EntryMember.entry, EntryMember.unit, EntryMember.entry.unit.as_alias("entry_unit")
    ).where(EntryMember.entry.is_in(StagePlace.select(StagePlace.entry).where(StagePlace.stage == stage_id)))
    coaches = await EntryCoach.select(EntryCoach.entry, EntryCoach.person).where(
        EntryCoach.entry.is_in(StagePlace.select(StagePlace.entry).where(StagePlace.stage == stage_id))
    )
    units: dict[int, set[int]] = defaultdict(set)
    for row in members:
        units[row["entry"]] |= {unit for unit in (row["unit"], row["entry_unit"]) if unit is not None}
    coached: dict[int, set[int]] = defaultdict(set)
    for row in coaches:
        coached[row["person"]].add(row["entry"])
    return StageTies(
        units={entry: frozenset(of) for entry, of in units.items()},
        coached={person: frozenset(of) for person, of in coached.items()},
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
            N_("{part}：{count} 名选手只有 {judges} 名裁判可评，去掉 {highest} 高 {lowest} 低后不足；增派裁判或替补"),
            field="panel",
            params={
                "part": part.name, "count": count, "judges": judges,
                "highest": rule.drop_highest, "lowest": rule.drop_lowest,
            },
        )
        for judges, count in sorted(short.items())
    ]  # fmt: skip
