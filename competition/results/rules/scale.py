"""The WorldSkills scale: scores of different skills made comparable, with 700 in the middle of each.

Reverse-engineered from a published export of 32 rows, all of which reproduce; it is no official formula, and is
labelled so wherever it is shown.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import msgspec

from competition.exact import round_half_up

MIDDLE, SPREAD = 700, 30
MAD_FACTOR = Fraction("1.4826")


class Competitor(msgspec.Struct, frozen=True):
    """A team is one competitor. Out of contest, or without a total, is no part of the field and gets no score."""

    key: int
    total: Decimal | None
    out_of_contest: bool = False


def scale_scores(field: Iterable[Competitor]) -> dict[int, int]:
    """Key -> round(700 + 30·(x − median) / (1.4826·MAD)), half up; all 700 where the MAD is 0 (one alone, or alike)."""
    totals = {each.key: Fraction(each.total) for each in field if each.total is not None and not each.out_of_contest}
    if not totals:
        return {}
    middle = median(totals.values())
    spread = MAD_FACTOR * median(abs(total - middle) for total in totals.values())
    if not spread:
        return dict.fromkeys(totals, MIDDLE)
    return {key: int(round_half_up(MIDDLE + SPREAD * (total - middle) / spread, 0)) for key, total in totals.items()}


def median(values: Iterable[Fraction]) -> Fraction:
    """Of an even number the mean of the two in the middle. Raises ValueError for none."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
