"""The CIS marking-scheme workbook: the real one without loss, there and back the same, and every trap at its cell."""

import io
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.demo.milling_scheme import SCHEME
from competition.marking import cis_workbook
from competition.marking.cis_calculations import calculation_line, read_calculation
from competition.marking.cis_workbook import CellProblem, read_cis, write_cis
from competition.marking.rules.calculation import Band, Calculation, Choice
from competition.marking.scheme_drafts import (
    AspectDraft,
    CriterionDraft,
    PartDraft,
    SchemeDraft,
    SectionDraft,
    allocation,
    section_marks,
)
from competition.problems import Refused

REAL = Path(__file__).parents[3] / "shared" / "data" / "cis_marking_scheme_es2023.xlsx"
needs_the_real_one = pytest.mark.skipif(not REAL.exists(), reason="the real workbook is not beside the project")
D = Decimal


@needs_the_real_one
def test_the_real_workbook_is_read_without_loss() -> None:
    reading = read_cis(REAL.read_bytes())
    draft = reading.draft
    assert draft is not None
    assert reading.errors == []
    aspects = [(part, aspect) for part in draft.parts for aspect in part.aspects]
    assert Counter(part.method for part, _ in aspects) == {"measurement": 123, "judgement": 26}
    assert len({part.sub_criterion for part in draft.parts}) == 36
    assert [each.code for each in draft.criteria] == list("ABCDEF")
    assert [row.total for row in allocation(draft)] == [17, 23, 17, 22, 16, 5]
    assert f"{sum(row.total for row in allocation(draft)):.2f}" == "100.00"
    assert {each.code: each.percent for each in draft.sections} == {"1": 5, "2": 5, "3": 25, "4": 25, "5": 40}
    assert section_marks(draft) == {"1": 5, "2": 5, "3": 25, "4": 25, "5": 40}
    assert sum(len(aspect.descriptors) for _, aspect in aspects) == 104
    assert all(text for _, aspect in aspects for text in aspect.descriptors)
    assert {part.sub_criterion[0]: part.day for part in draft.parts} == {"A": 1, "B": 1, "C": 2, "D": 2, "E": 3, "F": 3}
    assert draft.title == "17 Web Development"
    first = draft.parts[0].aspects[0]
    assert first.title == "Common website elements (header, navigation, footer) are responsive"
    assert (first.code, first.maximum, first.section) == ("A1.01", D("0.5"), "3")


@needs_the_real_one
def test_the_real_workbook_comes_back_as_it_was() -> None:
    draft = read_cis(REAL.read_bytes()).draft
    assert draft is not None
    assert read_cis(write_cis(draft)).draft == draft


@needs_the_real_one
def test_every_text_of_the_real_workbook_is_in_what_is_written() -> None:
    draft = read_cis(REAL.read_bytes()).draft
    assert draft is not None
    assert texts(REAL.read_bytes()) - texts(write_cis(draft)) == set()


def texts(content: bytes) -> set[str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = (cell.value for row in sheet.iter_rows() for cell in row)
    said = (cell.strip().replace("\r\n", "\n") for cell in cells if isinstance(cell, str))
    return {text for text in said if text and not text.startswith("=")}


def test_a_scheme_with_all_calculations_comes_back_as_it_was() -> None:
    again = read_cis(write_cis(SCHEME))
    assert again.errors == []
    assert again.draft is not None
    assert [part.aspects for part in again.draft.parts] == [part.aspects for part in _in_chinese(SCHEME).parts]


def _in_chinese(draft: SchemeDraft) -> SchemeDraft:
    """The CIS has one language."""
    return SchemeDraft(
        tuple(
            msgspec.structs.replace(
                part, name_en="", aspects=tuple(msgspec.structs.replace(each, title_en="") for each in part.aspects)
            )
            for part in draft.parts
        ),
        draft.title,
    )


def test_totals_are_written_as_exactly_a_hundred() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(write_cis(SCHEME))).worksheets[0]
    marks = [sheet.cell(row, 11) for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value in list("ABCD")]
    assert sum(D(str(cell.value)) for cell in marks) == 100
    assert {cell.number_format for cell in marks} == {"0.00"}


