"""Honours of the main coach that an award brings (优秀指导教师), by the award document a result was made with."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from competition.entries.tables import EntryCoach
from competition.results.boards import BoardLine, Row
from competition.results.tables import ResultRevision
from competition.rulebook.rules import AwardsRule
from competition.rulebook.service import Revision, revisions_of


class CoachHonour(msgspec.Struct, frozen=True):
    honour: str
    name: str
    name_en: str


async def coach_honours(lines: Sequence[BoardLine]) -> dict[int, CoachHonour]:
    """By line id, for awards whose document honours the main coach; a line of an entry without one is left out."""
    won = [line for line in lines if line.award]
    made = await _made({line.stage_id for line in won})
    documents = {code: await revisions_of(code) for code in sorted({code for code, _ in made.values()})}
    honours = {stage: _honours(_in_use(documents[code], at)) for stage, (code, at) in made.items()}
    said = {line.id: honours.get(line.stage_id, {}).get(line.award, "") for line in won}
    coaches = await _main_coaches([line.entry_id for line in won if said[line.id]])
    return {
        line.id: CoachHonour(said[line.id], *coaches[line.entry_id])
        for line in won
        if said[line.id] and line.entry_id in coaches
    }


async def _made(stage_ids: Collection[int]) -> dict[int, tuple[str, datetime]]:
    """Stage -> the code of its award document, and when its result in force was computed."""
    if not stage_ids:
        return {}
    stage = ResultRevision.stage._
    rows: list[Row] = await ResultRevision.select(
        ResultRevision.stage, ResultRevision.computed_at, stage.group._.award_rule.as_alias("award_rule")
    ).where(ResultRevision.current.eq(True) & ResultRevision.stage.is_in(list(stage_ids)))
    return {row["stage"]: (row["award_rule"], row["computed_at"]) for row in rows}


def _in_use(revisions: list[Revision], at: datetime) -> Revision | None:
    """Of newest first: the version that was in use at that moment, or else the first there was."""
    return next((each for each in revisions if each.loaded_at <= at), revisions[-1] if revisions else None)


def _honours(document: Revision | None) -> dict[str, str]:
    if document is None or not isinstance(document.document.body, AwardsRule):
        return {}
    return {award.code: award.coach_honour for award in document.document.body.awards}


async def _main_coaches(entry_ids: list[int]) -> dict[int, tuple[str, str]]:
    if not entry_ids:
        return {}
    rows = await EntryCoach.select(
        EntryCoach.entry, EntryCoach.person.name.as_alias("name"), EntryCoach.person.name_en.as_alias("name_en")
    ).where(EntryCoach.entry.is_in(entry_ids) & EntryCoach.main.eq(True))
    return {row["entry"]: (row["name"], row["name_en"]) for row in rows}
