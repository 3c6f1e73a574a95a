"""What is already known when a form is opened: the unit's coaches, and the numbers of an entry being mended."""

from collections.abc import Sequence
from typing import Any

from competition.entries.service.facts import chunks
from competition.entries.tables import EntryCoach, EntryMember
from competition.people.kinds import Pool, Status
from competition.people.tables import Person, PoolMembership
from competition.people.vault import unseal

MOST_NAMES = 200


async def coach_names(unit_id: int) -> list[str]:
    """The unit's staff in the coaches' pool or with an entry, by name: what the form offers to choose from."""
    in_pool = await PoolMembership.select(PoolMembership.person).where(
        (PoolMembership.pool == Pool.COACH.value) & PoolMembership.left_at.is_null()
        & (PoolMembership.person.unit == unit_id)
    )  # fmt: skip
    coached = await EntryCoach.select(EntryCoach.person).where(EntryCoach.person.unit == unit_id).limit(MOST_NAMES * 10)
    ids = sorted({row["person"] for row in [*in_pool, *coached]})
    names: set[str] = set()
    for part in chunks(ids):
        rows = await Person.select(Person.name).where(
            Person.id.is_in(part) & (Person.unit == unit_id) & (Person.status != Status.STUDENT.value)
        )
        names |= {row["name"] for row in rows}
    return sorted(names)[:MOST_NAMES]


async def numbers_of(entry_id: int) -> list[dict[str, str]]:
    """ID number and phone of each member, opened for comparing only: they are shown to nobody."""
    rows: Sequence[dict[str, Any]] = (
        await EntryMember.select(
            EntryMember.person.id_sealed.as_alias("id_sealed"),
            EntryMember.person.phone_sealed.as_alias("phone_sealed"),
            EntryMember.person.id_kind.as_alias("id_kind"),
        )
        .where(EntryMember.entry == entry_id)
        .order_by(EntryMember.id)
    )  # fmt: skip
    return [
        {"id_number": unseal(row["id_sealed"]), "phone": unseal(row["phone_sealed"]), "id_kind": row["id_kind"]}
        for row in rows
    ]
