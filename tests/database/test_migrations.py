"""The migrations build exactly what the tables declare, once, on both engines."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from competition.database import migrate as migrating
from competition.database.connection import migrate
from competition.database.schema import schema
from tests.conftest import POSTGRES, postgres_database


def shape_of_sqlite(path: str) -> set[tuple[str, str]]:
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    finally:
        connection.close()
    return {(name, sql) for name, sql in rows if name not in ("schema_version", "sqlite_sequence")}


@pytest.mark.skipif(bool(POSTGRES), reason="this run is on PostgreSQL")
async def test_sqlite_has_what_the_tables_declare(address: str, tmp_path: Path) -> None:
    declared = tmp_path / "declared.sqlite3"
    connection = sqlite3.connect(declared)
    for statement in schema("sqlite"):
        connection.execute(statement)
    connection.commit()
    connection.close()
    assert shape_of_sqlite(address) == shape_of_sqlite(str(declared))


COLUMNS = (
    "SELECT table_name, column_name, data_type, is_nullable, character_maximum_length "
    "FROM information_schema.columns WHERE table_schema = $1 ORDER BY 1, 2"
)
INDEXES = "SELECT tablename, replace(indexdef, $1 || '.', '') AS def FROM pg_indexes WHERE schemaname = $1"


@pytest.mark.skipif(not POSTGRES, reason="needs COMPETITION_TEST_DATABASE, a PostgreSQL address")
async def test_postgres_has_what_the_tables_declare(address: str) -> None:
    connection = await asyncpg.connect(address)
    aside = connection.transaction()
    await aside.start()
    try:
        await connection.execute("CREATE SCHEMA declared; SET search_path TO declared")
        for statement in schema("postgres"):
            await connection.execute(statement)
        await connection.execute("SET search_path TO public")
        for query in (COLUMNS, INDEXES):
            declared = {tuple(row) for row in await connection.fetch(query, "declared")}
            migrated = {tuple(row) for row in await connection.fetch(query, "public") if row[0] != "schema_version"}
            assert migrated == declared
    finally:
        await aside.rollback()
        await connection.close()


OLD_ROWS = (
    "INSERT INTO scheme (id, stage, number, current, created_at, version) VALUES (1, 1, 1, true, "
    "'2025-01-01T00:00:00+00:00', 1)",
    "INSERT INTO scheme_part (id, scheme, code, name, name_en, position, source, weight, maximum, aggregation, "
    "drop_highest, drop_lowest, digits) VALUES (7, 1, 'P', '实操', '', 1, 'panel', 7000, 1000000, 'trimmed', 1, 1, 2)",
    "INSERT INTO aspect (id, part, code, title, title_en, position, maximum, step) "
    "VALUES (9, 7, 'A', '味感', 'Taste', 1, 300000, 5000)",
)
PART = "SELECT id, code, weight, criterion, day, method, layer, combined_by, better FROM scheme_part"
KEPT = [(7, "P", 700_000, "", 0, "score", "number", "aspect", "more")]
ASPECT = "SELECT id, title, step, calculation, place, retired_at FROM aspect"


@pytest.mark.skipif(bool(POSTGRES), reason="this run is on PostgreSQL")
async def test_what_the_first_schema_held_is_kept_on_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.sqlite3"
    known = migrating.migrations
    monkeypatch.setattr(migrating, "migrations", lambda engine: known(engine)[:1])
    await migrate(str(path))
    with sqlite3.connect(path) as connection:
        for statement in OLD_ROWS:
            connection.execute(statement)
    connection.close()
    monkeypatch.setattr(migrating, "migrations", known)
    assert await migrate(str(path)) == [each.name for each in known("sqlite")[1:]]
    connection = sqlite3.connect(path)
    assert connection.execute(PART).fetchall() == KEPT
    assert connection.execute(ASPECT).fetchall() == [(9, "味感", 5000, "", 0, None)]
    connection.execute("UPDATE scheme_part SET id = id")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@pytest.fixture
def without_schema() -> Iterator[str]:
    with postgres_database() as address:
        yield address


@pytest.mark.skipif(not POSTGRES, reason="needs COMPETITION_TEST_DATABASE, a PostgreSQL address")
async def test_what_the_first_schema_held_is_kept_on_postgres(
    without_schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = migrating.migrations
    monkeypatch.setattr(migrating, "migrations", lambda engine: known(engine)[:1])
    await migrate(without_schema)
    old = await asyncpg.connect(without_schema)
    await old.execute("SET session_replication_role = replica")  # the rows above the scheme are not needed
    for statement in OLD_ROWS:
        await old.execute(statement)
    monkeypatch.setattr(migrating, "migrations", known)
    await migrate(without_schema)
    assert [tuple(row) for row in await old.fetch(PART)] == KEPT
    assert [tuple(row) for row in await old.fetch(ASPECT)] == [(9, "味感", 5000, "", 0, None)]
    await old.close()


async def test_a_second_migration_changes_nothing(address: str) -> None:
    assert await migrate(address) == []


async def test_a_changed_migration_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = migrating.migrations

    def changed(engine: str) -> list[migrating.Migration]:
        return [migration._replace(digest="other") for migration in known(engine)]

    monkeypatch.setattr(migrating, "migrations", changed)
    with pytest.raises(migrating.SchemaChanged):
        await migrate(address)


async def test_a_newer_database_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "migrations", lambda engine: [])
    with pytest.raises(migrating.SchemaChanged):
        await migrate(address)
