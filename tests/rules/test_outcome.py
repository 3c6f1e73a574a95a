"""A stage's result from scores, rules and decisions."""

from decimal import Decimal

from competition.results.rules.advancement import Cut
from competition.results.rules.awards import Award
from competition.results.rules.outcome import (
    AwardSet,
    Contender,
    Decisions,
    Outcome,
    StageRules,
    deciding_orders,
    outcome,
)

GOLD_SILVER = AwardSet((Award("gold", "金牌", "rank", 1, 1), Award("silver", "银牌", "rank", 2, 2)))
TOP_2 = StageRules(tie_breaks=("practice",), cut=Cut("top", Decimal(2)))


def contender(entry_id: int, total: str | None, attendance: str = "checked_in", **parts: str) -> Contender:
    return Contender(
        entry_id,
        attendance,
        None if total is None else Decimal(total),
        {code: Decimal(score) for code, score in parts.items()},
        tie_breaks=(Decimal(parts["practice"]),) if "practice" in parts else (),
    )


def ranks(result: Outcome) -> dict[int, int | None]:
    return {line.entry_id: line.rank for line in result.lines}


def advancing(result: Outcome) -> set[int]:
    return {line.entry_id for line in result.lines if line.advances}


def test_who_was_absent_keeps_a_line_without_a_rank_whatever_marks_there_are() -> None:
    result = outcome([contender(1, "90", "absent"), contender(2, "80")], StageRules(), Decisions())
    assert ranks(result) == {2: 1, 1: None}
    assert [str(line.reason) for line in result.lines] == ["", "缺席，不计名次"]
    assert result.lines[1].total is None


def test_a_missing_total_of_one_who_took_part_blocks() -> None:
    result = outcome([contender(1, None), contender(2, "80")], StageRules(), Decisions())
    assert [problem.params["keys"] for problem in result.blockers] == [[1]]


def test_the_tie_break_part_decides_before_anybody_does() -> None:
    tied = [contender(1, "90", practice="80"), contender(2, "90", practice="85"), contender(3, "95", practice="1")]
    result = outcome(tied, TOP_2, Decisions())
    assert ranks(result) == {3: 1, 2: 2, 1: 3}
    assert result.blockers == ()


def test_a_tie_over_the_cut_blocks_and_gives_nobody_a_place() -> None:
    result = outcome([contender(1, "95"), contender(2, "90"), contender(3, "90")], TOP_2, Decisions())
    assert [problem.params["keys"] for problem in result.blockers] == [[2, 3]]
    assert advancing(result) == set()


def test_a_tie_away_from_the_cut_is_a_shared_rank_and_blocks_nothing() -> None:
    field = [contender(1, "95"), contender(2, "94"), contender(3, "90"), contender(4, "90")]
    result = outcome(field, TOP_2, Decisions())
    assert ranks(result) == {1: 1, 2: 2, 3: 3, 4: 3}
    assert result.blockers == ()


def test_a_decision_orders_the_tie() -> None:
    field = [contender(1, "95"), contender(2, "90"), contender(3, "90")]
    result = outcome(field, TOP_2, Decisions(ties=((3, 2),)))
    assert ranks(result) == {1: 1, 3: 2, 2: 3}
    assert advancing(result) == {1, 3}


def test_the_newest_decision_that_covers_a_tie_wins() -> None:
    assert deciding_orders([{2, 3}], [(2, 3), (3, 2)]) == {3: 1, 2: 2}


def test_a_decision_about_two_says_nothing_once_a_third_ties_with_them() -> None:
    assert deciding_orders([{2, 3, 4}], [(2, 3)]) == {}


def test_two_decisions_are_never_mixed_in_one_tie() -> None:
    assert deciding_orders([{1, 4}], [(1, 2), (3, 4)]) == {}


def test_a_declined_place_goes_to_the_next_one() -> None:
    field = [contender(1, "95"), contender(2, "90"), contender(3, "85")]
    result = outcome(field, TOP_2, Decisions(declined=frozenset({1})))
    assert advancing(result) == {2, 3}
    assert [line.qualifies for line in result.lines] == [True, True, False]


def test_once_the_next_stage_has_begun_its_places_stand() -> None:
    field = [contender(1, "70"), contender(2, "90"), contender(3, "95")]
    result = outcome(field, TOP_2, Decisions(holders=frozenset({1, 2})))
    assert advancing(result) == {1, 2}
    assert {line.entry_id: str(line.reason) for line in result.lines} == {
        3: "下一阶段已抽签，不再增补名额",
        2: "名次 2，在前 2 名内",
        1: "下一阶段已抽签，保留原有名额",
    }


def test_awards_follow_the_ranks_and_a_tie_over_them_blocks() -> None:
    rules = StageRules(awards=GOLD_SILVER)
    clear = outcome([contender(1, "95"), contender(2, "90")], rules, Decisions())
    assert [line.award and line.award.code for line in clear.lines] == ["gold", "silver"]
    tied = outcome([contender(1, "90"), contender(2, "90")], rules, Decisions())
    assert [line.award for line in tied.lines] == [None, None]
    assert [problem.params["keys"] for problem in tied.blockers] == [[1, 2]]


def test_percentages_are_of_those_who_took_part() -> None:
    half = AwardSet((Award("half", "前一半", "percent", percent_from=Decimal(0), percent_to=Decimal(50)),))
    field = [contender(number, str(100 - number)) for number in range(1, 5)]
    away = [contender(number, None, "absent") for number in range(5, 9)]
    result = outcome([*field, *away], StageRules(awards=half), Decisions())
    assert [line.entry_id for line in result.lines if line.award] == [1, 2]
