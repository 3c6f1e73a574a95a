"""What a contest's page shows of entries: counts, and the groups that have too few."""

from collections import defaultdict
from typing import Any

from piccolo.query.functions.aggregate import Count

from competition.contests.kinds import StageKind
from competition.contests.tables import SkillGroup
from competition.entries.kinds import EntryState
from competition.entries.tables import Entry, EntryMember, StagePlace

_STAGE: Any = StagePlace.stage
_PLACED: Any = StagePlace.entry
_MEMBER_OF: Any = EntryMember.entry
COUNTED = [EntryState.SUBMITTED.value, EntryState.RETURNED.value, EntryState.APPROVED.value]


async def entries_by_skill(contest_id: int) -> dict[int, int]:
    """Persons, every member of a team, whose entries are handed in and not refused."""
    rows = (
        await EntryMember.select(_MEMBER_OF.skill.as_alias("skill"), Count(alias="n"))
        .where((EntryMember.contest == contest_id) & _MEMBER_OF.state.is_in(COUNTED))
        .group_by(_MEMBER_OF.skill)
    )
    return {row["skill"]: row["n"] for row in rows}


async def finalists_by_skill(contest_id: int) -> dict[int, int]:
    """Persons, every member of a team, with a place in a final that was not declined."""
    placed = StagePlace.select(StagePlace.entry).where(
        (_PLACED.contest == contest_id) & (_STAGE.kind == StageKind.FINAL.value) & StagePlace.declined_at.is_null()
    )
    rows = (
        await EntryMember.select(_MEMBER_OF.skill.as_alias("skill"), Count(alias="n"))
        .where(EntryMember.entry.is_in(placed))
        .group_by(_MEMBER_OF.skill)
    )
    return {row["skill"]: row["n"] for row in rows}


async def state_counts(contest_id: int) -> dict[str, int]:
    rows = await Entry.select(Entry.state, Count(alias="n")).where(Entry.contest == contest_id).group_by(Entry.state)
    return {row["state"]: row["n"] for row in rows}


async def group_counts(contest_id: int) -> dict[int, dict[str, int]]:
    """group -> state -> how many."""
    rows = (
        await Entry.select(Entry.group, Entry.state, Count(alias="n"))
        .where(Entry.contest == contest_id)
        .group_by(Entry.group, Entry.state)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row["group"]][row["state"]] = row["n"]
    return found


async def short_groups(contest_id: int) -> list[dict[str, Any]]:
    """Groups with fewer entries than their notice asks for: skill, kind, count, minimum."""
    skill: Any = SkillGroup.skill
    groups = (
        await SkillGroup.select(
            SkillGroup.id, SkillGroup.kind, SkillGroup.minimum_entries, skill.id.as_alias("skill_id"),
            skill.name.as_alias("skill"), skill.name_en.as_alias("skill_en"),
        )
        .where((skill.contest == contest_id) & (SkillGroup.minimum_entries > 0))
        .order_by(skill.number)
    )  # fmt: skip
    counts = await group_counts(contest_id)
    short = []
    for group in groups:
        count = sum(counts.get(group["id"], {}).get(state, 0) for state in COUNTED)
        if count < group["minimum_entries"]:
            short.append(group | {"count": count})
    return short


async def place_counts(contest_id: int) -> dict[int, dict[str, int]]:
    """stage -> attendance -> how many, declined places left out."""
    rows = (
        await StagePlace.select(StagePlace.stage, StagePlace.attendance, Count(alias="n"))
        .where((_PLACED.contest == contest_id) & StagePlace.declined_at.is_null())
        .group_by(StagePlace.stage, StagePlace.attendance)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row["stage"]][row["attendance"]] = row["n"]
    return found
