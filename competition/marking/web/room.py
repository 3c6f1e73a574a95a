"""The chief judge's room: who has handed in, who lies apart, the second check, the signature and the lock."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.kinds import StageState
from competition.entries.web.stages import READERS as ROSTER_READERS
from competition.exact import plain
from competition.marking import service
from competition.marking.kinds import LAYER_NAMES, METHOD_NAMES, Method
from competition.marking.service.checking import MOST_FORMS
from competition.marking.service.draws import stage_draw
from competition.marking.service.judge_progress import JudgeProgress
from competition.marking.service.matrix import LayerTable
from competition.marking.service.schemes import Heading, PartRow
from competition.marking.service.watching import Lean, Room, load_room, room_tag
from competition.marking.signatures import is_drawn, view_box
from competition.marking.web.draws import REVEALERS
from competition.marking.web.stage_pages import DRAWERS, IMPORTERS, READERS, ROOM, holds, stage_page
from competition.problems import Problem, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, language, said, shown
from competition.web.pages import HTML, fragment, redirect
from competition.web.viewer import actor_of, signed_in

CHECKERS = frozenset({Role.CHIEF_JUDGE, Role.SCORE_CLERK})
CHIEF = frozenset({Role.CHIEF_JUDGE})
ANALYSTS = frozenset({Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.BUREAU})
# Practice marks and a total together give away an imported theory score, and with it a name: not for who imports.
SEE_TOTALS = frozenset({Role.CHIEF_JUDGE, Role.SUPERVISOR})
POLL_SECONDS = 5
MOST_APART = 12
# Where each kind of blocker is solved, and by whom; {0} is the stage.
REMEDIES = {
    "draw": ("/stages/{0}/draw", DRAWERS),
    "check_in": ("/stages/{0}/roster", ROSTER_READERS),
    "sheets": ("/stages/{0}/room#late", ROOM),
    "checks": ("/stages/{0}/room#matrix", ROOM),
    "spread": ("/stages/{0}/room#spread", ROOM),
    "totals": ("/stages/{0}/room#matrix", ROOM),
    "imports": ("/stages/{0}/imports", IMPORTERS),
    "panel": ("/stages/{0}/panels", READERS),
    "scheme": ("/stages/{0}/scheme", READERS),
    "days": ("/stages/{0}/days", ROOM),
    "recheck": ("/stages/{0}/rechecks", ROOM),
    "appeals": ("/stages/{0}/appeals", ROOM),
}


class ShownTable(msgspec.Struct, frozen=True):
    """One table of the matrix: `columns` are forms and parts; without any it is by heading."""

    table: LayerTable
    columns: tuple[PartRow, ...]


def shown_tables(room: Room, criterion: str) -> list[ShownTable]:
    """All forms while they are few, else criteria, or the forms of the one asked for."""
    tables = []
    for table in room.tables:
        if criterion:
            columns = tuple(part for part in table.parts if part.heading == criterion)
            if columns:
                tables.append(ShownTable(table, columns))
        else:
            tables.append(ShownTable(table, table.parts if len(table.forms) <= MOST_FORMS else ()))
    return tables


def _headings(room: Room) -> list[Heading]:
    """Criteria to choose from, once each: forms of one may be in two layers. Empty while all forms fit."""
    if all(len(table.forms) <= MOST_FORMS for table in room.tables):
        return []
    panel = [heading for table in room.tables for heading in table.headings if heading.parts[0].aspects]
    return list({heading.code: heading for heading in panel}.values())


def _blockers(request: Request, stage_id: int, problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    """In the reader's language, with the way to the remedy for those who may go there."""
    found = []
    for problem in problems:
        href, who = REMEDIES.get(problem.field, ("", frozenset()))
        found.append({"text": said(problem), "href": href.format(stage_id) if holds(request, *who) else ""})
    return found


def _view(request: Request, stage_id: int, room: Room) -> dict[str, Any]:
    headings = _headings(room)
    asked = request.query_params.get("criterion", "")
    criterion = next((heading for heading in headings if heading.code == asked), None)
    return {
        "room": room,
        "criterion": criterion,
        "headings": headings,
        "tables": shown_tables(room, criterion.code if criterion else ""),
        "apart": room.apart,
        "most_apart": MOST_APART,
        "spread_possible": bool({Method.JUDGEMENT, Method.MEASUREMENT} & room.methods),
        "scored": Method.SCORE in room.methods,
        "method_names": METHOD_NAMES,
        "layer_names": LAYER_NAMES,
        "blockers": _blockers(request, stage_id, room.blockers),
        "totals": holds(request, *SEE_TOTALS) or room.state in (StageState.LOCKED, StageState.RELEASED),
        "chief": holds(request, Role.CHIEF_JUDGE),
        "analyst": holds(request, *ANALYSTS),
        "leans": [_lean(lean, room.rule.bias) for lean in room.leans],
        "signed": signed,
        "lean_limit": plain(room.rule.bias),
        "poll_seconds": POLL_SECONDS,
    }


def _lean(lean: Lean, limit: Decimal) -> dict[str, Any]:
    """Places on a strip 340 wide: the middle at 212, the limit 60 to either side, nothing beyond 70."""
    bias = lean.pattern.bias
    off = max(-70, min(70, round(60 * bias / limit)))
    return {"lean": lean, "x": 212 + off, "text": signed(bias)}


def signed(value: Any) -> str:
    """With a sign that is as wide as a digit."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{plain(abs(value))}"


async def _room_page(request: Request, stage_id: int, form: Form, status: int = 200) -> Response:
    room = await load_room(stage_id)
    return await stage_page(
        request, "marking/room.html", stage_id, status=status, form=form, made=await stage_draw(stage_id),
        revealer=holds(request, *REVEALERS), boxes=_boxes(room), **_view(request, stage_id, room),
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


@get("/stages/{stage_id:int}/room/late", who=ROOM)
async def late(request: Request, stage_id: FromPath[int]) -> Response:
    """Who has not handed in, as plain text to copy or print: one line for each form of a judge."""
    room = await load_room(stage_id)
    lines = [line for judge in room.late for line in _late_lines(judge)]
    text = "\n".join(lines) or _("评分表均已提交")
    headers = {"Cache-Control": "no-store"}
    return Response(f"{text}\n", media_type="text/plain", headers=headers)


def _late_lines(judge: JudgeProgress) -> list[str]:
    name = shown(judge.name, judge.name_en)
    return [
        _(
            "{name}（{panel} {seat} 席）{form}：{works}",
            name=name, panel=form.panel, seat=form.seat, form=form.part.code, works=_("、").join(form.labels),
        )
        for form in judge.open
    ]  # fmt: skip


@post("/stages/{stage_id:int}/check", who=CHECKERS)
async def check(request: Request, stage_id: FromPath[int]) -> Response:
    """The second person's check of the chosen sheets; back to the work they came from."""
    form = await read_form(request)
    back = f"/stages/{stage_id}/room"
    if form.value("blind"):
        back = work_address(form.whole("blind"), form.value("criterion"))
    try:
        count = await service.check_sheets(actor_of(request), form.values("sheet"), stage_id)
    except Refused as refused:
        return redirect(back, said(refused.problems[0]), kind="danger")
    return redirect(back, _("已核对 {n} 份", n=count))


def work_address(blind_id: int, criterion: str = "") -> str:
    return f"/numbers/{blind_id}?{urlencode({'criterion': criterion})}" if criterion else f"/numbers/{blind_id}"


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


ROUTES = [show, live, late, check, sign, lock]
