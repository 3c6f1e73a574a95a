"""Sheets of one number beside each other: marks, what they earn, how they changed, what the panel makes of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from competition.exact import SCALE, fixed, from_units, plain, round_half_up
from competition.marking.kinds import Method, SheetState
from competition.marking.rules.scoring import PartScorer
from competition.marking.rules.totals import in_marks
from competition.marking.service.comparing import Gauge, complete
from competition.marking.service.controls import MARK_DIGITS, mark_text
from competition.marking.service.desk import SheetItem
from competition.marking.service.panels import Seat
from competition.marking.service.schemes import AspectRow, Heading, PartRow
from competition.marking.service.scores import SheetMarks, marks_by_aspect


class Revision(msgspec.Struct, frozen=True):
    """One step in the life of a mark. `item` is what it was set to; the reason stands at the one it was given for."""

    item: SheetItem
    who: str
    at: datetime
    reason: str


class CheckedMark(msgspec.Struct, frozen=True):
    """`item.number` is the current revision. `earned`: what it makes alone, "" where that is the mark itself.

    `off`: it stands out against the panel. `revisions` from the first on.
    """

    item: SheetItem
    earned: str
    off: bool
    revisions: tuple[Revision, ...]

    @property
    def now(self) -> Revision:
        return self.revisions[-1]


class CheckedSheet(msgspec.Struct, frozen=True):
    """`returned_reason`: why it was opened again, until it is handed in. `sum`: what this judge's marks alone make."""

    token: str
    seat: Seat
    state: SheetState
    counts: bool
    submitted_at: datetime | None
    checked_at: datetime | None
    checked_by: str
    returned_reason: str
    marks: dict[int, CheckedMark]
    sum: str | None
    outlier: bool


class WorkPart(msgspec.Struct, frozen=True):
    """One form. `figures`: the panel's score by aspect id, and `score` that of the form; None until it stands."""

    part: PartRow
    sheets: tuple[CheckedSheet, ...]
    apart: frozenset[int]
    figures: dict[int, str | None]
    score: str | None

    @property
    def to_check(self) -> list[str]:
        return [sheet.token for sheet in self.sheets if sheet.state == SheetState.SUBMITTED]


class WorkHeading(msgspec.Struct, frozen=True):
    """A criterion, with its forms when they are shown. `to_check` and `apart` count what is to be done in all of it."""

    code: str
    name: str
    name_en: str
    forms: int
    parts: tuple[WorkPart, ...]
    to_check: int
    apart: int


class StoredSheet(msgspec.Struct, frozen=True):
    """A row of the sheet with "checked_by_name"; `revisions` by aspect id, from the first on."""

    row: dict[str, Any]
    marks: SheetMarks
    revisions: dict[int, list[dict[str, Any]]]


def stored_sheet(row: dict[str, Any], revisions: dict[int, list[dict[str, Any]]]) -> StoredSheet:
    values = {
        aspect: mark["value"]
        for aspect, marks in revisions.items()
        for mark in marks
        if mark["current"] and mark["value"] is not None
    }
    sheet = SheetMarks(
        row["id"], row["token"], row["seat"], row["blind"], row["part"], row["counts"], row["state"], values
    )
    return StoredSheet(row, sheet, revisions)


