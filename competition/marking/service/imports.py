"""Scores of a part that was marked outside: theory, an oral examination."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.contests.kinds import StageState
from competition.database.errors import Duplicate
from competition.entries.tables import StagePlace
from competition.exact import from_units, plain, to_units
from competition.marking.events import MarkCorrected
from competition.marking.kinds import ENTERED, PartSource
from competition.marking.rules.entry import read_mark
from competition.marking.service.stages import hold_stage, require_unsigned
from competition.marking.tables import ImportedScore, SchemePart
from competition.problems import N_, Missing, Problem, Refused, Stale

FINEST, FINEST_RECORDED = Decimal("0.0001"), Decimal("0.01")
ROWS_PER_INSERT = 500


class ImportPart(msgspec.Struct, frozen=True):
    id: int
    code: str
    name: str
    name_en: str
    maximum: Decimal
    stage_id: int
    stage_state: str
    source: str = PartSource.IMPORT.value

    @property
    def finest(self) -> Decimal:
        """A recorded figure is taken as it can be shown."""
        return FINEST_RECORDED if self.source == PartSource.RECORD else FINEST

    @property
    def maximum_text(self) -> str:
        return plain(self.maximum)


async def import_part(part_id: int) -> ImportPart:
    """Raises Missing for a part of a former version, Refused for one that is not imported."""
    row = (
        await SchemePart.select(
            SchemePart.id, SchemePart.code, SchemePart.name, SchemePart.name_en, SchemePart.source, SchemePart.maximum,
            SchemePart.scheme.current.as_alias("current"), SchemePart.scheme.stage.as_alias("stage"),
            SchemePart.scheme._.stage.state.as_alias("state"),
        )
        .where(SchemePart.id == part_id)
        .first()
    )  # fmt: skip
    if row is None or not row["current"]:
        raise Missing("part")
    if row["source"] not in ENTERED:
        raise Refused(Problem(N_("该部分不是导入成绩")))
    return ImportPart(
        row["id"],
        row["code"],
        row["name"],
        row["name_en"],
        from_units(row["maximum"]),
        row["stage"],
        row["state"],
        row["source"],
    )


def read_score(text: str, part: ImportPart) -> Decimal:
    """As typed or as in a cell. Raises Refused at the field "value"."""
    return read_mark(text, part.maximum, part.finest)


async def import_scores(
    actor: Actor, part_id: int, scores: Mapping[int, Decimal], source: str, reason: str = ""
) -> int:
    """Save scores by entry; one that is the same already is left alone. How many revisions were made.

    Before the lock freely, after it only with a reason (then the rooms above are told). Raises Missing, Refused
    for an entry without a place, a score over the maximum or a locked stage, Stale when two imports met.
    """
    part = await import_part(part_id)
    problems = await _problems(part, scores)
    locked = part.stage_state in (StageState.LOCKED, StageState.RELEASED)
    if locked and not reason.strip():
        problems.append(Problem(N_("本阶段已锁定；更正须写明原因"), field="reason"))
    if problems:
        raise Refused(*problems)
    try:
        async with write(actor) as change:
            await hold_stage(part.stage_id, part.stage_state)
            if not locked:
                await require_unsigned(part.stage_id)
            changed = await _revise(change, part, scores, source)
            if changed and locked:
                await change.emit(MarkCorrected(part.stage_id, reason.strip()))
            await change.record(
                "scores.imported", "stage", part.stage_id,
                part=part.code, scores=len(scores), changed=changed, source=source, reason=reason.strip(),
            )  # fmt: skip
    except Duplicate:
        raise Stale from None
    return changed


async def _problems(part: ImportPart, scores: Mapping[int, Decimal]) -> list[Problem]:
    if part.stage_state == StageState.PLANNED:
        return [Problem(N_("本阶段选手尚未确定，不能导入成绩"))]
    placed = set(await placed_entries(part.stage_id))
    problems = []
    for entry_id, score in scores.items():
        field = f"score-{entry_id}"
        if entry_id not in placed:
            problems.append(Problem(N_("不在本阶段名单中"), field=field))
        try:
            read_score(plain(score), part)
        except Refused as refused:
            problems += [msgspec.structs.replace(problem, field=field) for problem in refused.problems]
    return problems


async def placed_entries(stage_id: int) -> list[int]:
    rows = await StagePlace.select(StagePlace.entry).where(
        (StagePlace.stage == stage_id) & StagePlace.declined_at.is_null()
    )
    return [row["entry"] for row in rows]


async def _revise(change: Change, part: ImportPart, scores: Mapping[int, Decimal], source: str) -> int:
    before = {row["entry"]: row for row in await current_scores(part.id)}
    units = {entry: to_units(score) for entry, score in scores.items()}
    changed = [entry for entry, value in units.items() if before.get(entry, {}).get("value") != value]
    retired = [before[entry]["id"] for entry in changed if entry in before]
    if retired:
        rows = (
            await ImportedScore.update({ImportedScore.current: False})
            .where(ImportedScore.id.is_in(retired) & ImportedScore.current.eq(True))
            .returning(ImportedScore.id)
        )
        if len(rows) != len(retired):
            raise Stale
    fresh = [_row(change, part, entry, before.get(entry), units[entry], source) for entry in sorted(changed)]
    for start in range(0, len(fresh), ROWS_PER_INSERT):
        await ImportedScore.insert(*fresh[start : start + ROWS_PER_INSERT])
    return len(changed)


def _row(
    change: Change, part: ImportPart, entry_id: int, before: dict[str, Any] | None, units: int, source: str
) -> ImportedScore:
    return ImportedScore(
        stage=part.stage_id, part=part.id, entry=entry_id, number=before["number"] + 1 if before else 1, value=units,
        current=True, source=source, made_at=change.at, made_by=change.actor.user_id,
    )  # fmt: skip


async def current_scores(part_id: int) -> list[dict[str, Any]]:
    return await ImportedScore.select().where((ImportedScore.part == part_id) & ImportedScore.current.eq(True))