def test_a_text_like_a_formula_stays_a_text() -> None:
    part = SCHEME.parts[0]
    risky = msgspec.structs.replace(part.aspects[0], note="=HYPERLINK(1)", requirement="-1 mm")
    parts = (msgspec.structs.replace(part, aspects=(risky, *part.aspects[1:])), *SCHEME.parts[1:])
    content = write_cis(msgspec.structs.replace(SCHEME, parts=parts))
    cells = [
        cell
        for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()
        for cell in row
        if cell.value in ("=HYPERLINK(1)", "-1 mm")
    ]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True), ("s", True)]
    draft = read_cis(content).draft
    assert draft is not None
    assert (draft.parts[0].aspects[0].note, draft.parts[0].aspects[0].requirement) == ("=HYPERLINK(1)", "-1 mm")


# A made workbook of two criteria: A1 measured and judged (rows 22 on), A2 judged, B1 measured.
TEXTS = ("below", "meets", "exceeds in part", "excellent")


def form(code: str, name: str, day: int, aspect: AspectDraft) -> PartDraft:
    sub, _, method = code.partition(".")
    return PartDraft(
        code, name, "panel", aspect.maximum, aspect.maximum, aspects=(aspect,), criterion=sub[0], sub_criterion=sub,
        day=day, method="judgement" if method == "J" else "measurement",
    )  # fmt: skip


def measured(code: str, title: str, mark: str, section: str) -> AspectDraft:
    return AspectDraft(code, title, D(mark), D(mark), section=section, place=int(code[-2:]))


def judged(code: str, title: str, mark: str, section: str) -> AspectDraft:
    return AspectDraft(code, title, D(mark), D(1), descriptors=TEXTS, section=section, place=int(code[-2:]))


MADE = SchemeDraft(
    title="Test skill",
    criteria=(CriterionDraft("A", "Outside"), CriterionDraft("B", "Inside")),
    sections=(SectionDraft("1", "Work", D(40)), SectionDraft("2", "Craft", D(60))),
    parts=(
        form("A1.M", "Edges", 1, measured("A1.01", "Even", "24.75", "1")),
        form("A1.J", "Edges", 1, judged("A1.02", "Look", "15.25", "1")),
        form("A2.J", "Faces", 2, judged("A2.01", "Shine", "10", "2")),
        form("B10.M", "Depth", 2, measured("B10.01", "Deep", "50", "2")),
    ),
)


def made(edit: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(write_cis(MADE)))
    edit(book.worksheets[0])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def place(sheet: Any, text: str, column: int) -> int:
    """The row in which a column holds this text."""
    return next(row for row in range(1, sheet.max_row + 1) if str(sheet.cell(row, column).value or "") == text)


SUB, TYPE, TITLE, SCORE, EXTRA, SECTION, MARK = 1, 4, 5, 6, 7, 9, 11


def set_at(text: str, column: int, target: int, value: object, below: int = 0) -> Callable[[Any], None]:
    def edit(sheet: Any) -> None:
        sheet.cell(place(sheet, text, column) + below, target).value = value

    return edit


def found(content: bytes) -> list[CellProblem]:
    return list(read_cis(content).problems)


def test_the_made_workbook_has_nothing_wrong_but_the_mixture() -> None:
    reading = read_cis(made(lambda sheet: None))
    assert reading.draft == MADE
    assert [(each.severity, each.cell) for each in reading.problems] == [("warning", "A1")]


