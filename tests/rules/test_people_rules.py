"""What must hold of units, persons and places in a pool."""

from datetime import date

import msgspec
import pytest

from competition.people.kinds import Level, Pool
from competition.people.pinyin import pinyin_name
from competition.people.rules import (
    Certificate,
    PersonDraft,
    UnitDraft,
    completed,
    highest,
    person_problems,
    pool_problems,
    unit_problems,
)

UNIT = UnitDraft(name="示例学院", kind="school", credit_code="91350100M000100Y43", district_id=1)
PERSON = PersonDraft("迟雅宁", "", "", None, "resident", "11010519491231002X", "", None, "teacher")
PASSPORT = PersonDraft("Jane Doe", "", "female", date(2001, 5, 6), "passport", "E12345678", "", None, "student")
CERTIFICATE = Certificate(certificate_level="national", certificate_number="A1", occupations=("6-18-01-01",))


def fields(problems: list) -> list[str]:
    return [problem.field for problem in problems]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"name": " "}, ["name"]),
        ({"kind": "club"}, ["kind"]),
        ({"credit_code": "91350100M000100Y4Z"}, ["credit_code"]),
        ({"district_id": None}, ["district"]),
        ({"district_id": None, "in_city": False}, []),
        ({"phone": "12"}, ["phone"]),
        ({"account": "6222 0202 0011 2233"}, ["bank_name", "account_name"]),
        ({"account": "6222abc", "bank_name": "b", "account_name": "n"}, ["account"]),
        ({"account": "62220202-00112233", "bank_name": "b", "account_name": "n"}, []),
    ],
)
def test_a_unit_is_checked_at_its_fields(changes: dict, wrong: list[str]) -> None:
    assert fields(unit_problems(msgspec.structs.replace(UNIT, **changes))) == wrong


def test_an_account_on_file_keeps_needing_its_bank() -> None:
    assert fields(unit_problems(UNIT, account_on_file=True)) == ["bank_name", "account_name"]
    removed = msgspec.structs.replace(UNIT, account="")
    assert unit_problems(removed, account_on_file=True) == []


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"name": ""}, ["name"]),
        ({"id_number": "110105194912310021"}, ["id_number"]),
        ({"born_on": date(1949, 12, 30)}, ["born_on"]),
        ({"sex": "male"}, ["sex"]),
        ({"status": "pilot"}, ["status"]),
        ({"phone": "1234"}, ["phone"]),
        ({"id_kind": "library_card"}, ["id_kind"]),
    ],
)
def test_a_person_is_checked_at_their_fields(changes: dict, wrong: list[str]) -> None:
    assert fields(person_problems(msgspec.structs.replace(PERSON, **changes))) == wrong


def test_a_wrong_check_digit_names_the_right_one() -> None:
    problem = person_problems(msgspec.structs.replace(PERSON, id_number="110105194912310021"))[0]
    assert problem.params["last"] == "X"


def test_a_passport_tells_neither_birth_nor_sex() -> None:
    assert person_problems(PASSPORT) == []
    bare = msgspec.structs.replace(PASSPORT, sex="", born_on=None)
    assert fields(person_problems(bare)) == ["born_on", "sex"]


def test_the_number_completes_the_person() -> None:
    done = completed(msgspec.structs.replace(PERSON, id_number=" 11010519491231002x"))
    assert (done.id_number, done.sex, done.born_on) == ("11010519491231002X", "female", date(1949, 12, 31))
    assert done.name_en == "Chi Yaning"


def test_a_given_spelling_stays() -> None:
    assert completed(msgspec.structs.replace(PERSON, name_en="Chi Ya Ning")).name_en == "Chi Ya Ning"


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("曾国强", "Zeng Guoqiang"),
        ("单明", "Shan Ming"),
        ("欧阳修远", "Ouyang Xiuyuan"),
        ("吕海澜", "Lü Hailan"),
        ("Jane Doe", ""),
    ],
)
def test_surnames_are_spelt_as_surnames(name: str, spelling: str) -> None:
    assert pinyin_name(name) == spelling


@pytest.mark.parametrize("pool", [Pool.WINNER, Pool.SEEDLING])
def test_winners_and_seedlings_come_from_results_only(pool: Pool) -> None:
    assert fields(pool_problems(pool, "某人推荐", "", Certificate())) == ["pool"]
    assert pool_problems(pool, "决赛成绩", "result_revision", Certificate()) == []


def test_a_judge_needs_a_certificate() -> None:
    missing = ["certificate_level", "certificate_number", "occupations"]
    assert fields(pool_problems(Pool.JUDGE, "聘任文件", "", Certificate())) == missing
    assert pool_problems(Pool.JUDGE, "聘任文件", "", CERTIFICATE) == []


def test_a_certificate_ends_after_it_begins() -> None:
    backwards = msgspec.structs.replace(CERTIFICATE, issued_on=date(2025, 1, 1), expires_on=date(2025, 1, 1))
    assert fields(pool_problems(Pool.JUDGE, "聘任文件", "", backwards)) == ["expires_on"]


def test_nobody_enters_a_pool_without_a_ground() -> None:
    assert fields(pool_problems(Pool.COACH, " ", "", Certificate())) == ["source"]


def test_the_ladder_has_an_order_that_is_not_alphabetic() -> None:
    assert highest(["technician", "senior_technician", "apprentice"]) == Level.SENIOR_TECHNICIAN
