"""The bureau's year in figures: contests by tier, the supported projects, subsidies, winners by district."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from piccolo.query.functions.aggregate import Sum

from competition.contests.kinds import ContestState, StageKind, Tier
from competition.contests.tables import Contest
from competition.dashboard.tiles import shade, tile_at
from competition.entries.kinds import Attendance
from competition.entries.tables import EntryMember, StagePlace
from competition.people.tables import District
from competition.results.tables import ResultLine
from competition.subsidies.kinds import BatchState
from competition.subsidies.reads import totals_of
from competition.subsidies.tables import SubsidyBatch

Row = dict[str, Any]

# Policy 14: thirty industry or special projects a year.
SUPPORTED_PLACES = 30
FINISHED = (ContestState.CLOSED, ContestState.ARCHIVED)


class TierLine(msgspec.Struct, frozen=True):
    """Contests of one tier by how far they are, and persons checked in to a final."""

    tier: str
    contests: int
    preparing: int
    open: int
    running: int
    finished: int
    finalists: int

    @property
    def shares(self) -> list[tuple[str, int]]:
        return [("s0", self.preparing), ("s1", self.open), ("s2", self.running), ("s3", self.finished)]


class SubsidyLineOfTier(msgspec.Struct, frozen=True):
    """What one tier's batches of a year come to; `state` is that of the batch furthest behind."""

    tier: str
    state: str
    batches: int
    people: int
    rate_fen: int
    fen: int


class DistrictWinners(msgspec.Struct, frozen=True):
    """`at` is the corner of its tile, None for a district the map does not draw; `change` against the year before,
    None when that year has no results here."""

    name: str
    name_en: str
    winners: int
    change: int | None
    at: tuple[int, int] | None
    shade: int


async def years() -> list[int]:
    """The years that have contests, newest first."""
    rows = await Contest.select(Contest.year).group_by(Contest.year).order_by(Contest.year, ascending=False)
    return [row["year"] for row in rows]


async def contests_of(year: int) -> list[Row]:
    return await Contest.select(Contest.id, Contest.tier, Contest.state, Contest.supported).where(Contest.year == year)


async def tier_lines(year: int, contests: Sequence[Row]) -> list[TierLine]:
    """Every tier, the highest first."""
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for contest in contests:
        states[contest["tier"]][contest["state"]] += 1
    finalists = await _finalists(year)
    return [_tier_line(tier, states[tier], finalists.get(tier, 0)) for tier in Tier]


def _tier_line(tier: str, states: Counter[str], finalists: int) -> TierLine:
    return TierLine(
        tier=tier,
        contests=states.total(),
        preparing=states[ContestState.DRAFT],
        open=states[ContestState.OPEN],
        running=states[ContestState.RUNNING],
        finished=sum(states[state] for state in FINISHED),
        finalists=finalists,
    )


async def _finalists(year: int) -> dict[str, int]:
    """Tier -> persons who checked in to a final: every member of a team counts."""
    contest = StagePlace.entry._.contest._
    rows = (
        await StagePlace.select(contest.tier.as_alias("tier"), Sum(StagePlace.entry._.skill._.team_size))
        .where(
            (contest.year == year)
            & (StagePlace.stage._.kind == StageKind.FINAL.value)
            & (StagePlace.attendance == Attendance.CHECKED_IN.value)
            & StagePlace.declined_at.is_null()
        )
        .group_by(contest.tier)
    )
    return {row["tier"]: int(row["sum"]) for row in rows}


def supported(contests: Sequence[Row]) -> dict[str, int]:
    """Supported projects by how far they are, and the places still free."""
    states = Counter(contest["state"] for contest in contests if contest["supported"])
    return {
        "done": sum(states[state] for state in FINISHED),
        "run": states[ContestState.RUNNING] + states[ContestState.OPEN],
        "plan": states[ContestState.DRAFT],
        "free": max(0, SUPPORTED_PLACES - states.total()),
    }


async def subsidy_lines(year: int) -> list[SubsidyLineOfTier]:
    """One line for each tier that has a batch; the sums are those of the batches' lines."""
    batches = await SubsidyBatch.select(
        SubsidyBatch.id, SubsidyBatch.tier, SubsidyBatch.state, SubsidyBatch.rate_fen
    ).where(SubsidyBatch.year == year)
    totals = await totals_of([batch["id"] for batch in batches])
    by_tier: dict[str, list[Row]] = defaultdict(list)
    for batch in batches:
        by_tier[batch["tier"]].append(batch)
    order = list(BatchState)
    return [
        SubsidyLineOfTier(
            tier=tier,
            state=min((batch["state"] for batch in by_tier[tier]), key=lambda state: order.index(BatchState(state))),
            batches=len(by_tier[tier]),
            people=sum(totals[batch["id"]].due for batch in by_tier[tier]),
            rate_fen=by_tier[tier][0]["rate_fen"],
            fen=sum(totals[batch["id"]].due_fen for batch in by_tier[tier]),
        )
        for tier in Tier
        if by_tier[tier]
    ]


async def winners_by_district(year: int, tier: str) -> list[DistrictWinners]:
    """Persons with an award in a released final of that tier and year, by the district of their unit."""
    now, before = await _winners(year, tier), await _winners(year - 1, tier)
    districts = await District.select().order_by(District.position).order_by(District.id)
    return [
        DistrictWinners(
            row["name"], row["name_en"], now[row["id"]],
            now[row["id"]] - before[row["id"]] if before else None,
            tile_at(row["name"]), shade(now[row["id"]]),
        )
        for row in districts
    ]  # fmt: skip


async def _winners(year: int, tier: str) -> Counter[int]:
    contest = ResultLine.entry._.contest._
    lines = await ResultLine.select(
        ResultLine.entry, ResultLine.entry._.unit._.district.as_alias("district")
    ).where(
        (contest.year == year)
        & (contest.tier == tier)
        & (ResultLine.award_name != "")
        & ResultLine.revision._.current.eq(True)
        & (ResultLine.revision._.stage._.kind == StageKind.FINAL.value)
    )  # fmt: skip
    if not lines:
        return Counter()
    members = await EntryMember.select(EntryMember.entry).where(
        EntryMember.entry.is_in([line["entry"] for line in lines])
    )
    persons = Counter(member["entry"] for member in members)
    found: Counter[int] = Counter()
    for line in lines:
        if line["district"] is not None:
            found[line["district"]] += persons[line["entry"]]
    return found
