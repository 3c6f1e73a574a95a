"""The mark allocation table of a scheme, criterion by section of the occupational standard."""

from decimal import Decimal

import msgspec

from competition.marking.scheme_drafts import SchemeDraft, allocation, section_marks
from competition.marking.web.scheme_words import marks_text
from competition.web.i18n import _, shown


class Allocation(msgspec.Struct, frozen=True):
    """Rows: (code, name, marks by section, total). `sections`: (code, name, percent, marks, variation)."""

    rows: tuple[tuple[str, str, tuple[str, ...], str], ...]
    sections: tuple[tuple[str, str, str, str, str], ...]
    totals: tuple[str, ...]
    total: str
    apart: tuple[tuple[str, str, str], ...]
    variation: str
    within: bool
    percent: str


def allocation_table(draft: SchemeDraft, most: Decimal) -> Allocation:
    """Criterion × section from the aspects, in marks of the total, with what is not marked by aspects beside it."""
    found, marks = allocation(draft), section_marks(draft)
    codes = [section.code for section in draft.sections]
    rest = sorted(code for code in marks if code not in codes)
    columns = [*codes, *rest] if draft.sections else []
    names = {part.code: shown(part.name, part.name_en) for part in draft.parts} | {
        each.code: shown(each.name, each.name_en) for each in draft.criteria
    }
    away = [(marks.get(section.code, Decimal(0)) - section.percent) for section in draft.sections]
    whole = sum((abs(each) for each in away), Decimal(0))
    apart = [part for part in draft.parts if not part.aspects]
    total = sum((row.total for row in found), Decimal(0)) + sum((part.weight for part in apart), Decimal(0))
    return Allocation(
        rows=tuple(
            (row.criterion, names.get(row.criterion, ""), tuple(_cell(row.by_section.get(code)) for code in columns),
             marks_text(row.total))
            for row in found
        ),
        sections=tuple(
            (section.code, shown(section.name, section.name_en), marks_text(section.percent),
             marks_text(marks.get(section.code, Decimal(0))), _signed(off))
            for section, off in zip(draft.sections, away, strict=True)
        ) + tuple((code, _("未对应"), "", marks_text(marks[code]), "") for code in rest if draft.sections),
        totals=tuple(marks_text(marks.get(code, Decimal(0))) for code in columns), total=marks_text(total),
        apart=tuple((part.code, shown(part.name, part.name_en), marks_text(part.weight)) for part in apart),
        variation=marks_text(whole), within=whole <= most,
        percent=marks_text(sum((section.percent for section in draft.sections), Decimal(0))),
    )  # fmt: skip


def _cell(marks: Decimal | None) -> str:
    return marks_text(marks) if marks else ""


def _signed(value: Decimal) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + marks_text(abs(value))
