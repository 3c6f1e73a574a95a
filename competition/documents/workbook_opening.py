"""Opening an uploaded workbook in a process of its own.

A file of 6 KB can ask the reader for gigabytes (one cell in the far corner of each sheet), so the reading
is done by a child that may use only so much memory and time. Run as `python -m` by `open_workbook`.
"""

import io
import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msgspec
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum
from python_calamine import SheetVisibleEnum as Visible

from competition.documents import file_kind

MAX_SHEETS = 20
_MEMORY = 1024 * 1024 * 1024
_SECONDS = 20
_WALL_SECONDS = 60
_ROOT = Path(__file__).parents[2]

RawCell = bool | int | float | str
Corner = tuple[int, int]


class OpenedSheet(msgspec.Struct, frozen=True):
    """Rows with anything in them: their sheet row number and cells from column A. `filled` counts them all,
    also those beyond the limit that were not handed over. Merged ranges hold row and column numbers from 1.
    """

    name: str
    rows: list[tuple[int, list[RawCell]]]
    filled: int
    merged: list[tuple[Corner, Corner]]


class _Answer(msgspec.Struct):
    sheets: list[OpenedSheet] = []
    fault: str = ""


def open_workbook(data: bytes, filename: str, limit: int) -> list[OpenedSheet]:
    """The visible sheets, each with at most `limit` filled rows. Raises Refused when it cannot be read."""
    command = [sys.executable, "-m", __name__, str(limit)]
    surroundings = {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "RUST_BACKTRACE": "0"}
    try:
        child = subprocess.run(  # noqa: S603 - our own module by our own interpreter; the file comes by stdin
            command, input=data, capture_output=True, timeout=_WALL_SECONDS, env=surroundings, check=False
        )
    except subprocess.TimeoutExpired:
        raise file_kind.too_heavy(filename) from None
    if child.returncode:
        raise file_kind.too_heavy(filename)
    answer = msgspec.msgpack.decode(child.stdout, type=_Answer)
    if answer.fault:
        raise file_kind.locked(filename) if answer.fault == "locked" else file_kind.broken(filename)
    return answer.sheets


def _answer(data: bytes, limit: int) -> _Answer:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            names = [
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == Visible.Visible
            ]
            return _Answer([_opened(workbook.get_sheet_by_name(name), limit) for name in names[:MAX_SHEETS]])
    except PasswordError:
        return _Answer(fault="locked")
    except CalamineError:
        return _Answer(fault="broken")


def _opened(sheet: CalamineSheet, limit: int) -> OpenedSheet:
    rows: list[tuple[int, list[RawCell]]] = []
    filled = 0
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        if all(cell == "" for cell in cells):
            continue
        filled += 1
        if filled <= limit:
            rows.append((number, [_raw(cell) for cell in cells]))
    merged = [_from_one(corners) for corners in sheet.merged_cell_ranges or []]
    return OpenedSheet(sheet.name, rows, filled, merged)


def _from_one(corners: Sequence[Corner]) -> tuple[Corner, Corner]:
    (top, left), (bottom, right) = corners
    return (top + 1, left + 1), (bottom + 1, right + 1)


def _raw(cell: Any) -> RawCell:
    """Dates and times become text at once; numbers stay, since a number may have lost digits."""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", _precision(cell))
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(_precision(cell))
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    return cell if isinstance(cell, bool | int | float) else str(cell)


def _precision(moment: datetime | time) -> str:
    return "seconds" if moment.second else "minutes"


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer = _answer(sys.stdin.buffer.read(), int(sys.argv[1]))
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
