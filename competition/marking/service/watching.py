"""The marking room as the chief judge sees it: numbers, seats and marks, never a name of a contestant."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from competition.contests.kinds import StageState
from competition.contests.tables import Stage
from competition.entries.tables import StagePlace
from competition.exact import fixed, from_units, round_half_up
from competition.marking.kinds import HANDED_IN, SheetState
from competition.marking.rules.sheets import StageProgress
from competition.marking.service.draws import stage_draw
from competition.marking.service.locking import blockers_of, load_places, signatures_of, stage_progress
from competition.marking.service.panels import Seat, StoredPanel, load_panels
from competition.marking.service.schemes import PartRow, awarded
from competition.marking.service.scores import SheetMarks, StageMarks, grand_total, load_marks, totals_of
from competition.marking.service.ties import GONE
from competition.marking.tables import BlindNumber, ImportedScore, Sheet
from competition.problems import Missing, Problem

# [default] A judge is pointed out whose sheet lies further from the mean of the panel than this share of the maximum.
OUTLIER_SHARE = Fraction(1, 10)


class Cell(msgspec.Struct, frozen=True):
    """A seat's sheet for one number. `deviation` of its sum from the panel's mean, None before all have handed in."""

    seat: Seat
    token: str
    state: SheetState
    counts: bool
    entered: int
    deviation: Decimal | None
    outlier: bool

    @property
    def handed_in(self) -> bool:
        return self.state in HANDED_IN


class RoomRow(msgspec.Struct, frozen=True):
    """A blind number: cells by part id, which parts without a panel are there, and the total when it stands."""

    blind_id: int
    label: str
    session: int | None
    station: int
    gone: bool
    cells: dict[int, tuple[Cell, ...]]
    there: dict[int, bool]
    total: str | None


class Late(msgspec.Struct, frozen=True):
    """A judge with sheets to hand in: their labels, and how many marks are entered in them."""

    seat: Seat
    panel: str
    labels: tuple[str, ...]
    entered: int
    wanted: int


class Lean(msgspec.Struct, frozen=True):
    """How far a seat lies from its panel's mean on average, as a share of `limit` too."""

    seat: Seat
    panel: str
    mean: Decimal
    limit: Decimal

    @property
    def outlier(self) -> bool:
        return abs(self.mean) > self.limit


class Room(msgspec.Struct, frozen=True):
    state: str
    parts: tuple[PartRow, ...]
    panels: dict[int, StoredPanel]
    rows: tuple[RoomRow, ...]
    progress: StageProgress
    blockers: tuple[Problem, ...]
    late: tuple[Late, ...]
    leans: tuple[Lean, ...]
    outliers: int
    signatures: dict[str, dict[str, Any]]

    @property
    def standing(self) -> int:
        """Totals that stand."""
        return sum(row.total is not None for row in self.rows)


async def room_tag(stage_id: int) -> str:
    """Changes with everything the room shows; a few small queries instead of the whole room."""
    stage = await Stage.select(Stage.state, Stage.version).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    sheets = await Sheet.select(Sheet.version).where(Sheet.stage == stage_id)
    imported = (
        await ImportedScore.select(ImportedScore.id)
        .where(ImportedScore.stage == stage_id)
        .order_by(ImportedScore.id, ascending=False)
        .first()
    )
    attended = (
        await StagePlace.select(StagePlace.attended_at)
        .where((StagePlace.stage == stage_id) & StagePlace.attended_at.is_not_null())
        .order_by(StagePlace.attended_at, ascending=False)
        .first()
    )
    parts = (
        stage["state"], stage["version"], len(sheets), sum(sheet["version"] for sheet in sheets),
        imported["id"] if imported else 0, attended["attended_at"].timestamp() if attended else 0,
        len(await signatures_of(stage_id)),
    )  # fmt: skip
    return "-".join(str(part) for part in parts)


async def load_room(stage_id: int) -> Room:
    """Some dozen queries, however many sheets. Raises Missing."""
    stage = await Stage.select(Stage.state).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    places, marks = await load_places(stage_id), await load_marks(stage_id)
    panels = await load_panels(stage_id)
    blinds = (
        await BlindNumber.select(
            BlindNumber.id, BlindNumber.label, BlindNumber.entry, BlindNumber.station,
            BlindNumber.session.number.as_alias("session"),
        )
        .where(BlindNumber.stage == stage_id)
        .order_by(BlindNumber.number)
    )  # fmt: skip
    gone = {place["entry"] for place in places if place["attendance"] in GONE}
    drawn = await stage_draw(stage_id) is not None
    rows = tuple(_rows(marks, panels, blinds, gone)) if marks else ()
    return Room(
        state=stage["state"],
        parts=marks.scheme.parts if marks else (),
        panels=panels,
        rows=rows,
        progress=stage_progress(stage, places, marks, drawn=drawn),
        blockers=tuple(blockers_of(stage, places, marks, drawn=drawn)),
        late=tuple(_late(rows, panels, marks)) if marks and stage["state"] == StageState.MARKING else (),
        leans=tuple(_leans(rows, panels, marks)) if marks else (),
        outliers=sum(cell.outlier for row in rows for cells in row.cells.values() for cell in cells),
        signatures=await signatures_of(stage_id),
    )


