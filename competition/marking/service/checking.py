"""All sheets of one work side by side: for the second person's check, a return, and corrections after the lock."""

from typing import Any

import msgspec

from competition.contests.kinds import StageState
from competition.exact import from_units, plain
from competition.marking.kinds import SheetState
from competition.marking.service.panels import Seat, load_panels
from competition.marking.service.schemes import PartRow, load_scheme
from competition.marking.tables import BlindNumber, Mark, Sheet
from competition.problems import Missing


class CheckedMark(msgspec.Struct, frozen=True):
    """`revisions` counts how often it was changed; `number` is the current one, 0 where nothing was ever entered."""

    text: str | None
    number: int
    who: str
    reason: str


class CheckedSheet(msgspec.Struct, frozen=True):
    token: str
    seat: Seat
    state: SheetState
    counts: bool
    signature: str
    submitted_at: Any
    marks: dict[int, CheckedMark]
    sum: str | None


class WorkPart(msgspec.Struct, frozen=True):
    part: PartRow
    sheets: tuple[CheckedSheet, ...]


class NumberedWork(msgspec.Struct, frozen=True):
    blind_id: int
    stage_id: int
    stage_state: StageState
    label: str
    parts: tuple[WorkPart, ...]
    previous: int | None
    following: int | None

    @property
    def tokens_to_check(self) -> list[str]:
        return [sheet.token for part in self.parts for sheet in part.sheets if sheet.state == SheetState.SUBMITTED]


async def numbered_work(blind_id: int) -> NumberedWork:
    """Raises Missing."""
    blind = (
        await BlindNumber.select(BlindNumber.stage, BlindNumber.label, BlindNumber.stage.state.as_alias("state"))
        .where(BlindNumber.id == blind_id)
        .first()
    )
    if blind is None:
        raise Missing("number")
    scheme = await load_scheme(blind["stage"])
    if scheme is None:
        raise Missing("scheme")
    seats = {seat.id: seat for panel in (await load_panels(blind["stage"])).values() for seat in panel.seats}
    rows = await Sheet.select().where((Sheet.blind == blind_id) & (Sheet.state != SheetState.VOID.value))
    marks = await Mark.select(Mark.sheet, Mark.aspect, Mark.number, Mark.value, Mark.made_by_name, Mark.reason).where(
        (Mark.sheet.blind == blind_id) & Mark.current.eq(True)
    )
    previous, following = await _beside(blind["stage"], blind_id)
    return NumberedWork(
        blind_id=blind_id,
        stage_id=blind["stage"],
        stage_state=StageState(blind["state"]),
        label=blind["label"],
        parts=tuple(_work_part(part, rows, marks, seats) for part in scheme.panel_parts),
        previous=previous,
        following=following,
    )


async def _beside(stage_id: int, blind_id: int) -> tuple[int | None, int | None]:
    """The numbers before and after, None at the ends."""
    rows = await BlindNumber.select(BlindNumber.id).where(BlindNumber.stage == stage_id).order_by(BlindNumber.number)
    order = [None, *[row["id"] for row in rows], None]
    place = order.index(blind_id)
    return order[place - 1], order[place + 1]


def _work_part(
    part: PartRow, rows: list[dict[str, Any]], marks: list[dict[str, Any]], seats: dict[int, Seat]
) -> WorkPart:
    sheets = [_sheet(row, marks, seats[row["seat"]]) for row in rows if row["part"] == part.id]
    return WorkPart(part, tuple(sorted(sheets, key=lambda sheet: sheet.seat.number)))


def _sheet(row: dict[str, Any], marks: list[dict[str, Any]], seat: Seat) -> CheckedSheet:
    own = {mark["aspect"]: mark for mark in marks if mark["sheet"] == row["id"]}
    values = [mark["value"] for mark in own.values() if mark["value"] is not None]
    return CheckedSheet(
        token=row["token"],
        seat=seat,
        state=SheetState(row["state"]),
        counts=row["counts"],
        signature=row["signature"],
        submitted_at=row["submitted_at"],
        marks={
            aspect: CheckedMark(
                None if mark["value"] is None else plain(from_units(mark["value"])),
                mark["number"], mark["made_by_name"], mark["reason"],
            )
            for aspect, mark in own.items()
        },
        sum=plain(from_units(sum(values))) if values else None,
    )  # fmt: skip
