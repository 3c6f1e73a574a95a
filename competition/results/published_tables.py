"""Tables of delegations that contests held elsewhere published: only a document knows how the others did."""

from collections.abc import Collection
from typing import Any

import msgspec

from competition.audit.write import Actor, write
from competition.contests.tables import Contest
from competition.problems import N_, Missing, Problem, Refused
from competition.results.rules.published_table import PublishedRow
from competition.results.rules.year_on_year import Standing
from competition.results.tables import PublishedStanding

Row = dict[str, Any]


class PublishedTable(msgspec.Struct, frozen=True):
    """`ours` names the city's own delegation, "" where it is not in the table."""

    rows: tuple[PublishedRow, ...]
    ours: str
    source: str

    @property
    def standings(self) -> list[Standing]:
        return [
            Standing(row.name, row.rank, row.gold, row.silver, row.bronze, row.excellence, row.points)
            for row in self.rows
        ]

    @property
    def our_row(self) -> PublishedRow | None:
        return next((row for row in self.rows if row.name == self.ours), None)


async def record_table(actor: Actor, contest_id: int, table: PublishedTable) -> None:
    """In place of what was recorded before; both are kept in the audit. Raises Missing, Refused."""
    contest = await Contest.select(Contest.elsewhere).where(Contest.id == contest_id).first()
    if contest is None:
        raise Missing("contest")
    if not contest["elsewhere"]:
        raise Refused(Problem(N_("该竞赛在本系统评分，代表队名次由评分计算")))
    if not table.source.strip():
        raise Refused(Problem(N_("须写明出处，如成绩公布文号"), field="source"))
    if table.our_row is None:
        raise Refused(Problem(N_("表中没有“{name}”"), field="ours", params={"name": table.ours}))
    before = (await published_tables([contest_id])).get(contest_id)
    async with write(actor) as change:
        await PublishedStanding.delete().where(PublishedStanding.contest == contest_id)
        await PublishedStanding.insert(
            *[
                PublishedStanding(
                    contest=contest_id, ours=row.name == table.ours, source=table.source.strip(),
                    recorded_at=change.at, recorded_by=actor.user_id, **msgspec.structs.asdict(row),
                )
                for row in table.rows
            ]
        )  # fmt: skip
        await change.record(
            "result.table_recorded", "contest", contest_id,
            before=msgspec.to_builtins(before), after=msgspec.to_builtins(table),
        )  # fmt: skip


async def published_tables(contest_ids: Collection[int]) -> dict[int, PublishedTable]:
    """By contest, those there are."""
    if not contest_ids:
        return {}
    rows = (
        await PublishedStanding.select()
        .where(PublishedStanding.contest.is_in(list(contest_ids)))
        .order_by(PublishedStanding.rank)
        .order_by(PublishedStanding.name)
    )
    by_contest: dict[int, list[Row]] = {}
    for row in rows:
        by_contest.setdefault(row["contest"], []).append(row)
    return {contest: _table(own) for contest, own in by_contest.items()}


def _table(rows: list[Row]) -> PublishedTable:
    return PublishedTable(
        rows=tuple(
            PublishedRow(
                row["rank"], row["name"], row["gold"], row["silver"], row["bronze"], row["excellence"], row["points"]
            )
            for row in rows
        ),
        ours=next((row["name"] for row in rows if row["ours"]), ""),
        source=rows[0]["source"],
    )  # fmt: skip
