"""Marking days: the chief judge signs each one when its forms are complete and checked, and then it stands."""

from typing import Any

import msgspec

from competition.audit.write import Actor, write
from competition.contests.kinds import StageState
from competition.database.errors import Duplicate
from competition.marking.kinds import HANDED_IN, AppealState
from competition.marking.rules.recheck import WRONG
from competition.marking.service.locking import CHECKED_ON, load_places
from competition.marking.service.procedure import stage_of
from competition.marking.service.schemes import PartRow
from competition.marking.service.scores import SheetMarks, load_marks
from competition.marking.service.stages import hold_stage, require_unsigned
from competition.marking.service.ties import GONE
from competition.marking.signatures import signature_problem
from competition.marking.tables import Appeal, DaySignature, RecheckItem, Sheet
from competition.problems import N_, Problem, Refused


class FormCount(msgspec.Struct, frozen=True):
    """Counting sheets of one form; sheets of contestants who are gone are not waited for."""

    part: PartRow
    sheets: int
    handed_in: int
    checked: int

    @property
    def open(self) -> int:
        return self.sheets - self.handed_in


class MarkingDay(msgspec.Struct, frozen=True):
    """The forms of one day; 0 where the scheme sets none. `signature` is the row of the chief judge's."""

    day: int
    forms: tuple[FormCount, ...]
    signature: dict[str, Any] | None

    @property
    def sheets(self) -> int:
        return sum(form.sheets for form in self.forms)

    @property
    def checked(self) -> int:
        return sum(form.checked for form in self.forms)

    @property
    def complete(self) -> bool:
        return all(form.sheets for form in self.forms) and self.sheets == self.checked


async def load_days(stage_id: int) -> list[MarkingDay]:
    """By day, forms without one at the end."""
    places, marks = await load_places(stage_id), await load_marks(stage_id)
    if marks is None:
        return []
    gone = {place["entry"] for place in places if place["attendance"] in GONE}
    blinds_gone = {blinds[entry] for blinds in marks.blinds.values() for entry in gone if entry in blinds}
    sheets = [sheet for sheet in marks.sheets if sheet.counts and sheet.blind_id not in blinds_gone]
    rows = await DaySignature.select().where(DaySignature.stage == stage_id)
    signed = {row["day"]: row for row in rows}
    parts = marks.scheme.panel_parts
    days = sorted({part.day for part in parts}, key=lambda day: (day == 0, day))
    return [
        MarkingDay(
            day, tuple(_count(part, sheets) for part in parts if part.day == day), signed.get(day) if day else None
        )
        for day in days
    ]


def _count(part: PartRow, sheets: list[SheetMarks]) -> FormCount:
    states = [sheet.state for sheet in sheets if sheet.part_id == part.id]
    return FormCount(
        part,
        len(states),
        sum(state in HANDED_IN for state in states),
        sum(state in CHECKED_ON for state in states),
    )


async def sign_day(actor: Actor, stage_id: int, day: int, signature: str) -> None:
    """The chief judge signs a day; from then on its sheets are not returned.

    Raises Missing, Refused for a day without forms, for sheets that are not checked yet, and by name when somebody
    signed before, Stale when marking has ended.
    """
    if problem := signature_problem(signature):
        raise Refused(problem)
    await stage_of(stage_id)
    try:
        async with write(actor) as change:
            await require_unsigned(stage_id)
            await hold_stage(stage_id, StageState.MARKING)
            await _hold_sheets(stage_id)
            found = {each.day: each for each in await load_days(stage_id)}.get(day)
            if day < 1 or found is None:
                raise Refused(Problem(N_("评分标准中没有第 {day} 评分日"), field="day", params={"day": day}))
            if found.signature:
                raise await _signed_before(stage_id, day)
            _require_checked(found)
            await DaySignature.insert(
                DaySignature(
                    stage=stage_id, day=day, signed_at=change.at, account=actor.user_id, name=actor.name,
                    signature=signature,
                )
            )  # fmt: skip
            await change.record("day.signed", "stage", stage_id, day=day, sheets=found.sheets)
    except Duplicate:
        raise await _signed_before(stage_id, day) from None


async def _hold_sheets(stage_id: int) -> None:
    """So that none is returned while the day is being signed."""
    await Sheet.update({Sheet.counts: True}).where((Sheet.stage == stage_id) & Sheet.counts.eq(True))


def _require_checked(found: MarkingDay) -> None:
    if not found.sheets:
        raise Refused(Problem(N_("第 {day} 评分日没有评分表"), field="day", params={"day": found.day}))
    if undrawn := [form.part.code for form in found.forms if not form.sheets]:
        text = N_("第 {day} 评分日的 {forms} 尚未抽签")
        raise Refused(Problem(text, field="day", params={"day": found.day, "forms": undrawn}))
    if not found.complete:
        text = N_("第 {day} 评分日还有 {count} 份评分表未提交或未经第二人核对")
        raise Refused(Problem(text, field="day", params={"day": found.day, "count": found.sheets - found.checked}))


async def _signed_before(stage_id: int, day: int) -> Refused:
    row = (
        await DaySignature.select(DaySignature.name)
        .where((DaySignature.stage == stage_id) & (DaySignature.day == day))
        .first()
    )
    params = {"name": row["name"] if row else "", "day": day}
    return Refused(Problem(N_("{name} 已签第 {day} 评分日"), field="day", params=params))


async def require_day_open(sheet_id: int) -> None:
    """Called while a sheet is being returned, once its row is held.

    Raises Refused for a sheet of a signed day, unless an appeal was upheld for the work or its re-check found an error.
    """
    sheet = (
        await Sheet.select(
            Sheet.stage, Sheet.blind, Sheet.blind.entry.as_alias("entry"), Sheet.part.day.as_alias("day")
        )
        .where(Sheet.id == sheet_id)
        .first()
    )
    if sheet is None or not sheet["day"]:
        return
    signed = await DaySignature.exists().where(
        (DaySignature.stage == sheet["stage"]) & (DaySignature.day == sheet["day"])
    )
    if signed and not await _ordered(sheet):
        text = N_("第 {day} 评分日已签字，评分表不再退回；申诉成立或复核有误的除外，其余在锁定后更正")
        raise Refused(Problem(text, field="reason", params={"day": sheet["day"]}))


async def _ordered(sheet: dict[str, Any]) -> bool:
    upheld = await Appeal.exists().where(
        (Appeal.stage == sheet["stage"])
        & (Appeal.blind.entry == sheet["entry"])
        & (Appeal.state == AppealState.UPHELD.value)
    )
    return upheld or await RecheckItem.exists().where(
        (RecheckItem.blind == sheet["blind"]) & (RecheckItem.outcome == WRONG)
    )
