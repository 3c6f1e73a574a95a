"""How far a stage is, what keeps it from its lock, and the chief judge's two acts: to sign and to lock."""

import json
from decimal import Decimal
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.contests.service import move_stage
from competition.contests.tables import Stage
from competition.database.errors import Duplicate
from competition.entries.kinds import Attendance
from competition.entries.tables import StagePlace
from competition.marking.events import StageLocked
from competition.marking.kinds import HANDED_IN, PartSource, SheetState, SignatureKind
from competition.marking.rules.aggregate import aggregation_problems
from competition.marking.rules.scheme import Scheme
from competition.marking.rules.sheets import MissingPart, StageProgress, lock_blockers
from competition.marking.rules.tie_breaks import tie_break_problems
from competition.marking.service.comparing import blinds_far_apart
from competition.marking.service.draws import undrawn_layers
from competition.marking.service.procedure import procedure_blockers
from competition.marking.service.scores import (
    SheetMarks,
    StageMarks,
    grand_total,
    load_marks,
    part_total,
    totals_of,
)
from competition.marking.service.stages import hold_stage
from competition.marking.service.ties import GONE
from competition.marking.signatures import signature_problem
from competition.marking.tables import BlindNumber, Sheet, StageSignature
from competition.problems import N_, Missing, Problem, Refused, Stale

CHECKED_ON = (SheetState.CHECKED, SheetState.SIGNED, SheetState.LOCKED)
MOST_NAMED = 12


class Findings(msgspec.Struct, frozen=True):
    """Worked out over all marks: part scores by entry, and the blind numbers whose judges are too far apart."""

    scored: dict[int, dict[str, Decimal | None]]
    apart: set[int]


def stage_progress(
    stage: dict[str, Any], places: list[dict[str, Any]], marks: StageMarks | None, *, undrawn: int
) -> StageProgress:
    """Counts over loaded rows; `undrawn` layers of numbers. Sheets of contestants who are gone, and of trainees, are
    not waited for."""
    gone = {place["entry"] for place in places if place["attendance"] in GONE}
    present = [place["entry"] for place in places if place["entry"] not in gone]
    sheets: list[SheetMarks] = []
    missing: tuple[MissingPart, ...] = ()
    if marks is not None:
        blinds_gone = {blinds[entry] for blinds in marks.blinds.values() for entry in gone if entry in blinds}
        sheets = [sheet for sheet in marks.sheets if sheet.counts and sheet.blind_id not in blinds_gone]
        missing = tuple(_missing_parts(marks, present))
    return StageProgress(
        sheets=len(sheets),
        submitted=sum(sheet.state in HANDED_IN for sheet in sheets),
        checked=sum(sheet.state in CHECKED_ON for sheet in sheets),
        contestants=len(places),
        checked_in=sum(place["attendance"] == Attendance.CHECKED_IN for place in places),
        absent=len(gone),
        sessions_undrawn=undrawn,
        missing_parts=missing,
        locked=stage["state"] in (StageState.LOCKED, StageState.RELEASED),
    )


def _missing_parts(marks: StageMarks, present: list[int]) -> list[MissingPart]:
    waited_for = (PartSource.IMPORT, PartSource.CARRY)
    parts = [part for part in marks.scheme.parts if part.source in waited_for]
    return [
        MissingPart(part.name, sum(part_total(marks, part, entry, ()) is None for entry in present)) for part in parts
    ]


def short_panels(marks: StageMarks, present: list[int]) -> int:
    """Works that too few judges mark for the part's rule: after a recusal without a substitute."""
    short = set()
    for part in marks.scheme.panel_parts:
        counting = marks.counting(part.id)
        for entry in present:
            blind = marks.blind_of(part, entry)
            if blind is not None and aggregation_problems(part.panel_rule, len(counting.get(blind, []))):
                short.add(entry)
    return len(short)


