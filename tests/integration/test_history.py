"""The monitor keeps the history beside the journal: after restarts, with and without a snapshot, a rebuild finds no
difference."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.bus import Subscriber, publishing
from monitor.engine import Engine
from monitor.events import ContactAnswered, ContactEnded, ContactOffered, ContactWrappedUp, Event
from monitor.feed import Feed
from monitor.figures import Scope
from monitor.history import HistoryStore, Keeper
from monitor.history.rebuild import Comparison, Rebuild
from monitor.instants import DAY, to_microseconds
from monitor.journal import journal_url, opened_journal
from monitor.live import Live
from monitor.settings import Mqtt, Queue, Retention, Site
from monitor.snapshot import FILE, SnapshotFile, fingerprint
from tests.integration.conftest import RunningBroker
from tests.integration.test_live import offered, picture
from tests.parts import running_postgresql

WAITS = (0.01, 0.1)
ZONE = Site().time_zone
SITE = Scope(kind="site", id="site")
MORNING = datetime(2026, 3, 10, 8, tzinfo=UTC)


class FastClock:
    """Goes on by a second each time somebody looks at it, from a fixed morning."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def calls(clock: FastClock, first: int, count: int) -> list[Event]:
    """Each is answered and handled."""
    events: list[Event] = []
    for n in range(first, first + count):
        of = {"source": "pbx", "contact": f"c{n}", "at": clock.now}
        events += [
            ContactOffered(id=f"o{n}", queue="sales", **of),  # type: ignore[arg-type]
            ContactAnswered(id=f"a{n}", queue="sales", agent="ann", **of),  # type: ignore[arg-type]
            ContactEnded(id=f"e{n}", **of),  # type: ignore[arg-type]
            ContactWrappedUp(id=f"w{n}", **of),  # type: ignore[arg-type]
        ]
    return events


@pytest.fixture(params=["sqlite", "postgresql"])
async def journal(request: pytest.FixtureRequest) -> AsyncIterator[str | None]:
    """Where the journal is: in the monitor's own folder, or in a database."""
    if request.param == "sqlite":
        yield None
        return
    async with running_postgresql() as address:
        yield address


@asynccontextmanager
async def monitor(mqtt: Mqtt, folder: Path, clock: FastClock, journal: str | None) -> AsyncIterator[Feed]:
    """A monitor that keeps a history, stopped cleanly."""
    feed = Feed()
    async with opened_journal(journal_url(journal, folder)) as opened, asyncio.TaskGroup() as group:
        live = Live(
            Engine(Site(), {"sales": Queue()}),
            Subscriber(mqtt, waits=WAITS),
            opened,
            feed,
            clock,
            0.05,
            snapshots=SnapshotFile(folder / FILE, fingerprint("one")),
            history=Keeper(HistoryStore(opened.beside, ZONE), Site(), Retention()),
        )
        task = group.create_task(live.run(), name="monitor")
        yield feed
        task.cancel()


async def rebuilt(folder: Path, journal: str | None) -> Comparison:
    async with (
        opened_journal(journal_url(journal, folder)) as opened,
        opened_journal(journal_url(None, folder / "again")) as aside,
    ):
        again = HistoryStore(aside.beside, ZONE)
        engine = Engine(Site(), {"sales": Queue()})
        kept = HistoryStore(opened.beside, ZONE)
        rebuild = Rebuild(engine, opened, kept, again, Keeper(again, Site(), Retention()))
        return await rebuild.compared(0, await rebuild.read(lambda done, total: None))


async def kept_offers(folder: Path, journal: str | None) -> int:
    async with opened_journal(journal_url(journal, folder)) as opened:
        store = HistoryStore(opened.beside, ZONE)
        begin = to_microseconds(MORNING) // DAY * DAY
        return sum(one.figures().offered for one in await store.stretches(SITE, begin, begin + DAY, "15m"))


async def test_restarts_lose_nothing_of_the_history(
    running_broker: RunningBroker, tmp_path: Path, journal: str | None
) -> None:
    clock = FastClock()
    (tmp_path / "again").mkdir()
    async with running_broker() as mqtt, publishing(mqtt, "pbx", clock, WAITS) as outlet:
        for round, has_snapshot in enumerate((True, False, True)):
            async with monitor(mqtt, tmp_path, clock, journal) as feed:
                for part in range(3):
                    await outlet.put(calls(clock, round * 90 + part * 30, 30))
                    clock.now += timedelta(minutes=20)
                await picture(feed, lambda figures, count=round * 90 + 90: offered(figures) == count)  # type: ignore[misc]
            if not has_snapshot:
                (tmp_path / FILE).unlink()
        clock.now += timedelta(hours=4)
        async with monitor(mqtt, tmp_path, clock, journal) as feed:
            await outlet.put(calls(clock, 270, 1))
            await picture(feed, lambda figures: offered(figures) == 271)
        clock.now += timedelta(minutes=2)
        async with monitor(mqtt, tmp_path, clock, journal) as feed:
            await picture(feed, lambda figures: offered(figures) == 271)
    assert await kept_offers(tmp_path, journal) == 271
    comparison = await rebuilt(tmp_path, journal)
    assert comparison.quarters > 5
    assert comparison.differences == []
