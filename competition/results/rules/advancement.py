"""Who goes on to the next stage. *Qualifies* (meets the rule) is not *advances* (takes a place there)."""

from collections.abc import Set
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Literal

import msgspec

from competition.exact import plain, round_half_up
from competition.problems import N_, Problem, Refused
from competition.results.rules.ranking import TIE_AT_CUT, Ranked, rank_groups, tie_problem


class Cut(msgspec.Struct, frozen=True):
    """`value` is a number of places, a percentage of those ranked, or the least total; "all" ignores it.

    `ties` says what becomes of a tie over the last place: all of it advances, none of it, or it must be decided.
    Reserved places lie within the number of places: the best of each delegation first, the rest by rank.
    A percentage gives at least one place.
    """

    kind: Literal["top", "percent", "threshold", "all"]
    value: Decimal = Decimal(0)
    ties: Literal["all", "none", "decided"] = "decided"
    reserved_per_delegation: int = 0
    percent_rounding: Literal["down", "up", "half_up"] = "down"


class Placed(msgspec.Struct, frozen=True):
    """`reason` is a text with its params, to be frozen with the list: each place in a final is worth money."""

    key: int
    rank: int | None
    qualifies: bool
    advances: bool
    reason: Problem


Verdict = Literal["in", "tie_in", "reserved", "tie_out", "out"]
_QUALIFIES: frozenset[Verdict] = frozenset({"in", "tie_in", "reserved"})

_IN = {
    "top": N_("名次 {rank}，在前 {places} 名内"),
    "percent": N_("名次 {rank}，在前 {value} %（{places} 名）内"),
    "threshold": N_("总分 {total}，达到 {value} 分"),
    "all": N_("有成绩者全部晋级"),
}
_OUT = {
    "top": N_("名次 {rank}，不在前 {places} 名内"),
    "percent": N_("名次 {rank}，不在前 {value} %（{places} 名）内"),
    "threshold": N_("总分 {total}，未达到 {value} 分"),
}


def advance(ranked: list[Ranked], cut: Cut, declined: Set[int] = frozenset()) -> list[Placed]:
    """One line for everyone in `ranked`, in its order.

    A declined place goes to the next in the same order (a reserved one within its delegation); nobody who qualifies
    loses a place by it. Raises Refused for a bad cut, or naming the undecided tie over the last place.
    """
    if problems := cut_problems(cut):
        raise Refused(*problems)
    field = [row for row in ranked if row.rank is not None]
    places = places_of(cut, len(field))
    verdicts = _verdicts(field, cut, places)
    after = _verdicts([row for row in field if row.key not in declined], cut, places) if declined else verdicts
    lines = []
    for row in ranked:
        qualifies = verdicts.get(row.key) in _QUALIFIES
        advances = row.key not in declined and (qualifies or after.get(row.key) in _QUALIFIES)
        reason = _moved_reason(row, qualifies, advances, declined) or _reason(row, cut, places, verdicts)
        lines.append(Placed(row.key, row.rank, qualifies, advances, reason))
    return lines


def cut_problems(cut: Cut) -> list[Problem]:
    problems = []
    if cut.kind == "top" and (cut.value < 1 or cut.value != cut.value.to_integral_value()):
        problems.append(Problem(N_("名额应为不小于 1 的整数"), field="value"))
    if cut.kind == "percent" and not 0 < cut.value <= 100:
        problems.append(Problem(N_("比例应大于 0，不超过 100"), field="value"))
    if cut.reserved_per_delegation < 0:
        problems.append(Problem(N_("保留名额不能为负"), field="reserved_per_delegation"))
    return problems


def places_of(cut: Cut, entrants: int) -> int:
    """Number of places among so many ranked; for a threshold, or all, everyone might have one."""
    if cut.kind == "top":
        return int(cut.value)
    if cut.kind != "percent":
        return entrants
    exact = Fraction(cut.value) * entrants / 100
    rounded = {"down": floor(exact), "up": ceil(exact), "half_up": int(round_half_up(exact, 0))}
    return max(1, rounded[cut.percent_rounding])


