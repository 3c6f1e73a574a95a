"""What is different between two versions of a marking scheme, and which marks still hold under the later one."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from competition.exact import plain
from competition.marking.rules.calculation import Calculation, measured_problem
from competition.marking.rules.scheme import Aspect
from competition.marking.scheme_drafts import AspectDraft, PartDraft, SchemeDraft, part_rule
from competition.problems import N_, Problem


class ChangeKind(StrEnum):
    """TEXT: what judges read, and no figure. LIMITS: what a mark may be and what it earns."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    TEXT = "text"
    LIMITS = "limits"
    WEIGHT = "weight"
    PLACE = "place"


CHANGE_NAMES = {
    ChangeKind.ADDED: N_("新增"),
    ChangeKind.REMOVED: N_("删去"),
    ChangeKind.RENAMED: N_("改名"),
    ChangeKind.TEXT: N_("文字"),
    ChangeKind.LIMITS: N_("分值与方法"),
    ChangeKind.WEIGHT: N_("权重"),
    ChangeKind.PLACE: N_("归类与顺序"),
}
FIELD_NAMES = {
    "aggregation": N_("合成方法"), "better": N_("同分时"), "calculation": N_("计算方式"),
    "combined_by": N_("合成对象"), "criterion": N_("评分标准大项"), "day": N_("评分日"),
    "descriptors": N_("四档说明"), "digits": N_("保留小数"), "drop_highest": N_("去最高分"),
    "drop_lowest": N_("去最低分"), "layer": N_("编号层"), "maximum": N_("满分"), "method": N_("评分方法"),
    "name": N_("名称"), "name_en": N_("英文名称"), "note": N_("说明"), "percent": N_("占比"), "place": N_("顺序"),
    "requirement": N_("要求"), "section": N_("职业标准部分"), "source": N_("来源"), "step": N_("步长"),
    "sub_criterion": N_("子项代码"), "title": N_("标题"), "title_en": N_("英文名称"), "weight": N_("权重"),
}  # fmt: skip
PART_FIELDS = {
    "name": ChangeKind.RENAMED, "name_en": ChangeKind.RENAMED, "source": ChangeKind.LIMITS,
    "weight": ChangeKind.WEIGHT, "maximum": ChangeKind.LIMITS, "method": ChangeKind.LIMITS,
    "aggregation": ChangeKind.LIMITS, "drop_highest": ChangeKind.LIMITS, "drop_lowest": ChangeKind.LIMITS,
    "digits": ChangeKind.LIMITS, "criterion": ChangeKind.PLACE, "sub_criterion": ChangeKind.PLACE,
    "day": ChangeKind.PLACE, "layer": ChangeKind.PLACE, "combined_by": ChangeKind.LIMITS, "better": ChangeKind.LIMITS,
}  # fmt: skip
ASPECT_FIELDS = {
    "title": ChangeKind.RENAMED, "title_en": ChangeKind.RENAMED, "maximum": ChangeKind.LIMITS,
    "step": ChangeKind.LIMITS, "calculation": ChangeKind.LIMITS, "descriptors": ChangeKind.TEXT,
    "note": ChangeKind.TEXT, "requirement": ChangeKind.TEXT, "section": ChangeKind.PLACE,
}  # fmt: skip
HEADING_FIELDS = {"name": ChangeKind.RENAMED, "name_en": ChangeKind.RENAMED, "percent": ChangeKind.WEIGHT}


class Change(msgspec.Struct, frozen=True):
    """One difference. `part` and `aspect` are codes; a heading's own code is in `part` ("" for the whole scheme).

    `of` is "scheme", "criterion", "section", "part" or "aspect"; `field` is "" for what is added or removed. `before`
    and `after` are the values as they stand in the drafts.
    """

    kind: ChangeKind
    of: str
    part: str
    aspect: str = ""
    title: str = ""
    field: str = ""
    before: Any = None
    after: Any = None


def compare(old: SchemeDraft, new: SchemeDraft) -> list[Change]:
    """Headings first, then the parts in the order of the new version, what is gone at the end of each list.

    Parts are the same by their code, aspects by the codes of part and aspect, whatever their order.
    """
    changes = [*_fields(old, new, {"title": ChangeKind.RENAMED, "digits": ChangeKind.LIMITS}, Change(*_WHOLE))]
    changes += _rows("criterion", old.criteria, new.criteria)
    changes += _rows("section", old.sections, new.sections)
    before, after = ({part.code: part for part in draft.parts} for draft in (old, new))
    for part in new.parts:
        if part.code not in before:
            changes.append(_part(ChangeKind.ADDED, part))
        else:
            changes += _part_changes(before[part.code], part)
    changes += [_part(ChangeKind.REMOVED, part) for part in old.parts if part.code not in after]
    if _order(before, new.parts) != _order(after, old.parts):
        changes.append(Change(ChangeKind.PLACE, "scheme", "", field="place"))
    return changes


