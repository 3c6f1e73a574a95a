from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.marking.rules.aggregate import Aggregation, aggregation_problems, panel_score
from competition.problems import Refused

MARKS = st.integers(0, 200).map(lambda halves: Decimal(halves) / 2)
PANELS = st.lists(MARKS, min_size=3, max_size=9)
TRIMMED = Aggregation("trimmed", 1, 1)
RULES = st.sampled_from([TRIMMED, Aggregation("mean"), Aggregation("median")])


def score(marks: list[Decimal], rule: Aggregation) -> Decimal:
    result = panel_score(marks, rule)
    assert result is not None
    return result


@given(marks=PANELS, rule=RULES, data=st.data())
def test_the_order_of_the_judges_does_not_matter(marks: list[Decimal], rule: Aggregation, data: st.DataObject) -> None:
    assert panel_score(data.draw(st.permutations(marks)), rule) == panel_score(marks, rule)


@given(marks=PANELS, rule=RULES)
def test_the_score_lies_between_the_lowest_and_the_highest_mark(marks: list[Decimal], rule: Aggregation) -> None:
    assert min(marks) <= score(marks, rule) <= max(marks)


@given(marks=PANELS)
def test_trimming_keeps_within_the_marks_that_are_left(marks: list[Decimal]) -> None:
    kept = sorted(marks)[1:-1]
    assert kept[0] <= score(marks, TRIMMED) <= kept[-1]


@given(marks=PANELS, low=MARKS, high=MARKS)
def test_one_judge_outside_the_others_cannot_move_a_trimmed_score(
    marks: list[Decimal], low: Decimal, high: Decimal
) -> None:
    inside = sorted(marks)
    moved = [min(low, inside[0]), *inside[1:-1], max(high, inside[-1])]
    assert panel_score(moved, TRIMMED) == panel_score(inside, TRIMMED)


@given(marks=PANELS, rule=RULES, data=st.data())
def test_a_better_mark_never_lowers_the_score(marks: list[Decimal], rule: Aggregation, data: st.DataObject) -> None:
    judge = data.draw(st.integers(0, len(marks) - 1))
    better = [*marks[:judge], marks[judge] + data.draw(MARKS), *marks[judge + 1 :]]
    assert score(better, rule) >= score(marks, rule)


@given(marks=PANELS, digits=st.integers(0, 4))
def test_the_mean_is_rounded_by_at_most_half_a_digit_and_up_on_the_half(marks: list[Decimal], digits: int) -> None:
    exact = Fraction(sum(marks)) / len(marks)
    error = Fraction(score(marks, Aggregation("mean", digits=digits))) - exact
    half = Fraction(1, 2 * 10**digits)
    assert -half < error <= half


@given(marks=PANELS, rule=RULES, data=st.data())
def test_one_missing_mark_leaves_no_score(marks: list[Decimal], rule: Aggregation, data: st.DataObject) -> None:
    judge = data.draw(st.integers(0, len(marks) - 1))
    assert panel_score([*marks[:judge], None, *marks[judge + 1 :]], rule) is None


def test_no_judges_no_score() -> None:
    assert panel_score([], TRIMMED) is None


def test_the_right_end_is_dropped() -> None:
    marks = [Decimal(1), Decimal(5), Decimal(9)]
    assert panel_score(marks, Aggregation("trimmed", drop_highest=1)) == Decimal("3.00")
    assert panel_score(marks, Aggregation("trimmed", drop_lowest=1)) == Decimal("7.00")


def test_a_rule_that_leaves_nothing_is_refused_and_not_computed() -> None:
    with pytest.raises(Refused, match="至少需 3 名"):
        panel_score([Decimal(8), Decimal(9)], TRIMMED)


@pytest.mark.parametrize(
    ("rule", "judges", "fields"),
    [
        (TRIMMED, 3, []),
        (TRIMMED, 2, ["judges"]),
        (TRIMMED, 0, ["judges"]),
        (Aggregation("trimmed", 2, 1), 4, []),
        (Aggregation("trimmed", 2, 1), 3, ["judges"]),
        (Aggregation("trimmed", 0, 0), 5, ["drop_highest"]),
        (Aggregation("trimmed", -1, 2), 5, ["drop_highest"]),
        (Aggregation("mean"), 1, []),
        (Aggregation("mean", 1, 1), 5, ["kind"]),
        (Aggregation("median", 0, 1), 5, ["kind"]),
        (Aggregation("mean", digits=4), 5, []),
        (Aggregation("mean", digits=5), 5, ["digits"]),
        (Aggregation("mean", digits=-1), 0, ["judges", "digits"]),
    ],
)
def test_a_rule_must_suit_its_panel(rule: Aggregation, judges: int, fields: list[str]) -> None:
    problems = aggregation_problems(rule, judges)
    assert [problem.field for problem in problems] == fields
    assert all(str(problem) for problem in problems)
