"""Piccolo on SQLite at the speed of SQLite: one process, one writer and one reader on the event loop.

Logical transactions are savepoints in a physical `BEGIN IMMEDIATE`; whoever waits for the writer joins the
same group, one COMMIT (one fsync, in a thread) ends it, and nobody is answered before that COMMIT. A query never
yields to the loop, so the body of a transaction must await nothing but our own queries.
"""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any

from piccolo.engine.sqlite import SQLiteEngine
from piccolo.querystring import QueryString

from competition.database.errors import UnrecordedWrite, duplicate_in_sqlite

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": 1,
    "cache_size": -65536,
    "mmap_size": 268435456,
    "temp_store": "MEMORY",
    "wal_autocheckpoint": 4000,
}
TURNS_TO_JOIN = 5
LOCK_PATIENCE_SECONDS = 5.0

Row = dict[str, Any]


def _install_converters() -> None:
    """Piccolo's INTEGER converter goes through Decimal for every cell; SQLite already hands out integers."""
    sqlite3.converters.pop("INTEGER", None)
    sqlite3.register_converter("BOOLEAN", lambda raw: raw != b"0")


def _fetch(connection: sqlite3.Connection, query: str, args: Any) -> list[Row]:
    try:
        cursor = connection.execute(query, args)
    except sqlite3.IntegrityError as error:
        raise duplicate_in_sqlite(str(error)) or error from error
    if cursor.description is None:
        return []
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


class GroupTransaction:
    """One logical transaction: a savepoint in the group that commits together."""

    def __init__(self, engine: "TunedSQLiteEngine") -> None:
        self.engine = engine
        self.connection = engine
        self._joined = engine.current_transaction.get() is not None
        self._token: Token[Any] | None = None

    async def __aenter__(self) -> "GroupTransaction":
        if self._joined:
            raise RuntimeError("a transaction is already open in this task")
        await self.engine.begin_in_group()
        self._token = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._token is not None
        self.engine.current_transaction.reset(self._token)
        committed = self.engine.end_in_group(failed=error is not None)
        if committed is not None:
            await committed


class TunedSQLiteEngine(SQLiteEngine):
    """Open with `start_connection_pool`, close with `close_connection_pool`."""

    def __init__(self, path: str) -> None:
        super().__init__(path=path)
        _install_converters()
        self.current_transaction: ContextVar[Any] = ContextVar("transaction", default=None)
        self.queries = 0
        self._writer: sqlite3.Connection | None = None

    async def check_version(self) -> None:
        """SQLite is part of Python: nothing to ask a server for."""

    def open_connection(self, *, timeout: float = LOCK_PATIENCE_SECONDS) -> sqlite3.Connection:
        connection = sqlite3.connect(
            **self.connection_kwargs, timeout=timeout, check_same_thread=False, cached_statements=512
        )
        for name, value in PRAGMAS.items():
            connection.execute(f"PRAGMA {name}={value}").fetchall()
        return connection

    async def start_connection_pool(self, **_: Any) -> None:
        self._writer, self._reader = self.open_connection(), self.open_connection()
        self._writer.execute("PRAGMA busy_timeout=0")  # never sleep on the loop: _begin retries
        self._reader.execute("PRAGMA query_only=1")
        self._lock = asyncio.Lock()
        self._group_open = False
        self._pending: list[asyncio.Future[None]] = []
        self._commit_task: asyncio.Task[None] | None = None
        self._committer = ThreadPoolExecutor(1, "sqlite-commit")
        self._readers = ThreadPoolExecutor(2, "sqlite-read")
        self._thread = threading.local()

    async def close_connection_pool(self, **_: Any) -> None:
        if self._writer is None:
            return
        while self._commit_task is not None:
            await self._commit_task
        async with self._lock:
            self._committer.shutdown()
            self._readers.shutdown()
            self._writer.execute("PRAGMA optimize")
            self._reader.close()
            self._writer.close()
            self._writer = None

    async def run_querystring(self, querystring: QueryString, in_pool: bool = False) -> list[Row]:
        query, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.run_compiled(query, args)

    async def run_ddl(self, ddl: str, in_pool: bool = False) -> list[Row]:
        return await self.run_compiled(ddl, [])

    async def run_compiled(self, query: str, args: Any) -> list[Row]:
        """Run SQL in the open transaction, or read outside one. Raises UnrecordedWrite for any other statement."""
        self.queries += 1
        if self.current_transaction.get() is not None:
            assert self._writer is not None
            return _fetch(self._writer, query, args)
        if query[:6].upper() != "SELECT" and query[:5].upper() != "WITH ":
            raise UnrecordedWrite(query[:80])
        return _fetch(self._reader, query, args)

    async def in_thread(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """Run a long read off the event loop, on a read-only connection of its own."""

        def run() -> Any:
            if not hasattr(self._thread, "connection"):
                self._thread.connection = self.open_connection()
                self._thread.connection.execute("PRAGMA query_only=1")
            return work(self._thread.connection)

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    def transaction(self, *_: Any, **__: Any) -> GroupTransaction:  # type: ignore[override]  # ours, not Piccolo's
        return GroupTransaction(self)

    async def begin_in_group(self) -> None:
        await self._lock.acquire()
        assert self._writer is not None
        try:
            if not self._group_open:
                await self._begin()
                self._group_open = True
            self._writer.execute("SAVEPOINT logical")
        except BaseException:
            self._lock.release()
            raise

    async def _begin(self) -> None:
        """BEGIN IMMEDIATE, waiting out a foreign lock (a backup, an officer's script) without blocking the loop."""
        assert self._writer is not None
        deadline = asyncio.get_running_loop().time() + LOCK_PATIENCE_SECONDS
        while True:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                busy = "locked" in str(error) or "busy" in str(error)
                if not busy or asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.005)

    def end_in_group(self, *, failed: bool) -> "asyncio.Future[None] | None":
        """Close the savepoint; the answer resolves when the group is on disk (None for a failed body)."""
        assert self._writer is not None
        committed: asyncio.Future[None] | None = None
        try:
            if failed:
                self._writer.execute("ROLLBACK TO logical")
            self._writer.execute("RELEASE logical")
        except sqlite3.Error as error:  # a full disk has already rolled the whole group back
            self._abandon_group(error)
            raise
        if not failed:
            committed = asyncio.get_running_loop().create_future()
            self._pending.append(committed)
        self._lock.release()
        if self._commit_task is None:
            self._commit_task = asyncio.get_running_loop().create_task(self._commit_group())
        return committed

    async def _commit_group(self) -> None:
        """A task of its own, so that a cancelled request cannot tear the group.

        It lets the loop run first, and then waits its turn for the writer: whoever is ready by then joins the group.
        """
        for _ in range(TURNS_TO_JOIN):
            await asyncio.sleep(0)
        await self._lock.acquire()
        self._commit_task = None
        if not self._group_open:  # a full disk has rolled it back meanwhile
            self._lock.release()
            return
        assert self._writer is not None
        try:
            await asyncio.get_running_loop().run_in_executor(self._committer, self._writer.execute, "COMMIT")
        except sqlite3.Error as error:
            self._abandon_group(error)
            return
        waiters, self._pending = self._pending, []
        self._group_open = False
        self._lock.release()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _abandon_group(self, error: sqlite3.Error) -> None:
        assert self._writer is not None
        if self._writer.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._writer.execute("ROLLBACK")
        waiters, self._pending = self._pending, []
        self._group_open = False
        self._lock.release()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_exception(sqlite3.OperationalError(f"nothing was saved: {error}"))
