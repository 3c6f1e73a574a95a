"""The cells of a CIS workbook: found by their headings, read exactly, and named as Excel names them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from competition.documents.formula_cells import Hidden
from competition.documents.sheet_headings import column_letter
from competition.documents.workbook_opening import OpenedSheet, RawCell
from competition.exact import parse_decimal, plain
from competition.problems import N_, Problem

Severity = Literal["error", "warning"]
CLOSE = Decimal("1e-9")  # how far a binary number may lie from the decimal it was meant to be

# What a column's heading begins with, width, spaces and case aside: as the CIS prints it now, printed it in earlier
# years, and in Chinese. Of two that fit, the longer one counts.
HEADINGS = {
    "sub": ("subcriterionid", "subcriteriaid", "子项编号", "子项代码"),
    "name": ("subcriterionname", "subcriterianame", "子项名称"),
    "day": ("dayofmarking", "评分日"),
    "type": ("aspecttype", "类型", "评分项类型"),
    "description": ("aspect-description", "aspectdescription", "评分项", "评分项说明"),
    "score": ("judgscore", "judgescore", "judgementscore", "评判分"),
    "extra": ("extraaspectdescription", "补充说明", "评分项补充说明"),
    "requirement": ("requirement", "要求"),
    "section": ("wsossection", "wssssection", "wsesssection", "职业标准"),
    "calculation": ("calculationrow", "计算行"),
    "maximum": ("maxmark", "满分"),
    "criterion": ("criterion", "大项"),
    "total": ("totalmark", "合计"),
}
# How a column is named to a person.
TITLES = {
    "sub": "Sub Criterion ID", "name": "Sub Criterion Name", "type": "Aspect Type", "description": "Aspect Description",
    "score": "Judg Score", "extra": "Extra Aspect Description", "section": "WSOS Section", "maximum": "Max Mark",
}  # fmt: skip

NO_NUMBER = N_("须为数字，小数点用“.”，最多四位小数")
ROUNDED = N_("单元格为 {printed}，按 {read} 读取")
NO_RESULT = N_("单元格是公式但没有保存结果；在 Excel 或 WPS 中打开并保存后再上传")
ERROR_VALUE = N_("单元格是错误值（如 #REF!），须填实际内容")


class CellProblem(msgspec.Struct, frozen=True):
    """What is wrong at one cell, in the row and column Excel shows; `cell` is what stands there."""

    sheet: str
    row: int
    column: str
    severity: Severity
    problem: Problem
    cell: str = ""


class Number(NamedTuple):
    """`exact` None: no number. `rounded`: the cell printed something else."""

    exact: Decimal | None
    rounded: bool = False
    finer: bool = False


class Grid:
    """One sheet's cells by row and column number, both from 1."""

    def __init__(self, sheet: OpenedSheet, hidden: Hidden | None = None) -> None:
        self.name = sheet.name
        self.merged = sheet.merged
        self.rows = dict(sheet.rows)
        self.hidden = hidden or Hidden()

    def raw(self, row: int, column: int | None) -> RawCell:
        if (row, column) in self.hidden.errors:
            return ""
        cells = self.rows.get(row, [])
        return cells[column - 1] if column and column <= len(cells) else ""

    def text(self, row: int, column: int | None) -> str:
        return shown(self.raw(row, column))

    def code(self, row: int, column: int | None) -> str:
        """A text whose width, case and spaces mean nothing."""
        return squeezed(self.text(row, column)).upper()

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self.rows))

    def unread(self) -> Iterator[tuple[tuple[int, int], str]]:
        """Cells that show something in Excel and give nothing here, with why."""
        for place in sorted(self.hidden.errors):
            yield place, ERROR_VALUE
        for place in sorted(set(self.hidden.formulas) - self.hidden.texts - self.hidden.errors):
            if self.text(*place) == "":
                yield place, NO_RESULT


class Notes:
    """What is wrong on one sheet, gathered while it is read."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.problems: list[CellProblem] = []
        self.wrong: set[tuple[int, int]] = set()  # cells with an error
        self._unread = dict(grid.unread())

    def say(self, row: int, column: int, text: str, *, warn: bool = False, **params: object) -> None:
        """A cell Excel shows and we cannot read is said to be that, whatever else its blank would mean."""
        unread = self._unread.get((row, column))
        if unread and (row, column) in self.wrong:
            return
        problem = Problem(unread) if unread else Problem(text, params=params)
        severity: Severity = "warning" if warn else "error"
        cell = self.grid.hidden.formulas.get((row, column), "") if unread else self.grid.text(row, column)
        self.problems.append(CellProblem(self.grid.name, row, column_letter(column), severity, problem, cell))
        if not warn:
            self.wrong.add((row, column))

    def say_unread(self, rows: range, columns: Sequence[int]) -> None:
        """Blank cells that are only blank to us: none of their texts may be lost in silence."""
        for (row, column), text in self._unread.items():
            if row in rows and column in columns:
                self.say(row, column, text)

    def number(self, row: int, column: int, what: str, *, warn: bool = False) -> Decimal | None:
        """The number in a cell; what is wrong with it is said there, as a warning only where nothing hangs on it."""
        raw = self.grid.raw(row, column)
        if shown(raw) == "":
            self.say(row, column, N_("{what}为空"), warn=warn, what=what)
            return None
        found = number_of(raw)
        if found.exact is None:
            text = N_("{what} {printed} 超过四位小数") if found.finer else NO_NUMBER
            self.say(row, column, text, warn=warn, what=what, printed=shown(raw))
        elif found.rounded:
            self.say(row, column, ROUNDED, warn=True, printed=shown(raw), read=plain(found.exact))
        return found.exact

    def text(self, row: int, column: int | None, longest: int) -> str:
        text = self.grid.text(row, column)
        if len(text) > longest:
            too_long = N_("最多 {longest} 个字，现有 {length} 个")
            self.say(row, column or 1, too_long, longest=longest, length=len(text))
        return text


def shown(cell: RawCell) -> str:
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell).replace("\r\n", "\n").strip()


def number_of(cell: RawCell) -> Number:
    """24.749999999999993 is 24.75; what really has more than four places is no mark."""
    if isinstance(cell, bool):
        return Number(None)
    if isinstance(cell, int | float):
        exact = Decimal(repr(cell))
        near = round(exact, 4)
        if abs(exact - near) > CLOSE:
            return Number(None, finer=True)
        return Number(Decimal(plain(near)), rounded=exact != near)
    try:
        return Number(Decimal(plain(parse_decimal(cell.strip()))))
    except ValueError:
        return Number(None)


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def columns_of(cells: Sequence[RawCell]) -> dict[str, int]:
    """Our name of a column -> its number; the first that fits, so extra columns do no harm."""
    found: dict[str, int] = {}
    for number, cell in enumerate(cells, start=1):
        heading = _HEADING.match(squeezed(cell)) if isinstance(cell, str) and cell else None
        if heading:
            found.setdefault(_COLUMNS[heading[0]], number)
    return found


_COLUMNS = {start: name for name, starts in HEADINGS.items() for start in starts}
_HEADING = re.compile("|".join(map(re.escape, sorted(_COLUMNS, key=len, reverse=True))))
