import pytest

from competition.marking.rules.recusal import ContestantTies, JudgeTies, recusal

CONTESTANT = ContestantTies(key=7, units=frozenset({1, 2}), delegation=5)


@pytest.mark.parametrize(
    ("judge", "fields"),
    [
        (JudgeTies(), []),
        (JudgeTies(units=frozenset({3}), delegation=6, coached=frozenset({8}), declared=frozenset({9})), []),
        (JudgeTies(units=frozenset({2, 3})), ["unit"]),
        (JudgeTies(coached=frozenset({7, 8})), ["coach"]),
        (JudgeTies(declared=frozenset({7})), ["relation"]),
        (JudgeTies(delegation=5), ["delegation"]),
        (
            JudgeTies(units=frozenset({1}), delegation=5, coached=frozenset({7}), declared=frozenset({7})),
            ["unit", "coach", "relation", "delegation"],
        ),
    ],
)
def test_every_tie_is_a_ground(judge: JudgeTies, fields: list[str]) -> None:
    assert [problem.field for problem in recusal(judge, CONTESTANT, bar_delegation=True)] == fields


def test_the_own_delegation_is_a_ground_only_when_the_rule_says_so() -> None:
    assert recusal(JudgeTies(delegation=5), CONTESTANT) == []


def test_having_no_unit_or_delegation_is_nothing_in_common() -> None:
    assert recusal(JudgeTies(), ContestantTies(key=7), bar_delegation=True) == []


def test_a_contestant_key_is_not_mistaken_for_a_unit() -> None:
    assert recusal(JudgeTies(units=frozenset({7}), coached=frozenset({1})), CONTESTANT) == []
