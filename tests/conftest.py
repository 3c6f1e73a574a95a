"""Every test gets a database of its own: SQLite, or with COMPETITION_TEST_DATABASE a PostgreSQL one."""

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
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
from competition.people.vault import open_vault
from competition.settings import Settings, from_environment

# On a loaded machine an example takes longer; what is slow is measured in tests/load, not here.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")

POSTGRES = os.environ.get("COMPETITION_TEST_DATABASE", "")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def migrated() -> Iterator[str]:
    """A migrated, empty database that tests copy: a file, or the name of a PostgreSQL template database."""
    if not POSTGRES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "empty.sqlite3"
            asyncio.run(migrate(str(path)))
            yield str(path)
        return
    name = f"competition_test_{uuid.uuid4().hex[:12]}"
    asyncio.run(_postgres(f'CREATE DATABASE "{name}"'))
    asyncio.run(migrate(_postgres_address(name)))
    yield name
    asyncio.run(_postgres(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _postgres_address(name: str) -> str:
    return POSTGRES.rsplit("/", 1)[0] + "/" + name


async def _postgres(statement: str) -> None:
    connection = await asyncpg.connect(POSTGRES)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def address(migrated: str, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a fresh database."""
    if not POSTGRES:
        copy = tmp_path / "competition.sqlite3"
        shutil.copy(migrated, copy)
        yield str(copy)
        return
    name = f"competition_test_{uuid.uuid4().hex[:12]}"
    await _postgres(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
    yield _postgres_address(name)
    await _postgres(f'DROP DATABASE "{name}" WITH (FORCE)')


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
