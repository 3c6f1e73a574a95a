"""Who is due the finalist subsidy, how a batch adds up, and when it may go on."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.entries.kinds import Attendance
from competition.rulebook.rules import SubsidyRule, parse
from competition.subsidies.kinds import BatchAction, BatchState, LineState
from competition.subsidies.rules import (
    TRANSITIONS,
    BatchFacts,
    Claim,
    ContestFacts,
    Finalist,
    LineDecision,
    Payee,
    claw_back_problem,
    contest_problem,
    decide,
    inputs_digest,
    totals,
    why_not,
)

RATE = 150_000
CONTEST = ContestFacts(contest_id=1, tier="municipal", in_annual_plan=True, finals=2, released_finals=2)
RULE = parse((Path(__file__).parents[2] / "seeds" / "rules" / "subsidy-dalian-2023.toml").read_text("utf-8")).body
assert isinstance(RULE, SubsidyRule)


def switched(**values: object) -> SubsidyRule:
    changes = {
        name: msgspec.structs.replace(getattr(RULE.switches, name), value=value) for name, value in values.items()
    }
    return msgspec.structs.replace(RULE, switches=msgspec.structs.replace(RULE.switches, **changes))


def finalist(member: int = 1, **changes: object) -> Finalist:
    plain = Finalist(
        member_id=member, person_id=member, skill_id=1, skill_name="焊接", skill_number=21, group_kind="employee",
        payee=Payee(unit_id=7, in_city=True, has_account=True), registered_by=7, attendance="checked_in",
        declined=False, scored=True, revision_id=5, revision_number=1,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def decided(*finalists: Finalist, rule: SubsidyRule = RULE, contest: ContestFacts = CONTEST) -> list[LineDecision]:
    return decide(finalists, contest, rule, RATE)


def one(each: Finalist, **values: object) -> tuple[str, int, str]:
    line = decided(each, rule=switched(**values))[0]
    return line.state, line.amount_fen, str(line.reason)


def claim(**changes: object) -> Claim:
    plain = Claim(member_id=99, contest_id=1, year=2025, tier="municipal", number=1)
    return msgspec.structs.replace(plain, **changes)


def test_who_checked_in_is_due_the_rate_of_the_tier() -> None:
    assert one(finalist()) == ("due", RATE, "决赛已检录")


@pytest.mark.parametrize(
    ("attendance", "reason"),
    [
        (Attendance.EXPECTED, "决赛未检录"),
        (Attendance.ABSENT, "决赛缺席"),
        (Attendance.WITHDRAWN, "已退赛"),
        (Attendance.DISQUALIFIED, "被取消资格"),
    ],
)
def test_who_did_not_enter_is_excluded_with_the_reason(attendance: str, reason: str) -> None:
    assert one(finalist(attendance=attendance)) == ("excluded", 0, reason)


def test_a_declined_place_is_excluded() -> None:
    assert one(finalist(declined=True)) == ("excluded", 0, "放弃决赛名额")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"payee": None, "registered_by": None}, "没有单位，无收款方"),
        ({"payee": Payee(unit_id=7, in_city=False, has_account=True)}, "单位不在本市"),
        ({"payee": Payee(unit_id=7, in_city=True, has_account=False)}, "没有收款账户"),
        ({"registered_by": 8}, "报名单位与本人单位不同，归属待裁定"),
    ],
)
def test_without_a_sure_payee_the_money_is_held_not_dropped(changes: dict[str, object], reason: str) -> None:
    assert one(finalist(**changes)) == ("held", RATE, reason)


def test_entered_can_mean_listed_or_scored() -> None:
    expected = finalist(attendance="", scored=False)
    assert one(expected, entered="listed") == ("due", RATE, "列入决赛名单")
    assert one(finalist(scored=False), entered="scored") == ("excluded", 0, "决赛没有成绩")
    assert one(finalist(), entered="scored") == ("due", RATE, "决赛有成绩")


def test_units_outside_the_city_are_paid_where_the_switch_says_so() -> None:
    outside = finalist(payee=Payee(unit_id=7, in_city=False, has_account=True))
    assert one(outside, unit_in_city=False) == ("due", RATE, "决赛已检录")


def test_one_person_in_two_skills_counts_once_in_the_first_skill() -> None:
    lines = decided(
        finalist(2, person_id=1, skill_number=3, skill_name="数控车"), finalist(1, skill_number=21, skill_name="焊接")
    )
    assert [(line.finalist.member_id, line.state.value, str(line.reason)) for line in lines] == [
        (2, "due", "决赛已检录"),
        (1, "excluded", "同一竞赛已在“数控车”计入"),
    ]


def test_an_absence_in_the_first_skill_leaves_the_second_due() -> None:
    lines = decided(finalist(1, skill_number=1, attendance="absent"), finalist(2, person_id=1, skill_number=2))
    assert [line.state.value for line in lines] == ["excluded", "due"]


def test_each_skill_counts_where_the_switch_says_so() -> None:
    lines = decided(finalist(1), finalist(2, person_id=1), rule=switched(same_person_same_contest="each"))
    assert [line.state.value for line in lines] == ["due", "due"]


def test_whoever_is_in_an_earlier_batch_is_not_due_again() -> None:
    again = finalist(claims=(claim(member_id=1, number=2),))
    assert one(again) == ("excluded", 0, "已列入 2025 年市级 02 批")
    clawed_back = finalist(claims=(claim(member_id=1, clawed_back=True),))
    assert one(clawed_back) == ("excluded", 0, "已在 2025 年市级 01 批发放后追回")


def test_tiers_of_a_year_count_each_by_default() -> None:
    assert one(finalist(claims=(claim(contest_id=2, tier="provincial"),)))[0] == "due"


def test_only_the_highest_tier_counts_where_the_switch_says_so() -> None:
    above = finalist(claims=(claim(contest_id=2, tier="provincial"),))
    below = finalist(claims=(claim(contest_id=2, tier="base"),))
    assert one(above, same_person_tiers="highest")[::2] == (
        "excluded", "同一年度已按不低于本层级列入 2025 年省级 01 批",
    )  # fmt: skip
    assert one(below, same_person_tiers="highest")[0] == "held"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tier": "base"}, "基层竞赛不在补贴范围内"),
        ({"in_annual_plan": False}, "竞赛未列入年度计划，按现行口径不予补贴"),
        ({"finals": 0, "released_finals": 0}, "竞赛还没有设置决赛"),
        ({"released_finals": 1}, "还有 1 个组别的决赛成绩未发布"),
    ],
)
def test_a_contest_that_cannot_be_drafted_says_why(changes: dict[str, object], reason: str) -> None:
    assert str(contest_problem(msgspec.structs.replace(CONTEST, **changes), RULE)) == reason


def test_a_ready_contest_has_nothing_against_it() -> None:
    assert contest_problem(CONTEST, RULE) is None


def test_outside_the_plan_is_paid_where_the_switch_says_so() -> None:
    outside = msgspec.structs.replace(CONTEST, in_annual_plan=False)
    assert contest_problem(outside, switched(annual_plan_only=False)) is None


payees = st.none() | st.builds(Payee, unit_id=st.integers(1, 6), in_city=st.booleans(), has_account=st.booleans())
finalists = st.lists(
    st.builds(
        lambda person, payee, attendance, declined, skill: {
            "person_id": person, "payee": payee, "registered_by": payee and payee.unit_id,
            "attendance": attendance, "declined": declined, "skill_number": skill,
        },
        st.integers(1, 30), payees, st.sampled_from([each.value for each in Attendance]), st.booleans(),
        st.integers(1, 4),
    ),
    max_size=60,
).map(lambda rows: [finalist(member, **row) for member, row in enumerate(rows, start=1)])  # fmt: skip


@given(finalists)
def test_nobody_is_dropped_and_every_sum_is_the_same_sum(people: list[Finalist]) -> None:
    lines = decided(*people)
    assert sorted(line.finalist.member_id for line in lines) == [each.member_id for each in people]
    header = totals((line.state, 1, line.amount_fen) for line in lines)
    due = [line for line in lines if line.state == LineState.DUE]
    by_person: dict[int, int] = defaultdict(int)
    by_unit: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for line in due:
        by_person[line.finalist.person_id] += line.amount_fen
        assert line.finalist.payee is not None
        count, fen = by_unit[line.finalist.payee.unit_id]
        by_unit[line.finalist.payee.unit_id] = (count + 1, fen + line.amount_fen)
    assert header.due_fen == sum(by_person.values()) == sum(fen for _, fen in by_unit.values()) == header.due * RATE
    assert header.due == sum(count for count, _ in by_unit.values()) == len(by_person)
    assert header.finalists == len(people)


@given(finalists)
def test_the_order_of_the_list_changes_nothing(people: list[Finalist]) -> None:
    assert decided(*people) == decided(*reversed(people))
    assert inputs_digest(people, CONTEST, "r", RATE) == inputs_digest(people[::-1], CONTEST, "r", RATE)


def test_the_digest_follows_every_input() -> None:
    digests = {
        inputs_digest([finalist()], CONTEST, "r", RATE),
        inputs_digest([finalist(attendance="absent")], CONTEST, "r", RATE),
        inputs_digest([finalist()], msgspec.structs.replace(CONTEST, tier="provincial"), "r", RATE),
        inputs_digest([finalist()], CONTEST, "r2", RATE),
        inputs_digest([finalist()], CONTEST, "r", RATE + 1),
    }
    assert len(digests) == 5


# The state machine

TOTALS = totals([("due", 986, 986 * RATE), ("held", 7, 7 * RATE), ("excluded", 12, 0)])


def batch(state: BatchState, **changes: object) -> BatchFacts:
    plain = BatchFacts(state=state, today=date(2025, 10, 15), totals=TOTALS, notice_to=date(2025, 10, 14))
    return msgspec.structs.replace(plain, **changes)


def test_a_batch_goes_from_draft_to_payment_step_by_step() -> None:
    way = [BatchAction.CHECK, BatchAction.NOTICE, BatchAction.APPROVE, BatchAction.PAY]
    state = BatchState.DRAFTED
    for action in way:
        assert why_not(action, batch(state)) is None
        state = TRANSITIONS[state][action]
    assert state == BatchState.PAID
    assert TRANSITIONS[state] == {}


def test_every_other_step_is_refused() -> None:
    for state in BatchState:
        for action in set(BatchAction) - set(TRANSITIONS[state]):
            assert str(why_not(action, batch(state))) == "批次当前状态不能进行此操作"


def test_a_batch_is_withdrawn_only_before_approval() -> None:
    assert [state for state in BatchState if BatchAction.WITHDRAW in TRANSITIONS[state]] == [
        BatchState.CHECKED,
        BatchState.NOTICED,
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"today": date(2025, 10, 14)}, "公示到 2025-10-14 期满后可以批准"),
        ({"open_objections": 1}, "还有 1 件异议没有答复"),
        ({"upheld": 1}, "有异议成立，须撤回并重新起草"),
        ({"result_corrected": True}, "成绩在起草后有更正，须撤回并重新起草"),
        ({"totals": totals([])}, "批次没有应发人员"),
    ],
)
def test_what_keeps_a_batch_from_approval_is_said(changes: dict[str, object], reason: str) -> None:
    assert str(why_not(BatchAction.APPROVE, batch(BatchState.NOTICED, **changes))) == reason


def test_money_comes_back_only_after_payment_and_with_a_reason() -> None:
    assert claw_back_problem(BatchState.PAID, LineState.DUE, "取消资格") is None
    assert str(claw_back_problem(BatchState.APPROVED, LineState.DUE, "x")) == "发放后才能追回；发放前撤回批次重新起草"
    assert str(claw_back_problem(BatchState.PAID, LineState.HELD, "x")) == "此人没有发放补贴"
    assert claw_back_problem(BatchState.PAID, LineState.DUE, " ") is not None
