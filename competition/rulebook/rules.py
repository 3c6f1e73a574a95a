"""Rules as dated documents: what a file under seeds/rules may say, and which document applies on a day."""

import hashlib
import tomllib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeVar

import msgspec

from competition.problems import N_, Problem, Refused
from competition.rulebook.promotion import PromotionRule
from competition.rulebook.words import AwardLevel, Clause, GroupKind, Standing, Switch, Tier, refuse_repeated

Kind = Literal["subsidy", "promotion", "awards", "seedling", "procedure"]

FEN_PER_YUAN = 100

T = TypeVar("T")


class SubsidyRate(Clause, frozen=True, kw_only=True):
    """Yuan for one person who entered the final."""

    tier: Tier
    yuan: int
    standing: Standing


class SubsidySwitches(Clause, frozen=True, kw_only=True):
    entered: Switch[Literal["listed", "checked_in", "scored"]]
    same_person_same_contest: Switch[Literal["once", "each"]]
    same_person_tiers: Switch[Literal["each", "highest"]]
    annual_plan_only: Switch[bool]
    unit_in_city: Switch[bool]
    notice_working_days: Switch[int]


class SubsidyRule(Clause, frozen=True, kw_only=True):
    clause: str
    clause_text: str
    rates: tuple[SubsidyRate, ...]
    switches: SubsidySwitches

    def __post_init__(self) -> None:
        refuse_repeated("tier", [rate.tier for rate in self.rates])

    def rate_fen(self, tier: str) -> int | None:
        """Fen per person; None when the tier is not subsidised."""
        return next((rate.yuan * FEN_PER_YUAN for rate in self.rates if rate.tier == tier), None)


class AwardLine(Clause, frozen=True, kw_only=True):
    """Ranks `first` to `last`; places above `percent_from` up to `percent_to` percent; places in the upper half; or a
    medal of its level by the WorldSkills scale.

    A contestant takes the first line that fits. `prize_yuan` is per person, no `group_kinds` means every group;
    `coach_honour` goes to the main coach.
    """

    code: str
    name: str
    name_en: str
    kind: Literal["rank", "percent", "upper_half", "medal"]
    standing: Standing
    level: AwardLevel = ""
    first: int | None = None
    last: int | None = None
    percent_from: Decimal | None = None
    percent_to: Decimal | None = None
    group_kinds: tuple[GroupKind, ...] = ()
    floor: Switch[Decimal] | None = None
    prize_yuan: int = 0
    coach_honour: str = ""

    def __post_init__(self) -> None:
        ranks, percents = (self.first, self.last), (self.percent_from, self.percent_to)
        if (None not in ranks) != (self.kind == "rank") or (None not in percents) != (self.kind == "percent"):
            raise ValueError(f"{self.code}: {self.kind}")
        if self.kind == "medal" and (not self.level or self.prize_yuan or self.floor):
            raise ValueError(f"{self.code}: a medal by the scale has a level, and neither money nor a floor")

    @property
    def prize_fen(self) -> int:
        return self.prize_yuan * FEN_PER_YUAN


class FieldSize(Clause, frozen=True, kw_only=True):
    """Up to this many entrants only these levels are given; none at all voids the awards."""

    up_to: int
    levels: tuple[AwardLevel, ...]


class WorldSkillsMedals(Clause, frozen=True, kw_only=True):
    """In points of the WorldSkills scale: who lies within `shared_within` of the best of a medal shares it;
    `excellence_from` and no medal is a Medallion for Excellence."""

    shared_within: Switch[int]
    excellence_from: Switch[int]


class AwardsRule(Clause, frozen=True, kw_only=True):
    """list: the first award that fits. worldskills: medals by the WorldSkills scale as `medals` says, no money."""

    awards: tuple[AwardLine, ...]
    small_fields: Switch[tuple[FieldSize, ...]] | None = None
    method: Literal["list", "worldskills"] = "list"
    medals: WorldSkillsMedals | None = None

    def __post_init__(self) -> None:
        refuse_repeated("code", [award.code for award in self.awards])
        by_scale = self.method == "worldskills"
        if (self.medals is not None) != by_scale:
            raise ValueError(f"medals with method {self.method}")
        if wrong := [award.code for award in self.awards if (award.kind == "medal") != by_scale]:
            raise ValueError(f"method {self.method}: {', '.join(wrong)}")


