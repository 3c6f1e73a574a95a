"""The city's own contest, finished and released: 22 skills from the first entry to the last mark."""

import random
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from competition.demo import marks
from competition.demo.cast import Casting, Unit
from competition.demo.entrants import entered, fielding_units, numbered, panel
from competition.demo.programme import MUNICIPAL
from competition.demo.shapes import ContestPlan, EntryPlan
from competition.demo.skills import SKILLS, GroupPlan, SkillPlan

OFFICIAL_ROLES = ("encryption_judge", "score_clerk", "supervisor")
OFFICIALS_PER_ROLE = 2


def municipal(casting: Casting) -> ContestPlan:
    entries: list[EntryPlan] = []
    panels = []
    for skill in SKILLS:
        fielding: set[int] = set()
        for group in skill.groups:
            units = fielding_units(casting, skill.number, group.kind)
            entries += finished(casting, skill, group, units)
            fielding |= {unit.key for unit in units}
        panels.append(panel(casting, skill.number, fielding))
    return ContestPlan(
        head=MUNICIPAL,
        skills=SKILLS,
        entries=numbered(entries),
        panels=tuple(panels),
        officials=_officials(casting),
    )


def finished(casting: Casting, skill: SkillPlan, group: GroupPlan, units: Sequence[Unit]) -> list[EntryPlan]:
    """Made best first, then shuffled, so that nothing about the order tells who won."""
    lot, size = casting.lot, skill.team_size
    total, semis, finals, winners = (
        count // size for count in (group.entries, group.semi_finalists, group.finalists, group.winners)
    )
    early = marks.early_scores(lot, total, semis or finals)
    middle = marks.early_scores(lot, semis, finals)
    ability = marks.abilities(lot, finals, winners)
    made = []
    for place, base in enumerate(entered(casting, skill, group.kind, total, units)):
        entry = msgspec.structs.replace(base, preliminary=early[place])
        if place < semis:
            entry = msgspec.structs.replace(entry, semi_final=middle[place], reached="semi_final")
        if place < finals:
            entry = _in_final(lot, entry, ability[place], place + 1, winners)
        made.append(entry)
    lot.shuffle(made)
    return made


def _in_final(lot: random.Random, entry: EntryPlan, ability: Decimal, rank: int, winners: int) -> EntryPlan:
    return msgspec.structs.replace(
        entry,
        ability=ability,
        reached="final",
        final=marks.final_marks(lot, ability),
        attendance="checked_in",
        rank=rank,
        winner=rank <= winners,
    )


def _officials(casting: Casting) -> dict[str, tuple[int, ...]]:
    schools = [unit.key for unit in casting.units if unit.kind == "school"]
    return {
        role: tuple(casting.official(unit).person for unit in casting.lot.sample(schools, OFFICIALS_PER_ROLE))
        for role in OFFICIAL_ROLES
    }
