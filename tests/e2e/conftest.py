"""Chromium and the real server on a database of its own, for each file of tests."""

import os
import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from competition.people.vault import open_vault
from tests.conftest import POSTGRES, postgres_database
from tests.serving import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.e2e.house import House

REQUIRED = bool(os.environ.get("COMPETITION_REQUIRE_ALL"))
if REQUIRED:
    import playwright.sync_api  # noqa: F401  # so that tests fail where they would be skipped

CHROMIUM_OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = shutil.which("chromium")
    if path is None and REQUIRED:
        pytest.fail("chromium is not installed")
    if path is None:
        pytest.skip("chromium is not installed")
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With the seeds and nothing else."""
    folder = tmp_path_factory.mktemp("house")
    with postgres_database() if POSTGRES else nullcontext(str(folder / "competition.sqlite3")) as address:
        open_vault(folder)
        with Server(folder, address) as server:
            yield server


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium_path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def house(server: Server, chromium: "Browser") -> Iterator["House"]:
    """The server with nobody before it yet."""
    from tests.e2e.house import House

    house = House(server, chromium)
    yield house
    house.close()
    if house.faults:
        print(server.output())
