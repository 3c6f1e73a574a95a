"""Writing workbooks that offices print, file and open in Excel or WPS."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec
import xlsxwriter
from xlsxwriter.utility import xl_range

Kind = Literal["text", "integer", "money", "date", "decimal"]
Cell = str | int | Decimal | date | None

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
# OWASP, CSV injection: also the full-width forms, which some locales take for the sign.
_DANGEROUS_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MAX_CELL = 32_767
_MAX_TITLE = 31
_FORBIDDEN_IN_TITLE = re.compile(r"[\[\]:*?/\\]")


class Column(msgspec.Struct, frozen=True):
    """`width` in characters. Money is given in fen and shown in yuan; `digits` is for decimals."""

    title: str
    width: float
    kind: Kind = "text"
    digits: int = 2


class Sheet(msgspec.Struct, frozen=True):
    """`heading` lines stand above the column titles, the first as the title; `closing` lines stand below the rows."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    totals: Sequence[Cell] | None = None
    heading: Sequence[str] = ()
    closing: Sequence[str] = ()


def write_workbook(sheets: Sequence[Sheet], *, created: datetime) -> bytes:
    """The same sheets and `created` give the same bytes. Raises TypeError for a value not of its column's kind."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
        styles = Styles(book)
        for title, sheet in zip(sheet_titles([sheet.title for sheet in sheets]), sheets, strict=True):
            _SheetWriting(book.add_worksheet(title), sheet, styles).write()
    return buffer.getvalue()


def safe_text(text: str) -> str:
    """Without control characters, and never the start of a formula when the list is saved as CSV and opened again."""
    clean = _CONTROL.sub("", text.replace("\r\n", "\n"))
    guarded = f"'{clean}" if text.startswith(_DANGEROUS_START) or clean.startswith(_DANGEROUS_START) else clean
    return guarded[:_MAX_CELL]


def sheet_titles(wanted: Sequence[str]) -> list[str]:
    """Titles that Excel takes: 31 characters, none of []:*?/\\, no quote at the ends, each once whatever its case."""
    titles: list[str] = []
    for number, text in enumerate(wanted, start=1):
        title = _FORBIDDEN_IN_TITLE.sub("-", _CONTROL.sub("", text)).strip("' ")[:_MAX_TITLE].strip("' ") or str(number)
        if title.casefold() in {taken.casefold() for taken in titles}:
            title = f"{title[: _MAX_TITLE - 5]}({number})"
        titles.append(title)
    return titles


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Any] = {}
        self.title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        self.line = book.add_format({"valign": "vcenter"})
        self.header = book.add_format(
            {
                "bold": True,
                "border": 1,
                "align": "center",
                "valign": "vcenter",
                "text_wrap": True,
                "bg_color": "#E8EDF2",
            }
        )

    def cell(self, column: Column, *, bold: bool = False, as_text: bool = False) -> Any:
        pattern = "@" if as_text else _pattern(column)
        key = (pattern, bold)
        if key not in self._made:
            shape = {"num_format": pattern, "bold": bold, "border": 1, "valign": "vcenter", "text_wrap": pattern == "@"}
            self._made[key] = self._book.add_format(shape)
        return self._made[key]


class _SheetWriting:
    def __init__(self, page: Any, sheet: Sheet, styles: Styles) -> None:
        self.page = page
        self.sheet = sheet
        self.styles = styles
        self.last_column = len(sheet.columns) - 1

    def write(self) -> None:
        header = self._heading()
        for column, wanted in enumerate(self.sheet.columns):
            self.page.set_column(column, column, wanted.width)
            self.page.write_string(header, column, safe_text(wanted.title), self.styles.header)
        row = header + 1
        for cells in self.sheet.rows:
            self._row(row, cells)
            row += 1
        if self.sheet.totals is not None:
            self._row(row, self.sheet.totals, bold=True)
            row += 1
        for line in self.sheet.closing:
            self.page.write_string(row, 0, safe_text(line), self.styles.line)
            row += 1
        self._paper(header, row)

    def _heading(self) -> int:
        for row, line in enumerate(self.sheet.heading):
            if row == 0 and self.last_column > 0:
                self.page.merge_range(0, 0, 0, self.last_column, "", self.styles.title)
            self.page.write_string(row, 0, safe_text(line), self.styles.line if row else self.styles.title)
        if self.sheet.heading:
            self.page.set_row(0, 30)
        return len(self.sheet.heading)

    def _row(self, row: int, cells: Sequence[Cell], *, bold: bool = False) -> None:
        for column, (wanted, value) in enumerate(zip(self.sheet.columns, cells, strict=True)):
            as_text = isinstance(value, str) or wanted.kind == "text"
            style = self.styles.cell(wanted, bold=bold, as_text=as_text)
            if value is None or value == "":
                self.page.write_blank(row, column, None, style)
            elif as_text:
                self.page.write_string(row, column, safe_text(str(value)), style)
            elif wanted.kind == "date":
                self.page.write_datetime(row, column, _day(value), style)
            else:
                self.page.write_number(row, column, _number(value, wanted.kind), style)

    def _paper(self, header: int, rows: int) -> None:
        self.page.freeze_panes(header + 1, 0)
        self.page.repeat_rows(header)
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.page.fit_to_pages(1, 0)
        self.page.set_footer("&C&P / &N")
        if self.last_column >= 0:
            self.page.ignore_errors({"number_stored_as_text": xl_range(0, 0, rows, self.last_column)})


def _pattern(column: Column) -> str:
    match column.kind:
        case "money":
            return "#,##0.00"
        case "integer":
            return "0"
        case "date":
            return "yyyy-mm-dd"
        case "decimal":
            return f"0.{'0' * column.digits}" if column.digits else "0"
        case "text":
            return "@"


def _day(value: Cell) -> date:
    if not isinstance(value, date):
        raise TypeError(f"a date column takes no {type(value).__name__}")
    return value


def _number(value: Cell, kind: Kind) -> Decimal:
    takes = Decimal | int if kind == "decimal" else int
    if not isinstance(value, takes) or isinstance(value, bool):
        raise TypeError(f"a column of {kind} takes no {type(value).__name__}")
    return Decimal(value) / 100 if kind == "money" else Decimal(value)
