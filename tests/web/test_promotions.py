"""Promotion cases: proposed on release, decided by a person, followed to the employer."""

import msgspec
import pytest

from competition.accounts.kinds import Role
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, Actor, write
from competition.database.connection import Engine, current_engine
from competition.people.kinds import Level
from competition.people.service import levels_of
from competition.people.tables import LevelHeld, Person
from competition.people.vault import unseal
from competition.problems import Refused, Stale
from competition.promotions import reads, service
from competition.promotions.kinds import CaseState, Decision, Verdict
from competition.promotions.service import FollowUp
from competition.promotions.tables import PromotionCase
from competition.results.events import StageReleased
from competition.results.tables import ResultRevision
from tests.conftest import Site
from tests.web.released_contest import (
    Place,
    Released,
    a_contest,
    a_final,
    a_unit,
    place_all,
    release,
    released,
)

OFFICER = Actor(name="核准人", role="bureau")


def field(unit: int, count: int = 12, **first: object) -> list[Place]:
    """So many employees in order of rank; `first` changes the winner."""
    places = [Place(rank=rank, unit=unit, name=f"选手{rank}") for rank in range(1, count + 1)]
    places[0] = msgspec.structs.replace(places[0], **first)
    return places


async def proposed(*, entrants: int = 34, **first: object) -> Released:
    final = await released(*field(await a_unit("北辰造船"), **first), entrants=entrants)
    await service.propose(SYSTEM, final.contest_id)
    return final


async def cases() -> list[dict[str, object]]:
    return await PromotionCase.select().order_by(PromotionCase.id)


async def first_case() -> int:
    return (await cases())[0]["id"]


async def verdict(case_id: int) -> str:
    return (await reads.case_view(case_id)).verdict


# Proposals


async def test_those_within_the_windows_are_proposed(database: Engine) -> None:
    await proposed()
    rows = await cases()
    assert [(row["rank"], row["level_proposed"]) for row in rows] == [(rank, "technician") for rank in range(1, 11)]


async def test_proposing_again_changes_nothing(database: Engine) -> None:
    final = await proposed()
    before = await cases()
    assert await service.propose(SYSTEM, final.contest_id) == 0
    assert await cases() == before


async def test_every_member_of_a_team_is_proposed(database: Engine) -> None:
    unit = await a_unit("北辰造船")
    team = await released(
        Place(rank=1, unit=unit, members=2), Place(rank=2, unit=unit, members=2),
        skill="机电一体化", team_size=2, tier="provincial", entrants=12,
    )  # fmt: skip
    await service.propose(SYSTEM, team.contest_id, rule_code="promotion-provincial-henan-2023")
    assert [row["rank"] for row in await cases()] == [1, 1, 2, 2]


async def test_the_level_on_file_counts_as_held(database: Engine) -> None:
    unit = await a_unit("北辰造船")
    final = await a_final(await a_contest())
    places = field(unit, level="")
    await place_all(final, places)
    person = await Person.select(Person.id).where(Person.name == "选手1").first()
    async with write(SYSTEM) as change:
        row = LevelHeld(
            person=person["id"], occupation_code="6-18-02-04", level="technician", source="x", recorded_at=change.at
        )
        await LevelHeld.insert(row)
        await change.record("test.level", "person", person["id"])
    await release(final, places, entrants=34)
    await service.propose(SYSTEM, final.contest_id)
    row = (await cases())[0]
    assert (row["level_held"], row["level_proposed"]) == ("technician", "senior_technician")


async def test_a_refusal_is_kept_as_a_case_with_its_reason(database: Engine) -> None:
    await proposed(level=Level.SENIOR_TECHNICIAN.value)
    view = await reads.case_view(await first_case())
    assert (view.verdict, str(view.reason), view.row["level_proposed"]) == (Verdict.REFUSE, "已是高级技师", "")


async def test_a_contest_no_document_speaks_of_is_refused(database: Engine) -> None:
    final = await released(*field(await a_unit("北辰造船")), tier="world")
    with pytest.raises(Refused, match="没有适用于该层级和类别的晋级文件"):
        await service.propose(SYSTEM, final.contest_id)


