"""Where a place falls in the windows of a promotion document, and the window in words."""

from competition.contests.kinds import (
    CATEGORY_NAMES,
    CLASS_NAMES,
    GROUP_NAMES,
    TIER_NAMES,
    Category,
    ContestClass,
    GroupKind,
    Tier,
)
from competition.people.kinds import Level
from competition.problems import N_, Problem
from competition.promotions.kinds import LEVEL_SHORT_NAMES
from competition.results.kinds import AWARD_LEVEL_NAMES, AwardLevel
from competition.rulebook.promotion import AwardPlace, PercentPlace, Place, PromotionRule, PromotionWindow, RankPlace

SIZE_NAMES = {1: N_("单人"), 2: N_("双人"), 3: N_("三人")}


def matching_window(
    rule: PromotionRule,
    contest: tuple[str, str, str],
    group: str,
    team_size: int,
    *,
    rank: int | None,
    award_level: str,
    entrants: int | None,
) -> tuple[PromotionWindow, Place] | None:
    """The first window of the document this place is in. `contest` is tier, class and category."""
    for window in rule.windows_for(*contest, group):
        place = window.place(team_size)
        if place is not None and _is_in(place, rank, award_level, entrants):
            return window, place
    return None


def _is_in(place: Place, rank: int | None, award_level: str, entrants: int | None) -> bool:
    if isinstance(place, AwardPlace):
        return award_level != "" and award_level in place.levels
    if rank is None:
        return False
    if isinstance(place, RankPlace):
        return place.first <= rank <= place.last
    return entrants is not None and place.above * entrants < rank * 100 <= place.up_to * entrants


def speaks_of(rule: PromotionRule, tier: str, contest_class: str, category: str) -> bool:
    """Whether any window of the document is for such contests."""
    return any(scope.covers(tier, contest_class, category) for window in rule.windows for scope in window.contests)


def needs_entrants(rule: PromotionRule) -> bool:
    return any(isinstance(place, PercentPlace) for window in rule.windows for place in window.places)


def size_said(team_size: int) -> str:
    return SIZE_NAMES.get(team_size, N_("团队"))


def place_said(place: Place) -> Problem:
    """第 1–10 名; 前 20 %; 第 21–40 %; 金牌、银牌或铜牌."""
    if isinstance(place, RankPlace):
        if place.first == place.last:
            return Problem(N_("第 {first} 名"), params={"first": place.first})
        return Problem(N_("第 {first}–{last} 名"), params={"first": place.first, "last": place.last})
    if isinstance(place, PercentPlace):
        if not place.above:
            return Problem(N_("前 {up_to} %"), params={"up_to": place.up_to})
        return Problem(N_("前 {above} % 之后至 {up_to} %"), params={"above": place.above, "up_to": place.up_to})
    lowest = AwardLevel(place.levels[-1])
    return Problem(N_("{award}及以上"), params={"award": AWARD_LEVEL_NAMES[lowest]})


def rule_said(window: PromotionWindow, place: Place) -> list[Problem]:
    """The line of the document that applies, in parts: the first four name the place, the rest what it grants."""
    scope = window.contests[0]
    groups = [GROUP_NAMES[GroupKind(group)] for group in window.groups]
    parts = [
        _scope_said(scope.tier, scope.contest_class, scope.category),
        Problem(groups[0]) if len(groups) == 1 else Problem(N_("各组")),
        Problem(size_said(place.team_size)),
        place_said(place),
    ]
    if window.grants == "plus_one":
        parts.append(Problem(N_("在现等级上晋升一级")))
    else:
        parts.append(Problem(N_("晋升{level}"), params={"level": LEVEL_SHORT_NAMES[Level(window.grants)]}))
    if window.already_holds != "none":
        level = LEVEL_SHORT_NAMES[Level(window.already_holds)]
        parts.append(Problem(N_("已持有该等级的，晋升{level}"), params={"level": level}))
    if window.honours:
        parts.append(Problem(N_("授予{honours}"), params={"honours": list(window.honours)}))
    return parts


def _scope_said(tier: str, contest_class: str | None, category: str | None) -> Problem:
    name = TIER_NAMES[Tier(tier)]
    if contest_class:
        return Problem(N_("{tier}{kind}"), params={"tier": name, "kind": CLASS_NAMES[ContestClass(contest_class)]})
    if category:
        return Problem(N_("{tier}{kind}"), params={"tier": name, "kind": CATEGORY_NAMES[Category(category)]})
    return Problem(name)
