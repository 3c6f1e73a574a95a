"""The workbook flow: every row by the rules of the form, every problem at its cell, taken over once."""

import io
from collections.abc import AsyncIterator, Sequence
from datetime import date

import anyio
import httpx
import msgspec
import openpyxl
import pytest
import xlsxwriter

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM
from competition.database.connection import current_engine
from competition.entries import service
from competition.entries.kinds import ImportState
from competition.entries.service.importing import adopt, load_import, upload
from competition.entries.service.taking_over import confirm
from competition.entries.tables import Entry, EntryCoach, EntryImport, EntryMember
from competition.people import service as people
from competition.people.identity import with_check_digit
from competition.people.tables import Person
from competition.problems import Refused
from tests.conftest import Browser, Site
from tests.web.registration_contest import CLOSES, IN_WINDOW, Registering, registering

TITLES = (
    "序号",
    "姓名",
    "性别",
    "证件号码",
    "出生日期",
    "赛项",
    "组别",
    "队名",
    "现有等级",
    "主教练",
    "联系电话",
    "监护人同意",
)
ROW = ("1", "姜予安", "", "", "", "焊接", "学生", "", "中级工", "曲教练", "13800000000", "")


def workbook(rows: Sequence[Sequence[object]], titles: Sequence[str] = TITLES) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("报名信息")
        page.write_row(0, 0, titles)
        for number, row in enumerate(rows, start=1):
            page.write_row(number, 0, row)
    return buffer.getvalue()


def row(setting: Registering, born: date = date(2000, 5, 6), **cells: str) -> list[str]:
    named = dict(zip(TITLES, ROW, strict=True)) | {"证件号码": setting.number(born), "姓名": f"选手{setting.people}"}
    return list((named | cells).values())


@pytest.fixture
async def setting(site: Site) -> AsyncIterator[Registering]:
    with clock.at(IN_WINDOW):
        yield await registering()


async def uploaded(setting: Registering, rows: Sequence[Sequence[object]]) -> int:
    return await upload(SYSTEM, setting.contest_id, setting.school, "报名表.xlsx", workbook(rows))


async def findings(import_id: int) -> list[tuple[int, str, str]]:
    rows = (await load_import(import_id)).stored.rows
    return [(each.number, finding.key, finding.severity) for each in rows for finding in each.findings]


async def test_a_good_sheet_becomes_entries(setting: Registering) -> None:
    import_id = await uploaded(setting, [row(setting), row(setting)])
    assert await findings(import_id) == []
    assert await confirm(SYSTEM, import_id) == 2
    assert await Entry.count().where(Entry.contest == setting.contest_id) == 2
    assert await EntryCoach.count().where(EntryCoach.person == setting.coach) == 2


async def test_every_error_of_every_row_is_said_at_once(setting: Registering) -> None:
    wrong_digit = setting.number()
    wrong_digit = wrong_digit[:-1] + ("1" if wrong_digit[-1] != "1" else "2")
    first = row(setting)
    rows = [
        first,
        row(setting, 证件号码=wrong_digit, 赛项="焊机", 主教练=""),
        row(setting, 证件号码=first[3]),
        row(setting, 出生日期="2009/13/02", 现有等级="中级"),
        row(setting, date(2010, 1, 3)),
        row(setting, 组别="职工", 联系电话="123"),
    ]
    assert await findings(await uploaded(setting, rows)) == [
        (3, "skill", "error"),
        (3, "id_number", "error"),
        (4, "id_number", "error"),
        (5, "born_on", "error"),
        (5, "level", "warning"),
        (6, "born_on", "error"),
        (7, "phone", "error"),
    ]


async def test_a_near_match_is_adopted_at_its_cell(setting: Registering) -> None:
    import_id = await uploaded(setting, [row(setting, 赛项="焊接工")])
    await adopt(SYSTEM, import_id, 2, "skill")
    stored = (await load_import(import_id)).stored
    assert (stored.rows[0].cells["skill"], stored.good) == ("焊接", 1)


