"""Screens of the seedling pool: the board by stage, and one seedling."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from competition import clock
from competition.accounts.access import Scopes, acting_as, path_scope
from competition.accounts.kinds import Role
from competition.problems import N_, Refused
from competition.seedlings import reads, service
from competition.seedlings.kinds import SEEDLING_STAGE_NAMES, SEEDLING_STATE_NAMES, SeedlingStage, SeedlingState
from competition.seedlings.reads import Card
from competition.seedlings.rules import DECISION_NAMES, MOVABLE, TRANSITIONS
from competition.seedlings.tables import Seedling
from competition.web.forms import Form, read_form
from competition.web.i18n import _, ngettext, said, shown
from competition.web.navigation import NavItem
from competition.web.pages import page, redirect
from competition.web.paging import paging
from competition.web.viewer import actor_of

READERS = {Role.BUREAU, Role.AUDITOR}
NAVIGATION = [NavItem(N_("人才库"), "/seedlings", N_("青苗选手"), "sprout", frozenset(READERS))]
CARDS_SHOWN = 12
PROPOSALS_SHOWN = 30
# The last column holds who competes and who stands by.
COLUMNS: tuple[tuple[str, str, tuple[SeedlingStage, ...]], ...] = (
    ("seed", N_("苗子"), (SeedlingStage.SEED,)),
    ("city_squad", N_("市队"), (SeedlingStage.CITY_SQUAD,)),
    ("provincial_squad", N_("省队"), (SeedlingStage.PROVINCIAL_SQUAD,)),
    ("national_squad", N_("国家队"), (SeedlingStage.NATIONAL_SQUAD,)),
    ("competitor", N_("参赛与备选"), (SeedlingStage.COMPETITOR, SeedlingStage.RESERVE)),
)
DONE = {
    "accept": N_("已入库"),
    "decline": N_("已记录不入库"),
    "leave": N_("已出库"),
    "reconsider": N_("已列入待确认"),
}


@path_scope("seedling_id")
async def _seedling(seedling_id: int) -> Scopes | None:
    row = await Seedling.select(Seedling.person, Seedling.contest).where(Seedling.id == seedling_id).first()
    return {"seedling": seedling_id, "person": row["person"], "contest": row["contest"]} if row else None


@get("/seedlings", who=READERS)
async def show_board(request: Request) -> Response:
    return await _board_page(request)


async def _board_page(request: Request, *, form: Form | None = None, status: int = 200) -> Response:
    asked = {name: request.query_params.get(name, "").strip() for name in ("skill", "coach", "aging", "all")}
    rule, today = await service.criteria(), clock.today()
    body = service.body_of(rule) if rule else None
    coach = int(asked["coach"]) if asked["coach"].isdecimal() else 0
    waiting = await reads.cards(SeedlingState.PROPOSED, body, today, skill=asked["skill"], coach=coach)
    pool = await reads.cards(SeedlingState.IN_POOL, body, today, skill=asked["skill"], coach=coach)
    skills, coaches = await reads.choices()
    shown_pool = [card for card in pool if card.age.soon or card.age.out] if asked["aging"] else pool
    windows = body.birth_windows if body else ()
    coming = sorted((each for each in windows if each.year >= today.year), key=lambda each: each.year)
    pages = paging(request, len(waiting), PROPOSALS_SHOWN)
    here = waiting[pages.offset : pages.offset + pages.size]
    return page(
        request, "seedlings/board.html", status=status, asked=asked, form=form or Form(), rule=rule, coming=coming,
        waiting=[_said(card) for card in here], pages=pages, columns=_columns(shown_pool, asked["all"]),
        counts=await reads.counts(), pool=len(pool), soon=sum(card.age.soon for card in pool),
        out=sum(card.age.out for card in pool), skills=skills, coaches=coaches, stage_names=SEEDLING_STAGE_NAMES,
        state_names=SEEDLING_STATE_NAMES, may_act=acting_as(request) == Role.BUREAU,
    )  # fmt: skip


def _columns(cards: list[Card], whole: str) -> list[dict[str, Any]]:
    found = []
    for code, label, stages in COLUMNS:
        mine = [card for card in cards if card.row["stage"] in stages]
        kept = mine if whole == code else mine[:CARDS_SHOWN]
        found.append(
            {"code": code, "label": _(label), "count": len(mine), "cards": [_said(card) for card in kept],
             "rest": len(mine) - len(kept)}
        )  # fmt: skip
    return found


def _said(card: Card) -> dict[str, Any]:
    """A card in words."""
    row = card.row
    return {
        "id": row["id"], "name": shown(row["name"], row["name_en"]),
        "skill": shown(row["skill_name"], row["skill_name_en"]),
        "unit": shown(row["unit_name"] or "", row["unit_name_en"] or ""),
        "coach": shown(row["coach_name"] or "", row["coach_name_en"] or ""),
        "contest": shown(row["contest_name"], row["contest_name_en"]), "rank": row["rank"],
        "award": row["award_name"], "born": f"{row['born_on']:%Y-%m}" if row["born_on"] else "—",
        "born_on": row["born_on"], "stage": row["stage"], "state": row["state"], "reason": said(card.reason),
        "editions": card.editions, "age": card.age, "corrected": card.corrected, "version": row["version"],
        "id_mask": row["id_mask"], "decision_reason": row["decision_reason"], "exit_reason": row["exit_reason"],
        "moves": [(stage.value, _(SEEDLING_STAGE_NAMES[stage])) for stage in MOVABLE[SeedlingStage(row["stage"])]],
    }  # fmt: skip


@post("/seedlings/decisions", who={Role.BUREAU})
async def decide_many(request: Request) -> Response:
    """Accept or decline the proposals selected."""
    form = await read_form(request)
    ids = [int(value) for value in form.values("seedling") if value.isascii() and value.isdigit() and len(value) < 10]
    decision = form.one_of("decision", ("accept", "decline"))
    reason = form.text("reason", required=False, longest=200)
    try:
        if form.valid:
            count = await service.decide_many(actor_of(request), ids, decision, reason)
            return redirect("/seedlings", ngettext("已办理 {n} 人", "已办理 {n} 人", count))
    except Refused as refused:
        form.refuse(refused)
    return await _board_page(request, form=form, status=422)


async def _seedling_page(
    request: Request, seedling_id: int, *, form: Form | None = None, status: int = 200
) -> Response:
    rule = await service.criteria()
    card = await reads.card(seedling_id, service.body_of(rule) if rule else None, clock.today())
    told = _said(card)
    to = request.query_params.get("to", "")
    start = Form.filled(stage=to if to in set(SeedlingStage) else "")
    names = {stage.value: name for stage, name in SEEDLING_STAGE_NAMES.items()} | DECISION_NAMES
    return page(
        request, "seedlings/seedling.html", status=status, card=told, form=form or start, names=names,
        steps=await reads.steps_of(seedling_id), state_names=SEEDLING_STATE_NAMES, stage_names=SEEDLING_STAGE_NAMES,
        decisions=[(code, _(DECISION_NAMES[code])) for code in TRANSITIONS[SeedlingState(told["state"])]],
        may_act=acting_as(request) == Role.BUREAU,
    )  # fmt: skip


@get("/seedlings/{seedling_id:int}", who=READERS)
async def show_seedling(request: Request, seedling_id: FromPath[int]) -> Response:
    return await _seedling_page(request, seedling_id)


@post("/seedlings/{seedling_id:int}/decision", who={Role.BUREAU})
async def decide(request: Request, seedling_id: FromPath[int]) -> Response:
    form = await read_form(request)
    decision = form.one_of("decision", tuple(DONE))
    reason = form.text("reason", required=False, longest=200)
    try:
        if form.valid:
            await service.decide(actor_of(request), seedling_id, decision, reason)
            return redirect("/seedlings", _(DONE[decision]))
    except Refused as refused:
        form.refuse(refused)
        return await _seedling_page(request, seedling_id, form=form, status=refused.status)
    return await _seedling_page(request, seedling_id, form=form, status=422)


@post("/seedlings/{seedling_id:int}/move", who={Role.BUREAU})
async def move(request: Request, seedling_id: FromPath[int]) -> Response:
    form = await read_form(request)
    stage = form.choice("stage", SeedlingStage)
    reason = form.text("move_reason", required=False, longest=200)
    try:
        if form.valid:
            await service.move(actor_of(request), seedling_id, stage, reason, form.version())
            return redirect("/seedlings", _("已调整到{stage}", stage=_(SEEDLING_STAGE_NAMES[stage])))
    except Refused as refused:
        form.refuse(refused)
        return await _seedling_page(request, seedling_id, form=form, status=refused.status)
    return await _seedling_page(request, seedling_id, form=form, status=422)


ROUTES = [show_board, decide_many, show_seedling, decide, move]
