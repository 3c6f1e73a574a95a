"""What a release brings about below: places in the next stage, and the winners' pool."""

from competition.audit.write import Change
from competition.contests.kinds import StageKind, StageState
from competition.contests.service import next_stage
from competition.entries.service import Placement, place_entries
from competition.entries.tables import EntryMember, StagePlace
from competition.people.kinds import Pool
from competition.people.service import join_pool, leave_pool
from competition.people.tables import PoolMembership
from competition.problems import N_
from competition.results.boards import problem_from
from competition.results.stages import Row
from competition.results.tables import ResultLine

NOT_ADVANCING = N_("成绩更正后不晋级")
AWARD_WITHDRAWN = N_("成绩更正后不再获奖")
FROM_RESULT = "result"


async def give_places(change: Change, stage_id: int, revision_id: int) -> None:
    """The next stage's places follow the released list while that stage has not begun; afterwards they stand."""
    following = await next_stage(stage_id)
    if following is None or following["state"] not in (StageState.PLANNED, StageState.PLACED):
        return
    lines = (
        await ResultLine.select(ResultLine.entry, ResultLine.advances, ResultLine.reason)
        .where(ResultLine.revision == revision_id)
        .order_by(ResultLine.id)
    )
    places = await StagePlace.select(StagePlace.entry, StagePlace.declined_at).where(
        StagePlace.stage == following["id"]
    )
    had = {place["entry"]: place["declined_at"] is None for place in places}
    advancing = [line for line in lines if line["advances"]]
    new = [
        Placement(line["entry"], str(problem_from(line["reason"])), revision_id, position)
        for position, line in enumerate(advancing, 1)
        if line["entry"] not in had
    ]
    if new:
        await place_entries(change, following["id"], new)
    back = [line["entry"] for line in advancing if had.get(line["entry"]) is False]
    await _take_up_again(change, following["id"], back)
    out = [line for line in lines if not line["advances"] and had.get(line["entry"])]
    await _give_up(change, following["id"], out)


async def _take_up_again(change: Change, stage_id: int, entry_ids: list[int]) -> None:
    if entry_ids:
        await StagePlace.update({StagePlace.declined_at: None, StagePlace.declined_reason: ""}).where(
            (StagePlace.stage == stage_id) & StagePlace.entry.is_in(entry_ids)
        )
        await change.record("place.restored", "stage", stage_id, entries=entry_ids)


async def _give_up(change: Change, stage_id: int, lines: list[Row]) -> None:
    for line in lines:
        reason = str(problem_from(line["reason"])) or NOT_ADVANCING
        await StagePlace.update({StagePlace.declined_at: change.at, StagePlace.declined_reason: reason}).where(
            (StagePlace.stage == stage_id) & (StagePlace.entry == line["entry"])
        )
    if lines:
        await change.record("place.given_up", "stage", stage_id, entries=[line["entry"] for line in lines])


async def settle_winners(change: Change, stage: Row, revision_id: int, before: Row | None) -> None:
    """Winners of a final join the pool; one whose only award a correction took away leaves it."""
    if stage["kind"] != StageKind.FINAL:
        return
    winners = await _winners(revision_id)
    source = f"{stage['contest']} {stage['skill']}"
    for person_id in winners:
        await join_pool(
            change.actor, person_id, Pool.WINNER, source=source, source_kind=FROM_RESULT, source_id=revision_id
        )
    if before:
        for person_id in set(await _winners(before["id"])) - set(winners):
            await _leave_unless_won_elsewhere(change, person_id)


async def _winners(revision_id: int) -> list[int]:
    lines = await ResultLine.select(ResultLine.entry).where(
        (ResultLine.revision == revision_id) & (ResultLine.award_name != "")
    )
    if not lines:
        return []
    members = await EntryMember.select(EntryMember.person).where(
        EntryMember.entry.is_in([line["entry"] for line in lines])
    ).order_by(EntryMember.id)  # fmt: skip
    return [member["person"] for member in members]


async def _leave_unless_won_elsewhere(change: Change, person_id: int) -> None:
    entries = await EntryMember.select(EntryMember.entry).where(EntryMember.person == person_id)
    still = await ResultLine.exists().where(
        ResultLine.entry.is_in([row["entry"] for row in entries])
        & (ResultLine.award_name != "")
        & ResultLine.revision._.current.eq(True)
        & (ResultLine.revision._.stage._.kind == StageKind.FINAL.value)
    )
    came_by_result = await PoolMembership.exists().where(
        (PoolMembership.person == person_id)
        & (PoolMembership.pool == Pool.WINNER.value)
        & (PoolMembership.source_kind == FROM_RESULT)
        & PoolMembership.left_at.is_null()
    )
    if came_by_result and not still:
        await leave_pool(change.actor, person_id, Pool.WINNER, AWARD_WITHDRAWN)
