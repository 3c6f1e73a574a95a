"""The table of skills on a contest's page: one pass over the outline and what the rooms above contribute."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from competition.contests.kinds import (
    GROUP_SHORT_NAMES,
    STAGE_NAMES,
    STAGE_SHORT_NAMES,
    STAGE_STATE_NAMES,
    StageKind,
    StageState,
)
from competition.contests.reads import SkillOutline
from competition.contests.rules import STAGE_ORDER
from competition.web.i18n import _, shown

_OVER = (StageState.LOCKED, StageState.RELEASED)
_UNDER_WAY = (StageState.PLACED, StageState.MARKING)
# The first of these found among the stages of a skill is its state; a skill with nothing under way has not begun.
_TELLING = (StageState.MARKING, StageState.PLACED, StageState.LOCKED)
BADGES = {
    StageState.PLANNED: ("", "clock"),
    StageState.PLACED: ("", "user"),
    StageState.MARKING: ("info", "pen"),
    StageState.LOCKED: ("solid", "lock"),
    StageState.RELEASED: ("ok", "check"),
}


class StageBox(msgspec.Struct, frozen=True):
    """`mood` is done, now, todo or none."""

    short: str
    title: str
    mood: str


class SkillRow(msgspec.Struct, frozen=True, kw_only=True):
    """`entries`, `finalists` and `sheets` are None while no room contributes them."""

    id: int
    number: int
    name: str
    occupation_code: str
    groups: str
    entries: int | None
    finalists: int | None
    boxes: list[StageBox]
    sessions_over: int
    sessions: int
    sheets: tuple[int, int] | None
    chiefs: str
    state: StageState


def state_of(states: Sequence[str]) -> StageState:
    if states and all(state == StageState.RELEASED for state in states):
        return StageState.RELEASED
    return next((state for state in _TELLING if state in states), StageState.PLANNED)


def _box(kind: StageKind, states: Sequence[str]) -> StageBox:
    short, name = _(STAGE_SHORT_NAMES[kind]), _(STAGE_NAMES[kind])
    if not states:
        return StageBox(short, _("不设{stage}", stage=name), "none")
    if all(state in _OVER for state in states):
        mood = "done"
    else:
        mood = "now" if any(state in _UNDER_WAY or state in _OVER for state in states) else "todo"
    said = _("、").join(dict.fromkeys(_(STAGE_STATE_NAMES[StageState(state)]) for state in states))
    return StageBox(short, name + _("：") + said, mood)


def skill_row(
    part: SkillOutline, counted: Mapping[str, Mapping[int, Any]], chiefs: Mapping[int, list[str]], now: datetime
) -> SkillRow:
    skill, stages = part.skill, part.stages
    by_kind = {kind: [stage["state"] for stage in stages if stage["kind"] == kind] for kind in STAGE_ORDER}
    return SkillRow(
        id=skill["id"],
        number=skill["number"],
        name=shown(skill["name"], skill["name_en"]),
        occupation_code=skill["occupation_code"],
        groups=_("、").join(_(GROUP_SHORT_NAMES[group.group["kind"]]) for group in part.groups),
        entries=counted["entries"].get(skill["id"], 0) if "entries" in counted else None,
        finalists=counted["finalists"].get(skill["id"], 0) if "finalists" in counted else None,
        boxes=[_box(kind, states) for kind, states in by_kind.items()],
        sessions_over=sum(1 for session in part.sessions if session["ends_at"] and session["ends_at"] < now),
        sessions=len(part.sessions),
        sheets=counted["sheets"].get(skill["id"], (0, 0)) if "sheets" in counted else None,
        chiefs=_("、").join(chiefs.get(skill["id"], [])),
        state=state_of([stage["state"] for stage in stages]),
    )


def matching(rows: Sequence[SkillRow], asked: str, state: str) -> list[SkillRow]:
    """By name, occupation code or chief judge, and by state."""
    wanted = asked.lower()
    return [
        row
        for row in rows
        if (not state or row.state == state)
        and (not wanted or any(wanted in text.lower() for text in (row.name, row.occupation_code, row.chiefs)))
    ]
