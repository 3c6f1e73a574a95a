"""From recorded marks to the score of every entry of a stage: nothing is stored, everything can be redone."""

import json
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

import msgspec

from competition.contests.tables import Stage
from competition.entries.tables import StagePlace
from competition.exact import from_units, to_units
from competition.marking.kinds import ENTERED, HANDED_IN, AdjustmentKind, Layer, PartSource
from competition.marking.rules.scheme import Scheme
from competition.marking.rules.scoring import Score, Scorer
from competition.marking.rules.tie_breaks import needs_aspects, tie_break_values
from competition.marking.rules.totals import in_marks
from competition.marking.service.schemes import PartRow, StoredScheme, load_scheme
from competition.marking.service.ties import GONE
from competition.marking.tables import Adjustment, BlindNumber, ImportedScore, Mark, Sheet
from competition.problems import Missing


class EntryScores(msgspec.Struct, frozen=True):
    """Scores by heading of the scheme (a criterion, or a part that stands alone), and the `total` out of 100; None
    where a mark is missing. `adjustment` is what penalties and bonuses come to. `tie_breaks` in the stage's order."""

    entry_id: int
    parts: dict[str, Decimal | None]
    total: Decimal | None
    tie_breaks: tuple[Decimal | None, ...]
    adjustment: Decimal = Decimal(0)


class SheetMarks(msgspec.Struct, frozen=True):
    """A sheet and its current marks by aspect id, in 1/10000."""

    id: int
    token: str
    seat_id: int
    blind_id: int
    part_id: int
    counts: bool
    state: str
    marks: dict[int, int]


class StageMarks(msgspec.Struct, frozen=True, dict=True):
    """Everything recorded for a stage. `blinds`: layer -> entry -> blind id; `imported`: part id -> entry -> score;
    `adjusted`: entry -> penalties and bonuses, in marks."""

    scheme: StoredScheme
    blinds: dict[Layer, dict[int, int]]
    sheets: tuple[SheetMarks, ...]
    imported: dict[int, dict[int, Decimal]]
    carried: dict[int, Decimal | None]
    adjusted: dict[int, Decimal]
    scorer: Scorer

    @cached_property
    def rule(self) -> Scheme:
        return self.scheme.rule

    @cached_property
    def _counting(self) -> dict[int, dict[int, list[SheetMarks]]]:
        found: dict[int, dict[int, list[SheetMarks]]] = {}
        for sheet in self.sheets:
            if sheet.counts:
                found.setdefault(sheet.part_id, {}).setdefault(sheet.blind_id, []).append(sheet)
        return found

    def counting(self, part_id: int) -> dict[int, list[SheetMarks]]:
        """Counting sheets of a part by blind id."""
        return self._counting.get(part_id, {})

    def blind_of(self, part: PartRow, entry_id: int) -> int | None:
        """The blind number that the judges of a part see for an entry; None before its layer is drawn."""
        return self.blinds.get(part.layer, {}).get(entry_id)


async def load_marks(stage_id: int) -> StageMarks | None:
    """In seven queries, and as many again where an earlier stage is carried over; None without a scheme."""
    scheme = await load_scheme(stage_id)
    if scheme is None:
        return None
    blinds: dict[Layer, dict[int, int]] = defaultdict(dict)
    for row in await BlindNumber.select(
        BlindNumber.id, BlindNumber.entry, BlindNumber.draw.layer.as_alias("layer")
    ).where(BlindNumber.stage == stage_id):
        blinds[Layer(row["layer"])][row["entry"]] = row["id"]
    imported: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for row in await ImportedScore.select(ImportedScore.part, ImportedScore.entry, ImportedScore.value).where(
        (ImportedScore.stage == stage_id) & ImportedScore.current.eq(True)
    ):
        imported[row["part"]][row["entry"]] = from_units(row["value"])
    carries = any(part.source == PartSource.CARRY for part in scheme.parts)
    return StageMarks(
        scheme=scheme,
        blinds=blinds,
        sheets=tuple(await _load_sheets(stage_id)),
        imported=imported,
        carried=await _earlier_totals(stage_id) if carries else {},
        adjusted=await _adjustments(stage_id),
        scorer=Scorer(scheme.rule),
    )


async def _adjustments(stage_id: int) -> dict[int, Decimal]:
    """Penalties (negative) and bonuses in force, added up by entry."""
    found: dict[int, Decimal] = defaultdict(Decimal)
    for row in await Adjustment.select(
        Adjustment.kind, Adjustment.value, Adjustment.blind.entry.as_alias("entry")
    ).where((Adjustment.stage == stage_id) & Adjustment.withdrawn_at.is_null()):
        sign = -1 if row["kind"] == AdjustmentKind.PENALTY else 1
        found[row["entry"]] += sign * from_units(row["value"])
    return dict(found)


