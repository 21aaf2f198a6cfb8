"""Restart: a day of 1,000,000 events live again, against reading the journal alone, in the same run.

    python bench/restart.py [--events 1000000] [--tail 20000]

A made-up day is journalled in messages of 100 events. Then: the journal is only read and decoded; it is read and
applied (a restart without a snapshot); a snapshot is read and the tail behind it applied (a restart after kill -9).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter

from monitor import events as ev
from monitor.batch import Batch, encode_batch, read_batch
from monitor.bus import Subscriber
from monitor.engine import Engine
from monitor.feed import Feed
from monitor.journal import Entry, Journal, journal_url, opened_journal
from monitor.live import Live
from monitor.settings import Mqtt, Site
from monitor.snapshot import FILE, SnapshotFile, fingerprint

MESSAGE_EVENTS = 100
DAY_SECONDS = 36_000
TALK_SECONDS = 240


def told(events: int) -> Iterator[ev.Event]:
    """Calls spread over ten hours until now, four events each, in the order in which they happen."""
    calls = events // 4
    begin, step = datetime.now(UTC) - timedelta(seconds=DAY_SECONDS), DAY_SECONDS / calls
    open_calls = max(1, round(TALK_SECONDS / step))
    for number in range(calls + open_calls):
        at = begin + timedelta(seconds=number * step)
        if number < calls:
            same = {"source": "pbx", "at": at, "contact": f"c{number}", "queue": f"q{number % 40}"}
            yield ev.ContactOffered(id=f"o{number}", **same)
            yield ev.ContactAnswered(id=f"a{number}", agent=f"agent-{number % 300}", waited_seconds=9, **same)
        if number >= open_calls:
            ended = number - open_calls
            yield ev.ContactEnded(id=f"e{ended}", source="pbx", at=at, contact=f"c{ended}")
            yield ev.ContactWrappedUp(id=f"w{ended}", source="pbx", at=at, contact=f"c{ended}")


async def fill(journal: Journal, events: Iterator[ev.Event]) -> None:
    """Journal them, at the times at which they happened."""
    first = 1
    while some := tuple(islice(events, MESSAGE_EVENTS)):
        at = some[-1].at
        batch = Batch(collector="pbx", epoch="one", first_sequence=first, sent_at=at, events=some)
        first += len(some)
        await journal.append([Entry("pbx", "one", first - 1, len(some), encode_batch(batch))], at)


async def reading(journal: Journal, decode: bool) -> float:
    """Seconds to read all."""
    begun = perf_counter()
    async with aclosing(journal.recorded(0)) as found:
        async for some in found:
            for recorded in some:
                if decode:
                    read_batch(recorded.raw)
    return perf_counter() - begun


def live(journal: Journal, folder: Path) -> Live:
    """A monitor that has just started."""
    snapshots = SnapshotFile(folder / FILE, fingerprint("bench"))
    nowhere = Subscriber(Mqtt(host="127.0.0.1", port=1))
    return Live(Engine(Site()), nowhere, journal, Feed(), lambda: datetime.now(UTC), 0.2, snapshots=snapshots)


async def restarting(journal: Journal, folder: Path) -> tuple[float, Live]:
    """Seconds until there are figures."""
    begun = perf_counter()
    back = live(journal, folder)
    await back.restore()
    back.figures()
    return perf_counter() - begun, back


async def run(events: int, tail: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with opened_journal(journal_url(None, folder)) as journal:
            day = told(events)
            await fill(journal, islice(day, events - tail))
            without, back = await restarting(journal, folder)
            back.save()
            await fill_tail(journal, day)
            size = (folder / FILE).stat().st_size
            rows = [
                ("reading the journal", await reading(journal, decode=False)),
                ("reading and decoding it", await reading(journal, decode=True)),
                ("restart: snapshot and tail", (await restarting(journal, folder))[0]),
                ("restart: the journal alone", without),
            ]
            print(f"{events:,} events, of which {tail:,} after the snapshot of {size / 1e6:.1f} MB")
            for what, seconds in rows:
                print(f"{what:32} {seconds:6.2f} s")


async def fill_tail(journal: Journal, events: Iterator[ev.Event]) -> None:
    """The same under another epoch."""
    some = tuple(events)
    for first in range(0, len(some), MESSAGE_EVENTS):
        part = some[first : first + MESSAGE_EVENTS]
        batch = Batch(collector="pbx", epoch="two", first_sequence=first + 1, sent_at=part[-1].at, events=part)
        await journal.append([Entry("pbx", "two", first + len(part), len(part), encode_batch(batch))], part[-1].at)


def main() -> int:
    """Read the words, run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--tail", type=int, default=20_000)
    words = parser.parse_args()
    asyncio.run(run(words.events, words.tail))
    return 0


if __name__ == "__main__":
    sys.exit(main())
