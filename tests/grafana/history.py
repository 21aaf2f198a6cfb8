"""Eight mornings of the simulated centre, played as fast as it goes, and what Prometheus would have scraped of them.

The simulated days lie in a time zone in which it is now between ten and eleven in the morning, and today plays the
story of a Wednesday, so that there is work whenever the tests run, and the history runs on into the present.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from collectors.demo import events, settings_table
from collectors.demo.siteday import SiteDay
from monitor.engine import Engine
from monitor.events import Event
from monitor.figures import SiteFigures
from monitor.settings import Settings

DAYS = 8
MORNING = timedelta(minutes=95)
STEP = timedelta(minutes=2)
SEED = 7
WEDNESDAY = 2
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)


def zone_of_the_morning(now: datetime) -> str:
    """The zone in which it is now ten."""
    ahead = (10 - now.hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


class Centre:
    """The simulated centre up to whatever instant it is asked for; instants must rise."""

    def __init__(self, now: datetime) -> None:
        table: dict[str, Any] = settings_table()
        table["site"]["time_zone"] = self.zone = zone_of_the_morning(now)
        self.settings = Settings(**table)
        self._engine = Engine(self.settings.site, self.settings.queues, self.settings.teams, self.settings.boards)
        today = SiteDay.of(now, self.zone)
        self._later = timedelta(days=(today.date.weekday() - WEDNESDAY) % 7)
        self._events = self._story(today.before(DAYS - 1 + self._later.days))
        self._next = next(self._events)

    def at(self, instant: datetime) -> SiteFigures:
        """The figures at this instant."""
        while self._next.at <= instant:
            self._engine.apply(self._next)
            self._next = next(self._events)
        self._engine.advance(instant)
        return self._engine.figures()

    def _story(self, day: SiteDay) -> Iterator[Event]:
        carry_over = True
        while True:
            for event in events(day.date, SEED, zone=self.zone, carry_over=carry_over):
                yield self._moved(event)
            day, carry_over = day.next, False

    def _moved(self, event: Event) -> Event:
        """The event as many days later as the story is older than today."""
        instants = {
            name: at + self._later
            for name in event.__struct_fields__
            if isinstance(at := getattr(event, name), datetime)
        }
        return msgspec.structs.replace(event, **instants)


def mornings(now: datetime) -> list[list[datetime]]:
    """The instants of the history, one list a day, the last of which ends now."""
    steps = MORNING // STEP
    return [
        [now - timedelta(days=days) - STEP * step for step in range(steps, -1, -1)] for days in range(DAYS - 1, -1, -1)
    ]


def stamped(scrape: str, at: datetime, labels: Iterable[tuple[str, str]]) -> str:
    """A scrape in OpenMetrics with the target's labels and the instant, without its end."""
    own = ",".join(f'{name}="{value}"' for name, value in labels)
    seconds = at.astimezone(UTC).timestamp()
    text = SAMPLE.sub(
        lambda found: f"{found[1]}{{{found[2] + ',' if found[2] else ''}{own}}} {found[3]} {seconds:.3f}", scrape
    )
    return text.removesuffix("# EOF\n")
