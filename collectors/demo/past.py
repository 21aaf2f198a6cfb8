"""The working days before the demo began, made up in the same way as its own day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from collectors.demo.chronicle import chronicle
from collectors.demo.narrator import tell
from collectors.demo.siteday import SiteDay, instant
from monitor.events import Event

PAST_DAYS = 28
"""Calendar days: twenty working days and their weekends."""


def past(seed: int, source: str, zone: str, now: datetime) -> Iterator[tuple[Sequence[Event], datetime]]:
    """Each day before that of `now`, the oldest first: its events, and the midnight at which it ended."""
    today = SiteDay.of(now, zone)
    for days in range(PAST_DAYS, 0, -1):
        day = today.before(days)
        yield tell(chronicle(seed, day), source, carry_over=days == PAST_DAYS), instant(day.ends)
