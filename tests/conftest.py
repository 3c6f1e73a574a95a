"""Every test gets a database of its own: SQLite, or with COMPETITION_TEST_DATABASE a PostgreSQL one."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import asyncpg
import httpx
import pytest
from hypothesis import settings as hypothesis_settings

from competition.accounts import service as accounts
from competition.accounts.kinds import Role
from competition.accounts.sessions import COOKIE, csrf_token, start_session
from competition.app import Application, create_app
from competition.audit.write import SYSTEM, write
from competition.database.connection import Engine, migrate, open_database
from competition.database.sqlite import PRAGMAS
from competition.people.vault import open_vault
from competition.settings import Settings, from_environment

# On a loaded machine an example takes longer; what is slow is measured in tests/load, not here.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")

# PostgreSQL gives rows in any order unless it is asked for one; here SQLite turns its own round, so that whoever
# counts on it is found without waiting for chance.
PRAGMAS["reverse_unordered_selects"] = 1

POSTGRES = os.environ.get("COMPETITION_TEST_DATABASE", "")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


# Empties every table but the ledger of migrations, and counts ids from 1 again, with constraints off.
_EMPTY = """
DO $$
DECLARE name text;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version' LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
    PERFORM setval(format('%I', name)::regclass, 1, false);
  END LOOP;
END $$
"""
# A server that a test has killed may still hold a transaction.
_LEAVE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


async def empty(address: str) -> None:
    """Leave nothing but the schema, while a server may be running on it."""
    if POSTGRES:
        await _postgres(address, _EMPTY)
        return
    with closing(sqlite3.connect(address, timeout=30)) as connection, connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('schema_version', 'sqlite_sequence')"
        ).fetchall()
        for (name,) in names:
            connection.execute(f'DELETE FROM "{name}"')


@pytest.fixture(scope="session")
def migrated() -> Iterator[str]:
    """A migrated, empty database: a file that tests copy, or a PostgreSQL database that each test empties."""
    if not POSTGRES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "empty.sqlite3"
            asyncio.run(migrate(str(path)))
            yield str(path)
        return
    with postgres_database() as address:
        asyncio.run(migrate(address))
        yield address


@contextmanager
def postgres_database() -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped afterwards. It need not survive a power cut."""
    name = f"competition_test_{uuid.uuid4().hex[:12]}"
    asyncio.run(_postgres(POSTGRES, f'CREATE DATABASE "{name}"'))
    asyncio.run(_postgres(POSTGRES, f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    yield POSTGRES.rsplit("/", 1)[0] + "/" + name
    asyncio.run(_postgres(POSTGRES, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _postgres(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def address(migrated: str, tmp_path: Path) -> str:
    """The address of an empty database that has the schema."""
    if POSTGRES:
        await _postgres(migrated, _LEAVE)
        await empty(migrated)
        return migrated
    copy = tmp_path / "competition.sqlite3"
    shutil.copy(migrated, copy)
    return str(copy)


@pytest.fixture
def settings(address: str, tmp_path: Path) -> Settings:
    return from_environment({}, data=tmp_path, database=address)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Engine]:
    """An open database, for tests of services. Tests of pages take `site` instead."""
    open_vault(settings.data)
    async with open_database(settings.database_address) as engine:
        yield engine


class Browser(httpx.AsyncClient):
    """A signed-in (or anonymous) client of the application, with the CSRF token of its session."""

    csrf = ""

    async def submit(self, url: str, **fields: object) -> httpx.Response:
        """Post a form as a page of ours would."""
        return await self.post(url, data={"_csrf": self.csrf, **fields})


class Site:
    """The running application: `await site.sign_in(Role.ORGANISER, contest_id)` gives a browser."""

    def __init__(self, app: Application, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.browsers: list[Browser] = []
        self.accounts = 0

    def browser(self) -> Browser:
        browser = Browser(transport=httpx.ASGITransport(app=self.app), base_url="http://testserver")
        self.browsers.append(browser)
        return browser

    async def account(self, *roles: tuple[Role, int], name: str = "") -> int:
        """A new account with these roles (each with the id of what it covers, 0 for the city)."""
        self.accounts += 1
        new = accounts.NewAccount(
            username=f"person{self.accounts}", name=name or f"测试{self.accounts}", password="", demo=True
        )
        account_id = await accounts.create_account(SYSTEM, new, password_hash="none")
        for role, scope_id in roles:
            await accounts.grant_role(SYSTEM, account_id, role, scope_id)
        return account_id

    async def sign_in_as(self, account_id: int) -> Browser:
        async with write(SYSTEM) as change:
            token = await start_session(change, account_id, "password", 1)
        browser = self.browser()
        browser.cookies.set(COOKIE, token)
        browser.csrf = csrf_token(token)
        return browser

    async def sign_in(self, role: Role, scope_id: int = 0) -> Browser:
        return await self.sign_in_as(await self.account((role, scope_id)))


@cache
def application() -> Application:
    """Built once: its 200 routes take longer than most tests."""
    return create_app(from_environment({}))


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    app = application()
    app.settings = settings
    async with app.litestar.lifespan():
        site = Site(app, settings)
        yield site
        for browser in site.browsers:
            await browser.aclose()
