"""A marking scheme as somebody writes it: the document behind the editor, the files and the stored versions."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, cast

import msgspec

from competition.exact import SCALE, plain
from competition.marking.kinds import Better, CombinedBy, Layer, Method, PartSource
from competition.marking.rules import scheme as rules
from competition.marking.rules.aggregate import DROP_PROBLEMS, Aggregation, AggregationWord, drop_fault
from competition.marking.rules.calculation import Calculation
from competition.problems import N_, Problem

MOST_DEVIATION = Decimal(5)  # [found] aspects may deviate from the WSOS percentages by 5 in total
DESCRIPTORS = 4


class CriterionDraft(msgspec.Struct, frozen=True):
    """A criterion (A–I) or module: a heading over the parts that name its code."""

    code: str
    name: str
    name_en: str = ""


class SectionDraft(msgspec.Struct, frozen=True):
    """A section of the occupational standard (WSOS) with its share of the 100 marks, in percent."""

    code: str
    name: str
    percent: Decimal
    name_en: str = ""


class AspectDraft(msgspec.Struct, frozen=True):
    """`descriptors`: the texts for 0, 1, 2, 3 of a judgement. `note` is the extra description, `section` a code of a
    section. `place` orders the aspects of a sub-criterion across its forms. `step` means nothing to a judgement."""

    code: str
    title: str
    maximum: Decimal
    step: Decimal
    title_en: str = ""
    calculation: Calculation | None = None
    descriptors: tuple[str, ...] = ()
    note: str = ""
    requirement: str = ""
    section: str = ""
    place: int = 0


class PartDraft(msgspec.Struct, frozen=True):
    """`weight` in percent. A part of the source "panel" is one marking form and needs aspects; a panel score needs a
    way of aggregation. Forms of one criterion share `criterion`, those of one sub-criterion `sub_criterion`."""

    code: str
    name: str
    source: str
    weight: Decimal
    maximum: Decimal
    name_en: str = ""
    aggregation: str = ""
    drop_highest: int = 0
    drop_lowest: int = 0
    digits: int = 2
    aspects: tuple[AspectDraft, ...] = ()
    criterion: str = ""
    sub_criterion: str = ""
    day: int = 0
    method: str = Method.SCORE.value
    layer: str = Layer.NUMBER.value
    combined_by: str = CombinedBy.ASPECT.value
    better: str = Better.MORE.value


class SchemeDraft(msgspec.Struct, frozen=True):
    """`digits` is where the total is rounded, half up."""

    parts: tuple[PartDraft, ...]
    title: str = ""
    criteria: tuple[CriterionDraft, ...] = ()
    sections: tuple[SectionDraft, ...] = ()
    digits: int = 2

    def rule(self) -> rules.Scheme:
        return rules.Scheme(parts=tuple(part_rule(part) for part in self.parts), digits=self.digits, title=self.title)


class AllocationRow(msgspec.Struct, frozen=True):
    """Marks of one criterion by WSOS section code, and in total; aspects without a section are under ""."""

    criterion: str
    by_section: dict[str, Decimal]
    total: Decimal


def part_rule(part: PartDraft) -> rules.Part:
    return rules.Part(
        code=part.code, weight=part.weight, maximum=part.maximum, aggregation=_aggregation(part),
        source=cast(rules.SourceWord, part.source), kind="theory" if part.source == PartSource.IMPORT else "practice",
        aspects=tuple(_aspect_rule(part, aspect) for aspect in part.aspects), criterion=part.criterion,
        title=part.name, combined_by="judge" if part.combined_by == CombinedBy.JUDGE else "aspect",
        better="less" if part.better == Better.LESS else "more",
    )  # fmt: skip


def _aspect_rule(part: PartDraft, aspect: AspectDraft) -> rules.Aspect:
    return rules.Aspect(
        code=aspect.code, maximum=aspect.maximum, step=aspect.step, method=cast(rules.MethodWord, part.method),
        calculation=aspect.calculation, title=aspect.title, section=aspect.section,
    )  # fmt: skip


def _aggregation(part: PartDraft) -> Aggregation | None:
    if not part.aggregation or part.method != Method.SCORE:
        return None
    return Aggregation(cast(AggregationWord, part.aggregation), part.drop_highest, part.drop_lowest, part.digits)


def to_document(draft: SchemeDraft) -> str:
    """Canonical JSON: the same scheme is the same text. Fields that came later are left out where they say nothing, or
    every released result would be out of date."""
    plain_draft = msgspec.to_builtins(draft)
    for part in plain_draft["parts"]:
        for name, unsaid in _LATER.items():
            if part[name] == unsaid:
                del part[name]
    return msgspec.json.encode(plain_draft, order="deterministic").decode()


_LATER = {"combined_by": CombinedBy.ASPECT.value, "better": Better.MORE.value}


def from_document(text: str) -> SchemeDraft:
    return msgspec.json.decode(text, type=SchemeDraft)


def criterion_of(part: PartDraft) -> str:
    """What a part is shown under: its criterion, or itself."""
    return part.criterion or part.code


def allocation(draft: SchemeDraft) -> list[AllocationRow]:
    """The mark allocation table, criterion × section, from the aspects themselves."""
    marks: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for part in draft.parts:
        for aspect in part.aspects:
            marks[criterion_of(part)][aspect.section] += aspect.maximum * _share(part)
    order = dict.fromkeys([*(each.code for each in draft.criteria), *(criterion_of(part) for part in draft.parts)])
    return [
        AllocationRow(code, dict(marks[code]), sum(marks[code].values(), Decimal(0))) for code in order if code in marks
    ]


def _share(part: PartDraft) -> Decimal:
    """Marks of the total for one mark of the part; 1 for the forms of a WorldSkills scheme."""
    return part.weight / part.maximum if part.maximum else Decimal(0)


def section_marks(draft: SchemeDraft) -> dict[str, Decimal]:
    """Marks by section code, as the aspects make them, exactly."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in allocation(draft):
        for code, marks in row.by_section.items():
            found[code] += marks
    return dict(found)


