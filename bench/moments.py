"""Time machine: how long a question about a day of 1,000,000 events takes, beside reading that whole day.

    python bench/moments.py [--events 1000000] [--questions 20]

A made-up day lives in the monitor, which keeps its moments. Then its process of the past is asked for instants all over
the day in no order, for minute after minute as somebody asks who drags along the day, there and back, and once for the
day's end without any moment.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter

from bench.restart import DAY_SECONDS, MESSAGE_EVENTS, Took, print_row, told, worked_by
from monitor.batch import Batch, Received, encode_batch
from monitor.bus import Subscriber
from monitor.feed import Feed
from monitor.journal import journal_url, opened_journal
from monitor.live import Live
from monitor.lookback import Lookback
from monitor.moments import Moments
from monitor.past import Kept
from monitor.settings import BoardDefinition, Mqtt, Site

BURST_MESSAGES = 20


async def live(kept: Kept, events: int) -> tuple[datetime, float]:
    """The day as it happens, message by message; when it began, and how many seconds it took."""
    now = [datetime.now(UTC)]
    moments = Moments(kept.folder, kept.fingerprint)
    nowhere = Subscriber(Mqtt(host="127.0.0.1", port=1))
    day, first, began, begun = told(events), 1, None, perf_counter()
    async with opened_journal(kept.url) as journal:
        monitor = Live(kept.engine(), nowhere, journal, Feed(), lambda: now[0], 0.2, moments=moments)
        while burst := list(islice(day, MESSAGE_EVENTS * BURST_MESSAGES)):
            messages = []
            for begin in range(0, len(burst), MESSAGE_EVENTS):
                some = tuple(burst[begin : begin + MESSAGE_EVENTS])
                batch = Batch(collector="pbx", epoch="one", first_sequence=first, sent_at=some[-1].at, events=some)
                first += len(some)
                messages.append(Received(batch=batch, events_read=len(some), raw=encode_batch(batch)))
            now[0] = burst[-1].at
            began = began or now[0]
            await monitor._take(messages)
            await monitor.remember()
    assert began is not None
    return began, perf_counter() - begun


async def timed(lookback: Lookback, instant: datetime) -> Took:
    """How long it takes to answer."""
    begun, worked = perf_counter(), _of_the_past(lookback)
    await lookback.figures(instant)
    return Took(perf_counter() - begun, _of_the_past(lookback) - worked)


def _of_the_past(lookback: Lookback) -> float:
    """Seconds of the processor that its process has had."""
    worker = lookback._worker
    return 0.0 if worker is None or worker[0].pid is None else worked_by(worker[0].pid)


async def run(events: int, questions: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        boards = {"main": BoardDefinition()}
        kept = Kept(journal_url(None, folder), folder / "moments", "bench", Site(), {}, {}, boards)
        kept.folder.mkdir()
        began, lived = await live(kept, events)
        files = Moments(kept.folder, "bench").kept()
        size = sum(file.path.stat().st_size for file in files)
        print(f"{events:,} events lived in {lived:.0f} s; {len(files)} moments of {size / 1e6:.0f} MB together")
        step = timedelta(seconds=DAY_SECONDS / (questions + 1))
        anywhere = [began + step * number for number in range(1, questions + 1)]
        Random(7).shuffle(anywhere)
        on = [began + timedelta(seconds=DAY_SECONDS * 0.8, minutes=number) for number in range(questions)]
        back = [instant - timedelta(seconds=30) for instant in reversed(on)]
        print(f"{'':36} {'clock':>8} {'processor':>10}")
        lookback = Lookback(kept, 35, lambda: datetime.now(UTC) + timedelta(hours=1), patience_seconds=3600)
        async with lookback.running():
            print_row("the first question of all", await timed(lookback, began))
            for what, asked in (("a question", anywhere), ("a minute on", on), ("a minute back", back)):
                took = sorted([await timed(lookback, instant) for instant in asked])
                print_row(f"{what}, median", took[questions // 2])
                print_row(f"{what}, slowest", took[-1])
        alone = Lookback(replace(kept, fingerprint="upgraded"), 35, lambda: datetime.now(UTC), patience_seconds=3600)
        async with alone.running():
            print_row("the journal alone", await timed(alone, began + step * questions))


def main() -> int:
    """Read the words, run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=20)
    words = parser.parse_args()
    asyncio.run(run(words.events, words.questions))
    return 0


if __name__ == "__main__":
    sys.exit(main())
