"""Units, persons and pools on screen: refused at the field, sealed in the database, shown only for a purpose."""

from pathlib import Path

import pytest

from competition.accounts.kinds import Role
from competition.accounts.tables import Account
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, write
from competition.database.connection import Engine, current_engine
from competition.people import service
from competition.people.identity import with_check_digit, with_credit_check
from competition.people.kinds import Level, Pool
from competition.people.reference import load_reference
from competition.people.rules import PersonDraft, UnitDraft
from competition.people.tables import District, Occupation, Person, PoolMembership, Unit
from competition.people.vault import KEY_FILE, VaultError, lookup_digest, open_vault, seal, unseal
from competition.problems import Refused
from tests.conftest import Browser, Site

ID = "11010519491231002X"
OTHER_ID = with_check_digit("21020220050406123")
PHONE = "13812345678"
ACCOUNT = "6222020200112233445"


def code(number: int) -> str:
    return with_credit_check(f"91210202DEM{number:06}")


async def a_unit(number: int = 1, name: str = "示例学院") -> int:
    return await service.create_unit(
        SYSTEM,
        UnitDraft(
            name=name, kind="school", credit_code=code(number), in_city=False, phone=PHONE, account=ACCOUNT,
            bank_name="示例银行", account_name=name,
        ),
    )  # fmt: skip


async def a_person(number: str = ID, name: str = "迟雅宁", unit_id: int | None = None) -> int:
    return await service.add_person(
        SYSTEM, PersonDraft(name, "", "", None, "resident", number, PHONE, unit_id, "teacher")
    )


def typed(**changes: str) -> dict[str, str]:
    return {"name": "示例企业", "kind": "enterprise", "credit_code": code(7), "district": "", **changes}


# The vault


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    open_vault(tmp_path)
    sealed, digest = seal(ID), lookup_digest(ID)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    open_vault(tmp_path)
    assert unseal(sealed) == ID
    assert lookup_digest(ID) == digest
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_the_same_number_is_sealed_differently_each_time(tmp_path: Path) -> None:
    open_vault(tmp_path)
    assert seal(ID) != seal(ID)
    assert (seal(""), unseal("")) == ("", "")


def test_another_key_and_a_changed_text_open_nothing(tmp_path: Path) -> None:
    open_vault(tmp_path)
    sealed = seal(ID)
    changed = sealed[:30] + ("A" if sealed[30] != "A" else "B") + sealed[31:]
    with pytest.raises(VaultError):
        unseal(changed)
    open_vault(tmp_path / "other")
    with pytest.raises(VaultError):
        unseal(sealed)


def test_a_damaged_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(VaultError):
        open_vault(tmp_path)


async def test_a_database_with_another_key_is_noticed_at_the_start(database: Engine, tmp_path: Path) -> None:
    await service.check_vault()
    await a_person()
    await service.check_vault()
    open_vault(tmp_path / "other")
    with pytest.raises(VaultError, match="does not belong"):
        await service.check_vault()


# Reference


async def test_reference_is_loaded_once_and_a_renamed_row_put_right(database: Engine) -> None:
    assert await load_reference(SYSTEM) == await District.count() + await Occupation.count()
    assert await load_reference(SYSTEM) == 0
    async with write(SYSTEM) as change:
        await Occupation.update({Occupation.name: "旧名"}).where(Occupation.code == "6-20-01-01")
        await change.record("test", "occupation")
    assert await load_reference(SYSTEM) == 1
    row = await Occupation.select(Occupation.name).where(Occupation.code == "6-20-01-01").first()
    assert row == {"name": "钳工"}


# Units


async def test_a_unit_is_registered_and_its_account_sealed(site: Site) -> None:
    await load_reference(SYSTEM)
    district = await District.select(District.id).order_by(District.position).first()
    assert district
    bureau = await site.sign_in(Role.BUREAU)
    form = typed(district=str(district["id"]), in_city="on", account=ACCOUNT, bank_name="示例银行", account_name="企业")
    answer = await bureau.submit("/units/new", **form)
    assert answer.status_code == 303
    unit = await Unit.select().first()
    assert unit
    assert ACCOUNT not in str(unit)
    assert unit["account_tail"] == "3445"
    shown = (await bureau.get(answer.headers["location"])).text
    assert "尾号 3445" in shown
    assert ACCOUNT not in shown


