"""Declared relations between judges and contestants. The page names contestants, so no judge comes in."""

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.marking.service.contestants import Contestant, stage_contestants
from competition.marking.service.draws import undrawn_layers
from competition.marking.service.relations import (
    declare_relation,
    load_relations,
    relation_stage,
    stage_judges,
    withdraw_relation,
)
from competition.marking.web.stage_pages import PREPARERS, stage_page
from competition.problems import Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said, shown
from competition.web.pages import redirect
from competition.web.viewer import actor_of


def contestant_text(each: Contestant) -> str:
    people = _("、").join(shown(member["name"], member["name_en"]) for member in each.members)
    return " · ".join(text for text in (each.team_name, people, shown(each.unit_name, each.unit_name_en)) if text)


async def _page(request: Request, stage_id: int, form: Form, status: int = 200) -> Response:
    judges = [(row["person"], shown(row["name"], row["name_en"])) for row in await stage_judges(stage_id)]
    contestants = [(each.entry_id, contestant_text(each)) for each in await stage_contestants(stage_id)]
    return await stage_page(
        request, "marking/relations.html", stage_id, under="panels", status=status, form=form, judges=judges,
        contestants=contestants, relations=await load_relations(stage_id), contestant_text=contestant_text,
        open=bool(await undrawn_layers(stage_id)),
    )  # fmt: skip


@get("/stages/{stage_id:int}/relations", who=PREPARERS)
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    return await _page(request, stage_id, Form())


@post("/stages/{stage_id:int}/relations", who=PREPARERS)
async def declare(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    person_id, entry_id = form.whole("person_id"), form.whole("entry_id")
    note = form.text("note", longest=200)
    if form.valid:
        try:
            await declare_relation(actor_of(request), stage_id, person_id, entry_id, note)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/relations", _("已记录申报；抽签时自动回避"))
    return await _page(request, stage_id, form, 422)


@post("/relations/{relation_id:int}/withdrawal", who=PREPARERS)
async def withdraw(request: Request, relation_id: FromPath[int]) -> Response:
    stage_id = await relation_stage(relation_id)
    try:
        await withdraw_relation(actor_of(request), relation_id)
    except Refused as refused:
        return redirect(f"/stages/{stage_id}/relations", said(refused.problems[0]), kind="danger")
    return redirect(f"/stages/{stage_id}/relations", _("已撤回申报"))


ROUTES = [show, declare, withdraw]
