"""A published table of delegations as somebody pastes it: one line for each delegation."""

import re

import msgspec

from competition.problems import N_, Problem, Refused

COLUMNS = ("rank", "name", "gold", "silver", "bronze", "excellence", "points")
MOST_ROWS = 200
_FEWEST = COLUMNS.index("excellence")


class PublishedRow(msgspec.Struct, frozen=True):
    """`excellence` and `points` are None where the table does not say them."""

    rank: int
    name: str
    gold: int
    silver: int
    bronze: int
    excellence: int | None = None
    points: int | None = None


def read_table(text: str) -> list[PublishedRow]:
    """Cells between tabs, or commas, or spaces; excellence and points may be missing, empty or a dash.

    Raises Refused with every line that is wrong.
    """
    rows: list[PublishedRow] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        row = _row(line)
        if row is None:
            problems.append(_wrong(N_("第 {line} 行：应为名次、代表队、金、银、铜、优胜、积分"), line=number))
        elif row.rank < 1:
            problems.append(_wrong(N_("第 {line} 行：名次从 1 起"), line=number))
        elif row.name in {other.name for other in rows}:
            problems.append(_wrong(N_("第 {line} 行：“{name}”已在前面出现"), line=number, name=row.name))
        else:
            rows.append(row)
    if not rows and not problems:
        problems.append(_wrong(N_("至少填写一个代表队")))
    if len(rows) > MOST_ROWS:
        problems.append(_wrong(N_("最多 {most} 个代表队"), most=MOST_ROWS))
    if problems:
        raise Refused(*problems)
    return sorted(rows, key=lambda row: (row.rank, row.name))


def write_table(rows: list[PublishedRow]) -> str:
    """As `read_table` reads it again."""
    return "\n".join(
        "\t".join("" if value is None else str(value) for value in msgspec.structs.astuple(row)) for row in rows
    )


def _wrong(text: str, **params: object) -> Problem:
    return Problem(text, field="rows", params=params)


def _row(line: str) -> PublishedRow | None:
    split = line.split("\t") if "\t" in line else re.split(r"\s*[,，]\s*|\s+", line.strip())
    cells = [cell.strip() for cell in split]
    while len(cells) > len(COLUMNS) and not cells[-1]:
        cells.pop()
    if not _FEWEST <= len(cells) <= len(COLUMNS):
        return None
    said = dict(zip(COLUMNS, cells, strict=False))
    name = said.pop("name")
    numbers = {column: _number(cell) for column, cell in said.items() if cell not in ("", "-", "—")}
    if not name or len(name) > 60 or None in numbers.values() or not set(COLUMNS[:_FEWEST]) - {"name"} <= set(numbers):
        return None
    return msgspec.convert(numbers | {"name": name}, PublishedRow)


def _number(cell: str) -> int | None:
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) <= 5 else None
