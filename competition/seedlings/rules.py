"""Who is proposed for the seedling pool, which world editions are still open to them, and how they move."""

from datetime import date

import msgspec

from competition.problems import N_, Problem
from competition.results.kinds import AWARD_LEVEL_NAMES, AwardLevel
from competition.rulebook.rules import BirthWindow, SeedlingRule
from competition.seedlings.kinds import SeedlingStage, SeedlingState


class Young(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an entry in the released result of a final."""

    person_id: int
    skill_id: int
    skill_name: str
    tier: str
    born_on: date | None
    rank: int | None
    award_name: str
    award_level: str


class Edition(msgspec.Struct, frozen=True):
    """A world edition and whether the birth date is within its window for the skill."""

    number: int
    year: int
    city: str
    open: bool


class Nomination(msgspec.Struct, frozen=True):
    """Why a person is proposed, and the editions they may still enter."""

    reason: Problem
    editions: tuple[int, ...]


def editions(rule: SeedlingRule, born_on: date | None, skill: str, today: date) -> tuple[Edition, ...]:
    """The coming editions in order; none is open to somebody whose birth date is unknown."""
    coming = sorted((window for window in rule.birth_windows if window.year >= today.year), key=lambda each: each.year)
    return tuple(
        Edition(window.edition, window.year, window.city, born_on is not None and born_on >= limit(rule, window, skill))
        for window in coming
    )


def limit(rule: SeedlingRule, window: BirthWindow, skill: str) -> date:
    """The earliest birth date the edition takes in the skill."""
    return window.extended_born_on_or_after if skill in rule.extended_skills.value else window.born_on_or_after


class Age(msgspec.Struct, frozen=True):
    """`out_year` is the year after the last edition open to them: None when every known edition is still open.

    `soon`: only the next edition is left; `out`: none is.
    """

    out_year: int | None
    soon: bool
    out: bool


def age(found: tuple[Edition, ...]) -> Age:
    usable = [edition for edition in found if edition.open]
    if not usable:
        return Age(None, soon=False, out=bool(found))
    if len(usable) == len(found) and len(found) > 1:
        return Age(None, soon=False, out=False)
    return Age(usable[-1].year + 1, soon=usable[-1] == found[0], out=False)


def nominate(young: Young, rule: SeedlingRule, today: date) -> Nomination | None:
    """None for a result or a birth date outside the criteria."""
    if young.tier not in rule.tiers.value:
        return None
    usable = tuple(edition.number for edition in editions(rule, young.born_on, young.skill_name, today) if edition.open)
    reason = _merit(young, rule)
    return Nomination(reason, usable) if reason and usable else None


def _merit(young: Young, rule: SeedlingRule) -> Problem | None:
    if young.award_level and young.award_level in rule.award_levels.value:
        award = young.award_name or AWARD_LEVEL_NAMES[AwardLevel(young.award_level)]
        return Problem(N_("决赛获{award}"), params={"award": award})
    if young.rank is not None and young.rank <= rule.last_rank.value:
        params = {"rank": young.rank, "last": rule.last_rank.value}
        return Problem(N_("决赛第 {rank} 名，在前 {last} 名内"), params=params)
    return None


# From each stage to any other one, by a person's decision with a reason.
MOVABLE = {stage: tuple(other for other in SeedlingStage if other != stage) for stage in SeedlingStage}

TRANSITIONS: dict[SeedlingState, dict[str, SeedlingState]] = {
    SeedlingState.PROPOSED: {"accept": SeedlingState.IN_POOL, "decline": SeedlingState.DECLINED},
    SeedlingState.DECLINED: {"reconsider": SeedlingState.PROPOSED},
    SeedlingState.IN_POOL: {"leave": SeedlingState.LEFT},
    SeedlingState.LEFT: {"reconsider": SeedlingState.PROPOSED},
}
DECISION_NAMES = {
    "accept": N_("入库"),
    "decline": N_("不入库"),
    "leave": N_("出库"),
    "reconsider": N_("重新考虑"),
}


def decision_problem(state: SeedlingState, decision: str, reason: str) -> Problem | None:
    """Accepting needs no reason: the proposal has one."""
    if decision not in TRANSITIONS[state]:
        return Problem(N_("当前状态不能进行此操作"))
    if decision != "accept" and not reason.strip():
        return Problem(N_("须写明理由"), field="reason")
    return None


def move_problem(state: SeedlingState, stage: SeedlingStage, to: str, reason: str) -> Problem | None:
    if state != SeedlingState.IN_POOL:
        return Problem(N_("入库后才能调整阶段"))
    if to not in MOVABLE[stage]:
        return Problem(N_("选择另一个阶段"), field="stage")
    if not reason.strip():
        return Problem(N_("须写明理由"), field="reason")
    return None
