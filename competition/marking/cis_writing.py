"""Writing a WorldSkills scheme as the CIS workbook, in the layout the CIS itself imports."""

import io
import re
from decimal import Decimal
from typing import Any

import xlsxwriter

from competition.documents.workbook_writing import OPTIONS
from competition.marking.cis_aspects import SUB
from competition.marking.cis_calculations import calculation_line, step_line
from competition.marking.kinds import Method
from competition.marking.scheme_drafts import (
    AspectDraft,
    PartDraft,
    SchemeDraft,
    SectionDraft,
    section_marks,
)
from competition.problems import N_, Problem, Refused

IMPORT = "CIS Marking Scheme Import"
CALCULATIONS = "Calculations"
HEADINGS = (
    "Sub\nCriterion\nID", "Sub Criterion\nName or Description", "Day of Marking",
    "Aspect\nType\nM = Meas\nJ = Judg", "Aspect - Description", "Judg Score",
    "Extra Aspect Description (Meas or Judg)\nOR\nJudgement Score Description (Judg only)",
    "Requirement\n(Measurement Only)", "WSOS Section", "Calculation Row \n(Export only)", "Max\nMark",
)  # fmt: skip
WIDTHS = (10, 28, 10, 10, 44, 8, 60, 22, 10, 12, 9, 14, 10, 9)
_DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

Sub = tuple[str, str, int, list[tuple[PartDraft, AspectDraft]]]


def write_cis(draft: SchemeDraft) -> bytes:
    """Every form of a sub-criterion goes back into one list of aspects, in their own order. English names have no place
    in it. Raises Refused for a scheme that is not marked the WorldSkills way, which the CIS could not hold."""
    if not all(_is_form(part) for part in draft.parts):
        raise Refused(Problem(N_("只有按大项和子项（如 A1）编排、全部为测量或评判的评分标准能写成 CIS 工作簿")))
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        _Writing(book, draft).write()
    return buffer.getvalue()


def _is_form(part: PartDraft) -> bool:
    """One method of one sub-criterion of a criterion."""
    sub = SUB.fullmatch(part.sub_criterion)
    return part.method in (Method.MEASUREMENT, Method.JUDGEMENT) and sub is not None and sub[1] == part.criterion


def subs_of(draft: SchemeDraft, criterion: str) -> list[Sub]:
    """(code, name, day, aspects with their forms) of each sub-criterion of a criterion."""
    found: dict[str, Sub] = {}
    for part in draft.parts:
        if part.criterion == criterion:
            sub = found.setdefault(part.sub_criterion, (part.sub_criterion, part.name, part.day, []))
            sub[3].extend((part, each) for each in part.aspects)
    for sub in found.values():
        sub[3].sort(key=lambda pair: pair[1].place)
    return list(found.values())


