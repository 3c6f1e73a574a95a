"""Marks around a contestant's ability, made so that no tie is left at a cut or between awards."""

import random
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from competition.exact import round_half_up
from competition.marking.rules.aggregate import Aggregation
from competition.marking.rules.scheme import Aspect, Part, Scheme
from competition.marking.rules.totals import PartMarks, part_score, weighted_total

JUDGES = 5
STEP = Decimal("0.5")
TENTH = Decimal("0.1")
FLOOR = Decimal(80)

ASPECT_NAMES = {
    "A": ("工艺准备", "Preparation"),
    "B": ("操作过程", "Process"),
    "C": ("作品质量", "Quality of the work"),
    "D": ("安全与文明生产", "Safety and order"),
}
PRACTICE = Part(
    code="practice",
    weight=Decimal(70),
    maximum=Decimal(100),
    aggregation=Aggregation("trimmed", drop_highest=1, drop_lowest=1),
    step=STEP,
    aspects=tuple(Aspect(code, Decimal(most), STEP) for code, most in zip("ABCD", (15, 35, 40, 10), strict=True)),
)
THEORY = Part(code="theory", weight=Decimal(30), maximum=Decimal(100), source="import", kind="theory", step=TENTH)
SCHEME = Scheme(parts=(THEORY, PRACTICE))

# Winners lie above the floor of the excellence award, everyone else below, with room for any rounding.
WINNING = (Decimal("80.5"), Decimal("95.5"))
OTHERS = (Decimal("48"), Decimal("79.5"))
THEORY_RANGE = (Decimal(35), Decimal("99.5"))


class FinalMarks(msgspec.Struct, frozen=True):
    """`practice`: aspect code -> one mark per judge's seat, None where it is not entered yet."""

    theory: Decimal
    practice: Mapping[str, tuple[Decimal | None, ...]]

    @property
    def total(self) -> Decimal | None:
        practice = part_score(PRACTICE, PartMarks(self.practice))
        return weighted_total({THEORY.code: self.theory, PRACTICE.code: practice}, SCHEME)


def abilities(lot: random.Random, count: int, winners: int) -> list[Decimal]:
    """Best first, no two alike: `winners` of them above the floor, the rest below it."""
    return _spread(lot, winners, *WINNING) + _spread(lot, count - winners, *OTHERS)


def final_marks(lot: random.Random, ability: Decimal) -> FinalMarks:
    """Marks whose total lies within 0.05 of `ability`: the theory score, to a tenth, makes up what practice lacks."""
    while True:
        share = (ability + Decimal(lot.randint(-15, 15)) / 10) / 100
        practice = {aspect.code: _panel(lot, aspect, share) for aspect in PRACTICE.aspects}
        score = part_score(PRACTICE, PartMarks(practice))
        if score is None:
            raise ValueError("a panel mark is missing")
        theory = round_half_up((ability * 100 - score * PRACTICE.weight) / THEORY.weight, 1)
        if THEORY_RANGE[0] <= theory <= THEORY_RANGE[1]:
            return FinalMarks(theory, practice)


def without(marks: FinalMarks, missing: Sequence[tuple[str, int]]) -> FinalMarks:
    """The same marks with some seats still blank: (aspect code, seat from 0)."""
    practice = {
        code: tuple(None if (code, seat) in missing else mark for seat, mark in enumerate(panel))
        for code, panel in marks.practice.items()
    }
    return FinalMarks(marks.theory, practice)


def early_scores(lot: random.Random, count: int, through: int) -> list[Decimal]:
    """Scores of an earlier stage, all different; the first `through` are the best ones, in no order."""
    scores = sorted((Decimal(tenths) * TENTH for tenths in lot.sample(range(320, 985), count)), reverse=True)
    best, rest = scores[:through], scores[through:]
    lot.shuffle(best)
    lot.shuffle(rest)
    return best + rest


def _spread(lot: random.Random, count: int, low: Decimal, high: Decimal) -> list[Decimal]:
    """`count` tenths from high to low, one in the middle half of each of `count` equal slices."""
    slice_ = (high - low) / max(count, 1)
    return [round_half_up(high - slice_ * (place + Decimal(lot.randint(25, 75)) / 100), 1) for place in range(count)]


def _panel(lot: random.Random, aspect: Aspect, share: Decimal) -> tuple[Decimal, ...]:
    middle = round_half_up(aspect.maximum * share / STEP, 0) * STEP
    marks = (middle + STEP * lot.choice((-2, -1, -1, 0, 0, 0, 1, 1, 2)) for _ in range(JUDGES))
    return tuple(min(max(mark, Decimal(0)), aspect.maximum) for mark in marks)
