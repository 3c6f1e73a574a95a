"""What may be done with an entry, by whom, in which state; and why something else may not."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from competition.entries.kinds import EntryAction, EntryState
from competition.problems import N_, Problem

Party = Literal["unit", "organiser"]

MACHINE: Mapping[EntryState, Mapping[EntryAction, EntryState]] = {
    EntryState.DRAFT: {
        EntryAction.EDIT: EntryState.DRAFT,
        EntryAction.SUBMIT: EntryState.SUBMITTED,
        EntryAction.WITHDRAW: EntryState.WITHDRAWN,
    },
    EntryState.SUBMITTED: {
        EntryAction.APPROVE: EntryState.APPROVED,
        EntryAction.RETURN: EntryState.RETURNED,
        EntryAction.REJECT: EntryState.REJECTED,
        EntryAction.WITHDRAW: EntryState.WITHDRAWN,
    },
    EntryState.RETURNED: {
        EntryAction.EDIT: EntryState.RETURNED,
        EntryAction.SUBMIT: EntryState.SUBMITTED,
        EntryAction.WITHDRAW: EntryState.WITHDRAWN,
        EntryAction.UNDO_RETURN: EntryState.SUBMITTED,
    },
    EntryState.APPROVED: {
        EntryAction.RETURN: EntryState.RETURNED,
        EntryAction.WITHDRAW: EntryState.WITHDRAWN,
    },
    EntryState.REJECTED: {},
    EntryState.WITHDRAWN: {},
}
PARTY: Mapping[EntryAction, Party] = {
    EntryAction.SUBMIT: "unit",
    EntryAction.EDIT: "unit",
    EntryAction.WITHDRAW: "unit",
    EntryAction.APPROVE: "organiser",
    EntryAction.RETURN: "organiser",
    EntryAction.REJECT: "organiser",
    EntryAction.UNDO_RETURN: "organiser",
}
NEEDS_REASON = frozenset({EntryAction.RETURN, EntryAction.REJECT})
# An entry in one of these holds its contestants: none of them can enter again.
HOLDING = frozenset({EntryState.DRAFT, EntryState.SUBMITTED, EntryState.RETURNED, EntryState.APPROVED})

_WHY_NOT = {
    EntryState.DRAFT: N_("尚未提交"),
    EntryState.SUBMITTED: N_("已提交，等待审核"),
    EntryState.RETURNED: N_("已退回，等单位修改后重新提交"),
    EntryState.APPROVED: N_("已通过；如须修改，先退回"),
    EntryState.REJECTED: N_("不予通过，不能再变更"),
    EntryState.WITHDRAWN: N_("单位已撤回，不能再变更"),
}
PLACED = N_("已编入场次名单，不能再变更报名；缺席和退赛在检录时登记")


class Situation(msgspec.Struct, frozen=True):
    """`window` is what keeps new entries out now, None while the window is open; `placed`: it has a place in a stage.

    A returned entry may be mended after the deadline: it was in time, and the organiser asked for it.
    """

    state: EntryState
    placed: bool = False
    window: Problem | None = None


def next_state(action: EntryAction, state: EntryState) -> EntryState | None:
    return MACHINE[state].get(action)


def sources(action: EntryAction) -> tuple[EntryState, ...]:
    """The states in which an action can be taken."""
    return tuple(state for state, actions in MACHINE.items() if action in actions)


def why_not(action: EntryAction, situation: Situation) -> Problem | None:
    """None when it may be done."""
    if action not in MACHINE[situation.state]:
        return Problem(_WHY_NOT[situation.state])
    if situation.placed:
        return Problem(PLACED)
    if action in (EntryAction.EDIT, EntryAction.SUBMIT) and situation.state == EntryState.DRAFT:
        return situation.window
    return None


def permitted(situation: Situation, party: Party) -> list[EntryAction]:
    """What `party` may do now, in the order in which it is offered."""
    return [action for action in EntryAction if PARTY[action] == party and why_not(action, situation) is None]
