"""The marking room as the chief judge sees it: numbers, seats and marks, never a name of a contestant."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import msgspec
from piccolo.query.functions.aggregate import Count, Sum

from competition.contests.kinds import StageState
from competition.contests.tables import Stage
from competition.entries.tables import StagePlace
from competition.exact import from_units
from competition.marking.kinds import AdjustmentKind, Layer, Method
from competition.marking.rules.analysis import Comparison, Pattern, PatternRule, judge_patterns
from competition.marking.rules.sheets import StageProgress
from competition.marking.service.comparing import Gauge, comparable
from competition.marking.service.draws import stage_draws, undrawn_layers
from competition.marking.service.judge_progress import JudgeProgress, judge_progress, last_saved
from competition.marking.service.locking import Findings, blockers_of, load_places, signatures_of, stage_progress
from competition.marking.service.matrix import Apart, LayerTable, RoomRow, layer_tables
from competition.marking.service.panels import Seat, StoredPanel, load_panels
from competition.marking.service.procedure import pattern_rule, procedure_blockers, procedure_tag
from competition.marking.service.schemes import PartRow
from competition.marking.service.scores import StageMarks, grand_total, load_marks, totals_of
from competition.marking.service.ties import GONE
from competition.marking.tables import Adjustment, BlindNumber, Draw, ImportedScore, Sheet
from competition.problems import Missing, Problem


class Lean(msgspec.Struct, frozen=True):
    """How a judge marks beside the others, over all forms that are not measurements."""

    name: str
    name_en: str
    pattern: Pattern


class Room(msgspec.Struct, frozen=True):
    """`standing`: totals that stand, of `works`. `judges` is empty once marking is over."""

    state: str
    panels: dict[int, StoredPanel]
    tables: tuple[LayerTable, ...]
    progress: StageProgress
    blockers: tuple[Problem, ...]
    judges: tuple[JudgeProgress, ...]
    leans: tuple[Lean, ...]
    rule: PatternRule
    standing: int
    works: int
    revealed: bool
    signatures: dict[str, dict[str, Any]]

    @property
    def late(self) -> tuple[JudgeProgress, ...]:
        return tuple(judge for judge in self.judges if judge.open)

    @property
    def apart(self) -> list[tuple[RoomRow, PartRow, Apart]]:
        """Everything that is too far apart, with its work and its form."""
        return list(_apart(self.tables))

    @property
    def outliers(self) -> int:
        return sum(row.tally(table.forms).outliers for table in self.tables for row in table.rows if not row.gone)

    @property
    def methods(self) -> set[Method]:
        return {part.method for table in self.tables for part in table.forms}


def _apart(tables: Iterable[LayerTable]) -> Iterator[tuple[RoomRow, PartRow, Apart]]:
    """Nobody waits for the works of those who are gone."""
    for table in tables:
        for row in table.rows:
            for form in row.forms.values() if not row.gone else ():
                for apart in form.apart:
                    yield row, form.part, apart


async def room_tag(stage_id: int) -> str:
    """Changes with everything the room shows; a few small queries instead of the whole room."""
    stage = await Stage.select(Stage.state, Stage.version).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    [sheets] = await Sheet.select(Count(alias="n"), Sum(Sheet.version, alias="versions")).where(Sheet.stage == stage_id)
    imported = (
        await ImportedScore.select(ImportedScore.id)
        .where(ImportedScore.stage == stage_id)
        .order_by(ImportedScore.id, ascending=False)
        .first()
    )
    attended = (
        await StagePlace.select(StagePlace.attended_at)
        .where((StagePlace.stage == stage_id) & StagePlace.attended_at.is_not_null())
        .order_by(StagePlace.attended_at, ascending=False)
        .first()
    )
    parts = (
        stage["state"], stage["version"], sheets["n"], sheets["versions"] or 0,
        imported["id"] if imported else 0, attended["attended_at"].timestamp() if attended else 0,
        len(await signatures_of(stage_id)), await Draw.count().where(Draw.stage == stage_id),
        await procedure_tag(stage_id),
    )  # fmt: skip
    return "-".join(str(part) for part in parts)


async def load_room(stage_id: int) -> Room:
    """Some two dozen queries, however many sheets; every mark is touched a few times. Raises Missing."""
    stage = await Stage.select(Stage.state, Stage.tie_breaks).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    places, marks = await load_places(stage_id), await load_marks(stage_id)
    panels, draws = await panels_in_use(stage_id, marks), await stage_draws(stage_id)
    undrawn = len(await undrawn_layers(stage_id))
    blinds = await _blinds(stage_id)
    labels = {blind["id"]: blind["label"] for blind in blinds}
    gone = {place["entry"] for place in places if place["attendance"] in GONE}
    present = [place["entry"] for place in places if place["entry"] not in gone]
    scored = totals_of(marks, present) if marks else {}
    revealed = bool(draws) and all(row["revealed_at"] is not None for row in draws.values())
    seats = {seat.id: seat for panel in panels.values() for seat in panel.seats}
    judges: tuple[JudgeProgress, ...] = ()
    if marks and stage["state"] == StageState.MARKING:
        blinds_gone = {blind["id"] for blind in blinds if blind["entry"] in gone}
        judges = judge_progress(marks, panels, labels, blinds_gone, await last_saved(stage_id))
    rule = await pattern_rule()
    tables: tuple[LayerTable, ...] = ()
    if marks and blinds:
        tables = layer_tables(marks, seats, blinds, gone, scored, revealed=revealed, outlier=rule.outlier)
    findings = Findings(scored, {row.blind_id for row, _, _ in _apart(tables)})
    blockers = blockers_of(stage, places, marks, labels, findings, undrawn=undrawn)
    return Room(
        state=stage["state"],
        panels=panels,
        tables=tables,
        progress=stage_progress(stage, places, marks, undrawn=undrawn),
        blockers=(*blockers, *await procedure_blockers(stage_id)),
        judges=judges,
        leans=_leans(marks, seats, rule) if marks else (),
        rule=rule,
        standing=sum(grand_total(marks, entry, scores) is not None for entry, scores in scored.items()) if marks else 0,
        works=len(present),
        revealed=revealed,
        signatures=await signatures_of(stage_id),
    )


async def panels_in_use(stage_id: int, marks: StageMarks | None) -> dict[int, StoredPanel]:
    """By part, without those whose part a later version of the scheme has dropped."""
    parts = {part.id for part in marks.scheme.panel_parts} if marks else set()
    return {part: panel for part, panel in (await load_panels(stage_id)).items() if part in parts}


async def _blinds(stage_id: int) -> list[dict[str, Any]]:
    """Numbers in their order with what `layer_tables` wants."""
    rows = (
        await BlindNumber.select(
            BlindNumber.id, BlindNumber.label, BlindNumber.entry, BlindNumber.draw.layer.as_alias("layer")
        )
        .where(BlindNumber.stage == stage_id)
        .order_by(BlindNumber.number)
        .order_by(BlindNumber.id)
    )
    asked = await Sheet.select(Sheet.id).where((Sheet.stage == stage_id) & (Sheet.rescore != ""))
    rescore = {row["id"] for row in asked}
    adjusted = await adjustments_of(stage_id)
    return [
        row | {"layer": Layer(row["layer"]), "adjusted": adjusted.get(row["id"]), "rescore": rescore} for row in rows
    ]


async def adjustments_of(stage_id: int) -> dict[int, Decimal]:
    """What penalties (negative) and bonuses in force come to, by the blind number they are recorded under."""
    found: dict[int, Decimal] = {}
    for row in await Adjustment.select(Adjustment.blind, Adjustment.kind, Adjustment.value).where(
        (Adjustment.stage == stage_id) & Adjustment.withdrawn_at.is_null()
    ):
        sign = -1 if row["kind"] == AdjustmentKind.PENALTY else 1
        found[row["blind"]] = found.get(row["blind"], Decimal(0)) + sign * from_units(row["value"])
    return found


def compared(marks: StageMarks, seats: dict[int, Seat], entry_of: dict[int, int] | None = None) -> Iterator[Comparison]:
    """Counting marks that were handed in, by judge. Measurements are left out: there the judges have to agree.

    With `entry_of` the works are entries, so that the numbers of one contestant in two layers are one work.
    """
    for part in marks.scheme.panel_parts:
        if part.method == Method.MEASUREMENT:
            continue
        gauge = Gauge(part)
        highest = {aspect.id: gauge.highest(aspect) for aspect in part.aspects}
        for blind, sheets in marks.counting(part.id).items():
            handed = [(seats[sheet.seat_id].person_id, sheet.marks) for sheet in comparable(sheets)]
            if len(handed) < 2:
                continue
            work = blind if entry_of is None else entry_of[blind]
            for aspect, most in highest.items():
                given = {judge: gauge.figure(aspect, own[aspect]) for judge, own in handed if aspect in own}
                yield Comparison(work, most, given)


def _leans(marks: StageMarks, seats: dict[int, Seat], rule: PatternRule) -> tuple[Lean, ...]:
    """In the order of the seats."""
    patterns = judge_patterns(compared(marks, seats), rule)
    people = {seat.person_id: seat for seat in reversed(seats.values())}
    return tuple(
        Lean(seat.name, seat.name_en, patterns[person])
        for person, seat in reversed(people.items())
        if person in patterns
    )
