"""Workbooks made for a test, and what reading them gave."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import xlsxwriter

from competition.documents.sheet_headings import Heading
from competition.documents.workbook_reading import SheetTable, read_table
from competition.problems import Refused

NAME = Heading("name", ("姓名", "Name"))
NUMBER = Heading("id_number", ("证件号码", "ID number", "身份证号"))
PHONE = Heading("phone", ("联系电话", "Phone"), required=False)
BORN = Heading("born", ("出生日期", "Birth date"), required=False)
EXPECTED = (NAME, NUMBER, PHONE, BORN)
TITLES = ("姓名", "证件号码", "联系电话", "出生日期")
SAMPLE = "11010519491231002X"


def workbook(fill: Callable[[Any, Any], object], sheet: str = "报名信息") -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        fill(book, book.add_worksheet(sheet))
    return buffer.getvalue()


def table(rows: Sequence[Sequence[object]], titles: Sequence[str] = TITLES, first: int = 0) -> bytes:
    def fill(_book: Any, page: Any) -> None:
        for number, cells in enumerate([titles, *rows], start=first):
            for column, cell in enumerate(cells):
                page.write_string(number, column, cell) if isinstance(cell, str) else page.write(number, column, cell)

    return workbook(fill)


def read(data: bytes, **limits: int) -> SheetTable:
    return read_table(data, "报名表.xlsx", EXPECTED, **limits)


def refusal(data: bytes, filename: str = "报名表.xlsx", **limits: int) -> list[str]:
    with pytest.raises(Refused) as caught:
        read_table(data, filename, EXPECTED, **limits)
    return [str(problem) for problem in caught.value.problems]


def cells_of(found: SheetTable, key: str) -> list[str]:
    return [row.cells[key] for row in found.rows]


def oddities(found: SheetTable) -> list[tuple[str, str, str, str]]:
    return [(f"{at.column_letter}{at.row}", at.key, str(at.problem), at.severity) for at in found.problems]


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return buffer.getvalue()


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {member: package.read(member) for member in package.namelist()}
    return zipped(members | {name: change(members[name])})