def _verdicts(field: list[Ranked], cut: Cut, places: int) -> dict[int, Verdict]:
    """On everyone in the field, before anything but the rule is looked at."""
    if cut.kind == "all":
        return {row.key: "in" for row in field}
    reserved = _reserved(field, cut)
    if cut.kind == "threshold":
        return {row.key: _by_threshold(row, cut, reserved) for row in field}
    _refuse_too_many_reserved(field, cut, places)
    rest = [row for row in field if row.key not in reserved]
    verdicts = _by_places(rest, max(0, places - len(reserved)), cut.ties)
    shut_out = min((row.rank for row in rest if verdicts[row.key] not in _QUALIFIES and row.rank), default=places + 1)
    for row in field:
        if row.key in reserved:
            # By rank as long as nobody better was passed over; after that only the reservation explains the place.
            verdicts[row.key] = "in" if row.rank is not None and row.rank <= min(places, shut_out) else "reserved"
    return verdicts


def _by_threshold(row: Ranked, cut: Cut, reserved: Set[int]) -> Verdict:
    if row.total is not None and row.total >= cut.value:
        return "in"
    return "reserved" if row.key in reserved else "out"


def _by_places(field: list[Ranked], places: int, ties: str) -> dict[int, Verdict]:
    verdicts: dict[int, Verdict] = {}
    left = places
    for group in rank_groups(field):
        verdict: Verdict = "in" if len(group) <= left else "out"
        if 0 < left < len(group):
            if ties == "decided":
                raise Refused(tie_problem(TIE_AT_CUT, group))
            verdict = "tie_in" if ties == "all" else "tie_out"
        left = left - len(group) if verdict == "in" else 0
        verdicts.update({row.key: verdict for row in group})
    return verdicts


def _reserved(field: list[Ranked], cut: Cut) -> set[int]:
    """Keys of the best of each delegation."""
    chosen: set[int] = set()
    for members in _by_delegation(field).values() if cut.reserved_per_delegation else ():
        verdicts = _by_places(members, cut.reserved_per_delegation, cut.ties)
        chosen |= {key for key, verdict in verdicts.items() if verdict in _QUALIFIES}
    return chosen


def _by_delegation(field: list[Ranked]) -> dict[int, list[Ranked]]:
    delegations: dict[int, list[Ranked]] = {}
    for row in field:
        if row.delegation is not None:
            delegations.setdefault(row.delegation, []).append(row)
    return delegations


def _refuse_too_many_reserved(field: list[Ranked], cut: Cut, places: int) -> None:
    reserved = sum(min(cut.reserved_per_delegation, len(members)) for members in _by_delegation(field).values())
    if reserved > places:
        text = N_("各代表队保留名额共 {reserved} 个，多于总名额 {places} 个")
        numbers = {"reserved": reserved, "places": places}
        raise Refused(Problem(text, field="reserved_per_delegation", params=numbers))


def _moved_reason(row: Ranked, qualifies: bool, advances: bool, declined: Set[int]) -> Problem | None:
    named = {"rank": row.rank}
    if row.rank is not None and row.key in declined:
        return Problem(N_("名次 {rank}，放弃名额") if qualifies else N_("名次 {rank}，放弃递补"), params=named)
    if advances and not qualifies:
        return Problem(N_("名次 {rank}，因有人放弃而递补"), params=named)
    return None


def _reason(row: Ranked, cut: Cut, places: int, verdicts: dict[int, Verdict]) -> Problem:
    if row.rank is None or row.total is None:
        return Problem(N_("不计名次") if row.out_of_contest else N_("无成绩"))
    numbers = {"rank": row.rank, "total": plain(row.total), "places": places, "value": plain(cut.value)}
    match verdicts[row.key]:
        case "in":
            text = _IN[cut.kind]
        case "tie_in":
            text = N_("名次 {rank}，末位并列，一并晋级")
        case "tie_out":
            text = N_("名次 {rank}，末位并列，均不晋级")
        case "reserved":
            text = N_("名次 {rank}，占代表队保留名额")
        case "out" if cut.kind != "threshold" and row.rank <= places:  # only reserved places can do that
            text = N_("名次 {rank}，保留名额以外的名额已满")
        case "out":
            text = _OUT[cut.kind]
    return Problem(text, params=numbers)
