"""Awards are data: who gets which follows from rank, score floor, size of the field and kind of group."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from competition.problems import Problem, Refused
from competition.results.rules.ranking import TIE_AT_AWARD, Ranked, rank_groups, tie_problem

Level = Literal["gold", "silver", "bronze", "excellence", ""]


class Award(msgspec.Struct, frozen=True):
    """One award of a list. The prize is in fen, the floor is the least total, `group_kinds` None means every group.

    rank: places `first` to `last`. percent: places above `percent_from` up to `percent_to` percent of the entrants,
    so a part of a place is not given. upper_half: places up to half of the entrants, rounded down likewise. medal: by
    the WorldSkills scale (rules/medals.py), never by a place.
    """

    code: str
    name: str
    kind: Literal["rank", "percent", "upper_half", "medal"]
    first: int = 0
    last: int = 0
    percent_from: Decimal = Decimal(0)
    percent_to: Decimal = Decimal(0)
    floor: Decimal | None = None
    prize_fen: int = 0
    group_kinds: tuple[str, ...] | None = None
    level: Level = ""


class FieldStep(msgspec.Struct, frozen=True):
    """With at most so many entrants only awards of these levels are given; none of them means void."""

    at_most: int
    levels: tuple[Level, ...] = ()


class SmallField(msgspec.Struct, frozen=True):
    """The narrowest step that holds the entrants applies; above all steps every award is given."""

    steps: tuple[FieldStep, ...]


def give(
    ranked: Sequence[Ranked],
    awards: Sequence[Award],
    entrants: int,
    small_field: SmallField | None = None,
    *,
    group_kind: str = "",
) -> dict[int, str]:
    """Key -> award code. Each contestant gets at most one award, the first in the list that fits.

    Raises Refused naming every tie whose places do not all earn the same award.
    """
    offered = offered_awards(awards, entrants, small_field, group_kind)
    given: dict[int, str] = {}
    ties: list[Problem] = []
    place = 1
    for group in rank_groups(ranked):
        codes = {_award_at(place + offset, row, offered, entrants) for offset, row in enumerate(group)}
        if len(codes) > 1:
            ties.append(tie_problem(TIE_AT_AWARD, group))
        elif (code := codes.pop()) is not None:
            given.update({row.key: code for row in group})
        place += len(group)
    if ties:
        raise Refused(*ties)
    return given


def offered_awards(
    awards: Sequence[Award], entrants: int, small_field: SmallField | None, group_kind: str
) -> list[Award]:
    """Those for this kind of group that a field of this size gives."""
    levels = _levels(entrants, small_field)
    return [
        award
        for award in awards
        if (award.group_kinds is None or group_kind in award.group_kinds) and (levels is None or award.level in levels)
    ]


def _levels(entrants: int, small_field: SmallField | None) -> tuple[Level, ...] | None:
    """None when the field is large enough for every level."""
    steps = [step for step in small_field.steps if entrants <= step.at_most] if small_field else []
    return min(steps, key=lambda step: step.at_most).levels if steps else None


def _award_at(place: int, row: Ranked, awards: Sequence[Award], entrants: int) -> str | None:
    fitting = (award for award in awards if _fits(award, place, entrants) and _reaches(row, award.floor))
    return next((award.code for award in fitting), None)


def _fits(award: Award, place: int, entrants: int) -> bool:
    match award.kind:
        case "rank":
            return award.first <= place <= award.last
        case "percent":
            return award.percent_from * entrants < place * 100 <= award.percent_to * entrants
        case "upper_half":
            return 2 * place <= entrants
        case "medal":
            return False


def _reaches(row: Ranked, floor: Decimal | None) -> bool:
    return floor is None or (row.total is not None and row.total >= floor)
