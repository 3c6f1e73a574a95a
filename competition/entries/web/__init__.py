"""Screens of entries, imports, decisions, rosters and check-in."""

from competition.accounts.kinds import Role
from competition.contests.overview import contest_tab, contribute, stage_link
from competition.entries.service.overview import entries_by_skill, finalists_by_skill
from competition.entries.web import entering, finalists, importing, reviewing, stages
from competition.entries.web import paths as _paths  # noqa: F401  # registers what the ids lead to
from competition.entries.web.blockers import entry_blockers
from competition.problems import N_
from competition.web.navigation import NavItem

ROUTES = [*entering.ROUTES, *importing.ROUTES, *reviewing.ROUTES, *stages.ROUTES, *finalists.ROUTES]

_REGISTRAR = frozenset({Role.REGISTRAR})
NAVIGATION = [
    NavItem(N_("报名"), "/my-entries", N_("本单位报名"), "users", _REGISTRAR),
    NavItem(N_("报名"), "/my-entries/import", N_("导入报名表"), "upload", _REGISTRAR),
]

contribute("entries", entries_by_skill)
contribute("finalists", finalists_by_skill)
contribute("blockers", entry_blockers)
contest_tab(N_("报名"), "/contests/{contest_id}/entries", frozenset(reviewing.READERS), "entries")
contest_tab(N_("名单与检录"), "/contests/{contest_id}/rosters", frozenset(stages.READERS))
stage_link(N_("名单与检录"), "/stages/{stage_id}/roster", frozenset(stages.READERS))
