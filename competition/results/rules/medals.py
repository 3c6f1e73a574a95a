"""WorldSkills medals by the scale: medals that are shared, Medallions for Excellence, best of delegation.

[found, not official] Who lies within some points (2) of the best of a medal shares it. Two golds leave no silver, and
bronze to the next. Three or more golds leave no silver, and bronze only to those within 2 points of the last gold: so
"within 2 points" is measured from the best of a medal and never passed on from one to the next, or nobody so near
would be left. Everyone else with 700 or more has a Medallion for Excellence.

Our reading where nothing was found. Two silvers fill the places of silver and bronze, as three golds fill all three:
bronze only to those within 2 points of the last silver. Where the scale gives everybody 700 (its MAD is 0) it tells
nobody apart, and only equal totals share a medal.
"""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from itertools import groupby

import msgspec

from competition.results.rules.awards import Level

MEDAL_LEVELS: tuple[Level, ...] = ("gold", "silver", "bronze", "excellence")


class MedalRule(msgspec.Struct, frozen=True):
    """Both in points of the scale: who lies within so many shares a medal; from so many there is excellence."""

    shared_within: int
    excellence_from: int


class Scaled(msgspec.Struct, frozen=True):
    """A competitor (a team once) with its score on the scale."""

    key: int
    scale: int
    total: Decimal = Decimal(0)
    skill: int = 0
    delegation: int | None = None


def worldskills_medals(
    field: Iterable[Scaled], rule: MedalRule, offered: Collection[Level] = MEDAL_LEVELS
) -> dict[int, Level]:
    """Key -> medal or "excellence"; who has neither is left out. A level that is not offered goes to nobody."""
    ordered = sorted(field, key=lambda each: (-each.scale, -each.total, each.key))
    near = _Nearness(rule.shared_within, flat=len({each.scale for each in ordered}) <= 1)
    golds, left = _shared(ordered, near)
    silvers: list[Scaled] = []
    if len(golds) == 1:
        silvers, left = _shared(left, near)
    if len(golds) >= 3 or len(silvers) >= 2:
        last = (silvers or golds)[-1]
        bronzes = [each for each in left if near.to(last, each)]
        left = left[len(bronzes) :]
    else:
        bronzes, left = _shared(left, near)
    excellent = [each for each in left if each.scale >= rule.excellence_from]
    groups = zip(MEDAL_LEVELS, (golds, silvers, bronzes, excellent), strict=True)
    return {each.key: level for level, group in groups if level in offered for each in group}


class _Nearness(msgspec.Struct, frozen=True):
    within: int
    flat: bool

    def to(self, best: Scaled, other: Scaled) -> bool:
        return other.total == best.total if self.flat else best.scale - other.scale <= self.within


def _shared(ordered: list[Scaled], near: _Nearness) -> tuple[list[Scaled], list[Scaled]]:
    """The best and all near it, and the others."""
    sharing = [each for each in ordered if near.to(ordered[0], each)]
    return sharing, ordered[len(sharing) :]


def best_of_delegations(field: Iterable[Scaled]) -> dict[int, tuple[Scaled, ...]]:
    """Delegation -> its highest score over all skills, shared by all who have it."""
    named = sorted(
        ((each.delegation, each) for each in field if each.delegation is not None),
        key=lambda pair: (pair[0], -pair[1].scale, pair[1].key),
    )
    grouped = groupby(named, lambda pair: pair[0])
    return {delegation: _highest([each for _, each in pairs]) for delegation, pairs in grouped}


def highest_scale(field: Iterable[Scaled]) -> tuple[Scaled, ...]:
    """The contest's single highest score, shared by all who have it (the Albert Vidal award)."""
    return _highest(sorted(field, key=lambda each: (-each.scale, each.key)))


def _highest(ordered: Sequence[Scaled]) -> tuple[Scaled, ...]:
    return tuple(each for each in ordered if each.scale == ordered[0].scale)
