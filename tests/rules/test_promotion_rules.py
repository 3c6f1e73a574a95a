"""Direct promotion: which level a place leads to, by the documents that ship, and every condition with its value."""

from pathlib import Path

import msgspec
import pytest

from competition.people.kinds import LEVELS, Level
from competition.promotions.kinds import CaseState, Decision, Verdict
from competition.promotions.rules.choice import Document, documents_for
from competition.promotions.rules.levels import HIGHEST_BY_CONTEST
from competition.promotions.rules.proposal import Finisher, Proposal, propose
from competition.promotions.rules.states import GRANTED, TRANSITIONS, CaseFacts, needs_reason, why_not
from competition.promotions.rules.windows import rule_said
from competition.rulebook.promotion import PromotionRule
from competition.rulebook.rules import RuleDocument, parse

SEEDS = Path(__file__).parents[2] / "seeds" / "rules"


def document(name: str) -> RuleDocument:
    return parse((SEEDS / f"promotion-{name}.toml").read_text("utf-8"))


def rule(name: str) -> PromotionRule:
    body = document(name).body
    assert isinstance(body, PromotionRule)
    return body


TIANJIN, HENAN, ANHUI = rule("municipal-tianjin-2024"), rule("provincial-henan-2023"), rule("provincial-anhui-2023")
FIRST, SECOND = rule("national-first-2021"), rule("national-second-default")
NATIONAL, RURAL = rule("national-2023"), rule("rural-2024")


def finisher(**changes: object) -> Finisher:
    """Rank 3 of 34 in a municipal contest of the first class, an employee who is a senior worker."""
    plain = Finisher(
        member_id=1, person_id=1, skill_id=1, tier="municipal", contest_class="first", category="comprehensive",
        group="employee", team_size=1, status="employee", rank=3, award_name="", award_level="", entrants=34,
        entrants_at_least=3, level_held=Level.SENIOR, occupation="6-18-02-04", has_standard=True, honours_held="",
        year=2025, other_case=False, revision_id=1, revision_number=1,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def proposed(document: PromotionRule, **changes: object) -> Proposal:
    found = propose(finisher(**changes), document)
    assert found is not None
    return found


def level(document: PromotionRule, **changes: object) -> str | None:
    """The level proposed, "" for a refusal, None for a place outside every window."""
    found = propose(finisher(**changes), document)
    return None if found is None else (found.level or "")


def condition(found: Proposal, label: str) -> tuple[str, bool | None]:
    return next((str(each.value), each.met) for each in found.conditions if each.label == label)


MUNICIPAL_FIRST = {"tier": "municipal", "contest_class": "first"}
PROVINCIAL_FIRST = {"tier": "provincial", "contest_class": "first"}
NATIONAL_FIRST = {"tier": "national", "contest_class": "first"}


# Absolute rank, by group


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rank": 1}, "technician"),
        ({"rank": 10}, "technician"),
        ({"rank": 11}, None),
        ({"rank": 1, "group": "student", "level_held": Level.INTERMEDIATE}, "senior"),
        ({"rank": 10, "group": "student", "level_held": Level.INTERMEDIATE}, "senior"),
        ({"rank": 1, "group": "student", "level_held": Level.SENIOR}, ""),
        ({"rank": 6, "contest_class": "second", "level_held": Level.INTERMEDIATE}, "senior"),
        ({"rank": 7, "contest_class": "second"}, None),
        ({"rank": 6, "contest_class": "second", "level_held": Level.SENIOR}, "technician"),
        ({"rank": 6, "contest_class": "second", "group": "student", "level_held": Level.JUNIOR}, "intermediate"),
        ({"rank": 2, "tier": "base", "contest_class": "none", "level_held": Level.INTERMEDIATE}, "senior"),
        ({"rank": 1, "group": "teacher"}, None),
        ({"rank": 1, "team_size": 2}, None),
        ({"rank": None}, None),
    ],
)
def test_tianjin_2024(changes: dict[str, object], expected: str | None) -> None:
    assert level(TIANJIN, **changes) == expected


