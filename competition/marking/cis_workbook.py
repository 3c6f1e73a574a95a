"""Reading the WorldSkills CIS marking-scheme workbook into a scheme, with everything that is wrong at its cell."""

import re
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

import msgspec

from competition.documents.file_kind import require_workbook
from competition.documents.workbook_opening import open_workbook
from competition.exact import plain
from competition.marking.cis_calculations import read_calculation
from competition.marking.cis_cells import (
    NO_NUMBER,
    ROUNDED,
    CellProblem,
    Grid,
    columns_of,
    letter,
    number_of,
    shown,
    squeezed,
)
from competition.marking.cis_writing import CALCULATIONS, write_cis
from competition.marking.kinds import Method, PartSource
from competition.marking.rules.calculation import Calculation
from competition.marking.scheme_drafts import (
    DESCRIPTORS,
    AspectDraft,
    CriterionDraft,
    PartDraft,
    SchemeDraft,
    SectionDraft,
    scheme_problems,
    section_marks,
)
from competition.problems import N_, Problem

__all__ = ["CellProblem", "CisReading", "read_cis", "write_cis"]

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
NEEDED = ("sub", "name", "type", "description", "score", "extra", "section", "maximum")
SECTIONS, WEIGHTS = ("section", "部分"), ("wsosmarks", "wsssmarks", "importance", "比例")
OWN_MARKS, MARKS = ("aspectmarks", "评分项分值"), ("mark", "分值")
_SUB = re.compile(r"([A-Z])(\d{1,2})", re.ASCII)
_DAY = re.compile(r"\D{0,6}(\d{1,2})", re.ASCII)
_METHODS = {
    "m": Method.MEASUREMENT, "meas": Method.MEASUREMENT, "measurement": Method.MEASUREMENT, "测量": Method.MEASUREMENT,
    "j": Method.JUDGEMENT, "judg": Method.JUDGEMENT, "judgement": Method.JUDGEMENT, "judgment": Method.JUDGEMENT,
    "评判": Method.JUDGEMENT,
}  # fmt: skip
_LETTERS = {Method.MEASUREMENT: "M", Method.JUDGEMENT: "J"}


class CisReading(msgspec.Struct, frozen=True):
    """`draft` is None where there is any error; problems are in the order of sheet, row and column."""

    draft: SchemeDraft | None
    problems: tuple[CellProblem, ...]

    @property
    def errors(self) -> list[CellProblem]:
        return [each for each in self.problems if each.severity == "error"]


class _Aspect(msgspec.Struct):
    """An aspect as it is read, with the rows it stands in."""

    row: int
    method: Method
    title: str
    maximum: Decimal
    extra: str
    requirement: str
    section: str
    calculation: Calculation | None
    texts: dict[int, tuple[int, str]] = {}


class _Sub(msgspec.Struct):
    row: int
    code: str
    name: str
    day: int
    criterion: str
    aspects: list[_Aspect] = []


def read_cis(content: bytes, filename: str = "scheme.xlsx") -> CisReading:
    """Raises Refused for a file that is no workbook, or too large."""
    require_workbook(content, filename, MOST_BYTES)
    sheets = [Grid(sheet) for sheet in open_workbook(content, filename, MOST_ROWS)]
    grid = next((each for each in sheets if _blocks(each)), None)
    if grid is None:
        name = sheets[0].name if sheets else ""
        text = N_("不是 CIS 评分标准工作簿：找不到“Sub Criterion ID”表头")
        return CisReading(None, (CellProblem(name, 1, "A", "error", Problem(text)),))
    lines = next((each for each in sheets if squeezed(each.name) == squeezed(CALCULATIONS)), None)
    return _Reading(grid, lines).read()


def _blocks(grid: Grid) -> list[int]:
    """Rows of the headings above each criterion's aspects."""
    return [row for row in grid if {"sub", "maximum"} <= set(columns_of(grid.rows[row]))]


