"""The panels of a stage: seats, recusals they will bring, and the codes the judges sign in with."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts import service as accounts
from competition.accounts.kinds import Role
from competition.contests.service import stage_context
from competition.documents.qr import qr_svg
from competition.marking import service
from competition.marking.service import SeatDraft
from competition.marking.service.candidates import judge_candidates
from competition.marking.service.draws import plan_draw
from competition.marking.service.panels import load_panels, panel_place, part_place
from competition.marking.web.stage_pages import PREPARERS, READERS, stage_page, title_of
from competition.problems import Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said, shown
from competition.web.pages import page, redirect, shell_of
from competition.web.viewer import actor_of

SPARE_ROWS = 2
MOST_SEATS = 25
CALLERS = frozenset({Role.ORGANISER, Role.CHIEF_JUDGE})


@get("/stages/{stage_id:int}/panels", who=READERS)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    scheme = await service.load_scheme(stage_id)
    plan = await plan_draw(stage_id)
    counts: dict[int, int] = {}
    for _part, _panel, assigned in plan.panels:
        for assignment in assigned.values():
            for seat, _reason in assignment.recused:
                counts[seat.id] = counts.get(seat.id, 0) + 1
    return await stage_page(
        request, "marking/panels.html", stage_id, parts=scheme.panel_parts if scheme else (),
        panels=await load_panels(stage_id), recused=counts, problems=[said(problem) for problem in plan.problems],
        contestants=len(plan.entry_ids),
    )  # fmt: skip


async def _editor(request: Request, part_id: int, form: Form, status: int = 200) -> Response:
    place = await part_place(part_id)
    head = await stage_context(place.stage_id)
    rows = min(max(form.whole("seats", default=5), 1), MOST_SEATS)
    return await stage_page(
        request, "marking/panel_edit.html", place.stage_id, under="panels", status=status, form=form, part=place,
        rows=rows, candidates=await judge_candidates(head.skill["occupation_code"]), kinds=_kinds(),
    )  # fmt: skip


def _kinds() -> list[tuple[str, str]]:
    return [("regular", _("正式")), ("substitute", _("替补")), ("trainee", _("见习"))]


@get("/parts/{part_id:int}/panel", who=PREPARERS)
async def edit(request: Request, part_id: FromPath[int]) -> Response:
    place = await part_place(part_id)
    panel = (await load_panels(place.stage_id)).get(part_id)
    values: dict[str, Any] = {"name": panel.name if panel else place.name}
    seats = panel.seats if panel else ()
    for number, seat in enumerate(seats):
        values[f"seat-{number}"] = seat.person_id
        values[f"kind-{number}"] = "trainee" if seat.trainee else "substitute" if seat.substitute else "regular"
    values["seats"] = len(seats) + SPARE_ROWS if seats else 7
    return await _editor(request, part_id, Form.filled(**values))


@post("/parts/{part_id:int}/panel", who=PREPARERS)
async def save(request: Request, part_id: FromPath[int]) -> Response:
    form = await read_form(request)
    count = form.whole("seats", least=1, most=MOST_SEATS, default=5)
    if form.value("do") == "add":
        form.raw["seats"] = [str(min(count + SPARE_ROWS, MOST_SEATS))]
        return await _editor(request, part_id, form)
    name = form.text("name", longest=40)
    seats = [
        SeatDraft(
            form.whole(f"seat-{number}"),
            trainee=form.value(f"kind-{number}") == "trainee",
            substitute=form.value(f"kind-{number}") == "substitute",
        )
        for number in range(count)
        if form.value(f"seat-{number}")
    ]
    if form.valid:
        try:
            await service.set_panel(actor_of(request), part_id, name, seats)
        except Refused as refused:
            form.refuse(refused)
        else:
            place = await part_place(part_id)
            return redirect(f"/stages/{place.stage_id}/panels", _("已组建裁判组"))
    return await _editor(request, part_id, form, 422)


@get("/panels/{panel_id:int}/substitute", who=PREPARERS | {Role.CHIEF_JUDGE})
async def substitute_page(request: Request, panel_id: FromPath[int]) -> Response:
    return await _substitute(request, panel_id, Form())


async def _substitute(request: Request, panel_id: int, form: Form, status: int = 200) -> Response:
    panel = await panel_place(panel_id)
    head = await stage_context(panel.stage_id)
    seated = {seat.person_id for seat in panel.seats}
    candidates = await judge_candidates(head.skill["occupation_code"])
    return await stage_page(
        request, "marking/substitute.html", panel.stage_id, under="panels", status=status, form=form, panel=panel,
        candidates=[judge for judge in candidates if judge.person_id not in seated],
    )  # fmt: skip


@post("/panels/{panel_id:int}/substitute", who=PREPARERS | {Role.CHIEF_JUDGE})
async def add_substitute(request: Request, panel_id: FromPath[int]) -> Response:
    """Seat one more substitute and hand over every free place at once."""
    form = await read_form(request)
    person_id = form.whole("person_id")
    if form.valid:
        try:
            await service.add_substitute(actor_of(request), panel_id, SeatDraft(person_id))
            filled = await service.fill_gaps(actor_of(request), panel_id)
        except Refused as refused:
            form.refuse(refused)
        else:
            panel = await panel_place(panel_id)
            return redirect(f"/stages/{panel.stage_id}/panels", _("已补派替补，接手 {n} 份评分表", n=filled))
    return await _substitute(request, panel_id, form, 422)


@get("/stages/{stage_id:int}/codes", who=CALLERS)
async def codes_page(request: Request, stage_id: FromPath[int]) -> Response:
    return await stage_page(request, "marking/codes.html", stage_id, under="panels", panels=await load_panels(stage_id))


@post("/stages/{stage_id:int}/codes", who=CALLERS)
async def make_codes(request: Request, stage_id: FromPath[int]) -> Response:
    """Fresh codes for the chosen seats, shown once, to be printed and handed out; older unused ones stop working."""
    form = await read_form(request)
    head = await stage_context(stage_id)
    settings = shell_of(request).settings
    chosen = set(form.values("seat"))
    cards = []
    for panel in (await load_panels(stage_id)).values():
        for seat in panel.seats:
            if str(seat.id) in chosen:
                code = await accounts.issue_code(
                    actor_of(request), seat.account_id, hours=settings.tablet_hours, note=f"{panel.name} {seat.number}"
                )
                title = f"{panel.name} {seat.number} {shown(seat.name, seat.name_en)}"
                address = f"{settings.url}/sign-in/{code}"
                cards.append({"panel": panel, "seat": seat, "address": address, "qr": qr_svg(address, title=title)})
    if not cards:
        return redirect(f"/stages/{stage_id}/codes", _("没有选中席位"), kind="warn")
    return page(
        request, "marking/code_cards.html", cards=cards, title=title_of(head), back_href=f"/stages/{stage_id}/codes",
        hours=settings.tablet_hours, contest=head.contest,
    )  # fmt: skip


ROUTES = [show, edit, save, substitute_page, add_substitute, codes_page, make_codes]
