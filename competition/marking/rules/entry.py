"""Reading one mark as somebody typed it."""

import re
from decimal import Decimal

from competition.exact import plain
from competition.marking.rules.calculation import Calculation, measured_problem
from competition.problems import N_, Problem, Refused

# Tried in order; the first pattern found says what is wrong. Python's own `Decimal` would take most of these.
_WRONG_SHAPES = (
    (r"^$", N_("未录分；应为 0–{maximum}，0 分须录入 0")),
    (r"[,，]", N_("小数点须用“.”，不用逗号；应为 0–{maximum}")),
    (r"(?![0-9])\d|．", N_("数字和小数点须用半角；应为 0–{maximum}")),
    (r"^[+\-−＋－]", N_("分值不带正负号；应为 0–{maximum}")),
    (r"^[0-9.]+[eE][+-]?[0-9]+$", N_("不用科学记数法；应为 0–{maximum}")),
    (r"^(?i:s?nan|inf|infinity)$", N_("“{text}”不是分值；应为 0–{maximum}")),
    (r"^[0-9]+\.[0-9]{5,}$", N_("最多 4 位小数；应为 0–{maximum}，步长 {step}")),
    (r"^(?![0-9]+(\.[0-9]+)?$)", N_("“{text}”不是完整的数；应为 0–{maximum}，步长 {step}")),
)
_SHOWN = 20


def read_mark(text: str, maximum: Decimal, step: Decimal) -> Decimal:
    """The mark, exactly. Raises Refused with one problem at the field "value"; blank is refused, never read as 0."""
    typed = text.strip()
    limits = {"maximum": plain(maximum), "step": plain(step), "text": typed[:_SHOWN]}
    for pattern, wrong in _WRONG_SHAPES:
        if re.search(pattern, typed):
            raise Refused(Problem(wrong, field="value", params=limits))
    mark = Decimal(typed)
    if mark > maximum:
        raise Refused(Problem(N_("{text} 超过满分 {maximum}"), field="value", params=limits))
    over = mark % step
    if over:
        beside = {"lower": plain(mark - over), "upper": plain(mark - over + step)}
        wrong = N_("{text} 不合步长 {step}，相邻分值为 {lower} 和 {upper}")
        raise Refused(Problem(wrong, field="value", params=limits | beside))
    return mark


WIDEST_MEASUREMENT = Decimal(100_000)
FINEST = Decimal("0.0001")


def read_measured(text: str, calculation: Calculation) -> Decimal:
    """What was measured, for the calculation to turn into a mark. Raises Refused at the field "value"."""
    measured = read_mark(text, WIDEST_MEASUREMENT, FINEST)
    if problem := measured_problem(calculation, measured):
        raise Refused(problem)
    return measured
