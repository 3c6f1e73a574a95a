"""Screens of units, persons and pools."""

from competition.accounts.kinds import Role
from competition.people.web import persons, pools, units
from competition.people.web import scopes as _scopes  # noqa: F401  # registers what the ids lead to
from competition.problems import N_
from competition.web.navigation import NavItem

ROUTES = [*units.ROUTES, *persons.ROUTES, *pools.ROUTES]

_READERS = frozenset({Role.BUREAU, Role.AUDITOR})
_POOL_READERS = frozenset(pools.READERS)

NAVIGATION = [
    NavItem(N_("人才库"), "/pools/expert", N_("指导专家库"), "user", _POOL_READERS),
    NavItem(N_("人才库"), "/pools/judge", N_("裁判员库"), "shield", _POOL_READERS),
    NavItem(N_("人才库"), "/pools/coach", N_("教练员库"), "users", _POOL_READERS),
    NavItem(N_("人才库"), "/pools/winner", N_("获奖选手库"), "medal", _POOL_READERS),
    NavItem(N_("人才库"), "/persons", N_("人员"), "list", _READERS),
    NavItem(N_("报名"), "/persons", N_("本单位人员"), "users", frozenset({Role.REGISTRAR})),
    NavItem(N_("系统"), "/units", N_("参赛单位"), "building", _READERS),
]
