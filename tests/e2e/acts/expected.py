"""What the marks of the small contest come to, worked out here by hand and apart from the program.

Practice: five sheets, of which the highest and the lowest are dropped; the other three lie around a middle value.
Total: 30 % theory and 70 % practice, to two digits.
"""

from decimal import Decimal

from tests.e2e.acts.cast import CONTESTANTS

# What each judge gives more or less than the middle: -6 and +3 are dropped, the mean of the rest is 0.
LEANINGS = tuple(Decimal(text) for text in ("0", "-6", "0.5", "3", "-0.5"))
FINALISTS = 6
# Names in the order in which the final ranks them; the sixth does not come.
FINAL_ORDER = tuple(CONTESTANTS[place].name for place in (2, 0, 1, 3, 4))
ABSENT = CONTESTANTS[5].name


def strength(stage: str) -> dict[str, int]:
    """The better the smaller: 0 for the best of the stage."""
    names = [each.name for each in CONTESTANTS] if stage == "初赛" else [*FINAL_ORDER, ABSENT]
    return {name: place for place, name in enumerate(names)}


def marks(stage: str, name: str, seat: int) -> tuple[Decimal, Decimal]:
    """Aspect A of 10 and aspect B of 90 on the sheet of this seat, from 0. The last of eight has a 0 in A: no blank."""
    place = strength(stage)[name]
    return Decimal(7 - place), Decimal(86 - 2 * place) + LEANINGS[seat]


def theory(stage: str, name: str) -> Decimal:
    return Decimal(90 - strength(stage)[name])


def total(stage: str, name: str) -> Decimal:
    place = strength(stage)[name]
    practice = Decimal(93 - 3 * place)
    return (theory(stage, name) * 30 + practice * 70) / 100
