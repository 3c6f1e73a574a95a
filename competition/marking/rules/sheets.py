"""The life of a sheet: open → submitted → checked → signed → locked, and what keeps a stage from its lock."""

from collections.abc import Set

import msgspec

from competition.problems import N_, Problem, Refused


class Move(msgspec.Struct, frozen=True):
    """`guard`: any of these roles may do it. `barred`: who has this role may not, whatever else they are."""

    guard: frozenset[str]
    next: str
    barred: frozenset[str] = frozenset()
    needs_reason: bool = False


JUDGE, CLERK, CHIEF = "judge", "score_clerk", "chief_judge"

# Roles are those a person has on this very sheet: "judge" is the judge whose sheet it is.
MOVES: dict[str, dict[str, Move]] = {
    "open": {"submit": Move(frozenset({JUDGE}), "submitted")},
    "submitted": {
        "check": Move(frozenset({CLERK, CHIEF}), "checked", barred=frozenset({JUDGE})),
        "return": Move(frozenset({CHIEF}), "open", needs_reason=True),
    },
    "checked": {
        "sign": Move(frozenset({CHIEF}), "signed"),
        "return": Move(frozenset({CHIEF}), "open", needs_reason=True),
    },
    "signed": {"lock": Move(frozenset({CHIEF}), "locked")},
    "locked": {},
}

_ORDER = list(MOVES)
_EARLY = {
    "check": N_("评分表提交后才能核对"),
    "return": N_("评分表尚未提交，无须退回"),
    "sign": N_("第二人核对后才能签字"),
    "lock": N_("裁判长签字后才能锁定"),
}
_LATE = {
    "submit": N_("评分表已提交，不能再次提交"),
    "check": N_("评分表已核对，不能再次核对"),
    "return": N_("评分表已签字，不能退回"),
    "sign": N_("评分表已签字，不能再次签字"),
}
_WHO = {
    "submit": N_("只有本表裁判可以提交"),
    "check": N_("核对由录分员或裁判长进行"),
    "return": N_("退回由裁判长进行"),
    "sign": N_("签字由裁判长进行"),
    "lock": N_("锁定由裁判长进行"),
}


def permitted(state: str, roles: Set[str]) -> dict[str, str]:
    """What a person with these roles on the sheet may do now: action -> next state."""
    return {action: move.next for action, move in MOVES[state].items() if why_not(state, action, roles) is None}


def why_not(state: str, action: str, roles: Set[str]) -> Problem | None:
    """The reason an action is not open now to these roles. Raises KeyError for an unknown state or action."""
    who = _WHO[action]
    move = MOVES[state].get(action)
    if state == "locked":
        return Problem(N_("评分表已锁定；更正须由裁判长新建修订"))
    if move is None:
        return Problem(_EARLY[action] if _before(state, action) else _LATE[action])
    if move.barred & roles:
        return Problem(N_("核对须由提交人以外的第二人进行"))
    return None if move.guard & roles else Problem(who)


def moved(state: str, action: str, roles: Set[str], reason: str = "") -> str:
    """The state after the action. Raises Refused with the reason it is not open, or for want of a reason given."""
    if problem := why_not(state, action, roles):
        raise Refused(problem)
    move = MOVES[state][action]
    if move.needs_reason and not reason.strip():
        raise Refused(Problem(N_("退回须写明原因"), field="reason"))
    return move.next


def _before(state: str, action: str) -> bool:
    home = next(place for place, moves in MOVES.items() if action in moves)
    return _ORDER.index(state) < _ORDER.index(home)


class MissingPart(msgspec.Struct, frozen=True):
    """An imported or carried part and the number of contestants without a score in it."""

    name: str
    contestants: int


class StageProgress(msgspec.Struct, frozen=True):
    """Counts of one stage. `submitted` and `checked` count sheets that have come at least so far."""

    sheets: int
    submitted: int
    checked: int
    contestants: int
    checked_in: int
    absent: int
    sessions_undrawn: int = 0
    missing_parts: tuple[MissingPart, ...] = ()
    locked: bool = False


def lock_blockers(stage: StageProgress) -> list[Problem]:
    """What is still to be done before the lock, in the order of the day; `field` names the kind of work."""
    if stage.locked:
        return [Problem(N_("本阶段已锁定"), field="locked")]
    counted = [
        (stage.sessions_undrawn, "draw", N_("{count} 层编号未抽签")),
        (stage.contestants - stage.checked_in - stage.absent, "check_in", N_("{count} 名选手未检录，也未记缺席")),
        (stage.sheets - stage.submitted, "sheets", N_("{count} 份评分表未提交")),
        (stage.submitted - stage.checked, "checks", N_("{count} 份评分表已提交，未经第二人核对")),
    ]
    blockers = [Problem(text, field=field, params={"count": count}) for count, field, text in counted if count]
    text = N_("{part} 缺 {count} 名选手的成绩")
    missing = [part for part in stage.missing_parts if part.contestants]
    return blockers + [
        Problem(text, field="imports", params={"part": part.name, "count": part.contestants}) for part in missing
    ]
