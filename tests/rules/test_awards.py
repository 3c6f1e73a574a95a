from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from competition.problems import Refused
from competition.results.rules.awards import Award, FieldStep, SmallField, give
from competition.results.rules.ranking import Candidate, Ranked, rank

GOLD = Award("gold", "金牌", "rank", 1, 1, level="gold")
SILVER = Award("silver", "银牌", "rank", 2, 3, level="silver")
THIRD = Award("third", "三等奖", "percent", percent_from=Decimal(0), percent_to=Decimal(60), floor=Decimal(50))
MERIT = Award("merit", "优胜奖", "upper_half", level="excellence")
LIST = (GOLD, SILVER, THIRD, MERIT)
SMALL = SmallField((FieldStep(5, ("gold", "silver")), FieldStep(3), FieldStep(4, ("gold",))))


def field(*totals: int) -> list[Ranked]:
    return rank(Candidate(key, Decimal(total)) for key, total in enumerate(totals, 1))


FIELDS = st.lists(st.integers(0, 100), max_size=15).map(lambda totals: field(*totals))


@given(ranked=FIELDS)
def test_equal_rank_has_the_same_award_or_the_tie_is_named(ranked: list[Ranked]) -> None:
    try:
        given_to = give(ranked, LIST, len(ranked))
    except Refused as refusal:
        named = [tuple(problem.params["keys"]) for problem in refusal.problems]
        assert set(named) <= {row.tied for row in ranked if row.tied}
        return
    awards_by_rank: dict[int | None, set[str | None]] = {}
    for row in ranked:
        awards_by_rank.setdefault(row.rank, set()).add(given_to.get(row.key))
    assert all(len(awards) == 1 for awards in awards_by_rank.values())


@given(totals=st.lists(st.integers(0, 100), unique=True, max_size=15), data=st.data())
def test_awards_depend_on_rank_and_not_on_the_order_given(totals: list[int], data: st.DataObject) -> None:
    ranked = field(*totals)
    assert give(data.draw(st.permutations(ranked)), LIST, len(ranked)) == give(ranked, LIST, len(ranked))


@given(totals=st.lists(st.integers(0, 100), unique=True, max_size=15))
def test_a_better_rank_never_has_an_award_further_down_the_list(totals: list[int]) -> None:
    ranked = field(*totals)
    given_to = give(ranked, LIST, len(ranked))
    codes = [award.code for award in LIST]
    places = [codes.index(given_to[row.key]) if row.key in given_to else len(LIST) for row in ranked]
    assert places == sorted(places)


@given(totals=st.lists(st.integers(0, 100), min_size=1, max_size=15), more=st.integers(1, 30), data=st.data())
def test_raising_a_total_never_worsens_the_own_award(totals: list[int], more: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(totals) - 1))
    raised = [total + more if at == place else total for at, total in enumerate(totals)]
    codes = [award.code for award in LIST]

    def worth(scores: list[int]) -> int:
        try:
            given_to = give(field(*scores), LIST, len(scores))
        except Refused:
            assume(False)
            raise
        return codes.index(given_to[place + 1]) if place + 1 in given_to else len(codes)

    assert worth(raised) <= worth(totals)


def test_the_first_award_that_fits_is_the_only_one() -> None:
    assert give(field(90, 80), (MERIT, GOLD, SILVER), 2) == {1: "merit", 2: "silver"}


def test_below_the_floor_the_next_award_that_fits_is_given() -> None:
    high = Award("high", "一等奖", "rank", 1, 2, floor=Decimal(85))
    low = Award("low", "二等奖", "rank", 1, 5)
    assert give(field(85, 84), (high, low), 2) == {1: "high", 2: "low"}


def test_the_edges_of_a_percentage() -> None:
    # 10 % and 30 % of 20 are 2 and 6 places exactly
    first = Award("first", "一等奖", "percent", percent_to=Decimal(10))
    second = Award("second", "二等奖", "percent", percent_from=Decimal(10), percent_to=Decimal(30))
    given_to = give(field(*range(100, 80, -1)), (second, first), 20)
    assert given_to == {1: "first", 2: "first", 3: "second", 4: "second", 5: "second", 6: "second"}


def test_half_of_an_even_and_of_an_odd_field() -> None:
    assert give(field(9, 8, 7, 6), (MERIT,), 4) == {1: "merit", 2: "merit"}
    assert give(field(9, 8, 7, 6, 5), (MERIT,), 5) == {1: "merit", 2: "merit"}


@pytest.mark.parametrize(("kind", "codes"), [("student", {1: "gold"}), ("employee", {}), ("", {})])
def test_an_award_may_be_for_some_groups(kind: str, codes: dict[int, str]) -> None:
    students = Award("gold", "新星", "rank", 1, 1, group_kinds=("student",))
    assert give(field(90), (students,), 1, group_kind=kind) == codes


@pytest.mark.parametrize(
    ("entrants", "awards"),
    [(6, {1: "gold", 2: "silver", 3: "silver"}), (5, {1: "gold", 2: "silver", 3: "silver"}), (4, {1: "gold"}), (3, {})],
)
def test_the_narrowest_step_that_holds_the_field_applies(entrants: int, awards: dict[int, str]) -> None:
    assert give(field(90, 80, 70), (GOLD, SILVER), entrants, SMALL) == awards


def test_a_small_field_gives_no_award_without_a_level_of_its_step() -> None:
    assert give(field(90, 80, 70, 60), LIST, 4, SMALL) == {1: "gold"}
    assert give(field(90, 80, 70, 60), LIST, 6, SMALL) == {1: "gold", 2: "silver", 3: "silver"}
    assert give(field(90, 80, 70, 60), LIST, 8, SMALL)[4] == "third"


def test_every_tie_over_a_boundary_is_named_at_once() -> None:
    with pytest.raises(Refused) as refusal:
        give(field(90, 90, 80, 80, 10), (GOLD, SILVER), 5)
    assert [problem.params for problem in refusal.value.problems] == [
        {"rank": 1, "count": 2, "keys": [1, 2]},
        {"rank": 3, "count": 2, "keys": [3, 4]},
    ]


def test_a_tie_for_the_last_award_is_over_a_boundary_too() -> None:
    with pytest.raises(Refused, match="第 3 名 2 人并列"):
        give(field(90, 80, 70, 70), (GOLD, SILVER), 4)


def test_a_tie_below_all_awards_blocks_nothing() -> None:
    assert give(field(90, 80, 70, 60, 60), (GOLD, SILVER), 5) == {1: "gold", 2: "silver", 3: "silver"}


def test_a_decision_by_the_chief_judge_frees_the_awards() -> None:
    ranked = rank([Candidate(1, Decimal(90)), Candidate(2, Decimal(90))], {1: 2, 2: 1})
    assert give(ranked, (GOLD, SILVER), 2) == {2: "gold", 1: "silver"}


def test_without_a_rank_there_is_no_award() -> None:
    ranked = rank([Candidate(1, None), Candidate(2, Decimal(90), out_of_contest=True), Candidate(3, Decimal(10))])
    assert give(ranked, (GOLD, SILVER), 3) == {3: "gold"}
