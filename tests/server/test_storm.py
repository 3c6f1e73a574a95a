"""A real server under a storm of marks: killed, raced and double-tapped, it neither loses nor doubles one."""

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from competition.accounts.sessions import COOKIE, csrf_token, start_session
from competition.audit.tables import AuditRecord
from competition.audit.write import SYSTEM, write
from competition.database.connection import open_database
from competition.marking.tables import Mark
from competition.people.vault import open_vault
from tests.marking_stage import MarkingStage, aspect_ids, drawn_stage, judge_actor, sheets_of
from tests.serving import Server

pytestmark = pytest.mark.server

JUDGES = 5
PAIRS = 300
AT_ONCE = 30


class Place(msgspec.Struct, frozen=True):
    """One mark to be given: the judge's seat, the sheet, the aspect."""

    seat: int
    sheet: str
    aspect: int


class Field(msgspec.Struct, frozen=True):
    """Places to mark, and two signed-in sessions of each judge."""

    folder: Path
    address: str
    places: tuple[Place, ...]
    sessions: dict[int, tuple[str, str]]


@pytest.fixture
async def field(address: str, tmp_path: Path) -> AsyncIterator[Field]:
    """Twenty contestants, five judges, three aspects: 300 marks."""
    open_vault(tmp_path)
    async with open_database(address):
        stage = await drawn_stage(20, JUDGES)
        yield Field(tmp_path, address, tuple(await _places(stage)), await _sessions(stage))


async def _places(stage: MarkingStage) -> list[Place]:
    aspects = await aspect_ids(stage.stage_id)
    return [
        Place(seat, str(sheet["token"]), aspect)
        for seat in range(1, JUDGES + 1)
        for sheet in await sheets_of(stage.panel_id, seat)
        for aspect in aspects.values()
    ]


async def _sessions(stage: MarkingStage) -> dict[int, tuple[str, str]]:
    sessions = {}
    for seat in range(1, JUDGES + 1):
        actor = await judge_actor(stage.panel_id, seat)
        assert actor.user_id is not None
        async with write(SYSTEM) as change:
            sessions[seat] = (
                await start_session(change, actor.user_id, "code", 1),
                await start_session(change, actor.user_id, "code", 1),
            )
    return sessions


class Tablets:
    """Both tablets of every judge, against the running server."""

    def __init__(self, server: Server, field: Field) -> None:
        self.field = field
        self.client = httpx.AsyncClient(base_url=server.url, timeout=30, limits=httpx.Limits(max_connections=64))

    async def put(self, place: Place, value: str, seen: int, key: str, tablet: int = 0) -> httpx.Response:
        session = self.field.sessions[place.seat][tablet]
        headers = {
            "Cookie": f"{COOKIE}={session}", "X-CSRF-Token": csrf_token(session),
            "If-Match": f'"{seen}"', "Idempotency-Key": key,
        }  # fmt: skip
        address = f"/sheets/{place.sheet}/marks/{place.aspect}"
        return await self.client.put(address, data={"value": value}, headers=headers)


async def recorded() -> list[dict[str, Any]]:
    return await Mark.select(Mark.sheet, Mark.aspect, Mark.number, Mark.value, Mark.current, Mark.client_id).order_by(
        Mark.id
    )


def require_whole(rows: list[dict[str, Any]]) -> None:
    """Revisions of each mark are 1, 2, 3 … and only the last one is current."""
    histories: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for row in rows:
        histories.setdefault((row["sheet"], row["aspect"]), []).append(row)
    for history in histories.values():
        assert [row["number"] for row in history] == list(range(1, len(history) + 1))
        assert [row["current"] for row in history] == [False] * (len(history) - 1) + [True]


