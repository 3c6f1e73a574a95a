import re
import xml.etree.ElementTree as ElementTree
from datetime import date

import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st

from competition.documents.capital import capital_amount
from competition.documents.masking import mask_account, mask_id, mask_name, mask_phone
from competition.documents.qr import qr_svg, qr_terminal
from competition.documents.workdays import WorkingDays, is_working_day, working_days

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "人民币零元整"),
        (50, "人民币伍角"),
        (5, "人民币伍分"),
        (1_500, "人民币壹拾伍元整"),
        (1_005, "人民币壹拾元零伍分"),
        (1_000_500, "人民币壹万零伍元整"),
        (10_010_005, "人民币壹拾万零壹佰元零伍分"),
        (140_950, "人民币壹仟肆佰零玖元伍角"),
        (600_714, "人民币陆仟零柒元壹角肆分"),
        (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32_504, "人民币叁佰贰拾伍元零肆分"),
        (150_750_000, "人民币壹佰伍拾万柒仟伍佰元整"),
        (10_000_000_000, "人民币壹亿元整"),
        (10_000_100_000, "人民币壹亿零壹仟元整"),
        (101_010_101_000, "人民币壹拾亿壹仟零壹拾万壹仟零壹拾元整"),
        (100_000_000_000_000, "人民币壹万亿元整"),
        (-150_000, "人民币负壹仟伍佰元整"),
    ],
)
def test_capital_amount(fen: int, words: str) -> None:
    assert capital_amount(fen) == words


def read_capital(words: str) -> int:
    """The fen that the words say, read figure by figure: another way than they were written."""
    digits, places = "零壹贰叁肆伍陆柒捌玖", {"拾": 10, "佰": 100, "仟": 1000}
    total = part = figure = fen = 0
    for character in words.removeprefix("人民币").removesuffix("整"):
        if character in digits:
            figure = digits.index(character)
        elif character in places:
            part, figure = part + figure * places[character], 0
        elif character == "万":
            total, part, figure = total + (part + figure) * 10**4, 0, 0
        elif character == "亿":
            total, part, figure = (total + part + figure) * 10**8, 0, 0
        elif character == "元":
            fen, total, part, figure = (total + part + figure) * 100, 0, 0, 0
        else:
            fen, figure = fen + figure * {"角": 10, "分": 1}[character], 0
    return fen


@given(st.integers(0, 10**14))
def test_capital_amount_says_the_amount(fen: int) -> None:
    words = capital_amount(fen)
    assert read_capital(words) == fen
    assert "零零" not in words


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        (mask_id("210283200703121217"), "210283********1217"),
        (mask_id("E12345678"), "E1*****78"),
        (mask_id("AB123"), "*****"),
        (mask_id(""), ""),
        (mask_phone("13812342207"), "138****2207"),
        (mask_phone("0411-83612345"), "04*********45"),
        (mask_phone("110"), "***"),
        (mask_account("6222 0212 3456 7896 621"), "6621"),
        (mask_account("1234"), ""),
        (mask_name("王"), "*"),
        (mask_name("王明"), "王*"),
        (mask_name("欧阳娜娜"), "欧***"),
        (mask_name("John Smith"), "J*** S****"),
    ],
)
def test_masks(masked: str, expected: str) -> None:
    assert masked == expected


@given(st.text(alphabet="0123456789X", max_size=30))
def test_a_mask_always_hides_four_characters_or_all(text: str) -> None:
    for masked in (mask_id(text), mask_phone(text)):
        assert len(masked) == len(text)
        assert masked.count("*") >= min(4, len(text))


def test_working_days_leave_out_a_holiday_and_take_its_make_up_sunday() -> None:
    """National day 2025: off from 1 to 8 October; Sunday 28 September and Saturday 11 October are worked."""
    found = working_days(date(2025, 9, 27), 5)
    assert found == WorkingDays(
        (date(2025, 9, 28), date(2025, 9, 29), date(2025, 9, 30), date(2025, 10, 9), date(2025, 10, 10)), True
    )
    assert is_working_day(date(2025, 10, 11))


def test_working_days_of_an_unknown_year_say_so() -> None:
    found = working_days(date(2099, 1, 1), 3)
    assert found == WorkingDays((date(2099, 1, 1), date(2099, 1, 2), date(2099, 1, 5)), False)


def test_no_working_days_asked() -> None:
    assert working_days(date(2025, 1, 1), 0) == WorkingDays((), True)


def reference_matrix(text: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, mask_pattern=3, border=4)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def drawn_matrix(svg: str) -> list[list[bool]]:
    root = ElementTree.fromstring(svg)
    side = int(root.get("viewBox", "").split()[2])
    matrix = [[False] * side for _ in range(side)]
    path = root.findall(f"{SVG}path")[1].get("d", "")
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path):
        for column in range(int(x), int(x) + int(length)):
            matrix[int(y)][column] = True
    return matrix


TEXT = "https://example.test/verify/01890a5d-ac96-774b-bcce"


def test_qr_svg_draws_every_module_with_a_quiet_zone_of_four() -> None:
    assert drawn_matrix(qr_svg(TEXT, title="参赛证")) == reference_matrix(TEXT)


def test_qr_svg_is_named_and_free_of_inline_style() -> None:
    svg = qr_svg(TEXT, title='<b>"A" & B</b>')
    root = ElementTree.fromstring(svg)
    assert (root.get("role"), root.findtext(f"{SVG}title")) == ("img", '<b>"A" & B</b>')
    assert "style" not in svg
    assert svg == qr_svg(TEXT, title='<b>"A" & B</b>')


def test_qr_terminal_shows_the_same_modules() -> None:
    upper = {"█": "00", "▀": "01", "▄": "10", " ": "11"}
    rows: list[list[bool]] = []
    for line in qr_terminal("大连").split("\n"):
        rows += [[upper[glyph][half] == "1" for glyph in line] for half in (0, 1)]
    expected = reference_matrix("大连")
    assert rows[: len(expected)] == expected
    assert not any(any(row) for row in rows[len(expected) :])
