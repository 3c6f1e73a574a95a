"""The tuned SQLite engine: what a group of transactions that share one commit must never do to each other."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from competition import clock
from competition.accounts.tables import SignInFailure
from competition.audit.write import SYSTEM, write
from competition.database.connection import migrate, open_database
from competition.database.sqlite import TunedSQLiteEngine


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[TunedSQLiteEngine]:
    path = tmp_path / "engine.sqlite3"
    await migrate(str(path))
    async with open_database(str(path)) as engine:
        assert isinstance(engine, TunedSQLiteEngine)
        yield engine


async def add(name: str) -> None:
    await SignInFailure.insert(SignInFailure(username=name, at=clock.now()))


async def names() -> list[str]:
    rows = await SignInFailure.select(SignInFailure.username).order_by(SignInFailure.username)
    return [row["username"] for row in rows]


async def save(name: str, *, fail: bool = False) -> None:
    async with write(SYSTEM) as change:
        await add(name)
        await change.record("test", "test")
        if fail:
            raise ValueError(name)


async def test_a_failing_transaction_takes_nothing_else_of_its_group_with_it(engine: TunedSQLiteEngine) -> None:
    saves = [save(f"{number:03}", fail=number % 3 == 0) for number in range(60)]
    results = await asyncio.gather(*saves, return_exceptions=True)
    assert sum(isinstance(result, ValueError) for result in results) == 20
    assert await names() == [f"{number:03}" for number in range(60) if number % 3]


async def test_an_answer_comes_only_after_the_commit(engine: TunedSQLiteEngine) -> None:
    await save("kept")
    other = sqlite3.connect(engine.path)
    try:
        assert other.execute("SELECT username FROM sign_in_failure").fetchall() == [("kept",)]
    finally:
        other.close()


async def test_a_cancelled_request_leaves_the_engine_working(engine: TunedSQLiteEngine) -> None:
    tasks = [asyncio.create_task(save(f"{number:03}")) for number in range(20)]
    await asyncio.sleep(0)
    for task in tasks[5:10]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.wait_for(save("after"), timeout=5)
    saved = await names()
    assert "after" in saved
    assert [f"{number:03}" for number in (*range(5), *range(10, 20)) if f"{number:03}" not in saved] == []


async def test_what_is_open_in_a_transaction_is_not_seen_outside(engine: TunedSQLiteEngine) -> None:
    seen: list[list[str]] = []

    async def look() -> None:
        seen.append(await names())

    looking = asyncio.get_running_loop().create_future()

    async def writer() -> None:
        async with write(SYSTEM) as change:
            await add("open")
            await change.record("test", "test")
            assert await names() == ["open"]
            looking.set_result(None)
            await asyncio.sleep(0.01)  # only a test may wait inside a transaction

    task = asyncio.create_task(writer())
    await looking
    await asyncio.create_task(look())
    await task
    assert seen == [[]]
    assert await names() == ["open"]


async def test_a_foreign_lock_is_waited_out_without_stopping_the_readers(engine: TunedSQLiteEngine) -> None:
    other = sqlite3.connect(engine.path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(save("waited"))
        await asyncio.sleep(0.05)
        assert await names() == []
        other.execute("ROLLBACK")
        await asyncio.wait_for(task, timeout=5)
    finally:
        other.close()
    assert await names() == ["waited"]


async def test_a_full_disk_saves_nothing_and_says_so(engine: TunedSQLiteEngine) -> None:
    assert engine._writer is not None
    pages = engine._writer.execute("PRAGMA page_count").fetchone()[0]
    engine._writer.execute(f"PRAGMA max_page_count={pages}")
    big = "x" * 200_000

    async def fill() -> None:
        async with write(SYSTEM) as change:
            await change.record("test", "test", filler=big)

    with pytest.raises(sqlite3.OperationalError):
        await fill()
    engine._writer.execute("PRAGMA max_page_count=1073741823")
    await asyncio.wait_for(save("after"), timeout=5)
    assert await names() == ["after"]


async def test_rows_survive_closing_and_opening(tmp_path: Path) -> None:
    path = str(tmp_path / "again.sqlite3")
    await migrate(path)
    async with open_database(path):
        await save("kept")
    async with open_database(path):
        assert await names() == ["kept"]


async def test_closing_right_after_a_failed_write_waits_for_its_group(tmp_path: Path) -> None:
    path = str(tmp_path / "failed.sqlite3")
    await migrate(path)
    async with open_database(path):
        with pytest.raises(ValueError):
            await save("lost", fail=True)
    async with open_database(path):
        assert await names() == []
