"""The open database of this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from competition import clock
from competition.database.migrate import migrate_postgres, migrate_sqlite
from competition.database.postgres import PooledPostgresEngine
from competition.database.schema import load_tables
from competition.database.sqlite import TunedSQLiteEngine

Engine = TunedSQLiteEngine | PooledPostgresEngine

_current: list[Engine] = []


def current_engine() -> Engine:
    """The engine all tables are bound to. Raises RuntimeError when no database is open."""
    if not _current:
        raise RuntimeError("no database is open")
    return _current[-1]


def make_engine(address: str) -> Engine:
    """`address` is a file path, or postgresql://…"""
    if address.startswith(("postgres://", "postgresql://")):
        return PooledPostgresEngine(address)
    return TunedSQLiteEngine(address)


async def migrate(address: str) -> list[str]:
    """Bring the database at `address` to the newest schema; the names of the migrations applied."""
    applied_at = clock.now().isoformat()
    if address.startswith(("postgres://", "postgresql://")):
        return await migrate_postgres(address, applied_at)
    return migrate_sqlite(Path(address), applied_at)


@asynccontextmanager
async def open_database(address: str) -> AsyncIterator[Engine]:
    """Bind every table to the database at `address` for the length of the block."""
    engine = make_engine(address)
    await engine.start_connection_pool()
    for table in load_tables():
        table._meta.db = engine
    _current.append(engine)
    try:
        yield engine
    finally:
        _current.remove(engine)
        await engine.close_connection_pool()
