"""Screens of marking."""

from competition.accounts.kinds import Role
from competition.contests.overview import contest_tab, contribute, stage_link
from competition.marking.service.listing import sheets_by_skill
from competition.marking.web import (
    analysis,
    appeals,
    days,
    draws,
    imports,
    incidents,
    judge,
    panels,
    protocol,
    rechecks,
    relations,
    room,
    scheme_files,
    schemes,
    stage_pages,
    work,
)
from competition.marking.web import scopes as _scopes  # noqa: F401  # registers what the ids lead to
from competition.marking.web.stage_pages import EVERYBODY
from competition.problems import N_
from competition.web.navigation import NavItem

contribute("sheets", sheets_by_skill)
contest_tab(N_("评分"), "/contests/{contest_id}/marking", EVERYBODY)
stage_link(N_("评分"), "/stages/{stage_id}/marking", EVERYBODY)

ROUTES = [
    *judge.ROUTES, *stage_pages.ROUTES, *schemes.ROUTES, *scheme_files.ROUTES, *panels.ROUTES,
    *relations.ROUTES, *draws.ROUTES, *room.ROUTES, *imports.ROUTES, *rechecks.ROUTES, *appeals.ROUTES,
    *incidents.ROUTES, *days.ROUTES, *protocol.ROUTES, *work.ROUTES, *analysis.ROUTES,
]  # fmt: skip
NAVIGATION = [
    NavItem(N_("竞赛"), "/judge", N_("我的评分"), "pen", frozenset({Role.JUDGE})),
    NavItem(N_("竞赛"), "/rooms", N_("评分"), "eye", EVERYBODY),
]
