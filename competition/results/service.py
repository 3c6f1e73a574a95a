"""A stage's result: computed from what people did, decided where it ties, released in one act, corrected by a new one.

Callers find all services of the room here; reads live in boards.py and standings.py.
"""

import json
from collections.abc import Sequence

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.contests.service import move_stage
from competition.database.errors import Duplicate
from competition.database.rows import new_token
from competition.exact import to_units
from competition.marking.service import numbers_revealed, waiting_appeals
from competition.problems import N_, Missing, Problem, Refused, Stale
from competition.results.boards import ADJUSTMENT, Board, BoardLine, problem_to, released_board
from competition.results.events import StageReleased
from competition.results.following import give_places, settle_winners
from competition.results.inputs import StageInputs, inputs_of
from competition.results.kinds import RevisionKind
from competition.results.recording import RecordedLine, record_results
from competition.results.rules.outcome import Line, candidates
from competition.results.rules.ranking import rank, unresolved_ties
from competition.results.stages import Row, stage_row
from competition.results.standings import Delegation, Winner, delegation_table, winners
from competition.results.tables import DeclinedPlace, ResultLine, ResultRevision, TieDecision
from competition.results.visibility import RELEASED_ONLY, WITH_DRAFTS, revision_seen

__all__ = [
    "Board", "BoardLine", "Delegation", "RecordedLine", "Winner",
    "compute", "decide_tie", "decline", "delegation_table", "discard", "record_results", "release",
    "release_blockers", "released_board", "take_back_decline", "too_early", "winners",
]  # fmt: skip

_COMPUTABLE = (StageState.LOCKED, StageState.RELEASED)
ROWS_PER_INSERT = 500
PLACES_MOVED = N_("有选手放弃晋级名额，名单依次递补")


async def compute(actor: Actor, stage_id: int, reason: str = "") -> int:
    """A draft from the inputs of this moment; the revision's id. The same inputs again give the same draft.

    Over a released revision it is a correction and needs a reason. Raises Missing, Refused.
    """
    stage = await _stage(stage_id)
    await _refuse_too_early(stage)
    inputs = await inputs_of(stage)
    digest = inputs.digest()
    newest = await revision_seen(WITH_DRAFTS, stage_id)
    in_force = await revision_seen(RELEASED_ONLY, stage_id)
    if in_force and in_force["digest"] == digest:
        return await _nothing_to_correct(actor, in_force, newest)
    if newest and newest["digest"] == digest:
        return newest["id"]
    if in_force and not reason.strip():
        raise Refused(Problem(N_("更正已发布的成绩须写明原因"), field="reason"))
    async with write(actor) as change:
        revision_id = await _insert_revision(change, stage_id, inputs, reason.strip(), digest)
        await change.record("result.computed", "stage", stage_id, revision=revision_id, digest=digest, reason=reason)
    return revision_id


async def _nothing_to_correct(actor: Actor, in_force: Row, newest: Row | None) -> int:
    """The released result stands again: a draft that was on the way is discarded. Raises Refused without one."""
    if newest is None or newest["number"]:
        same = N_("与已发布的第 {number} 版相同，没有可更正的内容")
        raise Refused(Problem(same, params={"number": in_force["number"]}))
    await discard(actor, newest["id"])
    return in_force["id"]


async def discard(actor: Actor, revision_id: int) -> None:
    """Give up a draft; it stays in the history. Raises Refused for one that is released or discarded."""
    async with write(actor) as change:
        rows = (
            await ResultRevision.update({ResultRevision.discarded_at: change.at})
            .where(
                (ResultRevision.id == revision_id)
                & (ResultRevision.number == 0)
                & ResultRevision.discarded_at.is_null()
            )
            .returning(ResultRevision.stage)
        )
        if not rows:
            raise Refused(Problem(N_("只能作废未发布的草稿")))
        await change.record("result.discarded", "stage", rows[0]["stage"], revision=revision_id)


async def _stage(stage_id: int) -> Row:
    stage = await stage_row(stage_id)
    if stage is None:
        raise Missing("stage")
    return stage


async def too_early(stage: Row) -> Problem | None:
    """Why the stage cannot be computed yet: names meet scores only after the lock and a logged reveal."""
    if stage["elsewhere"]:
        return Problem(N_("该竞赛由外部举办，成绩按发文录入，不在本系统计算"))
    if stage["state"] not in _COMPUTABLE:
        return Problem(N_("评分尚未锁定，锁定后才能计算成绩"))
    if not await numbers_revealed(stage["id"]):
        return Problem(N_("加密号尚未解密，解密后才能计算成绩"))
    return None


