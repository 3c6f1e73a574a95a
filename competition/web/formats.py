"""How dates, times, money and marks are written. Used by templates; long tables format once in Python."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from competition import clock
from competition.exact import fixed, from_units, plain
from competition.web.i18n import ENGLISH, gettext, language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | None) -> str:
    """2025-10-13, in English 13 Oct 2025."""
    if value is None:
        return "—"
    if language.get() == ENGLISH:
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return value.isoformat()


def short_day(value: date | None) -> str:
    if value is None:
        return "—"
    return f"{value.day} {_MONTHS[value.month - 1]}" if language.get() == ENGLISH else f"{value:%m-%d}"


def moment(value: datetime | None, zone: str = clock.DEFAULT_ZONE) -> str:
    if value is None:
        return "—"
    wall = clock.local(value, zone)
    return f"{day(wall.date())} {wall:%H:%M}"


def short_moment(value: datetime | None, zone: str = clock.DEFAULT_ZONE) -> str:
    if value is None:
        return "—"
    wall = clock.local(value, zone)
    return f"{short_day(wall.date())} {wall:%H:%M}"


def yuan(fen: int) -> str:
    """1,507,500 or 1,507,500.50: fen as yuan, no digits that say nothing."""
    whole, part = divmod(abs(fen), 100)
    sign = "−" if fen < 0 else ""
    return f"{sign}{whole:,}.{part:02}" if part else f"{sign}{whole:,}"


def number(value: int) -> str:
    return f"{value:,}"


def score(units: int | None, digits: int = 2) -> str:
    """A total from 1/10000; a missing one is a dash, never 0."""
    return "—" if units is None else fixed(from_units(units), digits)


def mark(units: int | None) -> str:
    """A mark as entered: 26.5, 0, or "" when there is none."""
    return "" if units is None else plain(from_units(units))


def percent(hundredths: int) -> str:
    """A weight in 1/100 percent: 3000 is 30."""
    return plain(Decimal(hundredths) / 100)


def label(names: dict[Any, str], key: Any) -> str:
    """The translated word for a code, the code itself when it has none."""
    return gettext(names[key]) if key in names else str(key)


FORMATS: dict[str, Any] = {
    "day": day,
    "short_day": short_day,
    "moment": moment,
    "short_moment": short_moment,
    "yuan": yuan,
    "number": number,
    "score": score,
    "mark_text": mark,
    "percent": percent,
    "label": label,
}
