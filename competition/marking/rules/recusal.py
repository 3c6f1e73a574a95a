"""Whether a judge may score a contestant: decided for each pair, never for a whole skill."""

import msgspec

from competition.problems import N_, Problem


class JudgeTies(msgspec.Struct, frozen=True):
    """`coached` and `declared` hold keys of contestants (a team has one key)."""

    units: frozenset[int] = frozenset()
    delegation: int | None = None
    coached: frozenset[int] = frozenset()
    declared: frozenset[int] = frozenset()


class ContestantTies(msgspec.Struct, frozen=True):
    """`units` are those of every team member at registration."""

    key: int
    units: frozenset[int] = frozenset()
    delegation: int | None = None


def recusal(judge: JudgeTies, contestant: ContestantTies, *, bar_delegation: bool = False) -> list[Problem]:
    """Every reason the judge stays off this contestant, worded without naming anyone; empty when there is none."""
    same_delegation = contestant.delegation is not None and judge.delegation == contestant.delegation
    grounds = [
        (bool(judge.units & contestant.units), "unit", N_("裁判与选手同单位")),
        (contestant.key in judge.coached, "coach", N_("裁判是该选手的教练")),
        (contestant.key in judge.declared, "relation", N_("裁判已申报与该选手的利害关系")),
        (bar_delegation and same_delegation, "delegation", N_("裁判与选手同代表队")),
    ]
    return [Problem(text, field=field) for holds, field, text in grounds if holds]
