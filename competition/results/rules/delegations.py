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
    """One contestant or team (a team once) with the level of its award, "" for none. `scale` is its score on the
    WorldSkills scale, None where the skill has none."""

    delegation: int
    skill: int
    level: Level = ""
    scale: int | None = None


class MedalPoints(msgspec.Struct, frozen=True):
    gold: int = 4
    silver: int = 3
    bronze: int = 2
    excellence: int = 1


class DelegationRow(msgspec.Struct, frozen=True):
    """`average` is points by skills entered. In each skill with a scale the scores of a delegation's contestants are
    averaged: `scale_total` adds those averages up, `scale_average` is the mean of them; None without any. All rounded
    half up to two digits, once."""

    delegation: int
    rank: int
    gold: int
    silver: int
    bronze: int
    excellence: int
    points: int
    skills: int
    average: Decimal
    scale_total: Decimal | None = None
    scale_average: Decimal | None = None


class _Count(msgspec.Struct, frozen=True):
    delegation: int
    medals: tuple[int, int, int, int]
    points: int
    skills: int
    scales: tuple[Fraction, ...]


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
    skills: dict[int, dict[int, list[int]]] = {}
    for placing in placings:
        levels.setdefault(placing.delegation, Counter())[placing.level] += 1
        scales = skills.setdefault(placing.delegation, {}).setdefault(placing.skill, [])
        if placing.scale is not None:
            scales.append(placing.scale)
    worth = (weights.gold, weights.silver, weights.bronze, weights.excellence)
    counts = []
    for delegation, won in levels.items():
        medals = (won["gold"], won["silver"], won["bronze"], won["excellence"])
        points = sum(number * each for number, each in zip(medals, worth, strict=True))
        averages = tuple(Fraction(sum(each), len(each)) for each in skills[delegation].values() if each)
        counts.append(_Count(delegation, medals, points, len(skills[delegation]), averages))
    return counts


def _row(count: _Count, place: int) -> DelegationRow:
    average = round_half_up(Fraction(count.points, count.skills), AVERAGE_DIGITS)
    total = mean = None
    if count.scales:
        total = round_half_up(sum(count.scales, Fraction(0)), AVERAGE_DIGITS)
        mean = round_half_up(sum(count.scales, Fraction(0)) / len(count.scales), AVERAGE_DIGITS)
    return DelegationRow(count.delegation, place, *count.medals, count.points, count.skills, average, total, mean)
