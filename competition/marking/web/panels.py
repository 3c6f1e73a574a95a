"""The panels of a stage: teams of judges for many forms, the recusals they bring, the codes they sign in with."""

from collections import defaultdict
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts import service as accounts
from competition.accounts.kinds import Role
from competition.contests.service import stage_context
from competition.documents.qr import qr_svg
from competition.marking import service
from competition.marking.kinds import LAYER_NAMES, METHOD_NAMES
from competition.marking.service import SeatDraft
from competition.marking.service.candidates import judge_candidates
from competition.marking.service.contestants import contestants_of
from competition.marking.service.draws import DrawPlan, plan_draw
from competition.marking.service.marking_settings import BEFORE_DRAW, set_bar_delegation, stage_settings
from competition.marking.service.panels import (
    StoredPanel,
    judgement_warnings,
    load_panels,
    panel_place,
    part_place,
)
from competition.marking.service.schemes import PartRow, StoredScheme
from competition.marking.service.seating import Outlook, confirm_team, outlook_of, team_outlook
from competition.marking.service.ties import entrants, load_ties
from competition.marking.web.stage_pages import PREPARERS, READERS, holds, stage_page, title_of
from competition.problems import Missing, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said, shown
from competition.web.pages import page, redirect, shell_of
from competition.web.viewer import actor_of

SPARE_ROWS = 2
MOST_SEATS = 25
CALLERS = frozenset({Role.ORGANISER, Role.CHIEF_JUDGE})


class FormGroup(msgspec.Struct, frozen=True):
    """Forms of one criterion that are marked on one day, in the order of the scheme; `day` 0 where none is set."""

    code: str
    name: str
    name_en: str
    day: int
    parts: tuple[PartRow, ...]


class Team(msgspec.Struct, frozen=True):
    """Panels with the same people in the same seats. `recused`: seat number -> contestants it stays off."""

    number: int
    names: tuple[str, ...]
    panel: StoredPanel
    parts: tuple[PartRow, ...]
    recused: dict[int, int]


def form_groups(scheme: StoredScheme | None) -> list[FormGroup]:
    groups = []
    for heading in scheme.headings if scheme else ():
        by_day: dict[int, list[PartRow]] = defaultdict(list)
        for part in heading.parts:
            if scheme and part in scheme.panel_parts:
                by_day[part.day].append(part)
        groups += [
            FormGroup(heading.code, heading.name, heading.name_en, day, tuple(by_day[day])) for day in sorted(by_day)
        ]
    return groups


def _teams(scheme: StoredScheme | None, panels: dict[int, StoredPanel], plan: DrawPlan) -> list[Team]:
    same: dict[Any, list[PartRow]] = defaultdict(list)
    for part in scheme.panel_parts if scheme else ():
        panel = panels.get(part.id)
        if panel and panel.seats:
            seats = tuple((seat.person_id, seat.trainee, seat.substitute) for seat in panel.seats)
            same[seats].append(part)
    away: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for _part, panel, assigned in plan.panels:
        for entry, assignment in assigned.items():
            for seat, _reason in assignment.recused:
                away[panel.id][seat.number].add(entry)
    teams = []
    for number, parts in enumerate(same.values(), start=1):
        panel = panels[parts[0].id]
        counts = {seat: len(entries) for seat, entries in away[panel.id].items()}
        names = tuple(dict.fromkeys(panels[part.id].name for part in parts))
        teams.append(Team(number, names, panel, tuple(parts), counts))
    return teams


@get("/stages/{stage_id:int}/panels", who=READERS)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    scheme, panels, plan = await service.load_scheme(stage_id), await load_panels(stage_id), await plan_draw(stage_id)
    teams = _teams(scheme, panels, plan)
    state = (await stage_context(stage_id)).stage["state"]
    regular = {team.number: sum(seat.regular for seat in team.panel.seats) for team in teams}
    warnings = [
        said(warning)
        for team in teams
        for part in team.parts
        for warning in judgement_warnings(part, regular[team.number])
    ]
    return await stage_page(
        request, "marking/panels.html", stage_id, groups=form_groups(scheme), panels=panels, teams=teams,
        team_of={part.id: team for team in teams for part in team.parts},
        problems=[said(problem) for problem in plan.problems if problem.field == "panel"], warnings=warnings,
        settings=await stage_settings(stage_id), editable=state in BEFORE_DRAW and holds(request, *PREPARERS),
        before_draw=state in BEFORE_DRAW, may_relate=holds(request, *PREPARERS),
        method_names=METHOD_NAMES, layer_names=LAYER_NAMES,
    )  # fmt: skip