class _Reading:
    def __init__(self, grid: Grid, lines: Grid | None) -> None:
        self.grid, self.lines = grid, lines
        self.problems: list[CellProblem] = []
        self.columns: dict[str, int] = {}
        self.subs: list[_Sub] = []
        self.sections: list[tuple[int, SectionDraft]] = []
        self.criteria: list[tuple[int, CriterionDraft]] = []
        self.printed: dict[str, tuple[int, int, Decimal]] = {}  # a criterion's mark: row, column, as it is printed
        self.mark_column = 0

    # Saying what is wrong

    def say(self, row: int, column: int, text: str, *, warn: bool = False, **params: object) -> None:
        problem = Problem(text, params=params)
        cell = self.grid.text(row, column)
        severity = "warning" if warn else "error"
        self.problems.append(CellProblem(self.grid.name, row, letter(column), severity, problem, cell))  # type: ignore[arg-type]

    def number(self, row: int, column: int, what: str) -> Decimal | None:
        """The number in a cell; what is wrong with it is said there."""
        raw = self.grid.raw(row, column)
        if shown(raw) == "":
            self.say(row, column, N_("{what}为空"), what=what)
            return None
        found = number_of(raw)
        if found.exact is None:
            text = N_("{what} {printed} 超过四位小数") if found.finer else NO_NUMBER
            self.say(row, column, text, what=what, printed=shown(raw))
        elif found.rounded:
            self.say(row, column, ROUNDED, warn=True, printed=shown(raw), read=plain(found.exact))
        return found.exact

    # Reading

    def read(self) -> CisReading:
        blocks = _blocks(self.grid)
        self._sections(blocks[0])
        self._criteria(blocks[0])
        ends = [*blocks[1:], max(self.grid.rows) + 1]
        for start, end in zip(blocks, ends, strict=True):
            self._block(start, end)
        draft, places = self._draft()
        self._compare(draft)
        if not any(each.severity == "error" for each in self.problems):
            self._check(draft, places)
        order = sorted(
            self.problems, key=lambda each: (each.sheet != self.grid.name, each.row, len(each.column), each.column)
        )
        failed = any(each.severity == "error" for each in order)
        return CisReading(None if failed else draft, tuple(order))

    def _place_of(self, each: CellProblem) -> tuple[bool, int, int, str]:
        return each.sheet != self.grid.name, each.row, len(each.column), each.column

    def _heading(self, before: int, wanted: Callable[[list[str]], bool]) -> int:
        """The row above the aspects whose cells are wanted, 0 for none."""
        rows = (row for row in self.grid if row < before)
        return next((row for row in rows if wanted([squeezed(shown(cell)) for cell in self.grid.rows[row]])), 0)

    def _sections(self, before: int) -> None:
        heading = self._heading(before, lambda cells: any(cell.startswith(SECTIONS) for cell in cells))
        if not heading:
            self.say(1, 1, N_("没有职业标准（WSOS）表"), warn=True)
            return
        cells = [squeezed(shown(cell)) for cell in self.grid.rows[heading]]
        code = next(place for place, cell in enumerate(cells, 1) if cell.startswith(SECTIONS))
        weights = [
            place
            for place, cell in enumerate(cells, 1)
            if cell.startswith(("wsosmarks", "wsssmarks", "importance", "比例"))
        ]
        aspects = next(
            (place for place, cell in enumerate(cells, 1) if cell.startswith(("aspectmarks", "评分项分值"))), 0
        )
        if not weights:
            self.say(heading, code, N_("职业标准表没有“WSOS Marks”列"))
            return
        seen: dict[str, int] = {}
        for row in (row for row in self.grid if heading < row < before):
            section = self.grid.text(row, code)
            if not section:
                break
            percent = self.number(row, weights[-1], N_("职业标准比例")) or Decimal(0)
            name = self.grid.text(row, code + 1)
            if section in seen:
                self.say(row, code, N_("代码 {code} 重复"), code=section)
            seen[section] = row
            self.sections.append((row, SectionDraft(section, name or section, percent)))
            if aspects:
                found = number_of(self.grid.raw(row, aspects))
                if found.exact is not None:
                    self.printed[f"section {section}"] = (row, aspects, found.exact)

    def _criteria(self, before: int) -> None:
        heading = self._heading(
            before, lambda cells: "id" in cells and any(cell.startswith(("mark", "分值")) for cell in cells)
        )
        if not heading:
            return
        cells = [squeezed(shown(cell)) for cell in self.grid.rows[heading]]
        code = cells.index("id") + 1
        self.mark_column = next(place for place, cell in enumerate(cells, 1) if cell.startswith(MARKS))
        for row in (row for row in self.grid if heading < row < before):
            criterion = self.grid.text(row, code).upper()
            if not criterion:
                break
            name = self.grid.text(row, code + 1)
            if criterion in {each.code for _, each in self.criteria}:
                self.say(row, code, N_("代码 {code} 重复"), code=criterion)
                continue
            if not name:
                self.say(row, code + 1, N_("{code} 没有名称"), code=criterion)
            self.criteria.append((row, CriterionDraft(criterion, name or criterion)))
            mark = self.number(row, self.mark_column, N_("大项分值"))
            if mark is not None:
                self.printed[criterion] = (row, self.mark_column, mark)

    def _block(self, start: int, end: int) -> None:
        self.columns = columns_of(self.grid.rows[start])
        missing = [name for name in NEEDED if name not in self.columns]
        if missing:
            self.say(start, 1, N_("表头缺少列：{columns}"), columns=missing)
            return
        criterion = self._criterion_of(start)
        self._merged(start, end)
        for row in (row for row in self.grid if start < row < end):
            self._row(row, criterion)

    def _criterion_of(self, start: int) -> str:
        """The letter in "Criterion A"; the mark printed beside it is compared later."""
        column = self.columns.get("criterion", 0)
        found = re.search(r"([A-Z])$", self.grid.text(start, column).upper()) if column else None
        total = self.columns.get("total", 0)
        if found and total:
            mark = number_of(self.grid.raw(start, total + 1))
            if mark.exact is not None:
                self.printed[f"block {found[1]}"] = (start, total + 1, mark.exact)
        return found[1] if found else ""

    def _merged(self, start: int, end: int) -> None:
        for (top, left), (bottom, _right) in self.grid.merged:
            if start < top < end and bottom > top:
                self.say(top, left, N_("单元格与第 {bottom} 行合并；只读第一格"), warn=True, bottom=bottom)

    def _row(self, row: int, criterion: str) -> None:
        at = self.columns
        if self.grid.text(row, at["sub"]):
            self._sub(row, criterion)
        if self.grid.text(row, at["type"]):
            self._aspect(row)
        elif self.grid.text(row, at["score"]):
            self._descriptor(row)
        elif self.grid.text(row, at["maximum"]) or self.grid.text(row, at["description"]):
            self.say(row, at["type"], N_("评分项没有类型；填 M 或 J"))

    def _sub(self, row: int, criterion: str) -> None:
        at = self.columns
        code = self.grid.text(row, at["sub"]).upper().replace(" ", "")
        found = _SUB.fullmatch(code)
        if found is None:
            self.say(row, at["sub"], N_("{code} 不是子项编号；应为一个字母和一两位数字，如 A1、D10"), code=code[:20])
        elif criterion and found[1] != criterion:
            self.say(row, at["sub"], N_("{code} 不属于大项 {criterion}"), code=code, criterion=criterion)
        if any(each.code == code for each in self.subs):
            self.say(row, at["sub"], N_("子项 {code} 重复"), code=code)
        name = self.grid.text(row, at["name"])
        if not name:
            self.say(row, at["name"], N_("{code} 没有名称"), code=code[:20])
        self.subs.append(_Sub(row, code[:10], name or code, self._day(row), (found[1] if found else criterion), []))

    def _day(self, row: int) -> int:
        column = self.columns.get("day", 0)
        text = self.grid.text(row, column) if column else ""
        found = _DAY.fullmatch(text)
        if found is None:
            known = N_("没有评分日；按未定处理") if not text else N_("{day} 不是评分日；按未定处理")
            self.say(row, column or self.columns["sub"], known, warn=True, day=text)
        return int(found[1]) if found else 0

    def _aspect(self, row: int) -> None:
        at = self.columns
        method = _METHODS.get(self.grid.text(row, at["type"]).lower())
        if method is None:
            self.say(row, at["type"], N_("类型应为 M（测量）或 J（评判）"))
        if not self.subs:
            self.say(row, at["sub"], N_("评分项前没有子项"))
            return
        title = self.grid.text(row, at["description"])
        if not title:
            self.say(row, at["description"], N_("评分项没有说明"))
        maximum = self.number(row, at["maximum"], N_("满分"))
        if maximum is not None and maximum <= 0:
            self.say(row, at["maximum"], N_("满分须大于 0"))
        elif maximum is not None and maximum * 100 % 1:
            self.say(row, at["maximum"], N_("满分 {maximum} 超过两位小数"), warn=True, maximum=plain(maximum))
        section = self.grid.text(row, at["section"])
        if self.sections and section not in {each.code for _, each in self.sections}:
            text = N_("职业标准部分“{section}”不在表中") if section else N_("没有对应职业标准部分")
            self.say(row, at["section"], text, section=section[:20])
        aspect = _Aspect(
            row, method or Method.MEASUREMENT, title, maximum or Decimal(0), self.grid.text(row, at["extra"]),
            self.grid.text(row, at.get("requirement")), section, self._calculation(row), {},
        )  # fmt: skip
        if method == Method.JUDGEMENT and aspect.calculation is not None:
            self.say(row, at["calculation"], N_("评判项不设测量计算"))
        self.subs[-1].aspects.append(aspect)

    def _calculation(self, row: int) -> Calculation | None:
        column = self.columns.get("calculation", 0)
        text = self.grid.text(row, column) if column else ""
        if not text:
            return None
        line = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
        written = self.lines.text(line, 1) if self.lines and line else ""
        if not written:
            self.say(row, column, N_("计算表中没有第 {line} 行；按直接给分处理"), warn=True, line=text)
            return None
        try:
            return read_calculation(written)
        except (ValueError, KeyError, ArithmeticError):
            assert self.lines is not None
            problem = Problem(N_("不认识的计算；按直接给分处理"))
            self.problems.append(CellProblem(self.lines.name, line, "A", "warning", problem, written[:120]))
            return None

    def _descriptor(self, row: int) -> None:
        at = self.columns
        score = self.grid.text(row, at["score"])
        aspects = self.subs[-1].aspects if self.subs else []
        if not aspects or aspects[-1].method != Method.JUDGEMENT:
            self.say(row, at["score"], N_("评判档不在评判项之下"))
            return
        texts = aspects[-1].texts
        if score not in ("0", "1", "2", "3"):
            self.say(row, at["score"], N_("评判档应为 0、1、2、3"))
            return
        if int(score) in texts:
            self.say(row, at["score"], N_("{score} 分的说明重复"), score=score)
        elif int(score) != len(texts):
            self.say(row, at["score"], N_("评判档没有按 0、1、2、3 排列"), warn=True)
        text = self.grid.text(row, at["extra"])
        if not text:
            self.say(row, at["extra"], N_("缺 {score} 分的说明"), score=score)
        texts[int(score)] = (row, text)

    # Putting together

    def _draft(self) -> tuple[SchemeDraft, dict[str, tuple[int, int]]]:
        """The scheme, and where each field of it stands."""
        at = self.columns
        parts: list[PartDraft] = []
        places: dict[str, tuple[int, int]] = {}
        for sub in self.subs:
            methods = dict.fromkeys(aspect.method for aspect in sub.aspects)
            if len(methods) > 1:
                text = N_("{code} 测量和评判混在一起；分成 {code}.M 和 {code}.J 两份评分表")
                self.say(sub.row, at["sub"], text, warn=True, code=sub.code)
            if not sub.aspects:
                self.say(sub.row, at["sub"], N_("{code} 没有评分项"), code=sub.code)
            for method in methods:
                place = len(parts)
                own = [(n, each) for n, each in enumerate(sub.aspects, 1) if each.method == method]
                for number, (_n, aspect) in enumerate(own):
                    self._places(places, f"part-{place}-aspect-{number}-", aspect)
                places[f"part-{place}-"] = (sub.row, at["sub"])
                parts.append(_form(sub, method, [_drafted(sub, n, aspect) for n, aspect in own]))
        for number, (row, _section) in enumerate(self.sections):
            places[f"section-{number}-"] = (row, 1)
        criteria = tuple(criterion for _, criterion in self.criteria)
        known = {each.code for each in criteria}
        extra = dict.fromkeys(part.criterion for part in parts if part.criterion not in known)
        criteria += tuple(CriterionDraft(code, code) for code in extra if code)
        title = next((self.grid.text(row, 1) for row in self.grid if self.grid.text(row, 1)), "")
        return SchemeDraft(tuple(parts), title, criteria, tuple(each for _, each in self.sections)), places

    def _places(self, places: dict[str, tuple[int, int]], at: str, aspect: _Aspect) -> None:
        for field, name in (("code", "sub"), ("title", "description"), ("maximum", "maximum"), ("section", "section")):
            places[at + field] = (aspect.row, self.columns[name])
        places[f"{at}calculation"] = (aspect.row, self.columns.get("calculation", self.columns["maximum"]))
        for score in range(DESCRIPTORS):
            row = aspect.texts.get(score, (aspect.row, ""))[0]
            places[f"{at}descriptor-{score}"] = (row, self.columns["extra"])

    def _compare(self, draft: SchemeDraft) -> None:
        """What is printed against what the aspects add up to: warned of, never trusted."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for part in draft.parts:
            sums[part.criterion] += part.maximum
        marks = section_marks(draft)
        for key, (row, column, printed) in self.printed.items():
            word, _, code = key.rpartition(" ")
            own = marks.get(code, Decimal(0)) if word == "section" else sums.get(code, Decimal(0))
            if printed == own:
                continue
            text = N_("印的是 {printed}，评分项合计 {sum}；以评分项为准")
            self.say(row, column, text, warn=True, printed=plain(printed), sum=plain(own))

    def _check(self, draft: SchemeDraft, places: dict[str, tuple[int, int]]) -> None:
        errors, warnings = scheme_problems(draft)
        first = self.criteria[0][0] - 1 if self.criteria else next(iter(self.grid))
        for severity, found in (("error", errors), ("warning", warnings)):
            for problem in found:
                known = max((place for place in places if problem.field.startswith(place)), key=len, default="")
                row, column = places[known] if known else (first, self.mark_column or 1)
                if problem.field == "sections" and self.sections:
                    row, column = self.sections[0][0] - 1, 1
                elif "sum" in problem.params and not problem.field.startswith("section"):
                    row, column = first, self.mark_column or 1
                self.say(row, column, problem.text, warn=severity == "warning", **problem.params)


def _drafted(sub: _Sub, place: int, aspect: _Aspect) -> AspectDraft:
    judged = aspect.method == Method.JUDGEMENT
    return AspectDraft(
        code=f"{sub.code}.{place:02}", title=aspect.title, maximum=aspect.maximum,
        step=Decimal(1) if judged else aspect.maximum, calculation=aspect.calculation,
        descriptors=tuple(aspect.texts.get(score, (0, ""))[1] for score in range(DESCRIPTORS)) if judged else (),
        note=aspect.extra, requirement=aspect.requirement, section=aspect.section, place=place,
    )  # fmt: skip


def _form(sub: _Sub, method: Method, aspects: list[AspectDraft]) -> PartDraft:
    whole = sum((aspect.maximum for aspect in aspects), Decimal(0))
    return PartDraft(
        code=f"{sub.code}.{_LETTERS[method]}", name=sub.name, source=PartSource.PANEL.value, weight=whole,
        maximum=whole, aspects=tuple(aspects), criterion=sub.criterion, sub_criterion=sub.code, day=sub.day,
        method=method.value,
    )  # fmt: skip
