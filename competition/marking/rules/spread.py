"""When the judges of one form are too far apart for it to be accepted."""

from collections.abc import Mapping, Sequence

from competition.exact import to_units
from competition.marking.rules.scheme import WIDEST_SPREAD
from competition.problems import N_, Problem

_WIDEST = to_units(WIDEST_SPREAD)


def far_apart(method: str, figures: Sequence[int]) -> bool:
    """`figures` in 1/10000, one for each judge: the scores 0–3 of a judgement, the marks earned by a measurement.

    Judgements may be 1 apart, measurements have to earn the same; any panel scores are as they are.
    """
    if method == "judgement":
        return max(figures) - min(figures) > _WIDEST
    return method == "measurement" and len(set(figures)) > 1


def aspects_far_apart(method: str, figures: Mapping[int, Sequence[int]]) -> list[int]:
    """The aspects, in their order, that this panel has to score again."""
    return [aspect for aspect, of_judges in figures.items() if of_judges and far_apart(method, of_judges)]


def spread_problem(method: str, codes: Sequence[str], judges: int) -> Problem:
    """What the judges read: which aspects, never anybody's mark."""
    text = N_("{codes}：{judges} 名裁判相差超过 1，须会商后重评")
    if method == "measurement":
        text = N_("{codes}：{judges} 名裁判测得不一致，须会商后重评")
    return Problem(text, field="rescore", params={"codes": list(codes), "judges": judges})
