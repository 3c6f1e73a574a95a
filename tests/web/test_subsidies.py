"""Finalist subsidies: from the released list to the money, nobody dropped, nothing shown that may not be."""

import io
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

import openpyxl
import pytest

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM
from competition.database.connection import Engine, current_engine
from competition.people.tables import Person
from competition.people.vault import unseal
from competition.problems import Refused, Stale
from competition.rulebook.service import current, upload
from competition.subsidies import service
from competition.subsidies.kinds import BatchAction, BatchState
from competition.subsidies.lines import unit_sums
from competition.subsidies.tables import Objection, SubsidyBatch, SubsidyLine
from tests.conftest import Site
from tests.web.released_contest import (
    ACCOUNT,
    Place,
    Released,
    a_contest,
    a_final,
    a_unit,
    place_all,
    release,
    released,
)

THURSDAY = datetime(2025, 10, 9, 2, tzinfo=UTC)
LAST_NOTICE_DAY = datetime(2025, 10, 14, 2, tzinfo=UTC)
DAY_AFTER = datetime(2025, 10, 15, 2, tzinfo=UTC)


async def states(batch_id: int) -> list[str]:
    rows = await SubsidyLine.select(SubsidyLine.state).where(SubsidyLine.batch == batch_id).order_by(SubsidyLine.id)
    return [row["state"] for row in rows]


async def state_of(batch_id: int) -> str:
    row = await SubsidyBatch.select(SubsidyBatch.state).where(SubsidyBatch.id == batch_id).first()
    return row["state"]


async def advance(batch_id: int, *actions: BatchAction) -> None:
    for action in actions:
        await service.advance(SYSTEM, batch_id, action)


async def noticed(batch_id: int) -> None:
    with clock.at(THURSDAY):
        await advance(batch_id, BatchAction.CHECK, BatchAction.NOTICE)


async def paid(batch_id: int) -> None:
    await noticed(batch_id)
    with clock.at(DAY_AFTER):
        await advance(batch_id, BatchAction.APPROVE, BatchAction.PAY)


@pytest.fixture
async def welding(database: Engine) -> Released:
    """Six finalists: three due, one without a unit, one absent, one from outside the city."""
    works, school = await a_unit("北辰造船"), await a_unit("滨城技师学院", kind="school")
    outside = await a_unit("外地公司", in_city=False)
    return await released(
        Place(rank=1, unit=works), Place(rank=2, unit=works), Place(rank=3, unit=school),
        Place(rank=4, unit=None), Place(rank=None, unit=works, attendance="absent"), Place(rank=5, unit=outside),
    )  # fmt: skip


