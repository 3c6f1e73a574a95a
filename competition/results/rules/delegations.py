"""The medal table of delegations: districts, schools and enterprises, provinces or countries further up."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Literal

import msgspec

from competition.exact import round_half_up
from competition.results.rules.awards import Level

AVERAGE_DIGITS = 2


class Placing(msgspec.Struct, frozen=True):
    """One contestant or team (a team once) with the level of its award, "" for none."""

    delegation: int
    skill: int
    level: Level = ""


class MedalPoints(msgspec.Struct, frozen=True):
    gold: int = 4
    silver: int = 3
    bronze: int = 2
    excellence: int = 1


class DelegationRow(msgspec.Struct, frozen=True):
    """`average` is points by skills entered, rounded half up to two digits."""

    delegation: int
    rank: int
    gold: int
    silver: int
    bronze: int
    excellence: int
    points: int
    skills: int
    average: Decimal


class _Count(msgspec.Struct, frozen=True):
    delegation: int
    medals: tuple[int, int, int, int]
    points: int
    skills: int


def medal_table(
    placings: Iterable[Placing],
    order: Literal["medals", "points"] = "medals",
    weights: MedalPoints | None = None,
) -> list[DelegationRow]:
    """Best first, every delegation that entered. Equal medals (or equal points) share a rank: 1, 2, 2, 4."""
    counts = _counts(placings, weights or MedalPoints())

    def strength(count: _Count) -> tuple[int, ...]:
        return count.medals if order == "medals" else (count.points,)

    counts.sort(key=lambda count: count.delegation)
    counts.sort(key=strength, reverse=True)
    rows: list[DelegationRow] = []
    for _, equals in groupby(counts, key=strength):
        place = len(rows) + 1
        rows += [_row(count, place) for count in equals]
    return rows


def _counts(placings: Iterable[Placing], weights: MedalPoints) -> list[_Count]:
    levels: dict[int, Counter[str]] = {}
    skills: dict[int, set[int]] = {}
    for placing in placings:
        levels.setdefault(placing.delegation, Counter())[placing.level] += 1
        skills.setdefault(placing.delegation, set()).add(placing.skill)
    worth = (weights.gold, weights.silver, weights.bronze, weights.excellence)
    counts = []
    for delegation, won in levels.items():
        medals = (won["gold"], won["silver"], won["bronze"], won["excellence"])
        points = sum(number * each for number, each in zip(medals, worth, strict=True))
        counts.append(_Count(delegation, medals, points, len(skills[delegation])))
    return counts


def _row(count: _Count, place: int) -> DelegationRow:
    average = round_half_up(Fraction(count.points, count.skills), AVERAGE_DIGITS)
    return DelegationRow(count.delegation, place, *count.medals, count.points, count.skills, average)
