"""What re-checks, appeals and marking days share: the figures in force, the numbers of a stage, what is left undone."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from competition import clock
from competition.contests.tables import Stage
from competition.entries.tables import StagePlace
from competition.marking.kinds import NUMBER_LAYER, AppealState, PartSource
from competition.marking.rules.analysis import DEFAULT_RULE, PatternRule
from competition.marking.rules.recheck import WRONG, RecheckRule, settled
from competition.marking.service.ties import GONE
from competition.marking.tables import (
    Adjustment,
    Appeal,
    BlindNumber,
    DaySignature,
    RecheckAnswer,
    RecheckItem,
    SchemePart,
    Sheet,
)
from competition.problems import N_, Missing, Problem, Refused
from competition.rulebook.rules import ProcedureRule
from competition.rulebook.service import in_force


async def procedure() -> ProcedureRule:
    """The procedure in force today. Raises Refused without one."""
    found = await in_force("procedure", clock.today())
    if found is None or not isinstance(found.document.body, ProcedureRule):
        raise Refused(Problem(N_("没有适用的复核与申诉规程；先在规则库装入")))
    return found.document.body


async def pattern_rule() -> PatternRule:
    """What of the judges is pointed out, as the procedure in force says; the defaults without one."""
    found = await in_force("procedure", clock.today())
    body = found.document.body if found is not None else None
    if not isinstance(body, ProcedureRule):
        return DEFAULT_RULE
    said = {
        "bias": body.judge_bias_percent, "scatter": body.judge_scatter_percent, "home": body.judge_home_percent,
        "outlier": body.outlier_percent,
    }  # fmt: skip
    figures: dict[str, Any] = {name: Decimal(switch.value) for name, switch in said.items() if switch is not None}
    if body.judge_least_marks is not None:
        figures["least"] = body.judge_least_marks.value
    return msgspec.structs.replace(DEFAULT_RULE, **figures)


def recheck_rule(body: ProcedureRule) -> RecheckRule:
    return RecheckRule(
        top_by=body.recheck_top_by.value, top_percent=body.recheck_top_percent.value,
        top_count=body.recheck_top_count.value, rest_percent=body.recheck_rest_percent.value,
        error_percent=body.recheck_error_percent.value,
    )  # fmt: skip


async def stage_of(stage_id: int) -> dict[str, Any]:
    """Its id and state. Raises Missing."""
    stage = await Stage.select(Stage.id, Stage.state).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    return stage


async def stage_numbers(stage_id: int, *, every_layer: bool = False) -> list[dict[str, Any]]:
    """The numbers drawn at check-in, or those of every layer, in order: id, label, session. No entry behind them."""
    where = BlindNumber.stage == stage_id
    return (
        await BlindNumber.select(
            BlindNumber.id, BlindNumber.label, BlindNumber.session.number.as_alias("session")
        )
        .where(where if every_layer else where & (BlindNumber.draw.layer == NUMBER_LAYER))
        .order_by(BlindNumber.draw)
        .order_by(BlindNumber.number)
    )  # fmt: skip


async def number_in(stage_id: int, blind_id: int) -> dict[str, Any]:
    """A number of this stage with its entry and session. Raises Refused at the field "blind"."""
    row = (
        await BlindNumber.select(
            BlindNumber.id, BlindNumber.label, BlindNumber.entry, BlindNumber.session,
            BlindNumber.session.ends_at.as_alias("ends_at"),
        )
        .where((BlindNumber.id == blind_id) & (BlindNumber.stage == stage_id))
        .first()
    )  # fmt: skip
    if row is None:
        raise Refused(Problem(N_("本阶段没有这个作品号"), field="blind"))
    return row


async def is_gone(stage_id: int, entry_id: int) -> bool:
    """Absent, withdrawn or disqualified."""
    return await StagePlace.exists().where(
        (StagePlace.stage == stage_id) & (StagePlace.entry == entry_id) & StagePlace.attendance.is_in(list(GONE))
    )


async def unsigned_days(stage_id: int) -> list[int]:
    """Marking days of the current scheme that the chief judge has not signed."""
    parts = await SchemePart.select(SchemePart.day).where(
        (SchemePart.scheme.stage == stage_id)
        & SchemePart.scheme._.current.eq(True)
        & (SchemePart.source == PartSource.PANEL.value)
        & (SchemePart.day > 0)
    )
    signed = await DaySignature.select(DaySignature.day).where(DaySignature.stage == stage_id)
    return sorted({part["day"] for part in parts} - {row["day"] for row in signed})


async def procedure_blockers(stage_id: int) -> list[Problem]:
    """What the procedure leaves to be done before the signature and the lock; `field` names the kind of work."""
    undone, waiting = await _undone_works(stage_id), await waiting_appeals(stage_id)
    wrong = await _unsettled_works(stage_id)
    blockers = []
    if days := await unsigned_days(stage_id):
        blockers.append(Problem(N_("第 {days} 评分日未签字"), field="days", params={"days": days}))
    if undone:
        blockers.append(Problem(N_("复核还有 {count} 件未完成"), field="recheck", params={"count": undone}))
    if wrong:
        text = N_("复核有误的 {count} 件待裁判长处理：重评，或写明理由维持原分")
        blockers.append(Problem(text, field="recheck", params={"count": wrong}))
    if waiting:
        blockers.append(Problem(N_("{count} 项申诉待裁决"), field="appeals", params={"count": waiting}))
    return blockers


async def _undone_works(stage_id: int) -> int:
    return await RecheckItem.count().where((RecheckItem.recheck.stage == stage_id) & (RecheckItem.outcome == ""))


async def _unsettled_works(stage_id: int) -> int:
    """Works found wrong that were neither marked again and checked since, nor answered."""
    items = await RecheckItem.select(RecheckItem.id, RecheckItem.blind, RecheckItem.done_at).where(
        (RecheckItem.recheck.stage == stage_id) & (RecheckItem.outcome == WRONG)
    )
    if not items:
        return 0
    answers = await RecheckAnswer.select(RecheckAnswer.item).where(
        RecheckAnswer.item.is_in([item["id"] for item in items])
    )
    answered = {row["item"] for row in answers}
    checked: dict[int, list[datetime]] = defaultdict(list)
    for row in await Sheet.select(Sheet.blind, Sheet.checked_at).where(
        Sheet.blind.is_in([item["blind"] for item in items]) & Sheet.counts.eq(True) & Sheet.checked_at.is_not_null()
    ):
        checked[row["blind"]].append(row["checked_at"])
    return sum(not settled(item["done_at"], checked[item["blind"]], item["id"] in answered) for item in items)


async def waiting_appeals(stage_id: int) -> int:
    """Appeals taken in time that the arbiter has not ruled on."""
    return await Appeal.count().where((Appeal.stage == stage_id) & (Appeal.state == AppealState.FILED.value))


async def procedure_tag(stage_id: int) -> str:
    """Changes with everything of the procedure that the marking room shows."""
    counts = (
        await _undone_works(stage_id),
        await _unsettled_works(stage_id),
        await waiting_appeals(stage_id),
        await DaySignature.count().where(DaySignature.stage == stage_id),
        await Adjustment.count().where((Adjustment.stage == stage_id) & Adjustment.withdrawn_at.is_null()),
    )
    return ".".join(map(str, counts))
