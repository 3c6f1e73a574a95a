"""Re-check: the works that are looked at a second time, and when that is no longer enough.

All of the top group, and lots from the rest. One wrong mark makes a work wrong; when more works are wrong than the
rule bears, every work of the stage is re-checked.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from competition.marking.rules.draw import draw

Total = Decimal | Fraction
RIGHT, WRONG = "right", "wrong"


class RecheckRule(msgspec.Struct, frozen=True):
    """`top_by` says which of the two figures makes the top group; percentages are whole."""

    top_by: Literal["percent", "count"]
    top_percent: int
    top_count: int
    rest_percent: int
    error_percent: int


class Chosen(msgspec.Struct, frozen=True):
    """Numbers of works: the `top` group and the `lot`, each in ascending order."""

    top: tuple[int, ...]
    lot: tuple[int, ...]


def choose(totals: Mapping[int, Total], rule: RecheckRule, seed: str) -> Chosen:
    """From totals by number. Who stands level with the last of the top group belongs to it.

    Both shares are rounded up, since "at least" is asked for. Raises Refused for a blank seed.
    """
    top = _top_group(totals, rule)
    rest = draw(seed, [number for number in totals if number not in top])
    lot = rest[: share(len(rest), rule.rest_percent)]
    return Chosen(tuple(sorted(top)), tuple(sorted(lot)))


def _top_group(totals: Mapping[int, Total], rule: RecheckRule) -> set[int]:
    wanted = share(len(totals), rule.top_percent) if rule.top_by == "percent" else rule.top_count
    best = sorted(totals.values(), reverse=True)[:wanted]
    return {number for number, total in totals.items() if best and total >= best[-1]}


def share(works: int, percent: int) -> int:
    """That many percent of the works, rounded up."""
    return -(-works * percent // 100)


def error_rate(wrong: int, rechecked: int) -> Fraction | None:
    """Wrong works among those re-checked; None before the first."""
    return Fraction(wrong, rechecked) if rechecked else None


def too_many_wrong(wrong: int, drawn: int, rule: RecheckRule) -> bool:
    """More than the rule bears, whatever the works that are still to be done will show."""
    rate = error_rate(wrong, drawn)
    return rate is not None and rate > Fraction(rule.error_percent, 100)


def settled(found_at: datetime, checked_at: Iterable[datetime], answered: bool) -> bool:
    """Whether a work found wrong has been dealt with: one of its sheets was checked again since, or the chief judge
    has answered that the marks stand."""
    return answered or any(at > found_at for at in checked_at)
