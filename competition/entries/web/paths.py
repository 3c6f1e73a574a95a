"""What the ids of entries, imports and places in an address lead to. An entry without unit belongs to unit 0."""

from typing import Any

from competition.accounts.access import Scopes, path_scope
from competition.entries.tables import Entry, EntryImport, StagePlace


def _scopes(row: dict[str, Any] | None) -> Scopes | None:
    if row is None:
        return None
    return {"entry": row["id"], "contest": row["contest"], "skill": row["skill"], "unit": row["unit"] or 0}


@path_scope("entry_id")
async def _entry(entry_id: int) -> Scopes | None:
    return _scopes(
        await Entry.select(Entry.id, Entry.contest, Entry.skill, Entry.unit).where(Entry.id == entry_id).first()
    )


@path_scope("entry_token")
async def _token(entry_token: str) -> Scopes | None:
    return _scopes(
        await Entry.select(Entry.id, Entry.contest, Entry.skill, Entry.unit).where(Entry.token == entry_token).first()
    )


@path_scope("import_id")
async def _import(import_id: int) -> Scopes | None:
    row = await EntryImport.select(EntryImport.contest, EntryImport.unit).where(EntryImport.id == import_id).first()
    return {"contest": row["contest"], "unit": row["unit"]} if row else None


@path_scope("place_id")
async def _place(place_id: int) -> Scopes | None:
    row = await StagePlace.select(StagePlace.entry).where(StagePlace.id == place_id).first()
    return await _entry(row["entry"]) if row else None