async def test_a_student_on_file_cannot_be_entered_with_employees(setting: Registering) -> None:
    person = setting.person("牟天佑")
    await people.add_person(SYSTEM, person)
    import_id = await uploaded(setting, [row(setting, 姓名="牟天佑", 证件号码=person.id_number, 组别="职工")])
    (finding,) = (await load_import(import_id)).stored.rows[0].findings
    assert (finding.key, finding.offer) == ("group", "学生")


async def test_rows_of_one_team_make_one_entry(setting: Registering) -> None:
    team = [row(setting, 赛项="机电一体化", 队名="一队"), row(setting, 赛项="机电一体化", 队名="一队", 主教练="")]
    lonely = [row(setting, 赛项="机电一体化", 队名="二队")]
    import_id = await uploaded(setting, team + lonely)
    assert await findings(import_id) == [(4, "team", "error")]
    assert await confirm(SYSTEM, import_id) == 1
    assert await EntryMember.count().where(EntryMember.contest == setting.contest_id) == 2


async def test_one_faulty_row_keeps_its_whole_team_out(setting: Registering) -> None:
    import_id = await uploaded(
        setting,
        [row(setting, 赛项="机电一体化", 队名="一队"), row(setting, 赛项="机电一体化", 队名="一队", 姓名="")],
    )
    assert await findings(import_id) == [(2, "team", "error"), (3, "name", "error")]
    assert (await load_import(import_id)).stored.good == 0


async def test_the_limit_of_the_unit_counts_what_is_entered_and_the_rows_above(site: Site) -> None:
    with clock.at(IN_WINDOW):
        setting = await registering(unit_limit=2)
        await service.create_entry(SYSTEM, await setting.entry())
        import_id = await uploaded(setting, [row(setting), row(setting)])
        assert await findings(import_id) == [(3, "skill", "error")]


async def test_confirmed_twice_at_once_it_is_taken_over_once(setting: Registering) -> None:
    import_id = await uploaded(setting, [row(setting) for _ in range(20)])
    refused = []

    async def take_over() -> None:
        try:
            await confirm(SYSTEM, import_id)
        except Refused as error:
            refused.append(error)

    async with anyio.create_task_group() as both:
        both.start_soon(take_over)
        both.start_soon(take_over)
    assert len(refused) == 1
    assert await Entry.count().where(Entry.contest == setting.contest_id) == 20


async def test_a_person_taken_meanwhile_is_told_and_nothing_is_written(setting: Registering) -> None:
    first = row(setting)
    import_id = await uploaded(setting, [first, row(setting)])
    other = setting.person(first[1], unit_id=setting.company)
    other = msgspec.structs.replace(other, id_number=first[3])
    person_id = await people.add_person(SYSTEM, other)
    draft = await setting.entry(unit_id=setting.company)
    await service.create_entry(
        SYSTEM, msgspec.structs.replace(draft, members=[service.MemberDraft(person_id, "student")])
    )
    with pytest.raises(Refused):
        await confirm(SYSTEM, import_id)
    assert await Entry.count().where(Entry.unit == setting.school) == 0
    assert await findings(import_id) == [(2, "id_number", "error")]
    assert await confirm(SYSTEM, import_id) == 1


async def test_numbers_are_stored_sealed_only(setting: Registering) -> None:
    first = row(setting)
    import_id = await uploaded(setting, [first])
    stored = await EntryImport.select(EntryImport.rows).where(EntryImport.id == import_id).first()
    assert stored
    assert (first[3] in stored["rows"], "13800000000" in stored["rows"]) == (False, False)


async def test_a_new_upload_replaces_the_waiting_one(setting: Registering) -> None:
    first = await uploaded(setting, [row(setting)])
    await uploaded(setting, [row(setting)])
    replaced = await load_import(first)
    assert (replaced.state, replaced.stored.rows) == (ImportState.REPLACED, ())
    with pytest.raises(Refused):
        await confirm(SYSTEM, first)


async def test_after_the_deadline_no_workbook_is_taken(setting: Registering) -> None:
    with clock.at(CLOSES), pytest.raises(Refused) as caught:
        await uploaded(setting, [row(setting)])
    assert str(caught.value) == "报名已于 2025-06-30 17:00 截止"


