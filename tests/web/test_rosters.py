"""Places, check-in, badges, and the finalists of contests held elsewhere."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest
import xlsxwriter

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM, write
from competition.contests.kinds import StageState, Tier
from competition.contests.service import move_stage
from competition.contests.tables import Stage
from competition.entries import service
from competition.entries.kinds import Attendance, EntryState
from competition.entries.tables import Entry, EntryMember, StagePlace
from competition.people.tables import Person
from competition.problems import Refused, Stale
from competition.results.tables import ResultLine
from tests.conftest import Browser, Site
from tests.web.registration_contest import IN_WINDOW, Registering, registering


@pytest.fixture
async def setting(site: Site) -> AsyncIterator[Registering]:
    with clock.at(IN_WINDOW):
        yield await registering()


@pytest.fixture
async def organiser(site: Site, setting: Registering) -> Browser:
    return await site.sign_in(Role.ORGANISER, setting.contest_id)


def preliminary(setting: Registering) -> int:
    return setting.stages[setting.welding_student.group_id][0]


async def placed(setting: Registering, count: int = 2) -> list[int]:
    entries = await service.create_entries(SYSTEM, [await setting.entry() for _ in range(count)])
    await service.approve(SYSTEM, entries)
    await service.open_first_stage(SYSTEM, preliminary(setting))
    return entries


async def token_of(entry_id: int) -> str:
    row = await Entry.select(Entry.token).where(Entry.id == entry_id).first()
    assert row
    return row["token"]


async def attendance_of(entry_id: int) -> str:
    row = await StagePlace.select(StagePlace.attendance).where(StagePlace.entry == entry_id).first()
    assert row
    return row["attendance"]


async def lock(setting: Registering) -> None:
    async with write(SYSTEM) as change:
        await move_stage(change, preliminary(setting), (StageState.PLACED,), StageState.LOCKED)


async def test_opening_places_the_approved_and_nobody_else(setting: Registering) -> None:
    entries = await placed(setting)
    await service.create_entry(SYSTEM, await setting.entry())
    places = await service.places(preliminary(setting))
    assert [(place["entry_id"], place["position"]) for place in places] == [(entries[0], 1), (entries[1], 2)]
    stage = await Stage.select(Stage.state).where(Stage.id == preliminary(setting)).first()
    assert stage == {"state": StageState.PLACED}


async def test_an_entry_approved_late_is_placed_by_opening_again(setting: Registering) -> None:
    await placed(setting)
    late = await service.create_entry(SYSTEM, await setting.entry())
    await service.approve(SYSTEM, late)
    assert await service.open_first_stage(SYSTEM, preliminary(setting)) == 1
    with pytest.raises(Refused):
        await service.open_first_stage(SYSTEM, preliminary(setting))


async def test_only_the_first_stage_is_filled_from_entries(setting: Registering) -> None:
    with pytest.raises(Refused):
        await service.open_first_stage(SYSTEM, setting.stages[setting.welding_student.group_id][1])


async def test_a_placed_entry_is_not_returned_any_more(setting: Registering) -> None:
    entries = await placed(setting)
    with pytest.raises(Refused) as caught:
        await service.return_(SYSTEM, entries[0], "缺照片")
    assert "已编入场次名单" in str(caught.value)


async def test_disqualifying_needs_a_reason(setting: Registering, organiser: Browser) -> None:
    entries = await placed(setting)
    address = f"/stages/{preliminary(setting)}/check-in"
    refused = await organiser.submit(address, entry=entries[0], attendance="disqualified")
    assert (refused.status_code, await attendance_of(entries[0])) == (422, "")
    await organiser.submit(address, entry=entries[0], attendance="disqualified", reason="替考")
    assert await attendance_of(entries[0]) == Attendance.DISQUALIFIED


async def test_after_the_lock_nobody_checks_in_but_one_can_be_disqualified(setting: Registering) -> None:
    entries = await placed(setting)
    await lock(setting)
    with pytest.raises(Refused):
        await service.attend(SYSTEM, preliminary(setting), {entries[0]: Attendance.CHECKED_IN})
    await service.attend(SYSTEM, preliminary(setting), {entries[0]: Attendance.DISQUALIFIED}, "替考")


async def test_once_locked_the_roster_takes_nobody_more(setting: Registering) -> None:
    await placed(setting)
    await lock(setting)
    await service.approve(SYSTEM, await service.create_entry(SYSTEM, await setting.entry()))
    with pytest.raises(Stale):
        await service.open_first_stage(SYSTEM, preliminary(setting))


async def test_a_badge_checks_in_once_and_then_says_when(setting: Registering, organiser: Browser) -> None:
    entries = await placed(setting)
    address = f"/check-in/{await token_of(entries[0])}"
    assert "核对证件无误，检录" in (await organiser.get(address)).text
    assert (await organiser.submit(address)).status_code == 303
    with clock.at(IN_WINDOW + timedelta(minutes=5)):
        await organiser.submit(address)
        text = (await organiser.get(address)).text
    assert ("已检录 06-12 10:00" in text, "核对证件无误" in text) == (True, False)


async def test_a_disqualified_contestant_is_not_checked_in_by_badge(setting: Registering, organiser: Browser) -> None:
    entries = await placed(setting)
    await service.attend(SYSTEM, preliminary(setting), {entries[0]: Attendance.DISQUALIFIED}, "替考")
    address = f"/check-in/{await token_of(entries[0])}"
    await organiser.submit(address)
    assert (await attendance_of(entries[0]), "取消资格：替考" in (await organiser.get(address)).text) == (
        Attendance.DISQUALIFIED,
        True,
    )


async def test_two_scans_at_once_check_in_once(setting: Registering) -> None:
    entries = await placed(setting, 1)
    first: list[bool] = []

    async def scan() -> None:
        first.append(await service.check_in(SYSTEM, preliminary(setting), entries[0]))

    async with anyio.create_task_group() as both:
        both.start_soon(scan)
        both.start_soon(scan)
    assert sorted(first) == [False, True]


async def test_a_badge_of_another_contest_is_not_for_this_door(site: Site, setting: Registering) -> None:
    entries = await placed(setting)
    other = await registering(serial=500)
    stranger = await site.sign_in(Role.ENCRYPTION_JUDGE, other.contest_id)
    assert (await stranger.get(f"/check-in/{await token_of(entries[0])}")).status_code == 403


async def test_badges_come_four_on_a_sheet_with_a_code(setting: Registering, organiser: Browser) -> None:
    await placed(setting, 5)
    text = (await organiser.get(f"/stages/{preliminary(setting)}/badges")).text
    assert (text.count('class="a4 a4--badges"'), text.count('class="qr"')) == (2, 5)


# Contests held elsewhere


@pytest.fixture
async def national(site: Site) -> AsyncIterator[Registering]:
    with clock.at(IN_WINDOW):
        yield await registering(tier=Tier.NATIONAL, elsewhere=True)


def final(setting: Registering) -> int:
    return setting.stages[setting.welding_student.group_id][0]


TITLES = ("姓名", "证件号码", "单位", "名次", "奖项", "成绩")


def workbook(rows: list[tuple[str, ...]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet("决赛选手")
        for number, row in enumerate([TITLES, *rows]):
            page.write_row(number, 0, row)
    return buffer.getvalue()


async def upload(browser: Browser, stage_id: int, data: bytes) -> str:
    answer = await browser.post(
        f"/stages/{stage_id}/finalists/import", data={"_csrf": browser.csrf, "source": "国赛〔2025〕9 号"},
        files={"file": ("决赛.xlsx", data)},
    )  # fmt: skip
    return answer.text if answer.status_code == 422 else str(answer.status_code)


async def test_recorded_finalists_are_approved_placed_and_checked_in(national: Registering) -> None:
    draft = await national.entry(coaches=())
    (entry,) = await service.record_finalists(SYSTEM, final(national), [draft])
    state = await Entry.select(Entry.state).where(Entry.id == entry).first()
    assert (state, await attendance_of(entry)) == ({"state": EntryState.APPROVED}, Attendance.CHECKED_IN)


async def test_a_contest_of_ours_takes_no_recorded_finalists(setting: Registering) -> None:
    stage = setting.stages[setting.welding_student.group_id][1]
    with pytest.raises(Refused):
        await service.record_finalists(SYSTEM, stage, [await setting.entry()])


async def test_a_workbook_of_finalists_brings_people_places_and_results(site: Site, national: Registering) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    rows = [
        ("衣晨曦", national.number(), "测试装备职业学院", "1", "金牌", "92.5"),
        ("牟天佑", national.number(), "", "", "", ""),
    ]
    assert await upload(bureau, final(national), workbook(rows)) == "303"
    units = await EntryMember.select(EntryMember.unit).where(EntryMember.contest == national.contest_id).order_by(
        EntryMember.id
    )  # fmt: skip
    assert [row["unit"] for row in units] == [national.school, None]
    line = await ResultLine.select(ResultLine.award_level, ResultLine.total).where(ResultLine.rank == 1).first()
    assert line == {"award_level": "gold", "total": 925000}


async def test_one_error_keeps_the_whole_workbook_out(site: Site, national: Registering) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    rows = [
        ("衣晨曦", national.number(), "测试装备职业学院", "1", "", ""),
        ("牟天佑", "123", "测试装备学院", "零", "", "abc"),
    ]
    text = await upload(bureau, final(national), workbook(rows))
    for cell in (">B3<", ">C3<", ">D3<", ">F3<"):
        assert cell in text
    assert await Person.count().where(Person.name == "衣晨曦") == 0


async def test_one_finalist_is_recorded_by_form(site: Site, national: Registering) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    typed = {"m0_name": "迟令仪", "m0_id_number": national.number(), "unit": "测试造船有限公司", "rank": "2"}
    refused = await bureau.submit(f"/stages/{final(national)}/finalists", **typed | {"unit": "没有的单位"})
    assert (refused.status_code, "没有登记“没有的单位”" in refused.text) == (422, True)
    done = await bureau.submit(f"/stages/{final(national)}/finalists", **typed, source="国赛〔2025〕9 号")
    assert done.status_code == 303
    assert await StagePlace.count().where(StagePlace.stage == final(national)) == 1


async def test_a_finalist_with_a_passport_gives_birth_date_and_sex(site: Site, national: Registering) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    typed = {"m0_name": "于天成", "m0_id_number": "E12345678", "unit": "测试造船有限公司"}
    address = f"/stages/{final(national)}/finalists"
    refused = await bureau.submit(address, **typed)
    assert (refused.status_code, "用护照登记的，须填出生日期" in refused.text) == (422, True)
    assert (await bureau.submit(address, **typed, m0_born_on="2003-02-01", m0_sex="male")).status_code == 303
