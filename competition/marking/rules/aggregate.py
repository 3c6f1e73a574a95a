"""From the marks of k judges to one panel score."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from competition.exact import round_half_up
from competition.problems import N_, Problem, Refused

FINEST_DIGITS = 4  # the database holds marks in 1/10000


class Aggregation(msgspec.Struct, frozen=True):
    """How a panel's marks become one score, rounded once, half up, at `digits`."""

    kind: Literal["trimmed", "mean", "median"]
    drop_highest: int = 0
    drop_lowest: int = 0
    digits: int = 2


def panel_score(scores: Sequence[Decimal | None], rule: Aggregation) -> Decimal | None:
    """None while any mark is missing: blank is not zero. Raises Refused when the rule does not suit so few judges."""
    marks = sorted(Fraction(score) for score in scores if score is not None)
    if not marks or len(marks) < len(scores):
        return None
    if problems := aggregation_problems(rule, len(marks)):
        raise Refused(*problems)
    kept = _kept(marks, rule)
    return round_half_up(sum(kept, Fraction(0)) / len(kept), rule.digits)


def _kept(ordered: list[Fraction], rule: Aggregation) -> list[Fraction]:
    count = len(ordered)
    match rule.kind:
        case "trimmed":
            return ordered[rule.drop_lowest : count - rule.drop_highest]
        case "median":
            return ordered[(count - 1) // 2 : count // 2 + 1]
        case "mean":
            return ordered


def aggregation_problems(rule: Aggregation, judges: int) -> list[Problem]:
    """Why a panel of `judges` cannot be scored by this rule; empty when it can."""
    problems = []
    dropped = rule.drop_highest + rule.drop_lowest
    if judges < 1:
        problems.append(Problem(N_("至少需要 1 名裁判"), field="judges"))
    if min(rule.drop_highest, rule.drop_lowest) < 0:
        problems.append(Problem(N_("去掉的分数个数不能为负"), field="drop_highest"))
    elif rule.kind == "trimmed" and not dropped:
        problems.append(Problem(N_("去高去低至少去掉 1 个分数；不去分请选平均分"), field="drop_highest"))
    elif rule.kind != "trimmed" and dropped:
        problems.append(Problem(N_("平均分和中位数不去分；去掉高低分须选去高去低"), field="kind"))
    elif 1 <= judges <= dropped:
        problems.append(_nothing_left(rule, judges))
    if not 0 <= rule.digits <= FINEST_DIGITS:
        problems.append(Problem(N_("小数位数应为 0–{most}"), field="digits", params={"most": FINEST_DIGITS}))
    return problems


def _nothing_left(rule: Aggregation, judges: int) -> Problem:
    text = N_("{judges} 名裁判去掉 {highest} 个最高分和 {lowest} 个最低分后没有剩余，至少需 {needed} 名")
    numbers = {"judges": judges, "highest": rule.drop_highest, "lowest": rule.drop_lowest}
    return Problem(text, field="judges", params=numbers | {"needed": rule.drop_highest + rule.drop_lowest + 1})
