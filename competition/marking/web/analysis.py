"""How the judges mark beside each other: a table, the same drawn, and what it would change to leave one out."""

from decimal import Decimal
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.exact import plain
from competition.marking.service.analysis import AnalysedJudge, Analysis, load_analysis
from competition.marking.web.room import ANALYSTS, signed
from competition.marking.web.stage_pages import holds, stage_page

# The strip: the middle of the axis and half its length, in the units of the drawing.
MIDDLE, HALF, ROW = 430, 230, 30
KNOW_NAMES = frozenset({Role.SUPERVISOR, Role.BUREAU})


@get("/stages/{stage_id:int}/analysis", who=ANALYSTS)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    analysis = await load_analysis(stage_id, may_know_names=holds(request, *KNOW_NAMES))
    return await stage_page(
        request, "marking/analysis.html", stage_id, under="room", analysis=analysis, strip=_strip(analysis),
        signed=signed, plain=plain, changed_shown=analysis.standing > 1,
    )  # fmt: skip


def _strip(analysis: Analysis) -> dict[str, Any]:
    """Where everything is drawn: a dot at the bias, a line as far as the scatter to either side."""
    drawn = [judge for judge in analysis.judges if judge.pattern]
    widest = [abs(judge.pattern.bias) + judge.pattern.scatter for judge in drawn if judge.pattern]
    span = max([2 * analysis.rule.bias, *widest])
    limit = round(HALF * analysis.rule.bias / span)
    return {
        "rows": [_row(judge, place, span) for place, judge in enumerate(drawn)], "height": ROW * len(drawn) + 8,
        "middle": MIDDLE, "low": MIDDLE - limit, "high": MIDDLE + limit, "left": MIDDLE - HALF, "right": MIDDLE + HALF,
    }  # fmt: skip


def _row(judge: AnalysedJudge, place: int, span: Decimal) -> dict[str, Any]:
    assert judge.pattern is not None

    def at(value: Decimal) -> int:
        return MIDDLE + round(HALF * value / span)

    bias, scatter = judge.pattern.bias, judge.pattern.scatter
    return {
        "judge": judge, "y": place * ROW + 20, "x": at(bias), "from": at(bias - scatter), "to": at(bias + scatter),
        "text": signed(bias),
    }  # fmt: skip


ROUTES = [show]
