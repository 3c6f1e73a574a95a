"""What a promotion document comes to for one person: a proposal with its rule and every condition. A person decides."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from competition.contests.kinds import CLASS_NAMES, GROUP_NAMES, TIER_NAMES, ContestClass, GroupKind, Tier
from competition.people.kinds import Level, Status
from competition.problems import N_, Problem
from competition.promotions.kinds import LEVEL_SHORT_NAMES, Verdict
from competition.promotions.rules.levels import Rise, rise, steps
from competition.promotions.rules.windows import matching_window, place_said, rule_said, size_said
from competition.results.kinds import AWARD_LEVEL_NAMES, AwardLevel
from competition.rulebook.promotion import AwardPlace, Place, PromotionConditions, PromotionRule, PromotionWindow


class Finisher(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an entry in the released result of a final.

    `entrants` is None for contests held elsewhere: then only `entrants_at_least` is known. `other_case` is a
    promotion by contest already granted in the same calendar year. `replaced` is the revision this person was
    proposed from when a correction has moved them since, 0 for none.
    """

    member_id: int
    person_id: int
    skill_id: int
    tier: str
    contest_class: str
    category: str
    group: str
    team_size: int
    status: str
    rank: int | None
    award_name: str
    award_level: str
    entrants: int | None
    entrants_at_least: int
    level_held: Level | None
    occupation: str
    has_standard: bool
    honours_held: str
    year: int
    other_case: bool
    revision_id: int
    revision_number: int
    replaced: int = 0


class Condition(msgspec.Struct, frozen=True):
    """`met` is None where a person must look. One that does not block (honours) leaves the promotion as it is."""

    label: str
    value: Problem
    met: bool | None
    blocks: bool = True


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """`level` is None where the rule refuses. `reason` says what refuses or wants looking at, None when all is met."""

    window: str
    rule_text: tuple[Problem, ...]
    level_held: Level | None
    level: Level | None
    honours: tuple[str, ...]
    conditions: tuple[Condition, ...]
    verdict: Verdict
    reason: Problem | None


def propose(finisher: Finisher, rule: PromotionRule) -> Proposal | None:
    """None when no window of the document reaches this place."""
    contest = (finisher.tier, finisher.contest_class, finisher.category)
    found = matching_window(
        rule, contest, finisher.group, finisher.team_size,
        rank=finisher.rank, award_level=finisher.award_level, entrants=finisher.entrants,
    )  # fmt: skip
    if found is None:
        return None
    window, place = found
    risen = rise(window, finisher.level_held)
    honours, about_honours = _honours(finisher, window, rule.conditions)
    conditions = (*_conditions(finisher, place, risen, rule.conditions), *about_honours)
    verdict = verdict_of(conditions)
    return Proposal(
        window=window.code, rule_text=tuple(rule_said(window, place)), level_held=finisher.level_held,
        level=None if verdict == Verdict.REFUSE else risen.level, honours=honours, conditions=conditions,
        verdict=verdict, reason=reason_of(conditions),
    )  # fmt: skip


def _conditions(finisher: Finisher, place: Place, risen: Rise, rules: PromotionConditions) -> tuple[Condition, ...]:
    return (
        _scope(finisher),
        _group(finisher),
        _place(finisher, place),
        _entrants(finisher, rules),
        _standard(finisher, rules),
        _level(finisher, risen, rules),
        _this_year(finisher, rules),
        _result(finisher),
    )


class Met(Protocol):
    """As much of a condition as tells the verdict."""

    @property
    def met(self) -> bool | None: ...

    @property
    def blocks(self) -> bool: ...


def verdict_of(conditions: Sequence[Met]) -> Verdict:
    met = [condition.met for condition in conditions if condition.blocks]
    if False in met:
        return Verdict.REFUSE
    return Verdict.REVIEW if None in met else Verdict.PROMOTE


def reason_of(conditions: tuple[Condition, ...]) -> Problem | None:
    """The value of the first condition that refuses, else of the first that wants looking at."""
    for met in (False, None):
        for condition in conditions:
            if condition.blocks and condition.met is met:
                return condition.value
    return None


def _scope(finisher: Finisher) -> Condition:
    tier, kind = TIER_NAMES[Tier(finisher.tier)], CLASS_NAMES[ContestClass(finisher.contest_class)]
    return Condition(N_("层级与类别"), Problem(N_("{tier}，{kind}"), params={"tier": tier, "kind": kind}), True)


