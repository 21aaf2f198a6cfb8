"""One day of the site in milliseconds since 1970 (UTC): 23, 24 or 25 hours, from midnight to midnight.

Hours are wall-clock hours in the site's zone, as people plan their shifts; 9.5 is half past nine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = 60_000
HOUR = 60 * MINUTE


def instant(milliseconds: int) -> datetime:
    """The aware instant (UTC)."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970, rounded down."""
    return (at - EPOCH) // timedelta(milliseconds=1)


@dataclass(frozen=True)
class SiteDay:
    """A date in a zone."""

    date: date
    zone: str = "Europe/Amsterdam"

    @classmethod
    def of(cls, at: datetime, zone: str) -> SiteDay:
        """The day that holds an instant."""
        return cls(at.astimezone(ZoneInfo(zone)).date(), zone)

    @cached_property
    def begins(self) -> int:
        return self.at(0)

    @cached_property
    def ends(self) -> int:
        return self.next.begins

    @property
    def next(self) -> SiteDay:
        return SiteDay(self.date + timedelta(days=1), self.zone)

    def before(self, days: int = 1) -> SiteDay:
        return SiteDay(self.date - timedelta(days=days), self.zone)

    def at(self, hour: float) -> int:
        """The instant at which the wall clock says `hour` (24 or more: the next day)."""
        whole, rest = divmod(hour, 24)
        day = self.date + timedelta(days=int(whole))
        wall = datetime.combine(day, time()) + timedelta(minutes=round(rest * 60))
        return milliseconds(wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC))

    def hour(self, at: int) -> float:
        """What the wall clock says at an instant, in hours 0-24."""
        wall = instant(at).astimezone(ZoneInfo(self.zone))
        return wall.hour + wall.minute / 60 + wall.second / 3600
