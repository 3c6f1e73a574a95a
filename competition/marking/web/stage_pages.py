"""What every office screen of a stage shows around its content, and the list of stages to choose from."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from competition.accounts.access import acting_as, lets_in
from competition.accounts.kinds import Role
from competition.contests.kinds import GROUP_NAMES, STAGE_NAMES, STAGE_STATE_NAMES, StageState
from competition.contests.service import stage_context
from competition.contests.tables import Stage
from competition.marking.service.listing import marked_stages
from competition.problems import N_
from competition.web.i18n import _, shown
from competition.web.pages import page, redirect
from competition.web.viewer import signed_in

WORDS: dict[str, Any] = {
    "group_names": GROUP_NAMES,
    "stage_names": STAGE_NAMES,
    "stage_state_names": STAGE_STATE_NAMES,
}
PREPARERS = frozenset({Role.ORGANISER, Role.BUREAU})
DRAWERS = frozenset({Role.ENCRYPTION_JUDGE, Role.ORGANISER})
ROOM = frozenset({Role.CHIEF_JUDGE, Role.SCORE_CLERK, Role.SUPERVISOR, Role.ORGANISER, Role.BUREAU})
IMPORTERS = frozenset({Role.SCORE_CLERK, Role.ORGANISER, Role.BUREAU})
READERS = PREPARERS | {Role.CHIEF_JUDGE}
EVERYBODY = ROOM | DRAWERS
# (address, label, who may open it); {0} is the stage
TABS = (
    ("/stages/{0}/scheme", N_("评分标准"), READERS),
    ("/stages/{0}/panels", N_("裁判组"), READERS),
    ("/stages/{0}/draw", N_("抽签与加密"), DRAWERS | {Role.BUREAU, Role.SUPERVISOR}),
    ("/stages/{0}/imports", N_("成绩导入"), IMPORTERS),
    ("/stages/{0}/room", N_("评分监看"), ROOM),
    ("/stages/{0}/rechecks", N_("复核"), ROOM),
    ("/stages/{0}/appeals", N_("申诉"), ROOM),
    ("/stages/{0}/incidents", N_("事件与奖惩"), ROOM),
    ("/stages/{0}/days", N_("日签"), ROOM),
)


async def stage_page(
    request: Request, template: str, stage_id: int, *, status: int = 200, under: str = "", **context: Any
) -> Response:
    """A screen of one stage, with its name, crumbs and the tabs this viewer may open; `under` is the tab it is in."""
    head = await stage_context(stage_id)
    path = f"/stages/{stage_id}/{under}" if under else request.url.path
    tabs = [
        {"href": href.format(stage_id), "label": _(label), "current": path.startswith(href.format(stage_id))}
        for href, label, who in TABS
        if holds(request, *who)
    ]
    return page(
        request, template, status=status, head=head, stage_id=stage_id, stage_tabs=tabs, stage_title=title_of(head),
        role=acting_as(request), **(WORDS | context),
    )  # fmt: skip


def holds(request: Request, *roles: str) -> bool:
    """Whether the viewer has one of these roles for what the address leads to."""
    return bool(lets_in(signed_in(request).grants, frozenset(roles), request.scope["scopes"]))  # type: ignore[typeddict-item]  # set by the guard


def title_of(head: Any) -> str:
    return " · ".join(
        (
            shown(head.skill["name"], head.skill["name_en"]),
            _(GROUP_NAMES[head.group["kind"]]),
            _(STAGE_NAMES[head.stage["kind"]]),
        )
    )


def _scope(request: Request) -> Any:
    """Whose stages this viewer sees in the list of all: None for the whole city."""
    viewer = signed_in(request)
    if viewer.has(Role.BUREAU):
        return None
    skills = viewer.scopes(Role.CHIEF_JUDGE)
    contests = [
        contest
        for role in (Role.ORGANISER, Role.SCORE_CLERK, Role.ENCRYPTION_JUDGE, Role.SUPERVISOR)
        for contest in viewer.scopes(role)
    ]
    return Stage.group._.skill.is_in([*skills, 0]) | Stage.group._.skill._.contest.is_in([*contests, 0])


@get("/rooms", who=EVERYBODY)
async def rooms(request: Request) -> Response:
    """Stages of every running contest the viewer has to do with."""
    return page(request, "marking/rooms.html", stages=await marked_stages(_scope(request)), contest=None, **WORDS)


@get("/contests/{contest_id:int}/marking", who=EVERYBODY)
async def contest_stages(request: Request, contest_id: FromPath[int]) -> Response:
    stages = await marked_stages(Stage.group._.skill._.contest == contest_id, ended=True)
    return page(request, "marking/rooms.html", stages=stages, contest=contest_id, **WORDS)


@get("/stages/{stage_id:int}/marking", who=EVERYBODY)
async def stage(request: Request, stage_id: FromPath[int]) -> Response:
    """On to the screen that matters now: the room while marks come in, before that what is to be prepared."""
    head = await stage_context(stage_id)
    open_to = [href.format(stage_id) for href, _label, who in TABS if holds(request, *who)]
    room = f"/stages/{stage_id}/room"
    prepared = head.stage["state"] not in (StageState.PLANNED, StageState.PLACED)
    return redirect(room if prepared and room in open_to else open_to[0])


ROUTES = [rooms, contest_stages, stage]