def _group(finisher: Finisher) -> Condition:
    params = {"group": GROUP_NAMES[GroupKind(finisher.group)], "size": size_said(finisher.team_size)}
    return Condition(N_("组别与人数"), Problem(N_("{group}，{size}"), params=params), True)


def _place(finisher: Finisher, place: Place) -> Condition:
    if isinstance(place, AwardPlace):
        value = Problem(AWARD_LEVEL_NAMES[AwardLevel(finisher.award_level)])
        return Condition(N_("奖项"), value, True)
    window = place_said(place)
    text = {
        N_("第 {first} 名"): N_("第 {rank} 名，窗口为第 {first} 名"),
        N_("第 {first}–{last} 名"): N_("第 {rank} 名，在 {first}–{last} 内"),
        N_("前 {up_to} %"): N_("第 {rank} 名，在前 {up_to} % 内"),
        N_("前 {above} % 之后至 {up_to} %"): N_("第 {rank} 名，在 {above}–{up_to} % 内"),
    }[window.text]
    return Condition(N_("名次"), Problem(text, params={"rank": finisher.rank, **window.params}), True)


def _entrants(finisher: Finisher, rules: PromotionConditions) -> Condition:
    least = rules.min_entrants.value
    if finisher.entrants is not None:
        value = Problem(N_("{n} 人，最低 {least} 人"), params={"n": finisher.entrants, "least": least})
        return Condition(N_("参赛人数"), value, finisher.entrants >= least)
    known = finisher.entrants_at_least
    value = Problem(N_("至少 {n} 人，最低 {least} 人"), params={"n": known, "least": least})
    return Condition(N_("参赛人数"), value, True if known >= least else None)


def _standard(finisher: Finisher, rules: PromotionConditions) -> Condition:
    name = finisher.occupation
    if finisher.has_standard:
        return Condition(N_("职业标准"), Problem(N_("有，{name}"), params={"name": name}), True)
    wanted = rules.occupation_has_standard.value
    return Condition(N_("职业标准"), Problem(N_("{name}没有国家职业标准"), params={"name": name}), not wanted)


def _level(finisher: Finisher, risen: Rise, rules: PromotionConditions) -> Condition:
    if risen.level is None:
        return Condition(N_("现等级"), risen.value, False)
    far = steps(finisher.level_held, risen.level)
    if finisher.level_held is None:
        return Condition(N_("现等级"), risen.value, None)
    if far >= rules.review_from_steps.value:
        params = {"held": LEVEL_SHORT_NAMES[finisher.level_held], "steps": far}
        return Condition(N_("现等级"), Problem(N_("{held}，跨 {steps} 级，须核对"), params=params), None)
    return Condition(N_("现等级"), risen.value, True)


def _this_year(finisher: Finisher, rules: PromotionConditions) -> Condition:
    year = {"year": finisher.year}
    if not rules.once_per_year.value:
        return Condition(N_("本年晋级"), Problem(N_("该文件不限次数")), True)
    if finisher.other_case:
        return Condition(N_("本年晋级"), Problem(N_("{year} 年已由竞赛晋级 1 次"), params=year), False)
    return Condition(N_("本年晋级"), Problem(N_("{year} 年尚无"), params=year), True)


def _result(finisher: Finisher) -> Condition:
    number = {"number": finisher.revision_number}
    if finisher.replaced:
        params = number | {"before": finisher.replaced}
        value = Problem(N_("提出后成绩由第 {before} 版更正为第 {number} 版"), params=params)
        return Condition(N_("成绩状态"), value, None)
    return Condition(N_("成绩状态"), Problem(N_("已发布，第 {number} 版"), params=number), True)


def _honours(
    finisher: Finisher, window: PromotionWindow, rules: PromotionConditions
) -> tuple[tuple[str, ...], tuple[Condition, ...]]:
    """The honours to be given, and what became of each."""
    given, conditions = [], []
    for honour in window.honours:
        params = {"honour": honour}
        if rules.honours_need_employee.value and finisher.status != Status.EMPLOYEE:
            value, met = Problem(N_("{honour}：非职工，不授予"), params=params), False
        elif rules.honours_once.value and honour in finisher.honours_held:
            value, met = Problem(N_("{honour}：已有，不重复授予"), params=params), False
        else:
            value, met = Problem(N_("{honour}：拟授予"), params=params), True
            given.append(honour)
        conditions.append(Condition(N_("荣誉称号"), value, met, blocks=False))
    return tuple(given), tuple(conditions)
