"""Confirming an import: the good rows become entries in one transaction, once."""

import msgspec

from competition import clock
from competition.audit.write import Actor, write
from competition.documents.masking import mask_phone
from competition.entries.kinds import ImportState
from competition.entries.rules.eligibility import window_problem
from competition.entries.rules.sheet import SheetCheck, SheetEntry
from competition.entries.rules.typed import Known, OnFile, TypedCoach
from competition.entries.service.creating import create_entries
from competition.entries.service.drafts import CoachDraft, EntryDraft, MemberDraft
from competition.entries.service.facts import programme
from competition.entries.service.importing import StoredSheet, check_rows, load_import, refresh
from competition.entries.service.registering import known_for
from competition.entries.tables import EntryImport
from competition.people import service as people
from competition.people.identity import normalise_id, normalise_phone
from competition.people.kinds import IdKind, Status, UnitKind
from competition.people.rules import PersonDraft
from competition.problems import N_, Problem, Refused

ALREADY = N_("本次导入已经完成，没有重复建立报名")
CHANGED = N_("校对后情况有变，已重新核对：原可导入 {before} 行，现为 {after} 行。再确认一次")


async def confirm(actor: Actor, import_id: int) -> int:
    """Take the good rows over; how many entries. Raises Refused when done already, or the rows changed."""
    found = await load_import(import_id)
    if found.state != ImportState.WAITING:
        raise Refused(Problem(ALREADY))
    closed = window_problem((await programme(found.contest_id)).contest, clock.now())
    if closed:
        raise Refused(closed)
    rows = found.stored.full_rows()
    check = await check_rows(rows, found.contest_id, found.unit_id)
    good = sum(len(entry.rows) for entry in check.entries)
    if good != found.stored.good or not good:
        await refresh(actor, import_id)
        raise Refused(Problem(CHANGED, params={"before": found.stored.good, "after": good}))
    done = msgspec.json.encode(StoredSheet(sheet=found.stored.sheet, good=good, entries=len(check.entries))).decode()
    async with write(actor) as change:
        claimed = (
            await EntryImport.update({EntryImport.state: ImportState.CONFIRMED.value, EntryImport.rows: done})
            .where((EntryImport.id == import_id) & (EntryImport.state == ImportState.WAITING.value))
            .returning(EntryImport.id)
        )
        if not claimed:
            raise Refused(Problem(ALREADY))
        drafts = await _drafts(actor, check)
        ids = await create_entries(actor, drafts, source=found.filename)
        await change.record("import.confirmed", "entry_import", import_id, entries=len(ids), rows=good)
    return len(ids)


async def _drafts(actor: Actor, check: SheetCheck) -> list[EntryDraft]:
    """Within a write: everybody named exists afterwards."""
    first = check.entries[0].entry
    typed = [member.person for each in check.entries for member in each.entry.members]
    coaches = [coach for each in check.entries for coach in each.entry.coaches]
    numbers = [draft.id_number for draft in typed] + [coach.id_number for coach in coaches]
    known = await known_for(first.contest_id, first.unit_id, numbers, [coach.name for coach in coaches])
    status = Status.TEACHER if first.unit_kind == UnitKind.SCHOOL else Status.EMPLOYEE
    typed += [
        PersonDraft(
            coach.name, "", "", None, IdKind.RESIDENT, coach.id_number, coach.phone, first.unit_id, status
        )
        for coach in coaches
        if coach.id_number and normalise_id(coach.id_number) not in known.persons
    ]  # fmt: skip
    ids = await persons_of(actor, typed, known)
    return [_draft(each, ids, known) for each in check.entries]


async def persons_of(actor: Actor, typed: list[PersonDraft], known: Known) -> dict[str, int]:
    """Number -> person id: newcomers are added together, those on file brought up to date."""
    ids = {number: person.person_id for number, person in known.persons.items()}
    new: dict[str, PersonDraft] = {}
    for draft in typed:
        number = normalise_id(draft.id_number)
        on_file = known.persons.get(number)
        if on_file is None:
            new.setdefault(number, draft)
        elif _differs(draft, on_file):
            await people.find_or_add(actor, draft)
    if new:
        ids |= dict(zip(new, await people.add_persons(actor, list(new.values())), strict=True))
    return ids


def _differs(draft: PersonDraft, on_file: OnFile) -> bool:
    """A draft without phone or unit keeps those on file."""
    phone = mask_phone(normalise_phone(draft.phone)) if draft.phone else on_file.phone_mask
    unit_id = draft.unit_id if draft.unit_id is not None else on_file.unit_id
    return (unit_id, draft.status, phone) != (on_file.unit_id, on_file.status, on_file.phone_mask)


def _draft(each: SheetEntry, ids: dict[str, int], known: Known) -> EntryDraft:
    entry = each.entry
    return EntryDraft(
        contest_id=entry.contest_id, skill_id=entry.group.skill_id, group_id=entry.group.group_id,
        unit_id=entry.unit_id, team_name=entry.team_name,
        members=[
            MemberDraft(
                ids[normalise_id(member.person.id_number)], member.person.status,
                member.level_held, member.guardian_consent,
            )
            for member in entry.members
        ],
        coaches=[CoachDraft(_coach_id(coach, ids, known), coach.main) for coach in entry.coaches],
    )  # fmt: skip


def _coach_id(coach: TypedCoach, ids: dict[str, int], known: Known) -> int:
    if coach.id_number:
        return ids[normalise_id(coach.id_number)]
    return known.staff[coach.name.strip()][0].person_id
