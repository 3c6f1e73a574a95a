"""Piccolo on PostgreSQL through its pool, with the same rules as our SQLite engine."""

from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from competition.database.errors import UnrecordedWrite, duplicate_in_postgres

Row = dict[str, Any]


class _Connection(asyncpg.Connection):
    """No code of ours leaves SET, LISTEN or advisory locks behind, so the reset round trip is spared."""

    def get_reset_query(self) -> str:
        return ""


class PooledTransaction:
    """One transaction on one pooled connection, given back whatever happens."""

    def __init__(self, engine: "PooledPostgresEngine") -> None:
        self.engine = engine
        self._joined = engine.current_transaction.get() is not None
        self._token: Token[Any] | None = None

    async def __aenter__(self) -> "PooledTransaction":
        if self._joined:
            raise RuntimeError("a transaction is already open in this task")
        assert self.engine.pool is not None
        self.connection = await self.engine.pool.acquire()
        try:
            self._transaction = self.connection.transaction()
            await self._transaction.start()
        except BaseException:
            await self.engine.pool.release(self.connection)
            raise
        self._token = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._token is not None
        assert self.engine.pool is not None
        self.engine.current_transaction.reset(self._token)
        try:
            if error is None:
                await self._transaction.commit()
            else:
                await self._transaction.rollback()
        finally:
            await self.engine.pool.release(self.connection)


class PooledPostgresEngine(PostgresEngine):
    def __init__(self, dsn: str, *, connections: int = 10) -> None:
        super().__init__(config={"dsn": dsn})
        self.connections = connections
        self.current_transaction: ContextVar[Any] = ContextVar("transaction", default=None)
        self.queries = 0

    async def check_version(self) -> None:
        """Asked when the pool opens, not when the module is imported."""

    async def prep_database(self) -> None:
        """We need no extension."""

    async def start_connection_pool(self, **_: Any) -> None:
        self.pool = await asyncpg.create_pool(
            **self.config, min_size=1, max_size=self.connections, connection_class=_Connection
        )

    async def close_connection_pool(self) -> None:
        if self.pool is not None:
            await self.pool.close()
            self.pool = None

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Row]:
        query, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.run_compiled(query, args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Row]:
        return await self.run_compiled(ddl, [])

    async def run_compiled(self, query: str, args: Any) -> list[Row]:
        """Run SQL in the open transaction, or read outside one. Raises UnrecordedWrite for any other statement."""
        self.queries += 1
        transaction = self.current_transaction.get()
        try:
            if transaction is not None:
                return [dict(row) for row in await transaction.connection.fetch(query, *args)]
            if query[:6].upper() != "SELECT" and query[:5].upper() != "WITH ":
                raise UnrecordedWrite(query[:80])
            assert self.pool is not None
            async with self.pool.acquire() as connection:
                return [dict(row) for row in await connection.fetch(query, *args)]
        except asyncpg.UniqueViolationError as error:
            raise duplicate_in_postgres(error.table_name or "", error.detail or "") from error

    def transform_response_to_dicts(self, results: list[Row]) -> list[Row]:
        return results

    def transaction(self, *_: Any, **__: Any) -> PooledTransaction:  # type: ignore[override]  # ours, not Piccolo's
        return PooledTransaction(self)
