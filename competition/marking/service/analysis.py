"""How the judges of a stage mark beside each other, with their names; of contestants only counts."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from competition.contests.tables import Stage
from competition.marking.kinds import Method
from competition.marking.rules.analysis import (
    Comparison,
    HomeLean,
    Pattern,
    PatternRule,
    changed_ranks,
    home_leanings,
    judge_patterns,
)
from competition.marking.service.draws import numbers_revealed
from competition.marking.service.locking import load_places
from competition.marking.service.panels import Seat
from competition.marking.service.procedure import pattern_rule
from competition.marking.service.scores import StageMarks, grand_total, load_marks, part_total, totals_of
from competition.marking.service.ties import GONE, load_ties
from competition.marking.service.watching import compared, panels_in_use
from competition.problems import Missing


class AnalysedJudge(msgspec.Struct, frozen=True):
    """`seats`: (panel, number). `pattern` is None for who marked beside nobody. `changed`: works at another rank
    without this judge, None where the stage cannot be scored without. `home` is None where there is nothing to compare
    or the reader may not know."""

    name: str
    name_en: str
    seats: tuple[tuple[str, int], ...]
    pattern: Pattern | None
    changed: int | None
    home: HomeLean | None


class Analysis(msgspec.Struct, frozen=True):
    """`compared`: marks beside others in all. `standing`: totals that the ranks are taken from."""

    rule: PatternRule
    judges: tuple[AnalysedJudge, ...]
    compared: int
    standing: int
    works: int
    measured: bool
    homes_shown: bool


async def load_analysis(stage_id: int, *, may_know_names: bool) -> Analysis:
    """Whom judges favour says something of who stands behind the numbers: only after the reveal, or for who may know.

    Raises Missing.
    """
    if not await Stage.exists().where(Stage.id == stage_id):
        raise Missing("stage")
    homes_shown = may_know_names or await numbers_revealed(stage_id)
    rule = await pattern_rule()
    marks = await load_marks(stage_id)
    panels = await panels_in_use(stage_id, marks)
    if marks is None:
        return Analysis(rule, (), 0, 0, 0, measured=False, homes_shown=homes_shown)
    places = await load_places(stage_id)
    present = [place["entry"] for place in places if place["attendance"] not in GONE]
    seats = {seat.id: seat for panel in panels.values() for seat in panel.seats}
    entry_of = {blind: entry for layer in marks.blinds.values() for entry, blind in layer.items()}
    comparisons = list(compared(marks, seats, entry_of))
    patterns = judge_patterns(comparisons, rule)
    homes = await _homes(stage_id, list(seats.values()), comparisons, rule) if homes_shown else {}
    totals, changed = _without_each(marks, seats, present)
    seated: dict[int, list[tuple[str, Seat]]] = defaultdict(list)
    for panel in panels.values():
        for seat in panel.seats:
            if not seat.trainee:
                seated[seat.person_id].append((panel.name, seat))
    return Analysis(
        rule,
        tuple(
            AnalysedJudge(
                own[0][1].name, own[0][1].name_en, tuple((panel, seat.number) for panel, seat in own),
                patterns.get(person), changed.get(person), homes.get(person),
            )
            for person, own in seated.items()
        ),
        compared=sum(pattern.marks for pattern in patterns.values()),
        standing=sum(total is not None for total in totals.values()),
        works=len(present),
        measured=any(part.method == Method.MEASUREMENT for part in marks.scheme.panel_parts),
        homes_shown=homes_shown,
    )  # fmt: skip


async def _homes(
    stage_id: int, seats: Sequence[Seat], comparisons: Sequence[Comparison], rule: PatternRule
) -> dict[int, HomeLean]:
    """A contestant is of the judge's own when they share a unit or the delegation, a district."""
    ties = await load_ties(stage_id)
    home = {
        seat.person_id: frozenset(
            entry
            for entry, units in ties.units.items()
            if seat.unit_id in units
            or (seat.district_id is not None and ties.delegations.get(entry) == seat.district_id)
        )
        for seat in seats
    }
    return home_leanings(comparisons, home, rule)


Totals = dict[int, Decimal | None]


def _without_each(
    marks: StageMarks, seats: dict[int, Seat], present: Sequence[int]
) -> tuple[Totals, dict[int, int | None]]:
    """The totals, and by judge how many ranks change without them. Only the forms of a judge are scored again."""
    scored = totals_of(marks, present)
    before = {entry: grand_total(marks, entry, scores) for entry, scores in scored.items()}
    seats_of: dict[int, set[int]] = defaultdict(set)
    for seat in seats.values():
        if not seat.trainee:
            seats_of[seat.person_id].add(seat.id)
    changed = {}
    for person, own in seats_of.items():
        after: Totals = {}
        touched = [part for part in marks.scheme.panel_parts if _sits(marks, part.id, own)]
        for entry in present:
            scores = dict(scored[entry])
            for part in touched:
                sheets = marks.counting(part.id).get(marks.blind_of(part, entry) or 0, [])
                left = [sheet for sheet in sheets if sheet.seat_id not in own]
                if len(left) < len(sheets):
                    scores[part.code] = part_total(marks, part, entry, left)
            after[entry] = grand_total(marks, entry, scores)
        changed[person] = changed_ranks(before, after)
    return before, changed


def _sits(marks: StageMarks, part_id: int, own: set[int]) -> bool:
    return any(sheet.seat_id in own for sheets in marks.counting(part_id).values() for sheet in sheets)