class _Writing:
    def __init__(self, book: Any, draft: SchemeDraft) -> None:
        self.page = book.add_worksheet(IMPORT)
        self.lines = book.add_worksheet(CALCULATIONS)
        self.draft = draft
        self.calculations = 0
        self.row = 0
        plain = {"valign": "top", "text_wrap": True}
        self.text = book.add_format(plain)
        # Excel takes a text that begins like a formula for a text, and shows it as it is.
        self.quoted = book.add_format(plain | {"quote_prefix": True})
        self.mark = book.add_format({"valign": "top", "num_format": "0.00"})
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "bg_color": "#E8EDF2"}
        )
        self.title = book.add_format({"bold": True, "font_size": 14, "quote_prefix": True})

    def write(self) -> None:
        for column, width in enumerate(WIDTHS):
            self.page.set_column(column, column, width)
        self._across(0, self.draft.title, self.title)
        self.row = 2
        self._sections()
        named = [each.code for each in self.draft.criteria]
        codes = dict.fromkeys([*named, *(part.criterion for part in self.draft.parts)])
        subs = {code: subs_of(self.draft, code) for code in codes}
        self._criteria(subs)
        for code, found in subs.items():
            if found:
                self._block(code, found)
        last = len(HEADINGS)
        self.page.write_string(self.row, last, "Competition", self.head)
        self.page.write_string(self.row, last + 1, "Total\nMark", self.head)
        self.number(self.row, last + 2, sum((_whole(found) for found in subs.values()), Decimal(0)))

    def put(self, row: int, column: int, text: str) -> None:
        clean = _CONTROL.sub("", text.replace("\r\n", "\n"))
        if clean:
            self.page.write_string(row, column, clean, self.quoted if clean.startswith(_DANGEROUS) else self.text)

    def number(self, row: int, column: int, value: Decimal | int) -> None:
        self.page.write_number(row, column, value, self.mark if isinstance(value, Decimal) else self.text)

    def _code(self, row: int, column: int, code: str) -> None:
        """A section is a number in the CIS where it looks like one."""
        if code.isascii() and code.isdigit() and str(int(code)) == code:
            self.number(row, column, int(code))
        else:
            self.put(row, column, code)

    def _across(self, row: int, text: str, style: Any) -> None:
        self.page.merge_range(row, 0, row, 10, "", style)
        self.page.write_string(row, 0, _CONTROL.sub("", text), style)

    def _sections(self) -> None:
        if not self.draft.sections:
            return
        self._across(self.row, "WorldSkills Occupational Standards", self.title)
        self.row += 1
        for column, text in ((0, "Section"), (8, "WSOS Marks"), (9, "Aspect Marks"), (10, "Variation")):
            self.page.write_string(self.row, column, text, self.head)
        self.page.merge_range(self.row, 1, self.row, 7, "WSOS Marks", self.head)
        marks = section_marks(self.draft)
        variation = Decimal(0)
        for section in self.draft.sections:
            variation += self._section(section, marks.get(section.code, Decimal(0)))
        self.row += 1
        self.page.merge_range(self.row, 8, self.row, 9, "Total Variation", self.head)
        self.number(self.row, 10, variation)
        self.row += 3

    def _section(self, section: SectionDraft, own: Decimal) -> Decimal:
        self.row += 1
        self._code(self.row, 0, section.code)
        self.page.merge_range(self.row, 1, self.row, 7, "", self.text)
        self.put(self.row, 1, section.name)
        self.number(self.row, 8, section.percent)
        self.number(self.row, 9, own)
        away = abs(own - section.percent)
        self.number(self.row, 10, away)
        return away

    def _criteria(self, subs: dict[str, list[Sub]]) -> None:
        self._across(self.row, "Criteria", self.title)
        self.row += 1
        names = {each.code: each.name for each in self.draft.criteria}
        self.page.write_string(self.row, 0, "ID", self.head)
        self.page.merge_range(self.row, 1, self.row, 9, "Name", self.head)
        self.page.write_string(self.row, 10, "Mark", self.head)
        for code, found in subs.items():
            self.row += 1
            self.put(self.row, 0, code)
            self.page.merge_range(self.row, 1, self.row, 9, "", self.text)
            self.put(self.row, 1, names.get(code, code))
            self.number(self.row, 10, _whole(found))
        self.row += 3

    def _block(self, code: str, subs: list[Sub]) -> None:
        for column, text in enumerate((*HEADINGS, f"Criterion {code}", "Total\nMark")):
            self.page.write_string(self.row, column, text, self.head)
        self.number(self.row, len(HEADINGS) + 2, _whole(subs))
        self.row += 1
        for sub, name, day, aspects in subs:
            self.put(self.row, 0, sub)
            self.put(self.row, 1, name)
            if day:
                self.number(self.row, 2, day)
            self.row += 1
            for part, aspect in aspects:
                self._aspect(part, aspect)
            self.row += 1

    def _aspect(self, part: PartDraft, aspect: AspectDraft) -> None:
        judged = part.method == Method.JUDGEMENT
        self.put(self.row, 3, "J" if judged else "M")
        self.put(self.row, 4, aspect.title)
        self.put(self.row, 6, aspect.note)
        self.put(self.row, 7, aspect.requirement)
        self._code(self.row, 8, aspect.section)
        line = "" if judged else _line(aspect)
        if line:
            self.lines.write_string(self.calculations, 0, line)
            self.calculations += 1
            self.number(self.row, 9, self.calculations)
        self.number(self.row, 10, aspect.maximum)
        self.row += 1
        for score, text in enumerate(aspect.descriptors if judged else ()):
            self.number(self.row, 5, score)
            self.put(self.row, 6, text)
            self.row += 1


def _line(aspect: AspectDraft) -> str:
    """How a measurement becomes a mark, "" for full or zero. A step means nothing beside a calculation."""
    if aspect.calculation is not None:
        return calculation_line(aspect.calculation)
    return "" if aspect.step == aspect.maximum else step_line(aspect.step)


def _whole(subs: list[Sub]) -> Decimal:
    return sum((aspect.maximum for sub in subs for _, aspect in sub[3]), Decimal(0))
