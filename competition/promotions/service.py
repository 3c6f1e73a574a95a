"""Promotion cases: proposed by the rule from released finals, decided by a person, followed up at the employer."""

from collections.abc import Sequence
from typing import Any

import msgspec

from competition import clock
from competition.audit.history import last_change
from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageKind
from competition.database.errors import Duplicate
from competition.people.service import add_level
from competition.people.tables import LevelHeld, Person
from competition.problems import N_, Missing, Problem, Refused, Stale
from competition.promotions.facts import Field, Row, contest_row, documents, load
from competition.promotions.kinds import CaseState, Decision
from competition.promotions.reads import CaseView, case_facts, case_view
from competition.promotions.rules import proposal as proposing
from competition.promotions.rules.proposal import Condition, Finisher, Proposal
from competition.promotions.rules.states import TRANSITIONS, UNDECIDED, needs_reason, why_not
from competition.promotions.tables import PromotionCase
from competition.results.events import StageReleased
from competition.rulebook.promotion import PromotionRule
from competition.rulebook.service import Revision

__all__ = ["FollowUp", "decide", "decide_many", "follow_up", "on_released", "propose"]

ROWS_PER_INSERT = 200


class FollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """What the employer did: clause 14 asks units to prefer winners for promotion and pay."""

    promoted: bool
    pay_raised: bool
    note: str = ""


async def propose(actor: Actor, contest_id: int, *, stage_ids: Sequence[int] | None = None, rule_code: str = "") -> int:
    """Cases for the finishers of the contest's released finals (or of these stages); how many are new or renewed.

    Doing it again changes nothing. After a correction, undecided cases follow the new result and say so; decided ones
    stand. Raises Missing, Refused where no document speaks of such contests.
    """
    contest = await contest_row(contest_id)
    if contest is None:
        raise Missing("contest")
    field = await load(contest, stage_ids)
    if not field.finals:
        raise Refused(Problem(N_("该竞赛还没有发布决赛成绩")))
    known = all(final["entrants"] for final in field.finals.values())
    offered = [pair for pair in await documents(contest, entrants_known=known) if rule_code in ("", pair[0].code)]
    if not offered:
        raise Refused(Problem(N_("规则库中没有适用于该层级和类别的晋级文件"), "rule"))
    chosen, revision = offered[0]
    try:
        async with write(actor) as change:
            return await _write_cases(change, field, revision, chosen.rule)
    except Duplicate as error:
        raise Stale from error


async def on_released(change: Change, event: StageReleased) -> None:
    """A final's result became public: propose from it in the same transaction. It never keeps a result from release."""
    if event.stage_kind != StageKind.FINAL:
        return
    contest = await contest_row(event.contest_id)
    if contest is not None and await documents(contest):
        await propose(change.actor, event.contest_id, stage_ids=[event.stage_id])


async def _write_cases(change: Change, field: Field, revision: Revision, rule: PromotionRule) -> int:
    new: list[PromotionCase] = []
    renewed = 0
    for finisher in field.finishers:
        proposal = proposing.propose(finisher, rule)
        case = field.cases.get(finisher.member_id)
        if case is None and proposal is not None:
            row = _frozen(proposal) | _result(finisher, revision)
            new.append(
                PromotionCase(
                    member=finisher.member_id, person=finisher.person_id, contest=field.contest["id"],
                    skill=finisher.skill_id, year=finisher.year, state=CaseState.ELIGIBLE.value,
                    proposed_at=change.at, **row,
                )
            )  # fmt: skip
        elif case is not None and _differs(case, finisher.revision_id, revision.id):
            values = _frozen(proposal) if proposal else _out(finisher.revision_number, case)
            renewed += await _renew(case, values | _result(finisher, revision))
    renewed += await _renew_vanished(field)
    for start in range(0, len(new), ROWS_PER_INSERT):
        await PromotionCase.insert(*new[start : start + ROWS_PER_INSERT])
    await change.record(
        "promotion.proposed", "contest", field.contest["id"], rule=revision.document.code, new=len(new), renewed=renewed
    )
    return len(new) + renewed


