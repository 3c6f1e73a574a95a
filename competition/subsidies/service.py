"""Subsidy batches from draft to payment: load, decide, write with a record, in one transaction."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from competition import clock
from competition.audit.history import last_change
from competition.audit.write import Actor, Change, write
from competition.database.errors import Duplicate
from competition.database.rows import new_token
from competition.documents.workdays import working_days
from competition.problems import N_, Missing, Problem, Refused, Stale
from competition.rulebook.rules import SubsidyRule
from competition.rulebook.service import revision
from competition.subsidies.exports import export_year, public_list, working_list
from competition.subsidies.facts import DraftInputs, Row, load
from competition.subsidies.kinds import BatchAction, BatchState, LineState
from competition.subsidies.lines import frozen
from competition.subsidies.reads import batch_facts, batch_row, batch_summary
from competition.subsidies.rules import (
    TRANSITIONS,
    LineDecision,
    claw_back_problem,
    contest_problem,
    decide,
    why_not,
)
from competition.subsidies.tables import BatchStep, Objection, SubsidyBatch, SubsidyLine

__all__ = [
    "advance", "answer", "batch_summary", "claw_back", "draft_batch", "export_year", "object_", "public_list",
    "working_list",
]  # fmt: skip

ROWS_PER_INSERT = 500
_OPEN = [BatchState.DRAFTED.value, BatchState.CHECKED.value, BatchState.NOTICED.value]


async def draft_batch(actor: Actor, contest_id: int) -> int:
    """The contest's batch, computed from its released finals; one that is still a draft is computed anew.

    After a batch is approved, another one takes up what was held in it. Raises Missing, Refused, Stale.
    """
    batch = await _open_batch(contest_id)
    if batch and batch["state"] != BatchState.DRAFTED:
        raise Refused(Problem(N_("{number} 批正在核对或公示，撤回后才能重新起草"), params={"number": _two(batch)}))
    inputs = await load(contest_id, besides_batch=batch["id"] if batch else 0)
    problem = contest_problem(inputs.facts, inputs.body)
    if problem:
        raise Refused(problem)
    decisions = decide(inputs.finalists, inputs.facts, inputs.body, inputs.rate_fen)
    if not batch and all(each.state == LineState.EXCLUDED for each in decisions):
        raise Refused(Problem(N_("决赛名单中没有可以列入新批次的人员")))
    try:
        async with write(actor) as change:
            return await _write_draft(change, inputs, decisions, batch)
    except Duplicate as error:
        raise Stale from error


def _two(batch: Row) -> str:
    return f"{batch['number']:02}"


async def _open_batch(contest_id: int) -> Row | None:
    return (
        await SubsidyBatch.select()
        .where((SubsidyBatch.contest == contest_id) & SubsidyBatch.state.is_in(_OPEN))
        .order_by(SubsidyBatch.id)
        .first()
    )


async def _write_draft(
    change: Change, inputs: DraftInputs, decisions: Sequence[LineDecision], batch: Row | None
) -> int:
    batch_id = await _renew(batch, inputs) if batch else await _create(change, inputs)
    rows = [_line(batch_id, decision) for decision in decisions]
    for start in range(0, len(rows), ROWS_PER_INSERT):
        await SubsidyLine.insert(*rows[start : start + ROWS_PER_INSERT])
    await _step(change, batch_id, BatchState.DRAFTED, "")
    due = sum(decision.state == LineState.DUE for decision in decisions)
    action = "subsidy.redrafted" if batch else "subsidy.drafted"
    await change.record(
        action, "subsidy_batch", batch_id, contest=inputs.contest["id"], lines=len(rows), due=due, digest=inputs.digest
    )
    return batch_id


async def _create(change: Change, inputs: DraftInputs) -> int:
    contest = inputs.contest
    last = (
        await SubsidyBatch.select(SubsidyBatch.number)
        .where((SubsidyBatch.year == contest["year"]) & (SubsidyBatch.tier == contest["tier"]))
        .order_by(SubsidyBatch.number, ascending=False)
        .first()
    )
    row = SubsidyBatch(
        token=new_token(), year=contest["year"], tier=contest["tier"], number=(last["number"] if last else 0) + 1,
        contest=contest["id"], rule=inputs.rule.id, rate_fen=inputs.rate_fen, state=BatchState.DRAFTED.value,
        digest=inputs.digest, created_at=change.at,
    )  # fmt: skip
    return (await SubsidyBatch.insert(row))[0]["id"]


async def _renew(batch: Row, inputs: DraftInputs) -> int:
    """Take the place of the draft of that version. Raises Stale."""
    rows = (
        await SubsidyBatch.update(
            {
                SubsidyBatch.rule: inputs.rule.id,
                SubsidyBatch.rate_fen: inputs.rate_fen,
                SubsidyBatch.digest: inputs.digest,
                SubsidyBatch.version: batch["version"] + 1,
            }
        )
        .where((SubsidyBatch.id == batch["id"]) & (SubsidyBatch.version == batch["version"]))
        .returning(SubsidyBatch.id)
    )
    if not rows:
        raise Stale(*await last_change("subsidy_batch", batch["id"]))
    await SubsidyLine.delete().where(SubsidyLine.batch == batch["id"])
    return batch["id"]


def _line(batch_id: int, decision: LineDecision) -> SubsidyLine:
    finalist = decision.finalist
    return SubsidyLine(
        batch=batch_id, member=finalist.member_id, person=finalist.person_id,
        unit=finalist.payee.unit_id if finalist.payee else None, skill=finalist.skill_id,
        group_kind=finalist.group_kind, revision=finalist.revision_id, revision_number=finalist.revision_number,
        state=decision.state.value, reason=frozen(decision.reason), amount_fen=decision.amount_fen,
    )  # fmt: skip


async def _step(change: Change, batch_id: int, state: BatchState, note: str) -> None:
    await BatchStep.insert(
        BatchStep(batch=batch_id, state=state.value, at=change.at, by_name=change.actor.name, note=note)
    )


async def advance(actor: Actor, batch_id: int, action: str, note: str = "") -> None:
    """Take one step. Raises Missing, Refused with the reason, Stale when somebody else took it."""
    batch = await batch_row(batch_id)
    step = BatchAction(action)
    problem = why_not(step, await batch_facts(batch)) or await _input_problem(step, batch)
    if problem:
        raise Refused(problem)
    state = TRANSITIONS[BatchState(batch["state"])][step]
    values: dict[Any, Any] = {SubsidyBatch.state: state.value, SubsidyBatch.version: batch["version"] + 1}
    values |= await _notice_days(step, batch)
    async with write(actor) as change:
        rows = (
            await SubsidyBatch.update(values)
            .where((SubsidyBatch.id == batch_id) & (SubsidyBatch.version == batch["version"]))
            .returning(SubsidyBatch.id)
        )
        if not rows:
            raise Stale(*await last_change("subsidy_batch", batch_id))
        await _step(change, batch_id, state, note)
        await change.record(f"subsidy.{action}", "subsidy_batch", batch_id, before=batch["state"], note=note)


async def _input_problem(step: BatchAction, batch: Row) -> Problem | None:
    """A draft is checked only while it says what the list, the result and the units say now."""
    if step != BatchAction.CHECK:
        return None
    inputs = await load(batch["contest"], besides_batch=batch["id"])
    if inputs.digest == batch["digest"]:
        return None
    return Problem(N_("起草后名单、成绩、单位资料或口径有变动，须重新起草"))


async def _notice_days(step: BatchAction, batch: Row) -> dict[Any, Any]:
    if step == BatchAction.WITHDRAW:
        return {SubsidyBatch.notice_from: None, SubsidyBatch.notice_to: None}
    if step != BatchAction.NOTICE:
        return {}
    body = (await revision(batch["rule"])).document.body
    assert isinstance(body, SubsidyRule)
    today = clock.today()
    days = working_days(today, body.switches.notice_working_days.value).days
    last = days[-1] if days else today - timedelta(days=1)
    return {SubsidyBatch.notice_from: today, SubsidyBatch.notice_to: last}


# Objections


async def object_(actor: Actor, batch_id: int, raised_by: str, claim: str) -> int:
    """Raises Refused outside public notice or with nothing said."""
    problems = [] if raised_by.strip() else [Problem(N_("须写明异议人"), "raised_by")]
    problems += [] if claim.strip() else [Problem(N_("须写明异议内容"), "claim")]
    if (await batch_row(batch_id))["state"] != BatchState.NOTICED:
        problems.append(Problem(N_("只在公示期间受理异议")))
    if problems:
        raise Refused(*problems)
    async with write(actor) as change:
        row = Objection(batch=batch_id, raised_by=raised_by.strip(), claim=claim.strip(), raised_at=change.at)
        objection_id = (await Objection.insert(row))[0]["id"]
        await change.record("subsidy.objection_raised", "subsidy_batch", batch_id, objection=objection_id, claim=claim)
    return objection_id


async def answer(actor: Actor, objection_id: int, upheld: bool, text: str) -> None:
    """Raises Missing, Refused without a reason, Stale when it has been answered."""
    if not text.strip():
        raise Refused(Problem(N_("须写明答复理由"), "answer"))
    objection = await Objection.select(Objection.batch).where(Objection.id == objection_id).first()
    if objection is None:
        raise Missing("objection")
    async with write(actor) as change:
        rows = (
            await Objection.update(
                {
                    Objection.answer: text.strip(),
                    Objection.upheld: upheld,
                    Objection.answered_at: change.at,
                    Objection.answered_by: actor.user_id,
                }
            )
            .where((Objection.id == objection_id) & Objection.answered_at.is_null())
            .returning(Objection.id)
        )
        if not rows:
            raise Stale(*await last_change("subsidy_batch", objection["batch"]))
        await change.record(
            "subsidy.objection_answered", "subsidy_batch", objection["batch"],
            objection=objection_id, upheld=upheld, answer=text.strip(),
        )  # fmt: skip


# After payment


async def claw_back(actor: Actor, line_id: int, reason: str) -> None:
    """Raises Missing, Refused before payment or without a reason."""
    line = (
        await SubsidyLine.select(SubsidyLine.state, SubsidyLine.batch, SubsidyLine.batch.state.as_alias("batch_state"))
        .where(SubsidyLine.id == line_id)
        .first()
    )
    if line is None:
        raise Missing("subsidy line")
    problem = claw_back_problem(BatchState(line["batch_state"]), LineState(line["state"]), reason)
    if problem:
        raise Refused(problem)
    said = Problem(N_("追回：{reason}"), params={"reason": reason.strip()})
    async with write(actor) as change:
        rows = (
            await SubsidyLine.update({SubsidyLine.state: LineState.CLAWED_BACK.value, SubsidyLine.reason: frozen(said)})
            .where((SubsidyLine.id == line_id) & (SubsidyLine.state == LineState.DUE.value))
            .returning(SubsidyLine.id)
        )
        if not rows:
            raise Stale(*await last_change("subsidy_batch", line["batch"]))
        await change.record("subsidy.clawed_back", "subsidy_batch", line["batch"], line=line_id, reason=reason.strip())
