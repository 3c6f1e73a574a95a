from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.people.identity import (
    born_on,
    credit_code_problem,
    normalise_id,
    normalise_phone,
    occupation_code_problem,
    passport_problem,
    phone_problem,
    resident_id_problem,
    sex,
    with_check_digit,
    with_credit_check,
)
from competition.problems import Problem


def said(problem: Problem | None) -> str:
    return str(problem) if problem else ""


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        with_check_digit("81000019900101001"),  # permit of a Hong Kong resident
        with_check_digit("91131019841230001"),  # foreign permanent resident: 9, province, country
        with_check_digit("99999920000229001"),  # unknown area code
    ],
)
def test_resident_id_accepted(number: str) -> None:
    assert resident_id_problem(number) is None


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", "未填身份证号"),
        ("110105491231002", "15 位旧身份证号已停用，应填 18 位"),
        ("1101051949123100", "身份证号应为 18 位，现为 16 位"),
        ("11010519491231002A", "身份证号前 17 位应为数字，末位为数字或 X"),
        ("1101051949123100X2", "身份证号前 17 位应为数字，末位为数字或 X"),
        ("110105194912310028", "校验位不符：末位应为 X，现为 8"),
        (with_check_digit("11010520091302002"), "身份证号第 7 至 14 位不是有效的出生日期"),
        (with_check_digit("11010520070229002"), "身份证号第 7 至 14 位不是有效的出生日期"),
        (with_check_digit("11010518991231002"), "身份证号第 7 至 14 位不是有效的出生日期"),
        ("११०१०५१९४९१२३१००२X", "身份证号前 17 位应为数字，末位为数字或 X"),
    ],
)
def test_resident_id_refused_with_its_reason(number: str, reason: str) -> None:
    assert said(resident_id_problem(number)) == reason


def test_problem_is_at_the_field_the_caller_names() -> None:
    assert resident_id_problem("") == Problem("未填身份证号", "id_number")
    assert resident_id_problem("", field="guardian_id") == Problem("未填身份证号", "guardian_id")


@given(
    st.integers(110000, 659999),
    st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    st.integers(0, 999),
    st.integers(0, 17),
    st.integers(1, 9),
)
def test_one_wrong_digit_is_always_found(area: int, born: date, serial: int, place: int, shift: int) -> None:
    number = with_check_digit(f"{area}{born:%Y%m%d}{serial:03}")
    assert resident_id_problem(number) is None
    assert (born_on(number), sex(number)) == (born, "male" if serial % 2 else "female")
    wrong = "0" if number[place] == "X" else str((int(number[place]) + shift) % 10)
    assert resident_id_problem(number[:place] + wrong + number[place + 1 :]) is not None


@pytest.mark.parametrize("number", ["", "1101051949", "110105200913020021", "110105        0021"])
def test_born_on_raises_without_a_date(number: str) -> None:
    with pytest.raises(ValueError, match="birth date"):
        born_on(number)


def test_sex_raises_without_the_digit() -> None:
    with pytest.raises(ValueError, match="resident ID"):
        sex("E12345678")


def test_normalise_id() -> None:
    assert normalise_id("　１１０１０５－1949\u200b１２３１００２ｘ\n") == "11010519491231002X"


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91110000600037341l", " 9135 0100-M000100Y43", "N2210283MF0000000"]
)
def test_credit_code_accepted(code: str) -> None:
    whole = with_credit_check(code) if len(code) == 17 else code
    assert credit_code_problem(whole) is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", "未填统一社会信用代码"),
        ("91350100M000100Y4", "统一社会信用代码应为 18 位，现为 17 位"),
        ("91350100M000100Y4Z", "第 18 位的“Z”不属于信用代码字符（无 I、O、S、V、Z）"),
        ("9135O100M000100Y43", "第 5 位的“O”不属于信用代码字符（无 I、O、S、V、Z）"),
        ("91350100M000100Y44", "校验位不符：末位应为 3，现为 4"),
        ("A0350100M000100Y43", "统一社会信用代码前 8 位应为登记机关、机构类别和 6 位行政区划"),
    ],
)
def test_credit_code_refused_with_its_reason(code: str, reason: str) -> None:
    assert said(credit_code_problem(code)) == reason


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(8, 17), st.data())
def test_one_wrong_character_is_always_found(organisation: str, place: int, data: st.DataObject) -> None:
    code = with_credit_check(f"91210283{organisation}")
    assert credit_code_problem(code) is None
    other = data.draw(st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY").filter(lambda wrong: wrong != code[place]))
    assert credit_code_problem(code[:place] + other + code[place + 1 :]) is not None


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("13800002207", True),
        ("+86 138-0000-2207", True),
        ("008613800002207", True),
        ("１３８００００２２０７", True),
        ("0411-83600000", True),
        ("0411-83600000-8012", True),
        ("+8113800002207", True),
        ("12800002207", False),
        ("1380000220", False),
        ("+861380000220", False),
        ("83600000", False),
        ("１３８", False),
        ("", False),
    ],
)
def test_phone(text: str, accepted: bool) -> None:
    assert (phone_problem(text) is None) is accepted


def test_normalise_phone_keeps_the_hyphen_of_a_landline() -> None:
    assert normalise_phone("+86 138-0000-2207") == "13800002207"
    assert normalise_phone("0411-8360 0000") == "0411-83600000"


@pytest.mark.parametrize(
    ("text", "accepted"),
    [("E12345678", True), ("e 1234 5678", True), ("EABCDEFGH", False), ("1234", False), ("", False)],
)
def test_passport(text: str, accepted: bool) -> None:
    assert (passport_problem(text) is None) is accepted


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("6-18-01-01", True),
        ("9-18-01-01", False),
        ("6-18-1-01", False),
        ("6-18-01-01-02", False),
        ("６-18-01-01", False),
    ],
)
def test_occupation_code(text: str, accepted: bool) -> None:
    assert (occupation_code_problem(text) is None) is accepted