def _differs(case: Row, revision_id: int, rule_id: int) -> bool:
    undecided = CaseState(case["state"]) in UNDECIDED
    return undecided and (case["revision"] != revision_id or case["rule"] != rule_id)


def _frozen(proposal: Proposal) -> dict[Any, Any]:
    return {
        "rule_text": msgspec.json.encode(proposal.rule_text).decode(),
        "level_held": str(proposal.level_held or ""),
        "level_proposed": str(proposal.level or ""),
        "honours": "、".join(proposal.honours),
        "conditions": msgspec.json.encode(proposal.conditions).decode(),
    }


def _result(finisher: Finisher, revision: Revision) -> dict[Any, Any]:
    return {
        "rule": revision.id,
        "revision": finisher.revision_id,
        "rank": finisher.rank,
        "award_name": finisher.award_name,
    }


def _out(number: int, case: Row) -> dict[Any, Any]:
    """What a correction leaves of a case whose place no rule reaches any more: the refusal, said."""
    params = {"number": number, "before": case["number"] or 0}
    value = Problem(N_("成绩由第 {before} 版更正为第 {number} 版后，名次不在规则范围内"), params=params)
    condition = Condition(N_("名次"), value, False)
    return {"level_proposed": "", "honours": "", "conditions": msgspec.json.encode([condition]).decode()}


async def _renew(case: Row, values: dict[Any, Any]) -> int:
    rows = (
        await PromotionCase.update(values | {"state": CaseState.ELIGIBLE.value, "version": case["version"] + 1})
        .where((PromotionCase.id == case["id"]) & (PromotionCase.version == case["version"]))
        .returning(PromotionCase.id)
    )
    return len(rows)


async def _renew_vanished(field: Field) -> int:
    """Undecided cases of people whom the result in force gives neither rank nor award."""
    finishing = {finisher.member_id for finisher in field.finishers}
    renewed = 0
    for member_id, case in field.cases.items():
        final = field.final_of(case)
        if member_id not in finishing and final and _differs(case, final["id"], case["rule"]):
            values = _out(final["number"], case) | {"revision": final["id"], "rank": None, "award_name": ""}
            renewed += await _renew(case, values)
    return renewed


# Decisions


async def decide(
    actor: Actor,
    case_id: int,
    decision: str,
    reason: str = "",
    certificate_number: str = "",
    version: int | None = None,
) -> None:
    """Recommend, approve, return, refuse, certify or reopen. Approving records the level the person now holds.

    Raises Missing, Refused with the reason, Stale when somebody else decided.
    """
    view = await case_view(case_id)
    step = Decision(decision)
    if version is not None and version != view.row["version"]:
        raise Stale(*await last_change("promotion_case", case_id))
    await _refuse_unless_permitted(view, step, reason, certificate_number)
    async with write(actor) as change:
        await _take(change, view, step, reason.strip(), certificate_number.strip())


async def decide_many(actor: Actor, case_ids: Sequence[int], decision: str, reason: str) -> int:
    """The same decision on selected cases, all or none. A reason is always needed. Raises Refused, Stale."""
    step = Decision(decision)
    if not case_ids:
        raise Refused(Problem(N_("选择至少一人"), "case"))
    if not reason.strip():
        raise Refused(Problem(N_("批量办理须写明理由"), "reason"))
    async with write(actor) as change:
        for case_id in case_ids:
            view = await case_view(case_id)
            problem = why_not(step, await case_facts(view))
            if problem:
                raise Refused(Problem(N_("{name}不能办理"), "case", {"name": view.row["name"]}), problem)
            await _take(change, view, step, reason.strip(), "")
    return len(case_ids)


