"""The aspects of a CIS workbook: under each criterion's headings its sub-criteria, aspects and judgement texts."""

import re
from decimal import Decimal

import msgspec

from competition.documents.sheet_headings import column_letter
from competition.exact import plain
from competition.marking.cis_calculations import read_calculation, read_step
from competition.marking.cis_cells import TITLES, CellProblem, Grid, Notes, columns_of, number_of, squeezed
from competition.marking.cis_tables import LONGEST_CODE, LONGEST_NAME, Printed
from competition.marking.kinds import Method
from competition.marking.rules.calculation import Calculation
from competition.problems import N_, Problem

LONGEST_DESCRIPTION = 400  # as the tables hold it
NEEDED = tuple(TITLES)
SUB = re.compile(r"([A-Z])(\d{1,2})", re.ASCII)
_DAY = re.compile(r"(?:DAY|C|第)?(\d{1,2})[天日]?", re.ASCII)
_SCORES = ("0", "1", "2", "3")
_METHODS = {
    "M": Method.MEASUREMENT, "MEAS": Method.MEASUREMENT, "MEASUREMENT": Method.MEASUREMENT, "测量": Method.MEASUREMENT,
    "J": Method.JUDGEMENT, "JUDG": Method.JUDGEMENT, "JUDGEMENT": Method.JUDGEMENT, "JUDGMENT": Method.JUDGEMENT,
    "评判": Method.JUDGEMENT,
}  # fmt: skip
_WHOLE = ("competition", "竞赛")
_SUMS = ("criterion", "total")  # columns of what is printed beside a row of headings


class AspectFound(msgspec.Struct):
    """An aspect with the row it starts in; None for a type or a maximum that could not be read. `texts`: those of a
    judgement by score, each with its row."""

    row: int
    method: Method | None
    title: str
    maximum: Decimal | None
    extra: str
    requirement: str
    section: str
    calculation: Calculation | None = None
    step: Decimal | None = None
    texts: dict[str, tuple[int, str]] = {}


class SubFound(msgspec.Struct):
    row: int
    code: str
    name: str
    day: int
    criterion: str
    heading: int  # row of the headings it stands under
    columns: dict[str, int]
    aspects: list[AspectFound] = []


