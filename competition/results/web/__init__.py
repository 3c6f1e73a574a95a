"""The office's screens of results; what everybody may see is the public room's."""

from competition.accounts.kinds import Role
from competition.contests.overview import contest_tab, stage_link
from competition.problems import N_
from competition.results.web import contests, published, recorded, scopes, stages
from competition.web.navigation import NavItem

__all__ = ["NAVIGATION", "ROUTES", "scopes"]

ROUTES = [*contests.ROUTES, *stages.ROUTES, *recorded.ROUTES, *published.ROUTES]
NAVIGATION = [
    NavItem(
        N_("竞赛"), "/releases", N_("成绩与发布"), "chart", frozenset({Role.BUREAU, Role.ORGANISER, Role.CHIEF_JUDGE})
    )
]

contest_tab(N_("成绩"), "/contests/{contest_id}/results", contests.READERS)
stage_link(N_("成绩"), "/stages/{stage_id}/results", stages.READERS)
