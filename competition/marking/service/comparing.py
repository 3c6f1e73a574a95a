"""The judges of one form beside each other: what they earn alone, where they are too far apart, who lies off."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from competition.exact import to_units
from competition.marking.kinds import HANDED_IN, Method
from competition.marking.rules.analysis import DEFAULT_RULE, furthest, off_the_mean
from competition.marking.rules.scheme import HIGHEST_JUDGEMENT, WIDEST_SPREAD
from competition.marking.rules.spread import far_apart
from competition.marking.service.schemes import AspectRow, PartRow, awarded
from competition.marking.service.scores import SheetMarks, StageMarks

_MOST_JUDGED, _WIDEST = to_units(HIGHEST_JUDGEMENT), to_units(WIDEST_SPREAD)


class Gauge:
    """Compares the judges of one form, in whole 1/10000; made once for all works.

    Only counting sheets that were handed in are compared, so that nothing is pointed out that is still being marked.
    `outlier`: what lies further from the mean of its panel than so many percent of the maximum is pointed out.
    """

    def __init__(self, part: PartRow, outlier: Decimal = DEFAULT_RULE.outlier) -> None:
        self.part = part
        self.outlier = Fraction(outlier) / 100
        self.aspects = {aspect.id: aspect for aspect in part.aspects}
        self.maximum = to_units(part.maximum)
        self._as_entered = part.method == Method.JUDGEMENT or all(each.calculation is None for each in part.aspects)
        self._alone: dict[tuple[int, int], int] = {}

    def highest(self, aspect: AspectRow) -> int:
        """The most that `figure` can be."""
        return _MOST_JUDGED if self.part.method == Method.JUDGEMENT else to_units(aspect.maximum)

    def earned(self, aspect_id: int, units: int) -> int:
        """What a mark alone earns."""
        key = aspect_id, units
        if key not in self._alone:
            self._alone[key] = awarded(self.aspects[aspect_id], units)
        return self._alone[key]

    def figure(self, aspect_id: int, units: int) -> int:
        """What is compared: the score 0–3 of a judgement, else what the mark earns."""
        return units if self._as_entered else self.earned(aspect_id, units)

    def figures(self, aspect_id: int, sheets: Sequence[SheetMarks]) -> dict[int, int]:
        """By sheet id, of those that have this mark."""
        return {
            sheet.id: self.figure(aspect_id, sheet.marks[aspect_id]) for sheet in sheets if aspect_id in sheet.marks
        }

    def far_apart(self, sheets: Sequence[SheetMarks]) -> list[AspectRow]:
        """Aspects that the panel has to mark again."""
        if self.part.method == Method.SCORE:
            return []
        marks = [sheet.marks for sheet in comparable(sheets)]
        method, found = self.part.method.value, []
        for aspect in self.part.aspects if len(marks) > 1 else ():
            figures = [self.figure(aspect.id, own[aspect.id]) for own in marks if aspect.id in own]
            if len(figures) > 1 and far_apart(method, figures):
                found.append(aspect)
        return found

    def outliers(self, sheets: Sequence[SheetMarks]) -> list[int]:
        """Ids of sheets of a panel score that lie off the mean of all, once all are in."""
        if self.part.method != Method.SCORE or not complete(sheets):
            return []
        counting = comparable(sheets)
        sums = [
            sum(self.figure(*mark) for mark in sheet.marks.items() if mark[0] in self.aspects) for sheet in counting
        ]
        return [counting[place].id for place in off_the_mean(sums, self.maximum, self.outlier)]

    def off(self, aspect: AspectRow, sheets: Sequence[SheetMarks]) -> set[int]:
        """Ids of sheets whose mark for one aspect stands out: it keeps the panel apart, or lies off the mean."""
        figures = self.figures(aspect.id, comparable(sheets))
        ids, values = list(figures), list(figures.values())
        if self.part.method == Method.SCORE:
            places = off_the_mean(values, to_units(aspect.maximum), self.outlier) if complete(sheets) else []
        else:
            places = furthest(values, _WIDEST if self.part.method == Method.JUDGEMENT else 0)
        return {ids[place] for place in places}


def comparable(sheets: Sequence[SheetMarks]) -> list[SheetMarks]:
    return [sheet for sheet in sheets if sheet.counts and sheet.state in HANDED_IN]


def complete(sheets: Sequence[SheetMarks]) -> bool:
    """Every counting sheet is handed in."""
    return all(sheet.state in HANDED_IN for sheet in sheets if sheet.counts)


def gauges(parts: Sequence[PartRow], outlier: Decimal) -> dict[int, Gauge]:
    return {part.id: Gauge(part, outlier) for part in parts}


def blinds_far_apart(marks: StageMarks, present: Sequence[int]) -> set[int]:
    """Blind numbers with a form whose judges are too far apart."""
    found: set[int] = set()
    for part in marks.scheme.panel_parts:
        gauge, counting = Gauge(part), marks.counting(part.id)
        for entry in present:
            blind = marks.blind_of(part, entry)
            if blind is not None and blind not in found and gauge.far_apart(counting.get(blind, [])):
                found.add(blind)
    return found
