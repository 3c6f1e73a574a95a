"""Saving one mark: the heart. Every save is a revision, acknowledged once, and nobody overwrites what they did not see.

The sheet's row is updated first: on PostgreSQL that lock makes saves, hand-in and lock of one sheet queue up, on SQLite
there is one writer anyway. The unique indexes on (sheet, aspect) where current and on client_id are the last guard.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.database.errors import Duplicate
from competition.database.prepared import Prepared
from competition.exact import from_units, plain, to_units
from competition.marking.events import MarkCorrected
from competition.marking.kinds import SHEET_STATE_NAMES, Method, SheetState
from competition.marking.rules.calculation import Calculation
from competition.marking.rules.entry import read_mark, read_measured
from competition.marking.rules.scheme import HIGHEST_JUDGEMENT
from competition.marking.service.schemes import mark_earned
from competition.marking.tables import Aspect, Mark, Sheet
from competition.problems import N_, Missing, Problem, Refused


class SavedMark(msgspec.Struct, frozen=True):
    """An acknowledged revision; `value` is None where the mark was cleared. `earned`: what the value alone earns."""

    number: int
    value: Decimal | None
    at: datetime
    earned: Decimal | None = None


class MarkConflict(Refused):
    """The mark has changed since this device saw it: both values are shown and the judge chooses."""

    status = 409

    def __init__(self, current: SavedMark, who: str) -> None:
        super().__init__(Problem(N_("本项已在别处改动，选定一个值")))
        self.current = current
        self.who = who


class SheetClosed(Refused):
    """The sheet takes no marks now."""

    status = 423

    def __init__(self, state: str) -> None:
        super().__init__(
            Problem(N_("评分表状态为“{state}”，不再接收分值"), params={"state": SHEET_STATE_NAMES[SheetState(state)]})
        )
        self.state = state


class KeyReused(Refused):
    """The same idempotency key came with another mark."""


_state = Prepared(lambda sheet: Sheet.select(Sheet.state).where(Sheet.id == sheet), 1)
_sheet = Prepared(
    lambda token: Sheet.select(
        Sheet.id, Sheet.part, Sheet.state, Sheet.stage, Sheet.seat.account.as_alias("account")
    ).where(Sheet.token == token),
    1,
)
_sheet_by_id = Prepared(
    lambda sheet: Sheet.select(Sheet.part, Sheet.seat.account.as_alias("account")).where(Sheet.id == sheet), 1
)
_aspect = Prepared(
    lambda aspect: Aspect.select(
        Aspect.part, Aspect.maximum, Aspect.step, Aspect.calculation, Aspect.retired_at,
        Aspect.part.method.as_alias("method"),
    ).where(Aspect.id == aspect),
    1,
)  # fmt: skip
_hold = Prepared(
    lambda sheet, state: (
        Sheet.update({Sheet.version: Sheet.version + 1})
        .where((Sheet.id == sheet) & (Sheet.state == state))
        .returning(Sheet.version)
    ),
    2,
)
_current = Prepared(
    lambda sheet, aspect: Mark.select(
        Mark.id, Mark.number, Mark.value, Mark.client_id, Mark.made_at, Mark.made_by_name
    ).where((Mark.sheet == sheet) & (Mark.aspect == aspect) & Mark.current.eq(True)),
    2,
)
_retire = Prepared(
    lambda sheet, aspect, number: (
        Mark.update({Mark.current: False})
        .where((Mark.sheet == sheet) & (Mark.aspect == aspect) & Mark.current.eq(True) & (Mark.number == number))
        .returning(Mark.id)
    ),
    3,
)
_insert = Prepared(
    lambda sheet, aspect, number, value, client_id, at, by, name, reason: Mark.insert(
        Mark(
            sheet=sheet, aspect=aspect, number=number, value=value, current=True, client_id=client_id, made_at=at,
            made_by=by, made_by_name=name, reason=reason,
        )
    ),
    9,
)  # fmt: skip
_by_client = Prepared(
    lambda client_id: Mark.select(Mark.sheet, Mark.aspect, Mark.number, Mark.value, Mark.made_at).where(
        Mark.client_id == client_id
    ),
    1,
)


class Edit(msgspec.Struct, frozen=True):
    """A mark that may be saved as far as one can see without the transaction. `units` and `earned` in 1/10000;
    `asked` is what the scheme asked for when they were worked out."""

    sheet_id: int
    aspect_id: int
    asked: dict[str, Any]
    units: int | None
    client_id: str
    expected: int
    state: str = SheetState.OPEN.value
    reason: str = ""
    earned: int | None = None


async def save_mark(
    actor: Actor, sheet_token: str, aspect_id: int, text: str | None, client_id: str, expected_number: int
) -> SavedMark:
    """Save what a judge typed; None clears the mark, which makes it missing again, not 0.

    `expected_number` is the revision the device has seen (0: none). A repeated `client_id` gives the same answer and
    no second revision. Raises Missing for another judge's sheet, Refused for what is typed, SheetClosed,
    MarkConflict, KeyReused.
    """
    edit = await ready_edit(actor, sheet_token, aspect_id, text, client_id, expected_number)
    return msgspec.structs.replace(await save_edit(actor, edit), earned=mark_value(edit.earned))


async def ready_edit(
    actor: Actor, sheet_token: str, aspect_id: int, text: str | None, client_id: str, expected_number: int
) -> Edit:
    """Whose sheet it is and what was typed. Raises Missing or Refused."""
    sheets = await _sheet(sheet_token)
    if not sheets or sheets[0]["account"] != actor.user_id:
        raise Missing("sheet")
    aspect = await _asked(sheets[0]["part"], aspect_id)
    units, earned = typed_mark(aspect, text)
    return Edit(sheets[0]["id"], aspect_id, aspect, units, client_id, expected_number, earned=earned)


async def _asked(part_id: int, aspect_id: int) -> dict[str, Any]:
    """What the scheme asks for in an aspect. Raises Missing for an aspect of another part and one taken out."""
    aspects = await _aspect(aspect_id)
    if not aspects or aspects[0]["part"] != part_id or aspects[0]["retired_at"] is not None:
        raise Missing("aspect")
    return aspects[0]


def typed_mark(aspect: dict[str, Any], text: str | None) -> tuple[int | None, int | None]:
    """The mark and what it alone earns, in 1/10000; a judgement earns nothing before the panel is complete.

    Raises Refused at the field "value".
    """
    if text is None:
        return None, None
    stored = aspect["calculation"]
    calculation = msgspec.json.decode(stored, type=Calculation) if stored else None
    if aspect["method"] == Method.JUDGEMENT:
        return to_units(read_mark(text, HIGHEST_JUDGEMENT, Decimal(1))), None
    if calculation is not None:
        mark = read_measured(text, calculation)
    else:
        mark = read_mark(text, from_units(aspect["maximum"]), from_units(aspect["step"]))
    units = to_units(mark)
    return units, mark_earned(aspect["method"], aspect["maximum"], calculation, units)


async def save_edit(actor: Actor, edit: Edit) -> SavedMark:
    """Raises as `save_mark`. A refusal is answered after its record is on disk, like a success."""
    try:
        async with write(actor) as change:
            outcome = await _attempt(change, edit)
    except Duplicate:
        async with write(actor) as change:
            outcome = await _settle(change, edit)
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


async def _attempt(change: Change, edit: Edit) -> SavedMark | Refused:
    """The first mark finds out by the unique index whether it is the first, a later one by retiring what was seen."""
    if not await _hold(edit.sheet_id, edit.state):
        return await _settle(change, edit)
    if await _aspect(edit.aspect_id) != [edit.asked]:
        return await _revised(change, edit)
    if edit.expected and not await _retire(edit.sheet_id, edit.aspect_id, edit.expected):
        return await _settle(change, edit)
    number, actor = edit.expected + 1, change.actor
    await _insert(
        edit.sheet_id, edit.aspect_id, number, edit.units, edit.client_id, change.at, actor.user_id, actor.name,
        edit.reason,
    )  # fmt: skip
    action = "mark.corrected" if edit.reason else "mark.saved"
    await change.record(action, "sheet", edit.sheet_id, aspect=edit.aspect_id, number=number)
    return SavedMark(number, mark_value(edit.units), change.at)


async def _revised(change: Change, edit: Edit) -> Refused:
    """The scheme was revised between the look at its limits and the hold on the sheet, which a revision takes too."""
    await change.record("mark.refused", "sheet", edit.sheet_id, aspect=edit.aspect_id, offered=mark_value(edit.units))
    return Refused(Problem(N_("评分标准刚刚修订；刷新后按新标准评分"), field="value"))


async def _settle(change: Change, edit: Edit) -> SavedMark | Refused:
    """Nothing is saved: the same request came before, the sheet is closed, or somebody else was faster."""
    repeated = await _by_client(edit.client_id)
    if repeated:
        return await _repeated(change, edit, repeated[0])
    [sheet] = await _state(edit.sheet_id)
    if sheet["state"] != edit.state:
        await change.record("mark.refused", "sheet", edit.sheet_id, aspect=edit.aspect_id, state=sheet["state"])
        return SheetClosed(sheet["state"])
    found = await _current(edit.sheet_id, edit.aspect_id)
    current: dict[str, Any] = (
        found[0] if found else {"number": 0, "value": None, "made_at": change.at, "made_by_name": ""}
    )
    await change.record(
        "mark.conflict", "sheet", edit.sheet_id,
        aspect=edit.aspect_id, number=current["number"], offered=mark_value(edit.units),
    )  # fmt: skip
    seen = SavedMark(current["number"], mark_value(current["value"]), current["made_at"])
    return MarkConflict(seen, current["made_by_name"])


async def _repeated(change: Change, edit: Edit, row: dict[str, Any]) -> SavedMark | Refused:
    if (row["sheet"], row["aspect"], row["value"]) != (edit.sheet_id, edit.aspect_id, edit.units):
        await change.record("mark.key_reused", "sheet", edit.sheet_id, aspect=edit.aspect_id)
        return KeyReused(Problem(N_("同一请求编号已用于另一分值"), field="value"))
    await change.record("mark.repeated", "sheet", edit.sheet_id, aspect=edit.aspect_id, number=row["number"])
    return SavedMark(row["number"], mark_value(row["value"]), row["made_at"])


def mark_value(units: int | None) -> Decimal | None:
    return None if units is None else from_units(units)


async def save_marks(actor: Actor, sheet_id: int, marks: Mapping[int, Decimal]) -> None:
    """All marks of an open sheet at once, by the same rules; for the demo and for tests.

    Raises Missing, Refused and SheetClosed; then nothing is saved.
    """
    sheets = await _sheet_by_id(sheet_id)
    if not sheets or sheets[0]["account"] != actor.user_id:
        raise Missing("sheet")
    part_id = sheets[0]["part"]
    units = {aspect: typed_mark(await _asked(part_id, aspect), plain(value))[0] for aspect, value in marks.items()}
    async with write(actor) as change:
        if not await _hold(sheet_id, SheetState.OPEN.value):
            [now] = await _state(sheet_id)
            raise SheetClosed(now["state"])
        for aspect_id, value in units.items():
            found = await _current(sheet_id, aspect_id)
            if found:
                await _retire(sheet_id, aspect_id, found[0]["number"])
            number = found[0]["number"] + 1 if found else 1
            await _insert(
                sheet_id, aspect_id, number, value, str(uuid.uuid4()), change.at, actor.user_id, actor.name, ""
            )
        await change.record("marks.saved", "sheet", sheet_id, aspects=len(units))


async def correct_mark(actor: Actor, sheet_token: str, aspect_id: int, text: str, reason: str, expected: int) -> None:
    """A revision after the lock, by the chief judge, with a reason; tells the rooms above that results are out of date.

    Raises Missing, Refused for the mark, the missing reason or a sheet that is not locked, MarkConflict.
    """
    if not reason.strip():
        raise Refused(Problem(N_("更正须写明原因"), field="reason"))
    rows = await _sheet(sheet_token)
    if not rows:
        raise Missing("sheet")
    aspect = await _asked(rows[0]["part"], aspect_id)
    units, _earned = typed_mark(aspect, text)
    locked = SheetState.LOCKED.value
    edit = Edit(rows[0]["id"], aspect_id, aspect, units, str(uuid.uuid4()), expected, locked, reason.strip())
    try:
        async with write(actor) as change:
            outcome = await _attempt(change, edit)
            if isinstance(outcome, SavedMark):
                await change.emit(MarkCorrected(rows[0]["stage"], edit.reason))
    except Duplicate:
        async with write(actor) as change:
            outcome = await _settle(change, edit)
    if isinstance(outcome, Refused):
        raise outcome


async def history(sheet_id: int) -> list[dict[str, Any]]:
    """Every revision of every mark of a sheet, oldest first."""
    return (
        await Mark.select(
            Mark.aspect, Mark.number, Mark.value, Mark.current, Mark.made_at, Mark.made_by_name, Mark.reason
        )
        .where(Mark.sheet == sheet_id)
        .order_by(Mark.id)
    )
