"""Registration and decisions: the services, then the pages."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import anyio
import pytest

from competition import clock
from competition.audit.history import history_of
from competition.audit.write import SYSTEM
from competition.entries import service
from competition.entries.kinds import EntryState
from competition.entries.rules import eligibility as eligible
from competition.entries.tables import Entry, EntryMember
from competition.problems import Refused, Stale
from tests.conftest import Site
from tests.web.registration_contest import CLOSES, IN_WINDOW, Registering, registering


@pytest.fixture
async def setting(site: Site) -> AsyncIterator[Registering]:
    with clock.at(IN_WINDOW):
        yield await registering()


async def state_of(entry_id: int) -> str:
    row = await Entry.select(Entry.state).where(Entry.id == entry_id).first()
    assert row
    return row["state"]


async def texts(call: object) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        await call  # type: ignore[misc]
    return [(problem.field, problem.text) for problem in caught.value.problems]


async def test_an_entry_is_handed_in(setting: Registering) -> None:
    entry_id = await service.create_entry(SYSTEM, await setting.entry())
    assert await state_of(entry_id) == EntryState.SUBMITTED
    assert [row["action"] for row in await history_of("entry", entry_id)] == ["entry.submitted"]


async def test_after_the_deadline_the_refusal_names_it(setting: Registering) -> None:
    draft = await setting.entry()
    with clock.at(CLOSES), pytest.raises(Refused) as caught:
        await service.create_entry(SYSTEM, draft)
    assert str(caught.value) == "报名已于 2025-06-30 17:00 截止"


async def test_a_person_enters_once_per_contest(setting: Registering) -> None:
    draft = await setting.entry()
    await service.create_entry(SYSTEM, draft)
    assert await texts(service.create_entry(SYSTEM, draft)) == [("m0_id_number", eligible.HELD_BY_US)]


async def test_two_units_entering_one_person_at_once_end_with_one_entry(setting: Registering) -> None:
    first = await setting.entry()
    second = await setting.entry(unit_id=setting.company, members=first.members)
    refused = []

    async def enter(draft: service.EntryDraft) -> None:
        try:
            await service.create_entry(SYSTEM, draft)
        except Refused as error:
            refused.append(error)

    async with anyio.create_task_group() as both:
        both.start_soon(enter, first)
        both.start_soon(enter, second)
    assert len(refused) == 1
    assert await EntryMember.count().where(EntryMember.person == first.members[0].person_id) == 1


async def test_the_limit_of_a_unit_holds_for_entries_at_once(site: Site) -> None:
    with clock.at(IN_WINDOW):
        setting = await registering(unit_limit=2)
        drafts = [await setting.entry() for _ in range(5)]

        async def enter(draft: service.EntryDraft) -> None:
            with contextlib.suppress(Refused):
                await service.create_entry(SYSTEM, draft)

        async with anyio.create_task_group() as all_at_once:
            for draft in drafts:
                all_at_once.start_soon(enter, draft)
    assert await Entry.count().where(Entry.contest == setting.contest_id) == 2


async def test_returning_needs_a_reason_and_can_be_mended_after_the_deadline(setting: Registering) -> None:
    draft = await setting.entry()
    entry_id = await service.create_entry(SYSTEM, draft)
    with pytest.raises(Refused):
        await service.return_(SYSTEM, entry_id, " ")
    await service.return_(SYSTEM, entry_id, "缺证明")
    with clock.at(CLOSES + timedelta(days=1)):
        await service.update_entry(SYSTEM, entry_id, draft, 2, submit=True)
    assert await state_of(entry_id) == EntryState.SUBMITTED


async def test_a_change_on_an_old_version_is_stale(setting: Registering) -> None:
    draft = await setting.entry()
    entry_id = await service.create_entry(SYSTEM, draft, submit=False)
    await service.update_entry(SYSTEM, entry_id, draft, 1)
    with pytest.raises(Stale):
        await service.update_entry(SYSTEM, entry_id, draft, 1)


async def test_a_rejected_person_may_enter_again(setting: Registering) -> None:
    draft = await setting.entry()
    await service.reject(SYSTEM, await service.create_entry(SYSTEM, draft), "资料不实")
    again = await service.create_entry(SYSTEM, draft)
    assert await state_of(again) == EntryState.SUBMITTED


async def test_a_bulk_decision_is_all_or_nothing(setting: Registering) -> None:
    submitted = await service.create_entry(SYSTEM, await setting.entry())
    drafted = await service.create_entry(SYSTEM, await setting.entry(), submit=False)
    with pytest.raises(Refused):
        await service.approve(SYSTEM, [submitted, drafted])
    assert await state_of(submitted) == EntryState.SUBMITTED


async def test_a_bulk_return_can_be_undone_for_a_quarter_of_an_hour(setting: Registering) -> None:
    entries = [await service.create_entry(SYSTEM, await setting.entry()) for _ in range(2)]
    moment = await service.return_(SYSTEM, entries, "缺照片")
    assert await service.undo_return(SYSTEM, setting.contest_id, moment) == 2
    moment = await service.return_(SYSTEM, entries, "缺照片")
    with clock.at(IN_WINDOW + timedelta(minutes=16)), pytest.raises(Refused):
        await service.undo_return(SYSTEM, setting.contest_id, moment)
