"""A year of running: the engine lives 2028, with both clock changes and a leap day, hour by hour.

    python bench/year.py [--days 366]

All day long the figures are looked at. Whatever jumps ends the run: conservation broken, a day that does not
begin at zero, somebody lost at midnight, a day whose contacts are not those that were told. Prints the size of the
engine's state and of this process at the end of each month. What is kept the longest is kept for up to 70 days, so the
state fills until the third month and has to stand still from then on: a month that is larger ends the run with 1.
"""

from __future__ import annotations

import argparse
import os
import pickle
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

from monitor import events as ev
from monitor.engine import Engine
from monitor.figures import Figures
from monitor.settings import BoardDefinition, Queue, Site, Team

SITE = Site()
ZONE = ZoneInfo(SITE.time_zone)
BEGIN = date(2028, 1, 1)
STEP = timedelta(minutes=15)
LOOK_EVENTS = 25
FULL_AFTER_MONTHS = 3
SWING = 1.15
"""Months differ by their days and by how full the sets that are turned over every 35 days are at their end."""
QUEUES = {"sales": Queue(team="red"), "tech": Queue(line=2), "post": Queue(channel="mail", within_seconds=3600)}
AGENTS = tuple(f"agent-{number}" for number in range(8))


class Contact:
    """The contact that comes at one step of the year: all of it follows from its number."""

    def __init__(self, number: int, begin: datetime) -> None:
        self.number = number
        self.offered_at = begin + number * STEP + timedelta(seconds=number % 60)
        wait = timedelta(seconds=number % 45)
        if local_day(self.offered_at) != local_day(self.offered_at + STEP):
            wait = timedelta(minutes=40)  # Somebody waits at every midnight.
        self.settled_at = self.offered_at + wait
        self.gives_up = number % 7 == 3

    def events(self) -> Iterator[ev.Event]:
        """Offered and given up, or answered, ended, wrapped up and now and then marked."""
        name, agent = f"contact-{self.number}", AGENTS[self.number % len(AGENTS)]
        queue = tuple(QUEUES)[self.number % 3]
        yield ev.ContactOffered(
            **self._said("o", self.offered_at, contact=name),
            queue=queue,
            channel=QUEUES[queue].channel,
            customer=f"customer-{self.number * 31 % 9973}",
        )
        if self.gives_up:
            yield ev.ContactLeft(**self._said("l", self.settled_at, contact=name), queue=queue, reason="abandoned")
            return
        ended_at = self.settled_at + timedelta(seconds=180)
        yield ev.ContactAnswered(**self._said("a", self.settled_at, contact=name), queue=queue, agent=agent)
        yield ev.ContactEnded(**self._said("e", ended_at, contact=name))
        yield ev.ContactWrappedUp(**self._said("w", ended_at + timedelta(seconds=30), contact=name))
        state = "break" if self.number % 40 < len(AGENTS) else "available"
        yield ev.AgentStateChanged(**self._said("s", ended_at + timedelta(seconds=60)), agent=agent, state=state)
        if self.number % 5 == 0:
            marked_at = ended_at + timedelta(minutes=20)
            yield ev.FeedbackGiven(**self._said("m", marked_at, contact=name), kind="csat", score=5)

    def _said(self, kind: str, at: datetime, **more: str) -> dict[str, object]:
        return {"id": f"{kind}{self.number}", "source": "pbx", "at": at, **more}


class Truth:
    """What must be counted on each day of the site: what began, and what was settled, by the day it happened on."""

    def __init__(self) -> None:
        self.offered: Counter[date] = Counter()
        self.answered: Counter[date] = Counter()
        self.abandoned: Counter[date] = Counter()

    def told(self, event: ev.Event) -> None:
        """Count it on its day."""
        kinds = {ev.ContactOffered: self.offered, ev.ContactAnswered: self.answered, ev.ContactLeft: self.abandoned}
        if (counted := kinds.get(type(event))) is not None:
            counted[local_day(event.at)] += 1

    def check(self, day: date, today: Figures) -> None:
        """The day's figures so far, exactly."""
        assert today.offered == self.offered[day], f"{day}: {today.offered} offered, not {self.offered[day]}"
        assert today.answered == self.answered[day], f"{day}: {today.answered} answered, not {self.answered[day]}"
        assert today.abandoned == self.abandoned[day], f"{day}: {today.abandoned} gave up, not {self.abandoned[day]}"