class SideBySide:
    """The sheets of one number, put under the headings of the scheme; `outlier` in percent of the maximum."""

    def __init__(self, sheets: Sequence[StoredSheet], seats: Mapping[int, Seat], outlier: Decimal) -> None:
        self.seats, self.outlier = seats, outlier
        self.by_part: dict[int, list[StoredSheet]] = defaultdict(list)
        for sheet in sorted(sheets, key=lambda each: seats[each.row["seat"]].number):
            self.by_part[sheet.row["part"]].append(sheet)

    def heading(self, heading: Heading, forms: Sequence[PartRow], *, shown: bool) -> WorkHeading:
        gauges = [Gauge(part, self.outlier) for part in forms]
        return WorkHeading(
            heading.code, heading.name, heading.name_en, len(forms),
            tuple(self.part(gauge) for gauge in gauges) if shown else (),
            sum(sheet.row["state"] == SheetState.SUBMITTED for part in forms for sheet in self.by_part[part.id]),
            sum(len(gauge.far_apart(self.marks(gauge.part))) for gauge in gauges),
        )  # fmt: skip

    def marks(self, part: PartRow) -> list[SheetMarks]:
        return [sheet.marks for sheet in self.by_part[part.id]]

    def part(self, gauge: Gauge) -> WorkPart:
        part, marks = gauge.part, self.marks(gauge.part)
        counting = [sheet for sheet in marks if sheet.counts]
        off = {aspect.id: gauge.off(aspect, marks) for aspect in part.aspects}
        outliers = gauge.outliers(marks)
        figures: dict[int, str | None] = {aspect.id: None for aspect in part.aspects}
        score = None
        if counting and complete(counting):
            scorer = PartScorer(part.rule)
            marks_of = marks_by_aspect(part, counting)
            found = scorer.aspect_scores(marks_of)
            figures = {aspect.id: _figure(part, found[aspect.code]) for aspect in part.aspects}
            score = _figure(part, scorer.score(found, marks_of))
        return WorkPart(
            part, tuple(_sheet(gauge, sheet, self.seats, off, outliers) for sheet in self.by_part[part.id]),
            frozenset(aspect.id for aspect in gauge.far_apart(marks)), figures, score,
        )  # fmt: skip


def _sum(gauge: Gauge, marks: Mapping[int, int]) -> str | None:
    """What one judge's marks come to, rounded once; None without any."""
    own = [(aspect, marks[aspect.id]) for aspect in gauge.part.aspects if aspect.id in marks]
    if not own:
        return None
    if gauge.part.method == Method.SCORE:
        return plain(from_units(sum(gauge.figure(aspect.id, units) for aspect, units in own)))
    return _said(gauge.part, sum((_alone(gauge, aspect, units) for aspect, units in own), Fraction(0)))


def _alone(gauge: Gauge, aspect: AspectRow, units: int) -> Fraction:
    """What one mark makes by itself, not rounded: a judgement's share of the maximum, else what it earns."""
    if gauge.part.method == Method.JUDGEMENT:
        return Fraction(units, gauge.highest(aspect)) * Fraction(aspect.maximum)
    return Fraction(gauge.earned(aspect.id, units), SCALE)


def _said(part: PartRow, value: Fraction) -> str:
    """Thirds of a judgement are rounded; a measurement keeps the places it has."""
    return fixed(value, MARK_DIGITS) if part.method == Method.JUDGEMENT else mark_text(round_half_up(value, 4))


def _figure(part: PartRow, units: int | None) -> str | None:
    if units is None:
        return None
    return mark_text(from_units(units)) if part.method != Method.SCORE else str(in_marks(units))


def _sheet(
    gauge: Gauge, sheet: StoredSheet, seats: Mapping[int, Seat], off: dict[int, set[int]], outliers: list[int]
) -> CheckedSheet:
    row, aspects = sheet.row, gauge.part.aspects
    return CheckedSheet(
        token=row["token"],
        seat=seats[row["seat"]],
        state=SheetState(row["state"]),
        counts=row["counts"],
        submitted_at=row["submitted_at"],
        checked_at=row["checked_at"],
        checked_by=row["checked_by_name"],
        returned_reason=row["returned_reason"] if row["state"] == SheetState.OPEN else "",
        marks={
            aspect.id: _mark(gauge, aspect, sheet.revisions[aspect.id], off=row["id"] in off[aspect.id])
            for aspect in aspects
            if aspect.id in sheet.revisions
        },
        sum=_sum(gauge, sheet.marks.marks),
        outlier=row["id"] in outliers,
    )


def _mark(gauge: Gauge, aspect: AspectRow, rows: Sequence[dict[str, Any]], *, off: bool) -> CheckedMark:
    revisions = tuple(Revision(_item(aspect, row), row["made_by_name"], row["made_at"], row["reason"]) for row in rows)
    units = rows[-1]["value"]
    same = units is None or (gauge.part.method == Method.SCORE and aspect.calculation is None)
    earned = "" if same else _said(gauge.part, _alone(gauge, aspect, units))
    return CheckedMark(revisions[-1].item, earned, off, revisions)


def _item(aspect: AspectRow, row: dict[str, Any]) -> SheetItem:
    value = None if row["value"] is None else from_units(row["value"])
    return SheetItem(aspect, value, row["number"], row["made_at"])
