"""The WorldSkills CIS marking-scheme workbook, read into a scheme with everything that is wrong at its cell."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import msgspec

from competition.documents.file_kind import require_workbook
from competition.documents.workbook_opening import OpenedSheet, open_workbook
from competition.documents.workbook_reading import hidden_of
from competition.exact import plain
from competition.marking.cis_aspects import AspectFound, Aspects, SubFound
from competition.marking.cis_cells import CellProblem, Grid, Notes, columns_of, squeezed
from competition.marking.cis_tables import Printed, Tables, read_tables
from competition.marking.cis_writing import CALCULATIONS, write_cis
from competition.marking.kinds import Method, PartSource
from competition.marking.scheme_drafts import (
    DESCRIPTORS,
    AspectDraft,
    CriterionDraft,
    PartDraft,
    SchemeDraft,
    scheme_problems,
    section_marks,
)
from competition.problems import N_, Problem, Refused

__all__ = ["CellProblem", "CisReading", "read_cis", "write_cis"]

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
_LETTERS = {Method.MEASUREMENT: "M", Method.JUDGEMENT: "J"}
# Stands for a maximum that cannot be read, so that the rest of the scheme can be checked; no sum is, then.
_UNREADABLE = Decimal(1)

Place = tuple[int, int]


class CisReading(msgspec.Struct, frozen=True):
    """`draft` is None where there is any error; problems are in the order of sheet, row and column."""

    draft: SchemeDraft | None
    problems: tuple[CellProblem, ...]

    @property
    def errors(self) -> list[CellProblem]:
        return [each for each in self.problems if each.severity == "error"]


def read_cis(content: bytes, filename: str = "scheme.xlsx") -> CisReading:
    """Starts a process and waits for it. Raises Refused for a file that is no workbook, or too large."""
    require_workbook(content, filename, MOST_BYTES)
    sheets = open_workbook(content, filename, MOST_ROWS)
    found, blocks = next(((each, rows) for each in sheets if (rows := _blocks(each))), (None, []))
    if found is None:
        name = sheets[0].name if sheets else ""
        text = N_("不是 CIS 评分标准工作簿：找不到“Sub Criterion ID”表头")
        return CisReading(None, (CellProblem(name, 1, "A", "error", Problem(text)),))
    if found.filled > MOST_ROWS:
        params = {"count": found.filled, "limit": MOST_ROWS}
        raise Refused(Problem(N_("表中有 {count} 行，上限 {limit} 行；分成几个文件上传"), "file", params))
    grid = Grid(found, hidden_of(content, filename, found.name))
    return _Reading(grid, blocks, _calculations(sheets)).read()


def _blocks(sheet: OpenedSheet) -> list[int]:
    """Rows of the headings above each criterion's aspects."""
    return [row for row, cells in sheet.rows if {"sub", "maximum"} <= set(columns_of(cells))]


def _calculations(sheets: list[OpenedSheet]) -> Grid | None:
    named = (each for each in sheets if squeezed(each.name) == squeezed(CALCULATIONS))
    return next((Grid(each) for each in named), None)


