import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from competition.documents.sheet_headings import Heading
from competition.documents.template_workbook import TemplateTexts, entry_template
from competition.documents.workbook_reading import read_table
from competition.documents.workbook_writing import Cell, Column, Sheet, safe_text, sheet_titles, write_workbook
from competition.problems import Refused

CREATED = datetime(2025, 9, 30, 1, 2, 3, tzinfo=UTC)
COLUMNS = (
    Column("单位", 24),
    Column("账号", 24),
    Column("人数", 8, "integer"),
    Column("金额", 14, "money"),
    Column("日期", 12, "date"),
    Column("成绩", 10, "decimal", digits=3),
)
ROW: tuple[Cell, ...] = ("北辰", "6222021234567896621", 2, 300_005, date(2025, 9, 18), Decimal("86.625"))


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def page_of(*rows: Sequence[Cell], columns: Sequence[Column] = COLUMNS, **more: Any) -> Any:
    return opened(write_workbook([Sheet("名单", columns, rows, **more)], created=CREATED)).active


def test_every_kind_is_written_as_its_kind() -> None:
    page = page_of(ROW)
    assert [(cell.value, cell.data_type, cell.number_format) for cell in page[2]] == [
        ("北辰", "s", "@"),
        ("6222021234567896621", "s", "@"),
        (2, "n", "0"),
        (3000.05, "n", "#,##0.00"),
        (datetime(2025, 9, 18), "d", "yyyy-mm-dd"),  # noqa: DTZ001 - a sheet has no zone
        (86.625, "n", "0.000"),
    ]


def test_blank_is_not_zero() -> None:
    page = page_of((None, "", None, 0, None, None))
    assert [cell.value for cell in page[2]] == [None, None, None, 0, None, None]


def test_integer_in_a_text_column_is_text() -> None:
    assert page_of((7,), columns=[Column("序号", 6)])["A2"].value == "7"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("money", Decimal("1.5")),
        ("money", 1.5),
        ("integer", Decimal(1)),
        ("integer", True),
        ("date", 3),
        ("decimal", 0.1),
    ],
)
def test_value_of_another_kind_is_a_mistake_of_the_caller(kind: Any, value: Any) -> None:
    with pytest.raises(TypeError):
        page_of((value,), columns=[Column("x", 8, kind)])


def test_row_of_another_length_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="zip"):
        page_of(("a", "b"), columns=[Column("x", 8)])


def test_heading_totals_and_closing_lines() -> None:
    page = page_of(
        ROW,
        ROW,
        heading=["补贴名单", "2025 年"],
        totals=("合计", "", 4, 600_010, "", ""),
        closing=["人民币陆仟元壹角整"],
    )
    assert [page.cell(row, 1).value for row in range(1, 8)] == [
        "补贴名单",
        "2025 年",
        "单位",
        "北辰",
        "北辰",
        "合计",
        "人民币陆仟元壹角整",
    ]
    assert (page["D6"].value, page["D6"].font.bold) == (6000.10, True)
    assert (page.freeze_panes, page.print_title_rows) == ("A4", "$3:$3")


def test_paper_is_a4_landscape_as_wide_as_the_page() -> None:
    page = page_of(ROW)
    setup = page.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", 9, 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.column_dimensions["A"].width == pytest.approx(24, abs=1)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_text_that_would_be_a_formula_is_neutralised_everywhere(sign: str) -> None:
    bad = f"{sign}1+1"
    page = page_of((bad,), columns=[Column(bad, 8)], heading=[bad, bad], totals=[bad], closing=[bad])
    values = [row[0].value for row in page.iter_rows()]
    assert len(values) == 6
    assert all(value.startswith("'") for value in values)
    assert {row[0].data_type for row in page.iter_rows()} == {"s"}


def test_control_characters_are_left_out() -> None:
    assert safe_text("a\x00b\x1fc\x7f\ud800\uffff𠮷\nd") == "abc𠮷\nd"
    assert safe_text("\x00=1") == "'=1"
    assert page_of(("a\x00b_x0041_",), columns=[Column("x", 8)])["A2"].value == "ab_x0041_"


def test_very_long_text_is_cut_and_not_lost() -> None:
    assert len(page_of(("长" * 40_000,), columns=[Column("x", 8)])["A2"].value) == 32_767


