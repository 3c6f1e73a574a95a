"""Who of a final's list is due the finalist subsidy (policy clause 14), and when a batch may go on."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from competition.contests.kinds import TIER_NAMES, Tier
from competition.entries.kinds import Attendance
from competition.problems import N_, Problem
from competition.rulebook.rules import SubsidyRule, SubsidySwitches
from competition.subsidies.kinds import BatchAction, BatchState, LineState

# From the highest down.
TIERS = tuple(Tier)


class Payee(msgspec.Struct, frozen=True, kw_only=True):
    """A contestant's unit as far as money goes."""

    unit_id: int
    in_city: bool
    has_account: bool


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A line of this person in another batch of the year. `member_id` tells whether it is this very entry."""

    member_id: int
    contest_id: int
    year: int
    tier: str
    number: int
    clawed_back: bool = False

    def said(self, text: str) -> Problem:
        params = {"year": self.year, "tier": TIER_NAMES[Tier(self.tier)], "number": f"{self.number:02}"}
        return Problem(text, params=params)


class Finalist(msgspec.Struct, frozen=True, kw_only=True):
    """A person of an entry placed in a final, as of the day of registration.

    `registered_by` is the unit that entered them; `payee` their own unit, None when they have none.
    """

    member_id: int
    person_id: int
    skill_id: int
    skill_name: str
    skill_number: int
    group_kind: str
    payee: Payee | None
    registered_by: int | None
    attendance: str
    declined: bool
    scored: bool
    revision_id: int
    revision_number: int
    claims: tuple[Claim, ...] = ()


class ContestFacts(msgspec.Struct, frozen=True, kw_only=True):
    contest_id: int
    tier: str
    in_annual_plan: bool
    finals: int
    released_finals: int


class LineDecision(msgspec.Struct, frozen=True):
    finalist: Finalist
    state: LineState
    amount_fen: int
    reason: Problem


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """People by state, and the money due. Money held is what would be due once solved."""

    due: int = 0
    held: int = 0
    excluded: int = 0
    clawed_back: int = 0
    due_fen: int = 0
    held_fen: int = 0
    clawed_back_fen: int = 0

    @property
    def finalists(self) -> int:
        return self.due + self.held + self.excluded + self.clawed_back


def contest_problem(contest: ContestFacts, rule: SubsidyRule) -> Problem | None:
    """Why no batch can be drafted for the contest, None when one can."""
    if rule.rate_fen(contest.tier) is None:
        return Problem(N_("基层竞赛不在补贴范围内"))
    if rule.switches.annual_plan_only.value and not contest.in_annual_plan:
        return Problem(N_("竞赛未列入年度计划，按现行口径不予补贴"))
    if not contest.finals:
        return Problem(N_("竞赛还没有设置决赛"))
    if contest.released_finals < contest.finals:
        waiting = contest.finals - contest.released_finals
        return Problem(N_("还有 {n} 个组别的决赛成绩未发布"), params={"n": waiting})
    return None


def decide(
    finalists: Iterable[Finalist], contest: ContestFacts, rule: SubsidyRule, rate_fen: int
) -> list[LineDecision]:
    """One decision for every finalist, in the order of skill and member: nobody is dropped."""
    counted: dict[int, str] = {}
    decisions = []
    for finalist in sorted(finalists, key=lambda each: (each.skill_number, each.group_kind, each.member_id)):
        state, reason = _decide_one(finalist, contest, rule.switches, counted)
        if state != LineState.EXCLUDED:
            counted.setdefault(finalist.person_id, finalist.skill_name)
        amount = 0 if state == LineState.EXCLUDED else rate_fen
        decisions.append(LineDecision(finalist, state, amount, reason))
    return decisions


def _decide_one(
    finalist: Finalist, contest: ContestFacts, switches: SubsidySwitches, counted: dict[int, str]
) -> tuple[LineState, Problem]:
    excluded = (
        _earlier_problem(finalist)
        or _attendance_problem(finalist, switches)
        or _repeat_problem(finalist, contest, switches, counted)
    )
    if excluded:
        return LineState.EXCLUDED, excluded
    held = _tier_problem(finalist, contest, switches) or _payee_problem(finalist, switches)
    if held:
        return LineState.HELD, held
    return LineState.DUE, _ground(finalist, switches)


def _earlier_problem(finalist: Finalist) -> Problem | None:
    claim = next((claim for claim in finalist.claims if claim.member_id == finalist.member_id), None)
    if claim is None:
        return None
    if claim.clawed_back:
        return claim.said(N_("已在 {year} 年{tier} {number} 批发放后追回"))
    return claim.said(N_("已列入 {year} 年{tier} {number} 批"))


def _attendance_problem(finalist: Finalist, switches: SubsidySwitches) -> Problem | None:
    if finalist.declined:
        return Problem(N_("放弃决赛名额"))
    gone = {
        Attendance.ABSENT: N_("决赛缺席"),
        Attendance.WITHDRAWN: N_("已退赛"),
        Attendance.DISQUALIFIED: N_("被取消资格"),
    }
    attendance = Attendance(finalist.attendance)
    if attendance in gone:
        return Problem(gone[attendance])
    entered = switches.entered.value
    if entered == "checked_in" and attendance != Attendance.CHECKED_IN:
        return Problem(N_("决赛未检录"))
    if entered == "scored" and not finalist.scored:
        return Problem(N_("决赛没有成绩"))
    return None


def _repeat_problem(
    finalist: Finalist, contest: ContestFacts, switches: SubsidySwitches, counted: dict[int, str]
) -> Problem | None:
    if switches.same_person_same_contest.value == "once":
        if finalist.person_id in counted:
            return Problem(N_("同一竞赛已在“{skill}”计入"), params={"skill": counted[finalist.person_id]})
        same = next((claim for claim in _live(finalist) if claim.contest_id == contest.contest_id), None)
        if same:
            return same.said(N_("同一竞赛已列入 {year} 年{tier} {number} 批"))
    if switches.same_person_tiers.value == "highest":
        above = [claim for claim in _live(finalist) if TIERS.index(Tier(claim.tier)) <= _step(contest)]
        other = next((claim for claim in above if claim.contest_id != contest.contest_id), None)
        if other:
            return other.said(N_("同一年度已按不低于本层级列入 {year} 年{tier} {number} 批"))
    return None


def _tier_problem(finalist: Finalist, contest: ContestFacts, switches: SubsidySwitches) -> Problem | None:
    if switches.same_person_tiers.value != "highest":
        return None
    below = next((claim for claim in _live(finalist) if TIERS.index(Tier(claim.tier)) > _step(contest)), None)
    if below is None:
        return None
    return below.said(N_("同一年度已按较低层级列入 {year} 年{tier} {number} 批，须先追回"))


def _live(finalist: Finalist) -> list[Claim]:
    return [claim for claim in finalist.claims if not claim.clawed_back]


def _step(contest: ContestFacts) -> int:
    return TIERS.index(Tier(contest.tier))


def _payee_problem(finalist: Finalist, switches: SubsidySwitches) -> Problem | None:
    payee = finalist.payee
    if payee is None:
        return Problem(N_("没有单位，无收款方"))
    if finalist.registered_by is not None and finalist.registered_by != payee.unit_id:
        return Problem(N_("报名单位与本人单位不同，归属待裁定"))
    if switches.unit_in_city.value and not payee.in_city:
        return Problem(N_("单位不在本市"))
    if not payee.has_account:
        return Problem(N_("没有收款账户"))
    return None


def _ground(finalist: Finalist, switches: SubsidySwitches) -> Problem:
    if switches.entered.value == "scored":
        return Problem(N_("决赛有成绩"))
    checked_in = finalist.attendance == Attendance.CHECKED_IN
    return Problem(N_("决赛已检录") if checked_in else N_("列入决赛名单"))


def totals(parts: Iterable[tuple[str, int, int]]) -> Totals:
    """Lines, or sums of lines, as (state, people, fen). The one place where a batch is added up."""
    people: dict[str, int] = defaultdict(int)
    money: dict[str, int] = defaultdict(int)
    for state, count, fen in parts:
        people[state] += count
        money[state] += fen
    return Totals(
        due=people[LineState.DUE],
        held=people[LineState.HELD],
        excluded=people[LineState.EXCLUDED],
        clawed_back=people[LineState.CLAWED_BACK],
        due_fen=money[LineState.DUE],
        held_fen=money[LineState.HELD],
        clawed_back_fen=money[LineState.CLAWED_BACK],
    )


def inputs_digest(finalists: Sequence[Finalist], contest: ContestFacts, rule_digest: str, rate_fen: int) -> str:
    """SHA-256 over all that the decisions rest on: the same inputs give the same lines."""
    ordered = sorted(finalists, key=lambda each: each.member_id)
    packed = msgspec.json.encode([ordered, contest, rule_digest, rate_fen], order="deterministic")
    return hashlib.sha256(packed).hexdigest()


# The batch as a state machine.

TRANSITIONS: dict[BatchState, dict[BatchAction, BatchState]] = {
    BatchState.DRAFTED: {BatchAction.CHECK: BatchState.CHECKED},
    BatchState.CHECKED: {BatchAction.NOTICE: BatchState.NOTICED, BatchAction.WITHDRAW: BatchState.DRAFTED},
    BatchState.NOTICED: {BatchAction.APPROVE: BatchState.APPROVED, BatchAction.WITHDRAW: BatchState.DRAFTED},
    BatchState.APPROVED: {BatchAction.PAY: BatchState.PAID},
    BatchState.PAID: {},
}


class BatchFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What decides whether a batch may go on. `upheld` counts objections upheld since it was last drafted."""

    state: BatchState
    today: date
    totals: Totals
    notice_to: date | None = None
    open_objections: int = 0
    upheld: int = 0
    result_corrected: bool = False