async def test_every_finalist_becomes_a_line(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    assert await states(batch_id) == ["due", "due", "due", "held", "excluded", "held"]


async def test_the_header_is_the_sum_of_persons_and_of_units(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    totals = (await service.batch_summary(batch_id)).totals
    units = await unit_sums(batch_id)
    assert (totals.due_fen, totals.finalists) == (3 * 150_000, 6)
    assert [(each.people, each.fen) for each in units] == [(2, 300_000), (1, 150_000)]


async def test_every_member_of_a_team_counts(database: Engine) -> None:
    unit = await a_unit("北辰造船")
    team = await released(Place(rank=1, unit=unit, members=2), skill="机电一体化", team_size=2)
    batch_id = await service.draft_batch(SYSTEM, team.contest_id)
    assert await states(batch_id) == ["due", "due"]


@pytest.mark.parametrize(("tier", "fen"), [("provincial", 200_000), ("national", 500_000), ("world", 1_000_000)])
async def test_the_rate_follows_the_tier(database: Engine, tier: str, fen: int) -> None:
    final = await released(Place(rank=1, unit=await a_unit("北辰造船")), tier=tier)
    batch_id = await service.draft_batch(SYSTEM, final.contest_id)
    assert (await service.batch_summary(batch_id)).totals.due_fen == fen


@pytest.mark.parametrize(
    ("contest", "reason"),
    [
        ({"tier": "base"}, "基层竞赛不在补贴范围内"),
        ({"in_annual_plan": False}, "竞赛未列入年度计划，按现行口径不予补贴"),
    ],
)
async def test_a_contest_outside_the_rule_is_not_drafted(
    database: Engine, contest: dict[str, object], reason: str
) -> None:
    final = await released(Place(rank=1, unit=await a_unit("北辰造船")), **contest)
    with pytest.raises(Refused, match=reason):
        await service.draft_batch(SYSTEM, final.contest_id)


async def test_an_unreleased_final_is_waited_for(welding: Released) -> None:
    await a_final(welding.contest_id, "电工")
    with pytest.raises(Refused, match="还有 1 个组别的决赛成绩未发布"):
        await service.draft_batch(SYSTEM, welding.contest_id)


async def test_a_draft_is_computed_anew_in_its_place(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    before = await SubsidyBatch.select(SubsidyBatch.digest).first()
    assert await service.draft_batch(SYSTEM, welding.contest_id) == batch_id
    assert await SubsidyBatch.select(SubsidyBatch.digest).first() == before
    assert len(await states(batch_id)) == 6


async def test_a_draft_that_no_longer_says_what_is_so_is_not_checked(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    await release(welding, [Place(rank=rank, unit=1) for rank in (2, 1, 3, 4, 5, 6)], "更正名次")
    with pytest.raises(Refused, match="更正"):
        await service.advance(SYSTEM, batch_id, BatchAction.CHECK)
    await service.draft_batch(SYSTEM, welding.contest_id)
    await service.advance(SYSTEM, batch_id, BatchAction.CHECK)


async def test_a_changed_rule_has_to_be_drafted_from_again(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    held = (await current("subsidy"))[0]
    await upload(SYSTEM, held.text.replace("yuan = 1500", "yuan = 1600"))
    with pytest.raises(Refused, match="须重新起草"):
        await service.advance(SYSTEM, batch_id, BatchAction.CHECK)


async def test_the_notice_lasts_five_working_days_with_make_up_days(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    await noticed(batch_id)
    row = await SubsidyBatch.select(SubsidyBatch.notice_from, SubsidyBatch.notice_to).first()
    assert (row["notice_from"], row["notice_to"]) == (date(2025, 10, 9), date(2025, 10, 14))


async def test_nothing_is_approved_before_the_notice_is_over(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    await noticed(batch_id)
    with clock.at(LAST_NOTICE_DAY), pytest.raises(Refused, match="公示到 2025-10-14 期满后可以批准"):
        await service.advance(SYSTEM, batch_id, BatchAction.APPROVE)
    with clock.at(DAY_AFTER):
        await service.advance(SYSTEM, batch_id, BatchAction.APPROVE)
    assert await state_of(batch_id) == BatchState.APPROVED


async def test_an_objection_holds_the_batch_until_it_is_answered(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    await noticed(batch_id)
    objection_id = await service.object_(SYSTEM, batch_id, "渤海轴承", "一名选手漏列")
    with clock.at(DAY_AFTER):
        with pytest.raises(Refused, match="还有 1 件异议没有答复"):
            await service.advance(SYSTEM, batch_id, BatchAction.APPROVE)
        await service.answer(SYSTEM, objection_id, False, "经查名单无误")
        await service.advance(SYSTEM, batch_id, BatchAction.APPROVE)
    with pytest.raises(Stale):
        await service.answer(SYSTEM, objection_id, True, "改口")


async def test_an_upheld_objection_sends_the_batch_back_to_the_draft(welding: Released) -> None:
    with clock.at(THURSDAY):
        batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    await noticed(batch_id)
    with clock.at(LAST_NOTICE_DAY):
        objection_id = await service.object_(SYSTEM, batch_id, "渤海轴承", "一名选手漏列")
        await service.answer(SYSTEM, objection_id, True, "属实")
    with clock.at(DAY_AFTER):
        with pytest.raises(Refused, match="有异议成立"):
            await service.advance(SYSTEM, batch_id, BatchAction.APPROVE)
        await service.advance(SYSTEM, batch_id, BatchAction.WITHDRAW)
        await service.draft_batch(SYSTEM, welding.contest_id)
        await advance(batch_id, BatchAction.CHECK, BatchAction.NOTICE)
    assert await state_of(batch_id) == BatchState.NOTICED


async def test_objections_are_taken_only_during_the_notice(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    with pytest.raises(Refused, match="只在公示期间受理异议"):
        await service.object_(SYSTEM, batch_id, "渤海轴承", "漏列")
    assert await Objection.count() == 0


async def test_a_batch_under_notice_is_not_redrafted_underhand(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    await noticed(batch_id)
    with pytest.raises(Refused, match="撤回后才能重新起草"):
        await service.draft_batch(SYSTEM, welding.contest_id)


async def test_two_people_cannot_take_one_step_twice(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    await service.advance(SYSTEM, batch_id, BatchAction.CHECK)
    with pytest.raises(Refused):
        await service.advance(SYSTEM, batch_id, BatchAction.CHECK)


async def test_what_was_held_comes_into_the_next_batch_and_nobody_is_paid_twice(welding: Released) -> None:
    first = await service.draft_batch(SYSTEM, welding.contest_id)
    await paid(first)
    second = await service.draft_batch(SYSTEM, welding.contest_id)
    assert await states(second) == ["excluded", "excluded", "excluded", "held", "excluded", "held"]
    row = await SubsidyBatch.select(SubsidyBatch.number).where(SubsidyBatch.id == second).first()
    assert row["number"] == 2


async def test_nothing_is_left_for_another_batch(database: Engine) -> None:
    final = await released(Place(rank=1, unit=await a_unit("北辰造船")))
    await paid(await service.draft_batch(SYSTEM, final.contest_id))
    with pytest.raises(Refused, match="没有可以列入新批次的人员"):
        await service.draft_batch(SYSTEM, final.contest_id)


async def test_money_is_clawed_back_after_payment(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    line = await SubsidyLine.select(SubsidyLine.id).order_by(SubsidyLine.id).first()
    with pytest.raises(Refused, match="发放后才能追回"):
        await service.claw_back(SYSTEM, line["id"], "冒名顶替")
    await paid(batch_id)
    await service.claw_back(SYSTEM, line["id"], "冒名顶替")
    totals = (await service.batch_summary(batch_id)).totals
    assert (totals.due, totals.clawed_back, totals.clawed_back_fen, totals.finalists) == (2, 1, 150_000, 6)


# Lists that leave the house


def sheet(content: bytes, title: str) -> list[Sequence[object]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book[title].iter_rows(values_only=True)]


async def test_the_working_list_has_one_row_per_person_with_full_numbers(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    rows = sheet(await service.working_list(SYSTEM, batch_id, "发放"), "按人")
    first = dict(zip(rows[0], rows[1], strict=True))
    person = await Person.select(Person.id_sealed).where(Person.name == first["选手"]).first()
    assert (first["证件号码"], first["账号"], first["联系电话"]) == (
        unseal(person["id_sealed"]),
        ACCOUNT,
        "13800000001",
    )
    assert (first["金额"], first["文号"], first["阶段"]) == (1500, "演示〔2025〕1 号", "决赛")
    assert [row[0] for row in rows] == ["序号", 1, 2, 3]


async def test_the_working_list_sums_by_unit_and_names_who_is_not_paid(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    content = await service.working_list(SYSTEM, batch_id, "发放")
    units = sheet(content, "按单位")
    assert [(row[1], row[9], row[10]) for row in units[1:]] == [
        ("北辰造船", 2, 3000), ("滨城技师学院", 1, 1500), (None, 3, 4500),
    ]  # fmt: skip
    assert units[-1][11] == "人民币肆仟伍佰元整"
    assert [(row[1], row[8]) for row in sheet(content, "暂缓与剔除")[1:]] == [
        ("暂缓", "没有单位，无收款方"), ("剔除", "决赛缺席"), ("暂缓", "单位不在本市"),
    ]  # fmt: skip


async def test_the_working_list_needs_a_purpose_and_leaves_one_record(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    with pytest.raises(Refused, match="须写明导出用途"):
        await service.working_list(SYSTEM, batch_id, "  ")
    await service.working_list(SYSTEM, batch_id, "报送财政")
    records = await AuditRecord.select().where(AuditRecord.action == "subsidy.exported")
    assert [(row["subject_id"], "报送财政" in row["detail"], '"count":3' in row["detail"]) for row in records] == [
        (batch_id, True, True)
    ]


async def test_the_public_list_shows_no_full_number_no_account_no_phone(welding: Released) -> None:
    batch_id = await service.draft_batch(SYSTEM, welding.contest_id)
    content = await service.public_list(batch_id)
    cells = {str(cell) for title in ("按人", "按单位") for row in sheet(content, title) for cell in row}
    people = await Person.select(Person.id_sealed, Person.id_mask)
    secrets = {unseal(person["id_sealed"]) for person in people} | {ACCOUNT, "13800000001"}
    assert cells & secrets == set()
    assert len(cells & {person["id_mask"] for person in people}) == 3


async def test_a_year_is_exported_in_one_workbook(welding: Released) -> None:
    await paid(await service.draft_batch(SYSTEM, welding.contest_id))
    other = await released(Place(rank=1, unit=await a_unit("渤海轴承")), name="另一场大赛")
    await service.draft_batch(SYSTEM, other.contest_id)
    rows = sheet(await service.export_year("municipal", 2025, public=False), "按人")
    assert [row[0] for row in rows] == ["序号", 1, 2, 3, 4]
    assert [row[18] for row in rows[1:5]] == ["01 批", "01 批", "01 批", "02 批"]


async def test_a_thousand_finalists_cost_a_bounded_number_of_queries(database: Engine) -> None:
    units = [await a_unit(f"单位{number}") for number in range(20)]
    places = [Place(rank=number + 1, unit=units[number % 20]) for number in range(990)]
    final = await a_final(await a_contest())
    await place_all(final, places)
    await release(final, places)
    before = database.queries
    batch_id = await service.draft_batch(SYSTEM, final.contest_id)
    content = await service.working_list(SYSTEM, batch_id, "发放")
    assert database.queries - before < 40
    assert sum(row[17] for row in sheet(content, "按人")[1:]) == 990 * 1500


# Pages


@pytest.fixture
async def batch(site: Site) -> int:
    """A batch of two units: three due, one held, one excluded."""
    works, school = await a_unit("北辰造船"), await a_unit("滨城技师学院", kind="school")
    final = await released(
        Place(rank=1, unit=works, name="牟天佑"), Place(rank=2, unit=works), Place(rank=3, unit=school, name="宫雪"),
        Place(rank=4, unit=None, name="于澜"), Place(rank=None, unit=works, attendance="absent", name="迟云帆"),
    )  # fmt: skip
    return await service.draft_batch(SYSTEM, final.contest_id)


async def test_a_ready_contest_is_drafted_from_the_list(site: Site) -> None:
    final = await released(Place(rank=1, unit=await a_unit("北辰造船")))
    bureau = await site.sign_in(Role.BUREAU)
    assert "起草批次" in (await bureau.get("/subsidies?year=2025")).text
    answer = await bureau.submit("/subsidies/draft", contest_id=final.contest_id)
    assert answer.headers["location"] == "/subsidies/1"


async def test_the_page_adds_up_to_the_final_list(site: Site, batch: int) -> None:
    page = (await (await site.sign_in(Role.BUREAU)).get(f"/subsidies/{batch}")).text
    numbers = re.findall(r"<dd><b>(\d+)</b>", page)
    assert numbers == ["3", "1", "1", "5"]
    assert "4,500.00" in page
    assert "人民币肆仟伍佰元整" in page


async def test_each_tab_shows_its_people_and_their_reason(site: Site, batch: int) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    due = (await bureau.get(f"/subsidies/{batch}?view=people")).text
    held = (await bureau.get(f"/subsidies/{batch}?view=held")).text
    excluded = (await bureau.get(f"/subsidies/{batch}?view=excluded")).text
    assert ("牟天佑" in due, "于澜" in held, "没有单位，无收款方" in held) == (True, True, True)
    assert ("迟云帆" in excluded, "决赛缺席" in excluded) == (True, True)


async def test_the_filter_stays_in_the_address(site: Site, batch: int) -> None:
    page = (await (await site.sign_in(Role.BUREAU)).get(f"/subsidies/{batch}?view=units&kind=school")).text
    assert ("滨城技师学院" in page, ">北辰造船<" in page) == (True, False)


async def test_a_unit_opens_to_its_people_with_masked_numbers(site: Site, batch: int) -> None:
    row = await SubsidyLine.select(SubsidyLine.unit).order_by(SubsidyLine.id).first()
    page = (await (await site.sign_in(Role.BUREAU)).get(f"/subsidies/{batch}?open={row['unit']}")).text
    people = await Person.select(Person.id_mask, Person.id_sealed).where(Person.name == "牟天佑")
    assert people[0]["id_mask"] in page
    assert unseal(people[0]["id_sealed"]) not in page


@pytest.mark.parametrize("view", ["units", "people", "held", "excluded", "history"])
async def test_no_view_of_the_page_shows_a_full_number(site: Site, batch: int, view: str) -> None:
    auditor = await site.sign_in(Role.AUDITOR)
    page = (await auditor.get(f"/subsidies/{batch}?view={view}")).text
    numbers = [unseal(row["id_sealed"]) for row in await Person.select(Person.id_sealed)]
    assert [number for number in [*numbers, ACCOUNT] if number in page] == []


async def test_a_full_number_is_shown_once_for_a_purpose(site: Site, batch: int) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    line = await SubsidyLine.select(SubsidyLine.id, SubsidyLine.person).order_by(SubsidyLine.id).first()
    person = await Person.select(Person.id_sealed).where(Person.id == line["person"]).first()
    number = unseal(person["id_sealed"])
    address = f"/subsidies/{batch}/lines/{line['id']}"
    refused = await bureau.submit(f"{address}/reveal", purpose="")
    assert (refused.status_code, number in refused.text) == (422, False)
    assert number in (await bureau.submit(f"{address}/reveal", purpose="核对身份")).text
    assert number not in (await bureau.get(address)).text
    assert await AuditRecord.count().where(AuditRecord.action == "person_id.revealed") == 1


async def test_a_line_of_another_batch_is_not_found_here(site: Site, batch: int) -> None:
    other = await released(Place(rank=1, unit=await a_unit("渤海轴承")), name="另一场大赛")
    await service.draft_batch(SYSTEM, other.contest_id)
    line = await SubsidyLine.select(SubsidyLine.id).where(SubsidyLine.batch == batch).order_by(SubsidyLine.id).first()
    bureau = await site.sign_in(Role.BUREAU)
    assert (await bureau.get(f"/subsidies/{batch + 1}/lines/{line['id']}")).status_code == 404


async def test_an_early_approval_is_refused_with_the_reason_on_the_page(site: Site, batch: int) -> None:
    await noticed(batch)
    bureau = await site.sign_in(Role.BUREAU)
    with clock.at(LAST_NOTICE_DAY):
        answer = await bureau.submit(f"/subsidies/{batch}/advance", action="approve")
    assert answer.status_code == 422
    assert "公示到 2025-10-14 期满后可以批准" in answer.text


async def test_the_working_list_is_downloaded_only_with_a_purpose(site: Site, batch: int) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    assert (await bureau.submit(f"/subsidies/{batch}/working-list", purpose="")).status_code == 422
    answer = await bureau.submit(f"/subsidies/{batch}/working-list", purpose="发放")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert sum(row[17] for row in sheet(answer.content, "按人")[1:]) == 4500


async def test_the_printed_notice_is_masked(site: Site, batch: int) -> None:
    page = (await (await site.sign_in(Role.AUDITOR)).get(f"/subsidies/{batch}/notice")).text
    numbers = [unseal(row["id_sealed"]) for row in await Person.select(Person.id_sealed)]
    assert [number for number in [*numbers, ACCOUNT, "13800000001"] if number in page] == []
    assert ("人民币肆仟伍佰元整" in page, "于澜" in page) == (True, False)


async def test_an_auditor_reads_and_changes_nothing(site: Site, batch: int) -> None:
    auditor = await site.sign_in(Role.AUDITOR)
    assert (await auditor.get(f"/subsidies/{batch}")).status_code == 200
    assert (await auditor.submit(f"/subsidies/{batch}/advance", action="check")).status_code == 403
    assert (await auditor.submit(f"/subsidies/{batch}/working-list", purpose="看看")).status_code == 403


async def test_a_unit_sees_its_own_people_once_they_are_under_notice(site: Site, batch: int) -> None:
    school = await SubsidyLine.select(SubsidyLine.unit).where(SubsidyLine.person.name == "宫雪").first()
    registrar = await site.sign_in(Role.REGISTRAR, school["unit"])
    assert "宫雪" not in (await registrar.get("/my-subsidies")).text
    await noticed(batch)
    page = (await registrar.get("/my-subsidies")).text
    assert ("宫雪" in page, "1,500" in page, "牟天佑" in page) == (True, True, False)
    assert (await registrar.get(f"/subsidies/{batch}")).status_code == 403


@pytest.mark.parametrize("view", ["units", "people"])
async def test_a_batch_costs_the_same_queries_for_one_and_for_thirty(site: Site, view: str) -> None:
    spent = []
    for count in (1, 30):
        units = [await a_unit(f"单位{count}之{number}") for number in range(count)]
        final = await released(
            *[Place(rank=number + 1, unit=unit) for number, unit in enumerate(units)], name=f"第{count}场"
        )
        batch_id = await service.draft_batch(SYSTEM, final.contest_id)
        bureau = await site.sign_in(Role.BUREAU)
        before = current_engine().queries
        await bureau.get(f"/subsidies/{batch_id}?view={view}")
        spent.append(current_engine().queries - before)
    assert spent[0] == spent[1]


async def test_a_paid_batch_offers_the_next_one_for_whom_it_held(site: Site, batch: int) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    assert "为暂缓人员起草下一批" not in (await bureau.get(f"/subsidies/{batch}")).text
    await paid(batch)
    assert "为暂缓人员起草下一批" in (await bureau.get(f"/subsidies/{batch}")).text
