"""The shapes of a plan: a contest, its entries, its judges."""

from decimal import Decimal
from typing import Literal

import msgspec

from competition.demo.marks import FinalMarks
from competition.demo.programme import ContestHead
from competition.demo.skills import SkillPlan
from competition.rulebook.words import AwardLevel, GroupKind

EntryState = Literal["draft", "submitted", "returned", "approved"]
StageCode = Literal["preliminary", "semi_final", "final"]


class OutsideResult(msgspec.Struct, frozen=True):
    """A place in a final held elsewhere, among all its entrants."""

    rank: int
    entrants: int
    award_level: AwardLevel


class EntryPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A contestant or team. `coaches` has the main coach first; scores are None for stages not reached.

    `rank` and `winner` are what the marks come to under the contest's award rule.
    """

    key: int
    skill: int
    group: GroupKind
    unit: int
    members: tuple[int, ...]
    coaches: tuple[int, ...]
    state: EntryState
    reason: str
    ability: Decimal
    reached: StageCode
    preliminary: Decimal | None = None
    semi_final: Decimal | None = None
    final: FinalMarks | None = None
    attendance: Literal["", "checked_in", "absent"] = ""
    rank: int | None = None
    winner: bool = False
    outside: OutsideResult | None = None


class PanelPlan(msgspec.Struct, frozen=True):
    """Persons. `conflicted` are those of the panel who must recuse themselves for a contestant of their own unit."""

    skill: int
    chief: int
    judges: tuple[int, ...]
    reserve: tuple[int, ...] = ()
    conflicted: tuple[int, ...] = ()


class ContestPlan(msgspec.Struct, frozen=True, kw_only=True):
    """`officials`: role -> persons, for the contest as a whole."""

    head: ContestHead
    skills: tuple[SkillPlan, ...]
    entries: tuple[EntryPlan, ...]
    panels: tuple[PanelPlan, ...] = ()
    officials: dict[str, tuple[int, ...]] = {}

    def finalists(self, skill: int, group: str) -> list[EntryPlan]:
        return [entry for entry in self.entries if (entry.skill, entry.group, entry.reached) == (skill, group, "final")]