@pytest.mark.parametrize(
    ("contest_class", "team_size", "rank", "expected"),
    [
        ("first", 1, 5, "technician"), ("first", 1, 6, "senior"), ("first", 1, 20, "senior"), ("first", 1, 21, None),
        ("first", 2, 3, "technician"), ("first", 2, 4, "senior"), ("first", 2, 10, "senior"), ("first", 2, 11, None),
        ("first", 3, 2, "technician"), ("first", 3, 3, "senior"), ("first", 3, 7, "senior"), ("first", 3, 8, None),
        ("second", 1, 3, "technician"), ("second", 1, 4, "senior"), ("second", 1, 15, "senior"),
        ("second", 1, 16, None), ("second", 2, 11, None),
        ("second", 2, 2, "technician"), ("second", 2, 3, "senior"), ("second", 2, 10, "senior"),
        ("second", 3, 1, "technician"), ("second", 3, 2, "senior"), ("second", 3, 5, "senior"), ("second", 3, 6, None),
    ],
)  # fmt: skip
def test_henan_2023(contest_class: str, team_size: int, rank: int, expected: str | None) -> None:
    changes = {"tier": "provincial", "contest_class": contest_class, "team_size": team_size, "rank": rank}
    assert level(HENAN, level_held=Level.INTERMEDIATE, **changes) == expected


@pytest.mark.parametrize(
    ("document", "kind", "team_size", "rank", "expected"),
    [
        (FIRST, "first", 1, 5, "technician"), (FIRST, "first", 1, 6, "senior"), (FIRST, "first", 1, 20, "senior"),
        (FIRST, "first", 2, 3, "technician"), (FIRST, "first", 2, 10, "senior"), (FIRST, "first", 3, 2, "technician"),
        (FIRST, "first", 3, 7, "senior"), (FIRST, "first", 1, 21, None),
        (SECOND, "second", 1, 3, "technician"), (SECOND, "second", 1, 15, "senior"),
        (SECOND, "second", 2, 2, "technician"), (SECOND, "second", 3, 1, "technician"),
        (SECOND, "second", 3, 5, "senior"), (SECOND, "second", 3, 6, None),
    ],
)  # fmt: skip
def test_national_classes(document: PromotionRule, kind: str, team_size: int, rank: int, expected: str | None) -> None:
    changes = {"tier": "national", "contest_class": kind, "team_size": team_size, "rank": rank}
    assert level(document, level_held=Level.INTERMEDIATE, **changes) == expected


# Percent of entrants


@pytest.mark.parametrize(
    ("rank", "entrants", "expected"),
    [
        (12, 60, "technician"), (13, 60, "senior"), (24, 60, "senior"), (25, 60, None),
        (6, 34, "technician"), (7, 34, "senior"), (13, 34, "senior"), (14, 34, None), (1, None, None),
    ],
)  # fmt: skip
def test_anhui_2023_counts_percent_of_the_entrants(rank: int, entrants: int | None, expected: str | None) -> None:
    changes = {**PROVINCIAL_FIRST, "rank": rank, "entrants": entrants, "level_held": Level.INTERMEDIATE}
    assert level(ANHUI, **changes) == expected


# Award class, and one above the level held


@pytest.mark.parametrize(
    ("award", "expected"), [("gold", "technician"), ("bronze", "technician"), ("excellence", "technician"), ("", None)]
)
def test_the_national_contest_goes_by_award(award: str, expected: str | None) -> None:
    changes = {"tier": "national", "contest_class": "none", "group": "student", "award_level": award, "team_size": 2}
    assert level(NATIONAL, **changes) == expected


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (Level.APPRENTICE, "junior"), (Level.INTERMEDIATE, "senior"), (Level.TECHNICIAN, "senior_technician"),
        (Level.SENIOR_TECHNICIAN, ""), (None, ""),
    ],
)  # fmt: skip
def test_the_rural_contest_adds_one_level(held: Level | None, expected: str) -> None:
    changes = {"tier": "national", "category": "rural", "contest_class": "none", "award_level": "silver"}
    assert level(RURAL, level_held=held, **changes) == expected


# Who holds the level already


@pytest.mark.parametrize(
    ("held", "expected", "said"),
    [
        (Level.SENIOR, "technician", "高级工，低于技师"),
        (Level.TECHNICIAN, "senior_technician", "技师，低于高级技师"),
        (Level.SENIOR_TECHNICIAN, "", "已是高级技师"),
        (Level.CHIEF_TECHNICIAN, "", "已是首席技师"),
    ],
)
def test_holding_the_level_leads_to_the_next_one_or_nowhere(held: Level, expected: str, said: str) -> None:
    found = proposed(TIANJIN, level_held=held)
    assert (found.level or "", condition(found, "现等级")[0]) == (expected, said)


