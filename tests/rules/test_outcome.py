"""A stage's result from scores, rules and decisions."""

from decimal import Decimal

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from competition.results.rules.advancement import Cut
from competition.results.rules.awards import Award, FieldStep, SmallField
from competition.results.rules.medals import MedalRule
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


def test_where_no_rank_may_be_shared_every_tie_blocks_once() -> None:
    field = [contender(1, "95"), contender(2, "90"), contender(3, "90"), contender(4, "70"), contender(5, "70")]
    shared = StageRules(cut=Cut("top", Decimal(2)))
    assert [problem.params["keys"] for problem in outcome(field, shared, Decisions()).blockers] == [[2, 3]]
    result = outcome(field, msgspec.structs.replace(shared, rank_ties="decided"), Decisions())
    assert [str(problem) for problem in result.blockers] == [
        "第 2 名 2 人并列，名次不得并列，须由裁判长裁定",
        "第 4 名 2 人并列，名次不得并列，须由裁判长裁定",
    ]


def test_decisions_free_a_stage_where_no_rank_may_be_shared() -> None:
    field = [contender(1, "90"), contender(2, "90"), contender(3, "70"), contender(4, "70")]
    rules = StageRules(rank_ties="decided")
    assert len(outcome(field, rules, Decisions(ties=((2, 1),))).blockers) == 1
    result = outcome(field, rules, Decisions(ties=((2, 1), (3, 4))))
    assert (ranks(result), result.blockers) == ({2: 1, 1: 2, 3: 3, 4: 4}, ())


def test_a_tie_for_the_last_medal_blocks_until_it_is_decided() -> None:
    field = [contender(1, "95"), contender(2, "90"), contender(3, "90")]
    rules = StageRules(awards=GOLD_SILVER)
    assert [str(problem) for problem in outcome(field, rules, Decisions()).blockers] == [
        "第 2 名 2 人并列，跨越奖项界线，须由裁判长裁定"
    ]
    decided = outcome(field, rules, Decisions(ties=((3, 2),)))
    assert {line.entry_id: line.award and line.award.code for line in decided.lines} == {
        1: "gold",
        3: "silver",
        2: None,
    }


MEDALS = tuple(Award(level, level, "medal", level=level) for level in ("gold", "silver", "bronze", "excellence"))
SMALL = SmallField((FieldStep(3), FieldStep(4, ("gold",)), FieldStep(5, ("gold", "silver"))))
WORLDSKILLS = StageRules(awards=AwardSet(MEDALS, SMALL, MedalRule(2, 700)))


def won(result: Outcome) -> dict[int, tuple[int | None, str]]:
    return {line.entry_id: (line.scale, line.award.code if line.award else "") for line in result.lines}


def test_worldskills_medals_go_by_the_scale_and_a_near_rank_shares() -> None:
    field = [contender(key, total) for key, total in enumerate(["90", "89.80", "80", "75", "70", "65", "60"], 1)]
    # median 75, MAD 10: 2.0235 points for each mark
    assert won(outcome(field, WORLDSKILLS, Decisions())) == {
        1: (730, "gold"),
        2: (730, "gold"),
        3: (710, "bronze"),
        4: (700, "excellence"),
        5: (690, ""),
        6: (680, ""),
        7: (670, ""),
    }


def test_a_tie_blocks_no_worldskills_medals() -> None:
    field = [contender(key, total) for key, total in enumerate(["90", "80", "80", "70", "60", "50"], 1)]
    result = outcome(field, WORLDSKILLS, Decisions())
    assert result.blockers == ()
    assert [line.award and line.award.code for line in result.lines][:3] == ["gold", "silver", "silver"]


def test_a_tie_for_the_last_medal_is_shared_by_the_scale_and_blocks_where_medals_go_by_rank() -> None:
    field = [contender(key, total) for key, total in enumerate(["95", "85", "75", "75", "60", "55", "40"], 1)]
    by_rank = AwardSet(
        tuple(Award(level, level, "rank", place, place) for place, level in enumerate(("gold", "silver", "bronze"), 1))
    )
    blocked = outcome(field, StageRules(awards=by_rank), Decisions())
    assert [problem.params["keys"] for problem in blocked.blockers] == [[3, 4]]
    shared = outcome(field, WORLDSKILLS, Decisions())
    assert shared.blockers == ()
    assert [line.award and line.award.code for line in shared.lines[:5]] == ["gold", "silver", "bronze", "bronze", None]


def test_where_no_rank_may_be_shared_a_medal_still_may() -> None:
    field = [contender(key, total) for key, total in enumerate(["95", "85", "75", "75", "60", "55", "40"], 1)]
    rules = msgspec.structs.replace(WORLDSKILLS, rank_ties="decided")
    assert [problem.params["keys"] for problem in outcome(field, rules, Decisions()).blockers] == [[3, 4]]
    decided = outcome(field, rules, Decisions(ties=((4, 3),)))
    assert (ranks(decided)[4], ranks(decided)[3], decided.blockers) == (3, 4, ())
    assert [won(decided)[key][1] for key in (4, 3)] == ["bronze", "bronze"]


def test_one_contestant_is_first_with_700_and_too_small_a_field_for_an_award() -> None:
    result = outcome([contender(1, "12.50")], WORLDSKILLS, Decisions())
    assert (ranks(result), won(result), result.blockers) == ({1: 1}, {1: (700, "")}, ())