@post("/stages/{stage_id:int}/panels/delegations", who=PREPARERS)
async def bar_delegations(request: Request, stage_id: FromPath[int]) -> Response:
    """Whether judges stay off contestants of their own delegation."""
    form = await read_form(request)
    barred = form.checked("barred")
    try:
        await set_bar_delegation(actor_of(request), stage_id, barred=barred)
    except Refused as refused:
        return redirect(f"/stages/{stage_id}/panels", said(refused.problems[0]), kind="danger")
    notice = _("已设定：同代表队的裁判回避") if barred else _("已设定：同代表队不必回避")
    return redirect(f"/stages/{stage_id}/panels", notice)


@get("/stages/{stage_id:int}/panels/team", who=PREPARERS)
async def chosen_forms(request: Request, stage_id: FromPath[int]) -> Response:
    """On to the editor with the forms that were ticked."""
    ticked = {int(value) for value in request.query_params.getall("part", []) if value.isdigit()}
    scheme = await service.load_scheme(stage_id)
    parts = [part.id for part in scheme.panel_parts if part.id in ticked] if scheme else []
    if not parts:
        return redirect(f"/stages/{stage_id}/panels", _("先勾选评分表"), kind="warn")
    query = "&".join(f"also={part}" for part in parts[1:])
    return redirect(f"/parts/{parts[0]}/panel" + (f"?{query}" if query else ""))


async def _editor(request: Request, part_id: int, form: Form, status: int = 200) -> Response:
    place = await part_place(part_id)
    head = await stage_context(place.stage_id)
    rows = min(max(form.whole("seats", default=5), 1), MOST_SEATS)
    groups = form_groups(await service.load_scheme(place.stage_id))
    return await stage_page(
        request, "marking/panel_edit.html", place.stage_id, under="panels", status=status, form=form, part=place,
        rows=rows, kinds=_kinds(), groups=groups, others=sum(len(group.parts) for group in groups) > 1,
        candidates=await judge_candidates(head.skill["occupation_code"], place.stage_id),
    )  # fmt: skip


def _kinds() -> list[tuple[str, str]]:
    return [("regular", _("正式")), ("substitute", _("替补")), ("trainee", _("见习"))]


@get("/parts/{part_id:int}/panel", who=PREPARERS)
async def edit(request: Request, part_id: FromPath[int]) -> Response:
    """`also=…`, other forms that the same judges are to mark."""
    place = await part_place(part_id)
    panel = (await load_panels(place.stage_id)).get(part_id)
    values: dict[str, Any] = {"name": panel.name if panel else place.name}
    seats = panel.seats if panel else ()
    for number, seat in enumerate(seats):
        values[f"seat-{number}"] = seat.person_id
        values[f"kind-{number}"] = "trainee" if seat.trainee else "substitute" if seat.substitute else "regular"
    values["seats"] = len(seats) + SPARE_ROWS if seats else 7
    form = Form.filled(**values)
    form.raw["also"] = request.query_params.getall("also", [])
    return await _editor(request, part_id, form)


@post("/parts/{part_id:int}/panel", who=PREPARERS)
async def save(request: Request, part_id: FromPath[int]) -> Response:
    """Saved at once where nobody has to stay away; otherwise only after what it will come to has been shown."""
    form = await read_form(request)
    count = form.whole("seats", least=1, most=MOST_SEATS, default=5)
    if form.value("do") == "add":
        form.raw["seats"] = [str(min(count + SPARE_ROWS, MOST_SEATS))]
    if form.value("do") in ("add", "edit"):
        return await _editor(request, part_id, form)
    name = form.text("name", longest=40)
    filled = [number for number in range(count) if form.value(f"seat-{number}")]
    drafts = [
        SeatDraft(
            form.whole(f"seat-{number}"),
            trainee=form.value(f"kind-{number}") == "trainee",
            substitute=form.value(f"kind-{number}") == "substitute",
        )
        for number in filled
    ]
    if not form.valid:
        return await _editor(request, part_id, form, 422)
    place = await part_place(part_id)
    part_ids = list(dict.fromkeys([part_id, *(int(text) for text in form.values("also") if text.isdigit())]))
    try:
        outlook = await team_outlook(place.stage_id, part_ids, drafts)
        if outlook.recused and not outlook.problems and form.value("do") != "confirm":
            return await _preview(request, place.stage_id, outlook, form=form, part_id=part_id)
        await confirm_team(actor_of(request), place.stage_id, part_ids, name, drafts)
    except Refused as refused:
        form.refuse(*(_at_row(problem, filled) for problem in refused.problems))
        return await _editor(request, part_id, form, 422)
    return redirect(f"/stages/{place.stage_id}/panels", _("已组建裁判组"))


