"""The workbook flow: read, check every row, keep, put cells right, take the good rows over at once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from competition import clock
from competition.audit.write import Actor, Change, write
from competition.documents.masking import mask_id, mask_phone
from competition.documents.workbook_reading import SheetTable, read_table
from competition.entries.kinds import ImportState
from competition.entries.rules.eligibility import window_problem
from competition.entries.rules.sheet import Finding, Row, Sheet, SheetCheck, check_sheet
from competition.entries.service.columns import COLUMNS, SEALED
from competition.entries.service.facts import programme, unit_entries
from competition.entries.service.registering import known_for
from competition.entries.tables import EntryImport
from competition.people.tables import Unit
from competition.people.vault import seal, unseal
from competition.problems import N_, Missing, Problem, Refused

_DIGITS_OF_A_NUMBER = 5


class StoredRow(msgspec.Struct, frozen=True):
    """`cells` are as they may be shown: numbers masked."""

    number: int
    cells: dict[str, str]
    from_file: tuple[Finding, ...]
    findings: tuple[Finding, ...] = ()

    def has(self, severity: str) -> bool:
        return any(finding.severity == severity for finding in self.findings)


class StoredSheet(msgspec.Struct, frozen=True):
    """`sealed` holds what `cells` masks: {row: {key: text}} as JSON. Empty once the import is over."""

    sheet: str = ""
    heading_row: int = 0
    columns: dict[str, str] = {}
    warnings: tuple[Finding, ...] = ()
    rows: tuple[StoredRow, ...] = ()
    good: int = 0
    entries: int = 0
    sealed: str = ""

    def full_rows(self) -> list[Row]:
        secret = msgspec.json.decode(unseal(self.sealed) or b"{}", type=dict[int, dict[str, str]])
        return [Row(row.number, row.cells | secret.get(row.number, {}), row.from_file) for row in self.rows]


class Import(msgspec.Struct, frozen=True):
    id: int
    contest_id: int
    unit_id: int
    filename: str
    uploaded_at: datetime
    state: ImportState
    stored: StoredSheet


async def load_import(import_id: int) -> Import:
    """Raises Missing."""
    row = await EntryImport.select().where(EntryImport.id == import_id).first()
    if row is None:
        raise Missing("import")
    stored = msgspec.json.decode(row["rows"], type=StoredSheet) if row["rows"] else StoredSheet()
    return Import(
        row["id"], row["contest"], row["unit"], row["filename"], row["uploaded_at"], ImportState(row["state"]), stored
    )


async def upload(actor: Actor, contest_id: int, unit_id: int, filename: str, data: bytes) -> int:
    """Read and check a workbook; the import's id. It replaces the unit's waiting one. Raises Refused."""
    known = await programme(contest_id)
    closed = window_problem(known.contest, clock.now())
    if closed:
        raise Refused(closed)
    table = await asyncio.to_thread(read_table, data, filename, COLUMNS)
    rows = rows_of(table)
    stored = StoredSheet(
        sheet=table.sheet, heading_row=table.heading_row, columns=table.columns,
        warnings=tuple(Finding("", each.text, each.params, "warning") for each in table.warnings),
    )  # fmt: skip
    stored = await recheck(stored, rows, contest_id, unit_id)
    async with write(actor) as change:
        await EntryImport.update({EntryImport.state: ImportState.REPLACED.value, EntryImport.rows: ""}).where(
            (EntryImport.contest == contest_id)
            & (EntryImport.unit == unit_id)
            & (EntryImport.state == ImportState.WAITING.value)
        )
        new = EntryImport(
            contest=contest_id, unit=unit_id, filename=filename[-160:], uploaded_at=change.at,
            uploaded_by=actor.user_id, rows=msgspec.json.encode(stored).decode(), state=ImportState.WAITING.value,
        )  # fmt: skip
        import_id = (await EntryImport.insert(new))[0]["id"]
        await change.record("import.uploaded", "entry_import", import_id, filename=filename, rows=len(rows))
    return import_id


def rows_of(table: SheetTable) -> list[Row]:
    from_file: dict[int, list[Finding]] = {}
    for each in table.problems:
        finding = Finding(each.key, each.problem.text, each.problem.params, each.severity)
        from_file.setdefault(each.row, []).append(finding)
    return [Row(row.number, row.cells, tuple(from_file.get(row.number, ()))) for row in table.rows]


async def check_rows(rows: Sequence[Row], contest_id: int, unit_id: int) -> SheetCheck:
    """The rules of the form over all rows, in a constant number of queries; the work itself in a thread."""
    unit = await Unit.select(Unit.kind).where(Unit.id == unit_id).first()
    if unit is None:
        raise Missing("unit")
    programme_ = await programme(contest_id)
    numbers = [row.cells.get(key, "") for row in rows for key in ("id_number", "main_coach_id", "second_coach_id")]
    coaches = [row.cells.get(key, "") for row in rows for key in ("main_coach", "second_coach")]
    known = await known_for(contest_id, unit_id, numbers, coaches)
    counts = await unit_entries(contest_id, [unit_id])
    entered = {group: count for (_, group), count in counts.items()}
    sheet = Sheet(programme_.contest, programme_.groups, unit_id, unit["kind"], known, entered)
    return await asyncio.to_thread(check_sheet, rows, sheet)


async def recheck(stored: StoredSheet, rows: Sequence[Row], contest_id: int, unit_id: int) -> StoredSheet:
    check = await check_rows(rows, contest_id, unit_id)
    secret = {row.number: {key: text for key, text in row.cells.items() if key in SEALED and text} for row in rows}
    return msgspec.structs.replace(
        stored,
        rows=tuple(
            StoredRow(row.number, _masked(row.cells), row.from_file, tuple(check.findings.get(row.number, ())))
            for row in rows
        ),
        good=sum(len(entry.rows) for entry in check.entries),
        entries=len(check.entries),
        sealed=seal(msgspec.json.encode(secret).decode()),
    )


def _masked(cells: dict[str, str]) -> dict[str, str]:
    return {key: _shown(key, text) for key, text in cells.items() if text}


def _shown(key: str, text: str) -> str:
    """Numbers masked; what holds hardly a digit is no number and shown, so that the mistake is seen."""
    if key not in SEALED or sum(character.isdigit() for character in text) < _DIGITS_OF_A_NUMBER:
        return text
    return mask_phone(text) if key == "phone" else mask_id(text)


async def adopt(actor: Actor, import_id: int, row_number: int, key: str) -> None:
    """Put one cell right with what was offered for it, and check again. Raises Refused when nothing is offered."""
    found = await load_import(import_id)
    if found.state != ImportState.WAITING:
        raise Refused(Problem(N_("本次导入已经结束")))
    offers = [
        finding.offer
        for row in found.stored.rows
        if row.number == row_number
        for finding in row.findings
        if finding.key == key and finding.offer
    ]
    if not offers:
        raise Refused(Problem(N_("该单元格没有可采用的内容")))
    rows = [
        Row(
            row.number, row.cells | {key: offers[0]},
            tuple(finding for finding in row.from_file if finding.key != key),
        )
        if row.number == row_number
        else row
        for row in found.stored.full_rows()
    ]  # fmt: skip
    stored = await recheck(found.stored, rows, found.contest_id, found.unit_id)
    async with write(actor) as change:
        await _store(change, import_id, stored)
        await change.record("import.cell_adopted", "entry_import", import_id, row=row_number, key=key, value=offers[0])


async def refresh(actor: Actor, import_id: int) -> None:
    """Check again: others may have entered the same people meanwhile."""
    found = await load_import(import_id)
    if found.state != ImportState.WAITING:
        return
    stored = await recheck(found.stored, found.stored.full_rows(), found.contest_id, found.unit_id)
    async with write(actor) as change:
        await _store(change, import_id, stored)
        await change.record("import.rechecked", "entry_import", import_id)


async def _store(change: Change, import_id: int, stored: StoredSheet) -> None:
    rows = (
        await EntryImport.update({EntryImport.rows: msgspec.json.encode(stored).decode()})
        .where((EntryImport.id == import_id) & (EntryImport.state == ImportState.WAITING.value))
        .returning(EntryImport.id)
    )
    if not rows:
        raise Refused(Problem(N_("本次导入已经结束")))


async def waiting_import(contest_id: int, unit_id: int) -> dict[str, Any] | None:
    """The unit's workbook that waits to be confirmed: id, filename, uploaded_at."""
    return (
        await EntryImport.select(EntryImport.id, EntryImport.filename, EntryImport.uploaded_at)
        .where(
            (EntryImport.contest == contest_id)
            & (EntryImport.unit == unit_id)
            & (EntryImport.state == ImportState.WAITING.value)
        )
        .order_by(EntryImport.id, ascending=False)
        .first()
    )
