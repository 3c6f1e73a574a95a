"""How the judges of a panel mark beside each other: who leans, who scatters, who favours their own, who decides ranks.

Nothing here proves anything: it says where a chief judge should look. A judge is compared with the others of the panel,
never with a mean that holds the judge's own mark. Exact until the one rounding of what is shown, half up at 0.01.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

import msgspec

from competition.exact import round_half_up


class Comparison(NamedTuple):
    """One aspect of one work: what each judge of the panel gave, and the most it can be, in the same unit."""

    work: Hashable
    maximum: int
    marks: Mapping[Any, int]


class PatternRule(msgspec.Struct, frozen=True):
    """When a judge is conspicuous: more than so many percent of the maximum, from at least `least` marks. `outlier` is
    for one mark or sheet against the mean of its panel."""

    bias: Decimal
    scatter: Decimal
    home: Decimal
    least: int
    outlier: Decimal = Decimal(10)


# [default] No published figure was found. Where the procedure in force is silent.
DEFAULT_RULE = PatternRule(bias=Decimal(5), scatter=Decimal(20), home=Decimal(5), least=10)


class Pattern(NamedTuple):
    """One judge, over `marks` marks that others gave too, in percent of the maximum of the aspects.

    bias: own mark less the mean of the other judges, on average. scatter: how far from that bias on average.
    """

    judge: Any
    marks: int
    bias: Decimal
    scatter: Decimal
    leans: bool
    scatters: bool


class HomeLean(NamedTuple):
    """How a judge marks the works of the own delegation and all other works, beside the other judges, in percent."""

    judge: Any
    works: int
    home_marks: int
    home: Decimal
    away_marks: int
    away: Decimal
    difference: Decimal
    suspicious: bool


class _Deviations:
    """Deviations of one judge as whole numbers over few denominators, each with how often it occurs."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[int, int]] = Counter()

    @property
    def n(self) -> int:
        return self.counts.total()

    def common(self) -> tuple[dict[int, int], int]:
        """(numerator -> how often, the denominator they share)."""
        shared = lcm(*{denominator for _, denominator in self.counts})
        found: Counter[int] = Counter()
        for (numerator, denominator), times in self.counts.items():
            found[numerator * (shared // denominator)] += times
        return found, shared

    def mean(self) -> Fraction:
        found, shared = self.common()
        return Fraction(100 * sum(value * times for value, times in found.items()), shared * self.n)

    def scatter(self) -> Fraction:
        """The mean distance from the mean."""
        found, shared = self.common()
        n = self.n
        whole = sum(value * times for value, times in found.items())
        away = sum(abs(value * n - whole) * times for value, times in found.items())
        return Fraction(100 * away, shared * n * n)


def _deviations(
    comparisons: Iterable[Comparison], home: Mapping[Any, frozenset[Any]] | None = None
) -> dict[tuple[Any, bool], _Deviations]:
    """By (judge, whether the work is of the own delegation). Own mark less the mean of the k − 1 others is
    (k × own − all) / (k − 1). A judge alone is compared with nobody."""
    found: dict[tuple[Any, bool], _Deviations] = defaultdict(_Deviations)
    for work, maximum, marks in comparisons:
        count = len(marks)
        if count < 2:
            continue
        whole = sum(marks.values())
        denominator = (count - 1) * maximum
        for judge, mark in marks.items():
            own = home is not None and work in home.get(judge, ())
            found[judge, own].counts[count * mark - whole, denominator] += 1
    return found


def judge_patterns(comparisons: Iterable[Comparison], rule: PatternRule = DEFAULT_RULE) -> dict[Any, Pattern]:
    """By judge, for those who marked beside others."""
    patterns = {}
    for (judge, _), deviations in _deviations(comparisons).items():
        bias, scatter, enough = deviations.mean(), deviations.scatter(), deviations.n >= rule.least
        patterns[judge] = Pattern(
            judge, deviations.n, round_half_up(bias, 2), round_half_up(scatter, 2),
            leans=enough and abs(bias) > rule.bias, scatters=enough and scatter > rule.scatter,
        )  # fmt: skip
    return patterns


def home_leanings(
    comparisons: Sequence[Comparison], home: Mapping[Any, frozenset[Any]], rule: PatternRule = DEFAULT_RULE
) -> dict[Any, HomeLean]:
    """By judge, for those who marked works of their own (`home`: judge -> works) and others. Suspicious is who marks
    their own higher than the others by more than the rule bears; a judge who leans as far everywhere is not."""
    found = _deviations(comparisons, home)
    leanings = {}
    for judge, works in home.items():
        if (judge, True) not in found or (judge, False) not in found:
            continue
        own, other = found[judge, True], found[judge, False]
        difference = own.mean() - other.mean()
        leanings[judge] = HomeLean(
            judge, len({each.work for each in comparisons if judge in each.marks and each.work in works}),
            own.n, round_half_up(own.mean(), 2), other.n, round_half_up(other.mean(), 2),
            round_half_up(difference, 2), suspicious=own.n >= rule.least and difference > rule.home,
        )  # fmt: skip
    return leanings


def changed_ranks(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> int | None:
    """How many works would stand at another rank (1, 2, 2, 4) by the totals after; works without a total before are
    left out. None where a work had a total and has none after."""
    standing = {work: total for work, total in before.items() if total is not None}
    without = {work: after.get(work) for work in standing}
    if None in without.values():
        return None
    old, new = _ranks(standing), _ranks(without)
    return sum(old[work] != new[work] for work in standing)


def _ranks(totals: Mapping[Any, Any]) -> dict[Any, int]:
    rank_of: dict[Any, int] = {}
    for place, total in enumerate(sorted(totals.values(), reverse=True), 1):
        rank_of.setdefault(total, place)
    return {work: rank_of[total] for work, total in totals.items()}


def furthest(figures: Sequence[int], widest: int) -> list[int]:
    """Places of the marks that more of the others differ from by more than `widest` than from any other mark.

    Of 3, 1, 3 it is the 1; of 0, 2, 1 the 0 and the 2; of three that all differ all three.
    """
    far = [sum(abs(own - other) > widest for other in figures) for own in figures]
    most = max(far, default=0)
    return [place for place, count in enumerate(far) if most and count == most]


def off_the_mean(figures: Sequence[int], maximum: int, share: Fraction) -> list[int]:
    """Places of the figures further from the mean of all of them than this share of the maximum."""
    count, whole = len(figures), sum(figures)
    limit = count * maximum * share.numerator
    return [place for place, own in enumerate(figures) if abs(count * own - whole) * share.denominator > limit]
