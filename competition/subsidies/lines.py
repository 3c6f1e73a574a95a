"""The lines of batches as screens show them, and the sums of units."""

from collections.abc import Sequence
from typing import Any

import msgspec
from piccolo.query.functions.aggregate import Count, Sum

from competition.people.tables import Unit
from competition.problems import Missing, Problem
from competition.subsidies.facts import Row, chunks
from competition.subsidies.kinds import BatchState, LineState
from competition.subsidies.rules import Totals, totals
from competition.subsidies.tables import SubsidyLine

# A unit or the public learns of a batch when it is noticed.
SHOWN_TO_UNITS = [BatchState.NOTICED.value, BatchState.APPROVED.value, BatchState.PAID.value]


def frozen(reason: Problem) -> str:
    """A reason as it is kept on a line, to be translated when shown."""
    return msgspec.json.encode(reason).decode()


def thawed(reason: str) -> Problem:
    return msgspec.json.decode(reason, type=Problem)


class UnitSum(msgspec.Struct, frozen=True):
    unit: Row
    people: int
    fen: int


async def unit_sums(batch_id: int) -> list[UnitSum]:
    """What each unit is due, the largest first."""
    rows = (
        await SubsidyLine.select(SubsidyLine.unit, Count(), Sum(SubsidyLine.amount_fen))
        .where((SubsidyLine.batch == batch_id) & (SubsidyLine.state == LineState.DUE.value))
        .group_by(SubsidyLine.unit)
    )
    units = await units_by_id([row["unit"] for row in rows])
    found = [UnitSum(units[row["unit"]], row["count"], int(row["sum"])) for row in rows]
    return sorted(found, key=lambda each: (-each.fen, each.unit["id"]))


_UNIT = (
    Unit.id, Unit.name, Unit.name_en, Unit.kind, Unit.credit_code, Unit.account_tail, Unit.account_verified_at,
)  # fmt: skip


async def units_by_id(unit_ids: Sequence[int]) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for part in chunks(unit_ids):
        found |= {row["id"]: row for row in await Unit.select(*_UNIT).where(Unit.id.is_in(part))}
    return found


async def units_asked(batch_id: int, asked: str) -> set[int]:
    """Units of the batch of which a name or code, or the name of one of their people, holds `asked`."""
    unit, pattern = SubsidyLine.unit, f"%{asked}%"
    rows = await SubsidyLine.select(SubsidyLine.unit).where(
        (SubsidyLine.batch == batch_id)
        & (unit.name.ilike(pattern) | unit.credit_code.ilike(pattern) | SubsidyLine.person.name.ilike(pattern))
    )
    return {row["unit"] for row in rows}


_LINE = (
    SubsidyLine.id, SubsidyLine.state, SubsidyLine.reason, SubsidyLine.amount_fen, SubsidyLine.group_kind,
    SubsidyLine.revision_number, SubsidyLine.person, SubsidyLine.batch,
    SubsidyLine.person.name.as_alias("name"), SubsidyLine.person.name_en.as_alias("name_en"),
    SubsidyLine.person.id_mask.as_alias("id_mask"), SubsidyLine.unit.id.as_alias("unit_id"),
    SubsidyLine.unit.name.as_alias("unit_name"), SubsidyLine.unit.name_en.as_alias("unit_name_en"),
    SubsidyLine.skill.name.as_alias("skill"), SubsidyLine.skill.name_en.as_alias("skill_en"),
    SubsidyLine.skill.number.as_alias("skill_number"),
)  # fmt: skip


def _matching(where: Any, asked: str) -> Any:
    if not asked:
        return where
    pattern = f"%{asked}%"
    return where & (SubsidyLine.person.name.ilike(pattern) | SubsidyLine.unit.name.ilike(pattern))


async def lines(
    batch_id: int, states: Sequence[LineState], asked: str = "", unit_id: int = 0, *, limit: int = 0, offset: int = 0
) -> list[Row]:
    """Lines in these states in the order of skill and member, each with its person, unit and skill."""
    where = (SubsidyLine.batch == batch_id) & SubsidyLine.state.is_in([state.value for state in states])
    if unit_id:
        where = where & (SubsidyLine.unit == unit_id)
    query = SubsidyLine.select(*_LINE).where(_matching(where, asked)).order_by(SubsidyLine.id)
    rows = await (query.limit(limit).offset(offset) if limit else query)
    return [row | {"reason": thawed(row["reason"])} for row in rows]


async def count_lines(batch_id: int, states: Sequence[LineState], asked: str = "") -> int:
    where = (SubsidyLine.batch == batch_id) & SubsidyLine.state.is_in([state.value for state in states])
    return await SubsidyLine.count().where(_matching(where, asked))


async def line_row(line_id: int) -> Row:
    """Raises Missing."""
    row = await SubsidyLine.select(*_LINE).where(SubsidyLine.id == line_id).first()
    if row is None:
        raise Missing("subsidy line")
    return row | {"reason": thawed(row["reason"])}


async def lines_of_units(unit_ids: Sequence[int], limit: int, offset: int) -> list[Row]:
    """What units may see of their own people: batches that have been noticed, newest first."""
    batch: Any = SubsidyLine.batch
    rows = (
        await SubsidyLine.select(
            *_LINE, batch.year.as_alias("year"), batch.tier.as_alias("tier"), batch.number.as_alias("number"),
            batch.state.as_alias("batch_state"), batch.contest.name.as_alias("contest"),
            batch.contest.name_en.as_alias("contest_en"),
        )
        .where(_own(unit_ids))
        .order_by(SubsidyLine.batch, ascending=False)
        .order_by(SubsidyLine.id)
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    return [row | {"reason": thawed(row["reason"])} for row in rows]


async def totals_of_units(unit_ids: Sequence[int]) -> Totals:
    rows = (
        await SubsidyLine.select(SubsidyLine.state, Count(), Sum(SubsidyLine.amount_fen))
        .where(_own(unit_ids))
        .group_by(SubsidyLine.state)
    )
    return totals((row["state"], row["count"], int(row["sum"])) for row in rows)


def _own(unit_ids: Sequence[int]) -> Any:
    return SubsidyLine.unit.is_in(list(unit_ids)) & SubsidyLine.batch.state.is_in(SHOWN_TO_UNITS)
