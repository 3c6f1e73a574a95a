import pytest

from competition.exact import SCALE
from competition.marking.rules.spread import aspects_far_apart, far_apart, spread_problem


def units(*scores: float) -> list[int]:
    return [round(score * SCALE) for score in scores]


@pytest.mark.parametrize(
    ("scores", "far"),
    [((2, 2, 2), False), ((2, 3, 2), False), ((0, 1, 1), False), ((1, 2, 3), True), ((0, 0, 2), True), ((0, 3), True)],
)
def test_judgements_may_be_one_apart(scores: tuple[int, ...], far: bool) -> None:
    assert far_apart("judgement", units(*scores)) is far


@pytest.mark.parametrize(("marks", "far"), [((0.5, 0.5), False), ((0.5, 0.49), True), ((0, 0, 1), True), ((1,), False)])
def test_measurements_have_to_earn_the_same(marks: tuple[float, ...], far: bool) -> None:
    assert far_apart("measurement", units(*marks)) is far


def test_panel_scores_are_never_too_far_apart() -> None:
    assert far_apart("score", units(0, 30)) is False


def test_the_aspects_come_in_their_order() -> None:
    figures = {9: units(0, 2), 4: units(1, 1), 7: units(3, 1), 2: []}
    assert aspects_far_apart("judgement", figures) == [9, 7]


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("judgement", "A1.02、A1.05：3 名裁判相差超过 1，须会商后重评"),
        ("measurement", "A1.02、A1.05：3 名裁判测得不一致，须会商后重评"),
    ],
)
def test_the_judges_read_which_aspects_and_no_mark(method: str, said: str) -> None:
    assert str(spread_problem(method, ["A1.02", "A1.05"], 3)) == said
