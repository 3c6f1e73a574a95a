"""Contestants of a stage by name: for those who prepare it, and for everybody who may see the list after the reveal."""

from collections.abc import Sequence
from typing import Any

import msgspec

from competition.entries.service import members_of
from competition.entries.tables import Entry, StagePlace


class Contestant(msgspec.Struct, frozen=True):
    """An entry by name, for those who may know it."""

    entry_id: int
    team_name: str
    members: list[dict[str, Any]]
    unit_name: str
    unit_name_en: str


async def contestants_of(entry_ids: Sequence[int]) -> dict[int, Contestant]:
    if not entry_ids:
        return {}
    rows = await Entry.select(
        Entry.id, Entry.team_name, Entry.unit.name.as_alias("unit_name"), Entry.unit.name_en.as_alias("unit_name_en")
    ).where(Entry.id.is_in(list(entry_ids)))
    members = await members_of(entry_ids)
    return {
        row["id"]: Contestant(
            row["id"], row["team_name"], members[row["id"]], row["unit_name"] or "", row["unit_name_en"] or ""
        )
        for row in rows
    }


async def stage_contestants(stage_id: int) -> list[Contestant]:
    """Everybody with a place in the stage, in the order of the roster."""
    rows = (
        await StagePlace.select(StagePlace.entry)
        .where((StagePlace.stage == stage_id) & StagePlace.declined_at.is_null())
        .order_by(StagePlace.position)
        .order_by(StagePlace.id)
    )
    found = await contestants_of([row["entry"] for row in rows])
    return [found[row["entry"]] for row in rows]
