"""The fixed words about promotion cases, with their names."""

from enum import StrEnum

from competition.people.kinds import Level
from competition.problems import N_


class CaseState(StrEnum):
    """eligible: proposed by the rule; recommended: by the organiser; returned: to be completed."""

    ELIGIBLE = "eligible"
    RECOMMENDED = "recommended"
    RETURNED = "returned"
    APPROVED = "approved"
    CERTIFIED = "certified"
    FOLLOWED_UP = "followed_up"
    REFUSED = "refused"


CASE_STATE_NAMES = {
    CaseState.ELIGIBLE: N_("符合"),
    CaseState.RECOMMENDED: N_("已推荐"),
    CaseState.RETURNED: N_("退回补正"),
    CaseState.APPROVED: N_("已核准"),
    CaseState.CERTIFIED: N_("已发证"),
    CaseState.FOLLOWED_UP: N_("单位已落实"),
    CaseState.REFUSED: N_("不予晋级"),
}


class Decision(StrEnum):
    RECOMMEND = "recommend"
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"
    CERTIFY = "certify"
    FOLLOW_UP = "follow_up"
    REOPEN = "reopen"


DECISION_NAMES = {
    Decision.RECOMMEND: N_("推荐"),
    Decision.APPROVE: N_("核准"),
    Decision.RETURN: N_("退回补正"),
    Decision.REFUSE: N_("不予晋级"),
    Decision.CERTIFY: N_("登记证书"),
    Decision.FOLLOW_UP: N_("登记单位落实"),
    Decision.REOPEN: N_("重新审议"),
}


class Verdict(StrEnum):
    """What the rule comes to; a person decides."""

    PROMOTE = "promote"
    REVIEW = "review"
    REFUSE = "refuse"


VERDICT_NAMES = {Verdict.PROMOTE: N_("可晋级"), Verdict.REVIEW: N_("需核对"), Verdict.REFUSE: N_("不予")}

LEVEL_SHORT_NAMES = {
    Level.APPRENTICE: N_("学徒工"),
    Level.JUNIOR: N_("初级工"),
    Level.INTERMEDIATE: N_("中级工"),
    Level.SENIOR: N_("高级工"),
    Level.TECHNICIAN: N_("技师"),
    Level.SENIOR_TECHNICIAN: N_("高级技师"),
    Level.SPECIAL_TECHNICIAN: N_("特级技师"),
    Level.CHIEF_TECHNICIAN: N_("首席技师"),
}
