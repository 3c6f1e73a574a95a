"""Everybody's start page: the bureau's year in figures, what waits, and for each other role only its own."""

from datetime import date, timedelta

import pytest

from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM
from competition.dashboard.calendar import DAYS, LANES, Planned, laid_out
from competition.dashboard.figures import subsidy_lines
from competition.dashboard.tiles import TILES, shade, tile_at
from competition.database.connection import current_engine
from competition.people.reference import load_reference
from competition.people.tables import District
from competition.results import service
from competition.subsidies.service import draft_batch
from tests.conftest import Site
from tests.web.released_contest import Place, a_unit
from tests.web.released_contest import released as released_elsewhere
from tests.web.scored_contest import Scored, run, scored_contest

FOUR = {"甲一": ("90", "90"), "乙二": ("80", "80"), "丙三": ("70", "70"), "丁四": ("60", "60")}
TODAY = date(2025, 10, 13)


async def released(name: str = "2025 年测试竞赛", serial: int = 0) -> Scored:
    scored = await scored_contest(list(FOUR), name=name, serial=serial)
    await run(scored, scored.preliminary, FOUR)
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.preliminary))
    return scored


async def test_a_registrars_desk_shows_only_their_unit(site: Site) -> None:
    scored = await scored_contest(list(FOUR))
    own = await site.sign_in(Role.REGISTRAR, scored.units["甲一"])
    text = (await own.get("/desk")).text
    assert "2025 年测试竞赛" in text
    assert [name for name in FOUR if name in text] == []
    nobody = await site.sign_in(Role.REGISTRAR, 4711)
    assert "2025 年测试竞赛" not in (await nobody.get("/desk")).text


async def test_the_bureaus_desk_counts_finalists_and_winners(site: Site) -> None:
    scored = await released()
    await run(scored, scored.final, {name: FOUR[name] for name in ("甲一", "乙二", "丙三")})
    bureau = await site.sign_in(Role.BUREAU)
    waiting = (await bureau.get("/desk?year=2025")).text
    assert "1 个阶段成绩待发布" in waiting
    await service.release(SYSTEM, await service.compute(SYSTEM, scored.final))
    text = (await bureau.get("/desk?year=2025")).text
    assert "1 个阶段成绩待发布" not in text
    assert ">3</td>" in text


async def test_the_bureaus_desk_costs_the_same_for_one_contest_and_for_many(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)

    async def cost() -> int:
        before = current_engine().queries
        assert (await bureau.get("/desk?year=2025")).status_code == 200
        return current_engine().queries - before

    await released("竞赛一")
    few = await cost()
    for number in range(1, 4):
        await released(f"竞赛{number}", number * 20)
    assert await cost() == few


async def test_an_organisers_desk_shows_only_their_contests(site: Site) -> None:
    one = await released("竞赛一")
    await released("竞赛二", 20)
    organiser = await site.sign_in(Role.ORGANISER, one.contest_id)
    text = (await organiser.get("/desk")).text
    assert ("竞赛一" in text, "竞赛二" in text) == (True, False)


async def test_a_chief_judges_desk_shows_only_their_skills(site: Site) -> None:
    one = await released("竞赛一")
    other = await released("竞赛二", 20)
    chief = await site.sign_in(Role.CHIEF_JUDGE, one.skill_id)
    text = (await chief.get("/desk")).text
    assert f"/stages/{one.final}/results" in text
    assert f"/stages/{other.final}/results" not in text


async def test_a_contestants_desk_shows_their_own_entries(site: Site) -> None:
    scored = await scored_contest(list(FOUR))
    contestant = await site.sign_in(Role.CONTESTANT, 1)
    text = (await contestant.get("/desk")).text
    assert f"/results/{scored.token}/{scored.group_id}" in text
    nobody = await site.sign_in(Role.CONTESTANT, 4711)
    assert scored.token not in (await nobody.get("/desk")).text


async def test_the_subsidy_sums_are_those_of_the_batches(site: Site) -> None:
    unit = await a_unit("甲厂")
    final = await released_elsewhere(Place(rank=1, unit=unit), Place(rank=2, unit=unit))
    await draft_batch(SYSTEM, final.contest_id)
    assert [(each.tier, each.people, each.fen) for each in await subsidy_lines(2025)] == [("municipal", 2, 300_000)]
    text = (await (await site.sign_in(Role.BUREAU)).get("/desk?year=2025")).text
    assert "<b>3,000</b>" in text


async def test_every_district_of_the_city_has_its_tile(site: Site) -> None:
    await load_reference(SYSTEM)
    names = {row["name"] for row in await District.select(District.name)}
    assert names == set(TILES)
    assert len({tile_at(name) for name in names}) == len(names)


@pytest.mark.parametrize(("count", "step"), [(0, 0), (1, 1), (9, 1), (10, 2), (20, 3), (29, 3), (30, 4), (99, 4)])
def test_a_tile_is_shaded_as_its_key_says(count: int, step: int) -> None:
    assert shade(count) == step


def planned(first: int, last: int, text: str = "事项") -> Planned:
    return Planned("b", text, "", "/", TODAY + timedelta(days=first), TODAY + timedelta(days=last))


def test_an_event_stands_on_its_days() -> None:
    events, left_out = laid_out([planned(2, 4)], TODAY)
    assert [(each.column, each.length, each.lane) for each in events] == [(3, 3, 1)]
    assert left_out == 0


def test_what_began_before_and_ends_after_is_cut_to_the_fortnight() -> None:
    events, _ = laid_out([planned(-5, 40)], TODAY)
    assert [(each.column, each.length) for each in events] == [(1, DAYS)]


def test_what_is_over_or_later_is_left_out_of_it() -> None:
    assert laid_out([planned(-5, -1), planned(DAYS, DAYS + 2)], TODAY) == ([], 0)


def test_events_on_the_same_days_take_lanes_and_the_rest_is_counted() -> None:
    events, left_out = laid_out([planned(0, 5, str(number)) for number in range(LANES + 2)], TODAY)
    assert [each.lane for each in events] == list(range(1, LANES + 1))
    assert left_out == 2


def test_no_two_events_of_a_lane_share_a_day() -> None:
    events, _ = laid_out([planned(n, n + n % 4) for n in range(DAYS)], TODAY)
    taken = [(each.lane, day) for each in events for day in range(each.column, each.column + each.length)]
    assert len(taken) == len(set(taken))
    assert max(day for _, day in taken) <= DAYS
