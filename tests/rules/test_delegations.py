from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from competition.results.rules.delegations import MedalPoints, Placing, medal_table

LEVELS = ["gold", "silver", "bronze", "excellence", ""]
PLACINGS = st.lists(
    st.builds(Placing, delegation=st.integers(1, 4), skill=st.integers(1, 5), level=st.sampled_from(LEVELS)),
    max_size=30,
)
ORDERS = st.sampled_from(["medals", "points"])


@given(placings=PLACINGS, order=ORDERS, data=st.data())
def test_the_order_given_does_not_matter(placings: list[Placing], order: str, data: st.DataObject) -> None:
    assert medal_table(data.draw(st.permutations(placings)), order) == medal_table(placings, order)  # type: ignore[arg-type]  # sampled


@given(placings=PLACINGS, order=ORDERS)
def test_no_medal_and_no_delegation_is_lost_or_doubled(placings: list[Placing], order: str) -> None:
    table = medal_table(placings, order)  # type: ignore[arg-type]  # sampled
    assert sorted(row.delegation for row in table) == sorted({placing.delegation for placing in placings})
    for level in LEVELS[:4]:
        assert sum(getattr(row, level) for row in table) == sum(placing.level == level for placing in placings)


@given(placings=PLACINGS)
def test_a_rank_is_one_more_than_the_number_that_is_better(placings: list[Placing]) -> None:
    table = medal_table(placings)
    medals = {row.delegation: (row.gold, row.silver, row.bronze, row.excellence) for row in table}
    for row in table:
        assert row.rank == 1 + sum(other > medals[row.delegation] for other in medals.values())


@given(placings=PLACINGS)
def test_the_table_by_points_goes_down_in_points(placings: list[Placing]) -> None:
    table = medal_table(placings, "points")
    assert [row.points for row in table] == sorted((row.points for row in table), reverse=True)
    assert all(row.rank == 1 + sum(other.points > row.points for other in table) for row in table)


def test_the_average_is_by_skills_entered_and_not_by_contestants() -> None:
    placings = [Placing(1, 1, "gold"), Placing(1, 1, "silver"), Placing(1, 2), Placing(1, 3, "bronze")]
    row = medal_table(placings)[0]
    assert (row.points, row.skills, row.average) == (9, 3, Decimal("3.00"))


def test_the_average_is_rounded_half_up() -> None:
    placings = [Placing(1, 1, "excellence"), *(Placing(1, skill) for skill in range(2, 9))]
    assert medal_table(placings)[0].average == Decimal("0.13")  # 0.125


def test_the_points_are_data() -> None:
    placings = [Placing(1, 1, "gold"), Placing(2, 1, "silver"), Placing(2, 2, "silver")]
    by_default = medal_table(placings, "points")
    changed = medal_table(placings, "points", MedalPoints(gold=7, silver=3, bronze=1, excellence=0))
    assert [(row.delegation, row.points) for row in by_default] == [(2, 6), (1, 4)]
    assert [(row.delegation, row.points) for row in changed] == [(1, 7), (2, 6)]


def test_scale_scores_are_averaged_in_each_skill_before_they_are_added_up() -> None:
    placings = [
        Placing(1, 1, "gold", 760),
        Placing(1, 1, "", 701),
        Placing(1, 2, "", 690),
        Placing(1, 3),
        Placing(2, 3),
    ]
    first, second = medal_table(placings)
    # (760 + 701) / 2 + 690, over two skills
    assert (first.scale_total, first.scale_average) == (Decimal("1420.50"), Decimal("710.25"))
    assert (second.scale_total, second.scale_average) == (None, None)


@given(placings=PLACINGS, scale=st.integers(500, 900))
def test_of_one_score_everywhere_the_average_is_that_score(placings: list[Placing], scale: int) -> None:
    scaled = [Placing(each.delegation, each.skill, each.level, scale) for each in placings]
    assert {row.scale_average for row in medal_table(scaled)} <= {Decimal(f"{scale}.00")}


def test_a_delegation_without_any_award_is_in_the_table() -> None:
    rows = medal_table([Placing(2, 1), Placing(1, 1, "gold")])
    assert [(row.delegation, row.rank, row.average) for row in rows] == [
        (1, 1, Decimal("4.00")),
        (2, 2, Decimal("0.00")),
    ]
