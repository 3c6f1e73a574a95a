"""Marks as a plain CSV file: one row for each mark, or one for each aspect with a column for each judge."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

import msgspec

from competition.exact import parse_decimal, plain, to_units
from competition.marking.rules.calculation import measured_problem
from competition.marking.rules.scheme import Aspect, Part, Scheme, marked_aspects
from competition.marking.rules.scoring import Row
from competition.problems import N_, Problem, Refused

HEADINGS = {
    "contestant": ("contestant", "number", "选手", "编号", "参赛号", "作品号"),
    "part": ("part", "部分", "评分部分", "模块"),
    "aspect": ("aspect", "评分项", "项目"),
    "judge": ("judge", "裁判", "席位"),
    "mark": ("mark", "分值", "评分"),
    "given": ("given", "给定值"),
}
GIVEN = "given"
ABSENT = ("absent", "withdrawn", "disqualified")
ABSENT_WORDS = {"缺席": "absent", "退赛": "withdrawn", "取消资格": "disqualified"} | {word: word for word in ABSENT}
PRESENT_WORDS = ("", "present", "checked_in", "到场", "已检录")


class Slot(NamedTuple):
    part: Part
    aspect: Aspect


class FileProblem(NamedTuple):
    """At which line and column of the file."""

    line: int
    column: str
    problem: Problem


class WrongFile(Refused):
    """Everything that is wrong with a file of marks or contestants, by line and column."""

    def __init__(self, found: Iterable[FileProblem]) -> None:
        self.found = tuple(sorted(found, key=lambda each: (each.line, each.column)))
        super().__init__(*(each.problem for each in self.found))


class Contestant(msgspec.Struct, frozen=True):
    """From the optional file of contestants; `attendance` "" when present."""

    attendance: str = ""
    delegation: str = ""


def decoded(content: bytes) -> str:
    """UTF-8, with or without a mark, or what Excel writes in China. Raises Refused."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(Problem(N_("文件须为 UTF-8 或 GB18030 编码的文本")))


