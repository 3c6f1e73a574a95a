from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.marking.rules.aggregate import Aggregation
from competition.marking.rules.scheme import Aspect, Part, Scheme, scheme_problems
from competition.marking.rules.totals import PartMarks, aspect_scores, part_score, weighted_total

TRIMMED = Aggregation("trimmed", 1, 1)
HALF = Decimal("0.5")
TASTE, LOOK = Aspect("taste", Decimal(30), HALF), Aspect("look", Decimal(20), HALF)
DISH = Part("dish", Decimal(70), Decimal(50), TRIMMED, aspects=(TASTE, LOOK))
THEORY = Part("theory", Decimal(30), Decimal(100), source="import", kind="theory", step=HALF)
SCHEME = Scheme((THEORY, DISH))


def marks(*values: str) -> list[Decimal | None]:
    return [Decimal(value) if value else None for value in values]


def test_each_aspect_is_aggregated_and_then_summed() -> None:
    # taste: (26 + 26.5 + 27) / 3 = 26.50; look: (15 + 15 + 16) / 3 = 15.33
    given = PartMarks({"taste": marks("20", "26", "26.5", "27", "30"), "look": marks("19", "15", "15", "16", "10")})
    assert aspect_scores(DISH, given) == {"taste": Decimal("26.50"), "look": Decimal("15.33")}
    assert part_score(DISH, given) == Decimal("41.83")


def test_trimming_is_by_aspect_and_not_by_judge() -> None:
    given = PartMarks({"taste": marks("30", "20", "10", "24"), "look": marks("0", "10", "17", "20")})
    # (20 + 24) / 2 + (10 + 17) / 2; trimming the judges' sums 30, 30, 27, 44 would give 30
    assert part_score(DISH, given) == Decimal("35.50")


def test_a_missing_mark_or_aspect_leaves_no_part_score() -> None:
    full = marks("9", "9", "9")
    assert part_score(DISH, PartMarks({"taste": full, "look": marks("9", "", "9")})) is None
    assert part_score(DISH, PartMarks({"taste": full})) is None
    assert aspect_scores(DISH, PartMarks({"taste": full})) == {"taste": Decimal("9.00"), "look": None}


def test_a_part_without_aspects_is_marked_as_a_whole() -> None:
    speech = Part("speech", Decimal(100), Decimal(10), TRIMMED, step=HALF)
    assert part_score(speech, PartMarks({"speech": marks("8", "9", "9.5")})) == Decimal("9.00")


def test_marks_for_an_unknown_aspect_are_an_error_and_not_left_out() -> None:
    with pytest.raises(ValueError, match="smell"):
        part_score(DISH, PartMarks({"smell": marks("9", "9", "9")}))


def test_an_imported_part_has_no_panel_marks() -> None:
    with pytest.raises(ValueError, match="theory"):
        part_score(THEORY, PartMarks({"theory": marks("90")}))


def test_a_score_for_an_unknown_part_is_an_error_and_not_left_out() -> None:
    with pytest.raises(ValueError, match="oral"):
        weighted_total({"theory": Decimal(90), "dish": Decimal(40), "oral": Decimal(1)}, SCHEME)


SCORES = st.fixed_dictionaries(
    {
        "theory": st.integers(0, 200).map(lambda n: n * HALF),
        "dish": st.integers(0, 5000).map(lambda n: Decimal(n) / 100),
    }
)


@given(scores=SCORES)
def test_a_total_lies_between_0_and_100_and_full_marks_give_100(scores: dict[str, Decimal]) -> None:
    total = weighted_total(scores, SCHEME)
    assert total is not None
    assert 0 <= total <= 100
    assert (total == 100) == (scores["theory"] * 30 / 100 + scores["dish"] * 70 / 50 >= Decimal("99.995"))


@given(scores=SCORES, more=st.integers(0, 1000))
def test_a_better_part_never_lowers_the_total(scores: dict[str, Decimal], more: int) -> None:
    better = scores | {"dish": scores["dish"] + Decimal(more) / 100}
    before, after = weighted_total(scores, SCHEME), weighted_total(better, SCHEME)
    assert before is not None
    assert after is not None
    assert before <= after


