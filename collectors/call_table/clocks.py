"""Local times of a table, which may lack their day or their offset, as instants in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

_DAYS = (timedelta(), timedelta(days=1), timedelta(days=-1))
_SURE = timedelta(hours=6)
Day = TypeVar("Day", bound=date)


class Unreadable(ValueError):
    """The text is no date or time of the form that was announced."""


@lru_cache(maxsize=4096)
def day_of(text: str, form: str) -> date:
    """A date as `form` (strptime) writes it."""
    try:
        return _credible(datetime.strptime(text, form).date())  # noqa: DTZ007 -- only its day is taken
    except ValueError as error:
        raise Unreadable(text) from error


def local_instant(text: str, form: str, zone: ZoneInfo) -> datetime:
    """A full instant: ISO 8601 (`form` empty), seconds since 1970 ("epoch") or as strptime reads it."""
    try:
        if form == "epoch":
            return _credible(datetime.fromtimestamp(float(text), UTC))
        instant = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
        return _credible(instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(text) from error


def _credible(day: Day) -> Day:
    """The same, of a year in which the durations of a call can be added and taken off. Raises ValueError."""
    if not 1900 <= day.year <= 2190:
        raise ValueError("no year of a call")
    return day


def time_of_day(text: str, day: date, zone: ZoneInfo, near: datetime | None = None) -> datetime:
    """`H:MM` or `H:MM:SS` on `day`, or, given an instant known to be `near`, on the day (and on the side of a
    clock change) that brings it closest: this is how a time that rolled over midnight finds its day."""
    try:
        hours, minutes, *rest = text.split(":")
        seconds = float(rest[0]) if rest else 0.0
        # Some tables write 24:05 for what came after midnight.
        local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(hours=int(hours), minutes=int(minutes))
        local += timedelta(seconds=seconds)
        first = local.astimezone(UTC)
        if near is None or (abs(first - near) < _SURE and not _ambiguous(local)):
            return first
        candidates = [(local + days).replace(fold=fold).astimezone(UTC) for days in _DAYS for fold in (0, 1)]
    except (ValueError, OverflowError) as error:
        raise Unreadable(text) from error
    return min(candidates, key=lambda instant: abs(instant - near))


def _ambiguous(local: datetime) -> bool:
    return local.utcoffset() != local.replace(fold=1).utcoffset()
