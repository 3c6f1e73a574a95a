"""The seedling pool: proposed from results, accepted by a person, followed stage by stage."""

from datetime import UTC, date, datetime

import pytest

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM, Actor
from competition.database.connection import Engine, current_engine
from competition.people.kinds import Pool
from competition.people.service import pools_of
from competition.problems import Refused, Stale
from competition.seedlings import service
from competition.seedlings.kinds import SeedlingStage, SeedlingState
from competition.seedlings.tables import Seedling, SeedlingStep
from tests.conftest import Site
from tests.web.released_contest import Place, Released, a_unit, release, released

OFFICER = Actor(name="经办人", role="bureau")
OCTOBER = datetime(2025, 10, 13, 2, tzinfo=UTC)
YOUNG, OLD = date(2006, 3, 1), date(1999, 1, 1)


async def proposed() -> Released:
    """Two young finishers of three: the gold medallist and the tenth."""
    school = await a_unit("滨城技师学院", kind="school")
    final = await released(
        Place(rank=1, unit=school, name="姜予安", award_level="gold", award_name="一等奖", born=YOUNG),
        Place(rank=2, unit=school, name="万里", award_level="silver", award_name="二等奖", born=OLD),
        Place(rank=10, unit=school, name="石小满", born=date(2005, 6, 1)),
        Place(rank=11, unit=school, name="林秋实", born=YOUNG), skill="数控铣", group="student",
    )  # fmt: skip
    with clock.at(OCTOBER):
        await service.propose(SYSTEM, final.contest_id)
    return final


async def seedlings() -> list[dict[str, object]]:
    return await Seedling.select(*Seedling.all_columns(), Seedling.person.name.as_alias("name")).order_by(Seedling.id)


async def first() -> int:
    return (await seedlings())[0]["id"]


async def test_young_winners_are_proposed(database: Engine) -> None:
    await proposed()
    assert [(row["name"], row["state"]) for row in await seedlings()] == [
        ("姜予安", SeedlingState.PROPOSED),
        ("石小满", SeedlingState.PROPOSED),
    ]


async def test_proposing_again_proposes_nobody_twice(database: Engine) -> None:
    final = await proposed()
    with clock.at(OCTOBER):
        assert await service.propose(SYSTEM, final.contest_id) == 0
    assert await Seedling.count() == 2


async def test_a_declined_proposal_does_not_come_back_by_itself(database: Engine) -> None:
    final = await proposed()
    await service.decide(OFFICER, await first(), "decline", "已转行")
    with clock.at(OCTOBER):
        await service.propose(SYSTEM, final.contest_id)
    assert (await seedlings())[0]["state"] == SeedlingState.DECLINED


async def test_the_release_of_a_final_proposes_by_itself(site: Site) -> None:
    with clock.at(OCTOBER):
        await released(Place(rank=1, unit=await a_unit("滨城技师学院"), born=YOUNG), skill="数控铣", group="student")
    assert await Seedling.count() == 1


async def test_accepting_joins_the_seedling_pool_with_its_source(database: Engine) -> None:
    await proposed()
    person = (await seedlings())[0]["person"]
    await service.decide(OFFICER, await first(), "accept")
    assert Pool.SEEDLING in (await pools_of([person]))[person]
    row = (await seedlings())[0]
    assert (row["state"], row["stage"]) == (SeedlingState.IN_POOL, SeedlingStage.SEED)


async def test_a_decision_is_taken_once(database: Engine) -> None:
    await proposed()
    await service.decide(OFFICER, await first(), "accept")
    with pytest.raises(Refused, match="当前状态不能进行此操作"):
        await service.decide(OFFICER, await first(), "accept")


async def test_a_move_is_kept_in_the_history_with_its_reason(database: Engine) -> None:
    await proposed()
    seedling_id = await first()
    await service.decide(OFFICER, seedling_id, "accept")
    await service.move(OFFICER, seedling_id, "city_squad", "10-24 选拔第 3 名")
    steps = await SeedlingStep.select().order_by(SeedlingStep.id)
    assert [(step["stage"], step["by_name"], step["note"]) for step in steps] == [
        ("seed", "经办人", ""),
        ("city_squad", "经办人", "10-24 选拔第 3 名"),
    ]


async def test_two_people_cannot_move_one_seedling(database: Engine) -> None:
    await proposed()
    seedling_id = await first()
    await service.decide(OFFICER, seedling_id, "accept")
    version = (await seedlings())[0]["version"]
    await service.move(OFFICER, seedling_id, "city_squad", "选拔", version)
    with pytest.raises(Stale, match="经办人"):
        await service.move(SYSTEM, seedling_id, "reserve", "选拔", version)


