"""Persons, and what is sealed about them and their units: it comes out by `reveal` alone.

Callers find all services of the room here; units live in units.py, pools and skill levels in pools.py.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from competition.audit.history import last_change
from competition.audit.write import Actor, Change, write
from competition.database.errors import Duplicate
from competition.database.rows import new_token
from competition.documents.masking import mask_id, mask_name, mask_phone
from competition.people.identity import normalise_phone
from competition.people.pools import add_level, join_pool, leave_pool, levels_of, pools_of
from competition.people.rules import PersonDraft, UnitDraft, completed, person_problems
from competition.people.tables import Person, Unit
from competition.people.units import create_unit, update_unit, verify_account
from competition.people.vault import VaultError, lookup_digest, seal, unseal
from competition.problems import N_, Missing, Problem, Refused, Stale

__all__ = [
    "PersonDraft", "UnitDraft",
    "add_level", "add_person", "add_persons", "check_vault", "create_unit", "find_or_add", "find_person", "join_pool",
    "leave_pool", "levels_of", "person_problems", "pools_of", "reveal", "update_person", "update_unit",
    "verify_account",
]  # fmt: skip

# What `reveal` can open: the table and its sealed column.
REVEALED = {
    "person_id": (Person, Person.id_sealed),
    "person_phone": (Person, Person.phone_sealed),
    "unit_account": (Unit, Unit.account_sealed),
    "unit_phone": (Unit, Unit.phone_sealed),
}


async def check_vault() -> None:
    """Raises VaultError when the vault's key is not the one the database was sealed with."""
    row = await Person.select(Person.id_sealed).where(Person.id_sealed != "").order_by(Person.id).first()
    if row:
        try:
            unseal(row["id_sealed"])
        except VaultError as error:
            raise VaultError("vault.key does not belong to this database: restore the key kept with it") from error


def _contact_values(draft: PersonDraft) -> dict[str, Any]:
    phone = normalise_phone(draft.phone)
    return {"phone_sealed": seal(phone), "phone_mask": mask_phone(phone)}


def _person_row(draft: PersonDraft, change: Change) -> Person:
    number = draft.id_number
    return Person(
        token=new_token(), name=draft.name, name_en=draft.name_en, sex=draft.sex, born_on=draft.born_on,
        id_kind=draft.id_kind, id_sealed=seal(number), id_digest=lookup_digest(number), id_mask=mask_id(number),
        unit=draft.unit_id, status=draft.status, honours=draft.honours, created_at=change.at,
        fictitious=draft.fictitious, **_contact_values(draft),
    )  # fmt: skip


def _on_file(name: str) -> Refused:
    text = N_("该证件号已登记在“{name}”名下，姓名不一致，请核对")
    return Refused(Problem(text, "name", {"name": mask_name(name)}))


async def add_person(actor: Actor, draft: PersonDraft) -> int:
    """Raises Refused, also for an ID number on file."""
    return (await add_persons(actor, [draft]))[0]


async def add_persons(actor: Actor, drafts: Sequence[PersonDraft]) -> list[int]:
    """Their ids in the order given; all or none. Raises Refused."""
    problems = [problem for draft in drafts for problem in person_problems(draft)]
    if problems:
        raise Refused(*problems)
    ready = [completed(draft) for draft in drafts]
    ids: list[int] = []
    try:
        async with write(actor) as change:
            for start in range(0, len(ready), 500):
                rows = await Person.insert(*[_person_row(draft, change) for draft in ready[start : start + 500]])
                ids += [row["id"] for row in rows]
            if len(ids) == 1:
                await change.record("person.added", "person", ids[0], name=ready[0].name)
            else:
                await change.record("person.added", "person", None, count=len(ids), ids=ids)
    except Duplicate as error:
        raise Refused(Problem(N_("该证件号已经登记"), "id_number")) from error
    return ids


async def find_person(id_kind: str, id_number: str) -> dict[str, Any] | None:
    return (
        await Person.select()
        .where((Person.id_digest == lookup_digest(id_number)) & (Person.id_kind == id_kind))
        .first()
    )


async def find_or_add(actor: Actor, draft: PersonDraft) -> int:
    """The person of that ID number, with unit, status and phone brought up to date.

    Raises Refused when the number is on file under another name (said masked: whoever types may be a stranger).
    """
    problems = person_problems(draft)
    if problems:
        raise Refused(*problems)
    person = await find_person(draft.id_kind, draft.id_number)
    if person is None:
        return await add_person(actor, draft)
    if person["name"] != draft.name.strip():
        raise _on_file(person["name"])
    changes = await _changes_of(person, draft)
    if changes:
        async with write(actor) as change:
            await Person.update(changes | {"version": person["version"] + 1}).where(Person.id == person["id"])
            await change.record("person.updated", "person", person["id"], changed=sorted(changes))
    return person["id"]


async def _changes_of(person: dict[str, Any], draft: PersonDraft) -> dict[Any, Any]:
    changes: dict[Any, Any] = {}
    if draft.unit_id is not None and person["unit"] != draft.unit_id:
        changes["unit"] = draft.unit_id
    if person["status"] != draft.status:
        changes["status"] = draft.status
    if draft.phone and unseal(person["phone_sealed"]) != normalise_phone(draft.phone):
        changes |= _contact_values(draft)
    return changes


async def update_person(actor: Actor, person_id: int, draft: PersonDraft, version: int) -> None:
    """Everything but the identity number; no phone keeps the one on file. Raises Missing, Refused, Stale."""
    person = await Person.select().where(Person.id == person_id).first()
    if person is None:
        raise Missing("person")
    draft = msgspec.structs.replace(draft, id_kind=person["id_kind"], id_number=unseal(person["id_sealed"]))
    problems = person_problems(draft)
    if problems:
        raise Refused(*problems)
    draft = completed(draft)
    values: dict[Any, Any] = {
        "name": draft.name, "name_en": draft.name_en, "sex": draft.sex, "born_on": draft.born_on,
        "unit": draft.unit_id, "status": draft.status, "honours": draft.honours,
    }  # fmt: skip
    changed = sorted(name for name, value in values.items() if person[name] != value)
    if draft.phone:
        values |= _contact_values(draft)
        changed.append("phone")
    async with write(actor) as change:
        rows = (
            await Person.update(values | {"version": version + 1})
            .where((Person.id == person_id) & (Person.version == version))
            .returning(Person.id)
        )
        if not rows:
            raise Stale(*await last_change("person", person_id))
        await change.record("person.updated", "person", person_id, changed=changed)


async def reveal(actor: Actor, subject: str, subject_id: int, purpose: str) -> str:
    """What is sealed, for a stated purpose that stays in the audit trail. Raises Refused without one, Missing."""
    if not purpose.strip():
        raise Refused(Problem(N_("须写明查看用途"), "purpose"))
    table, column = REVEALED[subject]
    row = await table.select(column).where(table.id == subject_id).first()
    if row is None:
        raise Missing(subject)
    sealed = row[column._meta.name]
    if not sealed:
        raise Refused(Problem(N_("没有登记该项内容")))
    kind = table._meta.tablename
    async with write(actor) as change:
        await change.record(f"{subject}.revealed", kind, subject_id, purpose=purpose.strip())
    return unseal(sealed)
