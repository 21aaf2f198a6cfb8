"""Instants and durations inside the engine: whole microseconds, so that sums are exact and can be taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.settings import OpeningHours

SECOND = 1_000_000
MINUTE = 60 * SECOND
QUARTER = 15 * MINUTE
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EARLIEST = 0
LATEST = 83_000 * DAY
"""From 1970 to 2197: what lies outside is no instant of a contact, and would leave the range of the calendar."""
_MIDNIGHTS_KEPT = 1_000
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def to_microseconds(instant: datetime) -> int:
    """An aware instant as microseconds since 1970 (exact: a double holds them until the year 2255)."""
    return round(instant.timestamp() * 1e6)


def to_instant(microseconds: int) -> datetime:
    """Back to an aware instant in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def seconds(microseconds: float) -> float:
    """A duration for people and for the wire."""
    return microseconds / SECOND


class SiteDays:
    """The site's days: from midnight to midnight in its own zone, 23 or 25 hours where the clock changes."""

    def __init__(self, time_zone: str) -> None:
        self.zone = ZoneInfo(time_zone)
        self._begin = 0
        self._end = 0
        self._midnights: dict[date, int] = {}

    def begin(self, microseconds: int) -> int:
        """The midnight that began the day of this instant."""
        if not self._begin <= microseconds < self._end:
            today = self.local_date(microseconds)
            self._begin = self.midnight(today)
            self._end = self.midnight(today + timedelta(days=1))
        return self._begin

    def local_date(self, microseconds: int) -> date:
        """The site's date at this instant."""
        return to_instant(microseconds).astimezone(self.zone).date()

    def midnight(self, day: date) -> int:
        """The instant at which this day begins."""
        known = self._midnights.get(day)
        if known is None:
            if len(self._midnights) > _MIDNIGHTS_KEPT:
                self._midnights.clear()
            known = self._midnights[day] = to_microseconds(datetime.combine(day, time(), self.zone))
        return known

    def open_between(self, hours: tuple[OpeningHours, ...], begin: int, end: int) -> int:
        """How much of [begin, end) lies in the opening hours; no hours means all of it. Looks at most a year back."""
        if not hours:
            return max(0, end - begin)
        total, begin = 0, max(begin, end - 366 * DAY)
        day = self.local_date(begin)
        while self.midnight(day) < end:
            for stretch in hours:
                if _WEEKDAYS[day.weekday()] in stretch.days:
                    opens = to_microseconds(datetime.combine(day, stretch.opens, self.zone))
                    closes = to_microseconds(datetime.combine(day, stretch.closes, self.zone))
                    total += max(0, min(closes, end) - max(opens, begin))
            day += timedelta(days=1)
        return total

    def is_open(self, hours: tuple[OpeningHours, ...], microseconds: int) -> bool:
        """Whether the instant lies in the opening hours; no hours means always open."""
        if not hours:
            return True
        local = to_instant(microseconds).astimezone(self.zone)
        weekday, now = _WEEKDAYS[local.weekday()], local.time()
        return any(weekday in stretch.days and stretch.opens <= now < stretch.closes for stretch in hours)