@pytest.mark.parametrize(
    ("edit", "severity", "column", "at", "said"),
    [
        (set_at("Even", TITLE, MARK, 24.749999999999993), "warning", "K", "Even", "按 24.75 读取"),
        (set_at("Even", TITLE, MARK, 24.74), "error", "K", "ID", "权重合计应为 100，现为 99.99"),
        (set_at("Even", TITLE, MARK, 24.123456), "error", "K", "Even", "超过四位小数"),
        (set_at("Even", TITLE, MARK, None), "error", "K", "Even", "满分为空"),
        (set_at("Even", TITLE, MARK, "many"), "error", "K", "Even", "须为数字"),
        (set_at("Even", TITLE, MARK, 0), "error", "K", "Even", "满分须大于 0"),
        (set_at("Even", TITLE, TITLE, None), "error", "E", "A1", "评分项没有说明"),
        (set_at("Even", TITLE, TYPE, "X"), "error", "D", "Even", "类型应为 M（测量）或 J（评判）"),
        (set_at("Even", TITLE, TYPE, None), "error", "D", "Even", "评分项没有类型"),
        (set_at("Even", TITLE, SECTION, 9), "error", "I", "Even", "职业标准部分“9”不在表中"),
        (set_at("Even", TITLE, SECTION, None), "error", "I", "Even", "A1.01 未对应职业标准部分"),
        (set_at("A2", SUB, SUB, "A1"), "error", "A", "Faces", "子项 A1 重复"),
        (set_at("A2", SUB, SUB, "B2"), "error", "A", "Faces", "B2 不属于大项 A"),
        (set_at("A2", SUB, SUB, "2A"), "error", "A", "Faces", "2A 不是子项编号"),
        (set_at("A2", SUB, 3, None), "warning", "C", "Faces", "没有评分日"),
        (set_at("Look", TITLE, EXTRA, None, 3), "error", "G", "Look+3", "缺 2 分的说明"),
        (set_at("Look", TITLE, SCORE, 7, 3), "error", "F", "Look+3", "评判档应为 0、1、2、3"),
        (set_at("Look", TITLE, SCORE, 0, 2), "error", "F", "Look+2", "0 分的说明重复"),
        (set_at("Even", TITLE, MARK, "=12+12.75"), "error", "K", "Even", "单元格是公式但没有保存结果"),
        (set_at("Even", TITLE, EXTRA, "=B1"), "error", "G", "Even", "单元格是公式但没有保存结果"),
        (set_at("Even", TITLE, SECTION, "#REF!"), "error", "I", "Even", "单元格是错误值"),
        (set_at("Even", TITLE, TITLE, "Even" * 101), "error", "E", "A1", "最多 400 个字，现有 404 个"),
        (set_at("A2", SUB, 3, "C-1"), "warning", "C", "Faces", "C-1 不是评分日"),
        (set_at("A2", SUB, 2, None), "error", "B", "Shine-1", "A2 没有名称"),
        (set_at("Look", TITLE, SCORE, None, 3), "warning", "G", "Look+3", "此行没有类型和评判分"),
        (set_at("Look", TITLE, SCORE, None, 3), "error", "G", "Look", "A1.02 缺 2 分的说明"),
        (set_at("Look", TITLE, TYPE, "M"), "error", "F", "Look+1", "评判档不在评判项之下"),
        (set_at("Craft", 2, 9, 59), "error", "I", "Work", "合计应为 100，现为 99"),
        (set_at("Outside", 2, MARK, "=SUM(1)"), "warning", "K", "Outside", "单元格是公式但没有保存结果"),
        (set_at("Inside", 2, 2, None), "error", "B", "B", "B 没有名称"),
        (set_at("Inside", 2, SUB, "C"), "error", "L", "Block B", "没有代码为 B 的评分标准大项"),
        (set_at("Criterion B", 12, 14, 49), "warning", "N", "Block B", "印的是 49，评分项合计 50"),
        (set_at("Competition", 12, 14, 99), "warning", "N", "Whole", "印的是 99，评分项合计 100"),
        (set_at("Craft", 2, 10, 55), "warning", "J", "Craft", "印的是 55，评分项合计 60；以评分项为准"),
        (set_at("Outside", 2, MARK, 49), "warning", "K", "Outside", "印的是 49，评分项合计 50"),
        (set_at("Inside", 2, SUB, "A"), "error", "A", "Inside", "代码 A 重复"),
        (set_at("Shine", TITLE, MARK, 10.005), "warning", "K", "Shine", "超过两位小数"),
    ],
)
def test_a_trap_is_met_at_its_cell(edit: Callable[[Any], None], severity: str, column: str, at: str, said: str) -> None:
    content = made(edit)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    problems = [each for each in found(content) if said in str(each.problem)]
    assert {(each.severity, each.column, each.row) for each in problems} == {(severity, column, row_of(sheet, at))}
    assert (read_cis(content).draft is None) == any(each.severity == "error" for each in found(content))


def row_of(sheet: Any, at: str) -> int:
    """The row named by a text that stands in it, "+3" being three rows below."""
    name, sign, away = at.partition("+") if "+" in at else at.partition("-")
    below = int(f"{sign}{away}" or 0)
    others = {"ID": ("ID", 1), "A1": ("A1", 1), "B": ("B", 1), "Block B": ("Criterion B", 12),
              "Whole": ("Competition", 12)}  # fmt: skip
    text, column = others.get(name, (name, 2 if name in ("Faces", "Craft", "Work", "Outside", "Inside") else TITLE))
    return place(sheet, text, column) + below + (at == "A1")