async def load_places(stage_id: int) -> list[dict[str, Any]]:
    """Places that were not declined: entry and attendance."""
    return (
        await StagePlace.select(StagePlace.entry, StagePlace.attendance, StagePlace.attended_at)
        .where((StagePlace.stage == stage_id) & StagePlace.declined_at.is_null())
        .order_by(StagePlace.entry)
    )


async def _blockers(stage_id: int) -> list[Problem]:
    stage = await Stage.select(Stage.state, Stage.tie_breaks).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    places, marks = await load_places(stage_id), await load_marks(stage_id)
    undrawn = len(await undrawn_layers(stage_id))
    rows = await BlindNumber.select(BlindNumber.id, BlindNumber.label).where(BlindNumber.stage == stage_id)
    labels = {row["id"]: row["label"] for row in rows}
    return [*blockers_of(stage, places, marks, labels, undrawn=undrawn), *await procedure_blockers(stage_id)]


def blockers_of(
    stage: dict[str, Any],
    places: list[dict[str, Any]],
    marks: StageMarks | None,
    labels: dict[int, str],
    findings: Findings | None = None,
    *,
    undrawn: int,
) -> list[Problem]:
    """Everything to be done before the lock; empty when nothing is. `labels` by blind id."""
    blockers = lock_blockers(stage_progress(stage, places, marks, undrawn=undrawn))
    if marks is None:
        return [Problem(N_("尚未编制评分标准"), field="scheme"), *blockers]
    blockers += unknown_tie_breaks(stage, marks.rule)
    present = [place["entry"] for place in places if place["attendance"] not in GONE]
    short = short_panels(marks, present)
    if short:
        text = N_("{count} 件作品的裁判人数不足，补派替补裁判")
        blockers.append(Problem(text, field="panel", params={"count": short}))
    if stage["state"] != StageState.MARKING:
        return blockers
    findings = findings or Findings(totals_of(marks, present), blinds_far_apart(marks, present))
    if apart := sorted(labels[blind] for blind in findings.apart):
        blockers.append(_naming(N_("{count} 件作品的裁判相差过大，须重评：{works}"), "spread", apart))
    return blockers or _without_total(marks, present, labels, findings.scored)


def unknown_tie_breaks(stage: dict[str, Any], scheme: Scheme) -> list[Problem]:
    """Codes of the stage that its scheme does not have: ties would stay as they are, and nobody would be told."""
    text = N_("阶段设置的“同分排序”中，{code} 不是评分部分，也不是其中的评分项，须更正")
    found = tie_break_problems(json.loads(stage["tie_breaks"] or "[]"), scheme)
    return [msgspec.structs.replace(problem, text=text) for problem in found]


def _without_total(
    marks: StageMarks, present: list[int], labels: dict[int, str], scored: dict[int, dict[str, Decimal | None]]
) -> list[Problem]:
    """The last guard: whatever the reason, a contestant without a total keeps the stage open. Named are the works of
    the forms that have no score, in the layer their judges see."""
    missing = [entry for entry in present if grand_total(marks, entry, scored[entry]) is None]
    if not missing:
        return []
    blinds = {
        marks.blind_of(part, entry)
        for entry in missing
        for part in marks.scheme.panel_parts
        if scored[entry].get(part.code) is None
    }
    works = sorted(labels[blind] for blind in blinds if blind is not None)
    if works:
        return [_naming(N_("{count} 件作品的合计未成立：{works}"), "totals", works)]
    return [Problem(N_("{count} 名选手的合计未成立"), field="totals", params={"count": len(missing)})]


def _naming(text: str, field: str, works: list[str]) -> Problem:
    """With the labels of the first works; the room shows them all."""
    named = works if len(works) <= MOST_NAMED else [*works[:MOST_NAMED], "…"]
    return Problem(text, field=field, params={"count": len(works), "works": named})


