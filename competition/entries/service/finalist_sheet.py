"""Recording finalists from a workbook or a form: the same rows, the same rules, all or none."""

import asyncio
from collections.abc import Sequence

import msgspec

from competition.audit.write import Actor, write
from competition.contests.service import stage_context
from competition.documents.sheet_headings import Heading
from competition.documents.template_workbook import TemplateTexts, entry_template
from competition.documents.workbook_reading import SheetTable, read_table
from competition.entries.events import FinalistLine
from competition.entries.rules.finalist_rows import FinalistCheck, FinalistEntry, UnitOnFile, check_finalists
from competition.entries.rules.sheet import Row
from competition.entries.rules.typed import Known
from competition.entries.service.columns import (
    BORN_ON,
    ID_NUMBER,
    LEVEL,
    NAME,
    PHONE,
    SERIAL,
    SEX,
    STATUS,
    TEAM,
)
from competition.entries.service.drafts import EntryDraft, MemberDraft
from competition.entries.service.facts import Programme, programme
from competition.entries.service.finalists import record_finalists
from competition.entries.service.importing import rows_of
from competition.entries.service.registering import known_for
from competition.entries.service.taking_over import persons_of
from competition.people.identity import normalise_id
from competition.people.kinds import LEVEL_NAMES, STATUS_NAMES
from competition.people.tables import Unit
from competition.problems import Problem, Refused

UNIT = Heading("unit", ("单位", "Unit", "参赛单位", "单位名称"), required=False)
RANK = Heading("rank", ("名次", "Rank", "排名"), required=False)
AWARD = Heading("award", ("奖项", "Award", "获奖等次"), required=False)
TOTAL = Heading("total", ("成绩", "Total", "总分"), required=False)
OPTIONAL_PHONE = msgspec.structs.replace(PHONE, required=False)
COLUMNS = (
    SERIAL, NAME, SEX, ID_NUMBER, BORN_ON, UNIT, TEAM, STATUS, LEVEL, OPTIONAL_PHONE, RANK, AWARD, TOTAL,
)  # fmt: skip
TITLES = {heading.key: heading.titles for heading in COLUMNS}
_NOTES = ("每名决赛选手一行；名次、奖项、成绩有则填写。单位填全称或统一社会信用代码。",)
_NOTES_EN = ("One row per finalist; rank, award and total where known. Unit by full name or credit code.",)


class ReadFinalists(msgspec.Struct, frozen=True):
    table: SheetTable
    rows: tuple[Row, ...]
    check: FinalistCheck


def finalist_template(english: bool) -> bytes:
    choices = {"status": list(STATUS_NAMES.values()), "level": list(LEVEL_NAMES.values()), "sex": ["男", "女"]}
    texts = TemplateTexts(sheet="决赛选手", notes=_NOTES)
    if english:
        texts = TemplateTexts("Finalists", "Example", "Choices", _NOTES_EN, "Choose from the list", "en")
    example = {"serial": "1", "name": "示例", "unit": "示例单位", "rank": "3", "award": "铜牌", "total": "88.5"}
    return entry_template(COLUMNS, [example], choices, texts=texts)


async def read_finalists(stage_id: int, filename: str, data: bytes) -> ReadFinalists:
    """Raises Refused when the file cannot be read; what is wrong in rows is in the check."""
    table = await asyncio.to_thread(read_table, data, filename, COLUMNS)
    rows = tuple(rows_of(table))
    return ReadFinalists(table, rows, await check(stage_id, rows))


async def check(stage_id: int, rows: Sequence[Row]) -> FinalistCheck:
    context = await stage_context(stage_id)
    whole = await programme(context.contest["id"])
    units = await Unit.select(Unit.id, Unit.name, Unit.credit_code).order_by(Unit.id)
    known = await _known(whole, rows)
    on_file = [UnitOnFile(unit["id"], unit["name"], unit["credit_code"]) for unit in units]
    return await asyncio.to_thread(check_finalists, rows, whole.group(context.group["id"]), on_file, known)


async def _known(whole: Programme, rows: Sequence[Row]) -> Known:
    return await known_for(whole.contest.contest_id, 0, [row.cells.get("id_number", "") for row in rows], [])


async def record(actor: Actor, stage_id: int, rows: Sequence[Row], source: str = "") -> int:
    """How many finalists' entries were recorded; all of them or none. Raises Refused."""
    context = await stage_context(stage_id)
    whole = await programme(context.contest["id"])
    group = whole.group(context.group["id"])
    checked = await check(stage_id, rows)
    if checked.faulty:
        raise Refused(*_problems(checked))
    async with write(actor):
        known = await _known(whole, rows)
        typed = [member.person for entry in checked.entries for member in entry.members]
        ids = await persons_of(actor, typed, known)
        drafts = [_draft(entry, ids, whole, group.skill_id, group.group_id) for entry in checked.entries]
        lines = [
            FinalistLine(index, entry.rank, entry.award_name, entry.award_level, entry.total)
            for index, entry in enumerate(checked.entries)
        ]
        return len(await record_finalists(actor, stage_id, drafts, lines, source))


def _problems(checked: FinalistCheck) -> list[Problem]:
    return [
        Problem(each.text, f"m{row}_{each.key}", each.params)
        for row, found in sorted(checked.findings.items())
        for each in found
        if each.severity == "error"
    ]


def _draft(entry: FinalistEntry, ids: dict[str, int], whole: Programme, skill_id: int, group_id: int) -> EntryDraft:
    members = [
        MemberDraft(ids[normalise_id(each.person.id_number)], each.person.status, each.level_held, True)
        for each in entry.members
    ]
    return EntryDraft(whole.contest.contest_id, skill_id, group_id, entry.unit_id, members, (), entry.team_name)