def why_not(action: BatchAction, batch: BatchFacts) -> Problem | None:
    """Why the action is not permitted now, None when it is."""
    if action not in TRANSITIONS[batch.state]:
        return Problem(N_("批次当前状态不能进行此操作"))
    if action == BatchAction.WITHDRAW or action == BatchAction.PAY:
        return None
    if batch.result_corrected:
        return Problem(N_("成绩在起草后有更正，须撤回并重新起草"))
    if not batch.totals.due:
        return Problem(N_("批次没有应发人员"))
    return _notice_problem(batch) if action == BatchAction.APPROVE else None


def _notice_problem(batch: BatchFacts) -> Problem | None:
    assert batch.notice_to is not None
    if batch.open_objections:
        return Problem(N_("还有 {n} 件异议没有答复"), params={"n": batch.open_objections})
    if batch.upheld:
        return Problem(N_("有异议成立，须撤回并重新起草"))
    if batch.today <= batch.notice_to:
        return Problem(N_("公示到 {day} 期满后可以批准"), params={"day": batch.notice_to.isoformat()})
    return None


def claw_back_problem(state: BatchState, line_state: LineState, reason: str) -> Problem | None:
    if state != BatchState.PAID:
        return Problem(N_("发放后才能追回；发放前撤回批次重新起草"))
    if line_state != LineState.DUE:
        return Problem(N_("此人没有发放补贴"))
    if not reason.strip():
        return Problem(N_("须写明追回原因"), field="reason")
    return None
