"""The draws: the layers of numbers, what each will work with, the act, the lists behind them, the reveals."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition.accounts.kinds import Role
from competition.contests.service import stage_context
from competition.marking import service
from competition.marking.kinds import LAYER_NAMES, LAYER_ORDER, Layer
from competition.marking.rules.reveal import next_to_reveal
from competition.marking.service.draws import (
    DrawPlan,
    drawn_numbers,
    latecomers,
    plan_draw,
    public_seed,
    stage_draws,
)
from competition.marking.service.listing import sheet_counts
from competition.marking.service.marking_settings import BEFORE_DRAW, set_layers, stage_settings
from competition.marking.service.officials import account_names
from competition.marking.service.reveals import LOCKED, drawn_layers, number_list, record_list_read
from competition.marking.tables import Sheet
from competition.marking.web.stage_pages import DRAWERS, holds, stage_page
from competition.problems import N_, Forbidden, Refused
from competition.web.forms import Form, read_form
from competition.web.i18n import _, said, shown
from competition.web.pages import redirect
from competition.web.viewer import actor_of, signed_in

ASKERS = frozenset({Role.ENCRYPTION_JUDGE})
REVEALERS = ASKERS | {Role.SUPERVISOR, Role.ORGANISER}
LISTED = REVEALERS | {Role.CHIEF_JUDGE, Role.BUREAU}  # once a layer is revealed
LONGEST_SEED = 40
LAYER_NOTES = {
    Layer.CONTEST: N_("赛前抽签，每名选手一个参赛号"),
    Layer.NUMBER: N_("检录时抽签，定场次、工位或出场次序"),
    Layer.REVIEW: N_("作品收齐后抽签，评审只见评审号"),
}


class LayerView(msgspec.Struct, frozen=True):
    """A layer on the page. `plan`: what it would be drawn from, where it is next. `seed` "" while it is sealed.
    `reveal` is "", "ask", "confirm" or "wait", what this viewer can do; `names` are those of who acted."""

    layer: Layer
    made: dict[str, Any] | None
    plan: DrawPlan | None
    numbers: list[dict[str, Any]]
    late: int
    seed: str
    reveal: str
    listed: bool
    names: dict[int | None, str]


async def _page(request: Request, stage_id: int, form: Form, status: int = 200) -> Response:
    settings, drawn = await stage_settings(stage_id), await stage_draws(stage_id)
    layers = [layer for layer in LAYER_ORDER if layer in settings.layers or layer in drawn]
    state = (await stage_context(stage_id)).stage["state"]
    views = [await _view(request, stage_id, state, layer, layers, drawn) for layer in layers]
    counted = await sheet_counts(Sheet.stage == stage_id)
    return await stage_page(
        request, "marking/draw.html", stage_id, status=status, form=form, views=views, drawn=drawn,
        layer_names=LAYER_NAMES, layer_notes=LAYER_NOTES, all_layers=LAYER_ORDER, chosen=settings.layers,
        sheets=counted.get(stage_id, (0, 0))[1], may_draw=holds(request, *DRAWERS),
        may_choose=holds(request, Role.ORGANISER) and not drawn and state in BEFORE_DRAW,
        said=said, locked=state in LOCKED, most_seed=LONGEST_SEED,
    )  # fmt: skip


async def _view(
    request: Request, stage_id: int, state: str, layer: Layer, layers: list[Layer], drawn: dict[Layer, dict[str, Any]]
) -> LayerView:
    made = drawn.get(layer)
    late = await latecomers(stage_id, layer) if made else 0
    following = next((each for each in layers if each not in drawn), None)
    encrypts, open_now = holds(request, Role.ENCRYPTION_JUDGE), made is not None and made["revealed_at"] is not None
    acted = [made[by] for by in ("drawn_by", "reveal_asked_by", "revealed_by")] if made else []
    return LayerView(
        layer=layer,
        made=made,
        plan=await plan_draw(stage_id, layer) if layer == following or late else None,
        numbers=await drawn_numbers(stage_id, layer) if made else [],
        late=late,
        seed=made["seed"] if made and (encrypts or open_now) else "",
        reveal=_reveal_step(request, layer, drawn) if state in LOCKED else "",
        listed=made is not None and (encrypts or (open_now and holds(request, *LISTED))),
        names={account: shown(*names) for account, names in (await account_names(acted)).items()},
    )


def _reveal_step(request: Request, layer: Layer, drawn: dict[Layer, dict[str, Any]]) -> str:
    due = next_to_reveal(drawn_layers(drawn))
    if due is None or due.layer != layer:
        return ""
    if due.asked_by is None:
        return "ask" if holds(request, *ASKERS) else "wait"
    mine = due.asked_by == signed_in(request).account_id
    return "confirm" if holds(request, *REVEALERS) and not mine else "wait"


@get("/stages/{stage_id:int}/draw", who=DRAWERS | {Role.BUREAU, Role.SUPERVISOR})
async def show(request: Request, stage_id: FromPath[int]) -> Response:
    return await _page(request, stage_id, Form.filled(first="1"))


@post("/stages/{stage_id:int}/draw", who=DRAWERS)
async def make(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    layer = form.choice("layer", Layer, default=Layer.NUMBER)
    seed = public_seed(form.text("seed", required=False, longest=LONGEST_SEED))
    first = form.whole("first", least=1, most=999, default=1)
    if form.valid:
        try:
            await service.draw_numbers(actor_of(request), stage_id, seed or None, first, layer)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(f"/stages/{stage_id}/draw", _drawn_notice(layer))
    return await _page(request, stage_id, form, 422)


def _drawn_notice(layer: Layer) -> str:
    if layer == Layer.NUMBER:
        return _("已抽签；评分标准冻结，评分表已发到各席")
    return _("已抽签；评分表已发到各席") if layer == Layer.REVIEW else _("已抽签；参赛号可以发放")


@post("/stages/{stage_id:int}/draw/layers", who={Role.ORGANISER})
async def choose_layers(request: Request, stage_id: FromPath[int]) -> Response:
    form = await read_form(request)
    chosen = [layer for layer in LAYER_ORDER if layer.value in form.values("layers")]
    try:
        await set_layers(actor_of(request), stage_id, chosen)
    except Refused as refused:
        form.refuse(refused)
        return await _page(request, stage_id, form, refused.status)
    return redirect(f"/stages/{stage_id}/draw", _("已设定编号层"))


@post("/stages/{stage_id:int}/draw/list", who=LISTED)
async def read_list(request: Request, stage_id: FromPath[int]) -> Response:
    """What is behind the numbers of one layer, each reading logged: before its reveal for the encryption judge alone,
    who hands them out."""
    form = await read_form(request)
    layer = form.choice("layer", Layer, default=Layer.NUMBER)
    drawn = await stage_draws(stage_id)
    made = drawn.get(layer)
    if not holds(request, Role.ENCRYPTION_JUDGE) and (made is None or made["revealed_at"] is None):
        raise Forbidden
    await record_list_read(actor_of(request), stage_id, layer)
    rows = await number_list(stage_id, layer)
    order = list(drawn)
    before = order[order.index(layer) - 1] if layer in order and order.index(layer) else None
    return await stage_page(
        request, "marking/number_list.html", stage_id, under="draw", rows=rows, layer=layer, before=before,
        named=any(row.contestant for row in rows), layer_names=LAYER_NAMES,
    )  # fmt: skip


@post("/stages/{stage_id:int}/reveal", who=REVEALERS)
async def reveal(request: Request, stage_id: FromPath[int]) -> Response:
    """`step=ask` by the encryption judge, `step=confirm` by somebody else."""
    form = await read_form(request)
    layer = form.choice("layer", Layer, default=Layer.NUMBER)
    asking = form.value("step") == "ask"
    if asking and not holds(request, *ASKERS):
        raise Forbidden
    back = f"/stages/{stage_id}/draw"
    try:
        act = service.ask_reveal if asking else service.confirm_reveal
        await act(actor_of(request), stage_id, layer)
    except Refused as refused:
        return redirect(back, said(refused.problems[0]), kind="danger")
    if asking:
        return redirect(back, _("已申请解密；请另一人登录后确认"))
    return redirect(back, _("{layer}已解密", layer=_(LAYER_NAMES[layer])))


ROUTES = [show, make, choose_layers, read_list, reveal]
