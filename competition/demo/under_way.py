"""Two contests that are not over: one takes entries, one is being marked."""

from collections.abc import Sequence

import msgspec

from competition.demo import marks
from competition.demo.cast import Casting
from competition.demo.entrants import entered, fielding_units, numbered, panel
from competition.demo.municipal import finished
from competition.demo.programme import AUTOMOBILE, MILLING, NEW_ENERGY, SHIP_WELDING, WELDING
from competition.demo.shapes import ContestPlan, EntryPlan, EntryState, PanelPlan
from competition.demo.skills import SKILLS, GroupPlan, SkillPlan

STATES: tuple[EntryState, ...] = ("approved", "approved", "approved", "submitted", "submitted", "draft", "returned")
RETURNED = "缺监护人同意书或单位证明，补齐后重新提交"


def registering(casting: Casting) -> ContestPlan:
    skill = _skill(AUTOMOBILE, GroupPlan("employee", 34, 0, 16, 5), GroupPlan("student", 30, 0, 14, 5))
    entries: list[EntryPlan] = []
    for group in skill.groups:
        units = fielding_units(casting, skill.number, group.kind)
        for entry in entered(casting, skill, group.kind, group.entries, units):
            state = casting.lot.choice(STATES)
            reason = RETURNED if state == "returned" else ""
            entries.append(msgspec.structs.replace(entry, state=state, reason=reason))
    return ContestPlan(head=NEW_ENERGY, skills=(skill,), entries=numbered(entries))


def in_marking(casting: Casting) -> ContestPlan:
    """The employees' marks are complete but for one absence, the students' are not; in milling half are blank."""
    welding = _skill(WELDING, GroupPlan("employee", 40, 0, 18, 5), GroupPlan("student", 36, 0, 16, 5))
    milling = _skill(MILLING, GroupPlan("student", 30, 0, 14, 4))
    entries: list[EntryPlan] = []
    panels = []
    for skill in (welding, milling):
        fielding: set[int] = set()
        for group in skill.groups:
            units = fielding_units(casting, skill.number, group.kind)
            fielding |= {unit.key for unit in units}
            entries += _marked_so_far(finished(casting, skill, group, units), skill.number, group.kind)
        panels.append(panel(casting, skill.number, fielding))
    panels[0] = _with_conflict(casting, panels[0], entries)
    return ContestPlan(head=SHIP_WELDING, skills=(welding, milling), entries=numbered(entries), panels=tuple(panels))


def _skill(number: int, *groups: GroupPlan) -> SkillPlan:
    return msgspec.structs.replace(SKILLS[number - 1], groups=groups)


def _marked_so_far(entries: Sequence[EntryPlan], skill: int, group: str) -> list[EntryPlan]:
    finalists = [entry for entry in entries if entry.reached == "final"]
    early = [entry for entry in entries if entry.reached != "final"]
    open_entries = [msgspec.structs.replace(entry, rank=None, winner=False) for entry in finalists]
    if (skill, group) == (WELDING, "employee"):
        open_entries[-1] = msgspec.structs.replace(open_entries[-1], attendance="absent", final=None)
    elif skill == WELDING:
        open_entries[-3:] = [_blank(entry, (("B", 2), ("D", 0))) for entry in open_entries[-3:]]
    else:
        half = len(open_entries) // 2
        seats = [(code, seat) for code in marks.ASPECT_NAMES for seat in range(marks.JUDGES)]
        open_entries[half:] = [_blank(entry, seats) for entry in open_entries[half:]]
    return open_entries + early


def _blank(entry: EntryPlan, missing: Sequence[tuple[str, int]]) -> EntryPlan:
    if entry.final is None:
        raise ValueError(f"entry {entry.key} has no marks")
    return msgspec.structs.replace(entry, final=marks.without(entry.final, missing))


def _with_conflict(casting: Casting, free: PanelPlan, entries: Sequence[EntryPlan]) -> PanelPlan:
    """The last seat goes to a colleague of a finalist; the judge who had it waits in reserve."""
    finalist = next(
        entry for entry in entries if (entry.skill, entry.group, entry.reached) == (free.skill, "student", "final")
    )
    colleague = casting.judge(finalist.unit, free.skill).person
    *seated, reserve = free.judges
    return msgspec.structs.replace(free, judges=(*seated, colleague), reserve=(reserve,), conflicted=(colleague,))