def test_too_few_judgement_rows_are_named() -> None:
    content = made(lambda sheet: sheet.delete_rows(place(sheet, "Shine", TITLE) + 4))
    problems = [each for each in found(content) if each.severity == "error"]
    assert ["A2.01 缺 3 分的说明" in str(each.problem) for each in problems] == [True]


def test_an_extra_column_and_merged_cells_do_no_harm() -> None:
    def edit(sheet: Any) -> None:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(5)
        sheet.cell(place(sheet, "Even", 6), 5).value = "remark"

    assert read_cis(made(edit)).draft == MADE


def test_rows_merged_downwards_are_pointed_out() -> None:
    def edit(sheet: Any) -> None:
        row = place(sheet, "Look", TITLE)
        sheet.merge_cells(start_row=row, start_column=5, end_row=row + 1, end_column=5)

    assert [str(each.problem)[:6] for each in found(made(edit)) if each.column == "E"] == ["单元格与第 "]


def test_many_errors_come_at_once() -> None:
    def edit(sheet: Any) -> None:
        sheet.cell(place(sheet, "Deep", TITLE), SECTION).value = 9
        sheet.cell(place(sheet, "Shine", TITLE), MARK).value = 11
        sheet.cell(place(sheet, "A2", SUB), SUB).value = "A1"
        sheet.cell(place(sheet, "Craft", 2), 9).value = 59
        sheet.delete_rows(place(sheet, "Look", TITLE) + 1)

    errors = [str(each.problem) for each in read_cis(made(edit)).errors]
    assert [text.removeprefix("A1.02 ") for text in errors] == [
        "职业标准各部分合计应为 100，现为 99", "各部分权重合计应为 100，现为 101",
        "缺 0 分的说明；评判项四档都须写明", "子项 A1 重复", "B10.01 的职业标准部分“9”不在表中",
    ]  # fmt: skip


def test_an_unread_maximum_does_not_make_every_sum_wrong() -> None:
    problems = found(made(set_at("Even", TITLE, MARK, "many")))
    assert [(each.severity, each.column) for each in problems] == [("warning", "A"), ("error", "K")]


def test_deviation_of_more_than_five_from_the_standard_is_pointed_out() -> None:
    reading = read_cis(made(set_at("Shine", TITLE, SECTION, 1)))
    assert reading.draft is not None
    [warning] = [each for each in reading.problems if "偏差合计 20" in str(each.problem)]
    assert (warning.severity, warning.column, warning.cell) == ("warning", "I", "WSOS Marks")


@pytest.mark.parametrize("shown", ["m", "Measurement", "ｍ", "测量"])
def test_a_type_may_be_a_word(shown: str) -> None:
    assert read_cis(made(set_at("Deep", TITLE, TYPE, shown))).draft == MADE


def test_judgement_rows_out_of_order_are_read_by_their_score() -> None:
    def edit(sheet: Any) -> None:
        row = place(sheet, "Shine", TITLE)
        for below, score in ((2, 2), (3, 1)):
            sheet.cell(row + below, SCORE).value = score
            sheet.cell(row + below, EXTRA).value = TEXTS[score]

    reading = read_cis(made(edit))
    assert reading.draft == MADE
    assert ["评判档没有按" in str(each.problem) for each in reading.problems if each.column == "F"] == [True]


def test_hidden_rows_are_read_and_pointed_out_once_for_a_run() -> None:
    def edit(sheet: Any) -> None:
        first = place(sheet, "Shine", TITLE)
        for row in range(first, first + 5):
            sheet.row_dimensions[row].hidden = True

    reading = read_cis(made(edit))
    assert reading.draft == MADE
    row = next(each.row for each in reading.problems if "已隐藏" in str(each.problem))
    assert [str(each.problem) for each in reading.problems if "已隐藏" in str(each.problem)] == [
        f"第 {row}–{row + 4} 行已隐藏，仍照常读取"
    ]


