"""The cells of a CIS workbook: found by their headings, read exactly, and named as Excel names them."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from competition.documents.workbook_opening import OpenedSheet, RawCell
from competition.exact import parse_decimal, plain
from competition.problems import N_, Problem

Severity = Literal["error", "warning"]
CLOSE = Decimal("1e-9")  # how far a binary number may lie from the decimal it was meant to be

# What a column's heading begins with, spaces and case aside.
HEADINGS = {
    "sub": ("subcriterionid", "子项编号", "子项代码"),
    "name": ("subcriterionname", "子项名称"),
    "day": ("dayofmarking", "评分日"),
    "type": ("aspecttype", "类型"),
    "description": ("aspect-description", "aspectdescription", "评分项"),
    "score": ("judgscore", "judgementscore", "评判分"),
    "extra": ("extraaspectdescription", "补充说明"),
    "requirement": ("requirement", "要求"),
    "section": ("wsossection", "wssssection", "职业标准"),
    "calculation": ("calculationrow", "计算行"),
    "maximum": ("maxmark", "满分"),
    "criterion": ("criterion", "大项"),
    "total": ("totalmark", "合计"),
}


class CellProblem(msgspec.Struct, frozen=True):
    """What is wrong at one cell, in the row and column Excel shows; `cell` is what stands there."""

    sheet: str
    row: int
    column: str
    severity: Severity
    problem: Problem
    cell: str = ""


class Grid:
    """One sheet's cells by row and column number, both from 1."""

    def __init__(self, sheet: OpenedSheet) -> None:
        self.name = sheet.name
        self.merged = sheet.merged
        self.rows = dict(sheet.rows)

    def raw(self, row: int, column: int | None) -> RawCell:
        cells = self.rows.get(row, [])
        return cells[column - 1] if column and column <= len(cells) else ""

    def text(self, row: int, column: int | None) -> str:
        return shown(self.raw(row, column))

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self.rows))

    def width(self, row: int) -> int:
        return len(self.rows.get(row, []))


class Number(NamedTuple):
    """`exact` None: no number. `rounded`: the cell printed something else."""

    exact: Decimal | None
    rounded: bool = False
    finer: bool = False


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


def letter(column: int) -> str:
    """1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).lower()


def columns_of(cells: Sequence[RawCell]) -> dict[str, int]:
    """Our name of a column -> its number; the first that fits, so extra columns do no harm."""
    found: dict[str, int] = {}
    for number, cell in enumerate(cells, start=1):
        heading = squeezed(shown(cell))
        for name, beginnings in HEADINGS.items():
            if name not in found and heading and heading.startswith(beginnings):
                found[name] = number
                break
    return found


NO_NUMBER = N_("须为数字，小数点用“.”，最多四位小数")
ROUNDED = N_("单元格为 {printed}，按 {read} 读取")
