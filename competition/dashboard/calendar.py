"""The bureau's next fortnight: contests, closing dates of registration, public notices."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from competition import clock
from competition.contests.kinds import ContestState
from competition.contests.tables import Contest
from competition.subsidies.kinds import BatchState
from competition.subsidies.tables import SubsidyBatch
from competition.web.i18n import _, shown

Row = dict[str, Any]

DAYS = 14
LANES = 2
FLAG = 3


class Day(msgspec.Struct, frozen=True):
    number: int
    day: date
    today: bool
    weekend: bool


class Planned(msgspec.Struct, frozen=True):
    """Something that lasts from `first` to `last`; `kind` is the letter of its look."""

    kind: str
    text: str
    note: str
    href: str
    first: date
    last: date


class Event(msgspec.Struct, frozen=True):
    """Where it stands: the column it begins in, how many it covers, its lane. One of a day is a flag with room to
    its right for the text."""

    planned: Planned
    column: int
    length: int
    lane: int


def days_from(today: date) -> list[Day]:
    days = [today + timedelta(days=n) for n in range(DAYS)]
    return [Day(number, day, day == today, day.weekday() >= 5) for number, day in enumerate(days, 1)]


def laid_out(planned: Sequence[Planned], today: date) -> tuple[list[Event], int]:
    """Events in lanes, the earliest first, and how many found no lane. A lane holds one event a day."""
    last_day = today + timedelta(days=DAYS - 1)
    free_from = [1] * LANES
    events: list[Event] = []
    left_out = 0
    for each in sorted(planned, key=lambda each: (each.first, each.last, each.text)):
        if each.last < today or each.first > last_day:
            continue
        column = max(1, (each.first - today).days + 1)
        end = min(DAYS, (each.last - today).days + 1)
        lane = next((lane for lane in range(LANES) if free_from[lane] <= column), None)
        if lane is None:
            left_out += 1
            continue
        if end == column:
            end = min(DAYS, column + FLAG - 1)
        events.append(Event(each, column, end - column + 1, lane + 1))
        free_from[lane] = end + 1
    return events, left_out


async def fortnight(today: date) -> tuple[list[Event], int]:
    return laid_out([*await _contests(today), *await _notices(today)], today)


async def _contests(today: date) -> list[Planned]:
    """Contests that are held, and registration that closes, within the fortnight."""
    until = today + timedelta(days=DAYS)
    rows = await Contest.select(
        Contest.id, Contest.name, Contest.name_en, Contest.state, Contest.place, Contest.starts_on, Contest.ends_on,
        Contest.entry_closes_at,
    ).where(
        (Contest.state != ContestState.ARCHIVED.value)
        & (
            ((Contest.starts_on < until) & (Contest.ends_on >= today))
            | ((Contest.entry_closes_at >= _midnight(today)) & (Contest.entry_closes_at < _midnight(until)))
        )
    )  # fmt: skip
    found = []
    for row in rows:
        name, href = shown(row["name"], row["name_en"]), f"/contests/{row['id']}"
        if row["starts_on"]:
            found.append(Planned("b", name, row["place"], href, row["starts_on"], row["ends_on"] or row["starts_on"]))
        if row["entry_closes_at"]:
            closes = clock.local(row["entry_closes_at"]).date()
            found.append(Planned("c", _("报名截止"), name, href, closes, closes))
    return found


def _midnight(day: date) -> datetime:
    return clock.in_utc(datetime(day.year, day.month, day.day))  # noqa: DTZ001  # a wall clock, put in its zone here


async def _notices(today: date) -> list[Planned]:
    contest = SubsidyBatch.contest._
    rows = await SubsidyBatch.select(
        SubsidyBatch.id, SubsidyBatch.notice_from, SubsidyBatch.notice_to,
        contest.name.as_alias("name"), contest.name_en.as_alias("name_en"),
    ).where((SubsidyBatch.state == BatchState.NOTICED.value) & (SubsidyBatch.notice_to >= today))  # fmt: skip
    return [
        Planned(
            "a", _("补贴公示"), shown(row["name"], row["name_en"]), f"/subsidies/{row['id']}",
            row["notice_from"] or row["notice_to"], row["notice_to"],
        )
        for row in rows
    ]  # fmt: skip
