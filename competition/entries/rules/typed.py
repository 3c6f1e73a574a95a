"""An entry as its registrar types it: people by name and number, not yet matched with those on file."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from competition.contests.kinds import Tier
from competition.entries.rules.eligibility import (
    CoachFacts,
    ContestFacts,
    GroupFacts,
    Held,
    MemberFacts,
    Registration,
    eligibility,
)
from competition.people.identity import (
    born_on,
    normalise_id,
    phone_problem,
    resident_id_problem,
)
from competition.people.kinds import IdKind, Status, UnitKind
from competition.people.rules import PersonDraft, person_problems
from competition.problems import N_, Problem

OTHER_NAME = N_("该证件号已登记在另一姓名下；核对姓名和证件号")
WORLD_ONLY = N_("护照只用于世界级竞赛；其他竞赛用 18 位证件号")
NO_SUCH_COACH = N_("本单位没有登记名为“{name}”的教职工；填其身份证号即可登记")
NAMESAKES = N_("本单位有 {count} 名教职工叫“{name}”；填身份证号区分")
STAFF_STATUS = {UnitKind.SCHOOL: Status.TEACHER, UnitKind.ENTERPRISE: Status.EMPLOYEE}


class TypedMember(msgspec.Struct, frozen=True):
    person: PersonDraft
    level_held: str = ""
    guardian_consent: bool = False


class TypedCoach(msgspec.Struct, frozen=True):
    """By name among the unit's staff; with a number also one who is not on file yet."""

    name: str
    main: bool
    id_number: str = ""
    phone: str = ""


class TypedEntry(msgspec.Struct, frozen=True):
    contest_id: int
    group: GroupFacts
    unit_id: int
    unit_kind: str
    members: tuple[TypedMember, ...]
    coaches: tuple[TypedCoach, ...] = ()
    team_name: str = ""


class OnFile(msgspec.Struct, frozen=True):
    person_id: int
    name: str
    born_on: date | None
    status: str
    honours: str
    unit_id: int | None
    phone_mask: str = ""


class Known(msgspec.Struct, frozen=True):
    """Persons on file by number (normalised), the unit's staff by name, and who has an entry in the contest."""

    persons: Mapping[str, OnFile]
    staff: Mapping[str, Sequence[OnFile]]
    held: Mapping[int, Held]


class Checked(msgspec.Struct, frozen=True):
    """`coaches` in order: a person on file, or one to be added."""

    problems: tuple[Problem, ...]
    registration: Registration
    coaches: tuple[OnFile | PersonDraft, ...] = ()


def check_typed(entry: TypedEntry, known: Known, contest: ContestFacts, unit_entries: int) -> Checked:
    """Every problem at once. Fields are those of eligibility."""
    problems: list[Problem] = []
    for index, member in enumerate(entry.members):
        problems += person_checks(member.person, known, contest, f"m{index}_")
    coaches: list[OnFile | PersonDraft] = []
    unresolved = False
    for index, typed in enumerate(entry.coaches):
        coach, wrong = _coach(typed, entry, known, f"c{index}_")
        problems += wrong
        if coach is None:
            unresolved = True
        else:
            coaches.append(coach)
    registration = Registration(
        unit_id=entry.unit_id,
        group=entry.group,
        members=tuple(_member_facts(member, known) for member in entry.members),
        coaches=tuple(_coach_facts(coach, typed.main) for coach, typed in zip(coaches, entry.coaches, strict=False)),
        team_name=entry.team_name,
        unit_entries=unit_entries,
    )
    found = [each for each in eligibility(registration, contest) if not (unresolved and each.field[:1] == "c")]
    return Checked(tuple(_once([*problems, *found])), registration, tuple(coaches))


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """At most one problem of the number and one of the birth date: the second follows from the first."""
    seen: set[str] = set()
    kept = []
    for problem in problems:
        if problem.field and problem.field in seen:
            continue
        seen.add(problem.field)
        kept.append(problem)
    return kept


def person_checks(draft: PersonDraft, known: Known, contest: ContestFacts, prefix: str) -> list[Problem]:
    found = person_problems(draft)
    if not draft.phone:
        found.append(Problem(N_("未填联系电话"), "phone"))
    if draft.id_kind == IdKind.PASSPORT and contest.tier != Tier.WORLD:
        found.append(Problem(WORLD_ONLY, "id_kind"))
    on_file = known.persons.get(normalise_id(draft.id_number))
    if on_file and draft.name.strip() and on_file.name != draft.name.strip():
        found.append(Problem(OTHER_NAME, "name"))
    return [msgspec.structs.replace(problem, field=prefix + problem.field) for problem in found]


def birth_date(draft: PersonDraft) -> date | None:
    """By the number where it holds one, else as typed."""
    if draft.id_kind == IdKind.RESIDENT:
        return None if resident_id_problem(draft.id_number) else born_on(draft.id_number)
    return draft.born_on


def _member_facts(member: TypedMember, known: Known) -> MemberFacts:
    number = normalise_id(member.person.id_number)
    on_file = known.persons.get(number)
    return MemberFacts(
        key=number or f"?{id(member)}",
        born_on=birth_date(member.person),
        status=member.person.status,
        guardian_consent=member.guardian_consent,
        honours=on_file.honours if on_file else "",
        held=known.held.get(on_file.person_id) if on_file else None,
    )


def _coach_facts(coach: OnFile | PersonDraft, main: bool) -> CoachFacts:
    key = f"#{coach.person_id}" if isinstance(coach, OnFile) else normalise_id(coach.id_number)
    return CoachFacts(key, coach.unit_id, coach.status, main)


def _coach(
    typed: TypedCoach, entry: TypedEntry, known: Known, prefix: str
) -> tuple[OnFile | PersonDraft | None, list[Problem]]:
    name = typed.name.strip()
    if not typed.id_number:
        namesakes = known.staff.get(name, ())
        if len(namesakes) == 1:
            return namesakes[0], []
        text = NAMESAKES if namesakes else NO_SUCH_COACH
        return None, [Problem(text, f"{prefix}name", {"name": name, "count": len(namesakes)})]
    return _coach_by_number(typed, name, entry, known, prefix)


def _coach_by_number(
    typed: TypedCoach, name: str, entry: TypedEntry, known: Known, prefix: str
) -> tuple[OnFile | PersonDraft | None, list[Problem]]:
    wrong = resident_id_problem(typed.id_number, f"{prefix}id_number")
    if wrong:
        return None, [wrong]
    on_file = known.persons.get(normalise_id(typed.id_number))
    if on_file:
        return (on_file, []) if on_file.name == name else (None, [Problem(OTHER_NAME, f"{prefix}name")])
    wrong = phone_problem(typed.phone, f"{prefix}phone") if typed.phone else None
    if wrong:
        return None, [wrong]
    status = STAFF_STATUS[UnitKind(entry.unit_kind)]
    return PersonDraft(name, "", "", None, IdKind.RESIDENT, typed.id_number, typed.phone, entry.unit_id, status), []
