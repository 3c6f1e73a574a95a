from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.marking.rules.draw import _below, blind_numbers, draw
from competition.problems import Refused

KEYS = st.lists(st.integers(), unique=True, max_size=40)


@given(seed=st.text(min_size=1).filter(str.strip), keys=KEYS, data=st.data())
def test_the_order_given_does_not_matter_and_nobody_is_lost_or_doubled(
    seed: str, keys: list[int], data: st.DataObject
) -> None:
    drawn = draw(seed, keys)
    assert sorted(drawn) == sorted(keys)
    assert draw(seed, data.draw(st.permutations(keys))) == drawn


def test_things_are_sorted_by_the_key_the_caller_gives() -> None:
    people = [("乙", 2), ("甲", 1), ("丙", 3)]
    by_number = draw("seed", people, key=lambda person: person[1])
    assert [number for _, number in by_number] == draw("seed", [1, 2, 3])


def test_another_seed_is_another_draw() -> None:
    assert len({tuple(draw(f"seed {number}", range(10))) for number in range(50)}) == 50


def test_every_order_is_equally_likely() -> None:
    orders = Counter(tuple(draw(f"seed {number}", "abc")) for number in range(6000))
    assert len(orders) == 6
    chi_square = sum((times - 1000) ** 2 / 1000 for times in orders.values())
    assert chi_square < 20.5  # 5 degrees of freedom, p = 0.001; seeds are fixed, so this never flickers


def test_a_number_that_would_favour_low_places_is_thrown_away() -> None:
    # 2^64 = 3 × 6148914691236517205 + 1: the last number alone would make place 0 likelier
    assert _below(3, iter([2**64 - 1, 5])) == 2
    assert _below(3, iter([2**64 - 2])) == (2**64 - 2) % 3


@pytest.mark.parametrize("seed", ["", "  "])
def test_a_draw_needs_a_seed(seed: str) -> None:
    with pytest.raises(Refused) as refusal:
        draw(seed, [1, 2])
    assert refusal.value.problems[0].field == "seed"


def test_equal_keys_would_let_the_order_given_matter() -> None:
    with pytest.raises(ValueError, match="same key"):
        draw("seed", [(1, "a"), (1, "b")], key=lambda pair: pair[0])


def test_blind_numbers_run_on_with_leading_zeros() -> None:
    assert blind_numbers(3, first=98, width=3) == ["098", "099", "100"]
    assert blind_numbers(0, first=5000, width=3) == []


def test_a_prefix_keeps_the_numbers_of_two_layers_apart() -> None:
    contest, review = (blind_numbers(3, first=1, width=3, prefix=prefix) for prefix in "CR")
    assert review == ["R001", "R002", "R003"]
    assert not {*contest, *review} & set(blind_numbers(3, first=1, width=3))


def test_blind_numbers_that_do_not_fit_are_refused() -> None:
    assert blind_numbers(2, first=998, width=3) == ["998", "999"]
    with pytest.raises(Refused, match="编号 1000 超过 3 位"):
        blind_numbers(3, first=998, width=3)