async def _refuse_unless_permitted(view: CaseView, step: Decision, reason: str, certificate_number: str) -> None:
    problems = []
    problem = why_not(step, await case_facts(view))
    if problem:
        problems.append(problem)
    if needs_reason(step, view.verdict) and not reason.strip():
        problems.append(Problem(N_("须写明理由"), "reason"))
    if step == Decision.CERTIFY and not certificate_number.strip():
        problems.append(Problem(N_("须填写证书编号"), "certificate_number"))
    if step == Decision.FOLLOW_UP:
        problems.append(Problem(N_("落实情况须逐人登记")))
    if problems:
        raise Refused(*problems)


async def _take(change: Change, view: CaseView, step: Decision, reason: str, certificate_number: str) -> None:
    case = view.row
    after = TRANSITIONS[CaseState(case["state"])][step]
    if step == Decision.APPROVE:
        await _one_at_a_time(view)
    values: dict[Any, Any] = {"state": after.value, "version": case["version"] + 1}
    if step in (Decision.APPROVE, Decision.REFUSE, Decision.RETURN, Decision.REOPEN):
        values |= {
            "decision_reason": reason, "decided_at": change.at, "decided_by": change.actor.user_id,
            "decided_by_name": change.actor.name,
        }  # fmt: skip
    if certificate_number:
        values["certificate_number"] = certificate_number
    if step == Decision.APPROVE and certificate_number:
        values["state"] = CaseState.CERTIFIED.value
    await _update(case, values)
    if step == Decision.APPROVE:
        await _grant(change, view, certificate_number)
    elif step == Decision.CERTIFY:
        await _number_level(view, certificate_number)
    await change.record(
        f"promotion.{step.value}", "promotion_case", case["id"],
        before=case["state"], reason=reason, certificate=certificate_number,
    )  # fmt: skip


async def _update(case: Row, values: dict[Any, Any]) -> None:
    rows = (
        await PromotionCase.update(values)
        .where((PromotionCase.id == case["id"]) & (PromotionCase.version == case["version"]))
        .returning(PromotionCase.id)
    )
    if not rows:
        raise Stale(*await last_change("promotion_case", case["id"]))


async def _one_at_a_time(view: CaseView) -> None:
    """Approvals for one person wait for each other: of two in a year the second is refused, not lost in a race."""
    await Person.update({Person.version: Person.version}).where(Person.id == view.row["person"])
    problem = why_not(Decision.APPROVE, await case_facts(view))
    if problem:
        raise Refused(problem)


def _source(view: CaseView) -> str:
    return f"{view.row['contest_name']} {view.row['skill_name']}"[:120]


async def _grant(change: Change, view: CaseView, certificate_number: str) -> None:
    case = view.row
    await add_level(
        change.actor, case["person"], case["occupation_code"], case["level_proposed"], certificate_number,
        clock.today(), _source(view),
    )  # fmt: skip


async def _number_level(view: CaseView, certificate_number: str) -> None:
    """The level was recorded when the case was approved; now it gets its certificate."""
    case = view.row
    await LevelHeld.update({LevelHeld.certificate_number: certificate_number}).where(
        (LevelHeld.person == case["person"])
        & (LevelHeld.occupation_code == case["occupation_code"])
        & (LevelHeld.level == case["level_proposed"])
        & (LevelHeld.source == _source(view))
        & (LevelHeld.certificate_number == "")
    )


async def follow_up(actor: Actor, case_id: int, done: FollowUp) -> None:
    """What the employer did. Raises Missing, Refused before the certificate, Stale."""
    view = await case_view(case_id)
    problem = why_not(Decision.FOLLOW_UP, await case_facts(view))
    if problem:
        raise Refused(problem)
    if not (done.promoted or done.pay_raised or done.note.strip()):
        raise Refused(Problem(N_("写明落实情况，或说明未落实的原因"), "note"))
    async with write(actor) as change:
        said = msgspec.json.encode(done).decode()
        values: dict[Any, Any] = {
            "state": CaseState.FOLLOWED_UP.value,
            "followed_up": said,
            "version": view.row["version"] + 1,
        }
        await _update(view.row, values)
        await change.record(
            "promotion.follow_up", "promotion_case", case_id,
            promoted=done.promoted, pay_raised=done.pay_raised, note=done.note,
        )  # fmt: skip
