"""New entries, and changed ones: loaded, checked and written in one transaction."""

from collections.abc import Sequence
from typing import Any

from competition.audit.history import last_change
from competition.audit.write import Actor, Change, write
from competition.database.errors import Duplicate
from competition.database.rows import new_token
from competition.entries.kinds import EntryAction, EntryState
from competition.entries.rules.eligibility import (
    TWICE_HERE,
    CoachFacts,
    Held,
    MemberFacts,
    Registration,
    eligibility,
    window_problem,
)
from competition.entries.rules.states import Situation, why_not
from competition.entries.service.drafts import CoachDraft, EntryDraft, MemberDraft
from competition.entries.service.facts import Programme, held_in, persons_by_id, programme, unit_entries
from competition.entries.tables import Entry, EntryCoach, EntryMember, StagePlace
from competition.people.tables import Unit
from competition.problems import N_, Missing, Problem, Refused, Stale

ROWS_PER_INSERT = 500
TAKEN = N_("此人刚刚在本竞赛中另有报名；一人限报一项")


async def create_entry(actor: Actor, draft: EntryDraft, *, submit: bool = True) -> int:
    """The entry's id. Raises Refused with every problem at its field (rules.eligibility names them)."""
    return (await create_entries(actor, [draft], submit=submit))[0]


async def create_entries(
    actor: Actor, drafts: Sequence[EntryDraft], *, submit: bool = True, source: str = ""
) -> list[int]:
    """All or none, for one contest, in a constant number of reads; the ids in the order given."""
    if not drafts:
        return []
    try:
        async with write(actor) as change:
            await hold_units(drafts)
            await _require_open(drafts, change)
            await _require_eligible(drafts)
            state = EntryState.SUBMITTED if submit else EntryState.DRAFT
            return await insert_entries(change, drafts, state, source=source)
    except Duplicate as error:
        raise taken(error) from error


def taken(error: Duplicate) -> Refused:
    """Of two entries of one person at the same moment, one comes too late."""
    text = TAKEN if "contest" in error.columns else TWICE_HERE
    return Refused(Problem(text, "m0_id_number"))


async def hold_units(drafts: Sequence[EntryDraft]) -> None:
    """Entries of one unit are counted one transaction after the other: touching its row makes the others wait."""
    units = sorted({draft.unit_id for draft in drafts if draft.unit_id is not None})
    if units:
        await Unit.update({Unit.version: Unit.version}).where(Unit.id.is_in(units))


async def _require_open(drafts: Sequence[EntryDraft], change: Change) -> None:
    contest = (await programme(drafts[0].contest_id)).contest
    problem = window_problem(contest, change.at)
    if problem:
        raise Refused(problem)


async def _require_eligible(drafts: Sequence[EntryDraft], *, besides: int = 0) -> None:
    known = await programme(drafts[0].contest_id)
    everyone = sorted({person for draft in drafts for person in _persons_of(draft)})
    persons = await persons_by_id(everyone)
    held = await held_in(known.contest.contest_id, everyone, besides=besides)
    units = sorted({draft.unit_id for draft in drafts if draft.unit_id is not None})
    counts = await unit_entries(known.contest.contest_id, units, besides=besides)
    problems = []
    for draft in drafts:
        registration = _registration(draft, known, persons, held, counts)
        problems += eligibility(registration, known.contest)
        if draft.unit_id is not None:
            counts[draft.unit_id, draft.group_id] = registration.unit_entries + 1
        for member in draft.members:
            held.setdefault(member.person_id, Held(0, draft.unit_id, registration.group.skill))
    if problems:
        raise Refused(*problems)


def _persons_of(draft: EntryDraft) -> list[int]:
    return [member.person_id for member in draft.members] + [coach.person_id for coach in draft.coaches]


def _registration(
    draft: EntryDraft,
    known: Programme,
    persons: dict[int, dict[str, Any]],
    held: dict[int, Held],
    counts: dict[tuple[int, int], int],
) -> Registration:
    """Raises Missing for a person, skill or group that is not there."""
    group = known.group(draft.group_id)
    missing = [person for person in _persons_of(draft) if person not in persons]
    if missing or group.skill_id != draft.skill_id:
        raise Missing("person" if missing else "group")
    return Registration(
        unit_id=draft.unit_id,
        group=group,
        team_name=draft.team_name,
        unit_entries=counts.get((draft.unit_id or 0, draft.group_id), 0),
        members=tuple(_member(member, persons[member.person_id], held) for member in draft.members),
        coaches=tuple(_coach(coach, persons[coach.person_id]) for coach in draft.coaches),
    )


def _member(draft: MemberDraft, person: dict[str, Any], held: dict[int, Held]) -> MemberFacts:
    return MemberFacts(
        key=str(draft.person_id), born_on=person["born_on"], status=draft.status, honours=person["honours"],
        guardian_consent=draft.guardian_consent, held=held.get(draft.person_id),
    )  # fmt: skip