def _at_row(problem: Any, filled: list[int]) -> Any:
    """Rows left empty are not seats, so the n-th seat may stand further down."""
    kind, dash, place = problem.field.partition("-")
    if kind != "seat" or not dash:
        return problem
    return msgspec.structs.replace(problem, field=f"seat-{filled[int(place)]}")


async def _preview(
    request: Request, stage_id: int, outlook: Outlook, *, form: Form | None = None, part_id: int = 0
) -> Response:
    """Names only for who prepares the stage, and only before the draw: a seat that is missing beside a number would
    say whose number it is."""
    state = (await stage_context(stage_id)).stage["state"]
    named = holds(request, *PREPARERS) and state in BEFORE_DRAW
    return await stage_page(
        request, "marking/panel_preview.html", stage_id, under="panels", outlook=outlook, form=form, part_id=part_id,
        contestants=await contestants_of(outlook.entry_ids) if named else {},
        problems=[said(problem) for problem in outlook.problems],
        warnings=[said(warning) for warning in outlook.warnings],
    )  # fmt: skip


@get("/parts/{part_id:int}/recusals", who=READERS)
async def recusals(request: Request, part_id: FromPath[int]) -> Response:
    """What the panel of a form comes to as it is seated."""
    place = await part_place(part_id)
    scheme = await service.load_scheme(place.stage_id)
    panel = (await load_panels(place.stage_id)).get(part_id)
    if scheme is None or panel is None:
        raise Missing("panel")
    parts = [part for part in scheme.panel_parts if part.id == part_id]
    outlook = outlook_of(parts, panel, await entrants(place.stage_id), await load_ties(place.stage_id))
    return await _preview(request, place.stage_id, outlook)


@get("/panels/{panel_id:int}/substitute", who=PREPARERS | {Role.CHIEF_JUDGE})
async def substitute_page(request: Request, panel_id: FromPath[int]) -> Response:
    panel = await panel_place(panel_id)
    form = Form.filled()
    form.raw["also"] = [str(each.id) for each in await _same_team(panel)]
    return await _substitute(request, panel, form)


async def _same_team(panel: StoredPanel) -> list[StoredPanel]:
    """Other panels with the same people."""
    people = {seat.person_id for seat in panel.seats}
    return [
        each
        for each in (await load_panels(panel.stage_id)).values()
        if each.id != panel.id and {seat.person_id for seat in each.seats} == people
    ]


async def _substitute(request: Request, panel: StoredPanel, form: Form, status: int = 200) -> Response:
    head = await stage_context(panel.stage_id)
    scheme = await service.load_scheme(panel.stage_id)
    parts = {part.id: part for part in scheme.panel_parts} if scheme else {}
    seated = {seat.person_id for seat in panel.seats}
    candidates = await judge_candidates(head.skill["occupation_code"], panel.stage_id)
    return await stage_page(
        request, "marking/substitute.html", panel.stage_id, under="panels", status=status, form=form, panel=panel,
        candidates=[judge for judge in candidates if judge.person_id not in seated and not judge.contestant],
        others=[(each, parts[each.part_id]) for each in await _same_team(panel) if each.part_id in parts],
    )  # fmt: skip


@post("/panels/{panel_id:int}/substitute", who=PREPARERS | {Role.CHIEF_JUDGE})
async def add_substitute(request: Request, panel_id: FromPath[int]) -> Response:
    """Seat one more substitute, in every panel of the team that is ticked, and hand over every free place at once."""
    form = await read_form(request)
    person_id = form.whole("person_id")
    panel = await panel_place(panel_id)
    also = [each.id for each in await _same_team(panel) if str(each.id) in form.values("also")]
    if form.valid:
        try:
            filled = await service.add_substitutes(actor_of(request), [panel_id, *also], SeatDraft(person_id))
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{panel.stage_id}/panels", _("已补派替补，接手 {n} 份评分表", n=filled))
    return await _substitute(request, panel, form, 422)


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


ROUTES = [
    show, bar_delegations, chosen_forms, edit, save, recusals, substitute_page, add_substitute, codes_page, make_codes,
]  # fmt: skip
