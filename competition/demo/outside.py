"""Contests above the city's, held elsewhere: the city knows its finalists and their places."""

import random
from collections.abc import Iterator, Sequence

import msgspec

from competition.demo.entrants import numbered
from competition.demo.programme import NATIONAL, PROVINCIAL, WORLD, ContestHead
from competition.demo.shapes import ContestPlan, EntryPlan, OutsideResult
from competition.demo.skills import SKILLS, GroupPlan
from competition.rulebook.words import AwardLevel

PROVINCIAL_FINALISTS = 164
NATIONAL_FINALISTS = 18
WORLD_FINALISTS = 2

MEDALS: tuple[AwardLevel, ...] = ("gold", "silver", "bronze")


def contests_above(lot: random.Random, municipal: ContestPlan) -> Iterator[ContestPlan]:
    """Provincial, national, world: each takes its finalists from the best of the one below."""
    winners = [entry for entry in municipal.entries if entry.winner and len(entry.members) == 1]
    provincial = _held(lot, PROVINCIAL, lot.sample(winners, PROVINCIAL_FINALISTS), (36, 72))
    national = _held(lot, NATIONAL, _best(provincial.entries)[:NATIONAL_FINALISTS], (30, 34))
    students = [entry for entry in _best(national.entries) if entry.group == "student"]
    yield from (provincial, national, _held(lot, WORLD, students[:WORLD_FINALISTS], (24, 32)))


def _best(entries: Sequence[EntryPlan]) -> list[EntryPlan]:
    return sorted(entries, key=lambda entry: (entry.rank or 0, entry.skill, entry.group))


def _held(lot: random.Random, head: ContestHead, finalists: Sequence[EntryPlan], field: tuple[int, int]) -> ContestPlan:
    """`field`: fewest and most entrants of a group, ours among them."""
    entries: list[EntryPlan] = []
    skills = []
    for skill in SKILLS:
        groups = []
        for group in skill.groups:
            ours = [entry for entry in finalists if (entry.skill, entry.group) == (skill.number, group.kind)]
            if ours:
                placed = _placed(lot, ours, lot.randint(*field))
                entries += placed
                won = sum(entry.winner for entry in placed)
                groups.append(GroupPlan(group.kind, len(placed), 0, len(placed), won))
        if groups:
            skills.append(msgspec.structs.replace(skill, groups=tuple(groups)))
    return ContestPlan(head=head, skills=tuple(skills), entries=numbered(entries))


def _placed(lot: random.Random, ours: Sequence[EntryPlan], entrants: int) -> list[EntryPlan]:
    ranks = lot.sample(range(1, entrants + 1), len(ours))
    return [_with_result(entry, rank, entrants) for entry, rank in zip(ours, ranks, strict=True)]


def _with_result(entry: EntryPlan, rank: int, entrants: int) -> EntryPlan:
    """Medals for the first three, excellence in the rest of the upper half."""
    level: AwardLevel = ""
    if rank <= len(MEDALS):
        level = MEDALS[rank - 1]
    elif rank <= entrants // 2:
        level = "excellence"
    return msgspec.structs.replace(
        entry,
        preliminary=None,
        semi_final=None,
        final=None,
        rank=rank,
        winner=level != "",
        outside=OutsideResult(rank, entrants, level),
    )
