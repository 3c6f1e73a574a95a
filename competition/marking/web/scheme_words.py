"""A scheme in words and figures for its pages: its outline, what is wrong where, calculations, differences."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from competition.exact import fixed, plain, round_half_up
from competition.marking.kinds import (
    AGGREGATION_NAMES,
    BETTER_NAMES,
    COMBINED_BY_NAMES,
    LAYER_NAMES,
    METHOD_NAMES,
    SOURCE_NAMES,
    Better,
    CombinedBy,
    Method,
    PartSource,
)
from competition.marking.rules.calculation import Calculation
from competition.marking.rules.scheme_changes import CHANGE_NAMES, FIELD_NAMES, Change, value_text
from competition.marking.scheme_checks import SchemeCheck
from competition.marking.scheme_drafts import PartDraft, SchemeDraft
from competition.problems import N_, Problem
from competition.web.i18n import _, ngettext, said, shown

METHOD_SHORT = {Method.SCORE: N_("评分"), Method.JUDGEMENT: N_("评判"), Method.MEASUREMENT: N_("测量")}
OF_NAMES = {
    "scheme": N_("评分标准"), "criterion": N_("评分标准大项"), "section": N_("职业标准部分"), "part": N_("评分部分"),
    "aspect": N_("评分项"),
}  # fmt: skip
CHANGE_TONES = {"added": ("ok", "plus"), "removed": ("danger", "minus"), "limits": ("warn", "alert")}
FINEST = 4
CENTS = 2


def marks_text(value: Decimal) -> str:
    """Marks with two decimals, with more only where there are more: 100.00, 0.125. A share that does not end is cut."""
    whole = round_half_up(value, FINEST)
    return fixed(whole, CENTS) if whole * 100 % 1 == 0 else plain(whole)


# The outline


class PartLine(msgspec.Struct, frozen=True):
    """`place` from 1. `marks` of the total; `wrong` counts what is still to be put right in it."""

    place: int
    part: PartDraft
    aspects: int
    marks: str
    wrong: int


class Group(msgspec.Struct, frozen=True):
    """A criterion with its forms, or the parts without one."""

    code: str
    name: str
    marks: str
    lines: tuple[PartLine, ...]

    @property
    def aspects(self) -> int:
        return sum(line.aspects for line in self.lines)

    @property
    def days(self) -> list[int]:
        return sorted({line.part.day for line in self.lines if line.part.day})


def outline(draft: SchemeDraft, check: SchemeCheck | None = None) -> list[Group]:
    """Criteria in their order, those still empty too; parts without a criterion last."""
    wrong: Counter[int] = Counter(_place_of(problem) for problem in (check.errors if check else ()))
    names = {each.code: shown(each.name, each.name_en) for each in draft.criteria}
    grouped: dict[str, list[PartLine]] = {each.code: [] for each in draft.criteria}
    for place, part in enumerate(draft.parts):
        line = PartLine(place + 1, part, len(part.aspects), marks_text(part.weight), wrong[place])
        grouped.setdefault(part.criterion, []).append(line)
    if "" in grouped:
        grouped[""] = grouped.pop("")
    return [
        Group(
            code, names.get(code, code), marks_text(sum((line.part.weight for line in lines), Decimal(0))), tuple(lines)
        )
        for code, lines in grouped.items()
    ]


def _place_of(problem: Problem) -> int:
    found = re.match(r"part-(\d+)-", problem.field)
    return int(found[1]) if found else -1


def part_rule_text(part: PartDraft) -> str:
    """How a part is marked, in a line."""
    if part.source == PartSource.RECORD:
        return _(SOURCE_NAMES[PartSource.RECORD]) + " · " + _(BETTER_NAMES[Better(part.better)])
    if part.source != PartSource.PANEL:
        return _(SOURCE_NAMES[PartSource(part.source)])
    words = [_(METHOD_NAMES[Method(part.method)])]
    if part.method == Method.SCORE and part.aggregation:
        words.append(_(AGGREGATION_NAMES[part.aggregation]))  # type: ignore[index]  # a word of the kind
        if part.drop_highest or part.drop_lowest:
            words.append(_("去 {high} 高 {low} 低", high=part.drop_highest, low=part.drop_lowest))
        if part.combined_by == CombinedBy.JUDGE:
            words.append(_(COMBINED_BY_NAMES[CombinedBy.JUDGE]))
        words.append(_("保留 {n} 位小数", n=part.digits))
    if part.day:
        words.append(_("第 {n} 评分日", n=part.day))
    if part.layer != "number":
        words.append(_(LAYER_NAMES[part.layer]))  # type: ignore[index]  # a word of the kind
    return " · ".join(words)


# What is wrong where


class ToDo(msgspec.Struct, frozen=True):
    """One thing to put right; `at` says where, `href` leads there."""

    text: str
    at: str
    href: str
    wrong: bool


def to_do(stage_id: int, draft: SchemeDraft, check: SchemeCheck, of_stage: Sequence[Problem] = ()) -> list[ToDo]:
    """`of_stage`: what in the setting of the stage does not fit the scheme."""
    errors = [_to_do(stage_id, draft, problem, wrong=True) for problem in check.errors]
    errors += [
        ToDo(said(problem), _("阶段设置"), f"/stages/{stage_id}/setup#f-{problem.field}", wrong=True)
        for problem in of_stage
    ]
    return errors + [_to_do(stage_id, draft, problem, wrong=False) for problem in check.warnings]


def _to_do(stage_id: int, draft: SchemeDraft, problem: Problem, *, wrong: bool) -> ToDo:
    base, place = f"/stages/{stage_id}/scheme", _place_of(problem)
    if 0 <= place < len(draft.parts):
        field = problem.field.removeprefix(f"part-{place}-")
        part = draft.parts[place]
        href = f"{base}/forms/{place + 1}#f-{field}"
        return ToDo(said(problem), f"{part.code} {shown(part.name, part.name_en)}".strip(), href, wrong)
    if problem.field.startswith(("criterion-", "section")) or problem.field in ("digits", "title"):
        field = "sections" if problem.field == "sections" else problem.field
        return ToDo(said(problem), _("标题与大项"), f"{base}/heading#f-{field}", wrong)
    return ToDo(said(problem), _("评分标准"), f"{base}/outline#forms", wrong)


# Calculations


def calculation_lines(calculation: Calculation | None) -> list[str]:
    """In words; nothing for a mark that counts as it is."""
    if calculation is None:
        return []
    unit = " %" if calculation.unit == "percent" else ""
    match calculation.kind:
        case "pass_fail":
            return [_("合格得满分，不合格得 0")]
        case "completed":
            return [_("共 {n}，按完成的数量得分", n=calculation.total)]
        case "choice":
            return [
                f"{number}. {choice.label} · " + _off(choice.deduction, unit)
                for number, choice in enumerate(calculation.choices, 1)
            ]
        case "ranged":
            bands = [
                _("{low}–{high} 得 {mark}", low=plain(each.low), high=plain(each.high), mark=plain(each.score) + unit)
                for each in calculation.bands
            ]
            return [*bands, _("其他得 0")]
        case "difference":
            figures = {name: plain(getattr(calculation, name)) for name in ("target", "tolerance", "interval")}
            figures["off"] = plain(calculation.deduction) + unit
            return [_("目标 {target}，允差 {tolerance}；每超 {interval} 扣 {off}", **figures)]


def _off(deduction: Decimal, unit: str) -> str:
    return _("扣 {mark}", mark=plain(deduction) + unit) if deduction else _("不扣分")


# Differences


class ChangeLine(msgspec.Struct, frozen=True):
    of: str
    code: str
    title: str
    kind: str
    tone: tuple[str, str]
    field: str
    before: str
    after: str
    long: bool
    effects: tuple[str, ...] = ()


class ChangeGroup(msgspec.Struct, frozen=True):
    """The changes of one form, or of the heading."""

    title: str
    lines: tuple[ChangeLine, ...]


Effects = dict[tuple[str, str], list[str]]


def change_groups(
    changes: Iterable[Change], old: SchemeDraft, new: SchemeDraft, effects: Effects | None = None
) -> list[ChangeGroup]:
    """`effects`: what the changes of an aspect do to marks, by (part code, aspect code)."""
    names = {part.code: shown(part.name, part.name_en) for draft in (old, new) for part in draft.parts}
    grouped: dict[str, list[ChangeLine]] = defaultdict(list)
    told: set[tuple[str, str]] = set()
    for change in changes:
        inside = change.of in ("part", "aspect")
        key = (change.part, change.aspect)
        # What a change does to marks is said once, at the first line about the aspect that can do it.
        tells = inside and key not in told and change.kind in ("limits", "removed", "added")
        told |= {key} if tells else set()
        said_effects = tuple((effects or {}).get(key, ())) if tells else ()
        grouped[change.part if inside else ""].append(_change_line(change, said_effects))
    return [
        ChangeGroup(f"{code} {names.get(code, '')}".strip() if code else _("标题与大项"), tuple(lines))
        for code, lines in grouped.items()
    ]


def _change_line(change: Change, effects: tuple[str, ...]) -> ChangeLine:
    before, after = (_value(change.field, value) for value in (change.before, change.after))
    code = change.aspect if change.of == "aspect" else change.part
    return ChangeLine(
        of=_(OF_NAMES[change.of]), code=code, title=change.title, kind=_(CHANGE_NAMES[change.kind]),
        tone=CHANGE_TONES.get(change.kind, ("", "pen")), field=_(FIELD_NAMES[change.field]) if change.field else "",
        before=before, after=after, long=max(len(before), len(after)) > 40 or "\n" in before + after, effects=effects,
    )  # fmt: skip


def _value(field: str, value: Any) -> str:
    words: dict[str, dict[Any, str]] = {
        "method": METHOD_NAMES, "layer": LAYER_NAMES, "source": SOURCE_NAMES, "aggregation": AGGREGATION_NAMES,
        "combined_by": COMBINED_BY_NAMES, "better": BETTER_NAMES,
    }  # fmt: skip
    if field in words:
        return _(words[field][value]) if value in words[field] else ""
    if field == "calculation":
        return "\n".join(calculation_lines(value))
    if field == "descriptors":
        return "\n".join(f"{score} {text}" for score, text in enumerate(value or ()))
    return value_text(value)


def effect_texts(cleared: int, set_aside: int) -> list[str]:
    texts = []
    if cleared:
        texts.append(ngettext("{n} 个已录分值不再符合，改回未录", "{n} 个已录分值不再符合，改回未录", cleared))
    if set_aside:
        texts.append(ngettext("{n} 个已录分值不再计分，留在记录中", "{n} 个已录分值不再计分，留在记录中", set_aside))
    return texts


def section_names(draft: SchemeDraft) -> dict[str, str]:
    return {section.code: shown(section.name, section.name_en) for section in draft.sections}


def criterion_options(draft: SchemeDraft) -> Sequence[tuple[str, str]]:
    return [(each.code, f"{each.code} {shown(each.name, each.name_en)}") for each in draft.criteria]


def section_options(draft: SchemeDraft) -> Sequence[tuple[str, str]]:
    return [(each.code, f"{each.code} {shown(each.name, each.name_en)}") for each in draft.sections]


def reading_words(draft: SchemeDraft) -> dict[str, Any]:
    """What the templates that show a scheme's text need."""
    return {
        "method_short": METHOD_SHORT, "layer_names": LAYER_NAMES, "part_rule_text": part_rule_text,
        "calculation_lines": calculation_lines, "marks_text": marks_text, "section_names": section_names(draft),
    }  # fmt: skip
