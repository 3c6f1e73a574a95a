"""The life of a promotion case, as data."""

import msgspec

from competition.problems import N_, Problem
from competition.promotions.kinds import CaseState, Decision, Verdict

TRANSITIONS: dict[CaseState, dict[Decision, CaseState]] = {
    CaseState.ELIGIBLE: {
        Decision.RECOMMEND: CaseState.RECOMMENDED,
        Decision.APPROVE: CaseState.APPROVED,
        Decision.RETURN: CaseState.RETURNED,
        Decision.REFUSE: CaseState.REFUSED,
    },
    CaseState.RECOMMENDED: {
        Decision.APPROVE: CaseState.APPROVED,
        Decision.RETURN: CaseState.RETURNED,
        Decision.REFUSE: CaseState.REFUSED,
    },
    CaseState.RETURNED: {Decision.RECOMMEND: CaseState.RECOMMENDED, Decision.REFUSE: CaseState.REFUSED},
    CaseState.APPROVED: {Decision.CERTIFY: CaseState.CERTIFIED},
    CaseState.CERTIFIED: {Decision.FOLLOW_UP: CaseState.FOLLOWED_UP},
    CaseState.FOLLOWED_UP: {},
    CaseState.REFUSED: {Decision.REOPEN: CaseState.ELIGIBLE},
}
UNDECIDED = (CaseState.ELIGIBLE, CaseState.RECOMMENDED, CaseState.RETURNED)
GRANTED = (CaseState.APPROVED, CaseState.CERTIFIED, CaseState.FOLLOWED_UP)
NEED_REASON = frozenset({Decision.RETURN, Decision.REFUSE, Decision.REOPEN})


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`granted_this_year`: another case of the person in the same year, where the document allows only one.

    `outdated`: the result has been corrected since the proposal.
    """

    state: CaseState
    verdict: Verdict
    has_level: bool
    refusal: Problem | None = None
    granted_this_year: bool = False
    outdated: bool = False


def why_not(decision: Decision, case: CaseFacts) -> Problem | None:
    """Why the decision cannot be taken now, None when it can."""
    if decision not in TRANSITIONS[case.state]:
        return Problem(N_("该案当前状态不能进行此操作"))
    if decision not in (Decision.APPROVE, Decision.RECOMMEND):
        return None
    if case.outdated:
        return Problem(N_("提出后成绩有更正，须重新提出建议"))
    if case.verdict == Verdict.REFUSE or not case.has_level:
        return case.refusal or Problem(N_("规则没有可晋升的等级"))
    if decision == Decision.APPROVE and case.granted_this_year:
        return Problem(N_("此人本年已由竞赛晋级 1 次"))
    return None


def needs_reason(decision: Decision, verdict: Verdict) -> bool:
    """Returning, refusing and reopening; approving where the rule wants a person to look."""
    return decision in NEED_REASON or (decision == Decision.APPROVE and verdict == Verdict.REVIEW)
