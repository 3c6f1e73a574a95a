"""Entries as other rooms and pages read them, each in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from competition.entries.service.facts import chunks
from competition.entries.tables import EntryCoach, EntryMember, StagePlace

Record = dict[str, Any]

_UNIT: Any = StagePlace.entry.unit


async def members_of(entry_ids: Sequence[int]) -> dict[int, list[Record]]:
    """Of each entry its persons, with unit, status and level of the day of registration; `person_id` names them."""
    found: dict[int, list[Record]] = defaultdict(list)
    for ids in chunks(entry_ids):
        rows = (
            await EntryMember.select(
                EntryMember.entry, EntryMember.person.as_alias("person_id"), EntryMember.unit, EntryMember.status,
                EntryMember.level_held, EntryMember.guardian_consent,
                EntryMember.person.name.as_alias("name"), EntryMember.person.name_en.as_alias("name_en"),
                EntryMember.person.born_on.as_alias("born_on"), EntryMember.person.sex.as_alias("sex"),
                EntryMember.person.id_mask.as_alias("id_mask"), EntryMember.person.phone_mask.as_alias("phone_mask"),
                EntryMember.person.honours.as_alias("honours"),
            )
            .where(EntryMember.entry.is_in(ids))
            .order_by(EntryMember.id)
        )  # fmt: skip
        for row in rows:
            found[row["entry"]].append(row)
    return found


async def coaches_of(entry_ids: Sequence[int]) -> dict[int, list[Record]]:
    """Of each entry, the main coach first: person_id, name, name_en, main, phone_mask."""
    found: dict[int, list[Record]] = defaultdict(list)
    for ids in chunks(entry_ids):
        rows = (
            await EntryCoach.select(
                EntryCoach.entry, EntryCoach.person.as_alias("person_id"), EntryCoach.main,
                EntryCoach.person.name.as_alias("name"), EntryCoach.person.name_en.as_alias("name_en"),
                EntryCoach.person.phone_mask.as_alias("phone_mask"), EntryCoach.person.id_mask.as_alias("id_mask"),
            )
            .where(EntryCoach.entry.is_in(ids))
            .order_by(EntryCoach.id)
        )  # fmt: skip
        for row in sorted(rows, key=lambda row: not row["main"]):
            found[row["entry"]].append(row)
    return found


async def places(stage_id: int) -> list[Record]:
    """The stage's places in order, declined ones too, each with its entry, its unit and `members`: two queries."""
    rows = (
        await StagePlace.select(
            StagePlace.id, StagePlace.entry.as_alias("entry_id"), StagePlace.position, StagePlace.reason,
            StagePlace.from_revision, StagePlace.declined_at, StagePlace.declined_reason, StagePlace.session,
            StagePlace.attendance, StagePlace.attended_at, StagePlace.attendance_reason,
            StagePlace.entry.token.as_alias("token"), StagePlace.entry.team_name.as_alias("team_name"),
            StagePlace.entry.state.as_alias("state"), _UNIT.id.as_alias("unit_id"),
            _UNIT.name.as_alias("unit_name"), _UNIT.name_en.as_alias("unit_name_en"),
        )
        .where(StagePlace.stage == stage_id)
        .order_by(StagePlace.position)
        .order_by(StagePlace.id)
    )  # fmt: skip
    members = await members_of([row["entry_id"] for row in rows])
    return [row | {"members": members[row["entry_id"]]} for row in rows]
