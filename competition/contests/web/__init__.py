"""Screens of contests."""

from competition.contests.web import around, contests, skills, stages
from competition.contests.web import scopes as _scopes  # noqa: F401  # registers what the ids lead to
from competition.contests.web.seeing import READERS
from competition.problems import N_
from competition.web.navigation import NavItem

ROUTES = [*contests.ROUTES, *skills.ROUTES, *stages.ROUTES, *around.ROUTES]
NAVIGATION = [NavItem(N_("竞赛"), "/contests", N_("竞赛"), "trophy", READERS)]
