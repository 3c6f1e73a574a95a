"""The fixed words about units and people."""

from enum import StrEnum

from competition.problems import N_


class UnitKind(StrEnum):
    SCHOOL = "school"
    ENTERPRISE = "enterprise"


UNIT_KIND_NAMES = {UnitKind.SCHOOL: N_("院校"), UnitKind.ENTERPRISE: N_("企业")}


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


SEX_NAMES = {Sex.MALE: N_("男"), Sex.FEMALE: N_("女")}


class IdKind(StrEnum):
    """resident: the 18-digit number, which foreign permanent residents and HK/Macau/Taiwan permits have too."""

    RESIDENT = "resident"
    PASSPORT = "passport"


ID_KIND_NAMES = {IdKind.RESIDENT: N_("居民身份证"), IdKind.PASSPORT: N_("护照")}


class Status(StrEnum):
    EMPLOYEE = "employee"
    STUDENT = "student"
    TEACHER = "teacher"
    OTHER = "other"


STATUS_NAMES = {
    Status.EMPLOYEE: N_("职工"),
    Status.STUDENT: N_("学生"),
    Status.TEACHER: N_("教师"),
    Status.OTHER: N_("其他"),
}


class Pool(StrEnum):
    """The five pools of policy 14."""

    EXPERT = "expert"
    JUDGE = "judge"
    COACH = "coach"
    WINNER = "winner"
    SEEDLING = "seedling"


POOL_NAMES = {
    Pool.EXPERT: N_("指导专家"),
    Pool.JUDGE: N_("裁判员"),
    Pool.COACH: N_("教练员"),
    Pool.WINNER: N_("获奖选手"),
    Pool.SEEDLING: N_("青苗选手"),
}


# The pools as such, policy 14; POOL_NAMES say what a person in one is.
POOL_TITLES = {
    Pool.EXPERT: N_("指导专家库"),
    Pool.JUDGE: N_("裁判员库"),
    Pool.COACH: N_("教练员库"),
    Pool.WINNER: N_("获奖选手库"),
    Pool.SEEDLING: N_("青苗选手库"),
}


class Level(StrEnum):
    """The eight-level ladder, policy 10. Contests promote at most to SENIOR_TECHNICIAN."""

    APPRENTICE = "apprentice"
    JUNIOR = "junior"
    INTERMEDIATE = "intermediate"
    SENIOR = "senior"
    TECHNICIAN = "technician"
    SENIOR_TECHNICIAN = "senior_technician"
    SPECIAL_TECHNICIAN = "special_technician"
    CHIEF_TECHNICIAN = "chief_technician"


LEVELS = tuple(Level)
LEVEL_NAMES = {
    Level.APPRENTICE: N_("学徒工"),
    Level.JUNIOR: N_("初级工（五级）"),
    Level.INTERMEDIATE: N_("中级工（四级）"),
    Level.SENIOR: N_("高级工（三级）"),
    Level.TECHNICIAN: N_("技师（二级）"),
    Level.SENIOR_TECHNICIAN: N_("高级技师（一级）"),
    Level.SPECIAL_TECHNICIAN: N_("特级技师"),
    Level.CHIEF_TECHNICIAN: N_("首席技师"),
}


class CertificateLevel(StrEnum):
    """Of a judge's certificate."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"


CERTIFICATE_LEVEL_NAMES = {
    CertificateLevel.NATIONAL: N_("国家级"),
    CertificateLevel.PROVINCIAL: N_("省级"),
    CertificateLevel.MUNICIPAL: N_("市级"),
}
