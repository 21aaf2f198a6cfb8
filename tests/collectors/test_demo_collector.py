"""The demo played live, on a clock that moves only when the collector sleeps."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import ValidationError

from collectors import demo
from collectors.demo.collector import BATCH
from collectors.source import Surroundings
from monitor.events import Event, QueueSnapshot, SourceStatus
from monitor.pseudonym import Pseudonyms
from monitor.settings import Site
from tests.collectors.demo_ledger import Ledger

MORNING = datetime(2026, 11, 18, 9, 30, 12, 345000, tzinfo=UTC)
BEFORE_MIDNIGHT = datetime(2026, 11, 18, 22, 57, 30, tzinfo=UTC)


class Enough(Exception):
    """The test has seen what it wanted."""


class Wall:
    """A clock, a sleep that moves it, and an outlet that notes when it got what."""

    def __init__(self, start: datetime, lasts: timedelta) -> None:
        self.now, self.ends = start, start + lasts
        self.heard: list[tuple[datetime, list[Event]]] = []
        self.slow = timedelta(0)

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += timedelta(seconds=seconds)
        if self.now > self.ends:
            raise Enough

    async def put(self, events: Sequence[Event]) -> None:
        self.heard.append((self.now, list(events)))
        self.now += self.slow

    async def put_safely(self, events: Sequence[Event]) -> None:
        await self.put(events)

    @property
    def events(self) -> list[Event]:
        return [event for _, events in self.heard for event in events]


def make(wall: Wall, **keys: float) -> demo.Demo:
    clock = demo.FastClock(wall.clock, keys["speed"]) if "speed" in keys else wall.clock
    surroundings = Surroundings(Site(), {}, Pseudonyms(bytes(16)), clock)
    return demo.Demo("demo", demo.Settings.model_validate({"source": "demo", **keys}), surroundings, sleep=wall.sleep)


async def play(wall: Wall, **keys: float) -> list[Event]:
    with pytest.raises(Enough):
        await asyncio.wait_for(make(wall, **keys).run(wall), timeout=60)
    return wall.events


def without_live_words(events: list[Event], story: list[Event]) -> list[Event]:
    """What was told of the day itself, without snapshots and the signs of life in between."""
    planned = {event.id for event in story}
    return [event for event in events if event.id in planned]


async def test_the_past_of_the_day_comes_at_once_in_batches() -> None:
    wall = Wall(MORNING, timedelta(seconds=1))
    await play(wall)
    past = [event for at, events in wall.heard if at == MORNING for event in events]
    assert past == [event for event in demo.events(MORNING.date()) if event.at <= MORNING]
    assert len(past) > 5_000
    assert max(len(events) for _, events in wall.heard) == BATCH


async def test_then_each_event_comes_when_it_happens() -> None:
    wall = Wall(MORNING, timedelta(minutes=10))
    events = await play(wall)
    story = list(demo.events(MORNING.date()))
    assert without_live_words(events, story) == [event for event in story if event.at <= wall.heard[-1][0]]
    for at, live in wall.heard:
        if at > MORNING:
            assert all(timedelta(0) <= at - event.at <= timedelta(seconds=0.1) for event in live)


async def test_whoever_joins_later_hears_the_same() -> None:
    early = await play(Wall(MORNING - timedelta(hours=3), timedelta(hours=3, minutes=5)))
    late = await play(Wall(MORNING, timedelta(minutes=5)))
    story = list(demo.events(MORNING.date()))
    length = min(len(without_live_words(events, story)) for events in (early, late))
    assert length > 5_000
    assert without_live_words(early, story)[:length] == without_live_words(late, story)[:length]


async def test_a_minute_has_a_snapshot_of_each_queue_that_fits_the_events_before_it() -> None:
    wall = Wall(MORNING, timedelta(minutes=3))
    events = await play(wall)
    snapshots = [event for event in events if isinstance(event, QueueSnapshot)]
    assert {snapshot.at for snapshot in snapshots} == {datetime(2026, 11, 18, 9, m, tzinfo=UTC) for m in (31, 32, 33)}
    assert len(snapshots) == 3 * len(demo.settings_table()["queues"])
    ledger, position = Ledger(MORNING), 0
    for place, event in enumerate(events):
        if isinstance(event, QueueSnapshot):
            ledger.read(events[position:place])
            position = place
            assert len(event.waiting) == ledger.of_phase(event.queue, "waiting")
            assert len(event.serving or ()) == ledger.of_phase(event.queue, "served", "held")


async def test_it_is_never_silent_for_ten_seconds() -> None:
    wall = Wall(datetime(2026, 11, 18, 3, 0, tzinfo=UTC), timedelta(minutes=20))
    await play(wall)
    said = [at for at, events in wall.heard if any(isinstance(event, SourceStatus) for event in events)]
    assert max(later - sooner for sooner, later in pairwise(said)) <= timedelta(seconds=10)


async def test_it_goes_on_past_midnight_without_a_gap() -> None:
    wall = Wall(BEFORE_MIDNIGHT, timedelta(minutes=7))
    events = await play(wall)
    story = [*demo.events(date(2026, 11, 18)), *demo.events(date(2026, 11, 19), carry_over=False)]
    assert without_live_words(events, story) == [event for event in story if event.at <= wall.heard[-1][0]]
    minutes = sorted({event.at.minute for event in events if isinstance(event, QueueSnapshot)})
    assert minutes == [0, 1, 2, 3, 4, 58, 59]
    Ledger(BEFORE_MIDNIGHT).read(events)
    said = [at for at, heard in wall.heard if heard]
    assert max(later - sooner for sooner, later in pairwise(said)) <= timedelta(seconds=10)


async def test_on_a_fast_clock_simulated_time_runs_on_from_now_as_fast() -> None:
    wall = Wall(MORNING, timedelta(minutes=1))
    events = await play(wall, speed=60)
    story = list(demo.events(MORNING.date()))
    last = events[-1].at
    assert MORNING + timedelta(minutes=59) < last <= MORNING + timedelta(minutes=60)
    assert without_live_words(events, story) == [event for event in story if event.at <= last]
    for at, live in wall.heard:
        assert all(event.at <= MORNING + (at - MORNING) * 60 for event in live), "nothing is told before its time"
    assert len(wall.heard) <= 1 + 60 / 0.05


def test_a_fast_clock_shows_the_present_when_made() -> None:
    wall = Wall(MORNING, timedelta(0))
    clock = demo.FastClock(wall.clock, 60)
    assert clock() == MORNING
    wall.now += timedelta(minutes=1)
    assert clock() == MORNING + timedelta(hours=1)


async def test_a_full_outlet_makes_it_wait_and_then_it_catches_up() -> None:
    wall = Wall(MORNING, timedelta(minutes=20))
    wall.slow = timedelta(seconds=20)
    events = await play(wall)
    story = list(demo.events(MORNING.date()))
    told = without_live_words(events, story)
    assert told == story[: len(told)]
    assert told[-1].at > MORNING + timedelta(minutes=15)
    Ledger(MORNING).read(events)


async def test_its_name_is_the_source_of_its_events() -> None:
    wall = Wall(MORNING, timedelta(seconds=30))
    surroundings = Surroundings(Site(), {}, Pseudonyms(bytes(16)), wall.clock)
    with pytest.raises(Enough):
        await demo.Demo("noord", demo.Settings(), surroundings, sleep=wall.sleep).run(wall)
    assert {event.source for event in wall.events} == {"noord"}


@pytest.mark.parametrize("wrong", [{"speed": 0}, {"speed": -1}, {"seed": -1}, {"sped": 2}])
def test_wrong_keys_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        demo.Settings.model_validate({"source": "demo", **wrong})