async def test_nothing_is_proposed_before_the_final_is_released(database: Engine) -> None:
    contest_id = await a_contest()
    await a_final(contest_id)
    with pytest.raises(Refused, match="还没有发布决赛成绩"):
        await service.propose(SYSTEM, contest_id)


async def test_another_document_can_be_chosen_for_undecided_cases(database: Engine) -> None:
    final = await released(*field(await a_unit("北辰造船"), count=30), tier="provincial", entrants=30)
    await service.propose(SYSTEM, final.contest_id, rule_code="promotion-provincial-anhui-2023")
    assert len(await cases()) == 12
    await service.propose(SYSTEM, final.contest_id, rule_code="promotion-provincial-henan-2023")
    rows = await cases()
    assert len(rows) == 20
    assert [row["level_proposed"] for row in rows[:6]] == ["technician"] * 5 + [""]


async def test_a_final_of_seventy_costs_a_bounded_number_of_queries(database: Engine) -> None:
    final = await released(*field(await a_unit("北辰造船"), count=70), entrants=70)
    revision = await ResultRevision.select(ResultRevision.id).where(ResultRevision.stage == final.stage_id).first()
    event = StageReleased(final.contest_id, final.stage_id, revision["id"], "final", False)
    before = database.queries
    async with write(SYSTEM) as change:
        await service.on_released(change, event)
    assert database.queries - before < 40
    assert len(await cases()) == 10


async def test_the_release_of_a_final_proposes_by_itself(site: Site) -> None:
    await released(*field(await a_unit("北辰造船")), entrants=34)
    assert len(await cases()) == 10


async def test_a_release_goes_through_where_no_document_speaks_of_the_contest(site: Site) -> None:
    await released(*field(await a_unit("北辰造船")), tier="world")
    assert await cases() == []


# Corrections


async def correct(final: Released, ranks: list[int | None]) -> None:
    await release(final, [Place(rank=rank, unit=None) for rank in ranks], "录入错误", entrants=34)
    await service.propose(SYSTEM, final.contest_id)


async def test_a_correction_renews_undecided_cases_and_marks_who_moved(database: Engine) -> None:
    final = await proposed()
    await correct(final, [2, 1, *range(3, 13)])
    rows = await cases()
    assert [row["rank"] for row in rows[:3]] == [2, 1, 3]
    assert [await verdict(row["id"]) for row in rows[:3]] == [Verdict.REVIEW, Verdict.REVIEW, Verdict.PROMOTE]


async def test_whom_a_correction_moves_out_of_the_windows_is_refused_with_the_reason(database: Engine) -> None:
    final = await proposed()
    await correct(final, [11, *range(1, 11), 12])
    view = await reads.case_view(await first_case())
    assert (view.verdict, view.row["level_proposed"]) == (Verdict.REFUSE, "")
    assert str(view.reason) == "成绩由第 1 版更正为第 2 版后，名次不在规则范围内"


async def test_whom_a_correction_disqualifies_is_refused_too(database: Engine) -> None:
    final = await proposed()
    await correct(final, [None, *range(1, 12)])
    assert await verdict(await first_case()) == Verdict.REFUSE


async def test_a_decision_stands_after_a_correction_and_is_shown_as_outdated(database: Engine) -> None:
    final = await proposed()
    case_id = await first_case()
    await service.decide(OFFICER, case_id, Decision.APPROVE)
    await correct(final, [2, 1, *range(3, 13)])
    view = await reads.case_view(case_id)
    assert (view.row["state"], view.row["rank"], await reads.newer_revision(view)) == (CaseState.APPROVED, 1, 2)


# Decisions


async def test_approving_records_the_level_the_person_now_holds(database: Engine) -> None:
    await proposed()
    case_id = await first_case()
    person = (await cases())[0]["person"]
    await service.decide(OFFICER, case_id, Decision.APPROVE)
    assert await levels_of([person], "6-18-02-04") == {(person, "6-18-02-04"): Level.TECHNICIAN}


async def test_the_certificate_is_added_to_the_level(database: Engine) -> None:
    await proposed()
    case_id = await first_case()
    await service.decide(OFFICER, case_id, Decision.APPROVE)
    with pytest.raises(Refused, match="须填写证书编号"):
        await service.decide(OFFICER, case_id, Decision.CERTIFY)
    await service.decide(OFFICER, case_id, Decision.CERTIFY, certificate_number="2025-0001")
    held = await LevelHeld.select(LevelHeld.certificate_number)
    assert held == [{"certificate_number": "2025-0001"}]


