"""What the ids of units and persons in an address lead to."""

from competition.accounts.access import Scopes, open_path, path_scope
from competition.people.tables import Person, Unit

open_path("pool")


@path_scope("unit_id")
async def _unit(unit_id: int) -> Scopes | None:
    return {"unit": unit_id} if await Unit.exists().where(Unit.id == unit_id) else None


@path_scope("person_id")
async def _person(person_id: int) -> Scopes | None:
    """A person without unit belongs to unit 0, so that no unit's registrar is let in."""
    person = await Person.select(Person.unit).where(Person.id == person_id).first()
    return {"person": person_id, "unit": person["unit"] or 0} if person else None
