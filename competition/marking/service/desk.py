"""What a judge's tablet shows: own panels, works by number, one sheet. No name, no unit, no other judge's mark."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from piccolo.query.functions.aggregate import Count

from competition.contests.kinds import StageState
from competition.entries.tables import StagePlace
from competition.exact import from_units, plain
from competition.marking.kinds import Method, SheetState
from competition.marking.service.schemes import AspectRow, stored_aspect
from competition.marking.service.ties import GONE
from competition.marking.tables import Aspect, BlindNumber, Mark, Sheet
from competition.problems import Missing

_SKILL: Any = Sheet.stage._.group._.skill
_SHEET_COLUMNS = (
    Sheet.id, Sheet.token, Sheet.state, Sheet.counts, Sheet.stage, Sheet.part, Sheet.blind, Sheet.submitted_at,
    Sheet.signature, Sheet.returned_reason, Sheet.version, Sheet.seat.as_alias("seat_id"),
    Sheet.seat.account.as_alias("account"), Sheet.seat.number.as_alias("seat"), Sheet.seat.trainee.as_alias("trainee"),
    Sheet.seat._.person.name.as_alias("judge"), Sheet.seat._.person.name_en.as_alias("judge_en"),
    Sheet.seat._.panel.name.as_alias("panel"), Sheet.blind.label.as_alias("label"),
    Sheet.blind.number.as_alias("number"), Sheet.blind.station.as_alias("station"),
    Sheet.blind._.session.number.as_alias("session"), Sheet.part.name.as_alias("part_name"),
    Sheet.part.name_en.as_alias("part_name_en"), Sheet.part.method.as_alias("method"), Sheet.rescore,
    Sheet.stage.state.as_alias("stage_state"),
    Sheet.stage.kind.as_alias("stage_kind"), Sheet.stage._.group.kind.as_alias("group_kind"),
    _SKILL.name.as_alias("skill"), _SKILL.name_en.as_alias("skill_en"),
)  # fmt: skip


class Work(msgspec.Struct, frozen=True):
    """One sheet in the judge's list: `entered` of `aspects` marks."""

    token: str
    label: str
    state: SheetState
    entered: int
    aspects: int
    gone: bool

    @property
    def done(self) -> bool:
        return self.state not in (SheetState.OPEN, SheetState.VOID)


class JudgePanel(msgspec.Struct, frozen=True):
    """A judge's seat in one panel of one stage, with the works of each session."""

    head: dict[str, Any]
    sessions: tuple[tuple[int | None, tuple[Work, ...]], ...]

    @property
    def works(self) -> list[Work]:
        return [work for _, works in self.sessions for work in works]


class SheetItem(msgspec.Struct, frozen=True):
    """An aspect with its current mark; `number` 0 where there never was one."""

    aspect: AspectRow
    value: Decimal | None
    number: int
    at: datetime | None

    @property
    def text(self) -> str | None:
        return None if self.value is None else plain(self.value)


class JudgeSheet(msgspec.Struct, frozen=True):
    head: dict[str, Any]
    items: tuple[SheetItem, ...]
    works: tuple[Work, ...]

    @property
    def open(self) -> bool:
        return self.head["state"] == SheetState.OPEN and self.head["stage_state"] == StageState.MARKING

    @property
    def missing(self) -> list[SheetItem]:
        return [item for item in self.items if item.value is None]

    @property
    def maximum_text(self) -> str:
        return plain(sum((item.aspect.maximum for item in self.items), Decimal(0)))

    @property
    def sum_text(self) -> str | None:
        """Of what this judge entered; None while an aspect is missing."""
        values = [item.value for item in self.items if item.value is not None]
        return plain(sum(values, Decimal(0))) if len(values) == len(self.items) else None

    @property
    def saved_at(self) -> datetime | None:
        return max((item.at for item in self.items if item.at is not None), default=None)

    def beside(self, step: int) -> Work | None:
        """The work before (-1) or after (1) this one in the session."""
        tokens = [work.token for work in self.works]
        place = tokens.index(self.head["token"]) + step
        return self.works[place] if 0 <= place < len(tokens) else None