def test_a_rule_without_a_next_level_refuses_and_says_so() -> None:
    found = proposed(HENAN, **PROVINCIAL_FIRST, rank=1, level_held=Level.TECHNICIAN)
    assert (found.verdict, str(found.reason)) == (Verdict.REFUSE, "已持技师，规则无下一级")


@pytest.mark.parametrize("document", [TIANJIN, HENAN, ANHUI, FIRST, SECOND, NATIONAL, RURAL])
@pytest.mark.parametrize("held", [None, *LEVELS])
def test_no_contest_promotes_beyond_senior_technician_or_downward(document: PromotionRule, held: Level | None) -> None:
    for window in document.windows:
        scope = window.contests[0]
        contest = {"tier": scope.tier, "contest_class": scope.contest_class or "none"}
        found = propose(
            finisher(
                **contest, category=scope.category or "comprehensive", group=(window.groups or ("employee",))[0],
                rank=1, award_level="gold", level_held=held,
            ),
            document,
        )  # fmt: skip
        assert found is not None
        if found.level:
            assert LEVELS.index(found.level) <= LEVELS.index(HIGHEST_BY_CONTEST)
            assert held is None or LEVELS.index(found.level) > LEVELS.index(held)


# Conditions


def test_a_proposal_prints_its_rule_and_eight_conditions_with_their_values() -> None:
    found = proposed(TIANJIN)
    assert [str(part) for part in found.rule_text] == [
        "市级一类", "职工组", "单人", "第 1–10 名", "晋升技师", "已持有该等级的，晋升高级技师",
    ]  # fmt: skip
    assert [(each.label, str(each.value), each.met) for each in found.conditions] == [
        ("层级与类别", "市级，一类", True),
        ("组别与人数", "职工组，单人", True),
        ("名次", "第 3 名，在 1–10 内", True),
        ("参赛人数", "34 人，最低 10 人", True),
        ("职业标准", "有，6-18-02-04", True),
        ("现等级", "高级工，低于技师", True),
        ("本年晋级", "2025 年尚无", True),
        ("成绩状态", "已发布，第 1 版", True),
    ]
    assert (found.verdict, found.reason) == (Verdict.PROMOTE, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"entrants": 9}, "9 人，最低 10 人"),
        ({"has_standard": False}, "6-18-02-04没有国家职业标准"),
        ({"other_case": True}, "2025 年已由竞赛晋级 1 次"),
    ],
)
def test_a_condition_not_met_refuses_with_its_value(changes: dict[str, object], reason: str) -> None:
    found = proposed(TIANJIN, **changes)
    assert (found.verdict, found.level, str(found.reason)) == (Verdict.REFUSE, None, reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"level_held": Level.INTERMEDIATE}, "中级工，跨 2 级，须核对"),
        ({"level_held": None}, "没有登记现等级"),
        ({"entrants": None}, "至少 3 人，最低 10 人"),
        ({"revision_number": 2, "replaced": 1}, "提出后成绩由第 1 版更正为第 2 版"),
    ],
)
def test_what_a_person_must_look_at_is_marked_for_review(changes: dict[str, object], reason: str) -> None:
    found = proposed(TIANJIN, **changes)
    assert (found.verdict, found.level, str(found.reason)) == (Verdict.REVIEW, Level.TECHNICIAN, reason)


def test_a_known_rank_beyond_the_least_number_is_enough() -> None:
    assert condition(proposed(TIANJIN, rank=10, entrants=None, entrants_at_least=10), "参赛人数")[1] is True


def test_a_document_without_a_yearly_limit_lets_a_second_promotion_pass() -> None:
    found = proposed(HENAN, **PROVINCIAL_FIRST, other_case=True)
    assert (found.verdict, condition(found, "本年晋级")) == (Verdict.PROMOTE, ("该文件不限次数", True))


# Honours


def honours(**changes: object) -> tuple[tuple[str, ...], str, Verdict]:
    found = proposed(FIRST, **NATIONAL_FIRST, rank=1, **changes)
    return found.honours, condition(found, "荣誉称号")[0], found.verdict


def test_an_honour_is_proposed_to_an_employee() -> None:
    assert honours() == (("全国技术能手",), "全国技术能手：拟授予", Verdict.PROMOTE)


def test_an_honour_is_not_given_twice_and_the_level_stays() -> None:
    assert honours(honours_held="全国技术能手") == ((), "全国技术能手：已有，不重复授予", Verdict.PROMOTE)


