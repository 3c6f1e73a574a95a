"""The migrations build exactly what the tables declare, once, on both engines."""

import sqlite3
from pathlib import Path

import asyncpg
import pytest

from competition.database import migrate as migrating
from competition.database.connection import migrate
from competition.database.schema import schema
from tests.conftest import POSTGRES


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
        await connection.close()


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
