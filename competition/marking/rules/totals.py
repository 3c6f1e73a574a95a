"""Scores of one contestant in decimals, over the scoring in whole units."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

import msgspec

from competition.exact import from_units, to_units
from competition.marking.rules.scheme import Part, Scheme
from competition.marking.rules.scoring import PartScorer, Score, Scorer

DIGITS = 2


class PartMarks(msgspec.Struct, frozen=True):
    """One contestant's marks: aspect code -> one mark per judge of the panel, None where it is missing."""

    aspects: Mapping[str, Sequence[Decimal | None]]


@lru_cache(maxsize=256)
def part_scorer(part: Part) -> PartScorer:
    return PartScorer(part)


@lru_cache(maxsize=64)
def scheme_scorer(scheme: Scheme) -> Scorer:
    return Scorer(scheme)


def in_units(marks: PartMarks) -> dict[str, list[Score]]:
    return {code: [None if mark is None else to_units(mark) for mark in given] for code, given in marks.aspects.items()}


def in_marks(score: Score) -> Decimal | None:
    """At two digits, or more where the score has them."""
    if score is None:
        return None
    exact = from_units(score)
    return exact.quantize(Decimal("0.01")) if score % 100 == 0 else exact


def aspect_scores(part: Part, marks: PartMarks) -> dict[str, Decimal | None]:
    """Score by aspect. Raises ValueError for a part without a panel or a mark for an aspect it does not have."""
    if part.source != "panel":
        raise ValueError(f"part {part.code} is not marked by a panel")
    scorer = part_scorer(part)
    if unknown := set(marks.aspects) - set(scorer.aspects):
        raise ValueError(f"part {part.code} has no aspects {sorted(unknown)}")
    return {code: in_marks(score) for code, score in scorer.aspect_scores(in_units(marks)).items()}


def part_score(part: Part, marks: PartMarks) -> Decimal | None:
    """Of the aspects' rounded scores, or of what each judge gave in all; None while any is missing."""
    scores = aspect_scores(part, marks)
    units = {code: None if score is None else to_units(score) for code, score in scores.items()}
    return in_marks(part_scorer(part).score(units, in_units(marks)))


def weighted_total(parts: Mapping[str, Decimal | None], scheme: Scheme) -> Decimal | None:
    """From part code -> score; a total with a missing part is not a total.

    Raises ValueError for a score of a part that the scheme does not have.
    """
    if unknown := set(parts) - {part.code for part in scheme.parts}:
        raise ValueError(f"the scheme has no parts {sorted(unknown)}")
    units = {code: None if score is None else to_units(score) for code, score in parts.items()}
    total = scheme_scorer(scheme).total(units)
    return None if total is None else from_units(total).quantize(Decimal(1).scaleb(-scheme.digits))