async def _refuse_too_early(stage: Row) -> None:
    problem = await too_early(stage)
    if problem:
        raise Refused(problem)


async def _insert_revision(change: Change, stage_id: int, inputs: StageInputs, reason: str, digest: str) -> int:
    rows = await ResultRevision.insert(
        ResultRevision(
            stage=stage_id, kind=RevisionKind.COMPUTED.value, computed_at=change.at,
            computed_by=change.actor.user_id, digest=digest, reason=reason,
            entrants=sum(each.took_part for each in inputs.contenders),
        )
    )  # fmt: skip
    lines = [_line_row(rows[0]["id"], line, inputs.award_names) for line in inputs.outcome().lines]
    for start in range(0, len(lines), ROWS_PER_INSERT):
        await ResultLine.insert(*lines[start : start + ROWS_PER_INSERT])
    return rows[0]["id"]


def _line_row(revision_id: int, line: Line, award_names: dict[str, str]) -> ResultLine:
    award = line.award
    parts = {code: to_units(score) for code, score in line.parts.items() if score is not None}
    if line.adjustment:
        parts[ADJUSTMENT] = to_units(line.adjustment)
    return ResultLine(
        token=new_token(), revision=revision_id, entry=line.entry_id, attendance=line.attendance, rank=line.rank,
        tied=bool(line.tied), total=None if line.total is None else to_units(line.total), parts=json.dumps(parts),
        award=award.code if award else "", award_name=award.name if award else "",
        award_name_en=award_names.get(award.code, "") if award else "", award_level=award.level if award else "",
        prize_fen=award.prize_fen if award else 0, qualifies=line.qualifies, advances=line.advances,
        reason=problem_to(line.reason), scale=line.scale,
    )  # fmt: skip


async def decide_tie(actor: Actor, stage_id: int, ordered: Sequence[int], reason: str) -> int | None:
    """The chief judge's order of one whole tie, best first. An open draft is computed again; its id.

    Raises Missing, Refused when these entries do not tie or there is no reason.
    """
    stage = await _stage(stage_id)
    await _refuse_too_early(stage)
    if not reason.strip():
        raise Refused(Problem(N_("裁定并列须写明理由"), field="reason"))
    if sorted(ordered) not in [sorted(tie) for tie in await undecided_ties(stage)]:
        raise Refused(Problem(N_("所列选手须正好是一组并列者，每人一次"), field="ordered"))
    async with write(actor) as change:
        await TieDecision.insert(
            TieDecision(
                stage=stage_id, ordered=json.dumps(list(ordered)), reason=reason.strip(),
                decided_at=change.at, decided_by=actor.user_id,
            )
        )  # fmt: skip
        await change.record("result.tie_decided", "stage", stage_id, ordered=list(ordered), reason=reason.strip())
        return await _compute_again(actor, stage_id)


async def undecided_ties(stage: Row) -> list[tuple[int, ...]]:
    """Entries of each tie as marks and tie-breaks leave it, whether a decision was made since or not."""
    inputs = await inputs_of(stage)
    return unresolved_ties(rank(candidates(inputs.contenders)))


async def decline(actor: Actor, stage_id: int, entry_id: int, reason: str) -> int | None:
    """A place in the next stage that `stage_id` gave is not taken up; the next one moves up. The new draft's id.

    What changes is public, and the next stage's places move, when that draft is released; the person's reason stays
    inside. Raises Missing, Refused.
    """
    stage = await _stage(stage_id)
    if not reason.strip():
        raise Refused(Problem(N_("放弃名额须写明原因"), field="reason"))
    newest = await revision_seen(WITH_DRAFTS, stage_id)
    if newest is None or not await ResultLine.exists().where(
        (ResultLine.revision == newest["id"]) & (ResultLine.entry == entry_id) & ResultLine.advances.eq(True)
    ):
        raise Refused(Problem(N_("该选手没有晋级名额可放弃")))
    try:
        async with write(actor) as change:
            await DeclinedPlace.insert(
                DeclinedPlace(
                    stage=stage_id, entry=entry_id, reason=reason.strip(),
                    declined_at=change.at, declined_by=actor.user_id,
                )
            )  # fmt: skip
            await change.record("result.place_declined", "stage", stage_id, entry=entry_id, reason=reason.strip())
            return await compute(actor, stage["id"], await _public_reason(stage_id, newest))
    except Duplicate as error:
        raise Refused(Problem(N_("该选手已放弃名额"))) from error


