"""Who may see which contest, and the tabs of its pages."""

from typing import Any

from litestar import Request

from competition.accounts.access import acting_as
from competition.accounts.kinds import Role
from competition.contests import overview
from competition.contests.tables import Skill
from competition.problems import N_, Missing
from competition.web.i18n import _
from competition.web.viewer import Viewer, signed_in

EVERYWHERE = (Role.BUREAU, Role.AUDITOR)
OF_ONE_CONTEST = (Role.ORGANISER, Role.SCORE_CLERK, Role.ENCRYPTION_JUDGE, Role.SUPERVISOR)
READERS = frozenset({*EVERYWHERE, *OF_ONE_CONTEST, Role.CHIEF_JUDGE})
EDITORS = frozenset({Role.BUREAU, Role.ORGANISER})

_OWN_TABS = (
    (N_("全部赛项"), "/contests/{contest_id}"),
    (N_("场次与工位"), "/contests/{contest_id}/sessions"),
    (N_("工作人员"), "/contests/{contest_id}/staff"),
)


async def visible_contests(viewer: Viewer) -> list[int] | None:
    """The ids of the contests this viewer works in; None for all of them."""
    if viewer.has(*EVERYWHERE):
        return None
    found = {contest_id for role in OF_ONE_CONTEST for contest_id in viewer.scopes(role)}
    skills = list(viewer.scopes(Role.CHIEF_JUDGE))
    if skills:
        rows = await Skill.select(Skill.contest).where(Skill.id.is_in(skills))
        found |= {row["contest"] for row in rows}
    return sorted(found)


async def check_sees(request: Request, contest_id: int) -> None:
    """A chief judge is let in by role: raises Missing where none of their skills is of this contest."""
    if acting_as(request) == Role.CHIEF_JUDGE:
        visible = await visible_contests(signed_in(request))
        if visible is not None and contest_id not in visible:
            raise Missing("contest")


def contest_tabs(
    request: Request, contest_id: int, counted: dict[str, dict[int, Any]] | None = None, *, under: str = ""
) -> list[dict[str, Any]]:
    """For ui.tabs, on every page of a contest, also those of the rooms above.

    The tab of this address is current, or that of `under` for a page one step further down.
    """
    viewer, path = signed_in(request), under or request.url.path
    tabs = [{"href": pattern.format(contest_id=contest_id), "label": _(label)} for label, pattern in _OWN_TABS]
    for tab in overview.tabs():
        if viewer.has(*tab.roles):
            item: dict[str, Any] = {"href": tab.href_pattern.format(contest_id=contest_id), "label": _(tab.label)}
            if counted and tab.counted in counted:
                item["count"] = sum(counted[tab.counted].values())
            tabs.append(item)
    return [tab | {"current": tab["href"] == path} for tab in tabs]
