"""Which level a window of a promotion document leads to, from the level a person holds (policy clauses 10, 11)."""

import msgspec

from competition.people.kinds import LEVELS, Level
from competition.problems import N_, Problem
from competition.promotions.kinds import LEVEL_SHORT_NAMES
from competition.rulebook.promotion import PromotionWindow

# The two levels above are appointed by employers (policy clause 10).
HIGHEST_BY_CONTEST = Level.SENIOR_TECHNICIAN


class Rise(msgspec.Struct, frozen=True):
    """`level` is None when the rule leads nowhere; `value` says how it stands with the level held."""

    level: Level | None
    value: Problem


def rise(window: PromotionWindow, held: Level | None) -> Rise:
    target = _one_above(held) if window.grants == "plus_one" else _granted(window, held)
    if target is not None and LEVELS.index(target) > LEVELS.index(HIGHEST_BY_CONTEST):
        return Rise(None, Problem(N_("竞赛最高晋升至高级技师，以上由企业聘任")))
    if target is None:
        return Rise(None, _no_rise(window, held))
    if held is None:
        return Rise(target, Problem(N_("没有登记现等级")))
    return Rise(target, said(N_("{held}，低于{target}"), held=held, target=target))


def steps(held: Level | None, target: Level) -> int:
    """How many levels the rise is; from no level at all it counts from below the lowest."""
    return LEVELS.index(target) - (LEVELS.index(held) if held is not None else -1)


def said(text: str, **levels: Level) -> Problem:
    return Problem(text, params={name: LEVEL_SHORT_NAMES[level] for name, level in levels.items()})


def _one_above(held: Level | None) -> Level | None:
    if held is None or held == LEVELS[-1]:
        return None
    return LEVELS[LEVELS.index(held) + 1]


def _granted(window: PromotionWindow, held: Level | None) -> Level | None:
    """The first of the level granted and the one for those who hold it already that is a rise."""
    offered = [Level(window.grants)]
    if window.already_holds != "none":
        offered.append(Level(window.already_holds))
    return next((level for level in offered if held is None or LEVELS.index(level) > LEVELS.index(held)), None)


def _no_rise(window: PromotionWindow, held: Level | None) -> Problem:
    if held is None:
        return Problem(N_("没有登记现等级，无法在其上升一级"))
    if LEVELS.index(held) >= LEVELS.index(HIGHEST_BY_CONTEST):
        return said(N_("已是{held}"), held=held)
    return said(N_("已持{held}，规则无下一级"), held=held)
