from itertools import pairwise

import msgspec
import pytest

from competition.marking.rules.sheets import (
    MOVES,
    MissingPart,
    StageProgress,
    lock_blockers,
    moved,
    permitted,
    why_not,
)
from competition.problems import Refused

ACTIONS = ("submit", "check", "return", "sign", "lock")
ROLES = ("judge", "score_clerk", "chief_judge", "organiser")


@pytest.mark.parametrize(
    ("state", "role", "moves"),
    [
        ("open", "judge", {"submit": "submitted"}),
        ("submitted", "score_clerk", {"check": "checked"}),
        ("submitted", "chief_judge", {"check": "checked", "return": "open"}),
        ("checked", "chief_judge", {"sign": "signed", "return": "open"}),
        ("signed", "chief_judge", {"lock": "locked"}),
    ],
)
def test_who_may_do_what(state: str, role: str, moves: dict[str, str]) -> None:
    assert permitted(state, {role}) == moves


ALLOWED = {
    ("open", "judge"),
    ("submitted", "score_clerk"),
    ("submitted", "chief_judge"),
    ("checked", "chief_judge"),
    ("signed", "chief_judge"),
}


@pytest.mark.parametrize(("state", "role"), [(s, r) for s in MOVES for r in ROLES if (s, r) not in ALLOWED])
def test_nobody_else_may_do_anything(state: str, role: str) -> None:
    assert permitted(state, {role}) == {}


def test_nobody_without_a_role_may_do_anything() -> None:
    assert [permitted(state, set()) for state in MOVES] == [{}] * 5


def test_the_judge_of_the_sheet_is_not_the_second_person_even_as_chief_judge() -> None:
    both = {"judge", "chief_judge"}
    assert permitted("submitted", both) == {"return": "open"}
    assert str(why_not("submitted", "check", both)) == "核对须由提交人以外的第二人进行"


def test_the_way_to_the_lock() -> None:
    way = [("submit", "judge"), ("check", "score_clerk"), ("sign", "chief_judge"), ("lock", "chief_judge")]
    states = ["open"]
    for action, role in way:
        states.append(moved(states[-1], action, {role}))
    assert states == ["open", "submitted", "checked", "signed", "locked"]
    assert list(MOVES) == states


def test_every_move_but_the_return_goes_one_state_on() -> None:
    onward = {(state, move.next) for state, moves in MOVES.items() for name, move in moves.items() if name != "return"}
    assert onward == set(pairwise(MOVES))


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_return_needs_a_reason(reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        moved("submitted", "return", {"chief_judge"}, reason)
    assert refusal.value.problems[0].field == "reason"


@pytest.mark.parametrize("state", ["submitted", "checked"])
def test_a_return_with_a_reason_opens_the_sheet(state: str) -> None:
    assert moved(state, "return", {"chief_judge"}, "第 3 项漏录") == "open"


@pytest.mark.parametrize(("state", "action"), [(state, action) for state in MOVES for action in ACTIONS])
def test_an_action_is_permitted_or_has_a_reason_it_is_not(state: str, action: str) -> None:
    for role in ROLES:
        assert (action in permitted(state, {role})) == (why_not(state, action, {role}) is None)


@pytest.mark.parametrize(
    ("state", "action", "reason"),
    [
        ("open", "check", "评分表提交后才能核对"),
        ("open", "return", "评分表尚未提交，无须退回"),
        ("open", "sign", "第二人核对后才能签字"),
        ("submitted", "lock", "裁判长签字后才能锁定"),
        ("submitted", "submit", "评分表已提交，不能再次提交"),
        ("signed", "check", "评分表已核对，不能再次核对"),
        ("signed", "return", "评分表已签字，不能退回"),
        ("signed", "sign", "评分表已签字，不能再次签字"),
        ("locked", "submit", "评分表已锁定；更正须由裁判长新建修订"),
        ("locked", "lock", "评分表已锁定；更正须由裁判长新建修订"),
    ],
)
def test_the_reason_names_what_comes_first_or_is_over(state: str, action: str, reason: str) -> None:
    assert str(why_not(state, action, {"judge", "score_clerk", "chief_judge"})) == reason


@pytest.mark.parametrize(
    ("state", "action", "reason"),
    [
        ("open", "submit", "只有本表裁判可以提交"),
        ("submitted", "check", "核对由录分员或裁判长进行"),
        ("submitted", "return", "退回由裁判长进行"),
        ("checked", "sign", "签字由裁判长进行"),
        ("signed", "lock", "锁定由裁判长进行"),
    ],
)
def test_a_stranger_is_told_whose_action_it_is(state: str, action: str, reason: str) -> None:
    assert str(why_not(state, action, {"organiser"})) == reason
    with pytest.raises(Refused, match=reason):
        moved(state, action, {"organiser"}, "reason")


def test_an_unknown_state_or_action_is_an_error() -> None:
    with pytest.raises(KeyError):
        why_not("open", "burn", {"judge"})
    with pytest.raises(KeyError):
        why_not("lost", "submit", {"judge"})


READY = StageProgress(sheets=216, submitted=216, checked=216, contestants=18, checked_in=17, absent=1)


def test_a_stage_that_is_done_can_be_locked() -> None:
    assert lock_blockers(READY) == []


@pytest.mark.parametrize(
    ("short", "blockers"),
    [
        ({"submitted": 212, "checked": 212}, [("sheets", "4 份评分表未提交")]),
        ({"checked": 203}, [("checks", "13 份评分表已提交，未经第二人核对")]),
        (
            {"submitted": 212, "checked": 203},
            [("sheets", "4 份评分表未提交"), ("checks", "9 份评分表已提交，未经第二人核对")],
        ),
        ({"sessions_undrawn": 2}, [("draw", "2 层编号未抽签")]),
        ({"absent": 0}, [("check_in", "1 名选手未检录，也未记缺席")]),
        ({"missing_parts": (MissingPart("理论", 3),)}, [("imports", "理论 缺 3 名选手的成绩")]),
        ({"missing_parts": (MissingPart("理论", 0),)}, []),
        ({"locked": True, "submitted": 0}, [("locked", "本阶段已锁定")]),
    ],
)
def test_what_keeps_a_stage_from_its_lock(short: dict[str, object], blockers: list[tuple[str, str]]) -> None:
    found = lock_blockers(msgspec.structs.replace(READY, **short))
    assert [(problem.field, str(problem)) for problem in found] == blockers