async def sign_stage(actor: Actor, stage_id: int, signature: str) -> None:
    """The chief judge signs every checked sheet of a complete stage.

    Raises Refused with everything that is missing, or by the name of the chief judge who signed before.
    """
    if problem := signature_problem(signature):
        raise Refused(problem)
    try:
        async with write(actor) as change:
            if await _signed(stage_id, SignatureKind.SIGN):
                raise await _already(stage_id, SignatureKind.SIGN)
            await hold_stage(stage_id, StageState.MARKING)
            if blockers := await _blockers(stage_id):
                raise Refused(*blockers)
            await _put_name(change, stage_id, SignatureKind.SIGN, signature)
            await _move_sheets(stage_id, SheetState.CHECKED, SheetState.SIGNED)
            await change.record("stage.signed", "stage", stage_id)
    except Duplicate:
        raise await _already(stage_id, SignatureKind.SIGN) from None


async def lock_stage(actor: Actor, stage_id: int) -> None:
    """Marks of a signed stage become final: later changes are corrections with a reason.

    Raises Refused before the signature, for what is missing, and by name when somebody locked it before.
    """
    try:
        async with write(actor) as change:
            await _require_lockable(stage_id)
            await _put_name(change, stage_id, SignatureKind.LOCK, "")
            await _lock_sheets(stage_id)
            await move_stage(change, stage_id, (StageState.MARKING,), StageState.LOCKED)
            await change.record("stage.locked", "stage", stage_id)
            await change.emit(StageLocked(stage_id))
    except Duplicate:
        raise await _already(stage_id, SignatureKind.LOCK) from None
    except Stale:
        if await _signed(stage_id, SignatureKind.LOCK):
            raise await _already(stage_id, SignatureKind.LOCK) from None
        raise


async def _require_lockable(stage_id: int) -> None:
    if await _signed(stage_id, SignatureKind.LOCK):
        raise await _already(stage_id, SignatureKind.LOCK)
    if not await _signed(stage_id, SignatureKind.SIGN):
        raise Refused(Problem(N_("裁判长签字后才能锁定")))
    await hold_stage(stage_id, StageState.MARKING)
    if blockers := await _blockers(stage_id):
        raise Refused(*blockers)


async def _put_name(change: Change, stage_id: int, kind: SignatureKind, signature: str) -> None:
    await StageSignature.insert(
        StageSignature(
            stage=stage_id, kind=kind.value, signed_at=change.at, account=change.actor.user_id,
            name=change.actor.name, signature=signature,
        )
    )  # fmt: skip


async def _move_sheets(stage_id: int, before: SheetState, after: SheetState) -> None:
    await Sheet.update({Sheet.state: after.value, Sheet.version: Sheet.version + 1}).where(
        (Sheet.stage == stage_id) & (Sheet.state == before.value)
    )


async def _lock_sheets(stage_id: int) -> None:
    """Sheets nobody waits for (of the absent, of trainees) close too: the unfinished ones as never needed."""
    await _move_sheets(stage_id, SheetState.OPEN, SheetState.VOID)
    await Sheet.update({Sheet.state: SheetState.LOCKED.value, Sheet.version: Sheet.version + 1}).where(
        (Sheet.stage == stage_id) & (Sheet.state != SheetState.VOID.value)
    )


async def _signed(stage_id: int, kind: SignatureKind) -> dict[str, Any] | None:
    return (
        await StageSignature.select(StageSignature.name, StageSignature.signed_at, StageSignature.signature)
        .where((StageSignature.stage == stage_id) & (StageSignature.kind == kind.value))
        .first()
    )


async def signatures_of(stage_id: int) -> dict[str, dict[str, Any]]:
    """By kind: name, signed_at, signature."""
    rows = await StageSignature.select().where(StageSignature.stage == stage_id)
    return {row["kind"]: row for row in rows}


async def _already(stage_id: int, kind: SignatureKind) -> Refused:
    row = await _signed(stage_id, kind)
    name = row["name"] if row else ""
    text = N_("{name} 已签字") if kind == SignatureKind.SIGN else N_("{name} 已锁定本阶段")
    return Refused(Problem(text, params={"name": name}))
