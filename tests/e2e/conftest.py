"""Chromium and the real server on a database of its own, anew for each test."""

import asyncio
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.conftest import POSTGRES, _postgres, _postgres_address
from tests.serving import serving

if TYPE_CHECKING:
    from tests.e2e.house import House

REQUIRED = bool(os.environ.get("COMPETITION_REQUIRE_ALL"))
if REQUIRED:
    import playwright.sync_api  # noqa: F401  # so that tests fail where they would be skipped

CHROMIUM_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def _no_chromium() -> NoReturn:
    if REQUIRED:
        pytest.fail("chromium is not installed")
    pytest.skip("chromium is not installed")


@pytest.fixture
def own_database() -> Iterator[str]:
    """The address of an empty PostgreSQL database, or "" for SQLite in the server's folder.

    The fixtures of tests/conftest.py are asynchronous, and Playwright has a loop of its own.
    """
    if not POSTGRES:
        yield ""
        return
    name = f"competition_test_{uuid.uuid4().hex[:12]}"
    asyncio.run(_postgres(f'CREATE DATABASE "{name}"'))
    yield _postgres_address(name)
    asyncio.run(_postgres(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def house(own_database: str, tmp_path: Path) -> Iterator["House"]:
    """The server with the seeds and nothing else, and a browser before it."""
    from playwright.sync_api import sync_playwright

    from tests.e2e.house import House

    program = shutil.which("chromium")
    if program is None:
        _no_chromium()
    with serving(tmp_path, own_database) as server, sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        house = House(server, browser)
        yield house
        house.close()
        browser.close()
        if house.faults:
            print(server.output())
