"""Declared relations between judges and contestants: recorded before the draw, withdrawn, never deleted."""

from datetime import datetime
from typing import Any

import msgspec

from competition.audit.write import Actor, write
from competition.database.errors import Duplicate
from competition.entries.tables import StagePlace
from competition.marking.service.contestants import Contestant, contestants_of
from competition.marking.service.draws import undrawn_layers
from competition.marking.service.officials import account_names
from competition.marking.tables import JudgeRelation, PanelSeat
from competition.problems import N_, Missing, Problem, Refused


class Relation(msgspec.Struct, frozen=True):
    """`declared_by` and `withdrawn_by`: names of accounts in both languages, "" for the system."""

    id: int
    judge: str
    judge_en: str
    contestant: Contestant
    note: str
    declared_at: datetime
    declared_by: tuple[str, str]
    withdrawn_at: datetime | None
    withdrawn_by: tuple[str, str]


async def load_relations(stage_id: int) -> list[Relation]:
    """In the order they were declared, withdrawn ones too."""
    rows = (
        await JudgeRelation.select(
            *JudgeRelation.all_columns(), JudgeRelation.person.name.as_alias("judge"),
            JudgeRelation.person.name_en.as_alias("judge_en"),
        )
        .where(JudgeRelation.stage == stage_id)
        .order_by(JudgeRelation.id)
    )  # fmt: skip
    contestants = await contestants_of([row["entry"] for row in rows])
    names = await account_names([row[column] for row in rows for column in ("declared_by", "withdrawn_by")])
    return [
        Relation(
            row["id"], row["judge"], row["judge_en"], contestants[row["entry"]], row["note"], row["declared_at"],
            names.get(row["declared_by"], ("", "")), row["withdrawn_at"], names.get(row["withdrawn_by"], ("", "")),
        )
        for row in rows
    ]  # fmt: skip


async def stage_judges(stage_id: int) -> list[dict[str, Any]]:
    """Everybody seated in a panel of the stage, once: person, name, name_en."""
    rows = (
        await PanelSeat.select(
            PanelSeat.person, PanelSeat.person.name.as_alias("name"), PanelSeat.person.name_en.as_alias("name_en")
        )
        .where(PanelSeat.panel.stage == stage_id)
        .order_by(PanelSeat.panel)
        .order_by(PanelSeat.number)
    )
    return list({row["person"]: row for row in rows}.values())


async def declare_relation(actor: Actor, stage_id: int, person_id: int, entry_id: int, note: str) -> int:
    """What a judge, or the organiser, declares. Its id.

    Raises Refused for somebody in no panel of the stage, for an entry without a place in it, without a note, for what
    has been declared, and once every layer of numbers is drawn.
    """
    problems = await _problems(stage_id, person_id, entry_id, note)
    if problems:
        raise Refused(*problems)
    try:
        async with write(actor) as change:
            await _require_open(stage_id)
            [row] = await JudgeRelation.insert(
                JudgeRelation(
                    stage=stage_id, person=person_id, entry=entry_id, note=note.strip(), declared_at=change.at,
                    declared_by=actor.user_id,
                )
            )  # fmt: skip
            await change.record(
                "relation.declared", "stage", stage_id, relation=row["id"], person=person_id, entry=entry_id
            )
    except Duplicate:
        raise Refused(Problem(N_("该裁判与该选手的关系已申报"), field="entry_id")) from None
    return row["id"]


async def _problems(stage_id: int, person_id: int, entry_id: int, note: str) -> list[Problem]:
    problems = []
    if not await PanelSeat.exists().where((PanelSeat.panel.stage == stage_id) & (PanelSeat.person == person_id)):
        problems.append(Problem(N_("选择本阶段裁判组中的裁判"), field="person_id"))
    placed = (StagePlace.stage == stage_id) & (StagePlace.entry == entry_id) & StagePlace.declined_at.is_null()
    if not await StagePlace.exists().where(placed):
        problems.append(Problem(N_("选择本阶段名单中的选手"), field="entry_id"))
    if not note.strip():
        problems.append(Problem(N_("写明是什么关系"), field="note"))
    return problems


async def relation_stage(relation_id: int) -> int:
    """Raises Missing."""
    row = await JudgeRelation.select(JudgeRelation.stage).where(JudgeRelation.id == relation_id).first()
    if row is None:
        raise Missing("relation")
    return row["stage"]


async def withdraw_relation(actor: Actor, relation_id: int) -> None:
    """It counts no more and stays on record. Raises Missing, Refused a second time and after the draw."""
    stage_id = await relation_stage(relation_id)
    async with write(actor) as change:
        await _require_open(stage_id)
        rows = (
            await JudgeRelation.update(
                {JudgeRelation.withdrawn_at: change.at, JudgeRelation.withdrawn_by: actor.user_id}
            )
            .where((JudgeRelation.id == relation_id) & JudgeRelation.withdrawn_at.is_null())
            .returning(JudgeRelation.id)
        )
        if not rows:
            raise Refused(Problem(N_("该申报已撤回")))
        await change.record("relation.withdrawn", "stage", stage_id, relation=relation_id)


async def _require_open(stage_id: int) -> None:
    """Recusals are worked out when a layer is drawn, so a relation that comes later would be no more than a note."""
    if not await undrawn_layers(stage_id):
        raise Refused(Problem(N_("编号均已抽签；评分中发现利害关系的，由裁判在评分表上申请回避")))
