"""The chief judge's room: who has handed in, who lies apart, the second check, the signature and the lock."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import StageState
from competition.entries.web.stages import READERS as ROSTER_READERS
from competition.exact import plain
from competition.marking import service
from competition.marking.kinds import SHEET_STATE_NAMES
from competition.marking.service.checking import NumberedWork, numbered_work
from competition.marking.service.draws import stage_draw
from competition.marking.service.sheets import stage_of_sheet
from competition.marking.service.watching import Room, load_room, room_tag
from competition.marking.signatures import is_drawn, view_box
from competition.marking.web.draws import REVEALERS
from competition.marking.web.stage_pages import DRAWERS, IMPORTERS, READERS, ROOM, holds, stage_page
from competition.problems import Problem, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, language, said
from competition.web.pages import HTML, fragment, redirect
from competition.web.viewer import actor_of, signed_in

CHECKERS = frozenset({Role.CHIEF_JUDGE, Role.SCORE_CLERK})
CHIEF = frozenset({Role.CHIEF_JUDGE})
# Practice marks and a total together give away an imported theory score, and with it a name: not for who imports.
SEE_TOTALS = frozenset({Role.CHIEF_JUDGE, Role.SUPERVISOR})
POLL_SECONDS = 5
# Where each kind of blocker is solved, and by whom; {0} is the stage.
REMEDIES = {
    "draw": ("/stages/{0}/draw", DRAWERS),
    "check_in": ("/stages/{0}/roster", ROSTER_READERS),
    "sheets": ("/stages/{0}/room#late", ROOM),
    "checks": ("/stages/{0}/room#matrix", ROOM),
    "imports": ("/stages/{0}/imports", IMPORTERS),
    "panel": ("/stages/{0}/panels", READERS),
    "scheme": ("/stages/{0}/scheme", READERS),
}


def _blockers(request: Request, stage_id: int, problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    """In the reader's language, with the way to the remedy for those who may go there."""
    found = []
    for problem in problems:
        href, who = REMEDIES.get(problem.field, ("", frozenset()))
        found.append({"text": said(problem), "href": href.format(stage_id) if holds(request, *who) else ""})
    return found


def _view(request: Request, stage_id: int, room: Room) -> dict[str, Any]:
    return {
        "room": room,
        "blockers": _blockers(request, stage_id, room.blockers),
        "totals": holds(request, *SEE_TOTALS) or room.state in (StageState.LOCKED, StageState.RELEASED),
        "chief": holds(request, Role.CHIEF_JUDGE),
        "checker": holds(request, *CHECKERS),
        "revealer": holds(request, *REVEALERS),
        "leans": [_lean(lean) for lean in room.leans],
        "poll_seconds": POLL_SECONDS,
    }


def _lean(lean: Any) -> dict[str, Any]:
    """Places on a strip 340 wide: the middle at 212, the limit 60 to either side, nothing beyond 100."""
    off = max(-100, min(100, round(60 * lean.mean / lean.limit))) if lean.limit else 0
    sign = "+" if lean.mean > 0 else "−" if lean.mean < 0 else ""
    return {"lean": lean, "x": 212 + off, "text": f"{sign}{plain(abs(lean.mean))}"}


async def _room_page(request: Request, stage_id: int, form: Form, status: int = 200) -> Response:
    room = await load_room(stage_id)
    return await stage_page(
        request, "marking/room.html", stage_id, status=status, form=form, made=await stage_draw(stage_id),
        **_view(request, stage_id, room) | {"boxes": _boxes(room)},
    )  # fmt: skip


def _boxes(room: Room) -> dict[str, str]:
    drawn = {kind: row["signature"] for kind, row in room.signatures.items()}
    return {kind: view_box(signature) for kind, signature in drawn.items() if is_drawn(signature)}


@get("/stages/{stage_id:int}/room", who=ROOM)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    return await _room_page(request, stage_id, Form())


