"""What the golden cases of analysis.yaml do not show: the own delegation, ranks without a judge, who stands out."""

from decimal import Decimal
from fractions import Fraction

import pytest

from competition.marking.rules.analysis import (
    Comparison,
    PatternRule,
    changed_ranks,
    furthest,
    home_leanings,
    judge_patterns,
    off_the_mean,
)

RULE = PatternRule(bias=Decimal(5), scatter=Decimal(20), home=Decimal(5), least=2)


def of_ten(*rows: tuple[int, dict[str, int]]) -> list[Comparison]:
    return [Comparison(work, 10, marks) for work, marks in rows]


def test_who_marks_the_own_higher_than_the_others_is_suspected() -> None:
    # A at home: 9 − 7 and 8 − 6, 20 % above; elsewhere 5 − 5 and 6 − 6
    rows = of_ten((1, {"A": 9, "B": 7}), (2, {"A": 8, "B": 6}), (3, {"A": 5, "B": 5}), (4, {"A": 6, "B": 6}))
    [lean] = home_leanings(rows, {"A": frozenset({1, 2}), "B": frozenset()}, RULE).values()
    assert (lean.works, lean.home_marks, lean.away_marks) == (2, 2, 2)
    assert (lean.home, lean.away, lean.difference, lean.suspicious) == (Decimal(20), Decimal(0), Decimal(20), True)


def test_who_is_generous_to_all_is_not() -> None:
    rows = of_ten((1, {"A": 9, "B": 7}), (2, {"A": 8, "B": 6}), (3, {"A": 7, "B": 5}), (4, {"A": 8, "B": 6}))
    [lean] = home_leanings(rows, {"A": frozenset({1, 2})}, RULE).values()
    assert (lean.home, lean.difference, lean.suspicious) == (Decimal(20), Decimal(0), False)


def test_who_is_harder_on_the_own_is_not() -> None:
    rows = of_ten((1, {"A": 5, "B": 7}), (2, {"A": 4, "B": 6}), (3, {"A": 5, "B": 5}))
    [lean] = home_leanings(rows, {"A": frozenset({1, 2})}, RULE).values()
    assert (lean.difference, lean.suspicious) == (Decimal(-20), False)


def test_too_few_marks_at_home_suspect_nobody() -> None:
    rows = of_ten((1, {"A": 9, "B": 1}), (2, {"A": 5, "B": 5}))
    [lean] = home_leanings(rows, {"A": frozenset({1})}, RULE).values()
    assert (lean.difference, lean.suspicious) == (Decimal(80), False)


@pytest.mark.parametrize("home", [frozenset(), frozenset({1, 2})], ids=["none", "all"])
def test_without_own_or_without_others_there_is_nothing_to_compare(home: frozenset[int]) -> None:
    rows = of_ten((1, {"A": 9, "B": 7}), (2, {"A": 8, "B": 6}))
    assert home_leanings(rows, {"A": home}, RULE) == {}


def test_the_biases_of_two_judges_cancel_out() -> None:
    rows = of_ten((1, {"A": 9, "B": 7}), (2, {"A": 3, "B": 4}))
    patterns = judge_patterns(rows, RULE)
    assert patterns["A"].bias == -patterns["B"].bias == Decimal(5)


def test_a_third_stays_exact_until_it_is_shown() -> None:
    rows = [Comparison(work, 3, {"A": 1, "B": 0}) for work in range(3)]
    pattern = judge_patterns(rows, RULE)["A"]
    assert (pattern.bias, pattern.scatter) == (Decimal("33.33"), Decimal(0))


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        ({1: 90, 2: 80, 3: 70}, 0),
        ({1: 80, 2: 90, 3: 70}, 2),
        ({1: 90, 2: 80, 3: 80}, 1),  # 1, 2, 2: the third is now second
        ({1: 90, 2: 90, 3: 70}, 1),  # 1, 1, 3
        ({1: 70, 2: 80, 3: 90}, 2),
        ({1: 90, 2: 80, 3: None}, None),
        ({1: 90, 2: 80}, None),
    ],
)
def test_ranks_without_a_judge(after: dict[int, int | None], changed: int | None) -> None:
    assert changed_ranks({1: 95, 2: 85, 3: 75}, after) == changed


def test_works_without_a_total_have_no_rank_to_lose() -> None:
    assert changed_ranks({1: 95, 2: None}, {1: 90, 2: None}) == 0


@pytest.mark.parametrize(
    ("figures", "widest", "places"),
    [
        ((3, 1, 3), 1, [1]),
        ((0, 2, 1), 1, [0, 1]),
        ((2, 3, 2), 1, []),
        ((5, 5, 4), 0, [2]),
        ((5, 4, 3), 0, [0, 1, 2]),
        ((4, 4, 4), 0, []),
        ((0, 2), 1, [0, 1]),
        ((), 1, []),
    ],
)
def test_the_mark_that_keeps_a_panel_apart(figures: tuple[int, ...], widest: int, places: list[int]) -> None:
    assert furthest(figures, widest) == places


@pytest.mark.parametrize(
    ("figures", "places"),
    [((50, 50, 62), []), ((50, 50, 66), [2]), ((40, 50, 60), []), ((39, 50, 61), [0, 2]), ((40, 60), []), ((10,), [])],
)
def test_who_lies_off_the_mean_by_more_than_a_tenth(figures: tuple[int, ...], places: list[int]) -> None:
    # 50, 50, 66: the mean is 55.33, the last 10.67 above it
    assert off_the_mean(figures, 100, Fraction(1, 10)) == places