class _Reading:
    def __init__(self, grid: Grid, blocks: list[int], lines: Grid | None) -> None:
        self.notes = Notes(grid)
        self.tables: Tables = read_tables(self.notes, blocks[0])
        self.found = Aspects(self.notes, lines)
        for start, end in zip(blocks, [*blocks[1:], max(grid.rows) + 1], strict=True):
            self.found.read_block(start, end)
        self.found.say_hidden()
        self.places: dict[str, Place] = {}  # where each field of the draft stands

    def read(self) -> CisReading:
        draft = self._draft()
        summable = all(aspect.maximum is not None for sub in self.found.subs for aspect in sub.aspects)
        if summable:
            self._compare(draft)
        self._check(draft, summable=summable)
        problems = sorted(self.notes.problems, key=lambda each: (each.row, len(each.column), each.column))
        failed = any(each.severity == "error" for each in problems)
        return CisReading(None if failed else draft, (*problems, *self.found.of_lines))

    def _draft(self) -> SchemeDraft:
        parts: list[PartDraft] = []
        for sub in self.found.subs:
            methods = dict.fromkeys(_method(aspect) for aspect in sub.aspects)
            if len(methods) > 1:
                text = N_("{code} 测量和评判混在一起；分成 {code}.M 和 {code}.J 两份评分表")
                self.notes.say(sub.row, sub.columns["sub"], text, warn=True, code=sub.code)
            if not sub.aspects:
                self.notes.say(sub.row, sub.columns["sub"], N_("{code} 没有评分项"), code=sub.code)
            for method in methods:
                own = [(n, each) for n, each in enumerate(sub.aspects, 1) if _method(each) == method]
                self._remember(len(parts), sub, [aspect for _n, aspect in own])
                parts.append(_form(sub, method, [_drafted(sub, n, aspect) for n, aspect in own]))
        sections = tuple(section for _row, section in self.tables.sections)
        return SchemeDraft(tuple(parts), self.tables.title, self._criteria(), sections)

    def _criteria(self) -> tuple[CriterionDraft, ...]:
        """Those of the table; a workbook without one has criteria that are called by their letters."""
        if self.tables.criteria_at[0]:
            return tuple(criterion for _row, criterion in self.tables.criteria)
        letters = dict.fromkeys(sub.criterion for sub in self.found.subs if sub.criterion)
        return tuple(CriterionDraft(letter, letter) for letter in letters)

    def _remember(self, place: int, sub: SubFound, aspects: list[AspectFound]) -> None:
        at, places = sub.columns, self.places
        places[f"part-{place}-"] = (sub.row, at["sub"])
        places[f"part-{place}-criterion"] = (sub.heading, at.get("criterion", at["sub"]))
        for number, aspect in enumerate(aspects):
            of = f"part-{place}-aspect-{number}-"
            places[of] = (aspect.row, at["description"])
            places[f"{of}maximum"] = places[f"{of}step"] = (aspect.row, at["maximum"])
            places[f"{of}section"] = (aspect.row, at["section"])
            places[f"{of}calculation"] = (aspect.row, at.get("calculation", at["maximum"]))
            for score in range(DESCRIPTORS):
                row = aspect.texts.get(str(score), (aspect.row, ""))[0]
                places[f"{of}descriptor-{score}"] = (row, at["extra"])

    def _compare(self, draft: SchemeDraft) -> None:
        """What is printed against what the aspects add up to: warned of, never trusted."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for part in draft.parts:
            sums[part.criterion] += part.maximum
            sums[""] += part.maximum
        sections = section_marks(draft)
        for each in (*self.tables.printed, *self.found.printed):
            own = (sections if each.of == "section" else sums).get(each.code, Decimal(0))
            if each.mark != own:
                self._say_printed(each, own)

    def _say_printed(self, each: Printed, own: Decimal) -> None:
        text = N_("印的是 {printed}，评分项合计 {sum}；以评分项为准")
        self.notes.say(each.row, each.column, text, warn=True, printed=plain(each.mark), sum=plain(own))

    def _check(self, draft: SchemeDraft, *, summable: bool) -> None:
        """What is wrong with the scheme as a whole, where nothing is said to be wrong yet."""
        errors, warnings = scheme_problems(draft)
        for problem in errors:
            row, column = self._place(problem)
            whole = problem.field == "parts" and "sum" in problem.params
            if (row, column) not in self.notes.wrong and (summable or not whole):
                self.notes.say(row, column, problem.text, **problem.params)
        for problem in warnings if summable else ():
            self.notes.say(*self._place(problem), problem.text, warn=True, **problem.params)

    def _place(self, problem: Problem) -> Place:
        if problem.field == "section-0-percent":
            return self.tables.sections[0][0], self.tables.sections_at[1]
        if problem.field == "sections":
            return self.tables.sections_at
        known = max((place for place in self.places if problem.field.startswith(place)), key=len, default="")
        return self.places[known] if known else self._of_whole()

    def _of_whole(self) -> Place:
        """The heading above the criteria's marks, or that of the first aspects."""
        row, column = self.tables.criteria_at
        return (row, column) if row else (self.tables.before, 1)


def _method(aspect: AspectFound) -> Method:
    return aspect.method or Method.MEASUREMENT


def _drafted(sub: SubFound, place: int, aspect: AspectFound) -> AspectDraft:
    judged = aspect.method == Method.JUDGEMENT
    maximum = _UNREADABLE if aspect.maximum is None else aspect.maximum
    return AspectDraft(
        code=f"{sub.code}.{place:02}", title=aspect.title, maximum=maximum,
        step=Decimal(1) if judged else aspect.step or maximum, calculation=aspect.calculation,
        descriptors=tuple(_texts(aspect)) if judged else (), note=aspect.extra, requirement=aspect.requirement,
        section=aspect.section, place=place,
    )  # fmt: skip


def _texts(aspect: AspectFound) -> Iterator[str]:
    for score in range(DESCRIPTORS):
        yield aspect.texts.get(str(score), (0, ""))[1]


def _form(sub: SubFound, method: Method, aspects: list[AspectDraft]) -> PartDraft:
    whole = sum((aspect.maximum for aspect in aspects), Decimal(0))
    return PartDraft(
        code=f"{sub.code}.{_LETTERS[method]}", name=sub.name, source=PartSource.PANEL.value, weight=whole,
        maximum=whole, aspects=tuple(aspects), criterion=sub.criterion, sub_criterion=sub.code, day=sub.day,
        method=method.value,
    )  # fmt: skip