def _rows(
    marks: StageMarks, panels: dict[int, StoredPanel], blinds: Sequence[dict[str, Any]], gone: set[int]
) -> list[RoomRow]:
    seats = {seat.id: seat for panel in panels.values() for seat in panel.seats}
    sheets: dict[tuple[int, int], list[SheetMarks]] = defaultdict(list)
    for sheet in marks.sheets:
        if sheet.state != SheetState.VOID:
            sheets[sheet.blind_id, sheet.part_id].append(sheet)
    scored = totals_of(marks, [blind["entry"] for blind in blinds if blind["entry"] not in gone])
    rows = []
    for blind in blinds:
        cells = {part.id: tuple(_cells(part, sheets[blind["id"], part.id], seats)) for part in marks.scheme.panel_parts}
        rows.append(_row(marks, blind, cells, scored.get(blind["entry"])))
    return rows


def _row(
    marks: StageMarks,
    blind: dict[str, Any],
    cells: dict[int, tuple[Cell, ...]],
    scores: dict[str, Decimal | None] | None,
) -> RoomRow:
    """`scores` None for a contestant who is gone."""
    scheme = marks.scheme
    total = None if scores is None else grand_total(marks, blind["entry"], scores)
    others = [part for part in scheme.parts if part not in scheme.panel_parts]
    return RoomRow(
        blind_id=blind["id"],
        label=blind["label"],
        session=blind["session"],
        station=blind["station"],
        gone=scores is None,
        cells=cells,
        there={part.id: scores is not None and scores.get(part.code) is not None for part in others},
        total=None if total is None else fixed(total, scheme.digits),
    )


def _cells(part: PartRow, sheets: Sequence[SheetMarks], seats: dict[int, Seat]) -> list[Cell]:
    counting = [sheet for sheet in sheets if sheet.counts]
    complete = all(sheet.state in HANDED_IN for sheet in counting)
    sums = [awarded_sum(part, sheet) for sheet in counting]
    mean = Fraction(sum(sums, Decimal(0))) / len(sums) if sums and complete else None
    limit = Fraction(part.maximum) * OUTLIER_SHARE
    cells = []
    for sheet in sorted(sheets, key=lambda sheet: seats[sheet.seat_id].number):
        off = None
        if mean is not None and sheet.counts:
            off = Fraction(awarded_sum(part, sheet)) - mean
        cells.append(
            Cell(
                seat=seats[sheet.seat_id],
                token=sheet.token,
                state=SheetState(sheet.state),
                counts=sheet.counts,
                entered=len(sheet.marks),
                deviation=None if off is None else round_half_up(off, 2),
                outlier=off is not None and abs(off) > limit,
            )
        )
    return cells


def awarded_sum(part: PartRow, sheet: SheetMarks) -> Decimal:
    """What one judge's marks alone would earn."""
    worth = (awarded(aspect, sheet.marks[aspect.id]) for aspect in part.aspects if aspect.id in sheet.marks)
    return from_units(sum(worth))


def _late(rows: Sequence[RoomRow], panels: dict[int, StoredPanel], marks: StageMarks) -> list[Late]:
    aspects = {part.id: len(part.aspects) for part in marks.scheme.panel_parts}
    late = []
    for part_id, panel in panels.items():
        for seat in panel.seats:
            open_cells = [
                (row.label, cell)
                for row in rows
                if not row.gone
                for cell in row.cells.get(part_id, ())
                if cell.seat.id == seat.id and cell.counts and not cell.handed_in
            ]
            if open_cells:
                entered = sum(cell.entered for _, cell in open_cells)
                wanted = aspects[part_id] * len(open_cells)
                late.append(Late(seat, panel.name, tuple(label for label, _ in open_cells), entered, wanted))
    return late


def _leans(rows: Sequence[RoomRow], panels: dict[int, StoredPanel], marks: StageMarks) -> list[Lean]:
    maximum = {part.id: part.maximum for part in marks.scheme.panel_parts}
    leans = []
    for part_id, panel in panels.items():
        offs: dict[int, list[Decimal]] = defaultdict(list)
        for row in rows:
            for cell in row.cells.get(part_id, ()):
                if cell.deviation is not None:
                    offs[cell.seat.id].append(cell.deviation)
        for seat in panel.seats:
            if offs[seat.id]:
                mean = round_half_up(Fraction(sum(offs[seat.id], Decimal(0))) / len(offs[seat.id]), 2)
                limit = round_half_up(Fraction(maximum[part_id]) * OUTLIER_SHARE, 2)
                leans.append(Lean(seat, panel.name, mean, limit))
    return leans
