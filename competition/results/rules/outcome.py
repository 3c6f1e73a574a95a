"""The whole result of a stage from what people did: who took part, scores, rules, decisions."""

from collections.abc import Mapping, Sequence, Set
from decimal import Decimal
from typing import Literal

import msgspec

from competition.problems import N_, Problem, Refused
from competition.results.rules.advancement import Cut, Placed, advance
from competition.results.rules.awards import Award, SmallField, give, offered_awards
from competition.results.rules.medals import MedalRule, Scaled, worldskills_medals
from competition.results.rules.ranking import (
    SHARED_RANK,
    Candidate,
    Ranked,
    rank,
    rank_groups,
    tie_problem,
    unresolved_ties,
)
from competition.results.rules.scale import Competitor, scale_scores

NOT_TAKEN_PART = {
    "absent": N_("缺席，不计名次"),
    "withdrawn": N_("退赛，不计名次"),
    "disqualified": N_("取消资格，不计名次"),
}
TOLD_APART = N_("总分相同，按同分排序定先后")
NO_TOTAL = N_("无成绩，不计名次")


class Contender(msgspec.Struct, frozen=True):
    """An entry of the stage. A part without a score is None: blank is not zero. `tie_breaks` follow the stage's list;
    `adjustment` is what penalties and bonuses come to."""

    entry_id: int
    attendance: str
    total: Decimal | None
    parts: Mapping[str, Decimal | None] = {}
    delegation: int | None = None
    tie_breaks: tuple[Decimal | None, ...] = ()
    adjustment: Decimal = Decimal(0)

    @property
    def took_part(self) -> bool:
        return self.attendance not in NOT_TAKEN_PART


class AwardSet(msgspec.Struct, frozen=True):
    """Each award by its own rule; with `medals` by the WorldSkills scale, each award by its level."""

    awards: tuple[Award, ...]
    small_field: SmallField | None = None
    medals: MedalRule | None = None


class StageRules(msgspec.Struct, frozen=True):
    """`tie_breaks` are the codes that the contenders' tie-breaks stand for, most telling first; `cut` is None where no
    stage follows, `awards` before a final. With `rank_ties` "decided" no rank may be shared."""

    tie_breaks: tuple[str, ...] = ()
    rank_ties: Literal["shared", "decided"] = "shared"
    cut: Cut | None = None
    awards: AwardSet | None = None
    group_kind: str = ""


class Decisions(msgspec.Struct, frozen=True):
    """What people decided. `ties`: orders inside a tie, newest last. `holders`: once the next stage has begun its
    places stand, whatever a correction says."""

    ties: tuple[tuple[int, ...], ...] = ()
    declined: frozenset[int] = frozenset()
    holders: frozenset[int] | None = None


class Line(msgspec.Struct, frozen=True):
    entry_id: int
    attendance: str
    total: Decimal | None
    parts: Mapping[str, Decimal | None]
    rank: int | None
    tied: tuple[int, ...]
    decided: bool
    award: Award | None
    qualifies: bool
    advances: bool
    reason: Problem
    scale: int | None = None
    adjustment: Decimal = Decimal(0)


class Outcome(msgspec.Struct, frozen=True):
    """`blockers` keep the result from being released; each tie among them has the entries in params["keys"]."""

    lines: tuple[Line, ...]
    blockers: tuple[Problem, ...]


def outcome(contenders: Sequence[Contender], rules: StageRules, decisions: Decisions) -> Outcome:
    """One line for every contender, best first."""
    by_id = {each.entry_id: each for each in contenders}
    ranked = _ranked(candidates(contenders), decisions)
    blockers = [*_missing_totals(contenders)]
    placed = _placed(ranked, rules.cut, decisions, blockers)
    scales = _scales(ranked, rules)
    awards = _awards(ranked, rules, sum(each.took_part for each in contenders), scales, blockers)
    lines = tuple(
        _line(row, by_id[row.key], placed.get(row.key), awards.get(row.key), scales.get(row.key)) for row in ranked
    )
    if rules.rank_ties == "decided":
        blockers = _no_shared_rank(ranked, blockers)
    return Outcome(lines, tuple(blockers))


def _no_shared_rank(ranked: list[Ranked], blockers: list[Problem]) -> list[Problem]:
    """Every tie blocks, each named once."""
    ties = [tie_problem(SHARED_RANK, group) for group in rank_groups(ranked) if len(group) > 1]
    return [problem for problem in blockers if problem.field != "ties"] + ties


