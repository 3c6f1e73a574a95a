"""What stands above the aspects of a CIS workbook: the title, the sections of the standard (WSOS), the criteria."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from competition.marking.cis_cells import Grid, Notes, number_of, squeezed
from competition.marking.scheme_drafts import CriterionDraft, SectionDraft
from competition.problems import N_

LONGEST_TITLE, LONGEST_NAME, LONGEST_CODE = 200, 200, 10  # as the tables hold them

# What a heading begins with, spaces, width and case aside.
SECTION, CODE, NAME = ("section", "部分"), ("id", "编号", "代码"), ("name", "名称")
WEIGHT = ("wsosmarks", "wsssmarks", "wsessmarks", "importance", "wsos分值", "比例")
OWN_MARK, MARK = ("aspectmarks", "评分项分值"), ("mark", "分值", "分数")
CAPTIONS = ("worldskills", "criteria", "职业标准", "评分标准大项", "大项")


class Printed(NamedTuple):
    """A sum the workbook prints, and where: of a "section", a "criterion", its "block", or the "whole"."""

    of: str
    code: str
    row: int
    column: int
    mark: Decimal


class Tables:
    """Read by `read_tables`. Each section and criterion comes with its row."""

    def __init__(self, notes: Notes, before: int) -> None:
        self.notes, self.grid, self.before = notes, notes.grid, before
        self.title = ""
        self.sections: list[tuple[int, SectionDraft]] = []
        self.criteria: list[tuple[int, CriterionDraft]] = []
        self.printed: list[Printed] = []
        self.sections_at = self.criteria_at = (0, 1)  # row of the headings, column of the marks; row 0 without a table

    def _heading(self, *wanted: Sequence[str], whole: bool = False) -> int:
        """The first row that has all of these headings, 0 without one."""
        return next(
            (row for row in self._rows(0) if all(_column(self.grid, row, each, whole=whole) for each in wanted)), 0
        )

    def _rows(self, after: int) -> Iterator[int]:
        return (row for row in self.grid if after < row < self.before)

    def _listed(self, heading: int, code: int, read: Callable[[int, int], str]) -> Iterator[tuple[int, str]]:
        """Rows under a heading as far as they have a code; one that is used twice is said and left out."""
        seen = set()
        for row in self._rows(heading):
            text = read(row, code)
            if not text:
                return
            if text in seen:
                self.notes.say(row, code, N_("代码 {code} 重复"), code=text)
                continue
            seen.add(text)
            yield row, text

    def _name(self, row: int, column: int, code: str) -> str:
        name = self.notes.text(row, column, LONGEST_NAME)
        if not name:
            self.notes.say(row, column, N_("{code} 没有名称"), code=code[:LONGEST_CODE])
        return name or code

    def read_sections(self) -> None:
        heading = self._heading(SECTION, WEIGHT)
        if not heading:
            self.notes.say(1, 1, N_("没有职业标准（WSOS）表"), warn=True)
            return
        code = _column(self.grid, heading, SECTION)
        # The CIS heads the names with "WSOS Marks" too: the marks are the last column called so.
        weight = _column(self.grid, heading, WEIGHT, last=True)
        own = _column(self.grid, heading, OWN_MARK)
        name = _column(self.grid, heading, NAME) or code + 1
        self.sections_at = heading, weight
        for row, section in self._listed(heading, code, lambda row, at: self.notes.text(row, at, LONGEST_CODE)):
            percent = self.notes.number(row, weight, N_("职业标准比例")) or Decimal(0)
            self.sections.append((row, SectionDraft(section, self._name(row, name, section), percent)))
            self._print("section", section, row, own)

    def read_criteria(self) -> None:
        heading = self._heading(CODE, NAME, MARK, whole=True)
        if not heading:
            self.notes.say(self.before, 1, N_("没有大项表；大项以字母为名称"), warn=True)
            return
        code = _column(self.grid, heading, CODE, whole=True)
        name = _column(self.grid, heading, NAME, whole=True)
        mark = _column(self.grid, heading, MARK, whole=True)
        self.criteria_at = heading, mark
        for row, criterion in self._listed(heading, code, self.grid.code):
            self.criteria.append((row, CriterionDraft(criterion, self._name(row, name, criterion))))
            if self.notes.number(row, mark, N_("大项分值"), warn=True) is not None:
                self._print("criterion", criterion, row, mark)

    def _print(self, of: str, code: str, row: int, column: int) -> None:
        found = number_of(self.grid.raw(row, column)) if column else None
        if found and found.exact is not None:
            self.printed.append(Printed(of, code, row, column, found.exact))

    def read_title(self) -> None:
        """The first text of the first column, unless that already belongs to a table."""
        first = min(row for row in (self.sections_at[0], self.criteria_at[0], self.before) if row)
        row = next((row for row in self.grid if row < first and self.grid.text(row, 1)), 0)
        if row and not squeezed(self.grid.text(row, 1)).startswith(CAPTIONS):
            self.title = self.notes.text(row, 1, LONGEST_TITLE)


def _column(grid: Grid, row: int, wanted: Sequence[str], *, last: bool = False, whole: bool = False) -> int:
    """The column whose heading begins with, or as a `whole` is, one of these; 0 for none."""
    found = [
        column
        for column, cell in enumerate(grid.rows[row], start=1)
        if isinstance(cell, str) and _is(squeezed(cell), wanted, whole=whole)
    ]
    return (found[-1] if last else found[0]) if found else 0


def _is(heading: str, wanted: Sequence[str], *, whole: bool) -> bool:
    return heading in wanted if whole else heading.startswith(tuple(wanted))


def read_tables(notes: Notes, before: int) -> Tables:
    """`before`: the row of the first aspects' headings."""
    tables = Tables(notes, before)
    tables.read_sections()
    tables.read_criteria()
    tables.read_title()
    return tables
