"""How one aspect is entered on a tablet, and what the tablet needs to say at once what an entry earns."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from competition.exact import SCALE, fixed, from_units, plain, to_units
from competition.marking.kinds import Method
from competition.marking.rules.calculation import Band, Calculation, earned
from competition.marking.service.schemes import AspectRow

MARK_DIGITS = 2


class Control(StrEnum):
    """POINTS: the keypad of a panel score. NUMBER: a keypad of its own, for a partial mark or a measured value."""

    POINTS = "points"
    JUDGEMENT = "judgement"
    YES_NO = "yes_no"
    COUNT = "count"
    CHOICE = "choice"
    NUMBER = "number"


_OF_CALCULATION = {
    "pass_fail": Control.YES_NO,
    "completed": Control.COUNT,
    "choice": Control.CHOICE,
    "ranged": Control.NUMBER,
    "difference": Control.NUMBER,
}


class ShownChoice(msgspec.Struct, frozen=True):
    """`value` is what is entered; `deduction` in marks, "" where nothing is taken off."""

    value: str
    label: str
    deduction: str


class ShownBand(msgspec.Struct, frozen=True):
    low: str
    high: str
    mark: str


class ShownDifference(msgspec.Struct, frozen=True):
    """`deduction` for each begun interval, in marks or with its percent sign."""

    target: str
    tolerance: str
    interval: str
    deduction: str


def control_of(aspect: AspectRow) -> Control:
    if aspect.method == Method.JUDGEMENT:
        return Control.JUDGEMENT
    if aspect.calculation is not None:
        return _OF_CALCULATION[aspect.calculation.kind]
    if aspect.method == Method.SCORE:
        return Control.POINTS
    return Control.YES_NO if aspect.step == aspect.maximum else Control.NUMBER


def mark_text(value: Decimal) -> str:
    """A mark of a WorldSkills form: two places at least, more only where there are more."""
    short = plain(value)
    return short if len(short.partition(".")[2]) > MARK_DIGITS else fixed(value, MARK_DIGITS)


def yes_value(aspect: AspectRow) -> str:
    """What "yes" is entered as: the whole mark, or 1 where a calculation makes the mark of it."""
    return plain(aspect.maximum) if aspect.calculation is None else "1"


def nudge(aspect: AspectRow) -> str:
    """What + and − change a value by: the step, or the finest place that the figures of the calculation show."""
    rule = aspect.calculation
    if rule is None:
        return plain(aspect.step)
    if rule.kind == "ranged":
        figures = [figure for band in rule.bands for figure in (band.low, band.high)]
    else:
        figures = [rule.target, rule.tolerance, rule.interval]
    places = max(len(plain(figure).partition(".")[2]) for figure in figures)
    return plain(Decimal(1).scaleb(-places))


def choices(aspect: AspectRow) -> list[ShownChoice]:
    rule = aspect.calculation
    if rule is None or rule.kind != "choice":
        return []
    off = [to_units(aspect.maximum) - _earned(aspect, number * SCALE) for number in range(1, len(rule.choices) + 1)]
    return [
        ShownChoice(str(number), choice.label, mark_text(from_units(units)) if units else "")
        for number, (choice, units) in enumerate(zip(rule.choices, off, strict=True), start=1)
    ]


def bands(aspect: AspectRow) -> list[ShownBand]:
    rule = aspect.calculation
    if rule is None or rule.kind != "ranged":
        return []
    return [
        ShownBand(plain(band.low), plain(band.high), mark_text(from_units(_of_band(aspect, rule, band))))
        for band in rule.bands
    ]


def difference(aspect: AspectRow) -> ShownDifference | None:
    rule = aspect.calculation
    if rule is None or rule.kind != "difference":
        return None
    off = f"{plain(rule.deduction)}%" if rule.unit == "percent" else mark_text(rule.deduction)
    return ShownDifference(plain(rule.target), plain(rule.tolerance), plain(rule.interval), off)


def _earned(aspect: AspectRow, measured: int) -> int:
    assert aspect.calculation is not None
    return earned(aspect.calculation, to_units(aspect.maximum), measured)


def _of_band(aspect: AspectRow, rule: Calculation, band: Band) -> int:
    """A band's own mark, whatever other bands overlap it."""
    alone = msgspec.structs.replace(rule, bands=(band,))
    return earned(alone, to_units(aspect.maximum), to_units(band.low))


def earning(aspect: AspectRow) -> dict[str, Any]:
    """The calculation in whole 1/10000, for the tablet to show what an entry earns before the server has answered."""
    rule, maximum = aspect.calculation, to_units(aspect.maximum)
    if rule is None:
        return {"kind": aspect.method.value, "maximum": maximum}
    common = {"kind": rule.kind, "maximum": maximum}
    match rule.kind:
        case "completed":
            return common | {"total": rule.total}
        case "choice":
            return common | {"marks": [_earned(aspect, n * SCALE) for n in range(1, len(rule.choices) + 1)]}
        case "ranged":
            return common | {
                "bands": [[to_units(b.low), to_units(b.high), _of_band(aspect, rule, b)] for b in rule.bands]
            }
        case "difference":
            return common | {
                "target": to_units(rule.target), "tolerance": to_units(rule.tolerance),
                "interval": to_units(rule.interval), "deduction": to_units(rule.deduction),
                "percent": rule.unit == "percent",
            }  # fmt: skip
        case _:
            return common
