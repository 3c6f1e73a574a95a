"""The fixed words of a contest, with their names. Policy clauses are of 大政办发〔2023〕34号."""

from enum import StrEnum

from competition.problems import N_


class Tier(StrEnum):
    """Policy 14: the ladder, world first."""

    WORLD = "world"
    NATIONAL = "national"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    BASE = "base"


TIER_NAMES = {
    Tier.WORLD: N_("世界级"),
    Tier.NATIONAL: N_("国家级"),
    Tier.PROVINCIAL: N_("省级"),
    Tier.MUNICIPAL: N_("市级"),
    Tier.BASE: N_("基层"),
}


class ContestClass(StrEnum):
    FIRST = "first"
    SECOND = "second"
    NONE = "none"


CLASS_NAMES = {ContestClass.FIRST: N_("一类"), ContestClass.SECOND: N_("二类"), ContestClass.NONE: N_("不分类")}


class Category(StrEnum):
    """Policy 14."""

    COMPREHENSIVE = "comprehensive"
    DIGITAL = "digital"
    RURAL = "rural"
    EMPLOYEES = "employee"
    SCHOOL = "school"
    SPECIAL = "special"
    TRAINING = "training"


CATEGORY_NAMES = {
    Category.COMPREHENSIVE: N_("综合性"),
    Category.DIGITAL: N_("数字技能"),
    Category.RURAL: N_("乡村振兴"),
    Category.EMPLOYEES: N_("职工竞赛"),
    Category.SCHOOL: N_("院校竞赛"),
    Category.SPECIAL: N_("高精尖缺专项"),
    Category.TRAINING: N_("技能练兵"),
}


class ContestState(StrEnum):
    """draft: being set up; open: published, entry window by its dates; running: stages under way; closed; archived."""

    DRAFT = "draft"
    OPEN = "open"
    RUNNING = "running"
    CLOSED = "closed"
    ARCHIVED = "archived"


CONTEST_STATE_NAMES = {
    ContestState.DRAFT: N_("筹备"),
    ContestState.OPEN: N_("报名"),
    ContestState.RUNNING: N_("比赛"),
    ContestState.CLOSED: N_("已结束"),
    ContestState.ARCHIVED: N_("已归档"),
}


class HostKind(StrEnum):
    """政企校行, policy 14."""

    GOVERNMENT = "government"
    ENTERPRISE = "enterprise"
    SCHOOL = "school"
    ASSOCIATION = "association"


HOST_KIND_NAMES = {
    HostKind.GOVERNMENT: N_("政府"),
    HostKind.ENTERPRISE: N_("企业"),
    HostKind.SCHOOL: N_("院校"),
    HostKind.ASSOCIATION: N_("行业协会"),
}


class HostRole(StrEnum):
    SPONSOR = "sponsor"
    ORGANISER = "organiser"
    CO_ORGANISER = "co_organiser"
    SUPPORTER = "supporter"


HOST_ROLE_NAMES = {
    HostRole.SPONSOR: N_("主办"),
    HostRole.ORGANISER: N_("承办"),
    HostRole.CO_ORGANISER: N_("协办"),
    HostRole.SUPPORTER: N_("支持"),
}


class FundingSource(StrEnum):
    GOVERNMENT = "government"
    ENTERPRISE = "enterprise"
    SOCIETY = "society"


FUNDING_NAMES = {
    FundingSource.GOVERNMENT: N_("财政"),
    FundingSource.ENTERPRISE: N_("企业"),
    FundingSource.SOCIETY: N_("社会"),
}


class SideEventKind(StrEnum):
    """赛会展演, policy 14."""

    COMPETITION = "competition"
    CONFERENCE = "conference"
    EXHIBITION = "exhibition"
    PERFORMANCE = "performance"


SIDE_EVENT_NAMES = {
    SideEventKind.COMPETITION: N_("赛"),
    SideEventKind.CONFERENCE: N_("会"),
    SideEventKind.EXHIBITION: N_("展"),
    SideEventKind.PERFORMANCE: N_("演"),
}


class GroupKind(StrEnum):
    EMPLOYEE = "employee"
    STUDENT = "student"
    TEACHER = "teacher"
    OPEN = "open"


GROUP_NAMES = {
    GroupKind.EMPLOYEE: N_("职工组"),
    GroupKind.STUDENT: N_("学生组"),
    GroupKind.TEACHER: N_("教师组"),
    GroupKind.OPEN: N_("不分组"),
}
GROUP_SHORT_NAMES = {
    GroupKind.EMPLOYEE: N_("职工"),
    GroupKind.STUDENT: N_("学生"),
    GroupKind.TEACHER: N_("教师"),
    GroupKind.OPEN: N_("不分组"),
}


class StageKind(StrEnum):
    PRELIMINARY = "preliminary"
    SEMIFINAL = "semifinal"
    FINAL = "final"


STAGE_NAMES = {
    StageKind.PRELIMINARY: N_("初赛"),
    StageKind.SEMIFINAL: N_("复赛"),
    StageKind.FINAL: N_("决赛"),
}
STAGE_SHORT_NAMES = {StageKind.PRELIMINARY: N_("初"), StageKind.SEMIFINAL: N_("复"), StageKind.FINAL: N_("决")}


class StageState(StrEnum):
    """planned: no places yet; placed: contestants known; marking: draw made, sheets open; locked; released."""

    PLANNED = "planned"
    PLACED = "placed"
    MARKING = "marking"
    LOCKED = "locked"
    RELEASED = "released"


STAGE_STATE_NAMES = {
    StageState.PLANNED: N_("未开始"),
    StageState.PLACED: N_("检录中"),
    StageState.MARKING: N_("评分中"),
    StageState.LOCKED: N_("已锁定"),
    StageState.RELEASED: N_("已发布"),
}


class CutKind(StrEnum):
    TOP = "top"
    PERCENT = "percent"
    THRESHOLD = "threshold"
    ALL = "all"
    NONE = "none"


CUT_NAMES = {
    CutKind.TOP: N_("前若干名"),
    CutKind.PERCENT: N_("前百分之几"),
    CutKind.THRESHOLD: N_("达到分数线"),
    CutKind.ALL: N_("全部晋级"),
    CutKind.NONE: N_("末段，不再晋级"),
}


class RankTies(StrEnum):
    """What becomes of a tie that no tie-break solves, wherever it is."""

    SHARED = "shared"
    DECIDED = "decided"


RANK_TIE_NAMES = {RankTies.SHARED: N_("名次并列"), RankTies.DECIDED: N_("不得并列，由裁判长裁定")}


class CutTies(StrEnum):
    ALL = "all"
    NONE = "none"
    DECIDED = "decided"


CUT_TIE_NAMES = {
    CutTies.ALL: N_("并列者全部晋级"),
    CutTies.NONE: N_("并列者均不晋级"),
    CutTies.DECIDED: N_("由裁判长裁定"),
}
