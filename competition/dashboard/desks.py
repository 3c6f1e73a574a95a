"""What each role finds on its desk: only its own."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from competition.contests.tables import Contest, Stage
from competition.entries.kinds import EntryState
from competition.entries.tables import Entry, EntryCoach, EntryMember
from competition.people.tables import Unit
from competition.results.stages import COLUMNS

Row = dict[str, Any]

DECIDED_LIMIT = 50


async def contests_by_id(contest_ids: Sequence[int]) -> list[Row]:
    """Newest first, with how many stages are in each state."""
    if not contest_ids:
        return []
    contests = (
        await Contest.select()
        .where(Contest.id.is_in(list(contest_ids)))
        .order_by(Contest.year, ascending=False)
        .order_by(Contest.id, ascending=False)
    )
    stages = await Stage.select(Stage.state, Stage.group._.skill._.contest.as_alias("contest_id")).where(
        Stage.group._.skill._.contest.is_in(list(contest_ids))
    )
    states: dict[int, Counter[str]] = defaultdict(Counter)
    for stage in stages:
        states[stage["contest_id"]][stage["state"]] += 1
    return [contest | {"stages": states[contest["id"]]} for contest in contests]


async def stages_of_skills(skill_ids: Sequence[int]) -> list[Row]:
    """The stages a chief judge leads, newest contest first."""
    if not skill_ids:
        return []
    skill = Stage.group._.skill._
    return (
        await Stage.select(*COLUMNS)
        .where(skill.id.is_in(list(skill_ids)))
        .order_by(skill.contest, ascending=False)
        .order_by(skill.number)
        .order_by(Stage.group)
        .order_by(Stage.position)
    )


async def entries_of_units(unit_ids: Sequence[int]) -> list[Row]:
    """A unit's entries by contest: how many in each state, newest contest first."""
    if not unit_ids:
        return []
    contest = Entry.contest._
    rows = await Entry.select(
        Entry.state, Entry.unit.as_alias("unit_id"), contest.id.as_alias("contest_id"),
        contest.name.as_alias("name"), contest.name_en.as_alias("name_en"),
        contest.entry_closes_at.as_alias("closes"), contest.year.as_alias("year"),
    ).where(Entry.unit.is_in(list(unit_ids)))  # fmt: skip
    found: dict[tuple[int, int], Row] = {}
    for row in rows:
        line = found.setdefault((row["contest_id"], row["unit_id"]), row | {"states": Counter()})
        line["states"][row["state"]] += 1
    return sorted(found.values(), key=lambda line: (-line["year"], -line["contest_id"]))


async def returned_entries(unit_ids: Sequence[int]) -> list[Row]:
    """Entries that came back with a reason."""
    if not unit_ids:
        return []
    return (
        await Entry.select(
            Entry.id, Entry.reason, Entry.skill._.name.as_alias("skill"), Entry.skill._.name_en.as_alias("skill_en"),
            Entry.contest._.name.as_alias("contest"), Entry.contest._.name_en.as_alias("contest_en"),
            Entry.contest._.entry_closes_at.as_alias("closes"),
        )
        .where(Entry.unit.is_in(list(unit_ids)) & (Entry.state == EntryState.RETURNED.value))
        .order_by(Entry.id)
        .limit(DECIDED_LIMIT)
    )  # fmt: skip


async def units_by_id(unit_ids: Sequence[int]) -> list[Row]:
    if not unit_ids:
        return []
    return await Unit.select(Unit.id, Unit.name, Unit.name_en).where(Unit.id.is_in(list(unit_ids))).order_by(Unit.id)


async def entries_of_persons(person_ids: Sequence[int]) -> list[Row]:
    """Entries in which a contestant takes part or that a coach trains."""
    if not person_ids:
        return []
    own = await EntryMember.select(EntryMember.entry).where(EntryMember.person.is_in(list(person_ids)))
    trained = await EntryCoach.select(EntryCoach.entry).where(EntryCoach.person.is_in(list(person_ids)))
    ids = {row["entry"] for row in [*own, *trained]}
    if not ids:
        return []
    contest = Entry.contest._
    return (
        await Entry.select(
            Entry.id, Entry.state, Entry.reason, Entry.group.as_alias("group_id"),
            Entry.group._.kind.as_alias("group_kind"), Entry.skill._.name.as_alias("skill"),
            Entry.skill._.name_en.as_alias("skill_en"), contest.name.as_alias("contest"),
            contest.name_en.as_alias("contest_en"), contest.token.as_alias("contest_token"),
        )
        .where(Entry.id.is_in(list(ids)))
        .order_by(Entry.id, ascending=False)
    )  # fmt: skip
