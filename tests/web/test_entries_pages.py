"""Registration and decisions on screen."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from competition import clock
from competition.accounts.kinds import Role
from competition.audit.write import SYSTEM
from competition.database.connection import current_engine
from competition.entries import service
from competition.entries.kinds import EntryState
from competition.entries.tables import Entry, EntryMember
from competition.people import service as people
from competition.people.tables import Person
from tests.conftest import Browser, Site
from tests.web.registration_contest import CLOSES, IN_WINDOW, Registering, registering


@pytest.fixture
async def setting(site: Site) -> AsyncIterator[Registering]:
    with clock.at(IN_WINDOW):
        yield await registering()


async def state_of(entry_id: int) -> str:
    row = await Entry.select(Entry.state).where(Entry.id == entry_id).first()
    assert row
    return row["state"]


def fields(setting: Registering, **changes: str) -> dict[str, str]:
    """A registration form with nothing against it."""
    return {
        "group": str(setting.welding_student.group_id), "m0_name": "牟天佑", "m0_id_number": setting.number(),
        "m0_phone": "13800000000", "m0_status": "student", "c0_name": "曲教练",
    } | changes  # fmt: skip


def new_form(setting: Registering) -> str:
    return f"/units/{setting.school}/contests/{setting.contest_id}/entries/new"


@pytest.fixture
async def registrar(site: Site, setting: Registering) -> Browser:
    return await site.sign_in(Role.REGISTRAR, setting.school)


@pytest.fixture
async def organiser(site: Site, setting: Registering) -> Browser:
    return await site.sign_in(Role.ORGANISER, setting.contest_id)


async def test_a_registrar_enters_a_new_person_by_form(setting: Registering, registrar: Browser) -> None:
    answer = await registrar.submit(new_form(setting), **fields(setting))
    assert answer.status_code == 303
    shown = await registrar.get(answer.headers["location"])
    assert (shown.status_code, "牟天佑" in shown.text) == (200, True)
    person = await Person.select(Person.unit, Person.status).where(Person.name == "牟天佑").first()
    assert person == {"unit": setting.school, "status": "student"}


async def test_the_form_shows_every_error_at_its_field_and_keeps_what_was_typed(
    setting: Registering, registrar: Browser
) -> None:
    good = setting.number()
    wrong = good[:-1] + ("1" if good[-1] != "1" else "2")
    answer = await registrar.submit(
        new_form(setting), **fields(setting, m0_id_number=wrong, m0_phone="12", m0_status="employee", c0_name="无此人")
    )
    assert answer.status_code == 422
    for error in (
        f"末位应为 {good[-1]}，现为 {wrong[-1]}",
        "联系电话应为",
        "身份为职工，不能报学生组",
        "没有登记名为“无此人”的教职工",
    ):
        assert error in answer.text
    assert f'value="{wrong}"' in answer.text
    assert await Person.count().where(Person.name == "牟天佑") == 0


async def test_after_the_deadline_the_form_is_kept_with_the_closing_time(site: Site, setting: Registering) -> None:
    with clock.at(CLOSES):
        registrar = await site.sign_in(Role.REGISTRAR, setting.school)
        answer = await registrar.submit(new_form(setting), **fields(setting))
    assert answer.status_code == 422
    assert ("报名已于 2025-06-30 17:00 截止" in answer.text, 'value="牟天佑"' in answer.text) == (True, True)


@pytest.mark.parametrize(("ours", "told"), [(True, "本单位已为此人报名“焊接”"), (False, "此人已由其他单位报名")])
async def test_a_person_entered_twice_is_told_where_only_to_the_own_unit(
    site: Site, setting: Registering, registrar: Browser, ours: bool, told: str
) -> None:
    typed = fields(setting)
    await registrar.submit(new_form(setting), **typed)
    browser, address = registrar, new_form(setting)
    if not ours:
        browser = await site.sign_in(Role.REGISTRAR, setting.company)
        address = address.replace(f"/units/{setting.school}/", f"/units/{setting.company}/")
        typed |= {"c0_name": "丛教练"}
    answer = await browser.submit(address, **typed)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert ("焊接”；一人限报一项" in answer.text) == ours


async def test_a_name_that_differs_from_the_one_on_file_is_refused(setting: Registering, registrar: Browser) -> None:
    person = setting.person("宫一鸣")
    await people.add_person(SYSTEM, person)
    answer = await registrar.submit(new_form(setting), **fields(setting, m0_id_number=person.id_number))
    assert (answer.status_code, "该证件号已登记在另一姓名下" in answer.text) == (422, True)
    assert "宫一鸣" not in answer.text


async def test_a_contestant_must_be_sixteen_on_the_first_day(setting: Registering, registrar: Browser) -> None:
    young = setting.number(date(2009, 9, 19))
    answer = await registrar.submit(new_form(setting), **fields(setting, m0_id_number=young))
    assert (answer.status_code, "比赛首日 2025-09-18 未满 16 周岁" in answer.text) == (422, True)


async def test_a_returned_entry_is_mended_without_typing_numbers_again(
    setting: Registering, registrar: Browser
) -> None:
    location = (await registrar.submit(new_form(setting), **fields(setting))).headers["location"]
    entry_id = int(location.rsplit("/", 1)[1])
    await service.return_(SYSTEM, entry_id, "等级写错")
    form = await registrar.get(f"{location}/edit")
    assert ("等级写错" in form.text, "210202********" in form.text) == (True, True)
    answer = await registrar.submit(
        f"{location}/edit",
        **fields(setting, m0_id_number="", m0_phone="", m0_level="senior", version="2", then="submit"),
    )
    assert answer.status_code == 303
    member = await EntryMember.select(EntryMember.level_held).where(EntryMember.entry == entry_id).first()
    assert (member, await state_of(entry_id)) == ({"level_held": "senior"}, EntryState.SUBMITTED)


async def test_two_people_mending_one_entry_the_second_is_told(setting: Registering, registrar: Browser) -> None:
    entry_id = await service.create_entry(SYSTEM, await setting.entry(), submit=False)
    member = (await service.members_of([entry_id]))[entry_id][0]
    typed = fields(setting, m0_name=member["name"], m0_id_number="", m0_phone="", version="1", then="draft")
    first = await registrar.submit(f"/entries/{entry_id}/edit", **typed)
    second = await registrar.submit(f"/entries/{entry_id}/edit", **typed)
    assert (first.status_code, second.status_code) == (303, 409)
    assert "已在此期间修改" in second.text


async def test_another_units_registrar_sees_nothing(site: Site, setting: Registering) -> None:
    entry_id = await service.create_entry(SYSTEM, await setting.entry())
    stranger = await site.sign_in(Role.REGISTRAR, setting.company)
    for path in (f"/entries/{entry_id}", f"/entries/{entry_id}/edit", new_form(setting)):
        assert (await stranger.get(path)).status_code == 403
    assert "选手" in (await stranger.get("/my-entries")).text
    assert f"/entries/{entry_id}" not in (await stranger.get("/my-entries")).text


@pytest.mark.parametrize("role", [Role.JUDGE, Role.CHIEF_JUDGE])
async def test_a_judge_has_no_way_to_the_names(site: Site, setting: Registering, role: Role) -> None:
    entry_id = await service.create_entry(SYSTEM, await setting.entry())
    row = await Entry.select(Entry.token).where(Entry.id == entry_id).first()
    assert row
    stage = setting.stages[setting.welding_student.group_id][0]
    judge = await site.sign_in(role, setting.welding_student.skill_id)
    for path in (
        f"/contests/{setting.contest_id}/entries", f"/contests/{setting.contest_id}/rosters", f"/entries/{entry_id}",
        f"/stages/{stage}/roster", f"/stages/{stage}/check-in", f"/stages/{stage}/badges", f"/check-in/{row['token']}",
    ):  # fmt: skip
        assert (await judge.get(path)).status_code == 403


async def test_the_list_filters_by_state_skill_unit_and_search(setting: Registering, organiser: Browser) -> None:
    ours = await service.create_entry(SYSTEM, await setting.entry())
    theirs = await service.create_entry(SYSTEM, await setting.entry(setting.welding_employee, unit_id=setting.company))
    await service.approve(SYSTEM, theirs)
    name = (await service.members_of([theirs]))[theirs][0]["name"]
    for query in (
        "state=approved",
        f"group={setting.welding_employee.group_id}",
        f"unit={setting.company}",
        f"q={name}",
        "q=造船",
    ):
        text = (await organiser.get(f"/contests/{setting.contest_id}/entries?{query}")).text
        assert (f'"/entries/{theirs}"' in text, f'"/entries/{ours}"' in text) == (True, False), query


async def test_too_few_entries_in_a_group_are_a_warning(setting: Registering, organiser: Browser) -> None:
    text = (await organiser.get(f"/contests/{setting.contest_id}/entries")).text
    assert "有 3 个组别未达最低报名数" in text


async def test_a_bulk_decision_is_previewed_then_confirmed(setting: Registering, organiser: Browser) -> None:
    entries = [await service.create_entry(SYSTEM, await setting.entry()) for _ in range(3)]
    await service.approve(SYSTEM, entries[0])
    address = f"/contests/{setting.contest_id}/entries/decide"
    preview = await organiser.submit(address, action="approve", entry=entries)
    assert "通过 2 项" in preview.text
    assert await state_of(entries[1]) == EntryState.SUBMITTED
    done = await organiser.submit(address, action="approve", entry=entries[1:], confirmed="on")
    assert done.status_code == 303
    assert [await state_of(entry) for entry in entries] == ["approved"] * 3


async def test_a_bulk_return_offers_its_undo(setting: Registering, organiser: Browser) -> None:
    entry = await service.create_entry(SYSTEM, await setting.entry())
    done = await organiser.submit(
        f"/contests/{setting.contest_id}/entries/decide", action="return", entry=entry, confirmed="on", reason="缺照片"
    )
    shown = await organiser.get(done.headers["location"])
    moment = shown.text.split('name="returned_at" value="')[1].split('"')[0]
    undone = await organiser.submit(f"/contests/{setting.contest_id}/entries/undo-return", returned_at=moment)
    assert (undone.status_code, await state_of(entry)) == (303, EntryState.SUBMITTED)


async def test_ids_of_another_contest_are_left_alone(setting: Registering, organiser: Browser) -> None:
    other = await registering(serial=500)
    entry = await service.create_entry(SYSTEM, await other.entry())
    answer = await organiser.submit(
        f"/contests/{setting.contest_id}/entries/decide", action="approve", entry=entry, confirmed="on"
    )
    assert (answer.status_code, await state_of(entry)) == (422, EntryState.SUBMITTED)


async def test_an_entry_shows_who_did_what(setting: Registering, organiser: Browser) -> None:
    entry = await service.create_entry(SYSTEM, await setting.entry())
    await organiser.submit(f"/entries/{entry}/decide", action="return", reason="缺照片")
    text = (await organiser.get(f"/entries/{entry}")).text
    assert ("提交报名" in text, "退回修改" in text, "缺照片" in text) == (True, True, True)


async def queries_of(browser: Browser, path: str) -> int:
    engine = current_engine()
    before = engine.queries
    assert (await browser.get(path)).status_code == 200
    return engine.queries - before


async def test_lists_cost_the_same_for_one_and_for_thirty(
    setting: Registering, organiser: Browser, registrar: Browser
) -> None:
    stage = setting.stages[setting.welding_student.group_id][0]
    pages = [
        (organiser, f"/contests/{setting.contest_id}/entries"), (organiser, f"/contests/{setting.contest_id}/rosters"),
        (organiser, f"/stages/{stage}/roster"), (organiser, f"/stages/{stage}/check-in"),
        (organiser, f"/stages/{stage}/badges"), (registrar, "/my-entries"),
    ]  # fmt: skip

    async def fill(count: int) -> list[int]:
        entries = await service.create_entries(SYSTEM, [await setting.entry() for _ in range(count)])
        await service.approve(SYSTEM, entries)
        await service.open_first_stage(SYSTEM, stage)
        return [await queries_of(browser, path) for browser, path in pages]

    one = await fill(1)
    assert await fill(29) == one
