"""Entries, fields and panels, whatever the contest."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from competition.demo import marks
from competition.demo.cast import Casting, Unit
from competition.demo.shapes import EntryPlan, PanelPlan
from competition.demo.skills import SkillPlan
from competition.rulebook.words import GroupKind

STUDENT_BORN = (date(2003, 1, 1), date(2009, 6, 30))
EMPLOYEE_BORN = (date(1972, 1, 1), date(2003, 12, 31))
STUDENT_LEVELS = ("", "junior", "intermediate", "intermediate", "senior")
EMPLOYEE_LEVELS = ("intermediate", "senior", "senior", "technician", "senior_technician")

SCHOOLS_IN_A_SKILL = 9


def fielding_units(casting: Casting, skill: int, group: GroupKind) -> list[Unit]:
    """The units that field anyone: some schools for students, the enterprises of the trade for employees."""
    if group == "student":
        return casting.lot.sample([unit for unit in casting.units if unit.kind == "school"], SCHOOLS_IN_A_SKILL)
    return [unit for unit in casting.units if skill in unit.trades]


def entered(
    casting: Casting, skill: SkillPlan, group: GroupKind, count: int, units: Sequence[Unit]
) -> Iterator[EntryPlan]:
    """Approved entries, spread unevenly over the units, at least one each while they last."""
    lot = casting.lot
    weights = [lot.randint(1, 6) for _ in units]
    chosen = [*units[:count], *lot.choices(units, weights=weights, k=max(count - len(units), 0))]
    lot.shuffle(chosen)
    for unit in chosen:
        yield EntryPlan(
            key=0,
            skill=skill.number,
            group=group,
            unit=unit.key,
            members=tuple(_contestant(casting, unit, group) for _ in range(skill.team_size)),
            coaches=tuple(coach.person for coach in casting.coaches(unit.key, skill.number)),
            state="approved",
            reason="",
            ability=Decimal(lot.randint(300, 479)) / 10,
            reached="preliminary",
        )


def panel(casting: Casting, skill: int, fielding: set[int]) -> PanelPlan:
    """A chief judge and a panel, each of another school, none of a unit with a contestant in the skill."""
    free = [unit.key for unit in casting.units if unit.kind == "school" and unit.key not in fielding]
    chief, *judges = (casting.judge(unit, skill).person for unit in casting.lot.sample(free, marks.JUDGES + 1))
    return PanelPlan(skill, chief, tuple(judges))


def numbered(entries: Sequence[EntryPlan]) -> tuple[EntryPlan, ...]:
    return tuple(msgspec.structs.replace(entry, key=key) for key, entry in enumerate(entries, start=1))


def _contestant(casting: Casting, unit: Unit, group: GroupKind) -> int:
    if group == "student":
        return casting.person(unit.key, "student", STUDENT_BORN, STUDENT_LEVELS).key
    return casting.person(unit.key, "employee", EMPLOYEE_BORN, EMPLOYEE_LEVELS).key
