"""What a unit sees: the subsidies of its own people, once they are under notice."""

from litestar import Request, Response, get

from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, TIER_NAMES
from competition.subsidies import lines as line_reads
from competition.subsidies.kinds import BATCH_STATE_NAMES, LINE_STATE_NAMES
from competition.subsidies.web import views
from competition.web.pages import page
from competition.web.paging import paging
from competition.web.viewer import signed_in


@get("/my-subsidies", who={Role.REGISTRAR})
async def my_subsidies(request: Request) -> Response:
    units = signed_in(request).scopes(Role.REGISTRAR)
    totals = await line_reads.totals_of_units(units)
    pages = paging(request, totals.finalists)
    lines = await line_reads.lines_of_units(units, pages.size, pages.offset)
    return page(
        request, "subsidies/own.html", totals=totals, pages=pages,
        lines=[line | {"said": views.reason_of(line)} for line in lines], tier_names=TIER_NAMES,
        group_names=GROUP_NAMES, batch_state_names=BATCH_STATE_NAMES, line_state_names=LINE_STATE_NAMES,
    )  # fmt: skip


ROUTES = [my_subsidies]