@get("/stages/{stage_id:int}/room/live", who=ROOM)
async def live(request: Request, stage_id: FromPath[int]) -> Response:
    """What changes while judges mark; 304 without loading the room when nothing has."""
    viewer = signed_in(request)
    tag = f'"{await room_tag(stage_id)}-{language.get()}-{viewer.account_id}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response("", status_code=304, headers=headers, media_type=HTML)
    answer = fragment(
        request, "marking/_room.html", stage_id=stage_id, **_view(request, stage_id, await load_room(stage_id))
    )
    answer.headers["ETag"] = tag
    return answer


async def _work_page(request: Request, work: NumberedWork, form: Form, status: int = 200) -> Response:
    viewer = signed_in(request)
    return await stage_page(
        request, "marking/number.html", work.stage_id, under="room", status=status, work=work, form=form,
        state_names=SHEET_STATE_NAMES, chief=holds(request, Role.CHIEF_JUDGE), checker=holds(request, *CHECKERS),
        account_id=viewer.account_id, correctable=work.stage_state in (StageState.LOCKED, StageState.RELEASED),
    )  # fmt: skip


@get("/numbers/{blind_id:int}", who=ROOM)
async def number(request: Request, blind_id: FromPath[int]) -> Response:
    return await _work_page(request, await numbered_work(blind_id), Form())


@post("/stages/{stage_id:int}/check", who=CHECKERS)
async def check(request: Request, stage_id: FromPath[int]) -> Response:
    """The second person's check of the chosen sheets; back to the work they came from."""
    form = await read_form(request)
    back = f"/numbers/{form.whole('blind')}" if form.value("blind") else f"/stages/{stage_id}/room"
    try:
        count = await service.check_sheets(actor_of(request), form.values("sheet"), stage_id)
    except Refused as refused:
        return redirect(back, said(refused.problems[0]), kind="danger")
    return redirect(back, _("已核对 {n} 份", n=count))


@post("/sheets/{sheet_token:str}/return", who=CHIEF)
async def return_sheet(request: Request, sheet_token: FromPath[str]) -> Response:
    form = await read_form(request)
    place = await stage_of_sheet(sheet_token)
    try:
        await service.return_sheet(actor_of(request), sheet_token, form.text("reason", required=False, longest=200))
    except Refused as refused:
        return redirect(f"/numbers/{place['blind']}", said(refused.problems[0]), kind="danger")
    return redirect(f"/numbers/{place['blind']}", _("已退回，裁判可重新评分"))


@post("/sheets/{sheet_token:str}/marks/{aspect_id:int}/correction", who=CHIEF)
async def correct(request: Request, sheet_token: FromPath[str], aspect_id: FromPath[int]) -> Response:
    """After the lock: a revision with a reason."""
    form = await read_form(request)
    place = await stage_of_sheet(sheet_token)
    try:
        await service.correct_mark(
            actor_of(request), sheet_token, aspect_id, form.value("value"),
            form.text("reason", required=False, longest=200), form.whole("number", default=0),
        )  # fmt: skip
    except Refused as refused:
        form.refuse(refused)
        return await _work_page(request, await numbered_work(place["blind"]), form, refused.status)
    return redirect(f"/numbers/{place['blind']}", _("已更正；成绩须重新计算并发布"))


@post("/stages/{stage_id:int}/signature", who=CHIEF)
async def sign(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    signature = form.value("signature").strip() or form.value("words").strip()
    try:
        await service.sign_stage(actor_of(request), stage_id, signature)
    except Refused as refused:
        form.refuse(refused)
        return await _room_page(request, stage_id, form, refused.status)
    return redirect(f"/stages/{stage_id}/room", _("已签字；锁定后成绩不再改动"))


@post("/stages/{stage_id:int}/lock", who=CHIEF)
async def lock(request: Request, stage_id: FromPath[int]) -> Response:
    try:
        await service.lock_stage(actor_of(request), stage_id)
    except Refused as refused:
        form = Form()
        form.refuse(refused)
        return await _room_page(request, stage_id, form, refused.status)
    return redirect(f"/stages/{stage_id}/room", _("已锁定本阶段"))


ROUTES = [show, live, number, check, return_sheet, correct, sign, lock]
