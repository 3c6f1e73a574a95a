"""Ranking by total, then the ordered tie-breaks, then the chief judge's decision, then a shared rank (1, 2, 2, 4)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

import msgspec

from competition.problems import N_, Problem


class Candidate(msgspec.Struct, frozen=True):
    """More is better in every tie-break: the caller negates a time. Out of contest takes no rank."""

    key: int
    total: Decimal | None
    tie_breaks: tuple[Decimal | None, ...] = ()
    delegation: int | None = None
    out_of_contest: bool = False


class Ranked(msgspec.Struct, frozen=True):
    """`rank` is None without a total or out of contest; `tied` holds the keys of everyone on a shared rank.

    `told_apart`: the tie-breaks set it apart from somebody with the same total."""

    key: int
    rank: int | None
    total: Decimal | None
    delegation: int | None = None
    out_of_contest: bool = False
    tied: tuple[int, ...] = ()
    decided: bool = False
    told_apart: bool = False


def rank(candidates: Iterable[Candidate], decided: Mapping[int, int] | None = None) -> list[Ranked]:
    """Everyone given, best first, then out of contest, then without a total; a shared rank is listed by key.

    `decided` is the chief judge's order (key -> 1, 2, …). It counts only for a tie that it orders completely:
    a decision about two says nothing once a third has joined them. Raises ValueError for a key given twice.
    """
    rows = sorted(candidates, key=lambda row: row.key)
    if len({row.key for row in rows}) < len(rows):
        raise ValueError("a candidate is given twice")
    ranked: list[Ranked] = []
    for tie, apart in _ties([row for row in rows if row.total is not None and not row.out_of_contest], 0):
        placed = _placed(tie, len(ranked) + 1, decided or {})
        ranked += [msgspec.structs.replace(row, told_apart=True) for row in placed] if apart else placed
    return ranked + _unranked(rows)


def rank_groups(ranked: Iterable[Ranked]) -> list[tuple[Ranked, ...]]:
    """Those with a rank, in the order of rank, each group sharing one."""
    placed = sorted((row for row in ranked if row.rank is not None), key=lambda row: (row.rank, row.key))
    return [tuple(group) for _, group in groupby(placed, key=lambda row: row.rank)]


def unresolved_ties(ranked: Iterable[Ranked]) -> list[tuple[int, ...]]:
    """Keys of each shared rank, best rank first."""
    return [tuple(row.key for row in group) for group in rank_groups(ranked) if len(group) > 1]


def tie_problem(text: str, group: Sequence[Ranked]) -> Problem:
    """`text` may use {rank} and {count}; `keys` in the params is for the caller to name the contestants."""
    keys = [row.key for row in group]
    return Problem(text, field="ties", params={"rank": group[0].rank, "count": len(group), "keys": keys})


SHARED_RANK = N_("第 {rank} 名 {count} 人并列，名次不得并列，须由裁判长裁定")
TIE_AT_CUT = N_("第 {rank} 名 {count} 人并列，正在晋级界线上，须由裁判长裁定")
TIE_AT_AWARD = N_("第 {rank} 名 {count} 人并列，跨越奖项界线，须由裁判长裁定")


def _ties(rows: list[Candidate], level: int, apart: bool = False) -> list[tuple[list[Candidate], bool]]:
    """Groups that nothing tells apart, best first, with whether a tie-break set them apart from others; level 0 is the
    total, level n the n-th tie-break.

    A value missing at a level ends the comparison for that group: blank is not zero, and not less than zero.
    """
    by_value: dict[Decimal, list[Candidate]] = {}
    for row in rows:
        value = row.total if level == 0 else _tie_break(row, level - 1)
        if len(rows) == 1 or value is None:
            return [(rows, apart)]
        by_value.setdefault(value, []).append(row)
    split = apart or (level > 0 and len(by_value) > 1)
    return [tie for value in sorted(by_value, reverse=True) for tie in _ties(by_value[value], level + 1, split)]


def _tie_break(row: Candidate, place: int) -> Decimal | None:
    return row.tie_breaks[place] if place < len(row.tie_breaks) else None


def _placed(tie: list[Candidate], first: int, decided: Mapping[int, int]) -> list[Ranked]:
    keys = tuple(row.key for row in tie)
    orders = {decided[key] for key in keys if key in decided}
    if len(tie) > 1 and len(orders) == len(tie):
        in_order = sorted(tie, key=lambda row: decided[row.key])
        return [_ranked(row, place, decided=True) for place, row in enumerate(in_order, first)]
    return [_ranked(row, first, tied=keys if len(keys) > 1 else ()) for row in tie]


def _unranked(rows: list[Candidate]) -> list[Ranked]:
    beside = [row for row in rows if row.total is not None and row.out_of_contest]
    beside.sort(key=lambda row: row.total or Decimal(0), reverse=True)
    return [_ranked(row, None) for row in beside + [row for row in rows if row.total is None]]


def _ranked(row: Candidate, place: int | None, tied: tuple[int, ...] = (), decided: bool = False) -> Ranked:
    return Ranked(row.key, place, row.total, row.delegation, row.out_of_contest, tied, decided)
