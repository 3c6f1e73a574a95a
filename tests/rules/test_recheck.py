from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.marking.rules.recheck import RecheckRule, choose, error_rate, share, too_many_wrong
from competition.problems import Refused

RULE = RecheckRule("percent", 30, 10, 15, 5)
RULES = st.builds(
    RecheckRule, st.sampled_from(["percent", "count"]), st.integers(0, 100), st.integers(0, 12), st.integers(0, 100),
    st.integers(0, 100),
)  # fmt: skip
# few values, so that works stand level
FIELDS = st.dictionaries(st.integers(1, 60), st.integers(0, 6).map(Decimal), max_size=30)


@given(totals=FIELDS, rule=RULES)
def test_nobody_outside_the_top_group_is_as_good_as_anybody_in_it(
    totals: dict[int, Decimal], rule: RecheckRule
) -> None:
    top = choose(totals, rule, "seed").top
    others = [totals[number] for number in totals if number not in top]
    assert not top or max(others, default=Decimal(-1)) < min(totals[number] for number in top)


@given(totals=FIELDS, rule=RULES)
def test_both_shares_are_at_least_what_is_asked_for(totals: dict[int, Decimal], rule: RecheckRule) -> None:
    chosen = choose(totals, rule, "seed")
    wanted = ceil(Fraction(len(totals) * rule.top_percent, 100)) if rule.top_by == "percent" else rule.top_count
    assert len(chosen.top) >= min(wanted, len(totals))
    rest = len(totals) - len(chosen.top)
    assert len(chosen.lot) == ceil(Fraction(rest * rule.rest_percent, 100))
    assert not set(chosen.top) & set(chosen.lot)


@given(totals=FIELDS, data=st.data())
def test_the_order_given_does_not_matter(totals: dict[int, Decimal], data: st.DataObject) -> None:
    shuffled = dict(data.draw(st.permutations(list(totals.items()))))
    assert choose(shuffled, RULE, "seed") == choose(totals, RULE, "seed")


def test_another_seed_draws_other_lots_and_the_same_top_group() -> None:
    totals = {number: Decimal(number) for number in range(1, 101)}
    chosen = [choose(totals, RULE, f"seed {number}") for number in range(5)]
    assert len({each.lot for each in chosen}) == 5
    assert {each.top for each in chosen} == {tuple(range(71, 101))}
    assert {len(each.lot) for each in chosen} == {11}


def test_lots_need_a_seed() -> None:
    with pytest.raises(Refused) as refusal:
        choose({1: Decimal(1)}, RULE, " ")
    assert refusal.value.problems[0].field == "seed"


def test_a_share_is_rounded_up_once_it_is_not_whole() -> None:
    assert [share(works, 15) for works in (0, 1, 6, 7, 20, 21)] == [0, 1, 1, 2, 3, 4]


def test_the_error_rate_is_exact_and_none_before_the_first_work() -> None:
    assert error_rate(1, 3) == Fraction(1, 3)
    assert error_rate(0, 3) == 0
    assert error_rate(0, 0) is None


@pytest.mark.parametrize(("wrong", "drawn", "more"), [(1, 20, False), (1, 19, True), (2, 40, False), (2, 39, True)])
def test_exactly_five_percent_is_borne(wrong: int, drawn: int, more: bool) -> None:
    assert too_many_wrong(wrong, drawn, RULE) is more


def test_a_third_of_a_hundredth_over_the_limit_is_over_it() -> None:
    assert too_many_wrong(5001, 100_000, RULE)
    assert not too_many_wrong(5000, 100_000, RULE)
