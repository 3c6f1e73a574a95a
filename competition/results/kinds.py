"""The fixed words about results, with their names."""

from enum import StrEnum

from competition.problems import N_


class RevisionKind(StrEnum):
    COMPUTED = "computed"
    RECORDED = "recorded"


REVISION_KIND_NAMES = {RevisionKind.COMPUTED: N_("由评分计算"), RevisionKind.RECORDED: N_("按发文录入")}


class AwardLevel(StrEnum):
    """What an award counts as in a medal table; NONE for awards that are no medal."""

    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    EXCELLENCE = "excellence"
    NONE = ""


AWARD_LEVEL_NAMES = {
    AwardLevel.GOLD: N_("金牌"),
    AwardLevel.SILVER: N_("银牌"),
    AwardLevel.BRONZE: N_("铜牌"),
    AwardLevel.EXCELLENCE: N_("优胜奖"),
    AwardLevel.NONE: N_("不计奖牌"),
}


# Wherever a score on the WorldSkills scale is shown.
SCALE_NOTE = N_("世赛标度分按公开数据反推，非官方公式")


class DelegationKind(StrEnum):
    """What a delegation is made of."""

    DISTRICT = "district"
    UNIT = "unit"
    KIND = "kind"


DELEGATION_NAMES = {
    DelegationKind.DISTRICT: N_("按区市县"),
    DelegationKind.UNIT: N_("按单位"),
    DelegationKind.KIND: N_("院校与企业"),
}