CHINESE = {
    "Section": "部分", "WSOS Marks": "比例", "Aspect Marks": "评分项分值", "ID": "编号", "Name": "名称", "Mark": "分值",
    "Sub\nCriterion\nID": "子项编号", "Sub Criterion\nName or Description": "子项名称", "Day of Marking": "评分日",
    "Aspect\nType\nM = Meas\nJ = Judg": "评分项类型", "Aspect - Description": "评分项说明", "Judg Score": "评判分",
    "Extra Aspect Description (Meas or Judg)\nOR\nJudgement Score Description (Judg only)": "补充说明",
    "Requirement\n(Measurement Only)": "要求（仅测量）", "WSOS Section": "职业标准部分",
    "Calculation Row \n(Export only)": "计算行", "Max\nMark": "满分", "Criterion A": "大项 A", "Criterion B": "大项 B",
    "Total\nMark": "合计", "Competition": "竞赛", "M": "测量", "J": "评判",
}  # fmt: skip
EARLIER = {
    "WSOS Marks": "WSSS Marks", "Sub\nCriterion\nID": "Sub Criteria ID", "WSOS Section": "WSSS\nSection",
    "Judg Score": "Judge Score", "Requirement\n(Measurement Only)": "Requirement OR Nominal Size (Measurement Only)",
}  # fmt: skip


@pytest.mark.parametrize("words", [CHINESE, EARLIER])
def test_headings_may_be_chinese_or_of_earlier_years(words: dict[str, str]) -> None:
    def edit(sheet: Any) -> None:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value in words:
                    cell.value = words[cell.value]

    reading = read_cis(made(edit))
    assert reading.draft == MADE
    assert [each.cell for each in reading.problems] == ["A1"]


def test_a_missing_column_is_called_by_its_heading() -> None:
    errors = read_cis(made(set_at("Aspect - Description", TITLE, TITLE, "Words"))).errors
    assert "表头缺少列：Aspect Description" in {str(each.problem) for each in errors}


def test_without_tables_the_criteria_are_called_by_their_letters() -> None:
    def edit(sheet: Any) -> None:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.delete_rows(1, place(sheet, "Criterion A", 12) - 1)

    reading = read_cis(made(edit))
    assert reading.draft is not None
    assert (reading.draft.title, reading.draft.sections) == ("", ())
    assert [(each.code, each.name) for each in reading.draft.criteria] == [("A", "A"), ("B", "B")]
    texts = [str(each.problem) for each in reading.problems if each.severity == "warning"]
    assert [text[:4] for text in texts[:2]] == ["没有职业", "没有大项"]


def test_rows_named_at_every_aspect_without_calculations_are_pointed_out_once() -> None:
    def edit(sheet: Any) -> None:
        for title in ("Even", "Look", "Shine", "Deep"):
            sheet.cell(place(sheet, title, TITLE), 10).value = 1

    reading = read_cis(made(edit))
    assert reading.draft == MADE
    assert [each.column for each in reading.problems] == ["A", "J"]


def test_more_rows_than_any_scheme_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cis_workbook, "MOST_ROWS", 20)
    with pytest.raises(Refused, match="上限 20 行"):
        read_cis(write_cis(MADE))


def test_a_scheme_of_panel_scores_is_no_cis_scheme() -> None:
    part = msgspec.structs.replace(MADE.parts[0], method="score", aggregation="mean")
    with pytest.raises(Refused, match="只有按大项和子项"):
        write_cis(msgspec.structs.replace(MADE, parts=(part, *MADE.parts[1:])))


def test_another_workbook_is_no_cis_workbook() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "姓名"
    out = io.BytesIO()
    book.save(out)
    reading = read_cis(out.getvalue())
    assert reading.draft is None
    assert "不是 CIS 评分标准工作簿" in str(reading.problems[0].problem)


def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(Refused):
        read_cis(b"%PDF-1.7 nothing")


@pytest.mark.parametrize(
    "calculation",
    [
        Calculation("pass_fail"),
        Calculation("completed", total=8),
        Calculation("choice", "percent", choices=(Choice("fine"), Choice("a, b: c", D("12.5")))),
        Calculation("choice", choices=(Choice("percent", D(100)), Choice("#-#a##x~x#"), Choice("-#"), Choice("=x#"))),
        Calculation("ranged", bands=(Band(D("9.95"), D("10.05"), D(1)), Band(D(-1), D(0), D("0.5")))),
        Calculation("difference", target=D(100), tolerance=D("0.5"), interval=D(1), deduction=D("0.2")),
    ],
)
def test_a_calculation_reads_back_as_it_was_written(calculation: Calculation) -> None:
    assert read_calculation(calculation_line(calculation)) == calculation


@pytest.mark.parametrize(
    "line", ["CHOICE", "CHOICE:::1", "COMPLETED:::1#x~x#total", "NUMBER_COMPLETED:::1.5#x~x#total"]
)
def test_what_is_no_calculation_is_not_taken_for_one(line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(line.rpartition(":::")[2])):
        read_calculation(line)