class BirthWindow(Clause, frozen=True, kw_only=True):
    """`born_on_or_after` for most skills of one world edition, and an earlier day for the skills named."""

    edition: int
    year: int
    city: str
    born_on_or_after: date
    extended_born_on_or_after: date
    standing: Standing


class SeedlingRule(Clause, frozen=True, kw_only=True):
    award_levels: Switch[tuple[AwardLevel, ...]]
    last_rank: Switch[int]
    tiers: Switch[tuple[Tier, ...]]
    recommendation_required: Switch[bool]
    extended_skills: Switch[tuple[str, ...]]
    birth_windows: tuple[BirthWindow, ...]


class ProcedureRule(Clause, frozen=True, kw_only=True):
    """`judge_…` and `outlier_percent` say what of the judges is pointed out, in percent of the maximum; a document that
    is silent leaves them to the defaults of the analysis."""

    recheck_top_by: Switch[Literal["percent", "count"]]
    recheck_top_percent: Switch[int]
    recheck_top_count: Switch[int]
    recheck_rest_percent: Switch[int]
    recheck_error_percent: Switch[int]
    appeal_hours: Switch[int]
    judge_bias_percent: Switch[int] | None = None
    judge_scatter_percent: Switch[int] | None = None
    judge_home_percent: Switch[int] | None = None
    judge_least_marks: Switch[int] | None = None
    outlier_percent: Switch[int] | None = None


Body = SubsidyRule | PromotionRule | AwardsRule | SeedlingRule | ProcedureRule

BODIES: dict[Kind, type[Body]] = {
    "subsidy": SubsidyRule,
    "promotion": PromotionRule,
    "awards": AwardsRule,
    "seedling": SeedlingRule,
    "procedure": ProcedureRule,
}


class Head(Clause, frozen=True, kw_only=True):
    """`document_number` is "" and `issued_on` None while the source names only the year; `note` says so."""

    code: str
    kind: Kind
    title: str
    title_en: str
    document_number: str
    valid_from: date
    source: str
    standing: Standing
    note: str
    issued_on: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to}")

    def applies_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class RuleDocument(Head, frozen=True, kw_only=True):
    body: Body


def parse(text: str) -> RuleDocument:
    """Raises Refused naming the line or the key that is wrong."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(Problem(N_("规则文件不是有效的 TOML：{detail}"), params={"detail": str(error)})) from error
    body = data.pop("body", None)
    if body is None:
        raise Refused(Problem(N_("规则文件缺少 [body] 部分"), field="body"))
    head = _convert(data, Head)
    return RuleDocument(**msgspec.structs.asdict(head), body=_convert(body, BODIES[head.kind], at="body"))


def digest(text: str) -> str:
    """SHA-256 of the file's text; line endings do not count."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def in_force(documents: Iterable[RuleDocument], kind: Kind, on: date, **match: str) -> RuleDocument | None:
    """The latest document of `kind` valid on that day whose head says what `match` asks (code="awards-medals").

    Raises Refused when two began on the same day: then a person has to choose.
    """
    asked = {"kind": kind, **match}
    found = [
        each
        for each in documents
        if each.applies_on(on) and all(getattr(each, name) == value for name, value in asked.items())
    ]
    if not found:
        return None
    begun = max(each.valid_from for each in found)
    latest = [each for each in found if each.valid_from == begun]
    if len(latest) > 1:
        codes = sorted(each.code for each in latest)
        raise Refused(Problem(N_("{day} 有多份规则同时适用，须指定其一：{codes}"), params={"day": on, "codes": codes}))
    return latest[0]


def _convert(data: dict[str, Any], form: type[T], at: str = "") -> T:
    try:
        return msgspec.convert(data, form)
    except msgspec.ValidationError as error:
        text = N_("规则文件的 [body] 部分有误：{detail}") if at else N_("规则文件的开头部分有误：{detail}")
        raise Refused(Problem(text, field=at, params={"detail": str(error).replace("$", at or "$")})) from error
