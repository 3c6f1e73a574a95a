"""Screens of direct promotion."""

from competition.accounts.kinds import Role
from competition.problems import N_
from competition.promotions.web import cases, deciding, own
from competition.promotions.web import scopes as _scopes  # noqa: F401  # registers what the ids lead to
from competition.web.navigation import NavItem

ROUTES = [*cases.ROUTES, *deciding.ROUTES, *own.ROUTES]

NAVIGATION = [
    NavItem(N_("政策兑现"), "/promotions", N_("直接晋级"), "ladder", frozenset(cases.READERS)),
    NavItem(N_("政策兑现"), "/my-promotions", N_("本单位晋级"), "ladder", frozenset({Role.REGISTRAR})),
]
