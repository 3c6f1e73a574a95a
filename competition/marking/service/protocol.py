"""The protocol of a stage: everything the chief judge hands in on paper, by number, from what is recorded."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from competition.accounts.tables import Account
from competition.exact import fixed, from_units, plain
from competition.marking.kinds import NUMBER_LAYER, Layer, SignatureKind
from competition.marking.service.adjustments import load_adjustments
from competition.marking.service.appeal_reads import load_appeals
from competition.marking.service.days import MarkingDay, load_days
from competition.marking.service.draws import numbers_revealed
from competition.marking.service.incidents import load_incidents
from competition.marking.service.locking import load_places, signatures_of
from competition.marking.service.panels import StoredPanel, load_panels
from competition.marking.service.recheck_reads import LoadedRecheck, load_rechecks
from competition.marking.service.schemes import PartRow
from competition.marking.service.scores import StageMarks, grand_total, load_marks, totals_of
from competition.marking.service.ties import GONE
from competition.marking.tables import BlindNumber, Draw, ImportedScore, Mark, Scheme


class ProtocolRow(msgspec.Struct, frozen=True):
    """A work under one of its numbers; texts are None where a score is missing. `gone`: did not take part."""

    entry_id: int
    label: str
    gone: bool
    scores: tuple[str | None, ...]
    adjustment: str
    total: str | None


class ProtocolTable(msgspec.Struct, frozen=True):
    """The works of one layer. Adjustments and totals stand in the first one only, `whole`."""

    layer: Layer
    parts: tuple[PartRow, ...]
    rows: tuple[ProtocolRow, ...]
    whole: bool


class Correction(msgspec.Struct, frozen=True):
    """A mark, or an imported score, changed after the lock. `seat` is 0 for an imported one."""

    label: str
    layer: Layer
    part: str
    aspect: str
    seat: int
    before: str | None
    after: str | None
    at: datetime
    who: str
    reason: str


class Protocol(msgspec.Struct, frozen=True):
    schemes: tuple[dict[str, Any], ...]
    draws: tuple[dict[str, Any], ...]
    panels: tuple[tuple[PartRow, StoredPanel | None], ...]
    tables: tuple[ProtocolTable, ...]
    rechecks: list[LoadedRecheck]
    appeals: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    adjustments: list[dict[str, Any]]
    corrections: tuple[Correction, ...]
    days: list[MarkingDay]
    signatures: dict[str, dict[str, Any]]
    revealed: bool

    @property
    def entry_ids(self) -> list[int]:
        return sorted({row.entry_id for table in self.tables for row in table.rows})


async def load_protocol(stage_id: int, *, totals: bool) -> Protocol:
    """`totals`: whether the reader may see what imported scores and totals give away. Raises Missing."""
    places, marks = await load_places(stage_id), await load_marks(stage_id)
    panels, signatures = await load_panels(stage_id), await signatures_of(stage_id)
    revealed = await numbers_revealed(stage_id)
    gone = {place["entry"] for place in places if place["attendance"] in GONE}
    locked = signatures.get(SignatureKind.LOCK)
    return Protocol(
        schemes=tuple(await _schemes(stage_id)),
        draws=tuple(await _draws(stage_id)),
        panels=tuple((part, panels.get(part.id)) for part in marks.scheme.panel_parts) if marks else (),
        tables=tuple(await _tables(stage_id, marks, gone, totals=totals, revealed=revealed)) if marks else (),
        rechecks=await load_rechecks(stage_id),
        appeals=(await load_appeals(stage_id))[::-1],
        incidents=await load_incidents(stage_id),
        adjustments=await load_adjustments(stage_id),
        corrections=tuple(await _corrections(stage_id, locked["signed_at"], totals=totals)) if locked else (),
        days=[each for each in await load_days(stage_id) if each.day],
        signatures=signatures,
        revealed=revealed,
    )


async def _schemes(stage_id: int) -> list[dict[str, Any]]:
    """Versions in use since the first freeze, each with the SHA-256 of its document."""
    rows = (
        await Scheme.select(
            Scheme.number, Scheme.current, Scheme.frozen_at, Scheme.created_at, Scheme.title, Scheme.reason,
            Scheme.document,
        )
        .where((Scheme.stage == stage_id) & (Scheme.frozen_at.is_not_null() | Scheme.current.eq(True)))
        .order_by(Scheme.number)
    )  # fmt: skip
    return [row | {"digest": sha256(row["document"].encode()).hexdigest() if row["document"] else ""} for row in rows]


async def _draws(stage_id: int) -> list[dict[str, Any]]:
    rows = await Draw.select().where(Draw.stage == stage_id).order_by(Draw.id)
    acts = ("drawn_by", "reveal_asked_by", "revealed_by")
    names = await _names(sorted({row[act] for row in rows for act in acts if row[act] is not None}))
    return [row | {f"{act}_name": names.get(row[act], "") for act in acts} for row in rows]


async def _names(account_ids: Sequence[int]) -> dict[int, str]:
    rows = await Account.select(Account.id, Account.name).where(Account.id.is_in(list(account_ids) or [0]))
    return {row["id"]: row["name"] for row in rows}


async def _tables(
    stage_id: int, marks: StageMarks, gone: set[int], *, totals: bool, revealed: bool
) -> list[ProtocolTable]:
    """A table for each layer. Before the reveal nothing stands in one that would tie it to another: with several
    layers no total, and no score that was not marked under its number."""
    parts = marks.scheme.panel_parts
    layers = sorted({part.layer for part in parts} | {Layer(NUMBER_LAYER)}, key=lambda layer: layer != NUMBER_LAYER)
    whole = totals and (revealed or len({part.layer for part in parts}) <= 1)
    blinds = (
        await BlindNumber.select(BlindNumber.label, BlindNumber.entry, BlindNumber.draw.layer.as_alias("layer"))
        .where(BlindNumber.stage == stage_id)
        .order_by(BlindNumber.number)
    )
    scored = totals_of(marks, [blind["entry"] for blind in blinds if blind["entry"] not in gone])
    found = []
    for layer in layers:
        first = layer == layers[0]
        own = tuple(
            part for part in marks.scheme.parts
            if (part.layer == layer if part in parts else first and whole)
        )  # fmt: skip
        rows = [
            _row(marks, blind, scored.get(blind["entry"]), own, whole=first and whole)
            for blind in blinds
            if blind["layer"] == layer
        ]
        if rows:
            found.append(ProtocolTable(layer, own, tuple(rows), first and whole))
    return found


def _row(
    marks: StageMarks,
    blind: dict[str, Any],
    scores: dict[str, Decimal | None] | None,
    parts: Sequence[PartRow],
    *,
    whole: bool,
) -> ProtocolRow:
    known = scores or {}
    total = grand_total(marks, blind["entry"], known) if scores is not None and whole else None
    adjusted = marks.adjusted.get(blind["entry"])
    found = [known.get(part.code) for part in parts]
    return ProtocolRow(
        entry_id=blind["entry"],
        label=blind["label"],
        gone=scores is None,
        scores=tuple(None if score is None else plain(score) for score in found),
        adjustment=_signed(adjusted) if adjusted else "",
        total=None if total is None else fixed(total, marks.scheme.digits),
    )


def _signed(value: Decimal) -> str:
    return ("+" if value > 0 else "−") + plain(abs(value))


async def _corrections(stage_id: int, locked_at: datetime, *, totals: bool) -> list[Correction]:
    """In the order they were made. Imported scores by number only for who may see what that gives away."""
    found = await _corrected_marks(stage_id, locked_at)
    if totals:
        found += await _corrected_scores(stage_id, locked_at)
    return sorted(found, key=lambda each: each.at)


async def _corrected_marks(stage_id: int, locked_at: datetime) -> list[Correction]:
    rows = await Mark.select(
        Mark.sheet, Mark.aspect, Mark.number, Mark.value, Mark.made_at, Mark.made_by_name, Mark.reason,
        Mark.aspect.code.as_alias("code"), Mark.sheet._.part.code.as_alias("part"),
        Mark.sheet._.seat.number.as_alias("seat"), Mark.sheet._.blind.label.as_alias("label"),
        Mark.sheet._.blind._.draw.layer.as_alias("layer"),
    ).where((Mark.sheet.stage == stage_id) & (Mark.made_at > locked_at))  # fmt: skip
    sheets = sorted({row["sheet"] for row in rows})
    marks = await Mark.select(Mark.sheet, Mark.aspect, Mark.number, Mark.value).where(Mark.sheet.is_in(sheets or [0]))
    before = {(mark["sheet"], mark["aspect"], mark["number"]): mark["value"] for mark in marks}
    return [
        Correction(
            row["label"], Layer(row["layer"]), row["part"], row["code"], row["seat"],
            _text(before.get((row["sheet"], row["aspect"], row["number"] - 1))), _text(row["value"]), row["made_at"],
            row["made_by_name"], row["reason"],
        )
        for row in rows
    ]  # fmt: skip


async def _corrected_scores(stage_id: int, locked_at: datetime) -> list[Correction]:
    rows = (
        await ImportedScore.select(*ImportedScore.all_columns(), ImportedScore.part.code.as_alias("code"))
        .where(ImportedScore.stage == stage_id)
        .order_by(ImportedScore.id)
    )
    blinds = await BlindNumber.select(BlindNumber.entry, BlindNumber.label).where(
        (BlindNumber.stage == stage_id) & (BlindNumber.draw.layer == NUMBER_LAYER)
    )
    labels = {blind["entry"]: blind["label"] for blind in blinds}
    before = {(row["part"], row["entry"], row["number"]): row["value"] for row in rows}
    names = await _names(sorted({row["made_by"] for row in rows if row["made_by"] is not None}))
    return [
        Correction(
            labels.get(row["entry"], "—"), Layer.NUMBER, row["code"], "", 0,
            _text(before.get((row["part"], row["entry"], row["number"] - 1))), _text(row["value"]), row["made_at"],
            names.get(row["made_by"], ""), row["source"],
        )
        for row in rows
        if row["made_at"] > locked_at
    ]  # fmt: skip


def _text(units: int | None) -> str | None:
    return None if units is None else plain(from_units(units))
