"""Results as they are shown: the lines of a stage with the names a viewer may see."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from piccolo.query import Select

from competition import clock
from competition.entries.tables import EntryMember
from competition.problems import Problem
from competition.results.tables import ResultLine
from competition.results.visibility import RELEASED_ONLY, Sight, name_seen, revision_seen

Row = dict[str, Any]


# Under this key the parts of a line hold what penalties and bonuses came to; no scheme has a part of that code.
ADJUSTMENT = "±"


class BoardLine(msgspec.Struct, frozen=True):
    """One line of a result as a viewer sees it. `total` and the values of `parts` are in 1/10000; `scale` is the score
    on the WorldSkills scale, None where it does not apply."""

    id: int
    token: str
    stage_id: int
    entry_id: int
    attendance: str
    rank: int | None
    tied: bool
    name: str
    name_en: str
    unit_id: int | None
    unit: str
    unit_en: str
    unit_kind: str
    district_id: int | None
    district: str
    district_en: str
    total: int | None
    parts: dict[str, int]
    award: str
    award_name: str
    award_name_en: str
    award_level: str
    prize_fen: int
    qualifies: bool
    advances: bool
    reason: Problem
    scale: int | None = None


class Board(msgspec.Struct, frozen=True):
    """`revision` is the row of the revision shown: number 0 while it is a draft."""

    revision: Row
    lines: tuple[BoardLine, ...]

    @property
    def scaled(self) -> bool:
        return any(line.scale is not None for line in self.lines)

    @property
    def adjusted(self) -> bool:
        return any(line.parts.get(ADJUSTMENT) for line in self.lines)


async def board(stage_id: int, sight: Sight = RELEASED_ONLY) -> Board | None:
    """The result of a stage in this sight; None when there is none to see."""
    revision = await revision_seen(sight, stage_id)
    return Board(revision, tuple(await lines_of([revision], sight))) if revision else None


async def released_board(stage_id: int) -> Board | None:
    """The result in force, for whoever may see what is released."""
    return await board(stage_id)


async def lines_of(revisions: Sequence[Row], sight: Sight, *, awarded: bool = False) -> list[BoardLine]:
    """The lines of these revisions, each revision best first; or only those with an award."""
    if not revisions:
        return []
    query = _line_query().where(ResultLine.revision.is_in([row["id"] for row in revisions]))
    return await _named_lines(await (query.where(ResultLine.award_name != "") if awarded else query), sight)


async def lines_by_id(line_ids: Collection[int], sight: Sight) -> dict[int, BoardLine]:
    """Single lines, of whatever stages."""
    if not line_ids:
        return {}
    lines = await _named_lines(await _line_query().where(ResultLine.id.is_in(list(line_ids))), sight)
    return {line.id: line for line in lines}


async def _named_lines(rows: list[Row], sight: Sight) -> list[BoardLine]:
    members = await _names([row["entry"] for row in rows], sight)
    return [_board_line(row, members[row["entry"]]) for row in rows]


def _line_query() -> Select:
    unit = ResultLine.entry._.unit._
    return (
        ResultLine.select(
            *ResultLine.all_columns(), ResultLine.revision._.stage.as_alias("stage"),
            ResultLine.entry.team_name.as_alias("team_name"), unit.id.as_alias("unit_id"),
            unit.name.as_alias("unit"), unit.name_en.as_alias("unit_en"),
            unit.kind.as_alias("unit_kind"), unit.district._.id.as_alias("district_id"),
            unit.district._.name.as_alias("district"), unit.district._.name_en.as_alias("district_en"),
        )
        .order_by(ResultLine.id)
    )  # fmt: skip


async def _names(entry_ids: list[int], sight: Sight) -> dict[int, tuple[list[str], list[str]]]:
    """Entry -> names of its members as this viewer may see them, in both languages."""
    found: dict[int, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    if not entry_ids:
        return found
    rows = (
        await EntryMember.select(
            EntryMember.entry, EntryMember.person.name.as_alias("name"),
            EntryMember.person.name_en.as_alias("name_en"), EntryMember.person.born_on.as_alias("born_on"),
        )
        .where(EntryMember.entry.is_in(entry_ids))
        .order_by(EntryMember.id)
    )  # fmt: skip
    today = clock.today()
    for row in rows:
        names, names_en = found[row["entry"]]
        names.append(name_seen(sight, row["name"], row["born_on"], today))
        names_en.append(name_seen(sight, row["name_en"] or row["name"], row["born_on"], today))
    return found


def _board_line(row: Row, names: tuple[list[str], list[str]]) -> BoardLine:
    team = f"{row['team_name']}：" if row["team_name"] else ""
    return BoardLine(
        id=row["id"], token=row["token"], stage_id=row["stage"], entry_id=row["entry"], attendance=row["attendance"],
        rank=row["rank"], tied=bool(row["tied"]), name=team + "、".join(names[0]),
        name_en=team.replace("：", ": ") + ", ".join(names[1]),
        unit_id=row["unit_id"], unit=row["unit"] or "", unit_en=row["unit_en"] or "",
        unit_kind=row["unit_kind"] or "",
        district_id=row["district_id"], district=row["district"] or "", district_en=row["district_en"] or "",
        total=row["total"], parts=json.loads(row["parts"] or "{}"), award=row["award"],
        award_name=row["award_name"], award_name_en=row["award_name_en"], award_level=row["award_level"],
        prize_fen=row["prize_fen"], qualifies=bool(row["qualifies"]), advances=bool(row["advances"]),
        reason=problem_from(row["reason"]), scale=row["scale"],
    )  # fmt: skip


def problem_to(problem: Problem) -> str:
    """A reason as it is frozen in a line."""
    return json.dumps({"text": problem.text, "params": problem.params}, ensure_ascii=False) if problem.text else ""


def problem_from(frozen: str) -> Problem:
    if not frozen:
        return Problem("")
    said: dict[str, Any] = json.loads(frozen)
    return Problem(said["text"], params=said["params"])
