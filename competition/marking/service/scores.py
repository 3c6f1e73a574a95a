"""From recorded marks to the score of every entry of a stage: nothing is stored, everything can be redone."""

import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from competition.contests.tables import Stage
from competition.entries.tables import StagePlace
from competition.exact import from_units
from competition.marking.kinds import HANDED_IN, PartSource
from competition.marking.rules.totals import PartMarks, aspect_scores, weighted_total
from competition.marking.service.schemes import PartRow, StoredScheme, load_scheme
from competition.marking.service.ties import GONE
from competition.marking.tables import BlindNumber, ImportedScore, Mark, Sheet
from competition.problems import Missing, Refused


class EntryScores(msgspec.Struct, frozen=True):
    """`parts` by code and the `total` out of 100; None where a mark is missing. `tie_breaks` in the stage's order."""

    entry_id: int
    parts: dict[str, Decimal | None]
    total: Decimal | None
    tie_breaks: tuple[Decimal | None, ...]


class SheetMarks(msgspec.Struct, frozen=True):
    """A sheet and its current marks by aspect id."""

    id: int
    token: str
    seat_id: int
    blind_id: int
    part_id: int
    counts: bool
    state: str
    marks: dict[int, Decimal]


class StageMarks(msgspec.Struct, frozen=True):
    """Everything recorded for a stage. `blinds`: entry -> blind id; `imported`: part id -> entry -> score."""

    scheme: StoredScheme
    blinds: dict[int, int]
    sheets: tuple[SheetMarks, ...]
    imported: dict[int, dict[int, Decimal]]
    carried: dict[int, Decimal | None]

    def counting(self, part_id: int) -> dict[int, list[SheetMarks]]:
        """Counting sheets of a part by blind id."""
        found: dict[int, list[SheetMarks]] = defaultdict(list)
        for sheet in self.sheets:
            if sheet.counts and sheet.part_id == part_id:
                found[sheet.blind_id].append(sheet)
        return found


async def load_marks(stage_id: int) -> StageMarks | None:
    """In six queries, and as many again where an earlier stage is carried over; None without a scheme."""
    scheme = await load_scheme(stage_id)
    if scheme is None:
        return None
    blinds = await BlindNumber.select(BlindNumber.id, BlindNumber.entry).where(BlindNumber.stage == stage_id)
    imported: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for row in await ImportedScore.select(ImportedScore.part, ImportedScore.entry, ImportedScore.value).where(
        (ImportedScore.stage == stage_id) & ImportedScore.current.eq(True)
    ):
        imported[row["part"]][row["entry"]] = from_units(row["value"])
    carries = any(part.source == PartSource.CARRY for part in scheme.parts)
    return StageMarks(
        scheme=scheme,
        blinds={row["entry"]: row["id"] for row in blinds},
        sheets=tuple(await _load_sheets(stage_id)),
        imported=imported,
        carried=await _earlier_totals(stage_id) if carries else {},
    )


async def _load_sheets(stage_id: int) -> list[SheetMarks]:
    rows = (
        await Sheet.select(
            Sheet.id, Sheet.token, Sheet.seat, Sheet.blind, Sheet.part, Sheet.counts, Sheet.state,
        )
        .where(Sheet.stage == stage_id)
        .order_by(Sheet.blind)
        .order_by(Sheet.id)
    )  # fmt: skip
    marks: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for mark in await Mark.select(Mark.sheet, Mark.aspect, Mark.value).where(
        (Mark.sheet.stage == stage_id) & Mark.current.eq(True) & Mark.value.is_not_null()
    ):
        marks[mark["sheet"]][mark["aspect"]] = from_units(mark["value"])
    return [
        SheetMarks(
            id=row["id"], token=row["token"], seat_id=row["seat"], blind_id=row["blind"], part_id=row["part"],
            counts=row["counts"], state=row["state"], marks=marks[row["id"]],
        )
        for row in rows
    ]  # fmt: skip


async def _earlier_totals(stage_id: int) -> dict[int, Decimal | None]:
    """Totals of the stage before, by entry. Raises Missing without this stage."""
    stage = await Stage.select(Stage.group, Stage.position).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    earlier = (
        await Stage.select(Stage.id)
        .where((Stage.group == stage["group"]) & (Stage.position < stage["position"]))
        .order_by(Stage.position, ascending=False)
        .first()
    )
    return {} if earlier is None else {scores.entry_id: scores.total for scores in await entry_scores(earlier["id"])}


def part_scores(part: PartRow, sheets: Sequence[SheetMarks]) -> dict[str, Decimal | None]:
    """Panel score by aspect code for one contestant's counting sheets; None where the panel cannot be scored."""
    marks = {aspect.code: [sheet.marks.get(aspect.id) for sheet in sheets] for aspect in part.aspects}
    try:
        return aspect_scores(part.rule, PartMarks(marks))
    except Refused:  # too few judges for the drops
        return {aspect.code: None for aspect in part.aspects}


def part_total(stage: StageMarks, part: PartRow, entry_id: int, sheets: Sequence[SheetMarks]) -> Decimal | None:
    """One part's score for one entry. Only sheets that were handed in make a score."""
    if part.source == PartSource.IMPORT:
        return stage.imported.get(part.id, {}).get(entry_id)
    if part.source == PartSource.CARRY:
        return stage.carried.get(entry_id)
    if not sheets or any(sheet.state not in HANDED_IN for sheet in sheets):
        return None
    scores = list(part_scores(part, sheets).values())
    present = [score for score in scores if score is not None]
    return sum(present, Decimal(0)) if len(present) == len(scores) else None


def totals_of(stage: StageMarks, entry_ids: Sequence[int]) -> dict[int, dict[str, Decimal | None]]:
    """Part scores by entry."""
    counting = {part.id: stage.counting(part.id) for part in stage.scheme.panel_parts}
    scored = {}
    for entry_id in entry_ids:
        blind = stage.blinds.get(entry_id)
        scored[entry_id] = {
            part.code: part_total(
                stage, part, entry_id, counting.get(part.id, {}).get(blind, []) if blind is not None else []
            )
            for part in stage.scheme.parts
        }
    return scored


async def entry_scores(stage_id: int) -> list[EntryScores]:
    """Scores of every entry with a place, by entry id; who is absent, withdrawn or disqualified has none.

    Raises Missing.
    """
    stage = await Stage.select(Stage.tie_breaks).where(Stage.id == stage_id).first()
    if stage is None:
        raise Missing("stage")
    places = (
        await StagePlace.select(StagePlace.entry, StagePlace.attendance)
        .where((StagePlace.stage == stage_id) & StagePlace.declined_at.is_null())
        .order_by(StagePlace.entry)
    )
    marks = await load_marks(stage_id)
    order: list[str] = json.loads(stage["tie_breaks"] or "[]")
    if marks is None:
        return [EntryScores(place["entry"], {}, None, tuple(None for _ in order)) for place in places]
    present = [place["entry"] for place in places if place["attendance"] not in GONE]
    scored = totals_of(marks, present)
    blank: dict[str, Decimal | None] = {part.code: None for part in marks.scheme.parts}
    rule = marks.scheme.rule
    return [_scores(place, scored.get(place["entry"], blank), order, rule) for place in places]


def _scores(place: dict[str, Any], parts: dict[str, Decimal | None], order: list[str], rule: Any) -> EntryScores:
    return EntryScores(
        entry_id=place["entry"],
        parts=parts,
        total=weighted_total(parts, rule),
        tie_breaks=tuple(parts.get(code) for code in order),
    )
