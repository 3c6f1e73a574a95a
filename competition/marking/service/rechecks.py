"""Re-check: lots drawn, works ticked off by a second person, and everything re-checked when too many are wrong."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.database.errors import Duplicate
from competition.marking.kinds import Layer, SheetState
from competition.marking.rules.recheck import RIGHT, WRONG, Chosen, RecheckRule, Total, choose, too_many_wrong
from competition.marking.service.draws import undrawn_layers
from competition.marking.service.locking import CHECKED_ON, load_places
from competition.marking.service.procedure import procedure, recheck_rule, stage_of
from competition.marking.service.scores import StageMarks, grand_total, load_marks, totals_of
from competition.marking.service.stages import hold_stage, require_unsigned
from competition.marking.service.ties import GONE
from competition.marking.tables import BlindNumber, Recheck, RecheckAnswer, RecheckItem, Sheet
from competition.problems import N_, Missing, Problem, Refused


class LayerWorks(msgspec.Struct, frozen=True):
    """The works of one layer by blind id: what they are ranked by, and how many counting sheets each has."""

    layer: Layer
    totals: dict[int, Total]
    sheets: dict[int, int]


class RecheckPlan(msgspec.Struct, frozen=True):
    """What a draw would work with, and what keeps it from being made."""

    rule: RecheckRule
    layers: tuple[LayerWorks, ...]
    problems: tuple[Problem, ...]

    @property
    def works(self) -> int:
        return sum(len(layer.sheets) for layer in self.layers)


async def plan_recheck(stage_id: int) -> RecheckPlan:
    """Before the draw: the works and what is missing. Raises Missing."""
    stage, rule = await stage_of(stage_id), recheck_rule(await procedure())
    places, marks = await load_places(stage_id), await load_marks(stage_id)
    if await Recheck.exists().where(Recheck.stage == stage_id):
        return RecheckPlan(rule, (), (Problem(N_("本阶段已抽取复核，不再重抽")),))
    if stage["state"] != StageState.MARKING or marks is None:
        return RecheckPlan(rule, (), (Problem(N_("评分期间才能抽取复核")),))
    if undrawn := len(await undrawn_layers(stage_id)):
        return RecheckPlan(rule, (), (Problem(N_("{count} 层编号未抽签"), params={"count": undrawn}),))
    present = [place["entry"] for place in places if place["attendance"] not in GONE]
    layers = layer_works(marks, present)
    return RecheckPlan(rule, layers, tuple(_plan_problems(marks, present, layers)))


def _plan_problems(marks: StageMarks, present: Sequence[int], layers: Sequence[LayerWorks]) -> list[Problem]:
    blinds = {blind for layer in layers for blind in layer.sheets}
    waiting = [
        sheet for sheet in marks.sheets if sheet.counts and sheet.blind_id in blinds and sheet.state not in CHECKED_ON
    ]
    if not blinds:
        return [Problem(N_("没有可复核的作品"))]
    if waiting:
        return [Problem(N_("{count} 份评分表尚未提交并经第二人核对"), params={"count": len(waiting)})]
    without = sum(len(layer.sheets) - len(layer.totals) for layer in layers)
    if without:
        return [Problem(N_("{count} 件作品的合计未成立；先补齐成绩"), params={"count": without})]
    return []


def layer_works(marks: StageMarks, present: Sequence[int]) -> tuple[LayerWorks, ...]:
    """Works are ranked by their total. Where judges of different forms see different numbers, a total under one number
    would give the other away: then by what the forms of each layer come to."""
    parts = marks.scheme.panel_parts
    layers = sorted({part.layer for part in parts}, key=list(Layer).index)
    counted: dict[int, int] = defaultdict(int)
    for sheet in marks.sheets:
        if sheet.counts and sheet.state != SheetState.VOID:
            counted[sheet.blind_id] += 1
    scored = totals_of(marks, present)
    found = []
    for layer in layers:
        blinds = {entry: marks.blinds.get(layer, {}).get(entry) for entry in present}
        known = {entry: blind for entry, blind in blinds.items() if blind is not None and counted[blind]}
        totals = {
            blind: grand_total(marks, entry, scored[entry])
            if len(layers) == 1
            else _layer_sum(marks, layer, scored[entry])
            for entry, blind in known.items()
        }
        standing = {blind: total for blind, total in totals.items() if total is not None}
        found.append(LayerWorks(layer, standing, {blind: counted[blind] for blind in known.values()}))
    return tuple(found)


def _layer_sum(marks: StageMarks, layer: Layer, scores: dict[str, Any]) -> Fraction | None:
    """Weighted, of the forms of one layer; None where one has no score."""
    total = Fraction(0)
    for part in marks.scheme.panel_parts:
        if part.layer == layer:
            score = scores.get(part.code)
            if score is None:
                return None
            total += Fraction(score) * Fraction(part.weight) / Fraction(part.maximum)
    return total


async def draw_recheck(actor: Actor, stage_id: int, seed: str = "") -> int:
    """Draw the works to be re-checked; how many. Without a seed one is made; it is recorded either way.

    Raises Refused with what is missing, once it was drawn and after the signature, Stale when marking has ended.
    """
    seed = seed.strip() or secrets.token_hex(16)
    try:
        async with write(actor) as change:
            await require_unsigned(stage_id)
            if (await stage_of(stage_id))["state"] == StageState.MARKING:
                await hold_stage(stage_id, StageState.MARKING)
            plan = await plan_recheck(stage_id)
            if plan.problems:
                raise Refused(*plan.problems)
            chosen = [(layer, await _chosen(plan.rule, layer, seed)) for layer in plan.layers]
            recheck_id = await _insert(change, stage_id, 1, plan.rule, seed)
            items = [
                RecheckItem(recheck=recheck_id, blind=blind, chosen=why, sheets=layer.sheets[blind])
                for layer, by in chosen
                for blind, why in by
            ]
            await RecheckItem.insert(*items)
            await change.record("recheck.drawn", "stage", stage_id, recheck=recheck_id, seed=seed, works=len(items))
    except Duplicate:
        raise Refused(Problem(N_("本阶段已抽取复核，不再重抽"))) from None
    return len(items)


async def _chosen(rule: RecheckRule, layer: LayerWorks, seed: str) -> list[tuple[int, str]]:
    """(blind id, "top" or "lot") in the order of the numbers. Lots are drawn over the numbers that everybody knows."""
    rows = (
        await BlindNumber.select(BlindNumber.id, BlindNumber.number)
        .where(BlindNumber.id.is_in(list(layer.totals)))
        .order_by(BlindNumber.number)
    )
    by_number = {row["number"]: row["id"] for row in rows}
    chosen: Chosen = choose({number: layer.totals[blind] for number, blind in by_number.items()}, rule, seed)
    why = dict.fromkeys(chosen.top, "top") | dict.fromkeys(chosen.lot, "lot")
    return [(blind, why[number]) for number, blind in by_number.items() if number in why]


async def _insert(
    change: Change, stage_id: int, number: int, rule: RecheckRule, seed: str, *, full: bool = False
) -> int:
    [row] = await Recheck.insert(
        Recheck(
            stage=stage_id, number=number, full=full, seed=seed, rule=msgspec.json.encode(rule).decode(),
            drawn_at=change.at, drawn_by=change.actor.user_id, drawn_by_name=change.actor.name,
        )
    )  # fmt: skip
    return row["id"]


async def finish_work(actor: Actor, item_id: int, *, right: bool, wrong_sheets: int = 0, note: str = "") -> int:
    """The outcome of one work, once and for all. How many works that adds, when too many are wrong now.

    Raises Missing, Refused for a judge of the work, without a note on what is wrong, for a work whose marks are being
    revised, and for one that is done.
    """
    item = await _item(item_id)
    problems = [] if right else _wrong_problems(item, wrong_sheets, note)
    if problems:
        raise Refused(*problems)
    async with write(actor) as change:
        await hold_stage(item["stage"], StageState.MARKING)
        await _require_no_judge(actor, item)
        await _require_settled(item)
        values: dict[Any, Any] = {
            RecheckItem.outcome: RIGHT if right else WRONG, RecheckItem.wrong: 0 if right else wrong_sheets,
            RecheckItem.note: note.strip(), RecheckItem.done_at: change.at, RecheckItem.done_by: actor.user_id,
            RecheckItem.done_by_name: actor.name,
        }  # fmt: skip
        rows = (
            await RecheckItem.update(values)
            .where((RecheckItem.id == item_id) & (RecheckItem.outcome == ""))
            .returning(RecheckItem.id)
        )
        if not rows:
            raise await _done_before(item_id)
        await change.record(
            "recheck.done", "stage", item["stage"],
            work=item["label"], outcome=RIGHT if right else WRONG, sheets=wrong_sheets, note=note.strip(),
        )  # fmt: skip
        return await _escalate(change, item) if not right else 0


async def _item(item_id: int) -> dict[str, Any]:
    row = (
        await RecheckItem.select(
            RecheckItem.id, RecheckItem.blind, RecheckItem.sheets, RecheckItem.recheck,
            RecheckItem.blind.label.as_alias("label"), RecheckItem.blind.entry.as_alias("entry"),
            RecheckItem.recheck.stage.as_alias("stage"), RecheckItem.recheck.full.as_alias("full"),
            RecheckItem.recheck.rule.as_alias("rule"), RecheckItem.recheck.number.as_alias("number"),
        )
        .where(RecheckItem.id == item_id)
        .first()
    )  # fmt: skip
    if row is None:
        raise Missing("re-check")
    return row


def _wrong_problems(item: dict[str, Any], wrong_sheets: int, note: str) -> list[Problem]:
    problems = []
    if not 1 <= wrong_sheets <= item["sheets"]:
        text = N_("有误的评分表须在 1 到 {count} 份之间")
        problems.append(Problem(text, field="wrong_sheets", params={"count": item["sheets"]}))
    if not note.strip():
        problems.append(Problem(N_("写明差错，书面告知裁判长"), field="note"))
    return problems


async def _require_no_judge(actor: Actor, item: dict[str, Any]) -> None:
    """Under whichever number the judge knows the work."""
    if await Sheet.exists().where((Sheet.blind.entry == item["entry"]) & _of_stage(item, actor)):
        raise Refused(Problem(N_("作品 {label} 由您评过分；复核须由他人进行"), params={"label": item["label"]}))


def _of_stage(item: dict[str, Any], actor: Actor) -> Any:
    return (Sheet.stage == item["stage"]) & (Sheet.seat.account == actor.user_id)


async def _require_settled(item: dict[str, Any]) -> None:
    """Holds the sheets of the work, so that none is returned meanwhile."""
    rows = (
        await Sheet.update({Sheet.blind: item["blind"]})
        .where((Sheet.blind == item["blind"]) & Sheet.counts.eq(True) & (Sheet.state != SheetState.VOID.value))
        .returning(Sheet.state)
    )
    revised = sum(row["state"] not in CHECKED_ON for row in rows)
    if revised:
        text = N_("作品 {label} 有 {count} 份评分表正在重新评分；重新提交并核对后再复核，已填内容仍在下方")
        raise Refused(Problem(text, params={"label": item["label"], "count": revised}))


async def _done_before(item_id: int) -> Refused:
    row = await RecheckItem.select(RecheckItem.done_by_name).where(RecheckItem.id == item_id).first()
    return Refused(Problem(N_("{name} 已复核本件，结论不再改动"), params={"name": row["done_by_name"] if row else ""}))


async def _escalate(change: Change, item: dict[str, Any]) -> int:
    """Everything that was not drawn is re-checked too, in the same transaction; how many works that is."""
    rows = await RecheckItem.select(RecheckItem.outcome).where(RecheckItem.recheck == item["recheck"])
    wrong = sum(row["outcome"] == WRONG for row in rows)
    rule = msgspec.json.decode(item["rule"], type=RecheckRule)
    stage_id = item["stage"]
    escalated = await Recheck.exists().where((Recheck.stage == stage_id) & Recheck.full.eq(True))
    if item["full"] or escalated or not too_many_wrong(wrong, len(rows), rule):
        return 0
    places, marks = await load_places(stage_id), await load_marks(stage_id)
    if marks is None:
        raise Missing("scheme")
    present = [place["entry"] for place in places if place["attendance"] not in GONE]
    drawn = await RecheckItem.select(RecheckItem.blind).where(RecheckItem.recheck.stage == stage_id)
    before = {row["blind"] for row in drawn}
    left = {
        blind: sheets
        for layer in layer_works(marks, present)
        for blind, sheets in sorted(layer.sheets.items())
        if blind not in before
    }
    if left:
        recheck_id = await _insert(change, stage_id, item["number"] + 1, rule, "", full=True)
        await RecheckItem.insert(
            *[
                RecheckItem(recheck=recheck_id, blind=blind, chosen="all", sheets=sheets)
                for blind, sheets in left.items()
            ]
        )
    await change.record("recheck.escalated", "stage", stage_id, wrong=wrong, drawn=len(rows), added=len(left))
    return len(left)


async def let_stand(actor: Actor, item_id: int, reason: str) -> None:
    """The chief judge's answer to a work found wrong: its marks stand.

    Raises Missing, Refused without a reason, for a work that was not found wrong and a second time, Stale when marking
    has ended.
    """
    if not reason.strip():
        raise Refused(Problem(N_("维持原分须写明理由"), field="reason"))
    item = await _item(item_id)
    try:
        async with write(actor) as change:
            await hold_stage(item["stage"], StageState.MARKING)
            await require_unsigned(item["stage"])
            found = await RecheckItem.select(RecheckItem.outcome).where(RecheckItem.id == item_id).first()
            if found is None or found["outcome"] != WRONG:
                raise Refused(Problem(N_("复核有误的作品才须答复")))
            await RecheckAnswer.insert(
                RecheckAnswer(
                    item=item_id, reason=reason.strip(), answered_at=change.at, answered_by=actor.user_id,
                    answered_by_name=actor.name,
                )
            )  # fmt: skip
            await change.record("recheck.stands", "stage", item["stage"], work=item["label"], reason=reason.strip())
    except Duplicate:
        raise Refused(Problem(N_("本件已经答复"))) from None


async def stage_of_work(item_id: int) -> int:
    """Raises Missing."""
    return (await _item(item_id))["stage"]
