"""Works by forms, as the marking room shows them: a table for each layer of blind numbers, nothing that joins them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from competition.exact import fixed, plain
from competition.marking.kinds import HANDED_IN, LAYER_ORDER, Layer, PartSource, SheetState
from competition.marking.service.comparing import Gauge, gauges
from competition.marking.service.locking import CHECKED_ON
from competition.marking.service.panels import Seat
from competition.marking.service.schemes import AspectRow, Heading, PartRow
from competition.marking.service.scores import SheetMarks, StageMarks, grand_total

PartScores = dict[str, Decimal | None]


class Cell(msgspec.Struct, frozen=True):
    """A seat's sheet for one number. `rescore`: the panel was too far apart and this judge has not marked again."""

    sheet_id: int
    seat: Seat
    counts: bool
    entered: int
    handed_in: bool
    checked: bool
    rescore: bool
    outlier: bool


class Apart(msgspec.Struct, frozen=True):
    """An aspect whose judges, as far as they have handed in, are too far apart: their marks by seat, and who is off."""

    aspect: AspectRow
    marks: tuple[tuple[Seat, int, bool], ...]


class FormCell(msgspec.Struct, frozen=True):
    """One form of one number."""

    part: PartRow
    cells: tuple[Cell, ...]
    apart: tuple[Apart, ...]


class Tally(msgspec.Struct, frozen=True):
    """Counting sheets of some forms of one number, and what is to be looked at there."""

    sheets: int
    handed_in: int
    checked: int
    apart: int
    rescore: int
    outliers: int


class RoomRow(msgspec.Struct, frozen=True):
    """A blind number: its forms by part id, which parts without a panel are there, and the total when it stands.

    `adjustment` is what penalties and bonuses recorded under this very number come to, None where there are none.
    """

    blind_id: int
    label: str
    gone: bool
    forms: dict[int, FormCell]
    there: dict[int, bool]
    total: str | None
    adjustment: Decimal | None

    def tally(self, parts: Iterable[PartRow]) -> Tally:
        forms = [self.forms[part.id] for part in parts if part.id in self.forms]
        cells = [cell for form in forms for cell in form.cells if cell.counts]
        return Tally(
            sheets=len(cells),
            handed_in=sum(cell.handed_in for cell in cells),
            checked=sum(cell.checked for cell in cells),
            apart=sum(len(form.apart) for form in forms),
            rescore=sum(any(cell.rescore for cell in form.cells) for form in forms),
            outliers=sum(cell.outlier for cell in cells),
        )


class LayerTable(msgspec.Struct, frozen=True):
    """The works under the numbers of one layer. `parts`: the forms marked under them, and in the first table the parts
    without a panel. `whole`: `total` is the total of the work, else what the forms of this layer come to, of `most`."""

    layer: Layer
    parts: tuple[PartRow, ...]
    headings: tuple[Heading, ...]
    rows: tuple[RoomRow, ...]
    whole: bool
    most: str

    @property
    def forms(self) -> tuple[PartRow, ...]:
        return tuple(part for part in self.parts if part.source == PartSource.PANEL)


def layer_tables(
    marks: StageMarks,
    seats: Mapping[int, Seat],
    blinds: Sequence[dict[str, Any]],
    gone: set[int],
    scored: Mapping[int, PartScores],
    *,
    revealed: bool,
    outlier: Decimal,
) -> tuple[LayerTable, ...]:
    """`blinds` in the order of their numbers, with "layer", "adjusted" and "rescore" (ids of sheets); `outlier` in
    percent of the maximum.

    A total stands beside a number only where it joins no layers: a total is the sum of all of them, so under a number
    of one layer it would give away the number of another.
    """
    forms = marks.scheme.panel_parts
    layers = [layer for layer in LAYER_ORDER if any(part.layer == layer for part in forms)] or [Layer.NUMBER]
    others = [part for part in marks.scheme.parts if part.source != PartSource.PANEL]
    by_number = _sheets_by_number(marks)
    gauge_of = gauges(forms, outlier)
    tables = []
    for layer in layers:
        here = [part for part in forms if part.layer == layer]
        beside = others if layer == layers[0] else []
        ids = {part.id for part in (*here, *beside)}
        shown = [part for part in marks.scheme.parts if part.id in ids]
        whole = revealed or len(layers) == 1
        rows = [
            _row(
                marks, blind, [(gauge_of[part.id], by_number.get((blind["id"], part.id), [])) for part in here], seats,
                _scores(marks, here, scored.get(blind["entry"]), blind["entry"], whole=whole),
                {part.id: _has(scored, blind["entry"], part) for part in beside},
                gone=blind["entry"] in gone,
            )
            for blind in blinds
            if blind["layer"] == layer
        ]  # fmt: skip
        tables.append(
            LayerTable(
                layer, tuple(shown), _headings(marks.scheme.headings, ids), tuple(rows), whole,
                plain(Decimal(100) if whole else sum((part.weight for part in here), Decimal(0))),
            )
        )  # fmt: skip
    return tuple(tables)


