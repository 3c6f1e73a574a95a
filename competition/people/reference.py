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


def _districts() -> list[dict[Any, Any]]:
    return [
        {"name": row["name"], "code": row.get("area_code", ""), "name_en": row["name_en"], "position": row["order"]}
        for row in read_reference("districts")
    ]


def _occupations() -> dict[tuple[str, str], dict[Any, Any]]:
    """By code and edition."""
    columns = ("code", "edition", "name", "name_en")
    return {
        (row["code"], row["edition"]): {column: row[column] for column in columns}
        for row in read_reference("occupations")
    }


async def load_reference(actor: Actor) -> int:
    """Add what is missing and put right what was renamed; how many rows changed."""
    known = {row["name"] for row in await District.select(District.name)}
    held = {(row["code"], row["edition"]): row for row in await Occupation.select()}
    districts = [row for row in _districts() if row["name"] not in known]
    occupations = _occupations()
    new = [row for key, row in occupations.items() if key not in held]
    renamed = {
        held[key]["id"]: row
        for key, row in occupations.items()
        if key in held and any(held[key][name] != row[name] for name in ("name", "name_en"))
    }
    count = len(districts) + len(new) + len(renamed)
    if not count:
        return 0
    async with write(actor) as change:
        if districts:
            await District.insert(*[District(**row) for row in districts])
        if new:
            await Occupation.insert(*[Occupation(**row) for row in new])
        for occupation_id, row in renamed.items():
            await Occupation.update(row).where(Occupation.id == occupation_id)
        await change.record("reference.loaded", "reference", None, rows=count)
    return count