async def take_back_decline(actor: Actor, stage_id: int, entry_id: int) -> int:
    """The place is wanted after all, or was given up by mistake; the revision that stands then. Raises Missing."""
    async with write(actor) as change:
        rows = (
            await DeclinedPlace.update({DeclinedPlace.taken_back_at: change.at})
            .where(
                (DeclinedPlace.stage == stage_id)
                & (DeclinedPlace.entry == entry_id)
                & DeclinedPlace.taken_back_at.is_null()
            )
            .returning(DeclinedPlace.id)
        )
        if not rows:
            raise Missing("declined place")
        await change.record("result.decline_taken_back", "stage", stage_id, entry=entry_id)
        newest = await revision_seen(WITH_DRAFTS, stage_id)
        return await compute(actor, stage_id, await _public_reason(stage_id, newest))


async def _public_reason(stage_id: int, newest: Row | None) -> str:
    """What a correction that comes of declined places says; a first release needs none."""
    if newest and not newest["number"] and newest["reason"]:
        return newest["reason"]
    return PLACES_MOVED if await revision_seen(RELEASED_ONLY, stage_id) else ""


async def _compute_again(actor: Actor, stage_id: int) -> int | None:
    newest = await revision_seen(WITH_DRAFTS, stage_id)
    if newest is None or newest["number"]:
        return None
    return await compute(actor, stage_id, newest["reason"])


async def release_blockers(stage: Row, revision: Row) -> list[Problem]:
    """What keeps a draft from being released: its inputs have moved, an appeal waits, a tie, a missing total."""
    if revision["number"] or revision["kind"] != RevisionKind.COMPUTED:
        return []
    inputs = await inputs_of(stage)
    if inputs.digest() != revision["digest"]:
        return [Problem(N_("评分、裁定或规则在计算之后有变动，须重新计算"), field="digest")]
    blockers = list(inputs.outcome().blockers)
    if waiting := await waiting_appeals(stage["id"]):
        blockers.append(Problem(N_("{count} 项申诉待裁决"), field="appeals", params={"count": waiting}))
    return blockers


async def release(actor: Actor, revision_id: int) -> None:
    """Make a draft the public result, in one act: result, awards, tables, the next stage's places, the winners' pool.

    Raises Missing, Refused while something blocks it or it is not the newest draft, Stale.
    """
    try:
        async with write(actor) as change:
            await _release(change, revision_id)
    except Duplicate as error:
        raise Stale() from error


async def _release(change: Change, revision_id: int) -> None:
    revision = await ResultRevision.select().where(ResultRevision.id == revision_id).first()
    if revision is None:
        raise Missing("revision")
    stage = await _stage(revision["stage"])
    newest = await revision_seen(WITH_DRAFTS, stage["id"])
    if revision["number"]:
        raise Refused(Problem(N_("第 {number} 版已经发布"), params={"number": revision["number"]}))
    if newest is None or newest["id"] != revision_id:
        raise Refused(Problem(N_("已有更新的计算结果，查看后再发布")))
    if blockers := await release_blockers(stage, revision):
        raise Refused(*blockers)
    before = await revision_seen(RELEASED_ONLY, stage["id"])
    number = await _put_in_force(change, revision_id, before)
    if before is None:
        expected = tuple(StageState) if stage["elsewhere"] else (StageState.LOCKED,)
        await move_stage(change, stage["id"], expected, StageState.RELEASED)
    await give_places(change, stage["id"], revision_id)
    await settle_winners(change, stage, revision_id, before)
    await change.record("result.released", "stage", stage["id"], revision=revision_id, number=number)
    await change.emit(
        StageReleased(
            contest_id=stage["contest_id"], stage_id=stage["id"], revision_id=revision_id,
            stage_kind=stage["kind"], corrected=before is not None,
        )
    )  # fmt: skip


async def _put_in_force(change: Change, revision_id: int, before: Row | None) -> int:
    number = before["number"] + 1 if before else 1
    if before:
        await ResultRevision.update({ResultRevision.current: False}).where(ResultRevision.id == before["id"])
    rows = (
        await ResultRevision.update(
            {
                ResultRevision.current: True, ResultRevision.number: number,
                ResultRevision.released_at: change.at, ResultRevision.released_by: change.actor.user_id,
            }
        )
        .where((ResultRevision.id == revision_id) & (ResultRevision.number == 0))
        .returning(ResultRevision.id)
    )  # fmt: skip
    if not rows:
        raise Stale()
    return number
