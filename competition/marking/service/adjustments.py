"""Penalties and bonuses on the total of a work: approved by a named person, withdrawn but never deleted."""

from decimal import Decimal
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.exact import to_units
from competition.marking.events import MarkCorrected
from competition.marking.kinds import AdjustmentKind
from competition.marking.service.procedure import is_gone, number_in, stage_of
from competition.marking.service.stages import hold_stage, require_unsigned
from competition.marking.tables import Adjustment
from competition.problems import N_, Missing, Problem, Refused

HIGHEST = Decimal(100)


class AdjustmentDraft(msgspec.Struct, frozen=True):
    """`value` in marks, at most four decimals."""

    blind_id: int
    kind: AdjustmentKind
    value: Decimal
    reason: str
    approver: str


async def adjust(actor: Actor, stage_id: int, draft: AdjustmentDraft) -> int:
    """Its id. After the lock it is a correction, and the rooms above are told that the result is out of date.

    Raises Missing, Refused between signature and lock, for a contestant who is gone and for what is missing, Stale.
    """
    stage = await stage_of(stage_id)
    blind = await number_in(stage_id, draft.blind_id)
    if problems := _problems(draft):
        raise Refused(*problems)
    async with write(actor) as change:
        await _hold(stage_id, stage["state"])
        if await is_gone(stage_id, blind["entry"]):
            raise Refused(Problem(N_("该选手未参赛，没有总分可扣可加"), field="blind"))
        [row] = await Adjustment.insert(
            Adjustment(
                stage=stage_id, blind=blind["id"], kind=draft.kind.value, value=to_units(draft.value),
                reason=draft.reason.strip(), approver=draft.approver.strip(), made_at=change.at,
                made_by=actor.user_id, made_by_name=actor.name,
            )
        )  # fmt: skip
        await change.record(
            "adjustment.made", "stage", stage_id,
            adjustment=row["id"], work=blind["label"], kind=draft.kind, value=draft.value, approver=draft.approver,
        )  # fmt: skip
        await _tell(change, stage, draft.reason)
    return row["id"]


def _problems(draft: AdjustmentDraft) -> list[Problem]:
    problems = []
    if not 0 < draft.value <= HIGHEST:
        problems.append(Problem(N_("分值须大于 0，不超过 {most}"), field="value", params={"most": HIGHEST}))
    if not draft.reason.strip():
        problems.append(Problem(N_("写明原因"), field="reason"))
    if not draft.approver.strip():
        problems.append(Problem(N_("写明批准人"), field="approver"))
    return problems


async def _hold(stage_id: int, state: str) -> None:
    """While marking, before the signature; or after the lock."""
    if state in (StageState.PLANNED, StageState.PLACED):
        raise Refused(Problem(N_("抽签后才能登记奖惩")))
    await hold_stage(stage_id, state)
    if state == StageState.MARKING:
        await require_unsigned(stage_id)


async def _tell(change: Change, stage: dict[str, Any], reason: str) -> None:
    if stage["state"] in (StageState.LOCKED, StageState.RELEASED):
        await change.emit(MarkCorrected(stage["id"], reason.strip()))


async def withdraw(actor: Actor, adjustment_id: int, reason: str) -> None:
    """Raises Missing, Refused without a reason, between signature and lock and a second time, Stale."""
    row = await Adjustment.select(Adjustment.stage).where(Adjustment.id == adjustment_id).first()
    if row is None:
        raise Missing("adjustment")
    if not reason.strip():
        raise Refused(Problem(N_("撤销须写明原因"), field="withdrawn_reason"))
    stage = await stage_of(row["stage"])
    async with write(actor) as change:
        await _hold(stage["id"], stage["state"])
        values: dict[Any, Any] = {
            Adjustment.withdrawn_at: change.at, Adjustment.withdrawn_by: actor.user_id,
            Adjustment.withdrawn_reason: reason.strip(),
        }  # fmt: skip
        rows = (
            await Adjustment.update(values)
            .where((Adjustment.id == adjustment_id) & Adjustment.withdrawn_at.is_null())
            .returning(Adjustment.id)
        )
        if not rows:
            raise Refused(Problem(N_("已撤销，不能再次撤销")))
        await change.record(
            "adjustment.withdrawn", "stage", stage["id"], adjustment=adjustment_id, reason=reason.strip()
        )
        await _tell(change, stage, reason)


async def stage_of_adjustment(adjustment_id: int) -> int:
    """Raises Missing."""
    row = await Adjustment.select(Adjustment.stage).where(Adjustment.id == adjustment_id).first()
    if row is None:
        raise Missing("adjustment")
    return row["stage"]


async def load_adjustments(stage_id: int) -> list[dict[str, Any]]:
    """In the order they were made, with the label of the work; the withdrawn among them."""
    return (
        await Adjustment.select(*Adjustment.all_columns(), Adjustment.blind.label.as_alias("label"))
        .where(Adjustment.stage == stage_id)
        .order_by(Adjustment.id)
    )
