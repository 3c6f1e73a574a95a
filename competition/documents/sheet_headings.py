"""Finding the heading row of a sheet, whatever stands above it and in whatever order its columns come."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import get_close_matches

import msgspec

from competition.documents.workbook_opening import OpenedSheet
from competition.problems import N_, Problem

SEARCHED_ROWS = 10
_NEAR = 0.5


class Heading(msgspec.Struct, frozen=True):
    """A column that is looked for. `titles` are the names it may carry: Chinese first, then English, then others."""

    key: str
    titles: tuple[str, ...]
    required: bool = True


class HeadingRow(msgspec.Struct, frozen=True):
    """`columns` gives each key's column number, `last_row` the last row that its merged cells cover."""

    row: int
    last_row: int
    columns: dict[str, int]
    repeated: dict[str, tuple[int, ...]]
    unknown: dict[int, str]

    def missing(self, expected: Sequence[Heading]) -> list[Heading]:
        return [heading for heading in expected if heading.required and heading.key not in self.columns]


def heading_row(sheet: OpenedSheet, expected: Sequence[Heading]) -> HeadingRow:
    """The row among the first ten that names most of the expected columns; the upper one of two equals."""
    keys = {_plain(title): heading.key for heading in expected for title in heading.titles}
    titles = _titles(sheet)
    found = [_matched(row, titles[row], keys) for row in sorted(titles)]
    best = max(found, key=lambda row: len(row.columns), default=HeadingRow(0, 0, {}, {}, {}))
    bottoms = [bottom for (top, left), (bottom, _) in sheet.merged if top <= best.row <= bottom]
    return msgspec.structs.replace(best, last_row=max([best.row, *bottoms]))


def heading_problems(found: HeadingRow, expected: Sequence[Heading], sheet: str) -> list[Problem]:
    """Missing columns, each with the nearest title that was found, and columns that come twice."""
    problems = [_missing_problem(heading, found) for heading in found.missing(expected)]
    if problems:
        titles = list(found.unknown.values())
        params = {"sheet": sheet, "row": found.row, "titles": titles}
        if not found.columns:
            problems = [Problem(N_("工作表“{sheet}”前 10 行内没有表头"), "file", params), *problems]
        elif titles:
            problems.append(Problem(N_("工作表“{sheet}”第 {row} 行另有列：{titles}"), "file", params))
    names = {heading.key: heading.titles[0] for heading in expected}
    for key, numbers in found.repeated.items():
        params = {"title": names[key], "columns": [column_letter(number) for number in numbers]}
        problems.append(Problem(N_("列“{title}”不止一处：{columns}；只留一列"), "file", params))
    return problems


def unknown_columns(found: HeadingRow) -> list[Problem]:
    return [
        Problem(N_("{column} 列“{title}”不在模板中，未读取"), "file", {"column": column_letter(number), "title": title})
        for number, title in found.unknown.items()
    ]


def column_letter(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _titles(sheet: OpenedSheet) -> dict[int, dict[int, str]]:
    """Texts of the first rows by row and column; a title merged downwards stands in each row it covers."""
    titles: dict[int, dict[int, str]] = {}
    for number, cells in sheet.rows:
        if number <= SEARCHED_ROWS:
            texts = {column: cell.strip() for column, cell in enumerate(cells, 1) if isinstance(cell, str)}
            titles[number] = {column: text for column, text in texts.items() if text}
    for (top, left), (bottom, _) in sheet.merged:
        text = titles.get(top, {}).get(left)
        for row in range(top + 1, min(bottom, SEARCHED_ROWS) + 1) if text else ():
            titles.setdefault(row, {})[left] = text or ""
    return titles


def _matched(row: int, titles: dict[int, str], keys: dict[str, str]) -> HeadingRow:
    places: dict[str, list[int]] = {}
    unknown: dict[int, str] = {}
    for column, title in sorted(titles.items()):
        key = keys.get(_plain(title)) or keys.get(_plain(_without_remark(title)))
        if key:
            places.setdefault(key, []).append(column)
        else:
            unknown[column] = " ".join(title.split())[:40]
    columns = {key: numbers[0] for key, numbers in places.items()}
    repeated = {key: tuple(numbers) for key, numbers in places.items() if len(numbers) > 1}
    return HeadingRow(row, row, columns, repeated, unknown)


def _missing_problem(heading: Heading, found: HeadingRow) -> Problem:
    by_plain = {_plain(title): title for title in found.unknown.values()}
    near = [match for title in heading.titles for match in get_close_matches(_plain(title), by_plain, 1, _NEAR)]
    if near:
        params = {"title": heading.titles[0], "found": by_plain[near[0]]}
        return Problem(N_("缺少列“{title}”；表中“{found}”与之相近，如是此列则改列名"), "file", params)
    return Problem(N_("缺少列“{title}”"), "file", {"title": heading.titles[0]})


def _plain(title: str) -> str:
    """What is compared: half-width, lower case, without spaces, colons and the star of a required column."""
    return re.sub(r"[\s*:]", "", unicodedata.normalize("NFKC", title)).casefold()


def _without_remark(title: str) -> str:
    return re.sub(r"[(（][^()（）]*[)）]\s*$", "", title.strip().rstrip("*＊"))
