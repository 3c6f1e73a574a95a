"""What an employer or school sees: its people who have been promoted, and what it has done for them."""

from litestar import Request, Response, get

from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES
from competition.promotions import reads
from competition.promotions.kinds import CASE_STATE_NAMES, CaseState
from competition.promotions.reads import Filter
from competition.promotions.rules.states import GRANTED
from competition.promotions.web import views
from competition.web.forms import Form
from competition.web.pages import page
from competition.web.paging import paging
from competition.web.viewer import signed_in


@get("/my-promotions", who={Role.REGISTRAR})
async def my_promotions(request: Request) -> Response:
    wanted = Filter(states=GRANTED, units=signed_in(request).scopes(Role.REGISTRAR))
    pages = paging(request, sum((await reads.counts(wanted)).values()))
    found = await reads.cases(wanted, pages.size, pages.offset)
    return page(
        request, "promotions/own.html", pages=pages, state_names=CASE_STATE_NAMES, group_names=GROUP_NAMES,
        rows=[
            views.row_of(view, False)
            | {"certificate_number": view.row["certificate_number"], "follow_up": views.follow_up_of(view)}
            for view in found
        ],
        may_follow_up=CaseState.CERTIFIED, form=Form(),
    )  # fmt: skip


ROUTES = [my_promotions]