class Aspects:
    """All blocks of the sheet, read by `read_block`."""

    def __init__(self, notes: Notes, lines: Grid | None) -> None:
        self.notes, self.grid, self.lines = notes, notes.grid, lines
        self.subs: list[SubFound] = []
        self.printed: list[Printed] = []
        self.of_lines: list[CellProblem] = []  # problems in the sheet of calculations
        self._sub: SubFound | None = None
        self._columns: dict[str, int] = {}
        self._read: list[int] = []  # rows something was read from
        self._no_lines_said = False

    def read_block(self, start: int, end: int) -> None:
        """`start`: the row of headings; the rows down to `end`, which is not of it any more."""
        at = self._columns = columns_of(self.grid.rows[start])
        missing = [TITLES[name] for name in NEEDED if name not in at]
        if missing:
            self.notes.say(start, 1, N_("表头缺少列：{columns}"), columns=missing)
            return
        criterion = self._criterion(start)
        self._sub = None
        self.notes.say_unread(range(start + 1, end), [column for name, column in at.items() if name not in _SUMS])
        self._merged(start, end)
        for row in (row for row in self.grid if start < row < end):
            self._row(row, start, criterion)

    def say_hidden(self) -> None:
        """Runs of rows that were read although Excel does not show them."""
        hidden, runs = self.grid.hidden.rows, list[list[int]]()
        for row in (row for row in self._read if row in hidden):
            if runs and hidden.issuperset(range(runs[-1][-1], row)):
                runs[-1].append(row)
            else:
                runs.append([row])
        for run in runs:
            text = N_("第 {first}–{last} 行已隐藏，仍照常读取")
            self.notes.say(run[0], 1, text, warn=True, first=run[0], last=run[-1])

    def _criterion(self, start: int) -> str:
        """The letter in "Criterion A"; the mark printed beside it is compared later."""
        found = re.search(r"([A-Z])$", self.grid.code(start, self._columns.get("criterion")))
        code = found[1] if found else ""
        self._print("block", code, start, self._columns.get("total", 0) + 1)
        return code

    def _print(self, of: str, code: str, row: int, column: int) -> None:
        mark = number_of(self.grid.raw(row, column)).exact
        if mark is not None and column > 1:
            self.printed.append(Printed(of, code, row, column, mark))

    def _merged(self, start: int, end: int) -> None:
        for (top, left), (bottom, _right) in self.grid.merged:
            if start < top < end and bottom > top:
                self.notes.say(top, left, N_("单元格与第 {bottom} 行合并；只读第一格"), warn=True, bottom=bottom)

    def _row(self, row: int, heading: int, criterion: str) -> None:
        at, text = self._columns, self.grid.text
        if squeezed(text(row, at.get("criterion"))) in _WHOLE:
            self._print("whole", "", row, at.get("total", 0) + 1)
        known = [name for name in at if name not in _SUMS and text(row, at[name])]
        if not known:
            return
        self._read.append(row)
        if "sub" in known:
            self._sub_criterion(row, heading, criterion)
        if "type" in known:
            self._aspect(row)
        elif "score" in known:
            self._descriptor(row)
        elif "maximum" in known or "description" in known:
            self.notes.say(row, at["type"], N_("评分项没有类型；填 M 或 J"))
        elif "sub" not in known:
            self.notes.say(row, at[known[0]], N_("此行没有类型和评判分，未读取"), warn=True)

    def _sub_criterion(self, row: int, heading: int, criterion: str) -> None:
        at = self._columns
        code = self.grid.code(row, at["sub"])
        found = SUB.fullmatch(code)
        if found is None:
            text = N_("{code} 不是子项编号；应为一个字母和一两位数字，如 A1、D10")
            self.notes.say(row, at["sub"], text, code=code[:20])
        elif criterion and found[1] != criterion:
            self.notes.say(row, at["sub"], N_("{code} 不属于大项 {criterion}"), code=code, criterion=criterion)
        name = self.notes.text(row, at["name"], LONGEST_NAME)
        if not name:
            self.notes.say(row, at["name"], N_("{code} 没有名称"), code=code[:20])
        self._sub = next((each for each in self.subs if each.code == code), None)
        if self._sub is not None:
            self.notes.say(row, at["sub"], N_("子项 {code} 重复"), code=code)
            return
        letter = criterion or (found[1] if found else "")
        self._sub = SubFound(row, code[:LONGEST_CODE], name or code, self._day(row), letter, heading, at, [])
        self.subs.append(self._sub)

    def _day(self, row: int) -> int:
        column = self._columns.get("day", 0)
        text = self.grid.text(row, column)
        found = _DAY.fullmatch(squeezed(text).upper())
        if found is None:
            known = N_("{day} 不是评分日；按未定处理") if text else N_("没有评分日；按未定处理")
            self.notes.say(row, column or self._columns["sub"], known, warn=True, day=text[:20])
        return int(found[1]) if found else 0

    def _aspect(self, row: int) -> None:
        at, notes = self._columns, self.notes
        method = _METHODS.get(self.grid.code(row, at["type"]))
        if method is None:
            notes.say(row, at["type"], N_("类型应为 M（测量）或 J（评判）"))
        if self._sub is None:
            notes.say(row, at["sub"], N_("评分项前没有子项"))
            return
        title = notes.text(row, at["description"], LONGEST_DESCRIPTION)
        if not title:
            notes.say(row, at["description"], N_("评分项没有说明"))
        aspect = AspectFound(
            row, method, title, self._maximum(row), self.grid.text(row, at["extra"]),
            self.grid.text(row, at.get("requirement")), notes.text(row, at["section"], LONGEST_CODE), texts={},
        )  # fmt: skip
        self._calculation(aspect)
        self._sub.aspects.append(aspect)

    def _maximum(self, row: int) -> Decimal | None:
        column = self._columns["maximum"]
        maximum = self.notes.number(row, column, N_("满分"))
        if maximum is None:
            return None
        if maximum <= 0:
            self.notes.say(row, column, N_("满分须大于 0"))
            return None
        if maximum * 100 % 1:
            self.notes.say(row, column, N_("满分 {maximum} 超过两位小数"), warn=True, maximum=plain(maximum))
        return maximum

    def _calculation(self, aspect: AspectFound) -> None:
        """How a measurement becomes a mark, from the row of the other sheet that the aspect names."""
        column = self._columns.get("calculation", 0)
        text = self.grid.text(aspect.row, column)
        if not text:
            return
        line = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        written = self.lines.text(line, 1) if self.lines and line else ""
        if aspect.method == Method.JUDGEMENT:
            if written:
                self.notes.say(aspect.row, column, N_("评判项不设测量计算"))
        elif not written:
            self._no_line(aspect.row, column, text)
        else:
            self._use_line(aspect, line, written)

    def _no_line(self, row: int, column: int, line: str) -> None:
        """Some workbooks name row 1 at every aspect and have no calculations: once is enough to say so."""
        empty = self.lines is None or not self.lines.rows
        if not (empty and self._no_lines_said):
            self.notes.say(row, column, N_("计算表中没有第 {line} 行；按直接给分处理"), warn=True, line=line[:20])
        self._no_lines_said = empty

    def _use_line(self, aspect: AspectFound, line: int, written: str) -> None:
        assert self.lines is not None
        try:
            aspect.step = read_step(written)
            aspect.calculation = None if aspect.step else read_calculation(written)
        except ValueError:
            problem = Problem(N_("不认识的计算；按直接给分处理"))
            found = CellProblem(self.lines.name, line, column_letter(1), "warning", problem, written[:120])
            if found not in self.of_lines:
                self.of_lines.append(found)

    def _descriptor(self, row: int) -> None:
        at, say = self._columns, self.notes.say
        aspect = self._sub.aspects[-1] if self._sub and self._sub.aspects else None
        score, text = self.grid.text(row, at["score"]), self.grid.text(row, at["extra"])
        if aspect is None or aspect.method == Method.MEASUREMENT:
            if aspect is None or not aspect.texts:
                say(row, at["score"], N_("评判档不在评判项之下"))
            if aspect is not None:
                aspect.texts[score] = (row, text)
            return
        if score not in _SCORES:
            say(row, at["score"], N_("评判档应为 0、1、2、3"))
            return
        if score in aspect.texts:
            say(row, at["score"], N_("{score} 分的说明重复"), score=score)
            return
        if int(score) < max(map(int, aspect.texts), default=0):
            say(row, at["score"], N_("评判档没有按 0、1、2、3 排列"), warn=True)
        if not text:
            say(row, at["extra"], N_("缺 {score} 分的说明"), score=score)
        aspect.texts[score] = (row, text)