def deciding_orders(ties: Sequence[Set[int]], decisions: Sequence[Sequence[int]]) -> dict[int, int]:
    """Entry -> place inside its tie, from the newest decision that orders the whole of that tie."""
    orders: dict[int, int] = {}
    for tie in ties:
        for ordered in reversed(decisions):
            if tie <= set(ordered):
                orders |= {key: place for place, key in enumerate(ordered, 1) if key in tie}
                break
    return orders


def candidates(contenders: Sequence[Contender]) -> list[Candidate]:
    """As the ranking takes them: whoever did not take part has no total, whatever marks there are."""
    return [
        Candidate(
            key=each.entry_id,
            total=each.total if each.took_part else None,
            tie_breaks=each.tie_breaks,
            delegation=each.delegation,
        )
        for each in contenders
    ]


def _ranked(field: Sequence[Candidate], decisions: Decisions) -> list[Ranked]:
    ties = [set(keys) for keys in unresolved_ties(rank(field))]
    return rank(field, deciding_orders(ties, decisions.ties))


def _missing_totals(contenders: Sequence[Contender]) -> list[Problem]:
    keys = sorted(each.entry_id for each in contenders if each.took_part and each.total is None)
    if not keys:
        return []
    return [Problem(N_("{count} 名参赛选手没有总分"), field="totals", params={"count": len(keys), "keys": keys})]


def _placed(ranked: list[Ranked], cut: Cut | None, decisions: Decisions, blockers: list[Problem]) -> dict[int, Placed]:
    if cut is None:
        return {}
    try:
        placed = advance(ranked, cut, decisions.declined)
    except Refused as refused:
        blockers.extend(refused.problems)
        return {}
    if decisions.holders is not None:
        placed = [_standing(row, decisions.holders) for row in placed]
    return {row.key: row for row in placed}


def _standing(row: Placed, holders: frozenset[int]) -> Placed:
    """A place given before the next stage began is kept, and no new one is given."""
    if (row.key in holders) == row.advances:
        return row
    kept = N_("下一阶段已抽签，保留原有名额") if row.key in holders else N_("下一阶段已抽签，不再增补名额")
    return msgspec.structs.replace(row, advances=row.key in holders, reason=Problem(kept))


def _scales(ranked: list[Ranked], rules: StageRules) -> dict[int, int]:
    """By key, where the awards are WorldSkills medals."""
    if rules.awards is None or rules.awards.medals is None:
        return {}
    return scale_scores(Competitor(row.key, row.total, row.out_of_contest) for row in ranked)


def _awards(
    ranked: list[Ranked], rules: StageRules, entrants: int, scales: Mapping[int, int], blockers: list[Problem]
) -> dict[int, Award]:
    if rules.awards is None:
        return {}
    if rules.awards.medals is not None:
        offered = offered_awards(rules.awards.awards, entrants, rules.awards.small_field, rules.group_kind)
        return _medals(ranked, offered, scales, rules.awards.medals)
    by_code = {award.code: award for award in rules.awards.awards}
    try:
        given = give(
            ranked, rules.awards.awards, entrants, rules.awards.small_field, group_kind=rules.group_kind
        )  # fmt: skip
    except Refused as refused:
        blockers.extend(refused.problems)
        return {}
    return {key: by_code[code] for key, code in given.items()}


def _medals(ranked: list[Ranked], offered: list[Award], scales: Mapping[int, int], rule: MedalRule) -> dict[int, Award]:
    """Each medal's award is the first of its level; a level without one is not given."""
    by_level = {award.level: award for award in reversed(offered)}
    field = [Scaled(row.key, scales[row.key], row.total or Decimal(0)) for row in ranked if row.key in scales]
    return {key: by_level[level] for key, level in worldskills_medals(field, rule, by_level).items()}


def _line(
    row: Ranked, contender: Contender, placed: Placed | None, award: Award | None, scale: int | None = None
) -> Line:
    reason = placed.reason if placed else Problem("")
    if row.rank is None:
        reason = Problem(NOT_TAKEN_PART.get(contender.attendance, NO_TOTAL))
    elif not reason.text and row.told_apart:
        reason = Problem(TOLD_APART)
    return Line(
        entry_id=row.key,
        attendance=contender.attendance,
        total=row.total,
        parts=contender.parts if contender.took_part else {},
        rank=row.rank,
        tied=row.tied,
        decided=row.decided,
        award=award,
        qualifies=bool(placed and placed.qualifies),
        advances=bool(placed and placed.advances),
        reason=reason,
        scale=scale,
        adjustment=contender.adjustment if contender.took_part else Decimal(0),
    )