def test_partial_marks_keep_their_step() -> None:
    part = MADE.parts[0]
    partial = msgspec.structs.replace(part.aspects[0], step=D("0.25"))
    draft = msgspec.structs.replace(MADE, parts=(msgspec.structs.replace(part, aspects=(partial,)), *MADE.parts[1:]))
    assert read_cis(write_cis(draft)).draft == draft


def test_a_calculation_that_is_not_understood_is_pointed_out_and_the_mark_kept() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_cis(SCHEME)))
    book["Calculations"]["A2"] = "SOMETHING:::1#x~x#else"
    out = io.BytesIO()
    book.save(out)
    reading = read_cis(out.getvalue())
    assert [(each.sheet, each.row, each.column) for each in reading.problems if each.sheet == "Calculations"] == [
        ("Calculations", 2, "A")
    ]
    assert reading.draft is not None
    assert reading.draft.parts[0].aspects[1].calculation is None


words = st.text(
    alphabet=st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u00a0"), min_size=1, max_size=40
).map(str.strip).filter(bool)  # fmt: skip
texts_or_none = st.one_of(st.just(""), words, words.map("={}".format))
units = st.sampled_from(["marks", "percent"])
figures = st.decimals(D("0.01"), D(99), places=2).map(lambda number: D(f"{number.normalize():f}"))
calculations = st.one_of(
    st.builds(Calculation, st.just("pass_fail")),
    st.builds(Calculation, st.just("completed"), total=st.integers(1, 99)),
    st.builds(
        Calculation, st.just("choice"), st.just("percent"),
        choices=st.lists(st.builds(Choice, words, figures), min_size=2, max_size=3).map(tuple),
    ),
    st.builds(
        Calculation, st.just("ranged"), st.just("percent"),
        bands=st.lists(figures.map(lambda low: Band(-low, low, low)), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        Calculation, st.just("difference"), units, target=figures, tolerance=figures, interval=figures,
        deduction=figures,
    ),
)  # fmt: skip


@st.composite
def schemes(draw: st.DrawFn) -> SchemeDraft:
    """Up to three criteria whose marks come to 100, each sub-criterion of one or both methods."""
    shapes = draw(
        st.lists(st.lists(st.sampled_from(["M", "J", "MJ", "JM"]), min_size=1, max_size=3), min_size=1, max_size=3)
    )
    count = sum(len(methods) for subs in shapes for methods in subs)
    marks = [D(100) - D(count - 1)] + [D(1)] * (count - 1)
    parts = []
    for letter, subs in zip("ABC", shapes, strict=False):
        for number, methods in enumerate(subs, 9):
            sub, day, name = f"{letter}{number}", draw(st.integers(0, 4)), draw(words)
            for at, method in enumerate(methods, 1):
                mark = marks.pop()
                aspect = draw(aspects(f"{sub}.{at:02}", mark, at, judged=method == "J"))
                parts.append(
                    PartDraft(
                        f"{sub}.{method}", name, "panel", mark, mark, aspects=(aspect,), criterion=letter,
                        sub_criterion=sub, day=day, method="judgement" if method == "J" else "measurement",
                    )
                )  # fmt: skip
    criteria = tuple(CriterionDraft(letter, draw(words)) for letter, _ in zip("ABC", shapes, strict=False))
    return SchemeDraft(tuple(parts), draw(texts_or_none), criteria, (SectionDraft("1", draw(words), D(100)),))


@st.composite
def aspects(draw: st.DrawFn, code: str, mark: Decimal, at: int, *, judged: bool) -> AspectDraft:
    calculation = None if judged else draw(st.one_of(st.none(), calculations))
    step = D(1) if judged else mark
    if not judged and calculation is None:
        step = draw(st.sampled_from([mark, D("0.25"), D("0.5")]))
    return AspectDraft(
        code, draw(words), mark, step, calculation=calculation, section="1", place=at,
        descriptors=tuple(draw(st.lists(words, min_size=4, max_size=4))) if judged else (),
        note=draw(texts_or_none), requirement=draw(texts_or_none),
    )  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(schemes())
def test_any_scheme_comes_back_as_it_was(draft: SchemeDraft) -> None:
    reading = read_cis(write_cis(draft))
    assert [str(each.problem) for each in reading.errors] == []
    assert reading.draft == draft
