"""The editions of a contest over the years: its tables of delegations side by side."""

from collections.abc import Sequence
from typing import Any

import msgspec

from competition.contests.kinds import ContestState, Tier
from competition.contests.tables import Contest
from competition.results.kinds import DelegationKind
from competition.results.published_tables import PublishedTable, published_tables
from competition.results.rules.year_on_year import Change, Standing, changes, series_of
from competition.results.standings import Delegation, FinalPlacings, delegations_among, placings_of

Row = dict[str, Any]

MOST_EDITIONS = 10
ABOVE_THE_CITY = (Tier.WORLD, Tier.NATIONAL, Tier.PROVINCIAL)


class Edition(msgspec.Struct, frozen=True):
    """One year of a contest: what its released finals came to for us, and the table it published, if there is one."""

    contest: Row
    found: FinalPlacings
    published: PublishedTable | None

    def medals(self, level: str) -> int | None:
        """Of our contestants; where only the published table is there, what it says of us, None where it does not."""
        ours = self.published.our_row if self.published and not self.found.placings else None
        if ours is not None:
            return getattr(ours, level)
        return sum(row["award_level"] == level for row in self.found.placings)


class Comparison(msgspec.Struct, frozen=True):
    """Delegations by their key in this year's table, beside `earlier`."""

    earlier: Edition
    by_key: dict[Any, Change]
    published: tuple[Change, ...]


async def editions_of(contest: Row) -> list[Edition]:
    """This one and earlier ones of the same series and tier that have something to show, newest first."""
    earlier = await Contest.select().where(
        (Contest.tier == contest["tier"])
        & (Contest.year < contest["year"])
        & (Contest.state != ContestState.DRAFT.value)
    ).order_by(Contest.year, ascending=False).order_by(Contest.id, ascending=False)  # fmt: skip
    series = series_of(contest["name"])
    rows = [contest, *(row for row in earlier if series_of(row["name"]) == series)][:MOST_EDITIONS]
    ids = [row["id"] for row in rows]
    found, published = await placings_of(ids), await published_tables(ids)
    editions = [Edition(row, found[row["id"]], published.get(row["id"])) for row in rows]
    return [each for each in editions if each.contest is contest or each.found.placings or each.published]


def compared(editions: Sequence[Edition], kind: DelegationKind, with_contest: int | None = None) -> Comparison | None:
    """The newest edition with the one asked for, else with the one before it; None where it is the first."""
    now, *before = editions
    chosen = next((each for each in before if each.contest["id"] == with_contest), before[0] if before else None)
    if chosen is None:
        return None
    rows = changes(_standings(now, kind), _standings(chosen, kind))
    published: list[Change] = []
    if now.published and chosen.published:
        published = changes(now.published.standings, chosen.published.standings)
    return Comparison(chosen, {row.now.key: row for row in rows}, tuple(published))


def _standings(edition: Edition, kind: DelegationKind) -> list[Standing]:
    return [_standing(each) for each in delegations_among(edition.found, kind)]


def _standing(delegation: Delegation) -> Standing:
    row = delegation.row
    return Standing(row.delegation, row.rank, row.gold, row.silver, row.bronze, row.excellence, row.points)
