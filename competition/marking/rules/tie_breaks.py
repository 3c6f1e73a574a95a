"""What tells equal totals apart: codes of a scheme, and the figures they stand for.

A code names a criterion, a part, an aspect or a group of aspects as "part/aspect", or with "part/*" the best aspect or
group of a part, then the next best, and so on (the best attempt, the best wave).
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from competition.marking.rules.scheme import Part, Scheme, attempts
from competition.problems import N_, Problem

Figures = Mapping[str, Decimal | None]
ALL_OF = "*"


def tie_break_problems(codes: Iterable[str], scheme: Scheme) -> list[Problem]:
    """Codes that stand for nothing in the scheme would leave ties as they are, without a word."""
    text = N_("并列规则中的 {code} 不是评分部分，也不是其中的评分项")
    return [
        Problem(text, field="tie_breaks", params={"code": code})
        for code in codes
        if not _parts_of(code, scheme) and _aspects_of(code, scheme) is None
    ]


def needs_aspects(codes: Iterable[str], scheme: Scheme) -> set[str]:
    """The codes of the parts whose aspects are asked for one by one."""
    found = set()
    for code in codes:
        aspects = None if _parts_of(code, scheme) else _aspects_of(code, scheme)
        if aspects is not None:
            found.add(aspects[0].code)
    return found


def tie_break_values(
    codes: Sequence[str], scheme: Scheme, parts: Figures, aspects: Mapping[tuple[str, str], Decimal | None],
    *, lowest_wins: bool = False,
) -> tuple[Decimal | None, ...]:  # fmt: skip
    """In the order of the codes, more always better: where less is better the figure is negative. None for a figure
    that is missing. `aspects` is by (part, aspect). `lowest_wins` is of the total; a recorded part has its own way."""
    found: list[Decimal | None] = []
    for code in codes:
        if members := _parts_of(code, scheme):
            scores = [parts.get(part.code) for part in members]
            found.append(_turned(_sum(scores), less=_less(members[0], lowest_wins=lowest_wins)))
            continue
        named = _aspects_of(code, scheme)
        if named is None:
            found.append(None)
            continue
        part, tries = named
        sums = [_sum([aspects.get((part.code, name)) for name in names]) for names in tries]
        figures = [_turned(figure, less=lowest_wins) for figure in sums]
        present = sorted((figure for figure in figures if figure is not None), reverse=True)
        found += present if len(present) == len(figures) else [None] * len(figures)
    return tuple(found)


def _parts_of(code: str, scheme: Scheme) -> list[Part]:
    """The part of this code, else those of the criterion."""
    own = [part for part in scheme.parts if part.code == code]
    return own or [part for part in scheme.parts if part.criterion == code and code]


def _aspects_of(code: str, scheme: Scheme) -> tuple[Part, list[list[str]]] | None:
    """A part, and the aspects of it that are asked for: one, one group, or every attempt."""
    for part in scheme.parts:
        if not code.startswith(f"{part.code}/"):
            continue
        name = code.removeprefix(f"{part.code}/")
        tries = attempts(part) if part.aspects else []
        if name == ALL_OF and tries:
            return part, tries
        if name in {aspect.code for aspect in part.aspects}:
            return part, [[name]]
        if group := [aspect.code for aspect in part.aspects if aspect.group == name and aspect.counts]:
            return part, [group]
    return None


def _less(part: Part, *, lowest_wins: bool) -> bool:
    return part.better == "less" if part.source == "record" else lowest_wins


def _sum(scores: Sequence[Decimal | None]) -> Decimal | None:
    present = [score for score in scores if score is not None]
    return sum(present, Decimal(0)) if len(present) == len(scores) else None


def _turned(figure: Decimal | None, *, less: bool) -> Decimal | None:
    return -figure if less and figure is not None else figure
