"""The five pools, and the skill levels people hold."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from competition.audit.write import Actor, write
from competition.database.errors import Duplicate
from competition.people.kinds import LEVELS, Level, Pool
from competition.people.rules import Certificate, highest, pool_problems
from competition.people.tables import LevelHeld, PoolMembership
from competition.problems import N_, Missing, Problem, Refused

IDS_PER_QUERY = 5000


async def join_pool(
    actor: Actor, person_id: int, pool: str, *,
    source: str, source_kind: str = "", source_id: int | None = None, **certificate: Any,
) -> int:  # fmt: skip
    """The membership's id. One who is in the pool already stays as they are, with a newer certificate if one is given.

    `certificate` are fields of rules.Certificate. Raises Refused.
    """
    given = Certificate(**certificate)
    problems = pool_problems(pool, source, source_kind, given)
    if problems:
        raise Refused(*problems)
    values: dict[Any, Any] = msgspec.structs.asdict(given) | {"occupations": " ".join(given.occupations)}
    member = await _membership(person_id, pool)
    if member is not None and not certificate:
        return member["id"]
    try:
        async with write(actor) as change:
            if member is None:
                row = PoolMembership(
                    person=person_id, pool=str(pool), joined_at=change.at, source=source,
                    source_kind=source_kind, source_id=source_id, **values,
                )  # fmt: skip
                member = (await PoolMembership.insert(row))[0]
                await change.record("pool.joined", "person", person_id, pool=pool, source=source)
            else:
                await PoolMembership.update(values).where(PoolMembership.id == member["id"])
                await change.record("pool.certificate_changed", "person", person_id, pool=pool, **values)
    except Duplicate as error:
        raise Refused(Problem(N_("此人已在库中"), "pool")) from error
    return member["id"]


async def _membership(person_id: int, pool: str) -> dict[str, Any] | None:
    return (
        await PoolMembership.select(PoolMembership.id)
        .where(
            (PoolMembership.person == person_id) & (PoolMembership.pool == str(pool)) & PoolMembership.left_at.is_null()
        )
        .first()
    )


async def leave_pool(actor: Actor, person_id: int, pool: str, reason: str) -> None:
    """Raises Refused without a reason, Missing when the person is not in the pool."""
    if not reason.strip():
        raise Refused(Problem(N_("须写明出库原因"), "reason"))
    async with write(actor) as change:
        rows = (
            await PoolMembership.update({PoolMembership.left_at: change.at, PoolMembership.left_reason: reason.strip()})
            .where(
                (PoolMembership.person == person_id)
                & (PoolMembership.pool == str(pool))
                & PoolMembership.left_at.is_null()
            )
            .returning(PoolMembership.id)
        )
        if not rows:
            raise Missing("pool")
        await change.record("pool.left", "person", person_id, pool=pool, reason=reason.strip())


async def pools_of(person_ids: Sequence[int]) -> dict[int, list[Pool]]:
    """The pools each person is in now."""
    found: dict[int, list[Pool]] = defaultdict(list)
    for start in range(0, len(person_ids), IDS_PER_QUERY):
        rows = (
            await PoolMembership.select(PoolMembership.person, PoolMembership.pool)
            .where(
                PoolMembership.person.is_in(list(person_ids[start : start + IDS_PER_QUERY]))
                & PoolMembership.left_at.is_null()
            )
            .order_by(PoolMembership.id)
        )
        for row in rows:
            found[row["person"]].append(Pool(row["pool"]))
    return found


async def add_level(
    actor: Actor, person_id: int, occupation_code: str, level: str,
    certificate_number: str, awarded_on: date | None, source: str,
) -> int:  # fmt: skip
    """A level the person holds in one occupation. Raises Refused for one that is not on the ladder."""
    if level not in LEVELS:
        raise Refused(Problem(N_("选择技能等级"), "level"))
    async with write(actor) as change:
        row = LevelHeld(
            person=person_id, occupation_code=occupation_code, level=str(level), source=source,
            certificate_number=certificate_number, awarded_on=awarded_on, recorded_at=change.at,
        )  # fmt: skip
        level_id = (await LevelHeld.insert(row))[0]["id"]
        await change.record("level.added", "person", person_id, occupation=occupation_code, level=level, source=source)
    return level_id


async def levels_of(person_ids: Sequence[int], occupation_code: str | None = None) -> dict[tuple[int, str], Level]:
    """The highest level of each person in each occupation."""
    held: dict[tuple[int, str], list[str]] = defaultdict(list)
    for start in range(0, len(person_ids), IDS_PER_QUERY):
        query = LevelHeld.select(LevelHeld.person, LevelHeld.occupation_code, LevelHeld.level).where(
            LevelHeld.person.is_in(list(person_ids[start : start + IDS_PER_QUERY]))
        )
        if occupation_code is not None:
            query = query.where(LevelHeld.occupation_code == occupation_code)
        for row in await query:
            held[row["person"], row["occupation_code"]].append(row["level"])
    return {key: highest(levels) for key, levels in held.items()}