def test_an_honour_needs_employee_status() -> None:
    assert honours(status="teacher") == ((), "全国技术能手：非职工，不授予", Verdict.PROMOTE)


def test_the_lower_window_gives_no_honour() -> None:
    assert proposed(FIRST, **NATIONAL_FIRST, rank=6, level_held=Level.INTERMEDIATE).honours == ()


# Which document


def offered(*names: str) -> list[Document]:
    found = []
    for name in names:
        held = document(name)
        assert isinstance(held.body, PromotionRule)
        found.append(Document(held.code, held.valid_from, held.body))
    return found


def codes(documents: list[Document]) -> list[str]:
    return [each.code.removeprefix("promotion-") for each in documents]


EVERY = ("municipal-tianjin-2024", "provincial-henan-2023", "provincial-anhui-2023", "national-first-2021",
         "national-second-default", "national-2023", "rural-2024")  # fmt: skip


@pytest.mark.parametrize(
    ("contest", "known", "expected"),
    [
        (("municipal", "first", "comprehensive"), True, ["municipal-tianjin-2024"]),
        (("base", "none", "school"), True, ["municipal-tianjin-2024"]),
        (("provincial", "first", "comprehensive"), True, ["provincial-anhui-2023", "provincial-henan-2023"]),
        (("provincial", "first", "comprehensive"), False, ["provincial-henan-2023", "provincial-anhui-2023"]),
        (("provincial", "second", "comprehensive"), True, ["provincial-henan-2023"]),
        (("national", "first", "comprehensive"), True, ["national-2023", "national-first-2021"]),
        (("national", "none", "rural"), True, ["rural-2024"]),
        (("world", "first", "comprehensive"), True, []),
    ],
)
def test_the_latest_document_that_speaks_of_the_contest_comes_first(
    contest: tuple[str, str, str], known: bool, expected: list[str]
) -> None:
    assert codes(documents_for(offered(*EVERY), *contest, entrants_known=known)) == expected


@pytest.mark.parametrize("name", EVERY)
def test_every_window_can_be_said(name: str) -> None:
    for window in rule(name).windows:
        for place in window.places:
            parts = [str(part) for part in rule_said(window, place)]
            assert len(parts) >= 5
            assert all(parts)


# The life of a case


def case(state: CaseState, **changes: object) -> CaseFacts:
    plain = CaseFacts(state=state, verdict=Verdict.PROMOTE, has_level=True)
    return msgspec.structs.replace(plain, **changes)


def test_a_case_goes_from_eligible_to_followed_up() -> None:
    state = CaseState.ELIGIBLE
    for decision in (Decision.RECOMMEND, Decision.APPROVE, Decision.CERTIFY, Decision.FOLLOW_UP):
        assert why_not(decision, case(state)) is None
        state = TRANSITIONS[state][decision]
    assert state == CaseState.FOLLOWED_UP


def test_every_other_decision_is_refused() -> None:
    for state in CaseState:
        for decision in set(Decision) - set(TRANSITIONS[state]):
            assert str(why_not(decision, case(state))) == "该案当前状态不能进行此操作"


def test_what_is_granted_is_never_undone() -> None:
    for state in GRANTED:
        assert set(TRANSITIONS[state].values()) <= set(GRANTED)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"outdated": True}, "提出后成绩有更正，须重新提出建议"),
        ({"verdict": Verdict.REFUSE}, "规则没有可晋升的等级"),
        ({"has_level": False}, "规则没有可晋升的等级"),
        ({"granted_this_year": True}, "此人本年已由竞赛晋级 1 次"),
    ],
)
def test_what_keeps_a_case_from_approval_is_said(changes: dict[str, object], reason: str) -> None:
    assert str(why_not(Decision.APPROVE, case(CaseState.RECOMMENDED, **changes))) == reason


@pytest.mark.parametrize(
    ("decision", "verdict", "expected"),
    [
        (Decision.APPROVE, Verdict.PROMOTE, False),
        (Decision.APPROVE, Verdict.REVIEW, True),
        (Decision.REFUSE, Verdict.PROMOTE, True),
        (Decision.RETURN, Verdict.PROMOTE, True),
        (Decision.CERTIFY, Verdict.PROMOTE, False),
    ],
)
def test_a_reason_is_needed_where_a_person_departs_from_the_rule(
    decision: Decision, verdict: Verdict, expected: bool
) -> None:
    assert needs_reason(decision, verdict) is expected
