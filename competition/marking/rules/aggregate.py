"""From the marks of k judges to one figure, in whole 1/10000 until the one rounding."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, TypeVar

import msgspec

from competition.exact import Rounding, from_units, round_ratio, to_units
from competition.problems import N_, Problem, Refused

FINEST_DIGITS = 4  # the database holds marks in 1/10000

T = TypeVar("T")
AggregationWord = Literal["trimmed", "mean", "median", "sum", "agreed"]


class Aggregation(msgspec.Struct, frozen=True):
    """How a panel's marks become one score, rounded once by a named rule at `digits`.

    sum: the marks that are left after the drops are added, as in diving. agreed: every judge gives the same, as in a
    WorldSkills measurement; marks that differ are no score.
    """

    kind: AggregationWord
    drop_highest: int = 0
    drop_lowest: int = 0
    digits: int = 2
    rounding: Rounding = "half_up"


def combined(marks: Sequence[int], rule: Aggregation) -> tuple[int, int] | None:
    """(numerator, denominator) of the panel's figure, not rounded; None where agreement is wanted and missing.

    The rule must suit the number of marks (see `aggregation_problems`).
    """
    count = len(marks)
    if rule.kind == "agreed":
        return (marks[0], 1) if marks.count(marks[0]) == count else None
    if rule.kind == "mean":
        return sum(marks), count
    kept = left(sorted(marks), rule)
    return sum(kept), 1 if rule.kind == "sum" else len(kept)


def left(ordered: Sequence[T], rule: Aggregation) -> Sequence[T]:
    """What the rule leaves of marks, or judges, from the lowest to the highest."""
    count = len(ordered)
    if rule.kind == "median":
        return ordered[(count - 1) // 2 : count // 2 + 1]
    return ordered[rule.drop_lowest : count - rule.drop_highest]


def panel_score(scores: Sequence[Decimal | None], rule: Aggregation) -> Decimal | None:
    """None while any mark is missing: blank is not zero. Raises Refused when the rule does not suit so few judges."""
    marks = [to_units(score) for score in scores if score is not None]
    if not marks or len(marks) < len(scores):
        return None
    if problems := aggregation_problems(rule, len(marks)):
        raise Refused(*problems)
    figure = combined(marks, rule)
    if figure is None:
        return None
    units = round_ratio(*figure, 10 ** (FINEST_DIGITS - rule.digits), rule.rounding)
    return from_units(units).quantize(Decimal(1).scaleb(-rule.digits))


DropFault = Literal["", "negative", "none", "unwanted", "nothing_left"]


def drop_fault(rule: Aggregation, judges: int = 0) -> DropFault:
    """What is wrong with the drops; for a panel whose size is not known `judges` is 0."""
    dropped = rule.drop_highest + rule.drop_lowest
    if min(rule.drop_highest, rule.drop_lowest) < 0:
        return "negative"
    if rule.kind == "trimmed" and not dropped:
        return "none"
    if rule.kind not in ("trimmed", "sum") and dropped:
        return "unwanted"
    return "nothing_left" if 1 <= judges <= dropped else ""


def aggregation_problems(rule: Aggregation, judges: int) -> list[Problem]:
    """Why a panel of `judges` cannot be scored by this rule; empty when it can."""
    problems = []
    if judges < 1:
        problems.append(Problem(N_("至少需要 1 名裁判"), field="judges"))
    fault = drop_fault(rule, judges)
    if fault == "nothing_left":
        problems.append(_nothing_left(rule, judges))
    elif fault:
        problems.append(DROP_PROBLEMS[fault])
    if not 0 <= rule.digits <= FINEST_DIGITS:
        problems.append(Problem(N_("小数位数应为 0–{most}"), field="digits", params={"most": FINEST_DIGITS}))
    return problems


DROP_PROBLEMS: dict[str, Problem] = {
    "negative": Problem(N_("去掉的分数个数不能为负"), field="drop_highest"),
    "none": Problem(N_("去高去低至少去掉 1 个分数；不去分请选平均分"), field="drop_highest"),
    "unwanted": Problem(N_("平均分和中位数不去分；去掉高低分须选去高去低"), field="kind"),
}


def _nothing_left(rule: Aggregation, judges: int) -> Problem:
    text = N_("{judges} 名裁判去掉 {highest} 个最高分和 {lowest} 个最低分后没有剩余，至少需 {needed} 名")
    numbers = {"judges": judges, "highest": rule.drop_highest, "lowest": rule.drop_lowest}
    return Problem(text, field="judges", params=numbers | {"needed": rule.drop_highest + rule.drop_lowest + 1})