def _coach(draft: CoachDraft, person: dict[str, Any]) -> CoachFacts:
    return CoachFacts(str(draft.person_id), person["unit"], person["status"], draft.main)


async def insert_entries(
    change: Change, drafts: Sequence[EntryDraft], state: EntryState, *, source: str = ""
) -> list[int]:
    """Write entries that have been checked, with their members, coaches and a record each."""
    ids: list[int] = []
    for start in range(0, len(drafts), ROWS_PER_INSERT):
        part = drafts[start : start + ROWS_PER_INSERT]
        ids += [row["id"] for row in await Entry.insert(*[_entry_row(draft, state, change) for draft in part])]
    pairs = list(zip(ids, drafts, strict=True))
    await _insert_people(pairs)
    action = {EntryState.DRAFT: "entry.saved", EntryState.APPROVED: "entry.recorded"}.get(state, "entry.submitted")
    detail = {"source": source} if source else {}
    for entry_id, draft in pairs:
        await change.record(action, "entry", entry_id, persons=[member.person_id for member in draft.members], **detail)
    return ids


def _entry_row(draft: EntryDraft, state: EntryState, change: Change) -> Entry:
    decided = state == EntryState.APPROVED
    return Entry(
        token=new_token(), contest=draft.contest_id, skill=draft.skill_id, group=draft.group_id, unit=draft.unit_id,
        team_name=draft.team_name, state=str(state), created_at=change.at, created_by=change.actor.user_id,
        submitted_at=None if state == EntryState.DRAFT else change.at,
        decided_at=change.at if decided else None, decided_by=change.actor.user_id if decided else None,
    )  # fmt: skip


async def _insert_people(pairs: Sequence[tuple[int, EntryDraft]]) -> None:
    members = [
        EntryMember(
            entry=entry_id, contest=draft.contest_id, person=member.person_id, unit=draft.unit_id,
            status=str(member.status), level_held=str(member.level_held), guardian_consent=member.guardian_consent,
        )
        for entry_id, draft in pairs
        for member in draft.members
    ]  # fmt: skip
    coaches = [
        EntryCoach(entry=entry_id, person=coach.person_id, main=coach.main)
        for entry_id, draft in pairs
        for coach in draft.coaches
    ]
    for start in range(0, len(members), ROWS_PER_INSERT):
        await EntryMember.insert(*members[start : start + ROWS_PER_INSERT])
    for start in range(0, len(coaches), ROWS_PER_INSERT):
        await EntryCoach.insert(*coaches[start : start + ROWS_PER_INSERT])


async def update_entry(actor: Actor, entry_id: int, draft: EntryDraft, version: int, *, submit: bool = False) -> None:
    """Change an entry that is not submitted, or was returned. Raises Refused, Stale when changed since `version`."""
    entry = await Entry.select().where(Entry.id == entry_id).first()
    if entry is None or entry["contest"] != draft.contest_id or entry["unit"] != draft.unit_id:
        raise Missing("entry")
    try:
        async with write(actor) as change:
            await hold_units([draft])
            await _require_changeable(entry_id, EntryState(entry["state"]), draft, change)
            await _require_eligible([draft], besides=entry_id)
            await _replace(change, entry_id, entry, draft, version, submit=submit)
    except Duplicate as error:
        raise taken(error) from error


async def _require_changeable(entry_id: int, state: EntryState, draft: EntryDraft, change: Change) -> None:
    window = window_problem((await programme(draft.contest_id)).contest, change.at)
    placed = await StagePlace.exists().where(StagePlace.entry == entry_id)
    problem = why_not(EntryAction.EDIT, Situation(state, placed, window))
    if problem:
        raise Refused(problem)


async def _replace(
    change: Change, entry_id: int, entry: dict[str, Any], draft: EntryDraft, version: int, *, submit: bool
) -> None:
    values: dict[Any, Any] = {
        Entry.skill: draft.skill_id, Entry.group: draft.group_id, Entry.team_name: draft.team_name,
        Entry.version: version + 1,
    }  # fmt: skip
    if submit:
        values |= {Entry.state: EntryState.SUBMITTED.value, Entry.submitted_at: change.at, Entry.reason: ""}
    rows = (
        await Entry.update(values)
        .where((Entry.id == entry_id) & (Entry.version == version) & (Entry.state == entry["state"]))
        .returning(Entry.id)
    )
    if not rows:
        raise Stale(*await last_change("entry", entry_id))
    before = await EntryMember.select(EntryMember.person).where(EntryMember.entry == entry_id)
    await EntryMember.delete().where(EntryMember.entry == entry_id)
    await EntryCoach.delete().where(EntryCoach.entry == entry_id)
    await _insert_people([(entry_id, draft)])
    await change.record(
        "entry.edited", "entry", entry_id,
        persons=[member.person_id for member in draft.members], before=[row["person"] for row in before],
        group=draft.group_id, group_before=entry["group"],
    )  # fmt: skip
    if submit:
        await change.record("entry.submitted", "entry", entry_id)