async def _load_sheets(stage_id: int) -> list[SheetMarks]:
    rows = (
        await Sheet.select(
            Sheet.id, Sheet.token, Sheet.seat, Sheet.blind, Sheet.part, Sheet.counts, Sheet.state,
        )
        .where(Sheet.stage == stage_id)
        .order_by(Sheet.blind)
        .order_by(Sheet.id)
    )  # fmt: skip
    marks: dict[int, dict[int, int]] = defaultdict(dict)
    for mark in await Mark.select(Mark.sheet, Mark.aspect, Mark.value).where(
        (Mark.sheet.stage == stage_id) & Mark.current.eq(True) & Mark.value.is_not_null()
    ):
        marks[mark["sheet"]][mark["aspect"]] = mark["value"]
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


def marks_by_aspect(part: PartRow, sheets: Sequence[SheetMarks]) -> dict[str, list[Score]]:
    """By aspect code, the marks of one contestant's counting sheets in their order; None for a blank."""
    return {aspect.code: [sheet.marks.get(aspect.id) for sheet in sheets] for aspect in part.aspects}


def part_total(stage: StageMarks, part: PartRow, entry_id: int, sheets: Sequence[SheetMarks]) -> Decimal | None:
    """One part's score for one entry. Only sheets that were handed in make a score."""
    if part.source in ENTERED:
        return stage.imported.get(part.id, {}).get(entry_id)
    if part.source == PartSource.CARRY:
        return stage.carried.get(entry_id)
    if not handed_in(sheets):
        return None
    scorer = stage.scorer.parts[part.code]
    marks = marks_by_aspect(part, sheets)
    return in_marks(scorer.score(scorer.aspect_scores(marks), marks))


def handed_in(sheets: Sequence[SheetMarks]) -> bool:
    """Whether all were handed in."""
    return bool(sheets) and all(sheet.state in HANDED_IN for sheet in sheets)


def totals_of(stage: StageMarks, entry_ids: Sequence[int]) -> dict[int, dict[str, Decimal | None]]:
    """Part scores by entry."""
    counting = {part.id: stage.counting(part.id) for part in stage.scheme.panel_parts}
    scored = {}
    for entry_id in entry_ids:
        scored[entry_id] = {
            part.code: part_total(
                stage, part, entry_id, counting.get(part.id, {}).get(stage.blind_of(part, entry_id) or 0, [])
            )
            for part in stage.scheme.parts
        }
    return scored


def grand_total(stage: StageMarks, entry_id: int, parts: dict[str, Decimal | None]) -> Decimal | None:
    """Of part scores, with the penalties and bonuses of the entry; never below 0."""
    units = stage.scorer.total({code: None if score is None else to_units(score) for code, score in parts.items()})
    if units is None:
        return None
    total = from_units(units) + stage.adjusted.get(entry_id, Decimal(0))
    return max(total, Decimal(0)).quantize(Decimal(1).scaleb(-stage.scheme.digits))


def by_heading(scheme: StoredScheme, parts: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
    """Scores of criteria and of parts that stand alone; a criterion with a part missing has none."""
    found: dict[str, Decimal | None] = {}
    for heading in scheme.headings:
        scores = [parts.get(part.code) for part in heading.parts]
        present = [score for score in scores if score is not None]
        found[heading.code] = sum(present, Decimal(0)) if len(present) == len(scores) else None
    return found


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
        return [EntryScores(place["entry"], {}, None, ()) for place in places]
    present = [place["entry"] for place in places if place["attendance"] not in GONE]
    scored = totals_of(marks, present)
    blank: dict[str, Decimal | None] = {part.code: None for part in marks.scheme.parts}
    return [_scores(place["entry"], scored.get(place["entry"], blank), order, marks) for place in places]


def _scores(entry_id: int, parts: dict[str, Decimal | None], order: list[str], marks: StageMarks) -> EntryScores:
    return EntryScores(
        entry_id=entry_id,
        parts=by_heading(marks.scheme, parts),
        total=grand_total(marks, entry_id, parts),
        tie_breaks=tie_break_values(order, marks.rule, parts, _aspects(marks, entry_id, order)),
        adjustment=marks.adjusted.get(entry_id, Decimal(0)),
    )


def _aspects(marks: StageMarks, entry_id: int, order: Sequence[str]) -> dict[tuple[str, str], Decimal | None]:
    """Scores by (part, aspect), of the parts whose aspects tell ties apart."""
    asked = needs_aspects(order, marks.rule)
    found: dict[tuple[str, str], Decimal | None] = {}
    for part in marks.scheme.panel_parts:
        sheets = marks.counting(part.id).get(marks.blind_of(part, entry_id) or 0, []) if part.code in asked else []
        if handed_in(sheets):
            scores = marks.scorer.parts[part.code].aspect_scores(marks_by_aspect(part, sheets))
            found |= {(part.code, code): in_marks(score) for code, score in scores.items()}
    return found
