"""The demo as a collector: the site's day from midnight to now at once, then live, day after day without a gap.

The past goes out in batches of at most `BATCH` events; a full outlet makes the collector wait, after which it
catches up. Live it adds a snapshot of every queue each minute and a sign of life every `ALIVE_SECONDS`.
Nothing is told before the clock of its surroundings says so. With `speed` other than 1 that clock is a `FastClock`,
which everybody who reads the events shares: the collector only knows that it has to sleep shorter.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from collectors.demo.chronicle import Chronicle, chronicle
from collectors.demo.narrator import snapshots, status, tell
from collectors.demo.siteday import MINUTE, SiteDay, instant, milliseconds
from collectors.source import Clock, Outlet, Surroundings
from monitor.events import Event, SourceStatus, in_order_of_life
from monitor.settings import Table

BATCH = 1000
ALIVE_SECONDS = 5.0
"""At most this long without a word, on the watch of whoever looks."""
SHORTEST_SLEEP_SECONDS = 0.05


class Settings(Table):
    """`[collectors.NAME]` with `source = "demo"`."""

    source: Literal["demo"] = "demo"
    seed: int = Field(7, ge=0)
    """Another seed, another centre: the same seed and date always give the same day."""
    speed: float = Field(1, gt=0, le=3600)
    """How many times as fast as life the clock around the demo runs."""


class FastClock:
    """A clock that shows the present when made and then runs `speed` times as fast."""

    def __init__(self, clock: Clock, speed: float) -> None:
        self._clock, self._speed, self._start = clock, speed, clock()

    def __call__(self) -> datetime:
        return self._start + (self._clock() - self._start) * self._speed


class Demo:
    """Plays the simulated centre."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        surroundings: Surroundings,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = name
        self._clock = surroundings.clock
        self._settings, self._sleep = settings, sleep
        self._zone = surroundings.site.time_zone
        self._alive_at = self._minute = 0

    async def run(self, outlet: Outlet) -> None:
        now = self._clock()
        self._alive_at = self._minute = milliseconds(now)
        day, carry_over = SiteDay.of(now, self._zone), True
        while True:
            # A thread, because making a day takes most of a second and others share this loop.
            story, told = await asyncio.to_thread(self._tell, day, carry_over)
            await self._play(outlet, story, told)
            day, carry_over = day.next, False

    def _tell(self, day: SiteDay, carry_over: bool) -> tuple[Chronicle, list[Event]]:
        story = chronicle(self._settings.seed, day)
        return story, tell(story, self.name, carry_over=carry_over)

    async def _play(self, outlet: Outlet, story: Chronicle, told: list[Event]) -> None:
        """Until the last event of the day, which comes just before midnight and leaves time to make the next."""
        position = 0
        while position < len(told):
            now = self._clock()
            reached = max(position, bisect_right(told, now, key=lambda event: event.at))
            due = told[position:reached]
            due += self._live_words(story, milliseconds(now), any(isinstance(event, SourceStatus) for event in due))
            position = reached
            due = in_order_of_life(due)
            for begins in range(0, len(due), BATCH):
                await outlet.put(due[begins : begins + BATCH])
            if position < len(told):
                await self._sleep(self._until(told[position].at))

    def _live_words(self, story: Chronicle, now: int, alive: bool) -> list[Event]:
        """Snapshots when a minute has begun; a sign of life when it is time and the story itself gives none."""
        words: list[Event] = []
        minute = now - now % MINUTE
        if minute > self._minute and minute >= story.day.begins:
            self._minute = minute
            words += snapshots(story, minute, source=self.name)
        if alive:
            self._alive_at = now
        elif now >= self._alive_at + self._alive_every():
            self._alive_at = now
            words.append(status(now, self.name, story))
        return words

    def _alive_every(self) -> int:
        return int(ALIVE_SECONDS * 1000 * self._settings.speed)

    def _until(self, event_at: datetime) -> float:
        """Seconds to sleep: until the next event, minute or sign of life."""
        now = self._clock()
        minute = now - timedelta(milliseconds=milliseconds(now) % MINUTE) + timedelta(minutes=1)
        wake_at = min(event_at, minute, instant(self._alive_at + self._alive_every()))
        return max((wake_at - now).total_seconds() / self._settings.speed, SHORTEST_SLEEP_SECONDS)
