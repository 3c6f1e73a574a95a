"""Districts and occupations from seeds/reference."""

import tomllib
from typing import Any

from competition.audit.write import Actor, write
from competition.people.tables import District, Occupation
from competition.web.assets import project_folder


def read_reference(name: str) -> list[dict[str, Any]]:
    """The rows of seeds/reference/<name>.toml, in order."""
    with (project_folder("seeds") / "reference" / f"{name}.toml").open("rb") as file:
        return sorted(tomllib.load(file)[name], key=lambda row: row["order"])


async def load_reference(actor: Actor) -> int:
    """Add what is missing and put right what was renamed; how many rows changed."""
    districts = [
        {"name": row["name"], "code": row.get("area_code", ""), "name_en": row["name_en"], "position": row["order"]}
        for row in read_reference("districts")
    ]
    occupations: list[dict[Any, Any]] = [
        {name: row[name] for name in ("code", "edition", "name", "name_en")} for row in read_reference("occupations")
    ]
    held_districts = {row["name"]: row for row in await District.select()}
    held_occupations = {(row["code"], row["edition"]): row for row in await Occupation.select()}
    new_districts = [row for row in districts if row["name"] not in held_districts]
    new_occupations = {
        (row["code"], row["edition"]): row
        for row in occupations
        if (row["code"], row["edition"]) not in held_occupations
    }
    renamed = [
        (held_occupations[key]["id"], row)
        for row in occupations
        if (key := (row["code"], row["edition"])) in held_occupations and row["name"] != held_occupations[key]["name"]
    ]
    count = len(new_districts) + len(new_occupations) + len(renamed)
    if not count:
        return 0
    async with write(actor) as change:
        if new_districts:
            await District.insert(*[District(**row) for row in new_districts])
        if new_occupations:
            await Occupation.insert(*[Occupation(**row) for row in new_occupations.values()])
        for occupation_id, row in renamed:
            await Occupation.update(row).where(Occupation.id == occupation_id)
        await change.record("reference.loaded", "reference", None, rows=count)
    return count
