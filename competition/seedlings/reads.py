"""The seedling pool as screens need it."""

from datetime import date
from typing import Any

import msgspec
from piccolo.query.functions.aggregate import Count

from competition.problems import Problem
from competition.results.tables import ResultRevision
from competition.rulebook.rules import SeedlingRule
from competition.seedlings.kinds import SeedlingState
from competition.seedlings.rules import Age, Edition, age, editions
from competition.seedlings.tables import Seedling, SeedlingStep

Row = dict[str, Any]


class Card(msgspec.Struct, frozen=True):
    """A seedling with the editions still open to them by today's windows."""

    row: Row
    reason: Problem
    editions: tuple[Edition, ...]
    age: Age
    corrected: bool


def _seedlings() -> Any:
    person: Any = Seedling.person
    skill, coach, contest = Seedling.skill, Seedling.coach, Seedling.contest
    return Seedling.select(
        *Seedling.all_columns(), person.name.as_alias("name"), person.name_en.as_alias("name_en"),
        person.born_on.as_alias("born_on"), person.id_mask.as_alias("id_mask"),
        person.unit.name.as_alias("unit_name"), person.unit.name_en.as_alias("unit_name_en"),
        skill.name.as_alias("skill_name"), skill.name_en.as_alias("skill_name_en"),
        coach.name.as_alias("coach_name"), coach.name_en.as_alias("coach_name_en"),
        contest.name.as_alias("contest_name"), contest.name_en.as_alias("contest_name_en"),
    )  # fmt: skip


async def cards(
    state: SeedlingState, rule: SeedlingRule | None, today: date, *, skill: str = "", coach: int = 0
) -> list[Card]:
    """In the order they were proposed: by skill and rank. Without criteria no edition is known."""
    query = _seedlings().where(Seedling.state == state.value)
    if skill:
        query = query.where(Seedling.skill.name == skill)
    if coach:
        query = query.where(Seedling.coach == coach)
    rows = await query.order_by(Seedling.id)
    outdated = await _outdated(rows)
    return [_card(row, rule, today, outdated) for row in rows]


async def card(seedling_id: int, rule: SeedlingRule | None, today: date) -> Card:
    """Of a seedling that is there."""
    row = await _seedlings().where(Seedling.id == seedling_id).first()
    return _card(row, rule, today, await _outdated([row]))


def _card(row: Row, rule: SeedlingRule | None, today: date, outdated: set[int]) -> Card:
    found = editions(rule, row["born_on"], row["skill_name"], today) if rule else ()
    reason = msgspec.json.decode(row["reason"], type=Problem)
    return Card(row, reason, found, age(found), row["revision"] in outdated)


async def _outdated(rows: list[Row]) -> set[int]:
    """Revisions a correction has taken the place of."""
    used = sorted({row["revision"] for row in rows if row["revision"]})
    if not used:
        return set()
    found = await ResultRevision.select(ResultRevision.id).where(
        ResultRevision.id.is_in(used) & ResultRevision.current.eq(False)
    )
    return {row["id"] for row in found}


async def counts() -> dict[SeedlingState, int]:
    rows = await Seedling.select(Seedling.state, Count()).group_by(Seedling.state)
    return {SeedlingState(row["state"]): row["count"] for row in rows}


async def choices() -> tuple[list[Row], list[Row]]:
    """Skills and coaches met among proposals and the pool, for the filters."""
    here = Seedling.state.is_in([SeedlingState.PROPOSED.value, SeedlingState.IN_POOL.value])
    skills = (
        await Seedling.select(Seedling.skill.name.as_alias("name"), Seedling.skill.name_en.as_alias("name_en"))
        .where(here)
        .distinct()
    )
    coaches = (
        await Seedling.select(
            Seedling.coach.id.as_alias("id"),
            Seedling.coach.name.as_alias("name"),
            Seedling.coach.name_en.as_alias("name_en"),
        )
        .where(here & Seedling.coach.is_not_null())
        .distinct()
    )
    return sorted(skills, key=lambda row: row["name"]), sorted(coaches, key=lambda row: row["id"])


async def steps_of(seedling_id: int) -> list[Row]:
    """Newest first."""
    return (
        await SeedlingStep.select()
        .where(SeedlingStep.seedling == seedling_id)
        .order_by(SeedlingStep.id, ascending=False)
    )
