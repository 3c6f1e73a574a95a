"""A workbook of scores, checked row by row: who each row is, and whether the score is one."""

from decimal import Decimal

import msgspec

from competition.documents.sheet_headings import Heading
from competition.documents.workbook_reading import SheetRow, SheetTable
from competition.entries.tables import EntryMember, StagePlace
from competition.marking.service.imports import ImportPart, read_score
from competition.people.vault import lookup_digest
from competition.problems import N_, Problem, Refused

HEADINGS = (
    Heading("number", (N_("参赛号"), "Contestant number", "编号"), required=False),
    Heading("id_number", (N_("证件号码"), "ID number", "身份证号"), required=False),
    Heading("score", (N_("成绩"), "Score", "得分", "分数")),
)


class SheetProblem(msgspec.Struct, frozen=True):
    """One thing to put right, at the row number and column letter the sheet shows."""

    row: int
    column: str
    cell: str
    problem: Problem


class ReadScores(msgspec.Struct, frozen=True):
    scores: dict[int, Decimal]
    problems: list[SheetProblem]


async def read_sheet(part: ImportPart, table: SheetTable) -> ReadScores:
    """Scores by entry, and every problem of every row. Raises Refused when no column says whose score it is."""
    if not {"number", "id_number"} & set(table.columns):
        raise Refused(Problem(N_("缺少列“参赛号”或“证件号码”，至少有一列"), field="file"))
    by_number, by_digest = await _known(part.stage_id)
    problems = [
        SheetProblem(each.row, each.column_letter, "", each.problem)
        for each in table.problems
        if each.severity == "error"
    ]
    scores: dict[int, Decimal] = {}
    first_row: dict[int, int] = {}
    for row in table.rows:
        entry_id, key, wrong = _entry_of(row, by_number, by_digest)
        if entry_id is not None and entry_id in first_row:
            wrong = Problem(N_("与第 {row} 行是同一选手"), params={"row": first_row[entry_id]})
        if wrong:
            problems.append(_at(table, row, key, wrong))
        elif entry_id is not None:
            first_row[entry_id] = row.number
        if not row.cells["score"]:
            continue  # absent: stays missing
        try:
            score = read_score(row.cells["score"], part)
        except Refused as refused:
            problems.append(_at(table, row, "score", refused.problems[0]))
            continue
        if entry_id is not None and not wrong:
            scores[entry_id] = score
    if not scores and not problems:
        raise Refused(Problem(N_("没有一行填了成绩"), field="file"))
    return ReadScores(scores, sorted(problems, key=lambda each: (each.row, each.column)))


def _at(table: SheetTable, row: SheetRow, key: str, problem: Problem) -> SheetProblem:
    return SheetProblem(row.number, table.columns.get(key, ""), row.cells[key] if key == "score" else "", problem)


def _entry_of(
    row: SheetRow, by_number: dict[str, int], by_digest: dict[str, int]
) -> tuple[int | None, str, Problem | None]:
    """The entry, the column that named it, and what is wrong. Number and ID must name the same contestant."""
    number, id_number = row.cells["number"], row.cells["id_number"]
    if not number and not id_number:
        return None, "number", Problem(N_("参赛号和证件号码都是空的"))
    by_first = by_number.get(number.lstrip("0")) if number else None
    by_second = by_digest.get(lookup_digest(id_number)) if id_number else None
    if number and by_first is None:
        return None, "number", Problem(N_("参赛号不在本阶段名单中"))
    if id_number and by_second is None:
        return None, "id_number", Problem(N_("证件号码不在本阶段名单中"))
    if by_first is not None and by_second is not None and by_first != by_second:
        return None, "id_number", Problem(N_("参赛号与证件号码不是同一选手"))
    return by_first if by_first is not None else by_second, "number" if number else "id_number", None


async def _known(stage_id: int) -> tuple[dict[str, int], dict[str, int]]:
    """Entries of the stage by contestant number, and by the digest of a member's ID number."""
    places = await StagePlace.select(StagePlace.entry, StagePlace.position).where(
        (StagePlace.stage == stage_id) & StagePlace.declined_at.is_null()
    )
    members = await EntryMember.select(EntryMember.entry, EntryMember.person.id_digest.as_alias("digest")).where(
        EntryMember.entry.is_in(StagePlace.select(StagePlace.entry).where(StagePlace.stage == stage_id))
    )
    there = {place["entry"] for place in places}
    return (
        {str(place["position"]): place["entry"] for place in places},
        {row["digest"]: row["entry"] for row in members if row["entry"] in there},
    )
