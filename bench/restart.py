"""Restart: a day of 1,000,000 events live again after kill -9, against reading the journal alone, in the same run.

    python bench/restart.py [--events 1000000] [--tail 20000] [--kills 5]

A made-up day is journalled in messages of 100 events. Then `balans run` itself, broker, history, alerts and web with
it, is started: once without a snapshot, and again and again after a kill -9, from its snapshot and the tail behind it.
It is live when the web shows a board that has all of the day's calls.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import NamedTuple
from zoneinfo import ZoneInfo

import httpx

from monitor import events as ev
from monitor.batch import Batch, encode_batch, read_batch
from monitor.journal import Entry, Journal, journal_url, opened_journal
from monitor.settings import Site
from monitor.snapshot import FILE

ROOT = Path(__file__).resolve().parents[1]
CONFIGURATION = """
state_directory = "{folder}"
[mqtt]
embedded_port = 0
[web]
port = {port}
[boards.main]
"""
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 1800
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


class Took(NamedTuple):
    """Seconds by the clock, and of one process' work."""

    clock: float
    processor: float


async def journalled(folder: Path, events: list[ev.Event], epoch: str) -> None:
    """Journal them, at the times at which they happened."""
    async with opened_journal(journal_url(None, folder)) as journal:
        for begin in range(0, len(events), MESSAGE_EVENTS):
            some = tuple(events[begin : begin + MESSAGE_EVENTS])
            at = some[-1].at
            batch = Batch(collector="pbx", epoch=epoch, first_sequence=begin + 1, sent_at=at, events=some)
            await journal.append([Entry("pbx", epoch, begin + len(some), len(some), encode_batch(batch))], at)


async def both_readings(folder: Path) -> tuple[Took, Took]:
    """Reading all, without and with decoding it."""
    async with opened_journal(journal_url(None, folder)) as journal:
        return await reading(journal, decode=False), await reading(journal, decode=True)


async def reading(journal: Journal, decode: bool) -> Took:
    """How long it takes to read all."""
    begun, worked = perf_counter(), process_time()
    async with aclosing(journal.recorded(0)) as found:
        async for some in found:
            for recorded in some:
                if decode:
                    read_batch(recorded.raw)
    return Took(perf_counter() - begun, process_time() - worked)


class Program:
    """`balans run` on a state directory."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, _free_port()
        (folder / "balans.toml").write_text(CONFIGURATION.format(folder=folder, port=self._port))

    @contextmanager
    def running(self, day: list[ev.Event], snapshot_seconds: float) -> Iterator[Took]:
        """From its start to its kill -9; gives how long it took until its board had all of the day."""
        environment = {**os.environ, "BALANS_JOURNAL__SNAPSHOT_SECONDS": str(snapshot_seconds), "PYTHONPATH": str(ROOT)}
        command = (sys.executable, "-m", "balans", "run", "--config", self._folder / "balans.toml")
        all_of_it, begun = (len(day), answered_today(day)), perf_counter()
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(command, cwd=self._folder, env=environment, stdout=log, stderr=log)
        try:
            while self._known() != all_of_it:
                if process.poll() is not None or perf_counter() - begun > PATIENCE_SECONDS:
                    raise SystemExit((self._folder / "log").read_text())
                sleep(LOOK_SECONDS)
            yield Took(perf_counter() - begun, worked_by(process.pid))
        finally:
            process.kill()
            process.wait()

    def _known(self) -> tuple[int, int] | None:
        """Events read in all, and calls answered today, as the web tells; None while it has no board."""
        address = f"http://127.0.0.1:{self._port}/api/v1"
        wanted = ("boards/main", "sources", "figures?kind=site&window=today")
        try:
            answers = [httpx.get(f"{address}/{one}", timeout=PATIENCE_SECONDS) for one in wanted]
        except httpx.TransportError:
            return None
        if any(answer.status_code != 200 for answer in answers):
            return None
        _, sources, figures = (answer.json() for answer in answers)
        return sources["pipeline"]["read"], figures["scopes"][0]["windows"]["today"]["answered"]


def worked_by(pid: int) -> float:
    """Seconds of the processor that a process has had; what it started (the broker) is left out."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def run(events: int, tail: int, kills: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program, day = Program(folder), list(told(events))
        before, behind = day[: events - tail], day[events - tail :]
        asyncio.run(journalled(folder, before, "one"))
        with program.running(before, snapshot_seconds=1) as alone:
            while not (folder / FILE).exists():
                sleep(LOOK_SECONDS)
        size = (folder / FILE).stat().st_size
        asyncio.run(journalled(folder, behind, "two"))
        read, decoded = asyncio.run(both_readings(folder))
        starts = []
        for _ in range(kills):
            with program.running(day, snapshot_seconds=86_400) as start:
                starts.append(start)
        starts.sort()
        print(f"{events:,} events, of which {tail:,} after the snapshot of {size / 1e6:.1f} MB; {kills} kills")
        print(f"{'':36} {'clock':>8} {'processor':>10}")
        print_row("reading the journal", read)
        print_row("reading and decoding it", decoded)
        print_row("live after kill -9, median", starts[kills // 2])
        print_row("live after kill -9, slowest", starts[-1])
        print_row("live without a snapshot", alone)


def print_row(what: str, took: Took) -> None:
    """One line of the table."""
    print(f"{what:36} {took.clock:6.2f} s {took.processor:8.2f} s", flush=True)


def answered_today(events: list[ev.Event]) -> int:
    """How many calls were answered since midnight at the site."""
    midnight = datetime.now(ZoneInfo(Site().time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return sum(isinstance(event, ev.ContactAnswered) and event.at >= midnight for event in events)


def main() -> int:
    """Read the words, run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--tail", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=5)
    words = parser.parse_args()
    run(words.events, words.tail, words.kills)
    return 0


if __name__ == "__main__":
    sys.exit(main())
