"""The start page of everybody who is signed in."""

from typing import Any

from litestar import Request, Response, get
from litestar.response import Redirect

from competition import clock
from competition.accounts.access import SIGNED_IN
from competition.accounts.kinds import ROLE_NAMES, Role
from competition.contests.kinds import (
    CONTEST_STATE_NAMES,
    GROUP_NAMES,
    STAGE_NAMES,
    STAGE_STATE_NAMES,
    TIER_NAMES,
    Tier,
)
from competition.dashboard import calendar, desks, figures, waiting
from competition.dashboard.tiles import MAP_HEIGHT, MAP_WIDTH
from competition.entries.kinds import ENTRY_STATE_NAMES
from competition.problems import N_
from competition.subsidies.kinds import BATCH_STATE_NAMES
from competition.web.navigation import NavItem
from competition.web.pages import page
from competition.web.viewer import Viewer, signed_in

Row = dict[str, Any]

WEEKDAYS = (N_("一"), N_("二"), N_("三"), N_("四"), N_("五"), N_("六"), N_("日"))
OF_ONE_CONTEST = (Role.ORGANISER, Role.SCORE_CLERK, Role.ENCRYPTION_JUDGE, Role.SUPERVISOR)
NAMES: Row = {
    "contest_states": CONTEST_STATE_NAMES,
    "stage_states": STAGE_STATE_NAMES,
    "stage_names": STAGE_NAMES,
    "group_names": GROUP_NAMES,
    "entry_states": ENTRY_STATE_NAMES,
}

NAVIGATION = [
    NavItem(
        N_("竞赛"), "/desk", N_("工作台"), "home",
        frozenset(role for role in Role if role is not Role.JUDGE),
    )
]  # fmt: skip


@get("/desk", who=SIGNED_IN)
async def desk(request: Request) -> Response:
    viewer = signed_in(request)
    roles = {grant.role for grant in viewer.grants}
    if roles == {Role.JUDGE}:
        return Redirect("/judge", status_code=303)
    if viewer.has(Role.BUREAU):
        return await _bureau(request)
    return await _own(request, viewer)


async def _bureau(request: Request) -> Response:
    years = await figures.years()
    asked = request.query_params.get("year", "")
    this_year = clock.today().year
    year = int(asked) if asked in map(str, years) else (this_year if this_year in years or not years else years[0])
    contests = await figures.contests_of(year)
    places = figures.supported(contests)
    districts = await figures.winners_by_district(year, Tier.MUNICIPAL)
    today = clock.today()
    events, left_out = await calendar.fortnight(today)
    return page(
        request, "dashboard/bureau.html", year=year, years=years or [year],
        tiers=await figures.tier_lines(year, contests), contest_count=len(contests), supported=places,
        supported_places=figures.SUPPORTED_PLACES, subsidies=await figures.subsidy_lines(year),
        waiting=await waiting.for_bureau(year, places["free"]), districts=districts,
        compared=any(each.change is not None for each in districts),
        winner_count=sum(each.winners for each in districts), map_size=(MAP_WIDTH, MAP_HEIGHT),
        tier_names=TIER_NAMES, batch_states=BATCH_STATE_NAMES, today=today, now=clock.now(),
        days=calendar.days_from(today), events=events, left_out=left_out, weekdays=WEEKDAYS,
    )  # fmt: skip


async def _own(request: Request, viewer: Viewer) -> Response:
    """The desks of every other role this viewer has, one below the other."""
    organised = viewer.scopes(Role.ORGANISER)
    contest_ids = {contest_id for role in OF_ONE_CONTEST for contest_id in viewer.scopes(role)}
    units = viewer.scopes(Role.REGISTRAR)
    persons = viewer.scopes(Role.COACH) + viewer.scopes(Role.CONTESTANT)
    return page(
        request, "dashboard/own.html",
        roles=[ROLE_NAMES[role] for role in Role if viewer.has(role)], is_judge=viewer.has(Role.JUDGE),
        contests=await desks.contests_by_id(sorted(contest_ids)),
        waiting=await waiting.for_organiser(organised) if organised else [],
        stages=await desks.stages_of_skills(viewer.scopes(Role.CHIEF_JUDGE)),
        units=await desks.units_by_id(units), unit_entries=await desks.entries_of_units(units),
        returned=await desks.returned_entries(units),
        open_contests=await waiting.open_contests() if units else [],
        entries=await desks.entries_of_persons(persons), is_person=bool(persons), today=clock.today(), **NAMES,
    )  # fmt: skip


ROUTES = [desk]
