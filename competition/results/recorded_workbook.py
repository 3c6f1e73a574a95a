"""The workbook form of results from elsewhere: name or ID number, rank, award, total."""

from collections import defaultdict
from decimal import Decimal

import msgspec

from competition.documents.sheet_headings import Heading
from competition.documents.template_workbook import TemplateTexts, entry_template
from competition.documents.workbook_reading import SheetRow, SheetTable
from competition.entries.tables import EntryMember, StagePlace
from competition.exact import parse_decimal
from competition.people.vault import lookup_digest
from competition.problems import N_, Problem
from competition.results.kinds import AWARD_LEVEL_NAMES, AwardLevel
from competition.results.recording import RecordedLine
from competition.web.i18n import gettext as _
from competition.web.i18n import language

HEADINGS = (
    Heading("name", ("姓名", "Name", "选手", "选手姓名")),
    Heading("id_number", ("身份证号", "ID number", "证件号码", "身份证号码"), required=False),
    Heading("rank", ("名次", "Rank", "排名")),
    Heading("award", ("奖项", "Award", "获奖等次"), required=False),
    Heading("level", ("奖牌", "Medal", "奖牌类别"), required=False),
    Heading("total", ("总分", "Total", "成绩"), required=False),
)
LEVEL_WORDS = {
    "金": AwardLevel.GOLD, "金牌": AwardLevel.GOLD, "gold": AwardLevel.GOLD,
    "银": AwardLevel.SILVER, "银牌": AwardLevel.SILVER, "silver": AwardLevel.SILVER,
    "铜": AwardLevel.BRONZE, "铜牌": AwardLevel.BRONZE, "bronze": AwardLevel.BRONZE,
    "优": AwardLevel.EXCELLENCE, "优胜奖": AwardLevel.EXCELLENCE, "excellence": AwardLevel.EXCELLENCE,
    "": AwardLevel.NONE,
}  # fmt: skip


class RowProblem(msgspec.Struct, frozen=True):
    """At which cell, in the row and column Excel shows."""

    row: int
    column: str
    problem: Problem


class _People(msgspec.Struct, frozen=True):
    """Entries of the stage by a member's name and by the digest of a member's ID number."""

    by_name: dict[str, set[int]]
    by_id: dict[str, int]


def recorded_template() -> bytes:
    words = [_(AWARD_LEVEL_NAMES[level]) for level in AwardLevel if level]
    texts = TemplateTexts(
        sheet=_("成绩"), example=_("填写示例"), choices=_("选项"), choose=_("从列表中选择"), language=language.get(),
        notes=(_("同名选手须填身份证号；没有名次的选手不必列出。"),),
    )  # fmt: skip
    example = {"name": "张三", "rank": "5", "award": "优胜奖", "level": words[3], "total": "86.15"}
    return entry_template(HEADINGS, [example], {"level": words}, texts=texts)


async def matched_lines(stage_id: int, table: SheetTable) -> tuple[list[RecordedLine], list[RowProblem]]:
    """Each row with its entry of the stage, and everything that is wrong with any of them."""
    people = await _people(stage_id)
    problems = [
        RowProblem(each.row, each.column_letter, each.problem) for each in table.problems if each.severity == "error"
    ]
    lines: list[RecordedLine] = []
    seen: dict[int, int] = {}
    for row in table.rows:
        line, wrong = _line(row, people)
        problems += [RowProblem(row.number, table.columns.get(each.field, ""), each) for each in wrong]
        if line is None:
            continue
        if line.entry_id in seen:
            text = N_("与第 {row} 行是同一选手")
            again = Problem(text, field="name", params={"row": seen[line.entry_id]})
            problems.append(RowProblem(row.number, table.columns["name"], again))
        seen.setdefault(line.entry_id, row.number)
        lines.append(line)
    return lines, sorted(problems, key=lambda each: (each.row, each.column))


async def _people(stage_id: int) -> _People:
    placed = await StagePlace.select(StagePlace.entry).where(
        (StagePlace.stage == stage_id) & StagePlace.declined_at.is_null()
    )
    by_name: dict[str, set[int]] = defaultdict(set)
    by_id: dict[str, int] = {}
    if placed:
        rows = await EntryMember.select(
            EntryMember.entry, EntryMember.person._.name.as_alias("name"),
            EntryMember.person._.id_digest.as_alias("id_digest"),
        ).where(EntryMember.entry.is_in([place["entry"] for place in placed]))  # fmt: skip
        for row in rows:
            by_name[row["name"]].add(row["entry"])
            by_id[row["id_digest"]] = row["entry"]
    return _People(by_name, by_id)


def _line(row: SheetRow, people: _People) -> tuple[RecordedLine | None, list[Problem]]:
    cells = row.cells
    problems: list[Problem] = []
    entry_id = _entry(cells, people, problems)
    rank = _rank(cells["rank"], problems)
    level = LEVEL_WORDS.get(cells["level"].strip().lower())
    if level is None:
        problems.append(Problem(N_("奖牌填金牌、银牌、铜牌、优胜奖或留空"), field="level"))
    total = _total(cells["total"], problems)
    award = cells["award"].strip()
    if level and not award:
        award = AWARD_LEVEL_NAMES[level]
    if entry_id is None or problems:
        return None, problems
    return RecordedLine(entry_id, rank, award, level or "", total), []


def _entry(cells: dict[str, str], people: _People, problems: list[Problem]) -> int | None:
    """By ID number where there is one, else by a name that only one entry has."""
    name = cells["name"].strip()
    if cells["id_number"].strip():
        entry_id = people.by_id.get(lookup_digest(cells["id_number"]))
        if entry_id is None:
            problems.append(Problem(N_("本阶段名单中没有该身份证号"), field="id_number"))
        elif entry_id not in people.by_name.get(name, set()):
            problems.append(Problem(N_("姓名与该身份证号登记的不一致"), field="name"))
        return entry_id
    entries = people.by_name.get(name, set())
    if len(entries) == 1:
        return next(iter(entries))
    text = N_("本阶段名单中没有“{name}”") if not entries else N_("名单中有 {count} 个“{name}”，须填身份证号")
    problems.append(Problem(text, field="name", params={"name": name, "count": len(entries)}))
    return None


def _rank(text: str, problems: list[Problem]) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 9999):
        problems.append(Problem(N_("名次须为不小于 1 的整数"), field="rank"))
        return None
    return int(text)


def _total(text: str, problems: list[Problem]) -> Decimal | None:
    if not text.strip():
        return None
    try:
        return parse_decimal(text.strip())
    except ValueError:
        problems.append(Problem(N_("总分须为数字，最多四位小数"), field="total"))
        return None