async def test_approving_with_the_certificate_does_both(database: Engine) -> None:
    await proposed()
    case_id = await first_case()
    await service.decide(OFFICER, case_id, Decision.APPROVE, certificate_number="2025-0001")
    row = (await cases())[0]
    assert (row["state"], row["certificate_number"]) == (CaseState.CERTIFIED, "2025-0001")


@pytest.mark.parametrize("decision", [Decision.REFUSE, Decision.RETURN])
async def test_refusing_and_returning_need_a_reason(database: Engine, decision: Decision) -> None:
    await proposed()
    with pytest.raises(Refused, match="须写明理由"):
        await service.decide(OFFICER, await first_case(), decision, " ")


async def test_what_the_rule_refuses_cannot_be_approved(database: Engine) -> None:
    await proposed(level=Level.SENIOR_TECHNICIAN.value)
    with pytest.raises(Refused, match="已是高级技师"):
        await service.decide(OFFICER, await first_case(), Decision.APPROVE, "特批")


async def test_what_wants_looking_at_is_approved_only_with_a_reason(database: Engine) -> None:
    await proposed(level=Level.INTERMEDIATE.value)
    case_id = await first_case()
    with pytest.raises(Refused, match="须写明理由"):
        await service.decide(OFFICER, case_id, Decision.APPROVE)
    await service.decide(OFFICER, case_id, Decision.APPROVE, "已核对证书")
    assert (await cases())[0]["state"] == CaseState.APPROVED


async def test_one_person_is_promoted_once_a_year(database: Engine) -> None:
    await proposed()
    person = await Person.select(Person.name, Person.id).where(Person.name == "选手1").first()
    first, second = await first_case(), (await cases())[1]["id"]
    async with write(SYSTEM) as change:
        await PromotionCase.update({PromotionCase.person: person["id"]}).where(PromotionCase.id == second)
        await change.record("test.same_person", "promotion_case", second)
    await service.decide(OFFICER, first, Decision.APPROVE)
    with pytest.raises(Refused, match="本年已由竞赛晋级 1 次"):
        await service.decide(OFFICER, second, Decision.APPROVE)


async def test_two_people_cannot_decide_one_case(database: Engine) -> None:
    await proposed()
    case_id = await first_case()
    await service.decide(OFFICER, case_id, Decision.RECOMMEND)
    with pytest.raises(Stale, match="核准人"):
        await service.decide(SYSTEM, case_id, Decision.APPROVE, version=1)


async def test_many_are_approved_together_with_one_reason_or_not_at_all(database: Engine) -> None:
    await proposed(level=Level.SENIOR_TECHNICIAN.value)
    ids = [row["id"] for row in await cases()]
    with pytest.raises(Refused, match="批量办理须写明理由"):
        await service.decide_many(OFFICER, ids[1:], Decision.APPROVE, "")
    with pytest.raises(Refused, match="选手1不能办理"):
        await service.decide_many(OFFICER, [ids[1], ids[0]], Decision.APPROVE, "会议通过")
    assert {row["state"] for row in await cases()} == {CaseState.ELIGIBLE}
    assert await service.decide_many(OFFICER, ids[1:], Decision.APPROVE, "会议通过") == 9
    assert await LevelHeld.count() == 9


async def test_the_employer_is_followed_up_after_the_certificate(database: Engine) -> None:
    await proposed()
    case_id = await first_case()
    done = FollowUp(promoted=True, pay_raised=True, note="月薪提高 800 元")
    with pytest.raises(Refused):
        await service.follow_up(OFFICER, case_id, done)
    await service.decide(OFFICER, case_id, Decision.APPROVE, certificate_number="2025-0001")
    await service.follow_up(OFFICER, case_id, done)
    row = (await cases())[0]
    assert (row["state"], msgspec.json.decode(row["followed_up"], type=FollowUp)) == (CaseState.FOLLOWED_UP, done)


# Pages


