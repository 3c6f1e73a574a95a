"""Contestants with fewer judges than the panel has seats, and the substitutes who take over."""

from collections.abc import Sequence

from competition.audit.write import Actor, write
from competition.marking.kinds import NUMBER_LAYER
from competition.marking.service.draws import new_sheet
from competition.marking.service.panels import Seat, SeatDraft, add_substitute, load_panels
from competition.marking.service.ties import load_ties
from competition.marking.tables import BlindNumber, Panel, Sheet
from competition.problems import Missing


async def fill_gap(panel_id: int, stage_id: int, part_id: int, blind_id: int) -> int | None:
    """Give one contestant's free place to a substitute, inside an open write; the seat's number, None without one."""
    blind = await BlindNumber.select(BlindNumber.entry).where(BlindNumber.id == blind_id).first()
    panel = (await load_panels(stage_id)).get(part_id)
    if blind is None or panel is None or panel.id != panel_id:
        raise Missing("panel")
    ties = await load_ties(stage_id)
    rows = await Sheet.select(Sheet.seat, Sheet.blind, Sheet.counts).where(Sheet.part == part_id)
    taken = {row["seat"] for row in rows if row["blind"] == blind_id}
    work = [row["seat"] for row in rows if row["counts"]]
    free = [
        seat
        for seat in panel.seats
        if seat.substitute and seat.id not in taken and not ties.reasons(seat, blind["entry"])
    ]
    if not free:
        return None
    chosen = min(free, key=lambda seat: (work.count(seat.id), seat.number))
    await Sheet.insert(new_sheet(stage_id, part_id, chosen.id, blind_id))
    return chosen.number


async def gaps(panel_id: int) -> list[int]:
    """Numbers of the form's layer with fewer counting sheets than the panel has regular seats; none before the layer
    is drawn. Raises Missing."""
    panel = (
        await Panel.select(Panel.stage, Panel.part, Panel.part.layer.as_alias("layer"))
        .where(Panel.id == panel_id)
        .first()
    )
    if panel is None:
        raise Missing("panel")
    wanted = _regular((await load_panels(panel["stage"]))[panel["part"]].seats)
    rows = await Sheet.select(Sheet.blind).where((Sheet.part == panel["part"]) & Sheet.counts.eq(True))
    counting = [row["blind"] for row in rows]
    blinds = (
        await BlindNumber.select(BlindNumber.id)
        .where((BlindNumber.stage == panel["stage"]) & (BlindNumber.draw.layer == (panel["layer"] or NUMBER_LAYER)))
        .order_by(BlindNumber.number)
    )
    return [blind["id"] for blind in blinds if counting.count(blind["id"]) < wanted]


def _regular(seats: Sequence[Seat]) -> int:
    return sum(seat.regular for seat in seats)


async def fill_gaps(actor: Actor, panel_id: int) -> int:
    """Hand every free place of a panel to its substitutes; how many were filled. Raises Missing."""
    panel = await Panel.select(Panel.stage, Panel.part).where(Panel.id == panel_id).first()
    if panel is None:
        raise Missing("panel")
    filled = 0
    async with write(actor) as change:
        for blind_id in await gaps(panel_id):
            if await fill_gap(panel_id, panel["stage"], panel["part"], blind_id) is not None:
                filled += 1
        await change.record("panel.gaps_filled", "panel", panel_id, sheets=filled)
    return filled


async def add_substitutes(actor: Actor, panel_ids: Sequence[int], draft: SeatDraft) -> int:
    """One more substitute in each of these panels, with every free place handed over; how many sheets.

    Raises as `add_substitute`, all or none.
    """
    async with write(actor):
        filled = 0
        for panel_id in panel_ids:
            await add_substitute(actor, panel_id, draft)
            filled += await fill_gaps(actor, panel_id)
    return filled
