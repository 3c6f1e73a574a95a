"""WorldSkills medals by the scale: medals that are shared, Medallions for Excellence, best of nation.

[found, not official] The best is gold; whoever lies within 2 points of the best of a medal shares it. One gold leaves
silver and bronze, two golds leave no silver but bronze, three or more golds leave no silver, and bronze only to those
within 2 points of the last gold. Our reading where nothing was found: two silvers take the places of silver and bronze,
so bronze goes only to those within 2 points of the last silver. Everyone else with 700 or more has a Medallion for
Excellence.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from competition.results.rules.awards import Level

SHARED_WITHIN = 2
EXCELLENT = 700


class Scaled(msgspec.Struct, frozen=True):
    """A competitor (a team once) with its score on the scale."""

    key: int
    scale: int
    skill: int = 0
    delegation: int | None = None


def worldskills_medals(field: Iterable[Scaled], offered: Sequence[Level] | None = None) -> dict[int, Level]:
    """Key -> medal or "excellence"; who has neither is left out. `offered` None offers every level."""
    levels = ("gold", "silver", "bronze", "excellence") if offered is None else tuple(offered)
    left = sorted(field, key=lambda each: (-each.scale, each.key))
    given: dict[int, Level] = {}

    def give(level: Level, near: int | None = None) -> int:
        """The next medal to the best left and all within 2 points below; `near`: only within 2 points of this score."""
        best = left[0].scale if left else 0
        if level not in levels or not left or (near is not None and near - best > SHARED_WITHIN):
            return 0
        last = best
        sharing: list[Scaled] = []
        while left and last - left[0].scale <= SHARED_WITHIN and best - left[0].scale <= SHARED_WITHIN:
            last = left[0].scale
            sharing.append(left.pop(0))
        given.update({each.key: level for each in sharing})
        lowest.append(last)
        return len(sharing)

    lowest: list[int] = []
    golds = give("gold")
    silvers = give("silver") if golds < 2 else 0
    if golds >= 3 or silvers >= 2:
        give("bronze", near=lowest[-1])
    elif golds:
        give("bronze")
    if "excellence" in levels:
        given.update({each.key: "excellence" for each in left if each.scale >= EXCELLENT})
    return given


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