def test_the_absent_are_no_part_of_the_scale() -> None:
    field = [contender(1, "80"), contender(2, "70"), contender(3, "60"), contender(4, "20", "absent")]
    assert won(outcome(field, WORLDSKILLS, Decisions())) == {1: (720, ""), 2: (700, ""), 3: (680, ""), 4: (None, "")}


def test_without_worldskills_medals_there_is_no_scale() -> None:
    result = outcome([contender(1, "80"), contender(2, "70")], StageRules(awards=GOLD_SILVER), Decisions())
    assert [line.scale for line in result.lines] == [None, None]


def test_penalties_and_bonuses_stay_with_who_took_part() -> None:
    field = [
        msgspec.structs.replace(contender(1, "88"), adjustment=Decimal(-2)),
        msgspec.structs.replace(contender(2, None, "absent"), adjustment=Decimal(-2)),
    ]
    assert [line.adjustment for line in outcome(field, StageRules(), Decisions()).lines] == [-2, 0]


# The list of who advances is worth money: the same from the same inputs, in whatever order they come.

FIELD = st.lists(
    st.builds(
        Contender,
        entry_id=st.integers(1, 30),
        attendance=st.sampled_from(["checked_in", "checked_in", "checked_in", "absent"]),
        total=st.none() | st.integers(0, 8).map(Decimal),
        delegation=st.none() | st.integers(1, 3),
        tie_breaks=st.tuples(st.none() | st.integers(0, 2).map(Decimal)),
    ),
    unique_by=lambda each: each.entry_id,
    max_size=12,
)
CUT = st.builds(
    Cut,
    kind=st.sampled_from(["top", "percent", "threshold", "all"]),
    value=st.integers(1, 6).map(Decimal),
    ties=st.sampled_from(["all", "none", "decided"]),
    reserved_per_delegation=st.sampled_from([0, 0, 1]),
)
AWARDS = st.sampled_from(
    [
        None,
        GOLD_SILVER,
        WORLDSKILLS.awards,
        AwardSet((Award("upper", "优胜奖", "upper_half"), Award("next", "三等奖", "percent", percent_to=Decimal(80)))),
    ]
)
RULES = st.builds(StageRules, cut=st.none() | CUT, awards=AWARDS, rank_ties=st.sampled_from(["shared", "decided"]))
DECIDED = st.builds(
    Decisions,
    ties=st.lists(st.permutations(range(1, 31)).map(tuple), max_size=1).map(tuple),
    declined=st.frozensets(st.integers(1, 30), max_size=4),
    holders=st.none() | st.frozensets(st.integers(1, 30), max_size=6),
)


@given(field=FIELD, rules=RULES, decisions=DECIDED, data=st.data())
def test_the_same_inputs_in_any_order_give_the_same_lines_with_the_same_reasons(
    field: list[Contender], rules: StageRules, decisions: Decisions, data: st.DataObject
) -> None:
    assert outcome(data.draw(st.permutations(field)), rules, decisions) == outcome(field, rules, decisions)


@given(field=FIELD, rules=RULES, decisions=DECIDED)
def test_nobody_is_lost_or_doubled(field: list[Contender], rules: StageRules, decisions: Decisions) -> None:
    lines = outcome(field, rules, decisions).lines
    assert sorted(line.entry_id for line in lines) == sorted(each.entry_id for each in field)


@given(field=FIELD, rules=RULES, more=st.integers(1, 4), data=st.data())
def test_raising_one_total_never_costs_a_rank_a_place_or_an_award(
    field: list[Contender], rules: StageRules, more: int, data: st.DataObject
) -> None:
    assume(rules.awards is None or rules.awards.medals is None)  # the scale moves with the field: see test_medals.py
    scored = [each for each in field if each.total is not None and each.took_part]
    assume(scored)
    one = data.draw(st.sampled_from(scored))
    assert one.total is not None
    better = msgspec.structs.replace(one, total=one.total + more)
    before = outcome(field, rules, Decisions())
    after = outcome([better if each is one else each for each in field], rules, Decisions())
    assume(not after.blockers and not before.blockers)
    then = next(line for line in before.lines if line.entry_id == one.entry_id)
    now = next(line for line in after.lines if line.entry_id == one.entry_id)
    assert (now.rank or 0) <= (then.rank or 0)
    assert now.advances >= then.advances
    assert now.qualifies >= then.qualifies
    codes = [award.code for award in rules.awards.awards] if rules.awards else []

    def worth(award: Award | None) -> int:
        return codes.index(award.code) if award else len(codes)

    assert worth(now.award) <= worth(then.award)


@given(field=FIELD, rules=RULES, declining=st.integers(1, 30))
def test_declining_takes_no_place_from_another(field: list[Contender], rules: StageRules, declining: int) -> None:
    before = outcome(field, rules, Decisions())
    after = outcome(field, rules, Decisions(declined=frozenset({declining})))
    assume(not after.blockers and not before.blockers)
    kept = advancing(before) - {declining}
    assert kept <= advancing(after)
    told = {line.entry_id: str(line.reason) for line in after.lines}
    assert all(told[line.entry_id] == str(line.reason) for line in before.lines if line.entry_id in kept)
