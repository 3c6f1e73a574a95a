"""Direct promotion as documents state it: which place in which contest grants which level."""

from typing import Literal

from competition.rulebook.words import (
    AwardLevel,
    Category,
    Clause,
    ContestClass,
    GroupKind,
    Level,
    Standing,
    Switch,
    Tier,
    refuse_repeated,
)


class ContestScope(Clause, frozen=True, kw_only=True):
    """The contests a window is for. A class or category left out means any."""

    tier: Tier
    contest_class: ContestClass | None = None
    category: Category | None = None

    def covers(self, tier: str, contest_class: str | None, category: str) -> bool:
        return self.tier == tier and self.contest_class in (None, contest_class) and self.category in (None, category)


class RankPlace(Clause, frozen=True, kw_only=True, tag_field="by", tag="rank"):
    """Ranks `first` to `last`, both included."""

    team_size: int
    first: int
    last: int
    standing: Standing

    def __post_init__(self) -> None:
        if not 1 <= self.first <= self.last:
            raise ValueError(f"rank {self.first}-{self.last}")


class PercentPlace(Clause, frozen=True, kw_only=True, tag_field="by", tag="percent"):
    """Ranks above `above` percent of the entrants and up to `up_to` percent, the latter included."""

    team_size: int
    above: int
    up_to: int
    standing: Standing

    def __post_init__(self) -> None:
        if not 0 <= self.above < self.up_to <= 100:
            raise ValueError(f"percent {self.above}-{self.up_to}")


class AwardPlace(Clause, frozen=True, kw_only=True, tag_field="by", tag="award"):
    team_size: int
    levels: tuple[AwardLevel, ...]
    standing: Standing


Place = RankPlace | PercentPlace | AwardPlace


class PromotionWindow(Clause, frozen=True, kw_only=True):
    """What one line of a document grants. No `groups` means every group; `plus_one` is one above the level held."""

    code: str
    contests: tuple[ContestScope, ...]
    places: tuple[Place, ...]
    grants: Level | Literal["plus_one"]
    already_holds: Level | Literal["none"]
    standing: Standing
    groups: tuple[GroupKind, ...] = ()
    honours: tuple[str, ...] = ()

    def covers(self, tier: str, contest_class: str | None, category: str, group: str) -> bool:
        return (not self.groups or group in self.groups) and any(
            scope.covers(tier, contest_class, category) for scope in self.contests
        )

    def place(self, team_size: int) -> Place | None:
        """None when the document says nothing of teams of this size."""
        return next((place for place in self.places if place.team_size == team_size), None)


class PromotionConditions(Clause, frozen=True, kw_only=True):
    occupation_has_standard: Switch[bool]
    once_per_year: Switch[bool]
    min_entrants: Switch[int]
    honours_need_employee: Switch[bool]
    honours_once: Switch[bool]
    review_from_steps: Switch[int]


class PromotionRule(Clause, frozen=True, kw_only=True):
    conditions: PromotionConditions
    windows: tuple[PromotionWindow, ...]

    def __post_init__(self) -> None:
        refuse_repeated("code", [window.code for window in self.windows])

    def windows_for(self, tier: str, contest_class: str | None, category: str, group: str) -> list[PromotionWindow]:
        return [window for window in self.windows if window.covers(tier, contest_class, category, group)]
