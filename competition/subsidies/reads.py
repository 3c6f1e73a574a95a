"""Batches and their lines as screens and exports need them. Every amount is summed from lines."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from piccolo.query.functions.aggregate import Count, Sum

from competition import clock
from competition.audit.tables import AuditRecord
from competition.contests.tables import Contest
from competition.problems import N_, Missing, Problem
from competition.rulebook.rules import SubsidyRule
from competition.rulebook.service import current
from competition.subsidies.facts import Row, final_stages, released_revisions
from competition.subsidies.kinds import BatchState
from competition.subsidies.rules import BatchFacts, ContestFacts, Totals, contest_problem, totals
from competition.subsidies.tables import BatchStep, Objection, SubsidyBatch, SubsidyLine


class Summary(msgspec.Struct, frozen=True):
    """A batch with its contest, and its sums."""

    batch: Row
    totals: Totals


def _batches() -> Any:
    contest = SubsidyBatch.contest
    return SubsidyBatch.select(
        *SubsidyBatch.all_columns(), contest.name.as_alias("contest_name"), contest.name_en.as_alias("contest_name_en"),
        contest.document_number.as_alias("contest_document"),
    )  # fmt: skip


async def batch_row(batch_id: int) -> Row:
    """Raises Missing."""
    row = await _batches().where(SubsidyBatch.id == batch_id).first()
    if row is None:
        raise Missing("subsidy batch")
    return row


async def totals_of(batch_ids: Sequence[int]) -> dict[int, Totals]:
    if not batch_ids:
        return {}
    rows = (
        await SubsidyLine.select(SubsidyLine.batch, SubsidyLine.state, Count(), Sum(SubsidyLine.amount_fen))
        .where(SubsidyLine.batch.is_in(list(batch_ids)))
        .group_by(SubsidyLine.batch, SubsidyLine.state)
    )
    parts: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for row in rows:
        parts[row["batch"]].append((row["state"], row["count"], int(row["sum"])))
    return {batch_id: totals(parts[batch_id]) for batch_id in batch_ids}


async def batch_summary(batch_id: int) -> Summary:
    """Raises Missing."""
    return Summary(await batch_row(batch_id), (await totals_of([batch_id]))[batch_id])


async def batches_of(year: int) -> list[Summary]:
    """Of one year, by tier and number; three queries however many."""
    rows = await _batches().where(SubsidyBatch.year == year).order_by(SubsidyBatch.tier).order_by(SubsidyBatch.number)
    sums = await totals_of([row["id"] for row in rows])
    return [Summary(row, sums[row["id"]]) for row in rows]


async def years() -> list[int]:
    """With contests, newest first."""
    rows = await Contest.select(Contest.year).group_by(Contest.year).order_by(Contest.year, ascending=False)
    return [row["year"] for row in rows]


class Candidate(msgspec.Struct, frozen=True):
    """A contest of the year without a batch; `problem` is why none can be drafted yet."""

    contest: Row
    problem: Problem | None


async def candidates(year: int) -> list[Candidate]:
    """Contests of subsidised tiers that no batch covers, those that are ready first."""
    contests = (
        await Contest.select(
            Contest.id, Contest.name, Contest.name_en, Contest.tier, Contest.in_annual_plan, Contest.document_number
        )
        .where((Contest.year == year) & (Contest.state != "draft"))
        .order_by(Contest.id)
    )
    covered = await SubsidyBatch.select(SubsidyBatch.contest).where(SubsidyBatch.year == year)
    taken = {row["contest"] for row in covered}
    waiting = [contest for contest in contests if contest["id"] not in taken]
    rules = await current("subsidy")
    if not waiting or not rules:
        return []
    body = rules[-1].document.body
    assert isinstance(body, SubsidyRule)
    facts = await _contest_facts(waiting)
    found = [Candidate(contest, contest_problem(facts[contest["id"]], body)) for contest in waiting]
    paid = [each for each in found if body.rate_fen(each.contest["tier"]) is not None]
    return sorted(paid, key=lambda each: each.problem is not None)


async def _contest_facts(contests: Sequence[Row]) -> dict[int, ContestFacts]:
    finals = await final_stages([contest["id"] for contest in contests])
    released = await released_revisions([stage["id"] for stage in finals])
    found = {}
    for contest in contests:
        stages = [stage["id"] for stage in finals if stage["contest"] == contest["id"]]
        found[contest["id"]] = ContestFacts(
            contest_id=contest["id"],
            tier=contest["tier"],
            in_annual_plan=bool(contest["in_annual_plan"]),
            finals=len(stages),
            released_finals=sum(stage in released for stage in stages),
        )
    return found


# One batch


async def steps_of(batch_id: int) -> list[Row]:
    return await BatchStep.select().where(BatchStep.batch == batch_id).order_by(BatchStep.id)


async def objections_of(batch_id: int) -> list[Row]:
    """Newest first."""
    return await Objection.select().where(Objection.batch == batch_id).order_by(Objection.id, ascending=False)


async def batch_facts(
    batch: Row, sums: Totals | None = None, steps: list[Row] | None = None, objections: list[Row] | None = None
) -> BatchFacts:
    """What decides whether the batch may go on; what has been read already is not read again."""
    batch_id = batch["id"]
    sums = sums or (await totals_of([batch_id]))[batch_id]
    steps = steps if steps is not None else await steps_of(batch_id)
    objections = objections if objections is not None else await objections_of(batch_id)
    drafted = max((step["at"] for step in steps if step["state"] == BatchState.DRAFTED), default=batch["created_at"])
    answered = [each for each in objections if each["answered_at"] is not None]
    return BatchFacts(
        state=BatchState(batch["state"]),
        today=clock.today(),
        totals=sums,
        notice_to=batch["notice_to"],
        open_objections=len(objections) - len(answered),
        upheld=sum(bool(each["upheld"]) and each["answered_at"] > drafted for each in answered),
        result_corrected=await result_corrected(batch),
    )


async def result_corrected(batch: Row) -> bool:
    """Whether a final of the contest has another result in force than the one the lines were drawn from."""
    used = await SubsidyLine.select(SubsidyLine.revision).where(SubsidyLine.batch == batch["id"]).distinct()
    finals = await final_stages([batch["contest"]])
    released = await released_revisions([stage["id"] for stage in finals])
    return not {row["revision"] for row in used} <= {row["id"] for row in released.values()}


async def batch_history(batch_id: int) -> list[Row]:
    """Every record about the batch, newest first."""
    return (
        await AuditRecord.select(AuditRecord.at, AuditRecord.user_name, AuditRecord.action, AuditRecord.detail)
        .where((AuditRecord.subject == "subsidy_batch") & (AuditRecord.subject_id == batch_id))
        .order_by(AuditRecord.id, ascending=False)
        .limit(200)
    )


ACTION_NAMES = {
    "subsidy.drafted": N_("起草"),
    "subsidy.redrafted": N_("重新起草"),
    "subsidy.check": N_("核对"),
    "subsidy.notice": N_("开始公示"),
    "subsidy.approve": N_("批准"),
    "subsidy.pay": N_("登记发放"),
    "subsidy.withdraw": N_("撤回"),
    "subsidy.objection_raised": N_("登记异议"),
    "subsidy.objection_answered": N_("答复异议"),
    "subsidy.clawed_back": N_("追回"),
    "subsidy.exported": N_("导出工作名单"),
}
