"""What the public pages show, gathered from released results only."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from competition import clock
from competition.contests.kinds import ContestState, HostRole, StageKind
from competition.contests.tables import Contest, Host, StageSession
from competition.results.boards import BoardLine
from competition.results.stages import stages_of
from competition.results.tables import ResultRevision
from competition.results.visibility import RELEASED_ONLY, latest_releases, revisions_seen

Row = dict[str, Any]

MEDALS = ("gold", "silver", "bronze")
ON_STAGE = 3
NEXT_SESSIONS = 3
LISTED_CONTESTS = 30
READ_RELEASES = 300
SHOWN_NEWS = 12


class GroupBoards(msgspec.Struct, frozen=True):
    """A group of a skill with its stages; `released` says which of them are public, by stage id."""

    group_id: int
    group_kind: str
    skill_id: int
    skill: str
    skill_en: str
    stages: tuple[Row, ...]
    released: dict[int, Row]

    @property
    def newest(self) -> Row | None:
        """The furthest stage that is public."""
        return next((stage for stage in reversed(self.stages) if stage["id"] in self.released), None)


class News(msgspec.Struct, frozen=True):
    """One act of release: its first row, and how many groups came out with it."""

    first: Row
    groups: int


async def groups_of(contest_id: int) -> list[GroupBoards]:
    """Every group of a contest, in the order of skills: two queries."""
    stages = await stages_of(contest_id)
    released = await revisions_seen(RELEASED_ONLY, [stage["id"] for stage in stages])
    by_group: dict[int, list[Row]] = {}
    for stage in stages:
        by_group.setdefault(stage["group_id"], []).append(stage)
    return [
        GroupBoards(
            group_id, rows[0]["group_kind"], rows[0]["skill_id"], rows[0]["skill"], rows[0]["skill_en"], tuple(rows),
            {row["id"]: released[row["id"]] for row in rows if row["id"] in released},
        )
        for group_id, rows in by_group.items()
    ]  # fmt: skip


async def news(contest_id: int | None = None) -> list[News]:
    """What was released, newest first; groups of one contest released together stand in one line, corrections alone."""
    found: dict[tuple[Any, ...], News] = {}
    for row in await latest_releases(READ_RELEASES, contest_id):
        together = row["released_at"].replace(second=0, microsecond=0) if row["number"] == 1 else row["group_id"]
        key = (row["contest_token"], row["stage_kind"], row["number"], together)
        earlier = found.get(key)
        found[key] = News(earlier.first if earlier else row, earlier.groups + 1 if earlier else 1)
    return list(found.values())[:SHOWN_NEWS]


async def listed_contests() -> list[Row]:
    """Contests that are no longer being set up, newest first."""
    return (
        await Contest.select()
        .where(Contest.state != ContestState.DRAFT.value)
        .order_by(Contest.year, ascending=False)
        .order_by(Contest.id, ascending=False)
        .limit(LISTED_CONTESTS)
    )


def takes_entries(contest: Row, now: datetime) -> bool:
    opens, closes = contest["entry_opens_at"], contest["entry_closes_at"]
    return contest["state"] == ContestState.OPEN and opens is not None and opens <= now and (not closes or now < closes)


async def released_counts(contest_ids: Sequence[int]) -> Counter[int]:
    """How many stages of each contest are public."""
    if not contest_ids:
        return Counter()
    rows = await ResultRevision.select(ResultRevision.stage._.group._.skill._.contest.as_alias("contest_id")).where(
        ResultRevision.current.eq(True) & ResultRevision.stage._.group._.skill._.contest.is_in(list(contest_ids))
    )
    return Counter(row["contest_id"] for row in rows)


async def sponsors(contest_id: int) -> list[str]:
    rows = (
        await Host.select(Host.name)
        .where((Host.contest == contest_id) & (Host.role == HostRole.SPONSOR.value))
        .order_by(Host.id)
    )
    return [row["name"] for row in rows]


def found_by(lines: Sequence[BoardLine], question: str) -> list[BoardLine]:
    """Lines whose shown name or unit holds `question`: what is masked cannot be found either."""
    wanted = question.casefold()
    return [
        line
        for line in lines
        if any(wanted in text.casefold() for text in (line.name, line.name_en, line.unit, line.unit_en))
    ]


def podium(lines: Sequence[BoardLine]) -> list[BoardLine]:
    """Gold, silver and bronze; where awards are no medals, the first three ranks."""
    medallists = [line for level in MEDALS for line in lines if line.award_level == level]
    return medallists or [line for line in lines if line.rank is not None and line.rank <= ON_STAGE]


async def next_sessions(contest_id: int) -> list[Row]:
    """The finals that start next, from the published timetable."""
    skill = StageSession.stage._.group._.skill._
    return (
        await StageSession.select(
            StageSession.starts_at, skill.name.as_alias("skill"), skill.name_en.as_alias("skill_en"),
            StageSession.stage._.group._.kind.as_alias("group_kind"),
        )
        .where(
            (skill.contest == contest_id)
            & (StageSession.stage._.kind == StageKind.FINAL.value)
            & (StageSession.starts_at > clock.now())
        )
        .order_by(StageSession.starts_at)
        .order_by(StageSession.id)
        .limit(NEXT_SESSIONS)
    )  # fmt: skip
