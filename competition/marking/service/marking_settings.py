"""How one stage is marked where it departs from the procedure: its layers of numbers, who is kept away."""

import json
from collections.abc import Collection
from typing import Any

import msgspec

from competition.audit.write import Actor, write
from competition.contests.kinds import StageState
from competition.contests.tables import Stage
from competition.database.errors import Duplicate
from competition.marking.kinds import LAYER_ORDER, Layer
from competition.marking.tables import Draw, MarkingSetting
from competition.problems import N_, Missing, Problem, Refused, Stale

BEFORE_DRAW = (StageState.PLANNED, StageState.PLACED)


class StageSettings(msgspec.Struct, frozen=True):
    """`bar_delegation`: judges stay off contestants of their own delegation. `layers` in the order they are drawn."""

    bar_delegation: bool = False
    layers: tuple[Layer, ...] = (Layer.NUMBER,)


async def stage_settings(stage_id: int) -> StageSettings:
    row = (
        await MarkingSetting.select(MarkingSetting.bar_delegation, MarkingSetting.layers)
        .where(MarkingSetting.stage == stage_id)
        .first()
    )
    if row is None:
        return StageSettings()
    layers = tuple(Layer(layer) for layer in json.loads(row["layers"] or "[]"))
    return StageSettings(row["bar_delegation"], layers or (Layer.NUMBER,))


async def set_bar_delegation(actor: Actor, stage_id: int, *, barred: bool) -> None:
    """Raises Missing, Refused once the judges have their sheets."""
    async with write(actor) as change:
        if await _state(stage_id) not in BEFORE_DRAW:
            raise Refused(Problem(N_("抽签后回避规则不再改动")))
        await _set(stage_id, bar_delegation=barred)
        await change.record("panel.delegation_rule_set", "stage", stage_id, barred=barred)


async def set_layers(actor: Actor, stage_id: int, layers: Collection[Layer]) -> None:
    """Station numbers are always drawn; the others where they are chosen.

    Raises Missing, Refused once a layer has been drawn.
    """
    chosen = [layer.value for layer in LAYER_ORDER if layer == Layer.NUMBER or layer in layers]
    async with write(actor) as change:
        drawn = await Draw.exists().where(Draw.stage == stage_id)
        if drawn or await _state(stage_id) not in BEFORE_DRAW:
            raise Refused(Problem(N_("已有一层编号抽签，编号层不再改动"), field="layers"))
        await _set(stage_id, layers=json.dumps(chosen))
        await change.record("draw.layers_set", "stage", stage_id, layers=chosen)


async def _state(stage_id: int) -> str:
    stage = await Stage.select(Stage.state).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    return stage["state"]


async def _set(stage_id: int, **values: Any) -> None:
    """Raises Stale when two set the first values of a stage at once."""
    changes: dict[Any, Any] = {**values, "version": MarkingSetting.version + 1}
    rows = await MarkingSetting.update(changes).where(MarkingSetting.stage == stage_id).returning(MarkingSetting.id)
    if rows:
        return
    try:
        await MarkingSetting.insert(MarkingSetting(stage=stage_id, **values))
    except Duplicate:
        raise Stale from None
