"""Exact decimals: marks are integers of 1/10000 in the database and `Decimal` in the rules."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

SCALE = 10_000

Rounding = Literal["half_up", "half_even", "down", "up"]

_PLAIN = re.compile(r"-?\d{1,9}(\.\d{1,4})?", re.ASCII)


def to_units(value: Decimal) -> int:
    """Whole 1/10000. Raises ValueError when `value` has a finer part: nothing is rounded silently."""
    scaled = value * SCALE
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{value} is finer than 1/{SCALE}")
    return int(scaled)


def from_units(units: int) -> Decimal:
    return Decimal(units) / SCALE


def round_half_up(value: Fraction | Decimal, digits: int) -> Decimal:
    """Round away from zero on a half. A `Fraction` is rounded from its exact value, never through a float."""
    quantum = Decimal(1).scaleb(-digits)
    if isinstance(value, Decimal):
        return value.quantize(quantum, rounding=ROUND_HALF_UP)
    scaled = abs(value) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole) * quantum


def round_ratio(numerator: int, denominator: int, quantum: int = 1, rounding: Rounding = "half_up") -> int:
    """numerator / denominator as the nearest multiple of `quantum`, by a named rule; `denominator` is positive.

    half_up goes away from zero on a half, down towards zero, up away from zero.
    """
    step = denominator * quantum
    whole, rest = divmod(abs(numerator), step)
    if rest and (
        rounding == "up"
        or (rounding == "half_up" and 2 * rest >= step)
        or (rounding == "half_even" and (2 * rest > step or (2 * rest == step and whole % 2)))
    ):
        whole += 1
    return whole * quantum if numerator >= 0 else -whole * quantum


def parse_decimal(text: str) -> Decimal:
    """A plain decimal in ASCII digits, at most four places. Raises ValueError for all else (1e5, NaN, ９.５)."""
    if not _PLAIN.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def plain(value: Decimal) -> str:
    """Without exponent and without trailing zeros: 26.50 is 26.5, 100 stays 100."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(value: Fraction | Decimal, digits: int) -> str:
    return format(round_half_up(value, digits), "f")
