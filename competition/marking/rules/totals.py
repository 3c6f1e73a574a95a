"""From aspect scores to a part, from parts to the weighted total of a stage."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from competition.exact import plain, round_half_up
from competition.marking.rules.aggregate import FINEST_DIGITS, Aggregation, panel_score
from competition.problems import N_, Problem


class Aspect(msgspec.Struct, frozen=True):
    """One thing every judge of the panel marks from 0 to `maximum` in steps of `step`."""

    code: str
    maximum: Decimal
    step: Decimal


class Part(msgspec.Struct, frozen=True):
    """A share of the total. `weight` is in percent. A part without aspects is marked as a whole, in its own `step`."""

    code: str
    weight: Decimal
    maximum: Decimal
    aggregation: Aggregation | None = None
    source: Literal["panel", "import", "carry"] = "panel"
    kind: Literal["practice", "theory", "oral"] = "practice"
    step: Decimal = Decimal("0.01")
    aspects: tuple[Aspect, ...] = ()


class Scheme(msgspec.Struct, frozen=True):
    """The parts of one stage. The total is rounded once, half up, at `digits`.

    `practice_floor` (percent) only warns.
    """

    parts: tuple[Part, ...]
    digits: int = 2
    practice_floor: Decimal = Decimal(70)


class PartMarks(msgspec.Struct, frozen=True):
    """One contestant's marks: aspect code -> one mark per judge of the panel, None where it is missing."""

    aspects: Mapping[str, Sequence[Decimal | None]]


def marked_aspects(part: Part) -> tuple[Aspect, ...]:
    """What the panel marks: the aspects, or the part as a whole under its own code."""
    return part.aspects or (Aspect(part.code, part.maximum, part.step),)


def aspect_scores(part: Part, marks: PartMarks) -> dict[str, Decimal | None]:
    """Panel score by aspect. Raises ValueError for a part without a panel or a mark for an aspect it does not have."""
    if part.aggregation is None:
        raise ValueError(f"part {part.code} is not marked by a panel")
    codes = [aspect.code for aspect in marked_aspects(part)]
    if unknown := set(marks.aspects) - set(codes):
        raise ValueError(f"part {part.code} has no aspects {sorted(unknown)}")
    return {code: panel_score(marks.aspects.get(code, ()), part.aggregation) for code in codes}


def part_score(part: Part, marks: PartMarks) -> Decimal | None:
    """Sum of the aspects' rounded panel scores; None while any is missing."""
    scores = list(aspect_scores(part, marks).values())
    present = [score for score in scores if score is not None]
    return sum(present, Decimal(0)) if len(present) == len(scores) else None


def weighted_total(parts: Mapping[str, Decimal | None], scheme: Scheme) -> Decimal | None:
    """Out of 100, from part code -> score; a total with a missing part is not a total.

    Raises ValueError for a score of a part that the scheme does not have.
    """
    if unknown := set(parts) - {part.code for part in scheme.parts}:
        raise ValueError(f"the scheme has no parts {sorted(unknown)}")
    total = Fraction(0)
    for part in scheme.parts:
        score = parts.get(part.code)
        if score is None:
            return None
        total += Fraction(score) / Fraction(part.maximum) * Fraction(part.weight)
    return round_half_up(total, scheme.digits)


def scheme_problems(scheme: Scheme) -> tuple[list[Problem], list[Problem]]:
    """(errors, warnings). A scheme with errors cannot be put to use."""
    errors = _repeated((part.code for part in scheme.parts), N_("评分部分代码 {code} 重复"))
    for part in scheme.parts:
        errors += _part_problems(part)
    whole = sum((part.weight for part in scheme.parts), Decimal(0))
    if whole != 100:
        errors.append(Problem(N_("各部分权重合计应为 100，现为 {sum}"), field="weight", params={"sum": plain(whole)}))
    if not 0 <= scheme.digits <= FINEST_DIGITS:
        errors.append(Problem(N_("小数位数应为 0–{most}"), field="digits", params={"most": FINEST_DIGITS}))
    return errors, _practice_warnings(scheme)


def _part_problems(part: Part) -> list[Problem]:
    named = {"code": part.code, "maximum": plain(part.maximum)}
    problems = []
    if part.weight <= 0:
        problems.append(Problem(N_("{code} 的权重须大于 0"), field="weight", params=named))
    if part.source == "panel" and part.aggregation is None:
        problems.append(Problem(N_("{code} 由裁判评分，须选定合成方法"), field="aggregation", params=named))
    if part.source != "panel" and (part.aggregation or part.aspects):
        problems.append(Problem(N_("{code} 的成绩为导入或沿用，不设裁判合成和评分项"), field="source", params=named))
    if part.source == "carry" and part.maximum != 100:
        problems.append(Problem(N_("{code} 沿用前一阶段总分，满分应为 100"), field="maximum", params=named))
    for aspect in marked_aspects(part):
        problems += _aspect_problems(aspect)
    problems += _repeated((aspect.code for aspect in part.aspects), N_("评分项代码 {code} 重复"))
    whole = sum((aspect.maximum for aspect in part.aspects), Decimal(0))
    if part.aspects and whole != part.maximum:
        text = N_("{code} 各评分项满分合计 {sum}，与满分 {maximum} 不符")
        problems.append(Problem(text, field="maximum", params=named | {"sum": plain(whole)}))
    return problems


def _aspect_problems(aspect: Aspect) -> list[Problem]:
    named = {"code": aspect.code, "maximum": plain(aspect.maximum), "step": plain(aspect.step)}
    if aspect.maximum <= 0:
        return [Problem(N_("{code} 的满分须大于 0"), field="maximum", params=named)]
    if aspect.step <= 0:
        return [Problem(N_("{code} 的步长须大于 0"), field="step", params=named)]
    if aspect.maximum % aspect.step:
        return [Problem(N_("{code} 的步长 {step} 不能整除满分 {maximum}"), field="step", params=named)]
    return []


def _repeated(codes: Iterable[str], text: str) -> list[Problem]:
    return [Problem(text, field="code", params={"code": code}) for code, times in Counter(codes).items() if times > 1]


def _practice_warnings(scheme: Scheme) -> list[Problem]:
    """Practice is measured within the stage's own parts: what is carried over was weighed in its own stage."""
    own = [part for part in scheme.parts if part.source != "carry"]
    practice = sum((part.weight for part in own if part.kind == "practice"), Decimal(0))
    if practice * 100 >= scheme.practice_floor * sum((part.weight for part in own), Decimal(0)):
        return []
    shares = {"floor": plain(scheme.practice_floor), "practice": plain(practice)}
    return [Problem(N_("实操权重 {practice}，低于本阶段的 {floor} %"), field="weight", params=shares)]
