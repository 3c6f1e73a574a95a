"""The one source of the present moment. Stored in UTC, shown in the contest's zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Asia/Shanghai"

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    return _set.get() or datetime.now(UTC)


def today(zone: str = DEFAULT_ZONE) -> date:
    return local(now(), zone).date()


def local(moment: datetime, zone: str = DEFAULT_ZONE) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def in_utc(wall: datetime, zone: str = DEFAULT_ZONE) -> datetime:
    """The moment a wall clock in `zone` shows `wall` (a naive datetime)."""
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock at one moment: for tests and for building demo data."""
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
