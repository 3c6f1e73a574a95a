"""The contestants of a stage as the score clerk knows them: by name, never by blind number."""

from typing import Any

import msgspec

from competition.entries.service import places
from competition.marking.service.ties import GONE


class ListedEntry(msgspec.Struct, frozen=True):
    """`number` is the contestant's number in the roster."""

    entry_id: int
    number: int
    team_name: str
    members: list[dict[str, Any]]
    unit_name: str
    unit_name_en: str
    gone: bool


async def import_list(stage_id: int) -> list[ListedEntry]:
    return [
        ListedEntry(
            entry_id=row["entry_id"], number=row["position"], team_name=row["team_name"], members=row["members"],
            unit_name=row["unit_name"] or "", unit_name_en=row["unit_name_en"] or "", gone=row["attendance"] in GONE,
        )
        for row in await places(stage_id)
        if row["declined_at"] is None
    ]  # fmt: skip