_WHOLE = (ChangeKind.TEXT, "scheme", "")


def _order(known: dict[str, Any], rows: Sequence[Any]) -> list[str]:
    """The codes of the rows that are in both versions."""
    return [row.code for row in rows if row.code in known]


def _rows(of: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
    before, after = ({row.code: row for row in rows} for rows in (old, new))
    for row in new:
        shown = Change(ChangeKind.ADDED, of, row.code, title=row.name)
        if row.code not in before:
            yield shown
        else:
            fields = {name: kind for name, kind in HEADING_FIELDS.items() if hasattr(row, name)}
            yield from _fields(before[row.code], row, fields, shown)
    for row in old:
        if row.code not in after:
            yield Change(ChangeKind.REMOVED, of, row.code, title=row.name)


def _part(kind: ChangeKind, part: PartDraft) -> Change:
    return Change(kind, "part", part.code, title=part.name)


def _part_changes(old: PartDraft, new: PartDraft) -> Iterator[Change]:
    yield from _fields(old, new, PART_FIELDS, _part(ChangeKind.TEXT, new))
    before, after = ({aspect.code: aspect for aspect in part.aspects} for part in (old, new))
    for aspect in new.aspects:
        if aspect.code not in before:
            yield _aspect(ChangeKind.ADDED, new, aspect)
        else:
            yield from _fields(before[aspect.code], aspect, ASPECT_FIELDS, _aspect(ChangeKind.TEXT, new, aspect))
    for aspect in old.aspects:
        if aspect.code not in after:
            yield _aspect(ChangeKind.REMOVED, old, aspect)
    if _order(before, new.aspects) != _order(after, old.aspects):
        yield msgspec.structs.replace(_part(ChangeKind.PLACE, new), field="place")


def _aspect(kind: ChangeKind, part: PartDraft, aspect: AspectDraft) -> Change:
    return Change(kind, "aspect", part.code, aspect.code, aspect.title)


def _fields(old: Any, new: Any, fields: dict[str, ChangeKind], change: Change) -> Iterator[Change]:
    for name, kind in fields.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield msgspec.structs.replace(change, kind=kind, field=name, before=before, after=after)


def fixed_after_draw(old: SchemeDraft, new: SchemeDraft) -> list[Problem]:
    """What a version made after the draw may not change: sheets have been handed out for each form by its layer."""
    before, after = ({part.code: part for part in draft.parts} for draft in (old, new))
    problems = []
    if gone := [code for code in before if code not in after]:
        problems.append(Problem(N_("抽签后不能删除评分部分：{codes}"), field="parts", params={"codes": gone}))
    if added := [code for code in after if code not in before]:
        problems.append(Problem(N_("抽签后不能增加评分部分：{codes}"), field="parts", params={"codes": added}))
    for place, part in enumerate(new.parts):
        known = before.get(part.code)
        if known is None:
            continue
        named = {"code": part.code}
        if part.source != known.source:
            problems.append(Problem(N_("{code}：抽签后来源不能改"), field=f"part-{place}-source", params=named))
        if part.layer != known.layer:
            problems.append(Problem(N_("{code}：抽签后编号层不能改"), field=f"part-{place}-layer", params=named))
    return problems


def asked_of_aspects(draft: SchemeDraft) -> dict[tuple[str, str], Aspect]:
    """What each aspect takes as a mark, by (part code, aspect code)."""
    return {(part.code, aspect.code): aspect for part in draft.parts for aspect in part_rule(part).aspects}


def still_holds(old: Aspect, new: Aspect, mark: Decimal) -> bool:
    """Whether what a judge entered under the old version says the same under the new one and may stand there.

    Another method, or another kind of calculation, asks another question; the number of a choice means its label.
    """
    if old.method != new.method or _kind(old.calculation) != _kind(new.calculation):
        return False
    if new.method == "judgement":
        return True
    if new.calculation is None:
        return mark <= new.maximum and not mark % new.step
    if new.calculation.kind == "choice":
        return _label(old.calculation, mark) == _label(new.calculation, mark) != ""
    return measured_problem(new.calculation, mark) is None


def _kind(calculation: Calculation | None) -> str:
    return "" if calculation is None else calculation.kind


def _label(calculation: Calculation | None, mark: Decimal) -> str:
    choices = calculation.choices if calculation else ()
    return choices[int(mark) - 1].label.strip() if 1 <= mark <= len(choices) else ""


def value_text(value: Any) -> str:
    """A number without needless zeros, a text as it is; "" for nothing."""
    if isinstance(value, Decimal):
        return plain(value)
    return "" if value is None else str(value)
