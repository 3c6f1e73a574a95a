"""The side navigation: each room offers its entries, a viewer sees those of their roles."""

from typing import Any

import msgspec

from competition.problems import N_
from competition.web.i18n import gettext
from competition.web.viewer import Viewer

GROUPS = (N_("竞赛"), N_("报名"), N_("人才库"), N_("政策兑现"), N_("系统"))


class NavItem(msgspec.Struct, frozen=True):
    """`group` is one of GROUPS, `label` a marked text; in a group items keep the order in which app.py lists them."""

    group: str
    href: str
    label: str
    icon: str
    roles: frozenset[str]


def navigation(offered: tuple[NavItem, ...], viewer: Viewer | None, path: str) -> list[dict[str, Any]]:
    """Groups in order, each with its items; the longest address that leads to `path` is current."""
    if viewer is None:
        return []
    mine = sorted((item for item in offered if viewer.has(*item.roles)), key=lambda item: GROUPS.index(item.group))
    leading = [item.href for item in mine if path == item.href or path.startswith(item.href.rstrip("/") + "/")]
    current = max(leading, key=len, default="")
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in mine:
        groups.setdefault(item.group, []).append(
            {
                "href": item.href,
                "label": gettext(item.label),
                "icon": item.icon,
                "count": 0,
                "current": item.href == current,
            }
        )
    return [{"title": gettext(title), "items": items} for title, items in groups.items()]
