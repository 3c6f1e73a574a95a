"""Working days by the national holiday calendar, make-up weekends (调休) included."""

from datetime import date, timedelta

import chinese_calendar
import msgspec

_KNOWN_YEARS = frozenset(day.year for day in chinese_calendar.holidays)


class WorkingDays(msgspec.Struct, frozen=True):
    """`official` is False when a year was met whose holidays are not known: Monday to Friday was taken there."""

    days: tuple[date, ...]
    official: bool


def working_days(start: date, count: int) -> WorkingDays:
    """The first `count` working days from `start`, which itself counts when it is one."""
    days: list[date] = []
    official = True
    day = start
    while len(days) < count:
        official = official and day.year in _KNOWN_YEARS
        if is_working_day(day):
            days.append(day)
        day += timedelta(days=1)
    return WorkingDays(tuple(days), official)


def is_working_day(day: date) -> bool:
    if day.year in _KNOWN_YEARS:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5
