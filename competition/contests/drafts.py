"""What people fill in to set up a contest. Moments are aware; money is in fen."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import msgspec

from competition.clock import DEFAULT_ZONE
from competition.contests.kinds import Category, ContestClass, CutKind, CutTies, RankTies


class ContestDraft(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    tier: str
    year: int
    name_en: str = ""
    contest_class: str = ContestClass.NONE
    category: str = Category.COMPREHENSIVE
    edition: str = ""
    document_number: str = ""
    result_document_number: str = ""
    place: str = ""
    zone: str = DEFAULT_ZONE
    elsewhere: bool = False
    supported: bool = False
    in_annual_plan: bool = True
    entry_opens_at: datetime | None = None
    entry_closes_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    fictitious: bool = False


class HostDraft(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    role: str
    name: str


class FundingDraft(msgspec.Struct, frozen=True, kw_only=True):
    source: str
    budget_fen: int = 0
    actual_fen: int = 0


class SideEventDraft(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    name: str
    held_on: date | None = None
    place: str = ""


class UpwardDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Places in a contest of a higher tier; without `skill_id` for the delegation as a whole."""

    target_tier: str
    target_name: str
    places: int
    skill_id: int | None = None
    group_kind: str = ""


class SkillDraft(msgspec.Struct, frozen=True, kw_only=True):
    """`number` 0 takes the next free one; `entries_per_unit` 0 is no limit."""

    name: str
    occupation_code: str
    name_en: str = ""
    number: int = 0
    industry: str = ""
    occupation_edition: str = ""
    has_national_standard: bool = True
    team_size: int = 1
    entries_per_unit: int = 0
    born_on_or_after: date | None = None


class StageDraft(msgspec.Struct, frozen=True, kw_only=True):
    """`cut_value` is places, percent or marks, by `cut_kind`; `cut_reserved` of the places are for each delegation.
    `tie_breaks` are codes of criteria or parts in order; `rank_ties` says what becomes of a tie they leave."""

    kind: str
    cut_kind: str = CutKind.NONE
    cut_value: Decimal = Decimal(0)
    cut_ties: str = CutTies.ALL
    cut_reserved: int = 0
    rank_ties: str = RankTies.SHARED
    tie_breaks: Sequence[str] = ()


class SessionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """`number` 0 takes the next free one; stations are numbered from 1."""

    venue: str
    number: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    stations: int = 0
