"""Who is in a stage, and who came."""

from collections.abc import Mapping, Sequence
from typing import Any

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.contests.service import move_stage, stage_context
from competition.contests.tables import Stage
from competition.database.errors import Duplicate
from competition.entries.events import AttendanceChanged
from competition.entries.kinds import Attendance, EntryState
from competition.entries.rules.attendance import attendance_problem
from competition.entries.service.drafts import Placement
from competition.entries.tables import Entry, StagePlace
from competition.problems import N_, Missing, Problem, Refused

ROWS_PER_INSERT = 500
FIRST_STAGE = N_("报名审核通过")


async def open_first_stage(actor: Actor, stage_id: int) -> int:
    """Place every approved entry of the group that has no place yet; how many. Raises Refused without any.

    While the stage is not yet drawn it can be done again, for entries approved late.
    """
    context = await stage_context(stage_id)
    if context.stage["position"] > await _first_position(context.group["id"]):
        raise Refused(Problem(N_("只有首个阶段由报名名单产生，其余阶段由上一阶段成绩产生")))
    async with write(actor) as change:
        # Touching them makes a decision on one of them wait, so nobody is placed who was just returned.
        rows = (
            await Entry.update({Entry.version: Entry.version})
            .where((Entry.group == context.group["id"]) & (Entry.state == EntryState.APPROVED.value))
            .returning(Entry.id)
        )
        there = await StagePlace.select(StagePlace.entry, StagePlace.position).where(StagePlace.stage == stage_id)
        new = sorted({row["id"] for row in rows} - {row["entry"] for row in there})
        if not new:
            raise Refused(Problem(N_("没有可编入的报名：尚无通过审核的，或都已编入")))
        last = max((row["position"] for row in there), default=0)
        placements = [Placement(entry, FIRST_STAGE, None, last + number) for number, entry in enumerate(new, start=1)]
        await place_entries(change, stage_id, placements)
    return len(new)


async def _first_position(group_id: int) -> int:
    row = await Stage.select(Stage.position).where(Stage.group == group_id).order_by(Stage.position).first()
    assert row is not None
    return row["position"]


async def place_entries(change: Change, stage_id: int, placements: Sequence[Placement]) -> None:
    """Write places in an open change; the stage becomes placed. Raises Stale once drawn, Refused for a second place."""
    await move_stage(change, stage_id, (StageState.PLANNED, StageState.PLACED), StageState.PLACED)
    rows = [
        StagePlace(
            stage=stage_id, entry=each.entry_id, reason=each.reason, from_revision=each.from_revision,
            position=each.position,
        )
        for each in placements
    ]  # fmt: skip
    try:
        for start in range(0, len(rows), ROWS_PER_INSERT):
            await StagePlace.insert(*rows[start : start + ROWS_PER_INSERT])
    except Duplicate as error:
        raise Refused(Problem(N_("该报名已在本阶段名单中"))) from error
    await change.record("stage.placed", "stage", stage_id, entries=[each.entry_id for each in placements])


async def attend(actor: Actor, stage_id: int, attendance: Mapping[int, Attendance], reason: str = "") -> None:
    """Record who came. Raises Refused (withdrawing and disqualifying need a reason), Missing without a place."""
    context = await stage_context(stage_id)
    reason = reason.strip()
    problems = [attendance_problem(Attendance(each), context.stage["state"], reason) for each in attendance.values()]
    refusals = {str(problem): problem for problem in problems if problem}
    if refusals:
        raise Refused(*refusals.values())
    async with write(actor) as change:
        for value in Attendance:
            entries = [entry for entry, each in attendance.items() if each == value]
            if entries:
                await _attend(change, stage_id, entries, value, reason)


async def _attend(change: Change, stage_id: int, entries: list[int], value: Attendance, reason: str) -> None:
    expected = value == Attendance.EXPECTED
    values: dict[Any, Any] = {
        StagePlace.attendance: value.value,
        StagePlace.attended_at: None if expected else change.at,
        StagePlace.attended_by: None if expected else change.actor.user_id,
        StagePlace.attendance_reason: reason,
    }
    rows = (
        await StagePlace.update(values)
        .where((StagePlace.stage == stage_id) & StagePlace.entry.is_in(entries) & StagePlace.declined_at.is_null())
        .returning(StagePlace.entry)
    )
    if len(rows) < len(entries):
        raise Missing("place")
    for entry in entries:
        detail = {"stage": stage_id, "attendance": value.value} | ({"reason": reason} if reason else {})
        await change.record("entry.attendance", "entry", entry, **detail)
    await change.emit(AttendanceChanged(stage_id, tuple(entries), value.value))


async def check_in(actor: Actor, stage_id: int, entry_id: int) -> bool:
    """Check in one entry by its badge. False when it was checked in before: the first time stands."""
    context = await stage_context(stage_id)
    problem = attendance_problem(Attendance.CHECKED_IN, context.stage["state"], "")
    if problem:
        raise Refused(problem)
    async with write(actor) as change:
        rows = (
            await StagePlace.update(
                {
                    StagePlace.attendance: Attendance.CHECKED_IN.value,
                    StagePlace.attended_at: change.at,
                    StagePlace.attended_by: actor.user_id,
                    StagePlace.attendance_reason: "",
                }
            )
            .where(
                (StagePlace.stage == stage_id)
                & (StagePlace.entry == entry_id)
                & StagePlace.attendance.is_in([Attendance.EXPECTED.value, Attendance.ABSENT.value])
                & StagePlace.declined_at.is_null()
            )
            .returning(StagePlace.id)
        )
        action = "entry.attendance" if rows else "entry.scanned_again"
        await change.record(action, "entry", entry_id, stage=stage_id, attendance=Attendance.CHECKED_IN.value)
        if rows:
            await change.emit(AttendanceChanged(stage_id, (entry_id,), Attendance.CHECKED_IN.value))
    return bool(rows)