def _table(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """(headings, rows with their line numbers). Separated by comma, semicolon or tab, as the first line has it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        headings = [cell.strip() for cell in next(reader, [])]
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        problem = Problem(N_("不是有效的 CSV：{detail}"), params={"detail": str(error)})
        raise WrongFile([FileProblem(reader.line_num, "", problem)]) from error
    if problems := [*_heading_problems(headings), *_loose_cells(headings, rows)]:
        raise WrongFile(problems)
    return headings, rows


def _heading_problems(headings: list[str]) -> Iterator[FileProblem]:
    known = {word: name for name, words in HEADINGS.items() for word in words}
    times = Counter(known.get(heading.lower(), heading) for heading in headings if heading)
    for name, count in times.items():
        if count > 1:
            yield FileProblem(1, name, Problem(N_("{count} 列的表头相同"), params={"count": count}))


def _loose_cells(headings: list[str], rows: list[tuple[int, list[str]]]) -> Iterator[FileProblem]:
    """A cell under no heading: most often a decimal comma that was taken for the end of the cell before."""
    for line, row in rows:
        loose = [cell for place, cell in enumerate(row) if not (place < len(headings) and headings[place])]
        if any(cell.strip() for cell in loose):
            yield FileProblem(line, "", Problem(N_("有分值在没有表头的列；小数点用“.”")))


def _columns(headings: list[str]) -> dict[str, int]:
    """Our name of a column -> its place; columns we do not know are judges."""
    known = {word: name for name, words in HEADINGS.items() for word in words}
    return {known[heading.lower()]: place for place, heading in enumerate(headings) if heading.lower() in known}


def read_marks(text: str, scheme: Scheme, contestants: Mapping[str, Contestant] | None = None) -> list[Row]:
    """Every mark, blank ones too. Raises WrongFile with everything that is wrong at once."""
    headings, rows = _table(text)
    columns = _columns(headings)
    if missing := {"contestant", "aspect"} - set(columns):
        text_ = N_("第 1 行缺少列：{columns}")
        raise WrongFile([FileProblem(1, "", Problem(text_, params={"columns": sorted(missing)}))])
    judges = [place for place, heading in enumerate(headings) if heading and place not in columns.values()]
    if "mark" in columns:
        if judges and "judge" not in columns:
            text_ = N_("有 {mark} 列时每行一个分值，不认识的列：{columns}")
            params = {"mark": headings[columns["mark"]], "columns": [headings[place] for place in judges]}
            raise WrongFile([FileProblem(1, "", Problem(text_, params=params))])
        judges = [columns["mark"]]
    elif GIVEN in columns:
        judges.append(columns[GIVEN])
    return _Reader(scheme, contestants, headings, columns, judges).read(rows)


class _Reader:
    """Reads the rows of one file; problems pile up until the end."""

    def __init__(
        self,
        scheme: Scheme,
        contestants: Mapping[str, Contestant] | None,
        headings: list[str],
        columns: dict[str, int],
        judges: list[int],
    ) -> None:
        self.contestants, self.headings, self.columns, self.judges = contestants, headings, columns, judges
        self.slots: dict[str, list[Slot]] = {}
        for part in scheme.parts:
            for aspect in marked_aspects(part):
                for code in {aspect.code, f"{part.code}/{aspect.code}"}:
                    self.slots.setdefault(code, []).append(Slot(part, aspect))
        self.long = "mark" in columns
        self.problems: list[FileProblem] = []
        self.seen: dict[tuple[str, str, str, str], int] = {}
        self.last: dict[tuple[Slot, str], int] = {}
        self.known: dict[tuple[str, str, str], int | None] = {}
        self.marks: dict[Slot, dict[str, dict[str | int, int | None]]] = {}
        self.used: dict[str, dict[str | int, None]] = {}  # columns or judges by part, in order

    def read(self, rows: list[tuple[int, list[str]]]) -> list[Row]:
        for line, cells in rows:
            self._row(line, [cell.strip() for cell in cells])
        self._too_many()
        if self.problems:
            raise WrongFile(self.problems)
        return list(self._rows())

    def _too_many(self) -> None:
        """More marks than the part has judges: a column that is none of them, or a judge written in two ways."""
        for slot, by_contestant in self.marks.items():
            judges = slot.aspect.judges or slot.part.judges
            for contestant, marks in by_contestant.items() if judges and slot.aspect.method != "given" else ():
                entered = sum(value is not None for value in marks.values())
                if entered > judges:
                    self._wrong(
                        self.last[slot, contestant], "aspect", N_("{entered} 个分值，多于 {judges} 名裁判"),
                        entered=entered, judges=judges,
                    )  # fmt: skip

    def _rows(self) -> Iterator[Row]:
        """With the blanks: of the columns that mark the part, or of the judges that others had for the aspect."""
        own = self._own_judges()
        most = dict.fromkeys(self.marks, 0)
        for slot, by_contestant in self.marks.items():
            most[slot] = max(len(marks) for marks in by_contestant.values())
        for slot, by_contestant in self.marks.items():
            part = slot.part.code
            for contestant, marks in by_contestant.items():
                values = [marks.get(place) for place in self.used.get(part, {})] if not self.long else [*marks.values()]
                entered = [value for value in values if value is not None]
                judges = slot.aspect.judges or slot.part.judges
                wanted = 1 if slot.aspect.method == "given" else judges or (most[slot] if self.long else 0)
                if slot.part.combined_by == "judge":
                    whole = own[part, contestant]
                    if self.long or (judges and len(whole) >= judges):  # else a blank in a used column is missing
                        values = [marks.get(judge) for judge in whole]
                elif slot.aspect.method == "given" or (wanted and len(entered) >= wanted):
                    values = [*entered]
                blanks = [None] * max((wanted or 1) - len(values), 0)
                for value in (*values, *blanks):
                    yield Row(contestant, part, slot.aspect.code, value)

    def _own_judges(self) -> dict[tuple[str, str], dict[str | int, None]]:
        """Who marked anything in a part of one contestant, in one order for all its aspects."""
        found: dict[tuple[str, str], dict[str | int, None]] = {}
        for slot, by_contestant in self.marks.items():
            for contestant, marks in by_contestant.items():
                judges = found.setdefault((slot.part.code, contestant), {})
                judges.update((judge, None) for judge, value in marks.items() if value is not None)
        return found

    def _cell(self, cells: list[str], place: int | None) -> str:
        return cells[place] if place is not None and place < len(cells) else ""

    def _row(self, line: int, cells: list[str]) -> None:
        contestant = self._cell(cells, self.columns["contestant"])
        slot = self._slot(line, cells)
        if not contestant:
            self._wrong(line, "contestant", N_("选手不能为空"))
        if not contestant or slot is None or not self._may_be_marked(line, contestant):
            return
        judge = self._cell(cells, self.columns.get("judge"))
        if not self._first_time(line, contestant, slot, judge):
            return
        marks = self.marks.setdefault(slot, {}).setdefault(contestant, {})
        self.last[slot, contestant] = line
        for place in self.judges:
            text = self._cell(cells, place)
            key = judge if self.long else place
            if text:
                self.used.setdefault(slot.part.code, {})[key] = None
            marks[key] = self._value(line, self.headings[place], text, slot)
        if slot.aspect.method == "given" and sum(value is not None for value in marks.values()) > 1:
            self._wrong(line, "aspect", N_("给定值只有一个"))

    def _slot(self, line: int, cells: list[str]) -> Slot | None:
        code, part = self._cell(cells, self.columns["aspect"]), self._cell(cells, self.columns.get("part"))
        found = [slot for slot in self.slots.get(code, ()) if not part or slot.part.code == part]
        if len(found) == 1:
            return found[0]
        text = (
            N_("评分项 {code} 在几个部分中都有，须在 part 列写明部分") if found else N_("评分标准中没有评分项 {code}")
        )
        self._wrong(line, "aspect", text, code=f"{part}/{code}" if part else code)
        return None

    def _may_be_marked(self, line: int, contestant: str) -> bool:
        if self.contestants is None:
            return True
        known = self.contestants.get(contestant)
        if known is None:
            self._wrong(line, "contestant", N_("选手 {contestant} 不在选手名单中"), contestant=contestant)
        elif known.attendance:
            self._wrong(line, "contestant", N_("选手 {contestant} 未参赛，不能有分值"), contestant=contestant)
        return known is not None and not known.attendance

    def _first_time(self, line: int, contestant: str, slot: Slot, judge: str) -> bool:
        key = (contestant, slot.part.code, slot.aspect.code, judge)
        if key not in self.seen:
            self.seen[key] = line
            return True
        self._wrong(line, "aspect", N_("与第 {first} 行是同一项"), first=self.seen[key])
        return False

    def _value(self, line: int, column: str, text: str, slot: Slot) -> int | None:
        if not text:
            return None
        key = (slot.part.code, slot.aspect.code, text)
        if key not in self.known:
            problem = mark_problem(slot.aspect, text)
            if problem is not None:
                self.problems.append(FileProblem(line, column, problem))
                return None
            self.known[key] = to_units(parse_decimal(text))
        return self.known[key]

    def _wrong(self, line: int, column: str, text: str, **params: object) -> None:
        place = self.columns.get(column)
        name = column if place is None else self.headings[place]
        self.problems.append(FileProblem(line, name, Problem(text, params=params)))


def mark_problem(aspect: Aspect, text: str) -> Problem | None:
    """Why this cannot be a mark for the aspect; None when it can."""
    try:
        mark = parse_decimal(text)
    except ValueError:
        return Problem(N_("“{text}”不是分值；小数点用“.”，最多 4 位小数"), params={"text": text[:20]})
    if aspect.calculation is not None:
        return measured_problem(aspect.calculation, mark)
    limits = {"low": plain(aspect.minimum), "high": plain(aspect.highest), "text": text}
    if not aspect.minimum <= mark <= aspect.highest:
        return Problem(N_("{text} 不在 {low}–{high} 之内"), params=limits)
    if (mark - aspect.minimum) % aspect.entry_step:
        return Problem(N_("{text} 不合步长 {step}"), params={"text": text, "step": plain(aspect.entry_step)})
    return None


def read_contestants(text: str) -> dict[str, Contestant]:
    """The optional list of contestants: `contestant`, `attendance`, `delegation`. Raises WrongFile."""
    headings, rows = _table(text)
    words = {"选手": "contestant", "编号": "contestant", "到场": "attendance", "代表队": "delegation"}
    places = {words.get(heading, heading.lower()): place for place, heading in enumerate(headings)}
    if "contestant" not in places:
        raise WrongFile(
            [FileProblem(1, "", Problem(N_("第 1 行缺少列：{columns}"), params={"columns": ["contestant"]}))]
        )
    found: dict[str, Contestant] = {}
    problems = []
    for line, row in rows:
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        attendance = cells.get("attendance", "")
        if attendance not in ABSENT_WORDS and attendance not in PRESENT_WORDS:
            text_ = N_("“{text}”不是到场情况；可填 present、absent、withdrawn、disqualified")
            problems.append(FileProblem(line, "attendance", Problem(text_, params={"text": attendance})))
        if cells["contestant"] in found:
            params = {"contestant": cells["contestant"]}
            problems.append(FileProblem(line, "contestant", Problem(N_("选手 {contestant} 重复"), params=params)))
        found[cells["contestant"]] = Contestant(ABSENT_WORDS.get(attendance, ""), cells.get("delegation", ""))
    if problems:
        raise WrongFile(problems)
    return found


def shown_mark(units: int | None) -> str:
    return "" if units is None else plain(Decimal(units) / 10_000)
