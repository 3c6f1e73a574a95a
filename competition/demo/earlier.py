"""Tables of cities that the provincial contest published over the years, so that one year can be laid beside another.

The figures are made up, like everybody in the demo; this year's row of our city is what its contestants won.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

import msgspec

from competition import clock
from competition.audit.write import write
from competition.contests import service as contests
from competition.contests.kinds import ContestState
from competition.demo.programme import PROVINCIAL, ContestHead
from competition.demo.setting_up import Staged, set_up
from competition.demo.settling import BUREAU, Town, morning
from competition.demo.shapes import ContestPlan
from competition.demo.skills import SKILLS, GroupPlan, SkillPlan
from competition.results.published_tables import PublishedTable, record_table
from competition.results.rules.published_table import PublishedRow

OURS = "大连市"
POINTS = (4, 3, 2, 1)
Medals = tuple[int, int, int, int]

# Gold, silver, bronze, excellence by year; ours of this year comes from the results.
OTHERS: dict[str, dict[int, Medals]] = {
    "沈阳市": {2023: (14, 12, 11, 40), 2024: (13, 12, 12, 44), 2025: (12, 13, 10, 41)},
    "鞍山市": {2023: (7, 6, 8, 22), 2024: (5, 7, 6, 20), 2025: (4, 5, 6, 19)},
    "抚顺市": {2023: (2, 3, 2, 9), 2024: (2, 2, 4, 10), 2025: (3, 2, 2, 11)},
    "丹东市": {2023: (1, 2, 3, 8), 2024: (1, 2, 2, 8), 2025: (1, 1, 2, 7)},
    "锦州市": {2023: (3, 2, 2, 12), 2024: (3, 4, 2, 11), 2025: (2, 3, 3, 12)},
    "营口市": {2024: (1, 1, 2, 7), 2025: (1, 2, 1, 9)},
}
EARLIER: dict[int, Medals] = {2023: (1, 2, 2, 48), 2024: (2, 2, 3, 61)}


async def record_earlier(town: Town, this_year: Staged) -> None:
    """The two editions before this one, and the table of each."""
    for year in sorted(EARLIER):
        staged = await set_up(town, ContestPlan(head=_head(year), skills=(_skill(),), entries=()))
        with clock.at(morning(staged.plan.head.days["final"][1])):
            async with write(BUREAU):
                for state in (ContestState.RUNNING, ContestState.CLOSED):
                    await contests.set_state(staged.organiser, staged.contest_id, state)
            await record_table(BUREAU, staged.contest_id, _table(staged, EARLIER[year]))
    with clock.at(morning(this_year.plan.head.days["final"][1])):
        await record_table(BUREAU, this_year.contest_id, _table(this_year, _won(this_year)))


def _head(year: int) -> ContestHead:
    return msgspec.structs.replace(
        PROVINCIAL, code=f"provincial-{year}", name=f"{year} 年辽宁省职业技能大赛",
        name_en=f"{year} Liaoning Vocational Skills Competition", year=year,
        document_number=f"演示〔{year}〕省 11 号", result_document_number=f"演示〔{year}〕省 38 号",
        days={"final": (date(year, 10, 18), date(year, 10, 20))},
    )  # fmt: skip


def _skill() -> SkillPlan:
    return msgspec.structs.replace(SKILLS[0], groups=(GroupPlan("employee", 0, 0, 0, 0),))


def _won(staged: Staged) -> Medals:
    levels = Counter(entry.outside.award_level for entry in staged.plan.entries if entry.outside)
    return levels["gold"], levels["silver"], levels["bronze"], levels["excellence"]


def _table(staged: Staged, ours: Medals) -> PublishedTable:
    head = staged.plan.head
    medals = {OURS: ours} | {city: by_year[head.year] for city, by_year in OTHERS.items() if head.year in by_year}
    return PublishedTable(tuple(_rows(medals)), OURS, head.result_document_number)


def _rows(medals: dict[str, Medals]) -> Iterator[PublishedRow]:
    """By points, a shared rank for the same."""
    points = {city: sum(n * each for n, each in zip(won, POINTS, strict=True)) for city, won in medals.items()}
    for city in sorted(medals, key=lambda city: -points[city]):
        rank = 1 + sum(other > points[city] for other in points.values())
        yield PublishedRow(rank, city, *medals[city], points[city])
