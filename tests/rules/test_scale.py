"""The WorldSkills scale: exact, the same whatever the order, and fair to who does better."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.results.rules.scale import Competitor, median, scale_scores

TOTALS = st.integers(0, 10_000).map(lambda cents: Decimal(cents) / 100)
FIELDS = st.lists(
    st.builds(
        Competitor,
        key=st.integers(0, 99),
        total=st.none() | TOTALS | st.integers(6, 8).map(Decimal),  # often alike, so that the MAD is often 0
        out_of_contest=st.sampled_from([False, False, False, True]),
    ),
    unique_by=lambda each: each.key,
    max_size=12,
)


def field(*totals: int) -> list[Competitor]:
    return [Competitor(key, Decimal(total)) for key, total in enumerate(totals, 1)]


@given(competitors=FIELDS, data=st.data())
def test_the_order_given_does_not_matter(competitors: list[Competitor], data: st.DataObject) -> None:
    assert scale_scores(data.draw(st.permutations(competitors))) == scale_scores(competitors)


@given(competitors=FIELDS)
def test_exactly_those_in_the_field_have_a_score(competitors: list[Competitor]) -> None:
    in_it = {each.key for each in competitors if each.total is not None and not each.out_of_contest}
    assert set(scale_scores(competitors)) == in_it


@given(competitors=FIELDS)
def test_a_better_total_never_has_a_lower_score_and_an_equal_one_the_same(competitors: list[Competitor]) -> None:
    scales = scale_scores(competitors)
    totals = {each.key: each.total for each in competitors if each.key in scales}
    best_first = sorted(scales, key=lambda key: totals[key] or 0, reverse=True)
    assert [scales[key] for key in best_first] == sorted(scales.values(), reverse=True)
    assert all(scales[one] == scales[two] for one in scales for two in scales if totals[one] == totals[two])


@given(competitors=FIELDS, more=TOTALS)
def test_the_same_added_to_everybody_changes_nothing(competitors: list[Competitor], more: Decimal) -> None:
    moved = [
        Competitor(each.key, None if each.total is None else each.total + more, each.out_of_contest)
        for each in competitors
    ]
    assert scale_scores(moved) == scale_scores(competitors)


@given(competitors=FIELDS, times=st.integers(1, 5))
def test_marks_out_of_more_change_nothing(competitors: list[Competitor], times: int) -> None:
    wider = [
        Competitor(each.key, None if each.total is None else each.total * times, each.out_of_contest)
        for each in competitors
    ]
    assert scale_scores(wider) == scale_scores(competitors)


@given(competitors=FIELDS, more=TOTALS, data=st.data())
def test_raising_a_total_never_lowers_the_own_score(
    competitors: list[Competitor], more: Decimal, data: st.DataObject
) -> None:
    before = scale_scores(competitors)
    if not before:
        return
    key = data.draw(st.sampled_from(sorted(before)))
    raised = [
        Competitor(each.key, each.total + more) if each.key == key and each.total is not None else each
        for each in competitors
    ]
    assert scale_scores(raised)[key] >= before[key]


@given(competitors=FIELDS, total=TOTALS)
def test_who_is_out_of_contest_moves_nobody(competitors: list[Competitor], total: Decimal) -> None:
    assert scale_scores([*competitors, Competitor(100, total, out_of_contest=True)]) == scale_scores(competitors)


def test_an_even_field_of_equal_marks() -> None:
    assert scale_scores(field(80, 80, 80, 80)) == {1: 700, 2: 700, 3: 700, 4: 700}


def test_below_the_middle_is_as_far_as_above_it() -> None:
    assert scale_scores(field(90, 70, 50)) == {1: 720, 2: 700, 3: 680}


def test_no_field_no_scores() -> None:
    assert scale_scores([]) == {}
    assert scale_scores([Competitor(1, None), Competitor(2, Decimal(9), out_of_contest=True)]) == {}


@pytest.mark.parametrize(("values", "middle"), [((1,), 1), ((1, 9), 5), ((9, 1, 2), 2), ((1, 2, 3, 9), Fraction(5, 2))])
def test_the_median(values: tuple[int, ...], middle: Fraction) -> None:
    assert median(map(Fraction, values)) == middle


def test_there_is_no_median_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        median([])