@given(scores=SCORES)
def test_the_order_of_the_parts_does_not_matter(scores: dict[str, Decimal]) -> None:
    assert weighted_total(scores, Scheme((DISH, THEORY))) == weighted_total(scores, SCHEME)


def test_a_right_scheme_has_no_problems() -> None:
    assert scheme_problems(SCHEME) == ([], [])


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"weight": Decimal(60)}, "各部分权重合计应为 100，现为 90"),
        ({"weight": Decimal("70.01")}, "各部分权重合计应为 100，现为 100.01"),
        ({"code": "theory"}, "评分部分代码 theory 重复"),
        ({"maximum": Decimal(60)}, "dish 各评分项满分合计 50，与满分 60 不符"),
        ({"aggregation": None}, "dish 由裁判评分，须选定合成方法"),
        ({"aspects": (), "maximum": Decimal(0)}, "dish 的满分须大于 0"),
        ({"aspects": (), "maximum": Decimal(-1)}, "dish 的满分须大于 0"),
        ({"aspects": (), "step": Decimal("0.3")}, "dish 的步长 0.3 不能整除满分 50"),
        ({"aspects": (), "step": Decimal(0)}, "dish 的步长须大于 0"),
        ({"aspects": (TASTE, Aspect("look", Decimal(20), Decimal(3)))}, "look 的步长 3 不能整除满分 20"),
        ({"aspects": (Aspect("look", Decimal(30), HALF), LOOK)}, "评分项代码 look 重复"),
        ({"source": "import", "aspects": ()}, "dish 的成绩为导入或沿用，不设裁判合成和评分项"),
        ({"source": "import", "aggregation": None}, "dish 的成绩为导入或沿用，不设裁判合成和评分项"),
        ({"source": "carry", "aspects": (), "aggregation": None}, "dish 沿用前一阶段总分，满分应为 100"),
    ],
)
def test_a_wrong_scheme_says_what_is_wrong(part: dict[str, object], message: str) -> None:
    errors, _ = scheme_problems(Scheme((THEORY, msgspec.structs.replace(DISH, **part))))
    assert [str(error) for error in errors] == [message]


def test_a_part_needs_a_weight() -> None:
    weightless = msgspec.structs.replace(THEORY, weight=Decimal(0))
    errors, _ = scheme_problems(Scheme((weightless, msgspec.structs.replace(DISH, weight=Decimal(100)))))
    assert [str(error) for error in errors] == ["theory 的权重须大于 0"]


def test_totals_have_at_most_four_digits() -> None:
    assert scheme_problems(Scheme(SCHEME.parts, digits=4)) == ([], [])
    errors, _ = scheme_problems(Scheme(SCHEME.parts, digits=5))
    assert [error.field for error in errors] == ["digits"]


def test_an_empty_scheme_does_not_add_up_to_100() -> None:
    errors, _ = scheme_problems(Scheme(()))
    assert [str(error) for error in errors] == ["各部分权重合计应为 100，现为 0"]


def weighed(theory: str, practice: str, carry: str = "0") -> Scheme:
    parts = [
        msgspec.structs.replace(THEORY, weight=Decimal(theory)),
        msgspec.structs.replace(DISH, weight=Decimal(practice)),
    ]
    if carry != "0":
        parts.append(Part("preliminary", Decimal(carry), Decimal(100), source="carry"))
    return Scheme(tuple(parts))


@pytest.mark.parametrize(
    ("scheme", "warned"),
    [
        (weighed("30", "70"), False),
        (weighed("30.01", "69.99"), True),
        (weighed("24", "56", carry="20"), False),  # 56 of the stage's own 80 is 70 %
        (weighed("25", "55", carry="20"), True),
    ],
)
def test_practice_under_70_percent_of_the_stage_is_only_warned_of(scheme: Scheme, warned: bool) -> None:
    errors, warnings = scheme_problems(scheme)
    assert errors == []
    assert [warning.field for warning in warnings] == (["weight"] if warned else [])


def test_the_practice_floor_is_data() -> None:
    lenient = msgspec.structs.replace(weighed("50", "50"), practice_floor=Decimal(50))
    assert scheme_problems(lenient) == ([], [])
