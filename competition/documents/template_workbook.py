"""The workbook a unit fills in and sends back: text columns, drop-down lists, an example beside it."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import xlsxwriter
from xlsxwriter.utility import xl_range, xl_range_abs

from competition.documents.sheet_headings import Heading
from competition.documents.workbook_reading import MAX_ROWS
from competition.documents.workbook_writing import OPTIONS, safe_text, sheet_titles

_CREATED = datetime(2025, 1, 1, tzinfo=UTC)
_MIN_WIDTH = 10


class TemplateTexts(msgspec.Struct, frozen=True):
    """What the template says besides its headings, in the reader's language. `language` chooses the heading's title."""

    sheet: str = "报名信息"
    example: str = "填写示例"
    choices: str = "选项"
    notes: tuple[str, ...] = ()
    choose: str = "从列表中选择"
    language: str = "zh-CN"


def entry_template(
    headings: Sequence[Heading],
    example_rows: Sequence[Mapping[str, str]],
    choices: Mapping[str, Sequence[str]],
    *,
    texts: TemplateTexts | None = None,
) -> bytes:
    """Every column holds text, so that ID numbers keep all digits. Examples stand on a sheet of their own,
    so that they are never read as entries. `read_table` reads the result back with the same headings.
    """
    return _Template(headings, example_rows, choices, texts or TemplateTexts()).bytes()


class _Template:
    def __init__(
        self,
        headings: Sequence[Heading],
        example_rows: Sequence[Mapping[str, str]],
        choices: Mapping[str, Sequence[str]],
        texts: TemplateTexts,
    ) -> None:
        self.headings = headings
        self.example_rows = example_rows
        self.choices = {key: options for key, options in choices.items() if options}
        self.texts = texts

    def bytes(self) -> bytes:
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, OPTIONS) as book:
            book.set_properties({"created": _CREATED.replace(tzinfo=None)})
            self._formats(book)
            names = sheet_titles([self.texts.sheet, self.texts.example, self.texts.choices])
            pages = [book.add_worksheet(name) for name in names]
            first = self._headed(pages[0])
            self._examples(pages[1], self._headed(pages[1]))
            self._lists(pages[2], names[2], pages[0], first)
        return buffer.getvalue()

    def _formats(self, book: Any) -> None:
        head = {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        self.text = book.add_format({"num_format": "@"})
        self.optional = book.add_format({**head, "bg_color": "#E8EDF2"})
        self.required = book.add_format({**head, "bg_color": "#F6E3D5"})
        self.note = book.add_format({"text_wrap": True, "valign": "top"})

    def _headed(self, page: Any) -> int:
        """Writes notes and headings; returns the first row, from 0, to be filled."""
        row = 0
        if self.texts.notes:
            page.merge_range(0, 0, 0, max(len(self.headings) - 1, 1), "", self.note)
            page.write_string(0, 0, safe_text("\n".join(self.texts.notes)), self.note)
            page.set_row(0, 16 * len(self.texts.notes) + 4)
            row = 1
        for column, heading in enumerate(self.headings):
            title = self._title(heading)
            style = self.required if heading.required else self.optional
            page.set_column(column, column, max(_MIN_WIDTH, 2 * len(title) + 4, self._widest(heading)), self.text)
            page.write_string(row, column, safe_text(title) + ("*" if heading.required else ""), style)
        page.freeze_panes(row + 1, 0)
        page.ignore_errors({"number_stored_as_text": xl_range(row, 0, row + MAX_ROWS, len(self.headings) - 1)})
        return row + 1

    def _title(self, heading: Heading) -> str:
        english = self.texts.language.startswith("en") and len(heading.titles) > 1
        return heading.titles[1 if english else 0]

    def _widest(self, heading: Heading) -> int:
        return max((_width(row.get(heading.key, "")) + 2 for row in self.example_rows), default=0)

    def _examples(self, page: Any, first: int) -> None:
        for row, example in enumerate(self.example_rows, start=first):
            for column, heading in enumerate(self.headings):
                page.write_string(row, column, safe_text(example.get(heading.key, "")), self.text)

    def _lists(self, page: Any, name: str, target: Any, first: int) -> None:
        """Lists stand on a hidden sheet: written into the rule itself they may have only 255 characters."""
        page.hide()
        quoted = "'" + name.replace("'", "''") + "'"
        columns = {heading.key: column for column, heading in enumerate(self.headings)}
        for place, (key, options) in enumerate(self.choices.items()):
            for row, option in enumerate(options):
                page.write_string(row, place, safe_text(option), self.text)
            source = f"={quoted}!{xl_range_abs(0, place, len(options) - 1, place)}"
            rule = {"validate": "list", "source": source, "error_message": self.texts.choose}
            target.data_validation(first, columns[key], first + MAX_ROWS - 1, columns[key], rule)


def _width(text: str) -> int:
    """Columns taken on screen: a Chinese character takes two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
