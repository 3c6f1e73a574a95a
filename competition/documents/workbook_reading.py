"""Reading a filled-in table from an uploaded workbook: every cell as text, with its place, and what is odd about it."""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from competition.documents import file_kind
from competition.documents.formula_cells import Hidden, hidden_cells
from competition.documents.sheet_headings import (
    SEARCHED_ROWS,
    Heading,
    HeadingRow,
    column_letter,
    heading_problems,
    heading_row,
    unknown_columns,
)
from competition.documents.workbook_opening import OpenedSheet, RawCell, open_workbook
from competition.problems import N_, Problem, Refused

MAX_ROWS = 5000
MAX_BYTES = 10 * 1024 * 1024
# Excel keeps 15 digits of a number; the rest of an ID number or account has become zeros.
_LOST_FROM = 10**14
_LOST_AS_TEXT = re.compile(r"\d(\.\d+)?E\+1[4-9]", re.ASCII | re.IGNORECASE)
_FORMULA_STARTS = ("=", "+", "-", "@")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")

Severity = Literal["error", "warning"]


class CellProblem(msgspec.Struct, frozen=True):
    row: int
    column_letter: str
    key: str
    problem: Problem
    severity: Severity


class SheetRow(msgspec.Struct, frozen=True):
    """`number` is the row number Excel shows. Every expected key is there; "" is a blank cell."""

    number: int
    cells: dict[str, str]


class SheetTable(msgspec.Struct, frozen=True):
    """`columns` gives the letter of each expected column that the sheet has."""

    sheet: str
    heading_row: int
    columns: dict[str, str]
    rows: tuple[SheetRow, ...]
    problems: tuple[CellProblem, ...]
    warnings: tuple[Problem, ...]


def read_table(
    data: bytes,
    filename: str,
    expected: Sequence[Heading],
    *,
    max_rows: int = MAX_ROWS,
    max_bytes: int = MAX_BYTES,
) -> SheetTable:
    """The table of the first visible sheet that has the expected headings, else of the one that comes nearest.

    Starts a process and waits for it, so call it in a thread. Rows blank in all expected columns are left out.
    Raises Refused when there is no such table; what is odd about single cells is listed in `problems`.
    """
    file_kind.require_workbook(data, filename, max_bytes)
    sheets = [sheet for sheet in open_workbook(data, filename, max_rows + SEARCHED_ROWS + 1) if sheet.rows]
    if not sheets:
        raise Refused(Problem(N_("工作簿中没有内容"), "file"))
    sheet, found = _best(sheets, expected)
    if problems := heading_problems(found, expected, sheet.name):
        raise Refused(*problems)
    above = sum(number <= found.last_row for number, _ in sheet.rows)
    if sheet.filled - above > max_rows:
        params = {"count": sheet.filled - above, "limit": max_rows}
        raise Refused(Problem(N_("表中有 {count} 行，上限 {limit} 行；分成几个文件上传"), "file", params))
    table = _Reading(sheet, found, hidden_of(data, filename, sheet.name), expected).table()
    if not table.rows:
        raise Refused(Problem(N_("工作表“{sheet}”表头下没有数据"), "file", {"sheet": sheet.name}))
    return table


def _best(sheets: list[OpenedSheet], expected: Sequence[Heading]) -> tuple[OpenedSheet, HeadingRow]:
    candidates = [(sheet, heading_row(sheet, expected)) for sheet in sheets]
    return min(candidates, key=lambda pair: (len(pair[1].missing(expected)), not pair[1].columns))


def hidden_of(data: bytes, filename: str, sheet: str) -> Hidden:
    """What the reader of cells does not tell of a sheet; nothing of an old .xls. Raises Refused for a broken file."""
    if not file_kind.is_package(data):
        return Hidden()
    try:
        return hidden_cells(data, sheet)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
        raise file_kind.broken(filename) from None


class _Reading:
    def __init__(self, sheet: OpenedSheet, found: HeadingRow, hidden: Hidden, expected: Sequence[Heading]) -> None:
        self.sheet = sheet
        self.found = found
        self.hidden = hidden
        self.keys = [heading.key for heading in expected]
        self.problems: list[CellProblem] = []

    def table(self) -> SheetTable:
        raw = dict(self.sheet.rows)
        for row, _ in self.hidden.formulas:
            raw.setdefault(row, [])
        rows = []
        for number in sorted(number for number in raw if number > self.found.last_row):
            cells, problems = self._row(number, raw[number])
            if any(cells.values()) or any(problem.severity == "error" for problem in problems):
                rows.append(SheetRow(number, cells))
                self.problems += problems
        self.problems += self._merged({row.number for row in rows})
        return SheetTable(
            sheet=self.sheet.name,
            heading_row=self.found.row,
            columns={key: column_letter(column) for key, column in self.found.columns.items()},
            rows=tuple(rows),
            problems=tuple(sorted(self.problems, key=lambda at: (at.row, self.found.columns[at.key]))),
            warnings=tuple(unknown_columns(self.found)),
        )

    def _row(self, number: int, raw: list[RawCell]) -> tuple[dict[str, str], list[CellProblem]]:
        cells, problems = dict.fromkeys(self.keys, ""), []
        for key, column in self.found.columns.items():
            value = raw[column - 1] if column <= len(raw) else ""
            cells[key], oddity = self._cell((number, column), value)
            if oddity:
                problems.append(CellProblem(number, column_letter(column), key, *oddity))
        return cells, problems

    def _cell(self, place: tuple[int, int], value: RawCell) -> tuple[str, tuple[Problem, Severity] | None]:
        text = _text(value)
        formula = self.hidden.formulas.get(place)
        if place in self.hidden.errors:
            return "", (Problem(N_("单元格是错误值（如 #REF!），须填实际内容")), "error")
        if _digits_lost(value, text):
            return text, (Problem(N_("数字超过 15 位，末尾已丢失；该列须设为文本后重填")), "error")
        if formula and text:
            return text, (Problem(N_("单元格是公式；已取保存的结果为文本，不执行公式")), "warning")
        if formula and place not in self.hidden.texts:
            return formula, (Problem(N_("单元格是公式且未保存结果；已按文本保存，不执行公式")), "warning")
        if isinstance(value, str) and text.startswith(_FORMULA_STARTS):
            return text, (Problem(N_("以 {sign} 开头；已按文本保存，不执行公式"), params={"sign": text[0]}), "warning")
        return text, None

    def _merged(self, filled: set[int]) -> Iterator[CellProblem]:
        """One error in each row that a merged range touches: below its first row the reader would see blanks."""
        for (top, left), (bottom, right) in self.sheet.merged:
            keys = [key for key, column in self.found.columns.items() if left <= column <= right]
            if not keys:
                continue
            key = min(keys, key=self.found.columns.__getitem__)
            name = f"{column_letter(left)}{top}:{column_letter(right)}{bottom}"
            problem = Problem(N_("合并单元格 {range}；须取消合并，逐格填写"), params={"range": name})
            for row in sorted(filled.intersection(range(top, bottom + 1))):
                yield CellProblem(row, column_letter(self.found.columns[key]), key, problem, "error")


def _text(value: RawCell) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        # Fifteen digits, as Excel shows it: 24.749999999999993 was typed as 24.75.
        return format(Decimal(f"{value:.15g}"), "f")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", value)).strip()


def _digits_lost(value: RawCell, text: str) -> bool:
    if isinstance(value, str):
        return bool(_LOST_AS_TEXT.fullmatch(text))
    return not isinstance(value, bool) and abs(value) >= _LOST_FROM
