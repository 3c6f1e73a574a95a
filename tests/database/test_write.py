"""Nothing changes without a record of who did it."""

import pytest

from competition import clock
from competition.accounts.tables import Account, SignInFailure
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, Actor, NothingRecorded, write
from competition.database.connection import Engine
from competition.database.errors import Duplicate, UnrecordedWrite


async def test_a_change_outside_a_write_is_refused(database: Engine) -> None:
    with pytest.raises(UnrecordedWrite):
        await SignInFailure.insert(SignInFailure(username="x", at=clock.now()))
    assert await SignInFailure.count() == 0


async def test_a_write_that_records_nothing_is_undone(database: Engine) -> None:
    with pytest.raises(NothingRecorded):
        async with write(SYSTEM):
            await SignInFailure.insert(SignInFailure(username="x", at=clock.now()))
    assert await SignInFailure.count() == 0


async def test_the_record_names_who_and_what(database: Engine) -> None:
    actor = Actor(name="丛建国", user_id=7, role="organiser", address="10.0.0.8")
    async with write(actor) as change:
        await change.record("entry.approved", "entry", 12, reason="资料齐全")
    row = await AuditRecord.select().first()
    assert {name: row[name] for name in ("user_name", "user_id", "role", "address", "action", "subject")} == {
        "user_name": "丛建国", "user_id": 7, "role": "organiser", "address": "10.0.0.8",
        "action": "entry.approved", "subject": "entry",
    }  # fmt: skip
    assert (row["subject_id"], row["detail"]) == (12, '{"reason":"资料齐全"}')


async def test_an_inner_write_is_undone_with_the_outer_one(database: Engine) -> None:
    async def inner() -> None:
        async with write(SYSTEM) as change:
            await SignInFailure.insert(SignInFailure(username="x", at=change.at))
            await change.record("test", "test")

    async def outer() -> None:
        async with write(SYSTEM):
            await inner()
            raise ValueError

    with pytest.raises(ValueError):
        await outer()
    assert (await SignInFailure.count(), await AuditRecord.count()) == (0, 0)


async def test_a_duplicate_names_its_columns_on_both_engines(database: Engine) -> None:
    async def create() -> None:
        async with write(SYSTEM) as change:
            await Account.insert(Account(username="twice", created_at=change.at))
            await change.record("test", "test")

    await create()
    with pytest.raises(Duplicate) as caught:
        await create()
    assert (caught.value.table, caught.value.columns) == ("account", ("username",))


async def test_what_waits_for_the_commit_does_not_run_after_a_failure(database: Engine) -> None:
    ran: list[str] = []

    async def fail() -> None:
        async with write(SYSTEM) as change:
            change.after_commit.append(lambda: ran.append("failed"))
            await change.record("test", "test")
            raise ValueError

    with pytest.raises(ValueError):
        await fail()
    async with write(SYSTEM) as change:
        change.after_commit.append(lambda: ran.append("done"))
        await change.record("test", "test")
    assert ran == ["done"]


async def test_an_inner_write_records_its_own_actor(database: Engine) -> None:
    async with write(Actor(name="外")) as outer:
        async with write(Actor(name="内")) as inner:
            await inner.record("inner", "test")
        await outer.record("outer", "test")
    rows = await AuditRecord.select(AuditRecord.action, AuditRecord.user_name).order_by(AuditRecord.id)
    assert rows == [{"action": "inner", "user_name": "内"}, {"action": "outer", "user_name": "外"}]
