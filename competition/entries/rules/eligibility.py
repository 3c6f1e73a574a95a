"""Who may enter. Each refusal names its reason and the field it belongs to.

Fields: `m0_name` is the name of the first member, `c1_name` that of the second coach; `skill`, `group`, `team_name`.
"""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from competition.contests.kinds import GROUP_NAMES, ContestState, GroupKind
from competition.people.kinds import STATUS_NAMES, Status
from competition.problems import N_, Problem

LEAST_AGE = 16
ADULT = 18
MOST_COACHES = 2

# The group's contestants by their status. Teachers are employees of their schools.
ADMITTED = {
    GroupKind.EMPLOYEE: frozenset({Status.EMPLOYEE, Status.TEACHER, Status.OTHER}),
    GroupKind.STUDENT: frozenset({Status.STUDENT}),
    GroupKind.TEACHER: frozenset({Status.TEACHER}),
    GroupKind.OPEN: frozenset(Status),
}
FALLBACK_GROUP = {
    Status.EMPLOYEE: GroupKind.EMPLOYEE,
    Status.OTHER: GroupKind.EMPLOYEE,
    Status.STUDENT: GroupKind.STUDENT,
    Status.TEACHER: GroupKind.TEACHER,
}

WRONG_GROUP = N_("身份为{status}，不能报{group}")
UNDER_AGE = N_("比赛首日 {day} 未满 {age} 周岁")
TOO_OLD = N_("该赛项须 {day} 及以后出生")
NO_CONSENT = N_("比赛首日未满 18 周岁，须有监护人同意")
TWICE_HERE = N_("同一人在本报名中出现两次")
HELD_BY_US = N_("本单位已为此人报名“{skill}”；一人限报一项")
HELD_BY_OTHERS = N_("此人已由其他单位报名；一人限报一项")
UNIT_FULL = N_("{skill}{group}每单位限报 {limit} 个，本单位已有 {count} 个")
NO_COACH = N_("须有 1 名主教练")
HONOURED = N_("已有荣誉“{honours}”；通知有限制的，不能参赛")


class ContestFacts(msgspec.Struct, frozen=True):
    contest_id: int
    name: str
    state: str
    name_en: str = ""
    tier: str = ""
    zone: str = "Asia/Shanghai"
    elsewhere: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    starts_on: date | None = None


class GroupFacts(msgspec.Struct, frozen=True):
    """A group with what its skill asks. `unit_limit` 0 means no limit."""

    group_id: int
    kind: GroupKind
    skill_id: int
    skill: str
    skill_en: str = ""
    skill_number: int = 0
    team_size: int = 1
    unit_limit: int = 0
    born_on_or_after: date | None = None
    minimum_entries: int = 0


class Held(msgspec.Struct, frozen=True):
    """An entry that a person already has in this contest."""

    entry_id: int
    unit_id: int | None
    skill: str


class MemberFacts(msgspec.Struct, frozen=True):
    """`key` tells persons apart; `held` is another entry of this person in the contest."""

    key: str
    born_on: date | None
    status: str
    guardian_consent: bool = False
    honours: str = ""
    held: Held | None = None


class CoachFacts(msgspec.Struct, frozen=True):
    key: str
    unit_id: int | None
    status: str
    main: bool


class Registration(msgspec.Struct, frozen=True):
    """`unit_entries`: how many entries the unit has in the group besides this one."""

    unit_id: int | None
    group: GroupFacts
    members: tuple[MemberFacts, ...]
    coaches: tuple[CoachFacts, ...]
    team_name: str = ""
    unit_entries: int = 0


