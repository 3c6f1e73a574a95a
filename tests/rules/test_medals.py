"""WorldSkills medals: shared within 2 points, excellence from 700, the best of each delegation."""

from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from competition.results.rules.awards import Level
from competition.results.rules.medals import (
    MEDAL_LEVELS,
    MedalRule,
    Scaled,
    best_of_delegations,
    highest_scale,
    worldskills_medals,
)

RULE = MedalRule(shared_within=2, excellence_from=700)
FIELDS = st.lists(
    st.builds(
        Scaled,
        key=st.integers(0, 99),
        scale=st.integers(694, 712),
        delegation=st.none() | st.integers(1, 3),
    ).map(lambda each: msgspec.structs.replace(each, total=Decimal(each.scale))),
    unique_by=lambda each: each.key,
    max_size=10,
)


def medals(*scales: int, offered: tuple[Level, ...] = MEDAL_LEVELS) -> list[str]:
    """By place, "" for none."""
    given_to = worldskills_medals([Scaled(key, scale) for key, scale in enumerate(scales)], RULE, offered)
    return [given_to.get(key, "") for key in range(len(scales))]


def worth(level: str | None) -> int:
    return MEDAL_LEVELS.index(level) if level in MEDAL_LEVELS else len(MEDAL_LEVELS)


@given(field=FIELDS, data=st.data())
def test_the_order_given_does_not_matter(field: list[Scaled], data: st.DataObject) -> None:
    assert worldskills_medals(data.draw(st.permutations(field)), RULE) == worldskills_medals(field, RULE)
    assert best_of_delegations(data.draw(st.permutations(field))) == best_of_delegations(field)
    assert highest_scale(data.draw(st.permutations(field))) == highest_scale(field)


@given(field=FIELDS)
def test_a_higher_score_never_has_a_lesser_medal_and_an_equal_one_the_same(field: list[Scaled]) -> None:
    given_to = worldskills_medals(field, RULE)
    best_first = sorted(field, key=lambda each: -each.scale)
    worths = [worth(given_to.get(each.key)) for each in best_first]
    assert worths == sorted(worths)
    by_scale: dict[int, set[str | None]] = {}
    for each in field:
        by_scale.setdefault(each.scale, set()).add(given_to.get(each.key))
    assert all(len(levels) == 1 for levels in by_scale.values())


@given(field=FIELDS)
def test_nobody_is_lost_or_doubled(field: list[Scaled]) -> None:
    given_to = worldskills_medals(field, RULE)
    assert set(given_to) <= {each.key for each in field}
    three = sorted((each.scale for each in field), reverse=True)[:3]
    without = [each.scale for each in field if given_to.get(each.key) not in ("gold", "silver", "bronze")]
    assert len(field) - len(without) >= len(three)
    assert not without or max(without) <= min(three)


@given(field=FIELDS, more=st.integers(1, 20), data=st.data())
def test_raising_a_score_never_worsens_the_own_medal(field: list[Scaled], more: int, data: st.DataObject) -> None:
    if not field:
        return
    one = data.draw(st.sampled_from(field))
    better = msgspec.structs.replace(one, scale=one.scale + more, total=one.total + more)
    before = worldskills_medals(field, RULE).get(one.key)
    after = worldskills_medals([better if each is one else each for each in field], RULE).get(one.key)
    assert worth(after) <= worth(before)


@given(field=FIELDS)
def test_there_is_a_gold_and_silver_only_beside_one(field: list[Scaled]) -> None:
    levels = list(worldskills_medals(field, RULE).values())
    assert bool(levels.count("gold")) == bool(field)
    assert levels.count("gold") == 1 or "silver" not in levels


@given(field=FIELDS)
def test_everybody_from_700_has_something_and_below_it_only_a_medal(field: list[Scaled]) -> None:
    given_to = worldskills_medals(field, RULE)
    assert all(each.key in given_to for each in field if each.scale >= 700)
    assert all(given_to.get(each.key) != "excellence" for each in field if each.scale < 700)


@given(field=FIELDS, offered=st.sets(st.sampled_from(MEDAL_LEVELS)))
def test_a_level_that_is_not_offered_moves_nobody_to_another(field: list[Scaled], offered: set[Level]) -> None:
    every = worldskills_medals(field, RULE)
    assert worldskills_medals(field, RULE, offered) == {
        key: level for key, level in every.items() if level in offered
    }  # fmt: skip


@given(field=FIELDS)
def test_each_delegation_has_its_best_and_no_better_one_is_left(field: list[Scaled]) -> None:
    best = best_of_delegations(field)
    assert set(best) == {each.delegation for each in field if each.delegation is not None}
    for delegation, group in best.items():
        own = [each for each in field if each.delegation == delegation]
        top = max(each.scale for each in own)
        assert {each.key for each in group} == {each.key for each in own if each.scale == top}


@given(field=FIELDS)
def test_everybody_with_the_highest_score_shares_it(field: list[Scaled]) -> None:
    top = max((each.scale for each in field), default=0)
    assert {each.key for each in highest_scale(field)} == {each.key for each in field if each.scale == top}


@given(field=FIELDS)
def test_the_highest_is_the_best_of_its_delegation(field: list[Scaled]) -> None:
    best = {each.key for group in best_of_delegations(field).values() for each in group}
    assert all(each.key in best for each in highest_scale(field) if each.delegation is not None)


def test_one_alone_is_gold_where_gold_is_given() -> None:
    assert medals(700) == ["gold"]
    assert medals(700, offered=()) == [""]


def test_nobody_nothing() -> None:
    assert worldskills_medals([], RULE) == {}
    assert (best_of_delegations([]), highest_scale([])) == ({}, ())


def test_everybody_alike_shares_the_gold() -> None:
    assert medals(700, 700, 700) == ["gold", "gold", "gold"]


def test_a_medal_may_lie_below_700() -> None:
    assert medals(760, 720, 690, 680) == ["gold", "silver", "bronze", ""]


def test_the_figures_are_data() -> None:
    field = [Scaled(1, 760), Scaled(2, 756), Scaled(3, 700)]
    assert worldskills_medals(field, MedalRule(4, 701)) == {1: "gold", 2: "gold", 3: "bronze"}
