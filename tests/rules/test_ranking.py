from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.results.rules.ranking import Candidate, Ranked, rank, rank_groups, unresolved_ties

FEW = st.integers(0, 4).map(Decimal)  # few values, so that ties are common
FIELDS = st.lists(
    st.builds(
        Candidate,
        key=st.integers(0, 99),
        total=st.none() | FEW,
        tie_breaks=st.tuples(st.none() | FEW, st.none() | FEW),
        out_of_contest=st.booleans(),
    ),
    unique_by=lambda row: row.key,
    max_size=12,
)
DECISIONS = st.dictionaries(st.integers(0, 99), st.integers(1, 5), max_size=12)


def ranks(ranked: list[Ranked]) -> dict[int, int | None]:
    return {row.key: row.rank for row in ranked}


@given(field=FIELDS, decided=DECISIONS, data=st.data())
def test_the_order_given_does_not_matter(field: list[Candidate], decided: dict[int, int], data: st.DataObject) -> None:
    assert rank(data.draw(st.permutations(field)), decided) == rank(field, decided)


@given(field=FIELDS, decided=DECISIONS)
def test_nobody_is_lost_or_doubled_and_nothing_changed(field: list[Candidate], decided: dict[int, int]) -> None:
    before = {(row.key, row.total, row.delegation, row.out_of_contest) for row in field}
    after = [(row.key, row.total, row.delegation, row.out_of_contest) for row in rank(field, decided)]
    assert set(after) == before
    assert len(after) == len(field)


@given(field=FIELDS, decided=DECISIONS)
def test_a_rank_is_one_more_than_the_number_ranked_better(field: list[Candidate], decided: dict[int, int]) -> None:
    placed = [row.rank for row in rank(field, decided) if row.rank is not None]
    assert placed == sorted(placed)
    assert all(own == 1 + sum(other < own for other in placed) for own in placed)


@given(field=FIELDS, decided=DECISIONS)
def test_a_better_total_is_always_a_better_rank(field: list[Candidate], decided: dict[int, int]) -> None:
    totals = [row.total for row in rank(field, decided) if row.rank is not None]
    assert totals == sorted((total for total in totals if total is not None), reverse=True)


@given(field=FIELDS, decided=DECISIONS)
def test_only_a_total_in_contest_is_ranked(field: list[Candidate], decided: dict[int, int]) -> None:
    ranked = ranks(rank(field, decided))
    assert {key for key, place in ranked.items() if place is not None} == {
        row.key for row in field if row.total is not None and not row.out_of_contest
    }


@given(field=FIELDS, decided=DECISIONS)
def test_who_shares_a_rank_is_tied_with_exactly_those(field: list[Candidate], decided: dict[int, int]) -> None:
    ranked = rank(field, decided)
    for group in rank_groups(ranked):
        keys = tuple(row.key for row in group)
        assert {row.tied for row in group} == {keys if len(keys) > 1 else ()}
    assert set(unresolved_ties(ranked)) == {row.tied for row in ranked if row.tied}


@given(field=FIELDS, data=st.data())
def test_improving_a_total_never_worsens_the_rank(field: list[Candidate], data: st.DataObject) -> None:
    present = [row for row in field if row.total is not None and not row.out_of_contest]
    if not present:
        return
    one = data.draw(st.sampled_from(present))
    assert one.total is not None
    better = Candidate(one.key, one.total + data.draw(FEW), (Decimal(99), Decimal(99)))
    before = ranks(rank(field))[one.key]
    after = ranks(rank([row for row in field if row.key != one.key] + [better]))[one.key]
    assert before is not None
    assert after is not None
    assert after <= before


def tie(*keys: int) -> list[Candidate]:
    return [Candidate(key, Decimal(90)) for key in keys]


def test_a_full_decision_resolves_the_tie_and_says_so() -> None:
    ranked = rank(tie(1, 2, 3), {1: 3, 2: 1, 3: 2})
    assert [(row.key, row.rank, row.decided, row.tied) for row in ranked] == [
        (2, 1, True, ()),
        (3, 2, True, ()),
        (1, 3, True, ()),
    ]
    assert unresolved_ties(ranked) == []


@pytest.mark.parametrize("decided", [{}, {1: 1}, {1: 1, 2: 1, 3: 2}, {1: 1, 2: 2, 4: 3}])
def test_a_decision_that_does_not_order_the_whole_tie_leaves_it(decided: dict[int, int]) -> None:
    ranked = rank(tie(1, 2, 3), decided)
    assert unresolved_ties(ranked) == [(1, 2, 3)]
    assert [row.decided for row in ranked] == [False] * 3


def test_a_decision_about_someone_who_is_not_tied_changes_nothing() -> None:
    ranked = rank([Candidate(1, Decimal(90)), Candidate(2, Decimal(80))], {1: 2, 2: 1})
    assert [(row.key, row.rank, row.decided) for row in ranked] == [(1, 1, False), (2, 2, False)]


def test_ties_are_named_best_first() -> None:
    field = [Candidate(key, Decimal(total)) for key, total in [(1, 70), (2, 70), (3, 90), (4, 90), (5, 80)]]
    assert unresolved_ties(rank(field)) == [(3, 4), (1, 2)]


def test_a_longer_list_of_tie_breaks_decides_nothing_alone() -> None:
    ranked = rank([Candidate(1, Decimal(90), (Decimal(5),)), Candidate(2, Decimal(90), (Decimal(5), Decimal(1)))])
    assert [row.rank for row in ranked] == [1, 1]


def test_out_of_contest_is_listed_by_total_after_the_ranked_and_before_the_missing() -> None:
    field = [
        Candidate(1, None),
        Candidate(2, Decimal(50), out_of_contest=True),
        Candidate(3, Decimal(99), out_of_contest=True),
        Candidate(4, Decimal(10)),
        Candidate(5, None, out_of_contest=True),
    ]
    assert [row.key for row in rank(field)] == [4, 3, 2, 1, 5]


def test_a_candidate_given_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        rank([*tie(1), *tie(1)])


def test_only_who_has_the_same_total_as_another_is_told_apart() -> None:
    field = [(1, "90", "5"), (2, "90", "4"), (3, "90", "4"), (4, "80", "9"), (5, "70", "1"), (6, "70", "1")]
    found = rank([Candidate(key, Decimal(total), (Decimal(figure),)) for key, total, figure in field])
    assert {row.key: (row.rank, row.told_apart, row.tied) for row in found} == {
        1: (1, True, ()), 2: (2, True, (2, 3)), 3: (2, True, (2, 3)), 4: (4, False, ()), 5: (5, False, (5, 6)),
        6: (5, False, (5, 6)),
    }  # fmt: skip