async def test_the_case_shows_its_rule_conditions_and_three_decisions(site: Site) -> None:
    await proposed()
    page = (await (await site.sign_in(Role.BUREAU)).get(f"/promotions/{await first_case()}")).text
    assert "市级一类，职工组，单人，第 1–10 名：晋升技师；已持有该等级的，晋升高级技师" in page
    assert "示例，待按本年文件确认" in page
    assert "第 1 名，在 1–10 内" in page
    assert [f'value="{decision}"' in page for decision in ("approve", "return", "refuse")] == [True, True, True]


async def test_a_refused_approval_keeps_the_reason_typed(site: Site) -> None:
    await proposed(level=Level.SENIOR_TECHNICIAN.value)
    bureau = await site.sign_in(Role.BUREAU)
    answer = await bureau.submit(
        f"/promotions/{await first_case()}/decision", decision="approve", reason="特批一次", version=1
    )
    assert (answer.status_code, "特批一次" in answer.text, "已是高级技师" in answer.text) == (422, True, True)


async def test_an_organiser_recommends_own_cases_and_decides_nothing(site: Site) -> None:
    final = await proposed()
    other = await released(*field(await a_unit("渤海轴承")), name="另一场大赛")
    await service.propose(SYSTEM, other.contest_id)
    case_id = await first_case()
    organiser = await site.sign_in(Role.ORGANISER, final.contest_id)
    refused = await organiser.submit(f"/promotions/{case_id}/decision", decision="approve", version=1)
    assert refused.status_code == 422
    await organiser.submit(f"/promotions/{case_id}/decision", decision="recommend", version=1)
    assert (await cases())[0]["state"] == CaseState.RECOMMENDED
    theirs = next(row["id"] for row in await cases() if row["contest"] == other.contest_id)
    assert (await organiser.get(f"/promotions/{theirs}")).status_code == 403
    assert f"/promotions/{theirs}?" not in (await organiser.get("/promotions")).text


async def test_bulk_approval_takes_the_selected_cases(site: Site) -> None:
    await proposed()
    ids = [row["id"] for row in await cases()]
    bureau = await site.sign_in(Role.BUREAU)
    await bureau.post(
        "/promotions/decisions",
        data={"_csrf": bureau.csrf, "case": ids[:3], "decision": "approve", "reason": "会议通过"},
    )
    assert [row["state"] for row in await cases()].count(CaseState.APPROVED) == 3


async def test_a_unit_follows_up_its_own_people_only(site: Site) -> None:
    await proposed()
    found = PromotionCase.select(PromotionCase.id, PromotionCase.member.unit.as_alias("unit"))
    mine = await found.order_by(PromotionCase.id).first()
    await service.decide(OFFICER, mine["id"], Decision.APPROVE, certificate_number="2025-0001")
    stranger = await site.sign_in(Role.REGISTRAR, await a_unit("渤海轴承"))
    registrar = await site.sign_in(Role.REGISTRAR, mine["unit"])
    assert "2025-0001" not in (await stranger.get("/my-promotions")).text
    assert "2025-0001" in (await registrar.get("/my-promotions")).text
    address = f"/promotions/{mine['id']}/follow-up"
    assert (await stranger.submit(address, promoted="on")).status_code == 403
    assert (await registrar.submit(address, promoted="on", pay_raised="on")).status_code == 303
    assert {row["id"]: row["state"] for row in await cases()}[mine["id"]] == CaseState.FOLLOWED_UP


async def test_a_full_number_is_shown_for_a_purpose_and_logged(site: Site) -> None:
    await proposed()
    bureau = await site.sign_in(Role.BUREAU)
    case_id = await first_case()
    person = await Person.select(Person.id_sealed).where(Person.name == "选手1").first()
    number = unseal(person["id_sealed"])
    assert number not in (await bureau.get(f"/promotions/{case_id}")).text
    assert (await bureau.submit(f"/promotions/{case_id}/identity", purpose="")).status_code == 422
    assert number in (await bureau.submit(f"/promotions/{case_id}/identity", purpose="办证")).text
    assert await AuditRecord.count().where(AuditRecord.action == "person_id.revealed") == 1


async def test_the_list_costs_the_same_queries_for_one_and_for_ten(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    spent = []
    for count in (1, 12):
        await released(*field(await a_unit(f"单位{count}"), count=count), name=f"第{count}场", entrants=34)
        before = current_engine().queries
        await bureau.get("/promotions")
        spent.append(current_engine().queries - before)
    assert spent[0] == spent[1]
