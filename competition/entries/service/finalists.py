"""Contests held elsewhere: their finalists are recorded, not registered."""

from collections.abc import Sequence

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageKind, StageState
from competition.contests.service import stage_context
from competition.database.errors import Duplicate
from competition.entries.events import FinalistLine, FinalistsRecorded
from competition.entries.kinds import Attendance, EntryState
from competition.entries.service.creating import insert_entries, taken
from competition.entries.service.drafts import EntryDraft, Placement
from competition.entries.service.placing import place_entries
from competition.entries.tables import StagePlace
from competition.problems import N_, Missing, Problem, Refused

RECORDED = N_("按主办方公布的决赛名单记录")


async def record_finalists(
    actor: Actor, stage_id: int, drafts: Sequence[EntryDraft], lines: Sequence[FinalistLine] = (), source: str = ""
) -> list[int]:
    """Enter, place and check in the finalists in one act; the entries' ids in the order given.

    `lines` may say their results, entry_id being the index of the draft; rooms above hear of it. Raises Refused.
    """
    context = await stage_context(stage_id)
    problems = _problems(context.contest["elsewhere"], context.stage, bool(drafts))
    if problems:
        raise Refused(*problems)
    if any((each.contest_id, each.group_id) != (context.contest["id"], context.group["id"]) for each in drafts):
        raise Missing("group")
    try:
        async with write(actor) as change:
            ids = await insert_entries(change, drafts, EntryState.APPROVED, source=source)
            last = await StagePlace.count().where(StagePlace.stage == stage_id)
            placements = [Placement(entry, RECORDED, None, last + number) for number, entry in enumerate(ids, start=1)]
            await place_entries(change, stage_id, placements)
            await _all_came(change, stage_id)
            said = tuple(
                FinalistLine(ids[line.entry_id], line.rank, line.award_name, line.award_level, line.total)
                for line in lines
            )
            await change.emit(FinalistsRecorded(stage_id, said, source))
    except Duplicate as error:
        raise taken(error) from error
    return ids


async def _all_came(change: Change, stage_id: int) -> None:
    """Whoever is on the organiser's list of finalists was there."""
    await StagePlace.update(
        {
            StagePlace.attendance: Attendance.CHECKED_IN.value,
            StagePlace.attended_at: change.at,
            StagePlace.attended_by: change.actor.user_id,
            StagePlace.attendance_reason: RECORDED,
        }
    ).where((StagePlace.stage == stage_id) & (StagePlace.attendance == Attendance.EXPECTED.value))


def _problems(elsewhere: bool, stage: dict[str, object], any_drafts: bool) -> list[Problem]:
    found = []
    if not elsewhere:
        found.append(Problem(N_("该竞赛在本平台报名，不能直接记录决赛选手")))
    if stage["kind"] != StageKind.FINAL:
        found.append(Problem(N_("只能在决赛阶段记录决赛选手")))
    if stage["state"] not in (StageState.PLANNED, StageState.PLACED):
        found.append(Problem(N_("该阶段成绩已记录，名单不能再加")))
    if not any_drafts:
        found.append(Problem(N_("没有决赛选手")))
    return found
