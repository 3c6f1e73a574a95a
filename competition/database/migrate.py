"""Brings a database to the newest schema: numbered SQL files per engine, each applied once, in one transaction."""

import hashlib
import sqlite3
from pathlib import Path
from typing import NamedTuple

import asyncpg

FOLDER = Path(__file__).parent / "migrations"
_LEDGER = (
    "CREATE TABLE IF NOT EXISTS schema_version "
    "(number INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, applied_at TEXT NOT NULL)"
)


class SchemaChanged(RuntimeError):
    """A migration that was already applied reads differently now, or the database is newer than the program."""


class Migration(NamedTuple):
    number: int
    name: str
    statements: list[str]
    digest: str


def migrations(engine: str) -> list[Migration]:
    found = []
    for path in sorted(FOLDER.glob(f"*.{engine}.sql")):
        sql = path.read_text("utf-8")
        number, _, name = path.name.removesuffix(f".{engine}.sql").partition("_")
        statements = [part.strip() for part in sql.split(";\n") if part.strip()]
        found.append(Migration(int(number), name, statements, hashlib.sha256(sql.encode()).hexdigest()))
    return found


def _pending(engine: str, applied: dict[int, str]) -> list[Migration]:
    known = migrations(engine)
    for migration in known:
        if applied.get(migration.number, migration.digest) != migration.digest:
            raise SchemaChanged(f"migration {migration.number:04} was changed after it had been applied")
    newer = set(applied) - {migration.number for migration in known}
    if newer:
        raise SchemaChanged(f"the database has migration {max(newer):04}, which this version does not know")
    return [migration for migration in known if migration.number not in applied]


def migrate_sqlite(path: Path, applied_at: str) -> list[str]:
    """Apply what is missing; the names of what was applied. A second process waits at BEGIN EXCLUSIVE."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute(_LEDGER)
        applied = dict(connection.execute("SELECT number, digest FROM schema_version").fetchall())
        pending = _pending("sqlite", applied)
        for migration in pending:
            for statement in migration.statements:
                connection.execute(statement)
            connection.execute(
                "INSERT INTO schema_version VALUES (?, ?, ?, ?)",
                (migration.number, migration.name, migration.digest, applied_at),
            )
        connection.execute("COMMIT")
        return [migration.name for migration in pending]
    finally:
        connection.close()


async def migrate_postgres(dsn: str, applied_at: str) -> list[str]:
    """Apply what is missing; the names of what was applied. A second process waits at the advisory lock."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(20231030)")
            await connection.execute(_LEDGER)
            rows = await connection.fetch("SELECT number, digest FROM schema_version")
            pending = _pending("postgres", {row["number"]: row["digest"] for row in rows})
            for migration in pending:
                for statement in migration.statements:
                    await connection.execute(statement)
                await connection.execute(
                    "INSERT INTO schema_version VALUES ($1, $2, $3, $4)",
                    migration.number, migration.name, migration.digest, applied_at,
                )  # fmt: skip
        return [migration.name for migration in pending]
    finally:
        await connection.close()
