from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from competition.problems import Refused
from competition.results.rules.advancement import Cut, Placed, advance, places_of
from competition.results.rules.ranking import Candidate, Ranked, rank

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        key=st.integers(0, 30),
        total=st.none() | st.integers(0, 6).map(Decimal),
        delegation=st.none() | st.integers(1, 3),
        out_of_contest=st.sampled_from([False, False, False, True]),
    ),
    unique_by=lambda row: row.key,
    max_size=14,
)
FIELDS = CANDIDATES.map(rank)
CUTS = st.builds(
    Cut,
    kind=st.sampled_from(["top", "percent", "threshold", "all"]),
    value=st.integers(1, 8).map(Decimal),
    ties=st.sampled_from(["all", "none", "decided"]),
    reserved_per_delegation=st.integers(0, 2),
    percent_rounding=st.sampled_from(["down", "up", "half_up"]),
)
NUMBERED_CUTS = st.builds(
    Cut,
    kind=st.sampled_from(["top", "percent"]),
    value=st.integers(4, 12).map(Decimal),
    ties=st.sampled_from(["none", "none", "decided"]),
    reserved_per_delegation=st.sampled_from([0, 1]),
    percent_rounding=st.sampled_from(["down", "up", "half_up"]),
)
DECLINED = st.frozensets(st.integers(0, 30), max_size=6)


def placed(field: list[Ranked], cut: Cut, declined: frozenset[int] = frozenset()) -> list[Placed]:
    """Only the cases that are not refused."""
    try:
        return advance(field, cut, declined)
    except Refused:
        assume(False)
        raise


def field(*totals: int | None, delegations: tuple[int, ...] = ()) -> list[Ranked]:
    homes = delegations or (1,) * len(totals)
    return rank(
        Candidate(key, None if total is None else Decimal(total), delegation=home)
        for key, (total, home) in enumerate(zip(totals, homes, strict=True), 1)
    )


def reasons(lines: list[Placed]) -> list[str]:
    return [str(line.reason) for line in lines]


@given(ranked=FIELDS, cut=CUTS, declined=DECLINED)
def test_everyone_has_one_line_with_a_reason(ranked: list[Ranked], cut: Cut, declined: frozenset[int]) -> None:
    lines = placed(ranked, cut, declined)
    assert [(line.key, line.rank) for line in lines] == [(row.key, row.rank) for row in ranked]
    assert all(reasons(lines))


@given(ranked=FIELDS, cut=CUTS, declined=DECLINED)
def test_no_rank_no_place_and_declined_is_declined(ranked: list[Ranked], cut: Cut, declined: frozenset[int]) -> None:
    for line in placed(ranked, cut, declined):
        assert line.rank is not None or not (line.qualifies or line.advances)
        assert not (line.key in declined and line.advances)


@given(ranked=FIELDS, cut=CUTS, declined=DECLINED)
def test_nobody_loses_a_place_because_another_declines(
    ranked: list[Ranked], cut: Cut, declined: frozenset[int]
) -> None:
    for line in placed(ranked, cut, declined):
        assert line.advances or not line.qualifies or line.key in declined


@given(candidates=CANDIDATES, cut=CUTS, declined=DECLINED, data=st.data())
def test_the_list_and_its_reasons_are_the_same_whatever_order_they_come_in(
    candidates: list[Candidate], cut: Cut, declined: frozenset[int], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(candidates))
    assert placed(rank(shuffled), cut, declined) == placed(rank(candidates), cut, declined)


@given(ranked=FIELDS, cut=CUTS, declined=DECLINED, one=st.integers(0, 30))
def test_who_moved_up_keeps_the_place_when_one_more_declines(
    ranked: list[Ranked], cut: Cut, declined: frozenset[int], one: int
) -> None:
    before = {line.key for line in placed(ranked, cut, declined) if line.advances}
    after = {line.key for line in placed(ranked, cut, declined | {one}) if line.advances}
    assert before - {one} <= after


@given(candidates=CANDIDATES, cut=CUTS, declined=DECLINED, more=st.integers(1, 4), data=st.data())
def test_raising_a_total_never_loses_the_own_place(
    candidates: list[Candidate], cut: Cut, declined: frozenset[int], more: int, data: st.DataObject
) -> None:
    ranked = [row for row in candidates if row.total is not None and not row.out_of_contest]
    assume(ranked)
    one = data.draw(st.sampled_from(ranked))
    assert one.total is not None
    better = Candidate(one.key, one.total + more, delegation=one.delegation)

    def place(field: list[Candidate]) -> tuple[bool, bool]:
        line = next(line for line in placed(rank(field), cut, declined) if line.key == one.key)
        return line.qualifies, line.advances

    before, after = place(candidates), place([better if row is one else row for row in candidates])
    assert all(kept >= had for kept, had in zip(after, before, strict=True))


@given(ranked=FIELDS, cut=CUTS, declined=DECLINED)
def test_declining_does_not_change_who_qualifies(ranked: list[Ranked], cut: Cut, declined: frozenset[int]) -> None:
    with_declined = placed(ranked, cut, declined)
    assert [line.qualifies for line in with_declined] == [line.qualifies for line in placed(ranked, cut)]


