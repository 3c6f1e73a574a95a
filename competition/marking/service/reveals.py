"""Numbers become names: asked for by one person, confirmed by another, the layer drawn last first."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from competition.audit.write import Actor, write
from competition.contests.kinds import StageState
from competition.contests.tables import Stage
from competition.marking.kinds import Layer
from competition.marking.rules.reveal import DrawnLayer, ask_problem, confirm_problem
from competition.marking.service.contestants import Contestant, contestants_of
from competition.marking.service.draws import numbers_revealed, stage_draws
from competition.marking.tables import BlindNumber, Draw
from competition.problems import N_, Missing, Problem, Refused, Stale

LOCKED = (StageState.LOCKED, StageState.RELEASED)


async def ask_reveal(actor: Actor, stage_id: int, layer: Layer) -> None:
    """The first of two people. Raises Missing, Refused before the lock, out of turn, and when it has been asked."""
    async with write(actor) as change:
        made = await _due(stage_id, layer, actor, ask_problem)
        await _mark(
            made, Draw.reveal_asked_at.is_null(), {Draw.reveal_asked_at: change.at, Draw.reveal_asked_by: actor.user_id}
        )
        await change.record("draw.reveal_asked", "stage", stage_id, layer=layer)


async def confirm_reveal(actor: Actor, stage_id: int, layer: Layer) -> None:
    """The second person; from here on the numbers of this layer are open, once and for all.

    Raises Missing, Refused as `ask_reveal`, before anybody has asked and for the one who did.
    """
    async with write(actor) as change:
        made = await _due(stage_id, layer, actor, confirm_problem)
        await _mark(
            made, Draw.reveal_asked_by == made["reveal_asked_by"],
            {Draw.revealed_at: change.at, Draw.revealed_by: actor.user_id},
        )  # fmt: skip
        await change.record("draw.revealed", "stage", stage_id, layer=layer, asked_by=made["reveal_asked_by"])


Objection = Callable[[Sequence[DrawnLayer], Layer, int | None], Problem | None]


async def _due(stage_id: int, layer: Layer, actor: Actor, objection: Objection) -> dict[str, Any]:
    """The draw that is to be revealed."""
    stage = await Stage.select(Stage.state).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    if stage["state"] not in LOCKED:
        raise Refused(Problem(N_("裁判长签字锁定后才能解密")))
    drawn = await stage_draws(stage_id)
    if layer not in drawn:
        raise Missing("draw")
    if problem := objection(drawn_layers(drawn), layer, actor.user_id):
        raise Refused(problem)
    return drawn[layer]


def drawn_layers(drawn: dict[Layer, dict[str, Any]]) -> list[DrawnLayer]:
    return [
        DrawnLayer(layer, row["reveal_asked_by"], row["revealed_at"] is not None) for layer, row in drawn.items()
    ]  # fmt: skip


async def _mark(made: dict[str, Any], still: Any, values: dict[Any, Any]) -> None:
    """Raises Stale when somebody was quicker."""
    rows = (
        await Draw.update(values).where((Draw.id == made["id"]) & Draw.revealed_at.is_null() & still).returning(Draw.id)
    )
    if not rows:
        raise Stale


async def reveal_every_layer(asking: Actor, confirming: Actor, stage_id: int) -> None:
    """Two people go through all layers in turn. Raises as `ask_reveal` and `confirm_reveal`."""
    for layer in reversed(await stage_draws(stage_id)):
        await ask_reveal(asking, stage_id, layer)
        await confirm_reveal(confirming, stage_id, layer)


class ListedNumber(msgspec.Struct, frozen=True):
    """A number of one layer and what it leads to: the contestant in the first layer, else `before`, the number in the
    layer before. A layer opened alone names nobody."""

    label: str
    session: int | None
    station: int
    before: str
    contestant: Contestant | None


async def number_list(stage_id: int, layer: Layer) -> list[ListedNumber]:
    """What ties the numbers of a layer to the next thing: for who hands them out, and once that layer is revealed.

    With every layer revealed the whole way to the names is shown.
    """
    drawn = list(await stage_draws(stage_id))
    first = drawn[0] == layer if drawn else True
    rows = (
        await BlindNumber.select(
            BlindNumber.label, BlindNumber.station, BlindNumber.entry, BlindNumber.session.number.as_alias("session")
        )
        .where((BlindNumber.stage == stage_id) & (BlindNumber.draw.layer == layer.value))
        .order_by(BlindNumber.number)
    )
    before = {} if first else await _labels(stage_id, drawn[drawn.index(layer) - 1])
    named = first or await numbers_revealed(stage_id)
    contestants = await contestants_of([row["entry"] for row in rows]) if named else {}
    return [
        ListedNumber(
            row["label"], row["session"], row["station"], before.get(row["entry"], ""), contestants.get(row["entry"])
        )
        for row in rows
    ]


async def _labels(stage_id: int, layer: Layer) -> dict[int, str]:
    rows = await BlindNumber.select(BlindNumber.entry, BlindNumber.label).where(
        (BlindNumber.stage == stage_id) & (BlindNumber.draw.layer == layer.value)
    )
    return {row["entry"]: row["label"] for row in rows}


async def record_list_read(actor: Actor, stage_id: int, layer: Layer) -> None:
    """Somebody opened a list that ties numbers to what is behind them."""
    async with write(actor) as change:
        await change.record("draw.list_read", "stage", stage_id, layer=layer)
