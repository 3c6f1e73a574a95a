"""Screens of the finalist subsidy."""

from competition.accounts.kinds import Role
from competition.problems import N_
from competition.subsidies.web import acting, batches, lists, own
from competition.subsidies.web import scopes as _scopes  # noqa: F401  # registers what the ids lead to
from competition.web.navigation import NavItem

ROUTES = [*batches.ROUTES, *acting.ROUTES, *lists.ROUTES, *own.ROUTES]

NAVIGATION = [
    NavItem(N_("政策兑现"), "/subsidies", N_("竞赛补贴"), "yuan", frozenset({Role.BUREAU, Role.AUDITOR})),
    NavItem(N_("政策兑现"), "/my-subsidies", N_("本单位补贴"), "yuan", frozenset({Role.REGISTRAR})),
]