async def test_a_killed_server_has_every_acknowledged_mark_once(field: Field) -> None:
    acknowledged: dict[str, tuple[int, str]] = {}
    sent: dict[str, tuple[Place, str, int]] = {}

    async def judge(tablets: Tablets, places: list[Place]) -> None:
        for turn in range(1, 1000):
            for place in places:
                key, value = str(uuid.uuid4()), str(turn % 30)
                sent[key] = (place, value, turn - 1)
                answer = await tablets.put(place, value, turn - 1, key)
                assert answer.status_code == 200
                acknowledged[key] = (answer.json()["number"], value)

    with Server(field.folder, field.address) as server:
        tablets = Tablets(server, field)
        lanes = [list(field.places[start::AT_ONCE]) for start in range(AT_ONCE)]
        storm = [asyncio.create_task(judge(tablets, lane)) for lane in lanes]
        while len(acknowledged) < 600:
            await asyncio.sleep(0.01)
            assert not any(task.done() for task in storm), [task.exception() for task in storm if task.done()]
        server.kill()
        outcomes = await asyncio.gather(*storm, return_exceptions=True)
        assert {isinstance(outcome, httpx.TransportError) for outcome in outcomes} == {True}

        server.start()
        rows = {row["client_id"]: row for row in await recorded()}
        require_whole(await recorded())
        assert Counter(row["client_id"] for row in await recorded()).most_common(1)[0][1] == 1
        assert [key for key in acknowledged if key not in rows] == []
        assert {key: (rows[key]["number"], rows[key]["value"]) for key in acknowledged} == {
            key: (number, int(value) * 10_000) for key, (number, value) in acknowledged.items()
        }
        saves = await AuditRecord.count().where(AuditRecord.action == "mark.saved")
        assert saves == len(rows)

        unanswered = [key for key in sent if key not in acknowledged]
        tablets = Tablets(server, field)
        answers = [
            await tablets.put(place, value, seen, key) for key in unanswered for place, value, seen in [sent[key]]
        ]
        assert {answer.status_code for answer in answers} <= {200}
        rows_after = await recorded()
        require_whole(rows_after)
        assert len(rows_after) == len(sent)


async def _in_batches(work: list[Any]) -> list[Any]:
    done: list[Any] = []
    for start in range(0, len(work), AT_ONCE):
        done += await asyncio.gather(*work[start : start + AT_ONCE])
    return done


async def test_of_two_tablets_saving_at_once_one_wins_and_one_is_told(field: Field) -> None:
    async def race(tablets: Tablets, place: Place) -> tuple[httpx.Response, httpx.Response]:
        first, second = await asyncio.gather(
            tablets.put(place, "10", 0, str(uuid.uuid4()), 0), tablets.put(place, "11", 0, str(uuid.uuid4()), 1)
        )
        return first, second

    with Server(field.folder, field.address) as server:
        tablets = Tablets(server, field)
        races = await _in_batches([race(tablets, place) for place in field.places[:PAIRS]])
        statuses = Counter(tuple(sorted(answer.status_code for answer in pair)) for pair in races)
        assert statuses == {(200, 409): PAIRS}
        for pair in races:
            [won] = [answer.json() for answer in pair if answer.status_code == 200]
            [lost] = [answer.json() for answer in pair if answer.status_code == 409]
            assert (lost["theirs"]["number"], lost["theirs"]["value"]) == (won["number"], won["value"])
        rows = await recorded()
        require_whole(rows)
        assert len(rows) == PAIRS


async def test_a_double_tap_is_saved_once_and_answered_twice(field: Field) -> None:
    async def tap_twice(tablets: Tablets, place: Place) -> tuple[httpx.Response, httpx.Response]:
        key = str(uuid.uuid4())
        first, second = await asyncio.gather(tablets.put(place, "10", 0, key), tablets.put(place, "10", 0, key))
        return first, second

    with Server(field.folder, field.address) as server:
        tablets = Tablets(server, field)
        taps = await _in_batches([tap_twice(tablets, place) for place in field.places[:PAIRS]])
        assert Counter(answer.status_code for pair in taps for answer in pair) == {200: 2 * PAIRS}
        assert [first.json() for first, _ in taps] == [second.json() for _, second in taps]
        rows = await recorded()
        require_whole(rows)
        assert len(rows) == PAIRS
