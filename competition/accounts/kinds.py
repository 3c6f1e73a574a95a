"""The roles, and what each one covers."""

from enum import StrEnum

from competition.problems import N_


class Role(StrEnum):
    BUREAU = "bureau"
    ORGANISER = "organiser"
    CHIEF_JUDGE = "chief_judge"
    JUDGE = "judge"
    SCORE_CLERK = "score_clerk"
    ENCRYPTION_JUDGE = "encryption_judge"
    SUPERVISOR = "supervisor"
    REGISTRAR = "registrar"
    COACH = "coach"
    CONTESTANT = "contestant"
    AUDITOR = "auditor"


ROLE_NAMES = {
    Role.BUREAU: N_("人社局"),
    Role.ORGANISER: N_("赛务组"),
    Role.CHIEF_JUDGE: N_("裁判长"),
    Role.JUDGE: N_("裁判员"),
    Role.SCORE_CLERK: N_("录分员"),
    Role.ENCRYPTION_JUDGE: N_("加密裁判"),
    Role.SUPERVISOR: N_("监督仲裁"),
    Role.REGISTRAR: N_("单位经办人"),
    Role.COACH: N_("教练员"),
    Role.CONTESTANT: N_("选手"),
    Role.AUDITOR: N_("审计"),
}

# "" covers the whole city; every other kind names what a grant's scope_id points to.
ROLE_SCOPE = {
    Role.BUREAU: "",
    Role.ORGANISER: "contest",
    Role.CHIEF_JUDGE: "skill",
    Role.JUDGE: "panel",
    Role.SCORE_CLERK: "contest",
    Role.ENCRYPTION_JUDGE: "contest",
    Role.SUPERVISOR: "contest",
    Role.REGISTRAR: "unit",
    Role.COACH: "person",
    Role.CONTESTANT: "person",
    Role.AUDITOR: "",
}


def scope_fits(role: Role, scope_id: int) -> bool:
    """Whether the role can be held for that id. An organiser without a contest may set up contests of their own."""
    return bool(ROLE_SCOPE[role]) == bool(scope_id) or (role == Role.ORGANISER and not scope_id)