@given(ranked=FIELDS, cut=CUTS, declined=DECLINED)
def test_equal_rank_is_treated_equally_without_reserved_places(
    ranked: list[Ranked], cut: Cut, declined: frozenset[int]
) -> None:
    assume(cut.reserved_per_delegation == 0)
    by_rank: dict[int | None, set[bool]] = {}
    for line in placed(ranked, cut, declined):
        by_rank.setdefault(line.rank, set()).add(line.qualifies)
    assert all(len(answers) == 1 for answers in by_rank.values())


@given(ranked=FIELDS, cut=CUTS, declined=DECLINED)
def test_nobody_passes_a_better_one_without_reserved_places(
    ranked: list[Ranked], cut: Cut, declined: frozenset[int]
) -> None:
    assume(cut.reserved_per_delegation == 0)
    willing = [line.advances for line in placed(ranked, cut, declined) if line.key not in declined]
    assert willing == sorted(willing, reverse=True)


@given(ranked=FIELDS, cut=NUMBERED_CUTS, declined=DECLINED)
def test_there_are_never_more_than_the_places_unless_a_tie_makes_them(
    ranked: list[Ranked], cut: Cut, declined: frozenset[int]
) -> None:
    lines = placed(ranked, cut, declined)
    places = places_of(cut, sum(row.rank is not None for row in ranked))
    assert sum(line.qualifies for line in lines) <= places
    assert sum(line.advances for line in lines) <= places


@given(ranked=FIELDS, cut=CUTS)
def test_each_delegation_has_its_reserved_places(ranked: list[Ranked], cut: Cut) -> None:
    assume(cut.ties != "none")
    lines = placed(ranked, cut)
    home = {row.key: row.delegation for row in ranked}
    for delegation in (1, 2, 3):
        own = [line for line in lines if home[line.key] == delegation and line.rank is not None]
        assert sum(line.qualifies for line in own) >= min(cut.reserved_per_delegation, len(own))


def test_each_place_has_its_reason_for_top_places() -> None:
    lines = advance(field(90, 80, 70, 60, None), Cut("top", Decimal(2)), {1, 4})
    assert reasons(lines) == [
        "名次 1，放弃名额",
        "名次 2，在前 2 名内",
        "名次 3，因有人放弃而递补",
        "名次 4，放弃递补",
        "无成绩",
    ]


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        (Cut("percent", Decimal(50)), ["名次 1，在前 50 %（1 名）内", *["名次 2，不在前 50 %（1 名）内"]]),
        (Cut("threshold", Decimal("80.5")), ["总分 90，达到 80.5 分", "总分 80，未达到 80.5 分"]),
        (Cut("all"), ["有成绩者全部晋级", "有成绩者全部晋级"]),
    ],
)
def test_the_reason_names_the_rule(cut: Cut, expected: list[str]) -> None:
    assert reasons(advance(field(90, 80), cut)) == expected


@pytest.mark.parametrize(("ties", "word"), [("all", "一并晋级"), ("none", "均不晋级")])
def test_a_tie_at_the_cut_is_the_reason(ties: str, word: str) -> None:
    lines = advance(field(90, 80, 80, 70), Cut("top", Decimal(2), ties=ties))  # type: ignore[arg-type]  # from parametrize
    assert reasons(lines)[1:] == [f"名次 2，末位并列，{word}"] * 2 + ["名次 4，不在前 2 名内"]


def test_out_of_contest_has_no_place() -> None:
    ranked = rank([Candidate(1, Decimal(90), out_of_contest=True), Candidate(2, Decimal(80))])
    lines = advance(ranked, Cut("top", Decimal(2)))
    assert [(line.key, line.advances, str(line.reason)) for line in lines] == [
        (2, True, "名次 1，在前 2 名内"),
        (1, False, "不计名次"),
    ]


def test_an_undecided_tie_names_its_contestants() -> None:
    with pytest.raises(Refused) as refusal:
        advance(field(90, 80, 80), Cut("top", Decimal(2)))
    assert [problem.params["keys"] for problem in refusal.value.problems] == [[2, 3]]


def test_a_decision_by_the_chief_judge_frees_the_cut() -> None:
    candidates = [Candidate(key, Decimal(80)) for key in (1, 2)]
    lines = advance(rank(candidates, {1: 2, 2: 1}), Cut("top", Decimal(1)))
    assert [(line.key, line.advances) for line in lines] == [(2, True), (1, False)]


def test_a_tie_that_only_arises_when_a_place_moves_must_be_decided_too() -> None:
    ranked = field(90, 80, 70, 70)
    assert [line.advances for line in advance(ranked, Cut("top", Decimal(2)))] == [True, True, False, False]
    with pytest.raises(Refused, match="第 3 名 2 人并列"):
        advance(ranked, Cut("top", Decimal(2)), {1})