def test_sheet_titles_are_made_fit() -> None:
    assert sheet_titles(["职工/学生", "a" * 40, "A" * 40, "", "'x'", "[a]:*?"]) == [
        "职工-学生",
        "a" * 31,
        "A" * 26 + "(3)",
        "4",
        "x",
        "-a----",
    ]


def test_several_sheets_in_order() -> None:
    book = opened(write_workbook([Sheet("按人", COLUMNS, [ROW]), Sheet("按单位", COLUMNS, [])], created=CREATED))
    assert book.sheetnames == ["按人", "按单位"]


def test_same_input_gives_the_same_bytes() -> None:
    first, second = (write_workbook([Sheet("名单", COLUMNS, [ROW])], created=CREATED) for _ in range(2))
    assert first == second
    assert opened(first).properties.created == datetime(2025, 9, 30, 1, 2, 3)  # noqa: DTZ001 - openpyxl gives UTC without a zone
    assert first != write_workbook([Sheet("名单", COLUMNS, [ROW])], created=CREATED.replace(year=2026))


def test_finalists_of_a_whole_contest_are_written_at_once() -> None:
    rows = [
        ("辽东", "6222021234567896621", index, 150_000, date(2025, 9, 18), Decimal("86.6")) * 3 for index in range(1005)
    ]
    data = write_workbook([Sheet("名单", COLUMNS * 3, rows)], created=CREATED)
    assert opened(data).active.max_row == 1006


# --- the template ---------------------------------------------------------------------------------------------------

HEADINGS = (
    Heading("name", ("姓名", "Name")),
    Heading("id_number", ("证件号码", "ID number")),
    Heading("skill", ("赛项", "Skill")),
    Heading("phone", ("联系电话", "Phone"), required=False),
)
EXAMPLE = {"name": "示例甲", "id_number": "11010519491231002X", "skill": "焊接", "phone": "13800002207"}
SKILLS = [f"赛项{number:03}" for number in range(120)]


def template(texts: TemplateTexts | None = None) -> bytes:
    return entry_template(HEADINGS, [EXAMPLE], {"skill": SKILLS}, texts=texts)


def test_template_has_text_columns_and_marks_what_is_required() -> None:
    page = opened(template())["报名信息"]
    assert [cell.value for cell in page[1]] == ["姓名*", "证件号码*", "赛项*", "联系电话"]
    with zipfile.ZipFile(io.BytesIO(template())) as package:
        assert package.read("xl/worksheets/sheet1.xml").count(b'style="1"') == len(HEADINGS)
    assert opened(template()).worksheets[0].column_dimensions["B"].number_format == "@"


def test_template_offers_long_lists_from_a_hidden_sheet() -> None:
    book = opened(template(TemplateTexts(notes=("一", "二"))))
    rule = book["报名信息"].data_validations.dataValidation[0]
    assert (str(rule.sqref), rule.formula1) == ("C3:C5002", "'选项'!$A$1:$A$120")
    assert book["选项"].sheet_state == "hidden"
    assert [cell.value for cell in book["选项"]["A"]] == SKILLS


def test_examples_are_never_read_as_entries() -> None:
    with pytest.raises(Refused, match="表头下没有数据"):
        read_table(template(), "模板.xlsx", HEADINGS)
    assert opened(template())["填写示例"]["B2"].value == EXAMPLE["id_number"]


@pytest.mark.parametrize(
    "texts", [TemplateTexts(notes=("证件号码填 18 位",)), TemplateTexts(language="en", sheet="Entries")]
)
def test_filled_template_is_read_back(texts: TemplateTexts) -> None:
    book = opened(template(texts))
    page = book.worksheets[0]
    page.append([EXAMPLE[heading.key] for heading in HEADINGS])
    buffer = io.BytesIO()
    book.save(buffer)
    found = read_table(buffer.getvalue(), "报名表.xlsx", HEADINGS)
    assert [row.cells for row in found.rows] == [EXAMPLE]
    assert (found.sheet, found.problems, found.warnings) == (texts.sheet, (), ())


def test_template_is_the_same_each_time() -> None:
    assert template() == template()