async def test_every_mistake_comes_back_at_once_with_what_was_typed(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    answer = await bureau.submit("/units/new", **typed(credit_code="91350100M000100Y4Z", account="12", in_city="on"))
    assert answer.status_code == 422
    assert 'value="91350100M000100Y4Z"' in answer.text
    for field in ("credit_code", "account", "district"):
        assert f'id="e-{field}"' in answer.text
    assert await Unit.count() == 0


async def test_a_credit_code_on_file_names_its_unit(site: Site) -> None:
    await a_unit(7, "先到的学院")
    bureau = await site.sign_in(Role.BUREAU)
    answer = await bureau.submit("/units/new", **typed())
    assert answer.status_code == 422
    assert "该信用代码已登记为“先到的学院”" in answer.text


async def test_the_second_of_two_who_edit_a_unit_sees_who_was_first(site: Site) -> None:
    unit_id = await a_unit()
    first = await site.sign_in_as(await site.account((Role.BUREAU, 0), name="先存的人"))
    second = await site.sign_in(Role.BUREAU)
    form = {"kind": "school", "credit_code": code(1), "bank_name": "示例银行", "account_name": "x", "version": "1"}
    assert (await first.submit(f"/units/{unit_id}/edit", name="改名学院", **form)).status_code == 303
    answer = await second.submit(f"/units/{unit_id}/edit", name="另一个名字", **form)
    assert answer.status_code == 409
    assert "先存的人" in answer.text
    assert 'value="另一个名字"' in answer.text
    again = {**form, "version": "2"}
    assert (await second.submit(f"/units/{unit_id}/edit", name="另一个名字", **again)).status_code == 303


async def test_an_empty_account_keeps_the_one_on_file_and_a_new_one_needs_checking_again(site: Site) -> None:
    unit_id = await a_unit()
    await service.verify_account(SYSTEM, unit_id)
    bureau = await site.sign_in(Role.BUREAU)
    form = {"name": "示例学院", "kind": "school", "credit_code": code(1), "bank_name": "b", "account_name": "n"}
    await bureau.submit(f"/units/{unit_id}/edit", version="1", **form)
    kept = await Unit.select(Unit.account_tail, Unit.account_verified_at).first()
    assert kept
    assert kept["account_tail"] == "3445"
    assert kept["account_verified_at"] is not None
    await bureau.submit(f"/units/{unit_id}/edit", version="2", account="6222000000009999", **form)
    changed = await Unit.select(Unit.account_tail, Unit.account_verified_at).first()
    assert changed == {"account_tail": "9999", "account_verified_at": None}


async def test_a_registrar_changes_the_contact_and_not_who_the_unit_is(site: Site) -> None:
    unit_id = await a_unit()
    registrar = await site.sign_in(Role.REGISTRAR, unit_id)
    form = {"name": "别的学院", "credit_code": code(2), "contact_name": "新联系人", "version": "1"}
    form |= {"bank_name": "示例银行", "account_name": "示例学院"}
    assert (await registrar.submit(f"/units/{unit_id}/edit", **form)).status_code == 303
    unit = await Unit.select(Unit.name, Unit.credit_code, Unit.contact_name).first()
    assert unit == {"name": "示例学院", "credit_code": code(1), "contact_name": "新联系人"}


async def test_a_registrar_never_sees_another_unit(site: Site) -> None:
    mine, theirs = await a_unit(1, "我的学院"), await a_unit(2, "别人的学院")
    stranger = await a_person(OTHER_ID, "别人的老师", theirs)
    nobody = await a_person(ID, "没有单位的人")
    registrar = await site.sign_in(Role.REGISTRAR, mine)
    for address in (f"/units/{theirs}", f"/units/{theirs}/edit", f"/persons/{stranger}", f"/persons/{nobody}"):
        assert (await registrar.get(address)).status_code == 403
    listed = (await registrar.get("/persons")).text
    assert "别人的老师" not in listed
    assert "没有单位的人" not in listed
    revealed = await registrar.submit(f"/persons/{stranger}/reveal", subject="person_id", purpose="核对")
    assert revealed.status_code == 403


async def test_units_are_found_by_name_district_and_kind(site: Site) -> None:
    await a_unit(1, "甲学院")
    await a_unit(2, "乙学院")
    bureau = await site.sign_in(Role.BUREAU)
    assert "乙学院" not in (await bureau.get("/units?q=甲")).text
    assert "甲学院" in (await bureau.get(f"/units?q={code(1)}")).text
    assert "没有符合条件的单位" in (await bureau.get("/units?kind=enterprise")).text
    assert "没有符合条件的单位" in (await bureau.get("/units?district=1")).text


async def test_a_registrar_gets_an_account_with_a_password_shown_once(site: Site) -> None:
    unit_id = await a_unit()
    bureau = await site.sign_in(Role.BUREAU)
    answer = await bureau.submit(f"/units/{unit_id}/registrars", registrar_name="孙老师", username="sun.t")
    assert answer.status_code == 200
    assert "初始密码只显示这一次" in answer.text
    assert "初始密码" not in (await bureau.get(f"/units/{unit_id}")).text
    assert "sun.t" in (await bureau.get(f"/units/{unit_id}")).text


async def test_a_username_of_somebody_else_is_not_given_a_role(site: Site) -> None:
    unit_id = await a_unit()
    account = await site.account(name="另有其人")
    taken = await Account.select(Account.username).where(Account.id == account).first()
    assert taken
    bureau = await site.sign_in(Role.BUREAU)
    form = {"registrar_name": "孙老师", "username": taken["username"]}
    answer = await bureau.submit(f"/units/{unit_id}/registrars", **form)
    assert answer.status_code == 422
    assert 'id="e-username"' in answer.text


# Persons


async def test_a_person_is_stored_without_readable_numbers(database: Engine) -> None:
    person_id = await a_person()
    row = await Person.select().where(Person.id == person_id).first()
    assert row
    assert not [value for value in row.values() if value in (ID, PHONE)]
    assert (row["id_mask"], row["phone_mask"]) == ("110105********002X", "138****5678")


async def test_a_person_is_found_by_number_however_it_is_typed(database: Engine) -> None:
    person_id = await a_person()
    found = await service.find_person("resident", " 11010519491231002x")
    assert found
    assert found["id"] == person_id
    assert await service.find_person("resident", OTHER_ID) is None


async def test_a_number_on_file_under_another_name_is_refused_with_the_name_masked(database: Engine) -> None:
    await a_person()
    draft = PersonDraft("孙海", "", "", None, "resident", ID, "", None, "student")
    with pytest.raises(Refused) as refused:
        await service.find_or_add(SYSTEM, draft)
    assert [problem.field for problem in refused.value.problems] == ["name"]
    assert "迟**" in str(refused.value)
    assert "迟雅宁" not in str(refused.value)


async def test_find_or_add_brings_the_person_up_to_date(database: Engine) -> None:
    person_id, unit_id = await a_person(), await a_unit()
    draft = PersonDraft("迟雅宁", "", "", None, "resident", ID, "13900000000", unit_id, "employee")
    assert await service.find_or_add(SYSTEM, draft) == person_id
    row = await Person.select(Person.unit, Person.status, Person.phone_mask).first()
    assert row == {"unit": unit_id, "status": "employee", "phone_mask": "139****0000"}
    before = await AuditRecord.count()
    assert await service.find_or_add(SYSTEM, draft) == person_id
    assert await AuditRecord.count() == before


async def test_people_added_together_are_all_or_none(database: Engine) -> None:
    drafts = [
        PersonDraft("甲", "", "", None, "resident", OTHER_ID, "", None, "student"),
        PersonDraft("乙", "", "", None, "resident", OTHER_ID, "", None, "student"),
    ]
    with pytest.raises(Refused) as refused:
        await service.add_persons(SYSTEM, drafts)
    assert [problem.field for problem in refused.value.problems] == ["id_number"]
    assert await Person.count() == 0


async def test_an_id_is_revealed_once_for_a_purpose_and_recorded(site: Site) -> None:
    person_id = await a_person()
    bureau = await site.sign_in(Role.BUREAU)
    assert ID not in (await bureau.get(f"/persons/{person_id}")).text
    refused = await bureau.submit(f"/persons/{person_id}/reveal", subject="person_id", purpose=" ")
    assert refused.status_code == 422
    assert ID not in refused.text
    answer = await bureau.submit(f"/persons/{person_id}/reveal", subject="person_id", purpose="核对补贴清单")
    assert answer.status_code == 200
    assert ID in answer.text
    assert ID not in (await bureau.get(f"/persons/{person_id}")).text
    records = await AuditRecord.select().where(AuditRecord.action == "person_id.revealed")
    assert [(row["subject_id"], "核对补贴清单" in row["detail"]) for row in records] == [(person_id, True)]


async def test_a_reveal_asks_for_what_exists(site: Site) -> None:
    person_id = await a_person()
    bureau = await site.sign_in(Role.BUREAU)
    answer = await bureau.submit(f"/persons/{person_id}/reveal", subject="unit_account", purpose="核对")
    assert answer.status_code == 422


async def test_the_birth_date_does_not_fill_the_gap_in_a_masked_number(site: Site) -> None:
    """The mask hides exactly the eight digits of the birth date."""
    unit_id = await a_unit()
    person_id = await a_person(unit_id=unit_id)
    bureau = await site.sign_in(Role.BUREAU)
    for address in ("/persons", f"/persons/{person_id}", f"/persons/{person_id}/edit", f"/units/{unit_id}"):
        assert "1949-12-31" not in (await bureau.get(address)).text


async def test_a_person_is_edited_without_their_number(site: Site) -> None:
    person_id = await a_person()
    bureau = await site.sign_in(Role.BUREAU)
    form = {"name": "迟雅凝", "status": "employee", "version": "1"}
    assert (await bureau.submit(f"/persons/{person_id}/edit", **form)).status_code == 303
    row = await Person.select(Person.name, Person.id_mask, Person.phone_mask, Person.sex).first()
    assert row == {"name": "迟雅凝", "id_mask": "110105********002X", "phone_mask": "138****5678", "sex": "female"}
    assert (await bureau.submit(f"/persons/{person_id}/edit", **form)).status_code == 409


async def test_a_unit_that_is_not_registered_is_said_at_its_field(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    form = {"name": "迟雅宁", "id_number": ID, "status": "teacher", "unit": "没有的学院"}
    answer = await bureau.submit("/persons/new", **form)
    assert answer.status_code == 422
    assert "没有登记名为“没有的学院”的单位" in answer.text


async def test_the_highest_level_counts(database: Engine) -> None:
    person_id = await a_person()
    for level in ("technician", "apprentice", "senior"):
        await service.add_level(SYSTEM, person_id, "6-18-01-01", level, "", None, "评价机构")
    await service.add_level(SYSTEM, person_id, "6-18-02-04", "junior", "", None, "评价机构")
    assert await service.levels_of([person_id], "6-18-01-01") == {(person_id, "6-18-01-01"): Level.TECHNICIAN}
    assert len(await service.levels_of([person_id])) == 2
    assert await service.levels_of([]) == {}


async def test_the_bureau_records_a_level(site: Site) -> None:
    person_id = await a_person()
    bureau = await site.sign_in(Role.BUREAU)
    form = {"occupation_code": "6-18-01-01", "level": "technician", "source": "评价机构"}
    assert (await bureau.submit(f"/persons/{person_id}/levels", **form)).status_code == 303
    assert "技师（二级）" in (await bureau.get(f"/persons/{person_id}")).text
    wrong = await bureau.submit(f"/persons/{person_id}/levels", **{**form, "occupation_code": "9-1"})
    assert wrong.status_code == 422


# Pools


JUDGE = {
    "certificate_level": "national", "certificate_number": "A-1", "occupations": "6-18-01-01，6-18-02-04",
    "source": "聘任文件", "expires_on": "2030-01-01",
}  # fmt: skip


async def test_a_judge_is_taken_in_by_id_number(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    form = {"name": "迟雅宁", "id_number": ID, "status": "teacher", **JUDGE}
    assert (await bureau.submit("/pools/judge/add", **form)).status_code == 303
    member = await PoolMembership.select(PoolMembership.pool, PoolMembership.occupations).first()
    assert member == {"pool": "judge", "occupations": "6-18-01-01 6-18-02-04"}
    assert "迟雅宁" in (await bureau.get("/pools/judge")).text


async def test_a_chosen_person_joins_and_a_newer_certificate_takes_the_place_of_the_older(site: Site) -> None:
    person_id = await a_person()
    bureau = await site.sign_in(Role.BUREAU)
    assert "迟雅宁" in (await bureau.get("/pools/judge/add?q=雅宁")).text
    await bureau.submit("/pools/judge/add", person=str(person_id), **JUDGE)
    await bureau.submit("/pools/judge/add", person=str(person_id), **{**JUDGE, "certificate_number": "B-2"})
    rows = await PoolMembership.select(PoolMembership.certificate_number)
    assert rows == [{"certificate_number": "B-2"}]


async def test_when_the_certificate_is_wrong_the_person_is_not_added_either(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    form = {"name": "迟雅宁", "id_number": ID, "status": "teacher", "source": "聘任文件"}
    answer = await bureau.submit("/pools/judge/add", **form)
    assert answer.status_code == 422
    assert 'id="e-certificate_number"' in answer.text
    assert await Person.count() == 0


async def test_the_pools_of_results_take_nobody_by_hand(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    for pool in ("winner", "seedling"):
        assert (await bureau.get(f"/pools/{pool}/add")).status_code == 404
        assert (await bureau.get(f"/pools/{pool}")).status_code == 200
    assert (await bureau.get("/pools/other")).status_code == 404


async def test_who_leaves_may_join_again_and_both_times_stay(site: Site) -> None:
    person_id = await a_person()
    bureau = await site.sign_in(Role.BUREAU)
    first = await service.join_pool(SYSTEM, person_id, Pool.EXPERT, source="聘任文件")
    refused = await bureau.submit(f"/persons/{person_id}/pools/expert/leave", reason="")
    assert refused.status_code == 422
    assert (await bureau.submit(f"/persons/{person_id}/pools/expert/leave", reason="本人申请")).status_code == 303
    assert await service.pools_of([person_id]) == {}
    second = await service.join_pool(SYSTEM, person_id, Pool.EXPERT, source="新聘任")
    assert first != second
    assert await PoolMembership.count() == 2


async def test_joining_twice_is_joining_once(database: Engine) -> None:
    person_id = await a_person()
    once = await service.join_pool(SYSTEM, person_id, Pool.WINNER, source="决赛", source_kind="result", source_id=1)
    twice = await service.join_pool(SYSTEM, person_id, Pool.WINNER, source="决赛", source_kind="result", source_id=2)
    assert once == twice


async def test_a_certificate_about_to_expire_is_found(site: Site) -> None:
    soon, later = await a_person(ID, "快到期的人"), await a_person(OTHER_ID, "还早的人")
    bureau = await site.sign_in(Role.BUREAU)
    await bureau.submit("/pools/judge/add", person=str(soon), **{**JUDGE, "expires_on": "2000-01-01"})
    await bureau.submit("/pools/judge/add", person=str(later), **{**JUDGE, "expires_on": "2999-01-01"})
    listed = (await bureau.get("/pools/judge?expiring=on")).text
    assert "快到期的人" in listed
    assert "已失效" in listed
    assert "还早的人" not in listed


async def test_an_organiser_sees_the_pools_and_no_person_page(site: Site) -> None:
    person_id = await a_person()
    await service.join_pool(SYSTEM, person_id, Pool.EXPERT, source="聘任文件")
    organiser = await site.sign_in(Role.ORGANISER, 1)
    assert (await organiser.get("/pools/expert")).status_code == 200
    assert (await organiser.get(f"/persons/{person_id}")).status_code == 403
    assert (await organiser.get("/pools/expert/add")).status_code == 403


# A list costs the same number of queries for one row and for thirty


async def queries_of(browser: Browser, address: str) -> int:
    before = current_engine().queries
    assert (await browser.get(address)).status_code == 200
    return current_engine().queries - before


async def some_people(first: int, last: int) -> None:
    for number in range(first, last):
        unit_id = await a_unit(number, f"学院{number:02}")
        person_id = await a_person(with_check_digit(f"21020220000101{number:03}"), f"人员{number:02}", unit_id)
        await service.join_pool(SYSTEM, person_id, Pool.COACH, source="推荐")


async def test_lists_cost_the_same_for_one_row_and_thirty(site: Site) -> None:
    bureau = await site.sign_in(Role.BUREAU)
    addresses = ("/units", "/persons", "/pools/coach")
    await some_people(1, 2)
    one = [await queries_of(bureau, address) for address in addresses]
    await some_people(2, 31)
    thirty = [await queries_of(bureau, address) for address in addresses]
    assert one == thirty