async def test_a_coach_not_on_file_is_added_by_number(setting: Registering) -> None:
    number = setting.number(date(1980, 2, 3))
    data = workbook([[*row(setting, 主教练="新教练"), number]], [*TITLES, "主教练证件号码"])
    import_id = await upload(SYSTEM, setting.contest_id, setting.school, "报名表.xlsx", data)
    assert await findings(import_id) == []
    await confirm(SYSTEM, import_id)
    coach = await Person.select(Person.status, Person.unit).where(Person.name == "新教练").first()
    assert coach == {"status": "teacher", "unit": setting.school}


async def test_five_thousand_rows_are_checked_in_a_bounded_number_of_queries(setting: Registering) -> None:
    rows = [
        row(setting, 证件号码=with_serial(index), 姓名=f"选手{index}", 赛项="焊接" if index % 50 else "焊结")
        for index in range(5000)
    ]
    data = workbook(rows)
    engine = current_engine()
    queries = engine.queries
    import_id = await upload(SYSTEM, setting.contest_id, setting.school, "报名表.xlsx", data)
    assert engine.queries - queries < 25
    assert (await load_import(import_id)).stored.good == 4900
    assert await confirm(SYSTEM, import_id) == 4900


def with_serial(index: int) -> str:
    return with_check_digit(f"2102{index // 900 + 10:02}20000506{index % 900 + 100:03}")


# On screen


async def send(browser: Browser, setting: Registering, data: bytes, name: str = "报名表.xlsx") -> httpx.Response:
    return await browser.post(
        f"/units/{setting.school}/contests/{setting.contest_id}/entries/import",
        data={"_csrf": browser.csrf},
        files={"file": (name, data)},
    )


@pytest.fixture
async def registrar(site: Site, setting: Registering) -> Browser:
    return await site.sign_in(Role.REGISTRAR, setting.school)


async def test_the_template_is_read_back_and_its_example_is_no_entry(setting: Registering, registrar: Browser) -> None:
    address = f"/units/{setting.school}/contests/{setting.contest_id}/entries/template"
    content = (await registrar.get(address)).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[:2] == ["报名信息", "填写示例"]
    refused = await send(registrar, setting, content)
    assert (refused.status_code, "表头下没有数据" in refused.text) == (422, True)


async def test_the_review_shows_the_cell_with_its_letter_and_row(setting: Registering, registrar: Browser) -> None:
    answer = await send(registrar, setting, workbook([row(setting), row(setting, 赛项="焊接工")]))
    text = (await registrar.get(answer.headers["location"])).text
    assert ('id="m-F3"' in text, "采用“焊接”" in text, "导入 1 行" in text) == (True, True, True)


async def test_leaving_rows_out_must_be_known(setting: Registering, registrar: Browser) -> None:
    answer = await send(registrar, setting, workbook([row(setting), row(setting, 赛项="焊接工")]))
    address = f"{answer.headers['location']}/confirm"
    assert (await registrar.submit(address)).status_code == 422
    assert (await registrar.submit(address, knows="on")).status_code == 303
    assert await Entry.count().where(Entry.contest == setting.contest_id) == 1


async def test_a_file_that_is_no_workbook_is_refused_with_words(setting: Registering, registrar: Browser) -> None:
    answer = await send(registrar, setting, b"name,id\n", "报名表.csv")
    assert (answer.status_code, "notice--danger" in answer.text) == (422, True)


async def test_the_annotated_workbook_has_comments_and_can_be_uploaded_again(
    setting: Registering, registrar: Browser
) -> None:
    answer = await send(registrar, setting, workbook([row(setting), row(setting, 赛项="焊接工")]))
    content = (await registrar.get(f"{answer.headers['location']}/workbook")).content
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert page is not None
    comment = page["F3"].comment
    assert comment is not None
    assert "本次竞赛没有“焊接工”" in comment.text
    again = await send(registrar, setting, content)
    assert again.status_code == 303


async def test_another_units_registrar_cannot_open_the_review(
    site: Site, setting: Registering, registrar: Browser
) -> None:
    address = (await send(registrar, setting, workbook([row(setting)]))).headers["location"]
    stranger = await site.sign_in(Role.REGISTRAR, setting.company)
    for path in (address, f"{address}/workbook"):
        assert (await stranger.get(path)).status_code == 403
