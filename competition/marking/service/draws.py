"""The draws: lots give every contestant a number in each layer; every judge gets the sheets.

A contest number is drawn before the contest, a station number at check-in, a review number once works are collected.
Judges of a form see the number of its layer. Rows go in layer by layer in the order of numbers, so that no id says
anything about an entry, nor about its number in another layer.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.contests.service import move_stage
from competition.contests.tables import StageSession
from competition.database.errors import Duplicate
from competition.database.rows import new_token
from competition.marking.kinds import LAYER_NAMES, LAYER_ORDER, NUMBER_LAYER, Layer, SheetState
from competition.marking.rules.draw import blind_numbers, draw
from competition.marking.service.marking_settings import stage_settings
from competition.marking.service.panels import StoredPanel, load_panels
from competition.marking.service.schemes import PartRow, draw_problems, freeze_scheme, load_scheme
from competition.marking.service.stages import hold_stage, require_unsigned
from competition.marking.service.ties import Assignment, assign, entrants, load_ties, panel_problems
from competition.marking.tables import BlindNumber, Draw, Recusal, Sheet
from competition.problems import N_, Problem, Refused

WIDTH = 3
ROWS_PER_INSERT = 500
# Station numbers stay plain, since they are what stands on the stations.
PREFIXES = {Layer.CONTEST: "C", Layer.NUMBER: "", Layer.REVIEW: "R"}
# Layers whose forms are handed out at a draw: nobody marks before check-in.
MARKED_FROM: dict[Layer, tuple[Layer, ...]] = {
    Layer.CONTEST: (), Layer.NUMBER: (Layer.CONTEST, Layer.NUMBER), Layer.REVIEW: (Layer.REVIEW,),
}  # fmt: skip


class Station(msgspec.Struct, frozen=True):
    session_id: int | None = None
    number: int = 0


PlannedPanel = tuple[PartRow, StoredPanel, dict[int, Assignment]]


class DrawPlan(msgspec.Struct, frozen=True):
    """What a draw of one layer would work with, and what keeps it from being made.

    The panels of later layers are in the plan of the station numbers too: after that draw none is reseated.
    """

    layer: Layer
    entry_ids: tuple[int, ...]
    panels: tuple[PlannedPanel, ...]
    stations: tuple[Station, ...]
    problems: tuple[Problem, ...]

    @property
    def recused(self) -> list[tuple[str, int]]:
        """(seat, contestants); a team that marks many forms stays off the same contestants in each."""
        away: dict[str, set[int]] = {}
        for _, panel, assigned in self.panels:
            for entry_id, assignment in assigned.items():
                for seat, _reason in assignment.recused:
                    away.setdefault(f"{panel.name} {seat.number}", set()).add(entry_id)
        return sorted((seat, len(entries)) for seat, entries in away.items())

    @property
    def handed_out(self) -> tuple[PlannedPanel, ...]:
        """The panels that get their sheets at this draw."""
        return tuple(each for each in self.panels if each[0].layer in MARKED_FROM[self.layer])


async def plan_draw(stage_id: int, layer: Layer = Layer.NUMBER) -> DrawPlan:
    """Worked out before the lots are drawn, so that an impossible panel is known in time."""
    entry_ids = await (_collected(stage_id) if layer == Layer.REVIEW else entrants(stage_id))
    problems = [] if entry_ids else [Problem(N_("本阶段没有选手"), field="entries")]
    problems += await _order_problems(stage_id, layer, entry_ids)
    if layer == Layer.CONTEST:
        return DrawPlan(layer, tuple(entry_ids), (), (Station(),) * len(entry_ids), tuple(problems))
    panels, found = await _plan_panels(stage_id, layer, entry_ids)
    stations = [Station()] * len(entry_ids)
    if layer == Layer.NUMBER:
        stations, short = await _stations(stage_id, len(entry_ids))
        found += short
    return DrawPlan(layer, tuple(entry_ids), tuple(panels), tuple(stations), (*problems, *found))


async def _collected(stage_id: int) -> list[int]:
    """Who has a station number and is not gone since: their works are there to be reviewed."""
    present = set(await entrants(stage_id))
    return sorted(entry for entry in await _numbers_of(stage_id, Layer.NUMBER) if entry in present)


async def _order_problems(stage_id: int, layer: Layer, entry_ids: Sequence[int]) -> list[Problem]:
    """Layers are drawn in their order, each over everybody whom the one before it holds."""
    layers = (await stage_settings(stage_id)).layers
    if layer not in layers:
        return [Problem(N_("本阶段不抽{layer}"), field="layers", params={"layer": LAYER_NAMES[layer]})]
    before = layers[layers.index(layer) - 1] if layers.index(layer) else None
    if before is None:
        return []
    if await stage_draw(stage_id, before) is None:
        return [Problem(N_("先抽{layer}"), field="layers", params={"layer": LAYER_NAMES[before]})]
    missing = set(entry_ids) - set(await _numbers_of(stage_id, before))
    if not missing:
        return []
    params = {"count": len(missing), "layer": LAYER_NAMES[before]}
    return [Problem(N_("{count} 名选手没有{layer}；名单有变，须重抽"), field="layers", params=params)]


async def _plan_panels(
    stage_id: int, layer: Layer, entry_ids: Sequence[int]
) -> tuple[list[PlannedPanel], list[Problem]]:
    scheme = await load_scheme(stage_id)
    if scheme is None:
        return [], [Problem(N_("尚未编制评分标准"), field="scheme")]
    seated, ties = await load_panels(stage_id), await load_ties(stage_id)
    used = (await stage_settings(stage_id)).layers
    panels: list[PlannedPanel] = []
    problems = draw_problems(scheme)
    for part in scheme.panel_parts:
        if layer == Layer.REVIEW and part.layer != layer:
            continue
        if part.layer not in used:
            text = N_("{part} 按{layer}评分，本阶段不抽这一层；选上这一层，或修改评分标准")
            problems.append(Problem(text, field="layers", params={"part": part.name, "layer": LAYER_NAMES[part.layer]}))
        panel = seated.get(part.id)
        if panel is None or not panel.seats:
            problems.append(Problem(N_("{part} 尚未组建裁判组"), field="panel", params={"part": part.name}))
            continue
        assigned = assign(panel, entry_ids, ties)
        problems += panel_problems(part, assigned)
        panels.append((part, panel, assigned))
    return panels, problems


async def _stations(stage_id: int, count: int) -> tuple[list[Station], list[Problem]]:
    """As many places as contestants, session by session; a session with 0 stations takes everybody left."""
    sessions = (
        await StageSession.select(StageSession.id, StageSession.stations)
        .where(StageSession.stage == stage_id)
        .order_by(StageSession.number)
    )
    if not sessions:
        return [Station()] * count, []
    places: list[Station] = []
    for session in sessions:
        room = min(session["stations"] or count, count - len(places))
        places += [Station(session["id"], number) for number in range(1, room + 1)]
    if len(places) < count:
        text = N_("工位共 {stations} 个，少于选手 {count} 名；增加场次或工位")
        return places, [Problem(text, field="sessions", params={"stations": len(places), "count": count})]
    return places, []


def public_seed(said: str) -> str:
    """What was drawn in public and a random part after it: the list of entries alone gives no number away before the
    whole seed is opened at the reveal."""
    return f"{said.strip()}-{secrets.token_hex(8)}" if said.strip() else ""


async def draw_numbers(
    actor: Actor, stage_id: int, seed: str | None = None, first: int = 1, layer: Layer = Layer.NUMBER
) -> int:
    """Draw the lots of one layer. The draw of station numbers freezes the scheme and hands out the sheets of every form
    but those of collected works; the draw of review numbers hands out those. Contest numbers may be drawn anew while
    somebody who came later has none.

    Without a seed one is made; it is recorded either way. Returns the draw's id. Raises Refused with everything that is
    missing, when the layer has been drawn, and for the seed of another layer, Stale in the wrong state of the stage.
    """
    seed = (seed or "").strip() or secrets.token_hex(16)
    if await stage_draw(stage_id, layer) is not None and not await latecomers(stage_id, layer):
        raise Refused(_drawn(layer))
    try:
        async with write(actor) as change:
            await _enter(change, stage_id, layer)
            plan = await plan_draw(stage_id, layer)
            problems = [*plan.problems, *await _seed_problems(stage_id, layer, seed)]
            if problems:
                raise Refused(*problems)
            return await _draw(change, stage_id, plan, seed, first)
    except Duplicate:
        raise Refused(_drawn(layer)) from None


def _drawn(layer: Layer) -> Problem:
    if layer == Layer.NUMBER:
        return Problem(N_("本阶段已抽签，不能重抽"))
    return Problem(N_("{layer}已抽签，不能重抽"), params={"layer": LAYER_NAMES[layer]})


async def _enter(change: Change, stage_id: int, layer: Layer) -> None:
    if layer == Layer.NUMBER:
        await move_stage(change, stage_id, (StageState.PLACED,), StageState.MARKING)
    elif layer == Layer.CONTEST:
        await hold_stage(stage_id, StageState.PLACED)
        await _take_back(change, stage_id)
    else:
        await require_unsigned(stage_id)
        await hold_stage(stage_id, StageState.MARKING)


async def _take_back(change: Change, stage_id: int) -> None:
    """The contest numbers drawn before the list changed; what they were stays on record.

    Raises Refused where somebody has drawn for the list as it is.
    """
    made = await stage_draw(stage_id, Layer.CONTEST)
    if made is None:
        return
    if not await latecomers(stage_id, Layer.CONTEST):
        raise Refused(_drawn(Layer.CONTEST))
    numbers = await _numbers_of(stage_id, Layer.CONTEST)
    await BlindNumber.delete().where(BlindNumber.draw == made["id"])
    await Draw.delete().where(Draw.id == made["id"])
    await change.record(
        "draw.taken_back", "stage", stage_id, layer=Layer.CONTEST, seed=made["seed"], entries=list(numbers)
    )


async def _seed_problems(stage_id: int, layer: Layer, seed: str) -> list[Problem]:
    """The same seed over the same list gives the same order: one number would give the other away."""
    used = (Draw.stage == stage_id) & (Draw.layer != layer.value) & (Draw.seed == seed)
    if await Draw.exists().where(used):
        return [Problem(N_("另一层编号用过这个种子，两层编号会一一对应；另换一个"), field="seed")]
    return []


async def _draw(change: Change, stage_id: int, plan: DrawPlan, seed: str, first: int) -> int:
    if plan.layer == Layer.NUMBER:
        await freeze_scheme(change, stage_id)
    order = draw(seed, plan.entry_ids)
    draw_id = await _insert_numbers(change, stage_id, plan, seed, order, first)
    sheets = 0
    for layer in MARKED_FROM[plan.layer]:
        panels = [each for each in plan.handed_out if each[0].layer == layer]
        numbers = await _numbers_of(stage_id, layer)
        blinds = {entry: blind for entry, blind in numbers.items() if entry in set(plan.entry_ids)}
        if panels:
            sheets += await _hand_out(change, stage_id, panels, blinds)
    await change.record(
        "draw.made", "stage", stage_id,
        draw=draw_id, layer=plan.layer, seed=seed, contestants=len(order), sheets=sheets,
    )  # fmt: skip
    return draw_id


async def _insert_numbers(
    change: Change, stage_id: int, plan: DrawPlan, seed: str, order: Sequence[int], first: int
) -> int:
    """Rows go in by number, so that an id says nothing about the entry."""
    [made] = await Draw.insert(
        Draw(stage=stage_id, layer=plan.layer.value, seed=seed, drawn_at=change.at, drawn_by=change.actor.user_id)
    )
    labels = blind_numbers(len(order), first, WIDTH, PREFIXES[plan.layer])
    rows = [
        BlindNumber(
            draw=made["id"], stage=stage_id, number=first + place, label=labels[place], entry=entry_id,
            session=plan.stations[place].session_id, station=plan.stations[place].number,
        )
        for place, entry_id in enumerate(order)
    ]  # fmt: skip
    for start in range(0, len(rows), ROWS_PER_INSERT):
        await BlindNumber.insert(*rows[start : start + ROWS_PER_INSERT])
    return made["id"]


async def _numbers_of(stage_id: int, layer: Layer) -> dict[int, int]:
    """Entry -> blind id, in the order of the numbers."""
    rows = (
        await BlindNumber.select(BlindNumber.id, BlindNumber.entry)
        .where((BlindNumber.stage == stage_id) & (BlindNumber.draw.layer == layer.value))
        .order_by(BlindNumber.number)
    )
    return {row["entry"]: row["id"] for row in rows}


async def _hand_out(change: Change, stage_id: int, panels: Sequence[PlannedPanel], blinds: Mapping[int, int]) -> int:
    """Recusals and sheets of the forms of one layer, number by number; how many sheets."""
    recusals = [
        Recusal(seat=seat.id, blind=blind, reason=reason, declared_at=change.at)
        for _, _, assigned in panels
        for entry_id, blind in blinds.items()
        for seat, reason in assigned[entry_id].recused
    ]
    if recusals:
        await Recusal.insert(*recusals)
    sheets = list(_sheets(stage_id, panels, blinds))
    for start in range(0, len(sheets), ROWS_PER_INSERT):
        await Sheet.insert(*sheets[start : start + ROWS_PER_INSERT])
    return len(sheets)


def _sheets(stage_id: int, panels: Sequence[PlannedPanel], blinds: Mapping[int, int]) -> Iterator[Sheet]:
    for entry_id, blind in blinds.items():
        for part, _, assigned in panels:
            assignment = assigned[entry_id]
            for seat in (*assignment.counting, *assignment.trainees):
                yield new_sheet(stage_id, part.id, seat.id, blind, counts=not seat.trainee)


def new_sheet(stage_id: int, part_id: int, seat_id: int, blind_id: int, *, counts: bool = True) -> Sheet:
    return Sheet(
        token=new_token(), stage=stage_id, part=part_id, seat=seat_id, blind=blind_id, counts=counts,
        state=SheetState.OPEN.value,
    )  # fmt: skip


async def stage_draw(stage_id: int, layer: str = NUMBER_LAYER) -> dict[str, Any] | None:
    return await Draw.select().where((Draw.stage == stage_id) & (Draw.layer == str(layer))).first()


async def stage_draws(stage_id: int) -> dict[Layer, dict[str, Any]]:
    """Of the layers that are drawn, in their order."""
    rows = {Layer(row["layer"]): row for row in await Draw.select().where(Draw.stage == stage_id)}
    return {layer: rows[layer] for layer in LAYER_ORDER if layer in rows}


async def undrawn_layers(stage_id: int) -> list[Layer]:
    drawn = await stage_draws(stage_id)
    return [layer for layer in (await stage_settings(stage_id)).layers if layer not in drawn]


async def numbers_revealed(stage_id: int) -> bool:
    """Whether every layer is: only then do marks and names meet."""
    drawn = await stage_draws(stage_id)
    return bool(drawn) and all(row["revealed_at"] is not None for row in drawn.values())


async def latecomers(stage_id: int, layer: Layer) -> int:
    """Contestants without a contest number, while it can still be drawn anew."""
    if layer != Layer.CONTEST or await stage_draw(stage_id) is not None:
        return 0
    return len(set(await entrants(stage_id)) - set(await _numbers_of(stage_id, layer)))


async def drawn_numbers(stage_id: int, layer: Layer) -> list[dict[str, Any]]:
    """Label, session and station of every number of a layer, in order; nobody behind them."""
    return (
        await BlindNumber.select(BlindNumber.label, BlindNumber.station, BlindNumber.session.number.as_alias("session"))
        .where((BlindNumber.stage == stage_id) & (BlindNumber.draw.layer == layer.value))
        .order_by(BlindNumber.number)
    )