async def judge_panels(account_id: int) -> list[JudgePanel]:
    """Panels of stages that are being marked, then those that are closed; four queries however many sheets."""
    rows = await _sheets_where(Sheet.seat.account == account_id)
    works = await _works(rows)
    by_seat: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_seat[row["seat_id"]].append(row)
    panels = [JudgePanel(seat[0], _by_session(seat, works)) for seat in by_seat.values()]
    return sorted(panels, key=lambda panel: panel.head["stage_state"] != StageState.MARKING)


async def _sheets_where(condition: Any) -> list[dict[str, Any]]:
    return await Sheet.select(*_SHEET_COLUMNS).where(condition).order_by(Sheet.seat).order_by(Sheet.blind.number)


def _by_session(
    rows: Sequence[dict[str, Any]], works: dict[int, Work]
) -> tuple[tuple[int | None, tuple[Work, ...]], ...]:
    sessions: dict[int | None, list[Work]] = defaultdict(list)
    for row in rows:
        if row["state"] != SheetState.VOID:
            sessions[row["session"]].append(works[row["id"]])
    return tuple((session, tuple(of)) for session, of in sessions.items())


async def _works(rows: Sequence[dict[str, Any]]) -> dict[int, Work]:
    """By sheet id, in three queries."""
    sheet_ids = [row["id"] for row in rows]
    if not sheet_ids:
        return {}
    parts = sorted({row["part"] for row in rows})
    aspects = (
        await Aspect.select(Aspect.part, Count(alias="n"))
        .where(Aspect.part.is_in(parts) & Aspect.retired_at.is_null())
        .group_by(Aspect.part)
    )
    entered = (
        await Mark.select(Mark.sheet, Count(alias="n"))
        .where(Mark.sheet.is_in(sheet_ids) & Mark.current.eq(True) & Mark.value.is_not_null())
        .group_by(Mark.sheet)
    )
    gone = await _blinds_gone(sorted({row["stage"] for row in rows}))
    of_part = {row["part"]: row["n"] for row in aspects}
    of_sheet = {row["sheet"]: row["n"] for row in entered}
    return {
        row["id"]: Work(
            token=row["token"], label=row["label"], state=SheetState(row["state"]),
            entered=of_sheet.get(row["id"], 0), aspects=of_part.get(row["part"], 0), gone=row["blind"] in gone,
        )
        for row in rows
    }  # fmt: skip


async def _blinds_gone(stage_ids: Sequence[int]) -> set[int]:
    """Blind numbers of contestants who are not there, so that no judge waits for them."""
    rows = await BlindNumber.select(BlindNumber.id).where(
        BlindNumber.stage.is_in(list(stage_ids))
        & BlindNumber.entry.is_in(
            StagePlace.select(StagePlace.entry).where(
                StagePlace.stage.is_in(list(stage_ids)) & StagePlace.attendance.is_in(list(GONE))
            )
        )
    )
    return {row["id"] for row in rows}


async def judge_sheet(account_id: int, token: str) -> JudgeSheet:
    """Raises Missing for a sheet that is not this judge's, or no longer."""
    found = await _sheets_where(Sheet.token == token)
    if not found or found[0]["account"] != account_id or found[0]["state"] == SheetState.VOID:
        raise Missing("sheet")
    head = found[0]
    rows = await _sheets_where(Sheet.seat == head["seat_id"])
    beside = [row for row in rows if row["session"] == head["session"] and row["state"] != SheetState.VOID]
    works = await _works(beside)
    return JudgeSheet(head, tuple(await _items(head)), tuple(works[row["id"]] for row in beside))


async def _items(head: dict[str, Any]) -> list[SheetItem]:
    aspects = (
        await Aspect.select()
        .where((Aspect.part == head["part"]) & Aspect.retired_at.is_null())
        .order_by(Aspect.position)
    )
    marks = await Mark.select(Mark.aspect, Mark.number, Mark.value, Mark.made_at).where(
        (Mark.sheet == head["id"]) & Mark.current.eq(True)
    )
    by_aspect = {mark["aspect"]: mark for mark in marks}
    method = Method(head["method"] or Method.SCORE)
    return [_item(stored_aspect(row, method), by_aspect.get(row["id"])) for row in aspects]


def _item(aspect: AspectRow, mark: dict[str, Any] | None) -> SheetItem:
    if mark is None:
        return SheetItem(aspect, None, 0, None)
    value = None if mark["value"] is None else from_units(mark["value"])
    return SheetItem(aspect, value, mark["number"], mark["made_at"])