def scheme_problems(draft: SchemeDraft) -> tuple[list[Problem], list[Problem]]:
    """(errors, warnings); a field is "parts", "part-0-weight", "part-0-aspect-1-step", "section-0-percent"."""
    errors: list[Problem] = [*_heading_problems(draft)]
    if not draft.parts:
        errors.append(Problem(N_("至少设一个评分部分"), field="parts"))
    for place, part in enumerate(draft.parts):
        errors += _part_problems(place, part, draft)
    errors += _repeated_aspects(draft)
    said = {problem.field for problem in errors}
    errors += [problem for problem in _rule_problems(draft) if problem.field not in said]
    _found, warnings = rules.scheme_problems(draft.rule())
    if any(part.method != Method.SCORE for part in draft.parts):
        warnings = [problem for problem in warnings if "practice" not in problem.params]
    return errors, [*([] if errors else warnings), *_warnings(draft)]


def _heading_problems(draft: SchemeDraft) -> Iterator[Problem]:
    headings: list[tuple[str, Sequence[CriterionDraft | SectionDraft]]] = [
        ("criterion", draft.criteria),
        ("section", draft.sections),
    ]
    for name, rows in headings:
        times = Counter(each.code for each in rows)
        for place, each in enumerate(rows):
            if not each.code or not each.name:
                yield Problem(N_("代码和名称必填"), field=f"{name}-{place}-{'name' if each.code else 'code'}")
            elif times[each.code] > 1:
                yield Problem(N_("代码 {code} 重复"), field=f"{name}-{place}-code", params={"code": each.code})
    if draft.sections:
        whole = sum((section.percent for section in draft.sections), Decimal(0))
        if whole != 100:
            text = N_("职业标准各部分合计应为 100，现为 {sum}")
            yield Problem(text, field="section-0-percent", params={"sum": plain(whole)})


def _part_problems(place: int, part: PartDraft, draft: SchemeDraft) -> list[Problem]:
    at = f"part-{place}-"
    problems = []
    if not part.code or not part.name:
        problems.append(Problem(N_("代码和名称必填"), field=at + ("name" if part.code else "code")))
    if part.weight * SCALE % 1:
        problems.append(Problem(N_("权重最多四位小数"), field=at + "weight"))
    if part.criterion and draft.criteria and part.criterion not in {each.code for each in draft.criteria}:
        text = N_("没有代码为 {code} 的评分标准大项")
        problems.append(Problem(text, field=at + "criterion", params={"code": part.criterion}))
    if part.source == PartSource.PANEL and not part.aspects:
        text = N_("{code} 由裁判评分，至少设一个评分项")
        problems.append(Problem(text, field=at + "aspects", params={"code": part.code}))
    for number, aspect in enumerate(part.aspects):
        problems += _aspect_problems(f"{at}aspect-{number}-", part, aspect, draft)
    if part.source == PartSource.PANEL and part.aggregation and part.method == Method.SCORE:
        problems += _drop_problems(at, part)
    return problems