def wall_time(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def window_problem(contest: ContestFacts, now: datetime) -> Problem | None:
    """Why nobody can enter now; None while entries are taken."""
    if contest.elsewhere:
        return Problem(N_("“{name}”由他方举办，不在本平台报名"), params={"name": contest.name})
    if contest.opens_at and now < contest.opens_at:
        return Problem(N_("报名 {when} 开始"), params={"when": wall_time(contest.opens_at, contest.zone)})
    if contest.closes_at and now >= contest.closes_at:
        return Problem(N_("报名已于 {when} 截止"), params={"when": wall_time(contest.closes_at, contest.zone)})
    if contest.state == ContestState.DRAFT:
        return Problem(N_("“{name}”尚未开放报名"), params={"name": contest.name})
    if contest.state != ContestState.OPEN:
        return Problem(N_("“{name}”已不在报名阶段"), params={"name": contest.name})
    return None


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def eligibility(registration: Registration, contest: ContestFacts) -> list[Problem]:
    """Everything that stands against an entry, all at once."""
    found = _team_problems(registration)
    for index, member in enumerate(registration.members):
        found += member_problems(member, registration, contest, index)
    return found + coach_problems(registration) + _limit_problems(registration)


def _team_problems(registration: Registration) -> list[Problem]:
    size, count = registration.group.team_size, len(registration.members)
    found = []
    if count != size:
        field = "team_name" if size > 1 else "m0_name"
        found.append(Problem(N_("该赛项每队 {size} 人，现有 {count} 人"), field, {"size": size, "count": count}))
    if size > 1 and not registration.team_name:
        found.append(Problem(N_("团体赛项须填队名"), "team_name"))
    keys = [member.key for member in registration.members]
    found += [Problem(TWICE_HERE, f"m{index}_id_number") for index, key in enumerate(keys) if key in keys[:index]]
    return found


def member_problems(
    member: MemberFacts, registration: Registration, contest: ContestFacts, index: int = 0
) -> list[Problem]:
    group, field = registration.group, f"m{index}_"
    found = []
    if member.held:
        ours = member.held.unit_id == registration.unit_id
        params = {"skill": member.held.skill} if ours else {}
        found.append(Problem(HELD_BY_US if ours else HELD_BY_OTHERS, f"{field}id_number", params))
    if member.status not in ADMITTED[group.kind]:
        names = {"status": STATUS_NAMES.get(Status(member.status), member.status), "group": GROUP_NAMES[group.kind]}
        found.append(Problem(WRONG_GROUP, f"{field}status", names))
    if member.born_on and group.born_on_or_after and member.born_on < group.born_on_or_after:
        found.append(Problem(TOO_OLD, f"{field}born_on", {"day": group.born_on_or_after.isoformat()}))
    return found + _age_problems(member, contest, field)


def _age_problems(member: MemberFacts, contest: ContestFacts, field: str) -> list[Problem]:
    if not member.born_on or not contest.starts_on:
        return []
    age = age_on(member.born_on, contest.starts_on)
    if age < LEAST_AGE:
        params = {"day": contest.starts_on.isoformat(), "age": LEAST_AGE}
        return [Problem(UNDER_AGE, f"{field}born_on", params)]
    if age < ADULT and not member.guardian_consent:
        return [Problem(NO_CONSENT, f"{field}consent")]
    return []


def coach_problems(registration: Registration) -> list[Problem]:
    """At most two, exactly one of them main, both staff of the contestants' unit (domain §2)."""
    coaches = registration.coaches
    if not coaches:
        return [Problem(NO_COACH, "c0_name")]
    found = []
    if len(coaches) > MOST_COACHES:
        found.append(Problem(N_("教练最多 {most} 名"), f"c{MOST_COACHES}_name", {"most": MOST_COACHES}))
    if sum(coach.main for coach in coaches) != 1:
        found.append(Problem(N_("须有且只有 1 名主教练"), "c0_name"))
    members = {member.key for member in registration.members}
    for index, coach in enumerate(coaches):
        found += _one_coach(coach, coaches[:index], members, registration.unit_id, f"c{index}_name")
    return found


def _one_coach(
    coach: CoachFacts, before: Sequence[CoachFacts], members: set[str], unit_id: int | None, field: str
) -> list[Problem]:
    if coach.key in members:
        return [Problem(N_("教练不能同时是本报名的选手"), field)]
    if coach.key in {other.key for other in before}:
        return [Problem(N_("两名教练是同一人"), field)]
    if coach.unit_id != unit_id or coach.status == Status.STUDENT:
        return [Problem(N_("教练须是本单位教职工"), field)]
    return []


def _limit_problems(registration: Registration) -> list[Problem]:
    group = registration.group
    if not group.unit_limit or registration.unit_entries < group.unit_limit:
        return []
    params = {
        "skill": group.skill, "group": GROUP_NAMES[group.kind],
        "limit": group.unit_limit, "count": registration.unit_entries,
    }  # fmt: skip
    return [Problem(UNIT_FULL, "group", params)]


def honour_warnings(members: Sequence[MemberFacts]) -> list[Problem]:
    """Titles may bar from entry where the notice says so (domain §3): told, not decided."""
    return [
        Problem(HONOURED, f"m{index}_name", {"honours": member.honours})
        for index, member in enumerate(members)
        if member.honours
    ]
