"""What the rules need to know, read in a constant number of queries however many entries are checked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from competition.contests.kinds import GroupKind
from competition.contests.tables import Contest, SkillGroup
from competition.entries.rules.eligibility import ContestFacts, GroupFacts, Held
from competition.entries.rules.states import HOLDING
from competition.entries.tables import Entry, EntryMember
from competition.people.tables import Person
from competition.problems import Missing

IDS_PER_QUERY = 5000
_ENTRY_SKILL: Any = EntryMember.entry.skill
HOLDING_STATES = [str(state) for state in HOLDING]


class Programme(msgspec.Struct, frozen=True):
    """A contest with its groups, in the order of its skills."""

    contest: ContestFacts
    groups: tuple[GroupFacts, ...]

    def group(self, group_id: int) -> GroupFacts:
        """Raises Missing when the contest has no such group."""
        for group in self.groups:
            if group.group_id == group_id:
                return group
        raise Missing("group")


def chunks(ids: Sequence[Any], size: int = IDS_PER_QUERY) -> Iterable[list[Any]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def contest_facts(row: dict[str, Any]) -> ContestFacts:
    return ContestFacts(
        contest_id=row["id"], name=row["name"], name_en=row["name_en"], state=row["state"], tier=row["tier"],
        zone=row["zone"] or "Asia/Shanghai", elsewhere=row["elsewhere"],
        opens_at=row["entry_opens_at"], closes_at=row["entry_closes_at"], starts_on=row["starts_on"],
    )  # fmt: skip


async def programme(contest_id: int) -> Programme:
    """Two queries. Raises Missing."""
    contest = await Contest.select().where(Contest.id == contest_id).first()
    if contest is None:
        raise Missing("contest")
    rows = (
        await SkillGroup.select(
            SkillGroup.id, SkillGroup.kind, SkillGroup.minimum_entries,
            SkillGroup.skill.id.as_alias("skill_id"), SkillGroup.skill.name.as_alias("skill"),
            SkillGroup.skill.name_en.as_alias("skill_en"), SkillGroup.skill.number.as_alias("number"),
            SkillGroup.skill.team_size.as_alias("team_size"),
            SkillGroup.skill.entries_per_unit.as_alias("unit_limit"),
            SkillGroup.skill.born_on_or_after.as_alias("born_on_or_after"),
        )
        .where(SkillGroup.skill.contest == contest_id)
        .order_by(SkillGroup.skill.number)
        .order_by(SkillGroup.id)
    )  # fmt: skip
    return Programme(contest_facts(contest), tuple(_group(row) for row in rows))


def _group(row: dict[str, Any]) -> GroupFacts:
    return GroupFacts(
        group_id=row["id"], kind=GroupKind(row["kind"]), skill_id=row["skill_id"], skill=row["skill"],
        skill_en=row["skill_en"], skill_number=row["number"], team_size=row["team_size"],
        unit_limit=row["unit_limit"], born_on_or_after=row["born_on_or_after"],
        minimum_entries=row["minimum_entries"],
    )  # fmt: skip


async def held_in(contest_id: int, person_ids: Sequence[int], *, besides: int = 0) -> dict[int, Held]:
    """The active entry of each person in the contest, not counting the entry `besides`."""
    held: dict[int, Held] = {}
    for ids in chunks(person_ids):
        rows = await EntryMember.select(
            EntryMember.person, EntryMember.entry, EntryMember.entry.unit.as_alias("unit"),
            _ENTRY_SKILL.name.as_alias("skill"),
        ).where(
            (EntryMember.contest == contest_id)
            & EntryMember.person.is_in(ids)
            & (EntryMember.active == True)  # noqa: E712 # a column comparison
        )  # fmt: skip
        for row in rows:
            if row["entry"] != besides:
                held[row["person"]] = Held(row["entry"], row["unit"], row["skill"])
    return held


async def unit_entries(contest_id: int, unit_ids: Sequence[int], *, besides: int = 0) -> dict[tuple[int, int], int]:
    """How many entries each unit has in each group: (unit, group) -> count."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for ids in chunks(unit_ids):
        rows = await Entry.select(Entry.unit, Entry.group).where(
            (Entry.contest == contest_id)
            & Entry.unit.is_in(ids)
            & Entry.state.is_in(HOLDING_STATES)
            & (Entry.id != besides)
        )
        for row in rows:
            counts[row["unit"], row["group"]] += 1
    return counts


_PERSON = (
    Person.id, Person.name, Person.name_en, Person.born_on, Person.status, Person.honours,
    Person.unit, Person.id_digest, Person.phone_mask,
)  # fmt: skip


async def persons_by_id(person_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for ids in chunks(person_ids):
        for row in await Person.select(*_PERSON).where(Person.id.is_in(ids)):
            found[row["id"]] = row
    return found


async def persons_by_digest(digests: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for part in chunks(digests):
        for row in await Person.select(*_PERSON).where(Person.id_digest.is_in(part)):
            found[row["id_digest"]] = row
    return found


async def staff_named(unit_id: int, names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The unit's people on file by name, students left out: who can be its coaches."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for part in chunks(names):
        rows = await Person.select(*_PERSON).where(
            (Person.unit == unit_id) & Person.name.is_in(part) & (Person.status != "student")
        )
        for row in rows:
            found[row["name"]].append(row)
    return found
