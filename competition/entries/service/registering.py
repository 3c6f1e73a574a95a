"""From what a registrar typed to an entry: people are found by their number, or added."""

from collections.abc import Sequence
from typing import Any

from competition import clock
from competition.audit.write import Actor, write
from competition.entries.rules.eligibility import window_problem
from competition.entries.rules.typed import Checked, Known, OnFile, TypedEntry, check_typed
from competition.entries.service.creating import create_entry, update_entry
from competition.entries.service.drafts import CoachDraft, EntryDraft, MemberDraft
from competition.entries.service.facts import held_in, persons_by_digest, programme, staff_named, unit_entries
from competition.people import service as people
from competition.people.identity import normalise_id
from competition.people.rules import PersonDraft
from competition.people.vault import lookup_digest
from competition.problems import Problem, Refused


def on_file(row: dict[str, Any]) -> OnFile:
    return OnFile(row["id"], row["name"], row["born_on"], row["status"], row["honours"], row["unit"], row["phone_mask"])


async def known_for(
    contest_id: int, unit_id: int, numbers: Sequence[str], coach_names: Sequence[str], *, besides: int = 0
) -> Known:
    """A constant number of queries, however many people are asked for."""
    digests = {lookup_digest(number): number for number in {normalise_id(text) for text in numbers} if number}
    rows = await persons_by_digest(sorted(digests))
    persons = {digests[digest]: on_file(row) for digest, row in rows.items()}
    held = await held_in(contest_id, sorted(person.person_id for person in persons.values()), besides=besides)
    staff = await staff_named(unit_id, sorted({name.strip() for name in coach_names if name.strip()}))
    return Known(persons, {name: [on_file(row) for row in found] for name, found in staff.items()}, held)


async def check(entry: TypedEntry, *, besides: int = 0) -> Checked:
    """What the form is told, before anything is written."""
    contest = (await programme(entry.contest_id)).contest
    numbers = [member.person.id_number for member in entry.members] + [coach.id_number for coach in entry.coaches]
    known = await known_for(
        entry.contest_id, entry.unit_id, numbers, [coach.name for coach in entry.coaches], besides=besides
    )
    counts = await unit_entries(entry.contest_id, [entry.unit_id], besides=besides)
    return check_typed(entry, known, contest, counts.get((entry.unit_id, entry.group.group_id), 0))


async def register(
    actor: Actor, entry: TypedEntry, *, submit: bool = True, typed_problems: Sequence[Problem] = ()
) -> int:
    """The new entry's id. Raises Refused with everything that is wrong, `typed_problems` of the form included."""
    contest = (await programme(entry.contest_id)).contest
    closed = window_problem(contest, clock.now())
    checked = await check(entry)
    problems = ([closed] if closed else []) + [*typed_problems, *checked.problems]
    if problems:
        raise Refused(*problems)
    async with write(actor):
        return await create_entry(actor, await _draft(actor, entry, checked), submit=submit)


async def amend(
    actor: Actor,
    entry_id: int,
    entry: TypedEntry,
    version: int,
    *,
    submit: bool,
    typed_problems: Sequence[Problem] = (),
) -> None:
    """Change an entry. Raises Refused, Stale."""
    checked = await check(entry, besides=entry_id)
    problems = [*typed_problems, *checked.problems]
    if problems:
        raise Refused(*problems)
    async with write(actor):
        await update_entry(actor, entry_id, await _draft(actor, entry, checked), version, submit=submit)


async def _draft(actor: Actor, entry: TypedEntry, checked: Checked) -> EntryDraft:
    """Within a write: the people exist afterwards."""
    members = [
        MemberDraft(
            await people.find_or_add(actor, member.person), member.person.status,
            member.level_held, member.guardian_consent,
        )
        for member in entry.members
    ]  # fmt: skip
    coaches = [
        CoachDraft(await _person_id(actor, coach), typed.main)
        for coach, typed in zip(checked.coaches, entry.coaches, strict=True)
    ]
    return EntryDraft(
        entry.contest_id, entry.group.skill_id, entry.group.group_id, entry.unit_id, members, coaches, entry.team_name
    )


async def _person_id(actor: Actor, coach: OnFile | PersonDraft) -> int:
    return coach.person_id if isinstance(coach, OnFile) else await people.find_or_add(actor, coach)