def local_day(instant: datetime) -> date:
    """The site's date."""
    return instant.astimezone(ZONE).date()


def midnight(day: date) -> datetime:
    """When the site's day begins."""
    return datetime.combine(day, datetime.min.time(), ZONE).astimezone(UTC)


def in_order(first: date, days: int) -> Iterator[ev.Event]:
    """All events of so many days, in the order of life, without holding more than two hours of them."""
    begin, end = midnight(first), midnight(first + timedelta(days=days))
    ahead: list[ev.Event] = []
    number = 0
    while (contact := Contact(number, begin)).offered_at < end:
        number += 1
        ahead.extend(contact.events())
        horizon = contact.offered_at
        due = [event for event in ahead if event.at <= horizon]
        ahead = [event for event in ahead if event.at > horizon]
        yield from ev.in_order_of_life(due)


class Year:
    """The engine, and what must be true of it."""

    def __init__(self, begin: date = BEGIN) -> None:
        teams = {"red": Team(agents=AGENTS)}
        self.engine = Engine(SITE, QUEUES, teams, {"main": BoardDefinition()})
        self.truth = Truth()
        self.months: dict[str, tuple[int, int]] = {}
        """Bytes of the state, and of the process, at the end of each."""
        self.midnights = 0
        self.events = 0
        self._begin = self._day = begin

    def live(self, days: int) -> None:
        """Every event, and again and again a look at the figures."""
        for event in in_order(self._begin, days):
            if local_day(event.at) != self._day:
                self._midnight(event.at)
            self.engine.advance(event.at)
            self.engine.apply(event)
            self.truth.told(event)
            self.events += 1
            if self.events % LOOK_EVENTS == 0:
                self._look()
        self.months[f"{self._day:%Y-%m}"] = size(self.engine), resident()

    def _look(self) -> Figures:
        figures = self.engine.figures()
        assert figures.conservation, f"conservation is broken at {figures.at}"
        site = figures.of("site", "site")
        assert site is not None
        today = site.windows["today"]
        assert figures.day == self._day
        assert 0 <= (today.occupancy.ratio or 0) <= 1
        assert today.carried_in + today.offered == today.answered + today.abandoned + today.waiting
        self.truth.check(self._day, today)
        return today

    def _midnight(self, at: datetime) -> None:
        """Just after midnight all is zero, and who waited still does."""
        waiting = self._look().waiting
        before, self._day = self._day, local_day(at)
        assert self._day - before == timedelta(days=1)
        self.engine.advance(midnight(self._day))
        today = self._look()
        assert (today.offered, today.answered, today.abandoned, today.handled) == (0, 0, 0, 0)
        assert today.carried_in == today.waiting == waiting >= 1, f"{waiting} waited at midnight of {self._day}"
        self.midnights += 1
        if self._day.day == 1:
            self.months[f"{before:%Y-%m}"] = size(self.engine), resident()


def size(engine: Engine) -> int:
    """Bytes of the whole state, written down."""
    return len(pickle.dumps(engine, pickle.HIGHEST_PROTOCOL))


def main() -> int:
    """Read the words, live, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=366)
    words = parser.parse_args()
    year, begun = Year(), perf_counter()
    year.live(words.days)
    full = [*year.months.values()][FULL_AFTER_MONTHS - 1 :]
    for number, (month, (state, process)) in enumerate(year.months.items(), 1):
        beside = f"{state / full[0][0]:5.2f} of the third month" if number >= FULL_AFTER_MONTHS else ""
        print(f"{month}  state {state / 1e6:5.2f} MB  process {process / 1e6:6.1f} MB  {beside}")
    print(f"{year.events:,} events, {year.midnights} midnights, nothing jumped, in {perf_counter() - begun:.0f} s")
    return 0 if grows_no_more(full) else 1


def grows_no_more(full: list[tuple[int, int]]) -> bool:
    """Whether no month since the state is full is larger than the first of them, but for a swing; said if not."""
    if not full:
        return True
    larger = [name for name, sizes in zip(("state", "process"), zip(*full, strict=True), strict=True)
              if max(sizes) > SWING * sizes[0]]  # fmt: skip
    if larger:
        print(f"not flat: {' and '.join(larger)}")
    return not larger


def resident() -> int:
    """Bytes of memory that this process has."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
