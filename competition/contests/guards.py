"""Refusals that several services of this room share."""

from competition.contests.kinds import ContestState
from competition.contests.tables import Contest
from competition.database.errors import Duplicate
from competition.problems import N_, Missing, Problem, Refused


def refuse_any(problems: list[Problem]) -> None:
    if problems:
        raise Refused(*problems)


async def check_changeable(contest_id: int) -> None:
    """Raises Missing, and Refused for an archived contest."""
    row = await Contest.select(Contest.state).where(Contest.id == contest_id).first()
    if row is None:
        raise Missing("contest")
    if row["state"] == ContestState.ARCHIVED:
        raise Refused(Problem(N_("竞赛已归档，不能再改动")))


def taken(error: Duplicate) -> Refused:
    texts = {
        "number": N_("序号已被本竞赛的另一赛项使用"),
        "name": N_("本竞赛已有同名赛项"),
        "kind": N_("已经设置过，不能重复"),
        "position": N_("已经设置过，不能重复"),
    }
    field = error.columns[-1] if error.columns else ""
    return Refused(Problem(texts.get(field, N_("内容与已有记录重复")), {"position": "kind"}.get(field, field)))