def _aspect_problems(at: str, part: PartDraft, aspect: AspectDraft, draft: SchemeDraft) -> Iterator[Problem]:
    named = {"code": aspect.code}
    if not aspect.code or not aspect.title:
        yield Problem(N_("评分项的代码和名称必填"), field=f"{at}{'title' if aspect.code else 'code'}")
    for name, value in (("maximum", aspect.maximum), ("step", aspect.step)):
        if value * SCALE % 1:
            yield Problem(N_("最多四位小数"), field=at + name)
    if part.method == Method.JUDGEMENT:
        texts = [text.strip() for text in aspect.descriptors]
        for score in range(DESCRIPTORS):
            if score >= len(texts) or not texts[score]:
                text = N_("{code} 缺 {score} 分的说明；评判项四档都须写明")
                yield Problem(text, field=f"{at}descriptor-{score}", params=named | {"score": score})
    elif aspect.descriptors and any(text.strip() for text in aspect.descriptors):
        yield Problem(N_("{code} 不是评判项，不设四档说明"), field=at + "descriptor-0", params=named)
    if draft.sections and aspect.section not in {section.code for section in draft.sections}:
        text = N_("{code} 的职业标准部分“{section}”不在表中") if aspect.section else N_("{code} 未对应职业标准部分")
        yield Problem(text, field=at + "section", params=named | {"section": aspect.section})


def _drop_problems(at: str, part: PartDraft) -> list[Problem]:
    """What is wrong with the drops whatever the size of the panel."""
    rule = _aggregation(part)
    fault = drop_fault(rule) if rule is not None else ""
    if not fault:
        return []
    problem = DROP_PROBLEMS[fault]
    field = "aggregation" if problem.field == "kind" else problem.field
    return [msgspec.structs.replace(problem, field=at + field)]


def _repeated_aspects(draft: SchemeDraft) -> Iterator[Problem]:
    """An aspect's code is its name in files and appeals, so within a criterion none is used twice."""
    seen: dict[tuple[str, str], str] = {}
    for place, part in enumerate(draft.parts):
        for number, aspect in enumerate(part.aspects):
            key = (part.criterion or f"part {place}", aspect.code)
            if aspect.code and key in seen:
                field = f"part-{place}-aspect-{number}-code"
                yield Problem(N_("评分项代码 {code} 重复"), field=field, params={"code": aspect.code})
            seen[key] = aspect.title


def _warnings(draft: SchemeDraft) -> list[Problem]:
    if not draft.sections:
        return []
    marks = section_marks(draft)
    away = {section.code: marks.get(section.code, Decimal(0)) - section.percent for section in draft.sections}
    whole = sum((abs(each) for each in away.values()), Decimal(0))
    if whole <= MOST_DEVIATION:
        return []
    text = N_("评分项与职业标准比例偏差合计 {sum}，超过 {most}：{sections}")
    named: Any = [f"{code} {'+' if each > 0 else '−'}{plain(abs(each))}" for code, each in away.items() if each]
    return [
        Problem(text, field="sections", params={"sum": plain(whole), "most": plain(MOST_DEVIATION), "sections": named})
    ]


def _rule_problems(draft: SchemeDraft) -> Iterator[Problem]:
    """What the rules find, at its field. They name an aspect by its code, which two parts may both use, so each part is
    asked alone and the whole scheme only for what is of the whole."""
    for place, part in enumerate(draft.parts):
        if part.source == PartSource.PANEL and not part.aspects:
            continue
        for problem in rules.scheme_problems(rules.Scheme(parts=(part_rule(part),)))[0]:
            if "code" in problem.params:
                yield _at_field(problem, place, part)
    alone = Counter(part.code for part in draft.parts)
    recorded = {part.code for part in draft.parts if part.source == PartSource.RECORD}
    for problem in rules.scheme_problems(draft.rule())[0]:
        code = problem.params.get("code")
        if code is None:
            yield msgspec.structs.replace(problem, field="digits" if problem.field == "digits" else "parts")
        elif problem.field == "code" and (alone[code] > 1 or code in recorded):
            last = max(place for place, part in enumerate(draft.parts) if part.code == code)
            yield msgspec.structs.replace(problem, field=f"part-{last}-code")


def _at_field(problem: Problem, place: int, part: PartDraft) -> Problem:
    """A rule's problem in the part at this place."""
    code = problem.params["code"]
    for number, aspect in enumerate(part.aspects):
        if aspect.code == code and code != part.code:
            return msgspec.structs.replace(problem, field=f"part-{place}-aspect-{number}-{problem.field}")
    return msgspec.structs.replace(problem, field=f"part-{place}-{problem.field}")
