"""The five calculations of a WorldSkills measurement: from what was measured to the mark it earns.

pass_fail, completed, choice, ranged and difference are those of the CIS. What a judge enters is the measurement itself:
1 or 0, the number completed, the number of the choice, the value measured.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

import msgspec

from competition.exact import SCALE, from_units, round_ratio, to_units
from competition.problems import N_, Problem

CalculationWord = Literal["pass_fail", "completed", "choice", "ranged", "difference"]
CENT = SCALE // 100


class Choice(msgspec.Struct, frozen=True):
    """A label with what is taken off the maximum when it applies."""

    label: str
    deduction: Decimal = Decimal(0)


class Band(msgspec.Struct, frozen=True):
    """From `low` up to `high`, both included, earns `score`; of bands that meet, the first counts."""

    low: Decimal
    high: Decimal
    score: Decimal


class Calculation(msgspec.Struct, frozen=True):
    """`unit` says whether scores and deductions are marks or percent of the aspect's maximum.

    completed: `total` things, the share completed is earned. choice: `choices`. ranged: `bands`, nothing outside them.
    difference: each begun `interval` away from `target`, beyond `tolerance`, costs `deduction`, never below 0.
    """

    kind: CalculationWord
    unit: Literal["marks", "percent"] = "marks"
    total: int = 0
    choices: tuple[Choice, ...] = ()
    bands: tuple[Band, ...] = ()
    target: Decimal = Decimal(0)
    tolerance: Decimal = Decimal(0)
    interval: Decimal = Decimal(0)
    deduction: Decimal = Decimal(0)


def earned(calculation: Calculation, maximum: int, measured: int) -> int:
    """The mark in 1/10000, rounded once, half up, at 0.01; `maximum` and `measured` in 1/10000 too."""
    match calculation.kind:
        case "pass_fail":
            return maximum if measured else 0
        case "completed":
            return round_ratio(maximum * measured, calculation.total * SCALE, CENT)
        case "choice":
            chosen = calculation.choices[measured // SCALE - 1]
            return _less(calculation, maximum, to_units(chosen.deduction))
        case "ranged":
            value = from_units(measured)
            for band in calculation.bands:
                if band.low <= value <= band.high:
                    return _marks(calculation, maximum, to_units(band.score))
            return 0
        case "difference":
            away = abs(measured - to_units(calculation.target)) - to_units(calculation.tolerance)
            begun = -(-max(away, 0) // to_units(calculation.interval))
            return _less(calculation, maximum, begun * to_units(calculation.deduction))


def _marks(calculation: Calculation, maximum: int, units: int) -> int:
    return round_ratio(maximum * units, 100 * SCALE, CENT) if calculation.unit == "percent" else units


def _less(calculation: Calculation, maximum: int, deduction: int) -> int:
    return max(0, maximum - _marks(calculation, maximum, deduction))


def measured_problem(calculation: Calculation, measured: Decimal) -> Problem | None:
    """Why this cannot have been measured; None when it can."""
    whole = measured == measured.to_integral_value()
    match calculation.kind:
        case "pass_fail" if measured not in (0, 1):
            return Problem(N_("只能是 1（是）或 0（否）"), field="value")
        case "completed" if not (whole and 0 <= measured <= calculation.total):
            return Problem(N_("应为 0–{total} 的整数"), field="value", params={"total": calculation.total})
        case "choice" if not (whole and 1 <= measured <= len(calculation.choices)):
            return Problem(N_("应为第 1–{count} 项"), field="value", params={"count": len(calculation.choices)})
        case _:
            return None


def calculation_problems(calculation: Calculation, maximum: Decimal) -> list[Problem]:
    """What is wrong with it, whatever is measured; `maximum` of the aspect in marks."""
    return [
        Problem(text, field="calculation", params={"kind": calculation.kind}) for text in _wrong(calculation, maximum)
    ]


def _wrong(calculation: Calculation, maximum: Decimal) -> Iterator[str]:
    most = Decimal(100) if calculation.unit == "percent" else maximum
    match calculation.kind:
        case "completed":
            if calculation.total < 1:
                yield N_("完成数量：总数应不小于 1")
        case "choice":
            if len(calculation.choices) < 2 or not all(choice.label.strip() for choice in calculation.choices):
                yield N_("选项：至少两项，每项有说明")
            if not all(0 <= choice.deduction <= most for choice in calculation.choices):
                yield N_("选项：扣分应在 0 与满分之间")
        case "ranged":
            if not calculation.bands:
                yield N_("区间：至少一个区间")
            if not all(band.low <= band.high and 0 <= band.score <= most for band in calculation.bands):
                yield N_("区间：下限不大于上限，得分在 0 与满分之间")
        case "difference":
            if calculation.interval <= 0 or calculation.deduction <= 0 or calculation.tolerance < 0:
                yield N_("差值：间隔和每间隔扣分应大于 0")
        case "pass_fail":
            pass
