"""Scoring in whole units: against plain fractions, in any order, and after a change as if from the start."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.exact import SCALE, Rounding, round_half_up, round_ratio
from competition.marking.rules.aggregate import Aggregation, combined
from competition.marking.rules.calculation import Band, Calculation, Choice, calculation_problems, earned
from competition.marking.rules.scheme import Aspect, Part, Scheme, scheme_problems
from competition.marking.rules.scoring import DISAGREED, MISSING, SHORT, SPREAD, PartScorer, Row, Scorer, Tally

D = Decimal
TRIMMED = Aggregation("trimmed", 1, 1)


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6), st.sampled_from([1, 10, 100, 10_000]))
def test_half_up_is_that_of_exact_fractions(numerator: int, denominator: int, quantum: int) -> None:
    exact = round_half_up(Fraction(numerator, denominator) / quantum, 0) * quantum
    assert round_ratio(numerator, denominator, quantum) == exact


@pytest.mark.parametrize(
    ("rounding", "up", "down", "half"),
    [("half_up", 2, 1, 2), ("half_even", 2, 1, 2), ("down", 1, 1, 1), ("up", 2, 2, 2)],
)
def test_roundings_by_name(rounding: Rounding, up: int, down: int, half: int) -> None:
    found = [round_ratio(*ratio, rounding=rounding) for ratio in ((17, 10), (13, 10), (3, 2))]
    assert found == [up, down, half]
    assert round_ratio(-3, 2, rounding=rounding) == -half
    assert round_ratio(5, 2, rounding="half_even") == 2


@given(st.lists(st.integers(0, 100), min_size=3, max_size=9), st.randoms())
def test_trimming_does_not_depend_on_the_order_of_judges(marks: list[int], lot: Any) -> None:
    shuffled = lot.sample(marks, len(marks))
    for rule in (TRIMMED, Aggregation("mean"), Aggregation("median"), Aggregation("sum", 1, 1)):
        assert combined(marks, rule) == combined(shuffled, rule)


@given(st.lists(st.integers(0, 100), min_size=3, max_size=9), st.data())
def test_a_higher_mark_never_lowers_a_panels_figure(marks: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(marks) - 1))
    raised = [mark + (3 if each == place else 0) for each, mark in enumerate(marks)]
    for rule in (TRIMMED, Aggregation("mean"), Aggregation("median"), Aggregation("sum", 1, 1)):
        before, after = combined(marks, rule), combined(raised, rule)
        assert before
        assert after
        assert Fraction(*before) <= Fraction(*after)


@given(st.lists(st.integers(0, 100), min_size=3, max_size=9))
def test_a_trimmed_mean_lies_between_the_marks_that_are_left(marks: list[int]) -> None:
    kept = sorted(marks)[1:-1]
    figure = combined(marks, TRIMMED)
    assert figure
    assert kept[0] <= Fraction(*figure) <= kept[-1]


CHOICES = Calculation("choice", choices=(Choice("fine"), Choice("slight", D("0.5")), Choice("severe", D(2))))
BANDS = Calculation("ranged", bands=(Band(D("9.95"), D("10.05"), D(2)), Band(D("9.9"), D("10.1"), D(1))))
DIFFERENCE = Calculation("difference", target=D(100), interval=D(1), deduction=D("0.2"))
COMPLETED = Calculation("completed", total=7)


@given(st.sampled_from([CHOICES, BANDS, DIFFERENCE, COMPLETED, Calculation("pass_fail")]), st.integers(0, 200 * SCALE))
def test_a_measurement_earns_between_nothing_and_the_maximum(calculation: Calculation, measured: int) -> None:
    if calculation.kind == "choice":
        measured = (measured % 3 + 1) * SCALE
    if calculation.kind == "completed":
        measured = measured % 8 * SCALE
    assert 0 <= earned(calculation, 2 * SCALE, measured) <= 2 * SCALE


@pytest.mark.parametrize(
    "wrong",
    [
        Calculation("completed"),
        Calculation("choice", choices=(Choice("only one"),)),
        Calculation("choice", choices=(Choice("a"), Choice("", D(1)))),
        Calculation("choice", choices=(Choice("a"), Choice("b", D(3)))),
        Calculation("ranged"),
        Calculation("ranged", bands=(Band(D(2), D(1), D(1)),)),
        Calculation("ranged", bands=(Band(D(1), D(2), D(3)),)),
        Calculation("difference", interval=D(0), deduction=D(1)),
        Calculation("difference", interval=D(1), deduction=D(1), tolerance=D(-1)),
    ],
)
def test_a_calculation_that_cannot_be_used_is_found(wrong: Calculation) -> None:
    assert calculation_problems(wrong, D(2))


# The measured mark is not averaged, the judgement is; the panel score drops one high and one low.
SCHEME = Scheme(
    parts=(
        Part("M", D(30), D(3), judges=3, aspects=(
            Aspect("m1", D(1), D(1), "measurement"), Aspect("m2", D(2), D(2), "measurement", calculation=COMPLETED),
        )),
        Part("J", D(30), D(3), judges=3, aspects=(Aspect("j1", D(3), D(1), "judgement"),)),
        Part("P", D(40), D(10), TRIMMED, judges=3, aspects=(Aspect("p1", D(10), D("0.5")),)),
    )
)  # fmt: skip


def full(offset: int = 0) -> dict[str, dict[str, list[int | None]]]:
    return {
        "M": {"m1": [SCALE] * 3, "m2": [5 * SCALE] * 3},
        "J": {"j1": [SCALE, SCALE, 2 * SCALE]},
        "P": {"p1": [8 * SCALE + offset, 9 * SCALE, 7 * SCALE]},
    }


def test_a_whole_scheme_adds_up() -> None:
    # M: 1 + 2·5/7 = 2.43; J: 4/9·3 = 1.33; P: 8
    scored = Scorer(SCHEME).scored(full())
    assert scored.parts == {"M": 24_300, "J": 13_300, "P": 80_000}
    # 24.3 + 13.3 + 32
    assert scored.total == 696_000


@pytest.mark.parametrize(
    ("part", "aspect", "marks", "why"),
    [
        ("M", "m1", [SCALE, None, SCALE], MISSING),
        ("M", "m1", [SCALE, SCALE], MISSING),
        ("M", "m1", [SCALE, SCALE, 0], DISAGREED),
        ("J", "j1", [SCALE, 3 * SCALE, SCALE], SPREAD),
        ("J", "j1", [], MISSING),
    ],
)
def test_what_keeps_a_score_away_is_named_and_no_total_is_made(
    part: str, aspect: str, marks: list[int | None], why: str
) -> None:
    scorer = Scorer(SCHEME)
    given_marks = full()
    given_marks[part][aspect] = marks
    assert scorer.scored(given_marks).total is None
    assert [(gap.part, gap.aspect, gap.why) for gap in scorer.gaps(given_marks)] == [(part, aspect, why)]


def test_a_panel_of_two_cannot_drop_one_and_one() -> None:
    part = Part("P", D(100), D(10), TRIMMED, aspects=(Aspect("p1", D(10), D("0.5")),))
    scorer = PartScorer(part)
    assert scorer.aspect_score("p1", {"p1": [8 * SCALE, 9 * SCALE]}) is None
    assert scorer.gaps({"p1": [8 * SCALE, 9 * SCALE]})[0].why == SHORT


ROWS = [
    Row(contestant, part, aspect, value)
    for contestant in ("a", "b", "c")
    for part, aspects in full(ord(contestant) * 5000).items()
    for aspect, values in aspects.items()
    for value in values
]


@given(st.permutations(ROWS))
def test_rows_score_the_same_in_any_order(rows: list[Row]) -> None:
    assert Tally.of_rows(SCHEME, rows).totals() == Tally.of_rows(SCHEME, ROWS).totals()


CHANGES = st.sampled_from(
    [("M", "m1", [0, SCALE]), ("M", "m2", [0, 7 * SCALE]), ("J", "j1", [0, SCALE]), ("P", "p1", [0, 5 * SCALE])]
)


@given(st.lists(st.tuples(CHANGES, st.integers(0, 2), st.booleans(), st.booleans()), max_size=8))
def test_after_changes_everything_is_as_if_scored_from_the_start(changes: list[Any]) -> None:
    tally = Tally.of_rows(SCHEME, ROWS)
    for (part, aspect, values), judge, second, blank in changes:
        tally.change("b", part, aspect, judge, None if blank else values[second])
    fresh = Scorer(SCHEME).scored(tally.marks["b"])
    assert tally.scores["b"] == fresh
    assert tally.totals()["a"] == Tally.of_rows(SCHEME, ROWS).totals()["a"]


def test_rows_for_what_the_scheme_does_not_have_are_an_error() -> None:
    with pytest.raises(KeyError):
        Tally.of_rows(SCHEME, [Row("a", "M", "m9", 0)])
    with pytest.raises(KeyError):
        Tally.of_rows(SCHEME, [Row("a", "X", "m1", 0)])


DIVING = Scheme(
    total="sum",
    parts=(
        Part("D", D(0), D(1000), Aggregation("sum", 2, 2), judges=7, aspects=(
            Aspect("dd", D(5), D("0.1"), "given", counts=False),
            Aspect("1", D(10), D("0.5"), times=("dd",)),
        )),
        Part("pen", D(0), D(100), source="penalty"),
        Part("plus", D(0), D(100), source="bonus"),
    ),
)  # fmt: skip


def test_a_dive_is_the_sum_of_the_middle_marks_times_its_difficulty() -> None:
    scorer = Scorer(DIVING)
    marks = {"D": {"dd": [32_000], "1": [round(mark * SCALE) for mark in (7, 7.5, 7.5, 8, 8, 8.5, 9)]}}
    # (7.5 + 8 + 8) × 3.2
    assert scorer.scored(marks).total == 752_000
    assert scorer.scored(marks | {"pen": {"pen": [20_000]}, "plus": {"plus": [5_000]}}).total == 737_000
    assert scorer.scored(marks | {"pen": {"pen": [1_000_000]}}).total == 0


def test_without_its_difficulty_a_dive_has_no_score() -> None:
    assert Scorer(DIVING).scored({"D": {"1": [SCALE] * 7}}).total is None


def test_a_panels_figure_can_be_rounded_before_it_is_multiplied() -> None:
    aspect = Aspect("c", D(10), D("0.25"), times=("1.67",), digits=2)
    part = Part("C", D(100), D(10), Aggregation("mean"), aspects=(aspect,))
    marks = {"c": [80_000, 82_500, 82_500]}
    # mean 8.16…: 8.1667 × 1.67 = 13.638…, but 8.17 × 1.67 = 13.6439
    assert PartScorer(part).aspect_score("c", marks) == 136_400
    exact = PartScorer(msgspec.structs.replace(part, aspects=(msgspec.structs.replace(aspect, panel_digits=1),)))
    assert exact.aspect_score("c", marks) == 136_900


def test_only_the_best_count_where_the_part_says_so() -> None:
    aspects = tuple(Aspect(code, D(10), D(1)) for code in "abc")
    part = Part("R", D(100), D(20), Aggregation("mean"), aspects=aspects, best=2)
    assert PartScorer(part).score({"a": 50_000, "b": 90_000, "c": 70_000}, {}) == 160_000
    assert PartScorer(part).score({"a": 50_000, "b": None, "c": 70_000}, {}) is None


def test_an_attempt_nobody_marked_is_none_where_it_is_optional() -> None:
    aspects = tuple(Aspect(code, D(100), D(1), optional=code != "1") for code in "123")
    part = Part("R", D(0), D(100), Aggregation("mean"), aspects=aspects, best=1, judges=2)
    scorer = Scorer(Scheme((part,), total="sum"))
    marks: dict[str, list[int | None]] = {"1": [600_000, 620_000], "2": [None, None]}
    assert scorer.scored({"R": marks}).total == 610_000
    assert scorer.gaps({"R": marks}) == []
    assert scorer.scored({"R": marks | {"3": [500_000, None]}}).total is None  # begun and not complete
    assert scorer.scored({"R": {"2": [100_000, 200_000]}}).total is None


def test_a_base_value_is_added_after_the_rounding() -> None:
    aspect = Aspect("e", D(5), D(1), minimum=D(-5), times=("0.225",), plus="2.25", digits=2)
    part = Part("E", D(0), D(5), Aggregation("mean"), aspects=(aspect,))
    # −0.225 is −0.23, and 2.25 − 0.23 = 2.02; 2.025 rounded afterwards would be 2.03
    assert PartScorer(part).aspect_score("e", {"e": [-10_000, -10_000]}) == 20_200


def test_a_part_can_be_the_mean_of_its_aspects() -> None:
    aspects = tuple(Aspect(code, D(10), D(1)) for code in "abc")
    part = Part("R", D(100), D(10), Aggregation("mean"), aspects=aspects, combine="mean", digits=2)
    assert PartScorer(part).score({"a": 50_000, "b": 90_000, "c": 60_000}, {}) == 66_700


def test_an_aspect_may_refer_only_to_given_figures_of_its_part() -> None:
    part = Part("D", D(0), D(10), Aggregation("mean"), aspects=(Aspect("1", D(10), D("0.5"), times=("dd",)),))
    errors, _ = scheme_problems(Scheme((part,), total="sum"))
    assert [str(error) for error in errors] == ["1 引用的 dd 不是本部分的给定值"]


# Judges combined by what each gave in all aspects


def summed(drop: int, judges: int = 0, factor: str = "") -> Scheme:
    aspects = (Aspect("a", D(100), D(1), times=(factor,) if factor else ()), Aspect("b", D(100), D(1)))
    rule = Aggregation("trimmed", drop, drop) if drop else Aggregation("mean")
    part = Part("S", D(0), D(200), rule, aspects=aspects, judges=judges, combined_by="judge")
    return Scheme((part,), total="sum", digits=2)


MARKS_OF_A_JUDGE = st.tuples(st.integers(0, 100), st.integers(0, 100))


@given(st.lists(MARKS_OF_A_JUDGE, min_size=3, max_size=9), st.sampled_from(["", "2", "0.56", "2.2972"]))
def test_sums_of_judges_are_what_exact_fractions_say(given: list[tuple[int, int]], factor: str) -> None:
    marks: dict[str, list[int | None]] = {"a": [a * SCALE for a, _ in given], "b": [b * SCALE for _, b in given]}
    kept = sorted(a * Fraction(factor or 1) + b for a, b in given)[1:-1]
    exact = round_half_up(sum(kept) / len(kept), 2)
    assert Scorer(summed(1, factor=factor)).scored({"S": marks}).total == exact * SCALE


@given(st.lists(MARKS_OF_A_JUDGE, min_size=3, max_size=7), st.randoms())
def test_the_order_of_the_judges_does_not_matter(given: list[tuple[int, int]], lot: Any) -> None:
    mixed = lot.sample(given, len(given))
    totals = {
        Scorer(summed(1)).scored({"S": {"a": [a for a, _ in rows], "b": [b for _, b in rows]}}).total
        for rows in (given, mixed)
    }
    assert len(totals) == 1


@given(st.lists(MARKS_OF_A_JUDGE, min_size=4, max_size=6), st.data())
def test_a_changed_mark_of_a_sum_is_as_if_scored_from_the_start(given: list[tuple[int, int]], data: Any) -> None:
    rows = [Row("x", "S", code, mark * SCALE) for place, code in enumerate("ab") for mark in (m[place] for m in given)]
    tally = Tally.of_rows(summed(1), rows)
    for _each in range(3):
        aspect, judge = data.draw(st.sampled_from("ab")), data.draw(st.integers(0, len(given) - 1))
        tally.change("x", "S", aspect, judge, data.draw(st.one_of(st.none(), st.integers(0, 100 * SCALE))))
    assert tally.scores["x"] == Scorer(summed(1)).scored(tally.marks["x"])


def test_a_panel_too_small_for_the_drops_makes_no_sum_and_says_so() -> None:
    scorer = Scorer(summed(1))
    marks: dict[str, list[int | None]] = {"a": [10, 20], "b": [10, 20]}
    assert scorer.scored({"S": marks}).total is None
    assert scorer.gaps({"S": marks}) == [("S", "a", SHORT), ("S", "b", SHORT)]


def test_judges_who_marked_different_aspects_make_no_sum() -> None:
    scorer = Scorer(summed(0))
    marks: dict[str, list[int | None]] = {"a": [10, 20], "b": [10]}
    assert scorer.scored({"S": marks}).total is None
    assert scorer.gaps({"S": marks}) == [("S", "b", MISSING)]
    assert Scorer(summed(0, judges=2)).gaps({"S": marks}) == [("S", "b", MISSING)]


def test_a_recorded_figure_is_in_no_total_and_keeps_none_open() -> None:
    parts = (Part("P", D(100), D(100)), Part("time", D(0), D(1000), source="record"))
    scheme = Scheme(parts)
    assert scheme_problems(scheme)[0][0].field == "aggregation"  # of P alone: the record needs nothing
    scorer = Scorer(scheme)
    assert scorer.total({"P": 80 * SCALE, "time": 300 * SCALE}) == scorer.total({"P": 80 * SCALE, "time": None})
    assert scorer.gaps({"P": {"P": [80 * SCALE]}}) == []


def test_a_part_marked_as_a_whole_is_the_same_by_judge() -> None:
    marks: dict[str, dict[str, list[int | None]]] = {"S": {"S": [80_000, 90_000, 95_000, 60_000]}}
    part = Part("S", D(0), D(10), TRIMMED, combined_by="judge")
    assert Scorer(Scheme((part,), total="sum")).scored(marks).total == 85_000
