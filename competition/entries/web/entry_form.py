"""The registration form: from fields to an entry as typed, and an entry back into fields."""

from collections.abc import Sequence
from typing import Any

import msgspec

from competition.contests.kinds import GROUP_NAMES, GroupKind, Tier
from competition.entries.rules.eligibility import MOST_COACHES, GroupFacts
from competition.entries.rules.typed import TypedCoach, TypedEntry, TypedMember
from competition.entries.service.facts import Programme
from competition.people.kinds import LEVEL_NAMES, SEX_NAMES, STATUS_NAMES, IdKind, Level, Sex, Status
from competition.people.rules import PersonDraft
from competition.problems import Problem, Refused
from competition.web.forms import Form
from competition.web.i18n import _, shown

USUAL_STATUS = {
    GroupKind.EMPLOYEE: Status.EMPLOYEE,
    GroupKind.STUDENT: Status.STUDENT,
    GroupKind.TEACHER: Status.TEACHER,
    GroupKind.OPEN: Status.EMPLOYEE,
}


def group_options(known: Programme) -> list[tuple[int, str]]:
    return [
        (group.group_id, f"{shown(group.skill, group.skill_en)} · {_(GROUP_NAMES[group.kind])}")
        for group in known.groups
    ]


def field_options() -> dict[str, list[tuple[str, str]]]:
    return {
        "statuses": [(status.value, _(name)) for status, name in STATUS_NAMES.items()],
        "levels": [(level.value, _(name)) for level, name in LEVEL_NAMES.items()],
        "sexes": [(sex.value, _(name)) for sex, name in SEX_NAMES.items()],
    }


def blank_form(group: GroupFacts) -> Form:
    values = {f"m{index}_status": USUAL_STATUS[group.kind] for index in range(group.team_size)}
    return Form.filled(group=group.group_id, **values)


def filled_form(entry: dict[str, Any], members: Sequence[dict[str, Any]], coaches: Sequence[dict[str, Any]]) -> Form:
    """Numbers and phones stay blank: they are on file and shown to nobody."""
    values: dict[str, Any] = {"team_name": entry["team_name"], "version": entry["version"], "group": entry["group"]}
    for index, member in enumerate(members):
        values |= {
            f"m{index}_name": member["name"], f"m{index}_status": member["status"],
            f"m{index}_level": member["level_held"], f"m{index}_consent": member["guardian_consent"],
        }  # fmt: skip
    for index, coach in enumerate(coaches):
        values[f"c{index}_name"] = coach["name"]
    return Form.filled(**values)


def typed_entry(
    form: Form, known: Programme, group: GroupFacts, unit: dict[str, Any], on_file: Sequence[dict[str, str]] = ()
) -> TypedEntry:
    """`on_file`: the numbers of the entry being mended, for members whose number was left blank."""
    members = [
        _member(form, f"m{index}_", unit["id"], known, on_file[index] if index < len(on_file) else {})
        for index in range(group.team_size)
    ]
    coaches = [
        TypedCoach(
            form.text(f"c{index}_name", required=False, longest=60),
            index == 0,
            form.text(f"c{index}_id_number", required=False, longest=40),
            form.text(f"c{index}_phone", required=False, longest=30),
        )
        for index in range(MOST_COACHES)
    ]
    named = tuple(coach for coach in coaches if coach.name or coach.id_number)
    team = form.text("team_name", required=False, longest=80) if group.team_size > 1 else ""
    return TypedEntry(
        known.contest.contest_id, group, unit["id"], unit["kind"], tuple(members),
        named if named and named[0].main else (), team,
    )  # fmt: skip


def _member(form: Form, prefix: str, unit_id: int, known: Programme, on_file: dict[str, str]) -> TypedMember:
    kind = IdKind.RESIDENT.value
    if known.contest.tier == Tier.WORLD:
        kind = form.one_of(f"{prefix}id_kind", [each.value for each in IdKind], required=False) or kind
    number = form.text(f"{prefix}id_number", required=False, longest=40)
    phone = form.text(f"{prefix}phone", required=False, longest=30)
    if not number and on_file:
        number, kind = on_file["id_number"], on_file["id_kind"]
    passport = kind == IdKind.PASSPORT
    person = PersonDraft(
        name=form.text(f"{prefix}name", required=False, longest=60), name_en="",
        sex=form.one_of(f"{prefix}sex", [each.value for each in Sex], required=False) if passport else "",
        born_on=form.day(f"{prefix}born_on") if passport else None,
        id_kind=kind, id_number=number, phone=phone or on_file.get("phone", ""), unit_id=unit_id,
        status=form.one_of(f"{prefix}status", [each.value for each in Status], required=False),
    )  # fmt: skip
    level = form.one_of(f"{prefix}level", [each.value for each in Level], required=False)
    return TypedMember(person, level, form.checked(f"{prefix}consent"))


def refuse(form: Form, refused: Refused, entry: TypedEntry) -> None:
    """Show the problems at fields that the form has: a birth date is that of the ID number."""
    for problem in refused.problems:
        form.refuse(_at_its_field(problem, entry))


def _at_its_field(problem: Problem, entry: TypedEntry) -> Problem:
    who, _bar, key = problem.field.partition("_")
    if key in ("born_on", "sex") and who[1:].isdigit():
        member = entry.members[int(who[1:])]
        if member.person.id_kind == IdKind.RESIDENT:
            return msgspec.structs.replace(problem, field=f"{who}_id_number")
    return problem
