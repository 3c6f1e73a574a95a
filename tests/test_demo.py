"""The demo: a city of the real size, its money to the yuan, its published list without a private number."""

import asyncio
import io
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from rich.console import Console

from competition.accounts.access import PUBLIC, SIGNED_IN, scopes_of
from competition.accounts.kinds import ROLE_SCOPE, Role
from competition.app import connect_rooms
from competition.audit.tables import AuditRecord
from competition.contests.tables import Contest, Stage
from competition.database.connection import migrate, open_database
from competition.database.schema import load_tables
from competition.demo import build
from competition.marking.service.locking import unknown_tie_breaks
from competition.marking.service.schemes import load_scheme
from competition.people.tables import Person, PoolMembership, Unit
from competition.people.vault import open_vault, unseal
from competition.results.bundle import bundle_of
from competition.results.editions import editions_of
from competition.results.recompute import recompute
from competition.settings import from_environment
from competition.subsidies.exports import export_year
from competition.subsidies.tables import SubsidyBatch, SubsidyLine
from tests.conftest import POSTGRES, Site, application, postgres_database
from tests.test_access import FOR_ROLES


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address and folder of a demo, built once."""
    folder = tmp_path_factory.mktemp("demo")
    connect_rooms()

    async def make(address: str) -> None:
        await migrate(address)
        open_vault(folder)
        async with open_database(address):
            await build.build(None, Console(quiet=True))

    with postgres_database() if POSTGRES else nullcontext(str(folder / "competition.sqlite3")) as address:
        asyncio.run(make(address))
        yield address, folder


@pytest.fixture
async def demo(built: tuple[str, Path]) -> AsyncIterator[None]:
    address, folder = built
    open_vault(folder)
    async with open_database(address):
        yield


BATCHES = {"municipal": (1005, 1500), "provincial": (164, 2000), "national": (18, 5000), "world": (2, 10000)}


async def test_the_bundle_of_the_municipal_contest_recomputes_equal_and_one_changed_mark_is_named(demo: None) -> None:
    contest = await Contest.select(Contest.id).where(Contest.tier == "municipal").order_by(Contest.id).first()
    assert contest is not None
    files = await bundle_of(contest["id"])
    found = recompute(files)
    assert found.differences == []
    assert found.lines > 5000
    assert found.marks > 19_000
    path = next(name for name in sorted(files) if name.endswith("/marks.csv") and files[name].count("\n") > 1)
    lines = files[path].split("\n")
    cells = lines[5].split(",")
    cells[6] = "0.5"  # the value
    wrong = files | {path: "\n".join([*lines[:5], ",".join(cells), *lines[6:]])}
    [first, *_others] = recompute(wrong).differences
    assert first.file == path
    assert first.line == 6
    assert f"number {cells[1]}, {cells[2]}/{cells[3]}, seat {cells[4]}, revision {cells[5]}: 0.5" in first.said


async def test_each_tier_pays_its_finalists_by_the_policys_rate(demo: None) -> None:
    lines = await SubsidyLine.select(SubsidyLine.batch.tier.as_alias("tier"), SubsidyLine.amount_fen, SubsidyLine.state)
    found = {
        tier: (
            sum(line["tier"] == tier for line in lines),
            sum(line["amount_fen"] for line in lines if line["tier"] == tier),
            {line["state"] for line in lines if line["tier"] == tier},
        )
        for tier in BATCHES
    }
    assert found == {tier: (people, people * yuan * 100, {"due"}) for tier, (people, yuan) in BATCHES.items()}


async def test_the_municipal_batch_is_1507500_yuan_by_person_by_unit_and_on_the_sheet(demo: None) -> None:
    batch = await SubsidyBatch.select(SubsidyBatch.id).where(SubsidyBatch.tier == "municipal").first()
    lines = await SubsidyLine.select(SubsidyLine.unit, SubsidyLine.amount_fen).where(SubsidyLine.batch == batch["id"])
    by_unit = Counter()
    for line in lines:
        by_unit[line["unit"]] += line["amount_fen"]
    book = openpyxl.load_workbook(io.BytesIO(await export_year("municipal", 2025, False)))
    heads, *rows = book.worksheets[0].iter_rows(values_only=True)
    amounts = [row[heads.index("金额")] for row in rows]
    assert (len(amounts), sum(amounts)) == (1005, 1507500)
    assert sum(by_unit.values()) == sum(line["amount_fen"] for line in lines) == 150750000


async def test_181_winners_are_in_the_pool(demo: None) -> None:
    assert await PoolMembership.count().where(PoolMembership.pool == "winner") == 181


async def test_the_public_list_holds_no_full_number_of_anybody(demo: None) -> None:
    private = set()
    for row in await Person.select(Person.id_sealed, Person.phone_sealed):
        private |= {unseal(row["id_sealed"]), unseal(row["phone_sealed"])}
    for row in await Unit.select(Unit.account_sealed, Unit.phone_sealed):
        private |= {unseal(row["account_sealed"]), unseal(row["phone_sealed"])}
    private.discard("")
    assert len(private) > 5000
    for tier in BATCHES:
        book = openpyxl.load_workbook(io.BytesIO(await export_year(tier, 2025, True)))
        cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        numbers = {found for cell in cells for found in re.findall(r"[0-9Xx]{8,}", cell)}
        assert {number for number in private if any(number in found or found in number for found in numbers)} == set()


async def test_a_finished_demo_is_left_as_it_is(demo: None) -> None:
    before = await AuditRecord.count()
    sign_ins = await build.build(None, Console(quiet=True))
    assert await AuditRecord.count() == before
    assert [role for role, _ in sign_ins] == [role.value for role in Role if role.value in dict(sign_ins)]
    assert {role for role, _ in sign_ins} == {role.value for role in Role}


async def test_every_contest_is_marked_fictitious(demo: None) -> None:
    assert await Contest.count().where(Contest.fictitious.eq(False)) == 0
    assert await Person.count().where(Person.fictitious.eq(False)) == 0
    assert await Unit.count().where(Unit.fictitious.eq(False)) == 0


# The stranger test on real rows: a role that covers another contest, skill, panel, unit or person.


@pytest.fixture
async def city(built: tuple[str, Path], tmp_path: Path) -> AsyncIterator[Site]:
    address, folder = built
    settings = from_environment({}, data=folder, database=address)
    app = application()
    app.settings = settings
    async with app.litestar.lifespan():
        site = Site(app, settings)
        yield site
        for browser in site.browsers:
            await browser.aclose()


OTHER = 10**6


async def real_values(path: str) -> dict[str, Any] | None:
    """A real row for each parameter of the path, all belonging together as far as one id can tell."""
    values: dict[str, Any] = {}
    for name, kind in re.findall(r"\{(\w+):(\w+)\}", path):
        stem = name.removesuffix("_id").removesuffix("_token")
        table = TABLES.get(ALIASES.get(stem, stem))
        if table is None:
            return None
        column = table.token if kind == "str" else table.id
        row = await table.select(column).order_by(table.id).first()
        if row is None:
            return None
        values[name] = row[column._meta.name]
    return values


TABLES: dict[str, Any] = {table._meta.tablename: table for table in load_tables()}
ALIASES = {
    "group": "skill_group", "session": "stage_session", "seat": "panel_seat", "part": "scheme_part",
    "place": "stage_place", "revision": "result_revision", "batch": "subsidy_batch", "line": "subsidy_line",
    "case": "promotion_case", "import": "entry_import", "event": "side_event", "result": "result_line",
    "grant": "role_grant", "membership": "pool_membership",
}  # fmt: skip


async def test_a_role_for_another_scope_reaches_nothing(city: Site) -> None:
    browsers = {role: await city.sign_in(role, OTHER) for role in Role if ROLE_SCOPE[role]}
    reached, walked = [], 0
    for method, path, who in FOR_ROLES:
        if "{" not in path or who in (PUBLIC, SIGNED_IN):
            continue
        values = await real_values(path)
        if values is None:
            continue
        first = {next(iter(values)): next(iter(values.values()))}
        scopes = await scopes_of(first)
        address = path
        for name, value in values.items():
            address = re.sub(r"\{" + name + r":\w+\}", str(value), address)
        for role, browser in browsers.items():
            if role not in who or ROLE_SCOPE[role] not in scopes:
                continue
            walked += 1
            answer = await browser.request(method, address, headers={"X-CSRF-Token": browser.csrf})
            if answer.status_code not in (403, 404):
                reached.append((role, method, address, answer.status_code))
    assert reached == []
    assert walked > 100


async def test_the_provincial_tables_of_three_years_stand_beside_each_other(demo: None) -> None:
    contest = await Contest.select().where((Contest.tier == "provincial") & (Contest.year == 2025)).first()
    assert contest is not None
    now, *before = await editions_of(contest)
    assert [each.contest["year"] for each in before] == [2024, 2023]
    ranks = {}
    for each in (now, *before):
        assert each.published is not None
        assert each.published.our_row is not None
        ranks[each.contest["year"]] = each.published.our_row.rank
    assert ranks == {2025: 2, 2024: 2, 2023: 3}
    ours = now.published.our_row if now.published else None
    assert ours is not None
    won = [now.medals(level) for level in ("gold", "silver", "bronze", "excellence")]
    assert won == [ours.gold, ours.silver, ours.bronze, ours.excellence]
    assert before[0].medals("excellence") == 61  # only its table says so


async def test_the_finals_being_marked_name_tie_breaks_that_their_schemes_have(demo: None) -> None:
    stages = await Stage.select(Stage.id, Stage.tie_breaks).where(Stage.state == "marking").order_by(Stage.id)
    assert [json.loads(stage["tie_breaks"]) for stage in stages] == [["practice", "time"]] * 2 + [["A", "D"]]
    for stage in stages:
        scheme = await load_scheme(stage["id"])
        assert scheme is not None
        assert unknown_tie_breaks(stage, scheme.rule) == []
