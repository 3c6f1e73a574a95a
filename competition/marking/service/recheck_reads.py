"""Re-checks as they stand: works, outcomes, and what became of the sheets of a wrong one."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

import msgspec

from competition.marking.kinds import Layer, SheetState
from competition.marking.rules.recheck import WRONG, RecheckRule, error_rate, settled
from competition.marking.service.locking import CHECKED_ON
from competition.marking.tables import Recheck, RecheckAnswer, RecheckItem, Sheet


class WrongSheet(msgspec.Struct, frozen=True):
    """A counting sheet of a work that was found wrong."""

    token: str
    part: str
    seat: int
    state: SheetState
    checked_at: datetime | None


class Answer(msgspec.Struct, frozen=True):
    """Why the marks of a work found wrong stand."""

    reason: str
    at: datetime
    by: str


class RecheckWork(msgspec.Struct, frozen=True):
    """`open_sheets` are those being revised now; the sheets themselves are loaded for wrong works only."""

    id: int
    blind_id: int
    label: str
    layer: Layer
    chosen: str
    sheets: int
    wrong: int
    outcome: str
    note: str
    done_at: datetime | None
    done_by_name: str
    open_sheets: int
    sheets_now: tuple[WrongSheet, ...]
    answer: Answer | None = None

    @property
    def corrected(self) -> bool:
        """A sheet was checked again after the error was found."""
        checked = [sheet.checked_at for sheet in self.sheets_now if sheet.checked_at is not None]
        return self.done_at is not None and settled(self.done_at, checked, False)


class LoadedRecheck(msgspec.Struct, frozen=True):
    row: dict[str, Any]
    rule: RecheckRule
    works: tuple[RecheckWork, ...]

    @property
    def done(self) -> int:
        return sum(work.outcome != "" for work in self.works)

    @property
    def wrong(self) -> int:
        return sum(work.outcome == WRONG for work in self.works)

    @property
    def wrong_sheets(self) -> int:
        return sum(work.wrong for work in self.works)

    @property
    def rate(self) -> Fraction | None:
        return error_rate(self.wrong, self.done)


async def load_rechecks(stage_id: int) -> list[LoadedRecheck]:
    """In the order they were drawn, works by number; four queries."""
    rechecks = await Recheck.select().where(Recheck.stage == stage_id).order_by(Recheck.number)
    if not rechecks:
        return []
    items = (
        await RecheckItem.select(
            *RecheckItem.all_columns(), RecheckItem.blind.label.as_alias("label"),
            RecheckItem.blind._.draw.layer.as_alias("layer"),
        )
        .where(RecheckItem.recheck.stage == stage_id)
        .order_by(RecheckItem.id)
    )  # fmt: skip
    sheets = await _sheets_of([item["blind"] for item in items])
    answers = {
        row["item"]: Answer(row["reason"], row["answered_at"], row["answered_by_name"])
        for row in await RecheckAnswer.select().where(RecheckAnswer.item.is_in([item["id"] for item in items]))
    }
    return [
        LoadedRecheck(
            row,
            msgspec.json.decode(row["rule"], type=RecheckRule),
            tuple(
                _work(item, sheets[item["blind"]], answers.get(item["id"]))
                for item in items
                if item["recheck"] == row["id"]
            ),
        )
        for row in rechecks
    ]


async def _sheets_of(blinds: Sequence[int]) -> dict[int, list[WrongSheet]]:
    rows = (
        await Sheet.select(
            Sheet.token, Sheet.blind, Sheet.state, Sheet.checked_at, Sheet.part.code.as_alias("part"),
            Sheet.seat.number.as_alias("seat"),
        )
        .where(Sheet.blind.is_in(list(blinds)) & Sheet.counts.eq(True) & (Sheet.state != SheetState.VOID.value))
        .order_by(Sheet.part)
        .order_by(Sheet.seat.number)
    )  # fmt: skip
    found: dict[int, list[WrongSheet]] = defaultdict(list)
    for row in rows:
        found[row["blind"]].append(
            WrongSheet(row["token"], row["part"], row["seat"], SheetState(row["state"]), row["checked_at"])
        )
    return found


def _work(item: dict[str, Any], sheets: Sequence[WrongSheet], answer: Answer | None) -> RecheckWork:
    return RecheckWork(
        id=item["id"], blind_id=item["blind"], label=item["label"], layer=Layer(item["layer"]), chosen=item["chosen"],
        sheets=item["sheets"], wrong=item["wrong"], outcome=item["outcome"], note=item["note"],
        done_at=item["done_at"], done_by_name=item["done_by_name"],
        open_sheets=sum(sheet.state not in CHECKED_ON for sheet in sheets),
        sheets_now=tuple(sheets) if item["outcome"] == WRONG else (), answer=answer,
    )  # fmt: skip
