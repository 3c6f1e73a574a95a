"""What the rooms above may want to know of entries."""

from decimal import Decimal

import msgspec


class FinalistLine(msgspec.Struct, frozen=True):
    """What a workbook of finalists says of one entry's result. Rank None: not given."""

    entry_id: int
    rank: int | None = None
    award_name: str = ""
    award_level: str = ""
    total: Decimal | None = None


class FinalistsRecorded(msgspec.Struct, frozen=True):
    """Finalists of a contest held elsewhere were recorded, in the same transaction; `lines` may name results."""

    stage_id: int
    lines: tuple[FinalistLine, ...]
    source: str = ""


class AttendanceChanged(msgspec.Struct, frozen=True):
    """Somebody checked in, stayed away, withdrew or was disqualified."""

    stage_id: int
    entry_ids: tuple[int, ...]
    attendance: str
