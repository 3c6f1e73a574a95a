"""The lists that leave the house: the working list with full identity and account numbers, the masked public list."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from competition import clock
from competition.audit.write import SYSTEM, Actor, write
from competition.contests.kinds import GROUP_NAMES, STAGE_NAMES, TIER_NAMES, GroupKind, StageKind, Tier
from competition.documents.capital import capital_amount
from competition.documents.workbook_writing import Cell, Column, Sheet, write_workbook
from competition.people.kinds import UNIT_KIND_NAMES, UnitKind
from competition.people.tables import Unit
from competition.people.vault import unseal
from competition.problems import N_, Missing, Problem, Refused
from competition.subsidies.facts import Row, chunks
from competition.subsidies.kinds import LINE_STATE_NAMES, LineState
from competition.subsidies.lines import thawed
from competition.subsidies.tables import SubsidyBatch, SubsidyLine

WORKING = (
    Column("序号", 6, "integer"), Column("单位", 28), Column("统一社会信用代码", 21), Column("账户名称", 28),
    Column("开户行", 18), Column("账号", 23), Column("联系人", 10), Column("联系电话", 14), Column("选手", 10),
    Column("证件号码", 21), Column("组别", 9), Column("竞赛", 28), Column("文号", 20), Column("层级", 8),
    Column("赛项", 18), Column("阶段", 7), Column("标准", 12, "money"), Column("金额", 14, "money"), Column("备注", 34),
)  # fmt: skip
WORKING_UNITS = (
    Column("序号", 6, "integer"), Column("单位", 30), Column("统一社会信用代码", 21), Column("类别", 8),
    Column("账户名称", 28), Column("开户行", 18), Column("账号", 23), Column("联系人", 10), Column("联系电话", 14),
    Column("人数", 8, "integer"), Column("金额", 14, "money"), Column("备注", 34),
)  # fmt: skip
NOT_PAID = (
    Column("序号", 6, "integer"), Column("状态", 8), Column("单位", 28), Column("选手", 10), Column("证件号码", 21),
    Column("组别", 9), Column("竞赛", 28), Column("赛项", 18), Column("原因", 40),
)  # fmt: skip
PUBLIC = (
    Column("序号", 6, "integer"), Column("单位", 30), Column("选手", 10), Column("证件号码", 21), Column("组别", 9),
    Column("竞赛", 28), Column("文号", 20), Column("层级", 8), Column("赛项", 18), Column("金额", 14, "money"),
)  # fmt: skip
PUBLIC_UNITS = (
    Column("序号", 6, "integer"), Column("单位", 34), Column("人数", 8, "integer"), Column("金额", 14, "money"),
)  # fmt: skip


class Payment(msgspec.Struct, frozen=True):
    """A line with all that a payment needs; `unit` holds what is sealed, still sealed."""

    line: Row
    unit: Row
    number: int

    @property
    def fen(self) -> int:
        return self.line["amount_fen"]


class Listing(msgspec.Struct, frozen=True):
    """The lines of some batches: those due in order, and the others with their reason."""

    due: list[Payment]
    others: list[Row]
    batches: list[Row]

    @property
    def fen(self) -> int:
        return sum(payment.fen for payment in self.due)


async def working_list(actor: Actor, batch_id: int, purpose: str) -> bytes:
    """With full numbers, for a purpose that stays on record. Raises Missing, Refused without a purpose."""
    listing = await _listing(SubsidyLine.batch == batch_id, SubsidyBatch.id == batch_id)
    if not listing.batches:
        raise Missing("subsidy batch")
    await _record(actor, listing, purpose, batch_id=batch_id)
    return await asyncio.to_thread(_working_book, listing)


async def public_list(batch_id: int) -> bytes:
    """Identity numbers masked; no account, no phone. Raises Missing."""
    listing = await _listing(SubsidyLine.batch == batch_id, SubsidyBatch.id == batch_id)
    if not listing.batches:
        raise Missing("subsidy batch")
    return await asyncio.to_thread(_public_book, listing)


async def export_year(
    tier: str, year: int, public: bool, *, actor: Actor = SYSTEM, purpose: str = "年度名单导出"
) -> bytes:
    """Every batch of a tier and year in one workbook. Raises Missing when there is none."""
    batch = SubsidyLine.batch
    listing = await _listing(
        (batch.tier == tier) & (batch.year == year), (SubsidyBatch.tier == tier) & (SubsidyBatch.year == year)
    )
    if not listing.batches:
        raise Missing("subsidy batch")
    if public:
        return await asyncio.to_thread(_public_book, listing)
    await _record(actor, listing, purpose, year=year, tier=tier)
    return await asyncio.to_thread(_working_book, listing)


async def _record(actor: Actor, listing: Listing, purpose: str, *, batch_id: int | None = None, **of: Any) -> None:
    if not purpose.strip():
        raise Refused(Problem(N_("须写明导出用途"), "purpose"))
    async with write(actor) as change:
        await change.record(
            "subsidy.exported", "subsidy_batch", batch_id, purpose=purpose.strip(), count=len(listing.due),
            batches=[batch["id"] for batch in listing.batches], **of,
        )  # fmt: skip


async def _listing(of_lines: Any, of_batches: Any) -> Listing:
    batch: Any = SubsidyLine.batch
    person = SubsidyLine.person
    rows = (
        await SubsidyLine.select(
            SubsidyLine.state, SubsidyLine.reason, SubsidyLine.amount_fen, SubsidyLine.group_kind,
            SubsidyLine.unit.id.as_alias("unit"), person.name.as_alias("name"), person.id_mask.as_alias("id_mask"),
            person.id_sealed.as_alias("id_sealed"), SubsidyLine.skill.name.as_alias("skill"),
            batch.number.as_alias("number"), batch.tier.as_alias("tier"), batch.rate_fen.as_alias("rate_fen"),
            batch.contest.name.as_alias("contest"), batch.contest.document_number.as_alias("document"),
        )
        .where(of_lines)
        .order_by(batch.number)
        .order_by(SubsidyLine.id)
    )  # fmt: skip
    units = await _units(row["unit"] for row in rows if row["unit"] is not None)
    due = [row for row in rows if row["state"] == LineState.DUE]
    return Listing(
        due=[Payment(row, units[row["unit"]], number) for number, row in enumerate(due, start=1)],
        others=[
            row | {"unit_name": units[row["unit"]]["name"] if row["unit"] else ""}
            for row in rows
            if row["state"] != LineState.DUE
        ],
        batches=await SubsidyBatch.select(SubsidyBatch.id, SubsidyBatch.number).where(of_batches),
    )


async def _units(unit_ids: Any) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for part in chunks(unit_ids):
        rows = await Unit.select(
            Unit.id, Unit.name, Unit.kind, Unit.credit_code, Unit.account_name, Unit.bank_name, Unit.account_sealed,
            Unit.contact_name, Unit.phone_sealed,
        ).where(Unit.id.is_in(part))  # fmt: skip
        found |= {row["id"]: row for row in rows}
    return found


def _total_row(columns: Sequence[Column], people: int, fen: int) -> list[Cell]:
    """合计 in front, the sums under 人数 and 金额, the capital amount in the last column (or the second)."""
    row: list[Cell] = [None] * len(columns)
    row[0] = "合计"
    for position, column in enumerate(columns):
        if column.title == "金额":
            row[position] = fen
        if column.title == "人数":
            row[position] = people
    row[-1 if columns[-1].kind == "text" else 1] = capital_amount(fen)
    return row


def _working_book(listing: Listing) -> bytes:
    opened = _opened_units(listing)
    sheets = [
        # One row per person and nothing else, so that an officer's script can sum it; the total is by unit.
        Sheet("按人", WORKING, [_working_row(payment, opened, listing) for payment in listing.due]),
        Sheet(
            "按单位", WORKING_UNITS, _unit_rows(listing, opened),
            _total_row(WORKING_UNITS, len(listing.due), listing.fen),
        ),
    ]  # fmt: skip
    if listing.others:
        rows = [_other_row(number, row) for number, row in enumerate(listing.others, start=1)]
        sheets.append(Sheet("暂缓与剔除", NOT_PAID, rows))
    return write_workbook(sheets, created=clock.now())


def _opened_units(listing: Listing) -> dict[int, tuple[str, str]]:
    """Unit -> account and phone, each opened once."""
    units = {payment.unit["id"]: payment.unit for payment in listing.due}
    return {unit_id: (unseal(unit["account_sealed"]), unseal(unit["phone_sealed"])) for unit_id, unit in units.items()}


def _working_row(payment: Payment, opened: dict[int, tuple[str, str]], listing: Listing) -> list[Cell]:
    line, unit = payment.line, payment.unit
    account, phone = opened[unit["id"]]
    return [
        payment.number, unit["name"], unit["credit_code"], unit["account_name"], unit["bank_name"], account,
        unit["contact_name"], phone, line["name"], unseal(line["id_sealed"]),
        GROUP_NAMES[GroupKind(line["group_kind"])], line["contest"], line["document"],
        TIER_NAMES[Tier(line["tier"])], line["skill"], STAGE_NAMES[StageKind.FINAL],
        line["rate_fen"], line["amount_fen"],
        f"{line['number']:02} 批" if len(listing.batches) > 1 else "",
    ]  # fmt: skip


def _by_unit(listing: Listing) -> list[tuple[Row, int, int]]:
    """Unit, people and fen; the largest sum first."""
    units: dict[int, Row] = {}
    people: dict[int, int] = defaultdict(int)
    money: dict[int, int] = defaultdict(int)
    for payment in listing.due:
        unit_id = payment.unit["id"]
        units[unit_id] = payment.unit
        people[unit_id] += 1
        money[unit_id] += payment.fen
    ordered = sorted(units, key=lambda unit_id: (-money[unit_id], unit_id))
    return [(units[unit_id], people[unit_id], money[unit_id]) for unit_id in ordered]


def _unit_rows(listing: Listing, opened: dict[int, tuple[str, str]]) -> list[list[Cell]]:
    return [
        [
            number, unit["name"], unit["credit_code"], UNIT_KIND_NAMES[UnitKind(unit["kind"])], unit["account_name"],
            unit["bank_name"], *opened[unit["id"]][:1], unit["contact_name"], *opened[unit["id"]][1:], people, fen, "",
        ]
        for number, (unit, people, fen) in enumerate(_by_unit(listing), start=1)
    ]  # fmt: skip


def _other_row(number: int, row: Row) -> list[Cell]:
    return [
        number, LINE_STATE_NAMES[LineState(row["state"])], row["unit_name"], row["name"], row["id_mask"],
        GROUP_NAMES[GroupKind(row["group_kind"])], row["contest"], row["skill"], str(thawed(row["reason"])),
    ]  # fmt: skip


def _public_book(listing: Listing) -> bytes:
    people: list[list[Cell]] = [
        [
            payment.number, payment.unit["name"], payment.line["name"], payment.line["id_mask"],
            GROUP_NAMES[GroupKind(payment.line["group_kind"])], payment.line["contest"], payment.line["document"],
            TIER_NAMES[Tier(payment.line["tier"])], payment.line["skill"], payment.fen,
        ]
        for payment in listing.due
    ]  # fmt: skip
    units: list[list[Cell]] = [
        [number, unit["name"], count, fen] for number, (unit, count, fen) in enumerate(_by_unit(listing), start=1)
    ]
    sheets = [
        Sheet("按人", PUBLIC, people),
        Sheet("按单位", PUBLIC_UNITS, units, _total_row(PUBLIC_UNITS, len(people), listing.fen)),
    ]
    return write_workbook(sheets, created=clock.now())
