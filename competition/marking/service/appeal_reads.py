"""Appeals as they stand: the register, the clock of each session, and the marks changed because of one."""

from datetime import datetime
from typing import Any

import msgspec

from competition.contests.tables import StageSession
from competition.exact import from_units, plain
from competition.marking.kinds import SheetState
from competition.marking.rules.appeals import deadline, names_appeal
from competition.marking.service.draws import numbers_revealed
from competition.marking.service.procedure import procedure
from competition.marking.tables import Appeal, Mark, Sheet
from competition.problems import Missing


class Revision(msgspec.Struct, frozen=True):
    """A mark changed because of an appeal; texts are None where there was no mark."""

    part: str
    aspect: str
    title: str
    title_en: str
    seat: int
    before: str | None
    after: str | None
    at: datetime
    who: str
    reason: str


class SessionClock(msgspec.Struct, frozen=True):
    """Until when appeals about one session are in time; None while it has no end."""

    number: int
    venue: str
    ended_at: datetime | None
    deadline_at: datetime | None


_COLUMNS = (
    *Appeal.all_columns(), Appeal.blind.label.as_alias("label"), Appeal.blind.entry.as_alias("entry"),
    Appeal.session.number.as_alias("session_number"), Appeal.stage.state.as_alias("stage_state"),
)  # fmt: skip


async def load_appeals(stage_id: int) -> list[dict[str, Any]]:
    """Newest first, with the label of the work."""
    return await Appeal.select(*_COLUMNS).where(Appeal.stage == stage_id).order_by(Appeal.number, ascending=False)


async def load_appeal(appeal_id: int) -> dict[str, Any]:
    """Raises Missing."""
    row = await Appeal.select(*_COLUMNS).where(Appeal.id == appeal_id).first()
    if row is None:
        raise Missing("appeal")
    return row


async def appeal_clocks(stage_id: int) -> list[SessionClock]:
    """Until when appeals about each session are in time."""
    hours = (await procedure()).appeal_hours.value
    rows = await StageSession.select().where(StageSession.stage == stage_id).order_by(StageSession.number)
    return [
        SessionClock(
            row["number"], row["venue"], row["ends_at"], deadline(row["ends_at"], hours) if row["ends_at"] else None
        )
        for row in rows
    ]


async def sheets_of_work(appeal: dict[str, Any]) -> list[dict[str, Any]]:
    """The counting sheets of the work under the number of the appeal: token, blind, state, part, seat, returned_reason.

    Its numbers in other layers are not given away before the reveal.
    """
    under = Sheet.blind == appeal["blind"]
    if await numbers_revealed(appeal["stage"]):
        under = Sheet.blind.entry == appeal["entry"]
    return (
        await Sheet.select(
            Sheet.id, Sheet.token, Sheet.blind, Sheet.state, Sheet.returned_reason, Sheet.part.code.as_alias("part"),
            Sheet.seat.number.as_alias("seat"),
        )
        .where(
            (Sheet.stage == appeal["stage"])
            & under
            & Sheet.counts.eq(True)
            & (Sheet.state != SheetState.VOID.value)
        )
        .order_by(Sheet.part)
        .order_by(Sheet.seat.number)
    )  # fmt: skip


async def revisions_of(appeal: dict[str, Any]) -> list[Revision]:
    """Marks of the work changed since the ruling by a correction or on a returned sheet whose reason names the
    appeal."""
    if appeal["ruled_at"] is None:
        return []
    sheets = {row["id"]: row for row in await sheets_of_work(appeal)}
    marks = (
        await Mark.select(
            Mark.sheet, Mark.aspect, Mark.number, Mark.value, Mark.made_at, Mark.made_by_name, Mark.reason,
            Mark.aspect.code.as_alias("code"), Mark.aspect.title.as_alias("title"),
            Mark.aspect.title_en.as_alias("title_en"),
        )
        .where(Mark.sheet.is_in(list(sheets) or [0]))
        .order_by(Mark.id)
    )  # fmt: skip
    values = {(mark["sheet"], mark["aspect"], mark["number"]): mark["value"] for mark in marks}
    found = []
    for mark in marks:
        sheet = sheets[mark["sheet"]]
        reasons = [mark["reason"], sheet["returned_reason"]]
        named = [reason for reason in reasons if names_appeal(reason, appeal["number"])]
        if named and mark["made_at"] >= appeal["ruled_at"]:
            before = values.get((mark["sheet"], mark["aspect"], mark["number"] - 1))
            found.append(_revision(mark, sheet, before, named[0]))
    return found


def _revision(mark: dict[str, Any], sheet: dict[str, Any], before: int | None, reason: str) -> Revision:
    return Revision(
        part=sheet["part"], aspect=mark["code"], title=mark["title"], title_en=mark["title_en"], seat=sheet["seat"],
        before=_text(before), after=_text(mark["value"]), at=mark["made_at"], who=mark["made_by_name"], reason=reason,
    )  # fmt: skip


def _text(units: int | None) -> str | None:
    return None if units is None else plain(from_units(units))
