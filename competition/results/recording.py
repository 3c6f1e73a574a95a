"""Results of contests run elsewhere, recorded from their published list."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from competition.audit.write import Actor, Change, write
from competition.database.rows import new_token
from competition.entries.events import FinalistsRecorded
from competition.entries.tables import StagePlace
from competition.exact import from_units, to_units
from competition.problems import N_, Missing, Problem, Refused
from competition.results.kinds import AwardLevel, RevisionKind
from competition.results.stages import stage_row
from competition.results.tables import ResultLine, ResultRevision
from competition.results.visibility import RELEASED_ONLY, WITH_DRAFTS, revision_seen


class RecordedLine(msgspec.Struct, frozen=True):
    """What the published list says of one of our entries; no rank and no award means it took part."""

    entry_id: int
    rank: int | None = None
    award_name: str = ""
    award_level: str = ""
    total: Decimal | None = None


async def record_results(
    actor: Actor, stage_id: int, lines: Sequence[RecordedLine], source: str, reason: str = "", entrants: int = 0
) -> int:
    """A draft holding what the list named by `source` says; entries it does not name stay without a rank.

    `entrants` is how many took part there, 0 when the list does not say.
    Over a released revision it is a correction and needs a reason. Raises Missing, Refused.
    """
    stage = await stage_row(stage_id)
    if stage is None:
        raise Missing("stage")
    places = await StagePlace.select(StagePlace.entry, StagePlace.attendance).where(
        (StagePlace.stage == stage_id) & StagePlace.declined_at.is_null()
    ).order_by(StagePlace.entry)  # fmt: skip
    problems = recording_problems(lines, {place["entry"] for place in places}, source)
    if not stage["elsewhere"]:
        problems.insert(0, Problem(N_("该竞赛在本系统评分，成绩不能直接录入")))
    if await revision_seen(RELEASED_ONLY, stage_id) and not reason.strip():
        problems.append(Problem(N_("更正已发布的成绩须写明原因"), field="reason"))
    if problems:
        raise Refused(*problems)
    digest = _digest(lines, source, entrants)
    async with write(actor) as change:
        revision_id = await _insert(change, stage_id, source.strip(), reason.strip(), digest, entrants)
        by_entry = {line.entry_id: line for line in lines}
        placed = [(place, by_entry.get(place["entry"]) or RecordedLine(place["entry"])) for place in places]
        placed.sort(key=lambda pair: (pair[1].rank is None, pair[1].rank or 0, pair[1].entry_id))
        await ResultLine.insert(*[_row(revision_id, place["attendance"], line, lines) for place, line in placed])
        await change.record("result.recorded", "stage", stage_id, revision=revision_id, digest=digest, source=source)
    return revision_id


async def on_finalists_recorded(change: Change, event: FinalistsRecorded) -> None:
    """A workbook of finalists that also said how they came out: kept as a draft, over what was recorded before."""
    said = {line.entry_id: line for line in event.lines if line.rank is not None or line.award_name}
    if not said:
        return
    newest = await revision_seen(WITH_DRAFTS, event.stage_id)
    lines = {line.entry_id: line for line in await recorded_lines(newest)} if newest else {}
    lines |= {
        line.entry_id: RecordedLine(line.entry_id, line.rank, line.award_name, line.award_level, line.total)
        for line in said.values()
    }
    source = event.source or (newest["source"] if newest else "")
    entrants = newest["entrants"] if newest else 0
    await record_results(change.actor, event.stage_id, list(lines.values()), source, source, entrants)


async def recorded_lines(revision: dict[str, Any]) -> list[RecordedLine]:
    """What a revision says, as it would be recorded again; those without rank and award are left out."""
    rows = await ResultLine.select().where(ResultLine.revision == revision["id"]).order_by(ResultLine.id)
    return [
        RecordedLine(
            row["entry"], row["rank"], row["award_name"], row["award_level"],
            None if row["total"] is None else from_units(row["total"]),
        )
        for row in rows
        if row["rank"] is not None or row["award_name"]
    ]  # fmt: skip


def recording_problems(lines: Sequence[RecordedLine], placed: set[int], source: str) -> list[Problem]:
    problems = []
    if not source.strip():
        problems.append(Problem(N_("须写明成绩出处，如成绩公布文号"), field="source"))
    if not lines:
        problems.append(Problem(N_("没有可录入的成绩")))
    for entry_id, count in Counter(line.entry_id for line in lines).items():
        if count > 1:
            problems.append(Problem(N_("同一选手录入了 {count} 次"), field=f"rank-{entry_id}", params={"count": count}))
        if entry_id not in placed:
            problems.append(Problem(N_("该选手不在本阶段名单内"), field=f"rank-{entry_id}"))
    for line in lines:
        if line.rank is not None and line.rank < 1:
            problems.append(Problem(N_("名次从 1 起"), field=f"rank-{line.entry_id}"))
        if line.award_level and not line.award_name:
            problems.append(Problem(N_("填写奖项名称"), field=f"award-{line.entry_id}"))
        if line.award_level not in list(AwardLevel):
            problems.append(Problem(N_("选择奖牌类别"), field=f"level-{line.entry_id}"))
        if line.total is not None and line.total < 0:
            problems.append(Problem(N_("总分不能为负"), field=f"total-{line.entry_id}"))
    return problems


def _digest(lines: Sequence[RecordedLine], source: str, entrants: int) -> str:
    plain: Any = msgspec.to_builtins(sorted(lines, key=lambda line: line.entry_id), enc_hook=str)
    text = json.dumps([source, entrants, plain], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


async def _insert(change: Change, stage_id: int, source: str, reason: str, digest: str, entrants: int = 0) -> int:
    rows = await ResultRevision.insert(
        ResultRevision(
            stage=stage_id, kind=RevisionKind.RECORDED.value, computed_at=change.at,
            computed_by=change.actor.user_id, digest=digest, source=source, reason=reason, entrants=entrants,
        )
    )  # fmt: skip
    return rows[0]["id"]


def _row(revision_id: int, attendance: str, line: RecordedLine, lines: Sequence[RecordedLine]) -> ResultLine:
    shared = line.rank is not None and sum(other.rank == line.rank for other in lines) > 1
    return ResultLine(
        token=new_token(), revision=revision_id, entry=line.entry_id, attendance=attendance, rank=line.rank,
        tied=shared, total=None if line.total is None else to_units(line.total), parts="{}",
        award_name=line.award_name, award_level=line.award_level,
    )  # fmt: skip