def _headings(headings: Sequence[Heading], part_ids: set[int]) -> tuple[Heading, ...]:
    """With the parts of this table only."""
    found = []
    for heading in headings:
        parts = tuple(part for part in heading.parts if part.id in part_ids)
        if parts:
            found.append(msgspec.structs.replace(heading, parts=parts))
    return tuple(found)


def _sheets_by_number(marks: StageMarks) -> dict[tuple[int, int], list[SheetMarks]]:
    found: dict[tuple[int, int], list[SheetMarks]] = {}
    for sheet in marks.sheets:
        if sheet.state != SheetState.VOID:
            found.setdefault((sheet.blind_id, sheet.part_id), []).append(sheet)
    return found


def _has(scored: Mapping[int, PartScores], entry_id: int, part: PartRow) -> bool:
    return scored.get(entry_id, {}).get(part.code) is not None


def _scores(
    marks: StageMarks, forms: Sequence[PartRow], scores: PartScores | None, entry_id: int, *, whole: bool
) -> str | None:
    """The total of a work, or the weighted sum of these forms; None while one is missing or for who is gone."""
    if scores is None:
        return None
    if whole:
        total = grand_total(marks, entry_id, scores)
        return None if total is None else fixed(total, marks.scheme.digits)
    weighted = Fraction(0)
    for part in forms:
        score = scores.get(part.code)
        if score is None:
            return None
        weighted += Fraction(score) * Fraction(part.weight) / Fraction(part.maximum)
    return fixed(weighted, marks.scheme.digits)


def _row(
    marks: StageMarks,
    blind: dict[str, Any],
    forms: Sequence[tuple[Gauge, list[SheetMarks]]],
    seats: Mapping[int, Seat],
    total: str | None,
    there: dict[int, bool],
    *,
    gone: bool,
) -> RoomRow:
    return RoomRow(
        blind_id=blind["id"],
        label=blind["label"],
        gone=gone,
        forms={gauge.part.id: _form(gauge, sheets, seats, blind["rescore"]) for gauge, sheets in forms},
        there=there,
        total=total,
        adjustment=blind["adjusted"],
    )


def _form(gauge: Gauge, sheets: list[SheetMarks], seats: Mapping[int, Seat], rescore: set[int]) -> FormCell:
    sheets.sort(key=lambda sheet: seats[sheet.seat_id].number)
    outliers = gauge.outliers(sheets)
    cells = tuple(
        Cell(
            sheet.id, seats[sheet.seat_id], sheet.counts, len(sheet.marks), sheet.state in HANDED_IN,
            sheet.state in CHECKED_ON, sheet.id in rescore and sheet.state == SheetState.OPEN, sheet.id in outliers,
        )
        for sheet in sheets
    )  # fmt: skip
    apart = tuple(_apart(gauge, aspect, sheets, seats) for aspect in gauge.far_apart(sheets))
    return FormCell(gauge.part, cells, apart)


def _apart(gauge: Gauge, aspect: AspectRow, sheets: Sequence[SheetMarks], seats: Mapping[int, Seat]) -> Apart:
    off = gauge.off(aspect, sheets)
    return Apart(
        aspect,
        tuple(
            (seats[sheet.seat_id], sheet.marks[aspect.id], sheet.id in off)
            for sheet in sheets
            if sheet.counts and sheet.state in HANDED_IN and aspect.id in sheet.marks
        ),
    )