async def test_leaving_needs_a_reason_and_ends_the_membership(database: Engine) -> None:
    await proposed()
    seedling_id = await first()
    person = (await seedlings())[0]["person"]
    await service.decide(OFFICER, seedling_id, "accept")
    with pytest.raises(Refused, match="须写明理由"):
        await service.decide(OFFICER, seedling_id, "leave")
    await service.decide(OFFICER, seedling_id, "leave", "超龄")
    row = (await seedlings())[0]
    assert (row["state"], row["exit_reason"]) == (SeedlingState.LEFT, "超龄")
    assert Pool.SEEDLING not in (await pools_of([person])).get(person, [])


# Pages


async def test_the_board_shows_proposals_first_and_when_each_ages_out(site: Site) -> None:
    await proposed()
    bureau = await site.sign_in(Role.BUREAU)
    with clock.at(OCTOBER):
        page = (await bureau.get("/seedlings")).text
        await service.decide(OFFICER, await first(), "accept")
        board = (await bureau.get("/seedlings")).text
    assert page.index("石小满") < page.index('id="board"')
    assert ("2027 年超龄" in page, "2029 年超龄" in page) == (True, True)
    assert board.index("姜予安") > board.index('id="board"')


async def test_many_proposals_are_accepted_together(site: Site) -> None:
    await proposed()
    bureau = await site.sign_in(Role.BUREAU)
    ids = [row["id"] for row in await seedlings()]
    await bureau.post("/seedlings/decisions", data={"_csrf": bureau.csrf, "seedling": ids, "decision": "accept"})
    assert {row["state"] for row in await seedlings()} == {SeedlingState.IN_POOL}


async def test_declining_without_a_reason_is_refused_and_changes_nobody(site: Site) -> None:
    await proposed()
    bureau = await site.sign_in(Role.BUREAU)
    ids = [row["id"] for row in await seedlings()]
    answer = await bureau.post(
        "/seedlings/decisions", data={"_csrf": bureau.csrf, "seedling": ids, "decision": "decline"}
    )
    assert (answer.status_code, "须写明理由" in answer.text) == (422, True)
    assert {row["state"] for row in await seedlings()} == {SeedlingState.PROPOSED}


async def test_the_menu_leads_to_the_move_with_the_stage_chosen(site: Site) -> None:
    await proposed()
    seedling_id = await first()
    await service.decide(OFFICER, seedling_id, "accept")
    bureau = await site.sign_in(Role.BUREAU)
    assert '<option value="city_squad" selected>' in (await bureau.get(f"/seedlings/{seedling_id}?to=city_squad")).text
    version = (await seedlings())[0]["version"]
    refused = await bureau.submit(f"/seedlings/{seedling_id}/move", stage="city_squad", move_reason="", version=version)
    assert refused.status_code == 422
    await bureau.submit(f"/seedlings/{seedling_id}/move", stage="city_squad", move_reason="选拔", version=version)
    assert (await seedlings())[0]["stage"] == SeedlingStage.CITY_SQUAD


async def test_a_correction_is_shown_on_the_proposal(site: Site) -> None:
    final = await proposed()
    await release(final, [Place(rank=rank, unit=None) for rank in (2, 1, 10, 11)], "录入错误")
    page = (await (await site.sign_in(Role.BUREAU)).get(f"/seedlings/{await first()}")).text
    assert "提出后决赛成绩有更正" in page


async def test_an_auditor_reads_and_changes_nothing(site: Site) -> None:
    await proposed()
    auditor = await site.sign_in(Role.AUDITOR)
    assert (await auditor.get("/seedlings")).status_code == 200
    assert (await auditor.submit(f"/seedlings/{await first()}/decision", decision="accept")).status_code == 403


async def test_the_board_costs_the_same_queries_for_one_and_for_thirty(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    spent = []
    for count in (1, 30):
        unit = await a_unit(f"学校{count}")
        with clock.at(OCTOBER):
            await released(
                *[Place(rank=rank + 1, unit=unit, award_level="excellence", born=YOUNG) for rank in range(count)],
                name=f"第{count}场", group="student",
            )  # fmt: skip
            before = current_engine().queries
            await bureau.get("/seedlings")
        spent.append(current_engine().queries - before)
    assert spent[0] == spent[1]