def test_reserved_places_lie_within_the_places() -> None:
    # delegation 2's best is fifth: it takes the third place from the third
    lines = advance(field(90, 80, 70, 60, 50, delegations=(1, 1, 1, 1, 2)), Cut("top", Decimal(3), "decided", 1))
    assert [line.qualifies for line in lines] == [True, True, False, False, True]
    assert reasons(lines) == [
        "名次 1，在前 3 名内",
        "名次 2，在前 3 名内",
        "名次 3，保留名额以外的名额已满",
        "名次 4，不在前 3 名内",
        "名次 5，占代表队保留名额",
    ]


def test_a_declined_reserved_place_stays_with_the_delegation() -> None:
    ranked = field(90, 80, 70, 60, 50, delegations=(1, 1, 1, 2, 2))
    lines = advance(ranked, Cut("top", Decimal(2), "decided", 1), {4})
    assert [line.advances for line in lines] == [True, False, False, False, True]


def test_a_reserved_place_comes_beside_the_threshold() -> None:
    lines = advance(field(90, 80, 50, delegations=(1, 1, 2)), Cut("threshold", Decimal(85), "decided", 1))
    assert reasons(lines) == ["总分 90，达到 85 分", "总分 80，未达到 85 分", "名次 3，占代表队保留名额"]


def test_more_reserved_places_than_places_are_refused() -> None:
    with pytest.raises(Refused, match="保留名额共 3 个，多于总名额 2 个"):
        advance(field(90, 80, 70, delegations=(1, 2, 3)), Cut("top", Decimal(2), "decided", 1))


def test_having_no_delegation_is_not_a_delegation_with_a_reserved_place() -> None:
    homes = {1: 1, 2: 1, 3: None}
    ranked = rank(Candidate(key, Decimal(100 - key), delegation=home) for key, home in homes.items())
    assert [line.qualifies for line in advance(ranked, Cut("top", Decimal(2), "decided", 1))] == [True, True, False]


def test_a_reserved_place_that_falls_to_a_tie_takes_nothing_from_who_qualifies() -> None:
    # the first declines; both fourths share the reserved place of their delegation, and the second keeps the open one
    ranked = field(90, 80, 70, 50, 50, delegations=(1, 3, 2, 1, 1))
    ranked = [Ranked(row.key, row.rank, row.total, None if row.key == 2 else row.delegation) for row in ranked]
    lines = advance(ranked, Cut("top", Decimal(3), "all", 1), {1})
    assert [line.qualifies for line in lines] == [True, True, True, False, False]
    assert [line.advances for line in lines] == [False, True, True, True, True]


def test_a_percentage_is_of_those_with_a_rank() -> None:
    lines = advance(field(90, 80, None, None), Cut("percent", Decimal(50)))
    assert [line.qualifies for line in lines] == [True, False, False, False]


def test_who_has_no_result_has_nothing_to_decline() -> None:
    assert reasons(advance(field(90, None), Cut("top", Decimal(1)), {2}))[1] == "无成绩"


@pytest.mark.parametrize(
    ("cut", "field_name"),
    [
        (Cut("top", Decimal(0)), "value"),
        (Cut("top", Decimal("1.5")), "value"),
        (Cut("percent", Decimal(0)), "value"),
        (Cut("percent", Decimal("100.01")), "value"),
        (Cut("top", Decimal(1), reserved_per_delegation=-1), "reserved_per_delegation"),
    ],
)
def test_a_bad_cut_is_refused(cut: Cut, field_name: str) -> None:
    with pytest.raises(Refused) as refusal:
        advance(field(90), cut)
    assert [problem.field for problem in refusal.value.problems] == [field_name]


@pytest.mark.parametrize(
    ("rounding", "value", "entrants", "places"),
    [
        ("down", "30", 9, 2),
        ("up", "30", 9, 3),
        ("half_up", "30", 9, 3),  # 2.7
        ("half_up", "30", 8, 2),  # 2.4
        ("half_up", "30", 5, 2),  # 1.5
        ("down", "10", 5, 1),
        ("down", "100", 5, 5),
        ("up", "33.3333", 3, 1),  # 0.999999
    ],
)
def test_places_of_a_percentage(rounding: str, value: str, entrants: int, places: int) -> None:
    cut = Cut("percent", Decimal(value), percent_rounding=rounding)  # type: ignore[arg-type]  # from parametrize
    assert places_of(cut, entrants) == places


def test_nobody_ranked_nobody_advances() -> None:
    assert [line.advances for line in advance(field(None, None), Cut("percent", Decimal(50)))] == [False, False]
    assert advance([], Cut("top", Decimal(3))) == []


def test_a_rank_within_the_places_is_no_reason_once_a_better_one_was_passed_over() -> None:
    # three places, one for each of three delegations: the second, of the first's delegation, is passed over
    lines = advance(field(90, 80, 70, 60, delegations=(1, 1, 2, 3)), Cut("top", Decimal(3), "decided", 1))
    assert reasons(lines) == [
        "名次 1，在前 3 名内",
        "名次 2，保留名额以外的名额已满",
        "名次 3，占代表队保留名额",
        "名次 4，占代表队保留名额",
    ]
