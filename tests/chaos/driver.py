"""Known truth through the real programs while they are killed: events posted to a webhook collector's process, over a
broker, into a monitor's process. What a 202 was given for must be in the journal and in the figures, once.

    python -m tests.chaos.driver [--kills 100] [--events 1000000] [--journal postgresql://...]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from collectors.webhook import sign
from monitor.batch import read_batch
from monitor.journal import journal_url, opened_journal
from tests.parts import free_port

SECRET = "a secret of the chaos suite"
POST_EVENTS = 200
PATIENCE_SECONDS = 120.0

CONFIGURATION = """
state_directory = "{folder}/state"
[mqtt]
embedded_port = {mqtt}
[web]
port = {web}
[journal]
snapshot_seconds = 2
{journal}
[boards.main]
[collectors.hooks]
source = "webhook"
port = {hooks}
secrets = ["{secret}"]
"""


@dataclass
class Outcome:
    """What came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    events: int = 0
    lost: int = 0
    double: int = 0
    offered: int = 0
    figures_offered: int = 0
    longest_recovery_seconds: float = 0.0

    def __str__(self) -> str:
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return (
            f"kills {self.kills.total()} ({kills})  events {self.events:,}  lost {self.lost}  double {self.double}  "
            f"offered {self.offered:,}, on the board {self.figures_offered:,}  "
            f"longest recovery {self.longest_recovery_seconds:.1f} s"
        )


class Programs:
    """The processes of one centre, in a folder."""

    WORDS = {"monitor": ("run", "--roles", "monitor,web"), "collector": ("collect", "hooks")}

    def __init__(self, folder: Path, journal: str | None) -> None:
        self.folder, self.journal = folder, journal
        self.web, self.hooks = free_port(), free_port()
        told = f'url = "{journal}"' if journal else ""
        ports = {"mqtt": free_port(), "web": self.web, "hooks": self.hooks}
        (folder / "balans.toml").write_text(CONFIGURATION.format(folder=folder, journal=told, secret=SECRET, **ports))
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._log = (folder / "log").open("ab")

    def start(self, name: str) -> None:
        command = [sys.executable, "-m", "balans", *self.WORDS[name]]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
        self._running[name] = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=self._log, stderr=self._log
        )

    def kill(self, name: str) -> None:
        """With -9, and start again; the broker is the monitor's child, which it starts again by itself."""
        if name == "broker":
            for child in self._children(self._running["monitor"].pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            return
        self._running[name].kill()
        self._running[name].wait()
        self.start(name)

    def stop(self) -> None:
        for name in ("collector", "monitor"):
            if name in self._running:
                self._running[name].terminate()
                self._running[name].wait(timeout=60)
        self._log.close()

    @staticmethod
    def _children(pid: int) -> Iterator[int]:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                words = stat.read_text().rpartition(")")[2].split()
                if int(words[1]) == pid:
                    yield int(stat.parent.name)


def contact(number: int, at: str) -> list[dict[str, Any]]:
    """One contact: offered, and every second one answered and ended."""
    same = {"at": at, "contact": f"c{number}"}
    told = [{"type": "contact.offered", "id": f"o{number}", "queue": "sales", **same}]
    if number % 2:
        told += [
            {"type": "contact.answered", "id": f"a{number}", "queue": "sales", **same},
            {"type": "contact.ended", "id": f"e{number}", **same},
        ]
    return told


async def post(client: httpx.AsyncClient, address: str, events: list[dict[str, Any]]) -> float:
    """Until there is a 2xx, as a sender does; how long that took, in seconds."""
    begun = time.monotonic()
    body = json.dumps(events).encode()
    while time.monotonic() - begun < PATIENCE_SECONDS:
        stamp = str(int(time.time()))
        headers = {
            "X-Balans-Timestamp": stamp,
            "X-Balans-Signature": sign(SECRET.encode(), stamp, body),
            "Content-Type": "application/json",
        }
        with contextlib.suppress(httpx.TransportError):
            answer = await client.post(address, content=body, headers=headers)
            if answer.is_success or "taken in already" in answer.text:
                return time.monotonic() - begun
        await asyncio.sleep(0.05)
    raise TimeoutError(f"The collector did not answer for {PATIENCE_SECONDS} s.")


async def offered_on_the_board(client: httpx.AsyncClient, web: int) -> int:
    """What `/metrics` says of the queue's day."""
    with contextlib.suppress(httpx.TransportError):
        text = (await client.get(f"http://127.0.0.1:{web}/metrics")).text
        if found := re.search(r'^balans_visits_offered_total\{[^}]*"sales"[^}]*\} ([0-9.e+]+)$', text, re.MULTILINE):
            return int(float(found[1]))
    return -1


async def chaos(folder: Path, kills: int, events: int, journal: str | None = None, seed: int = 7) -> Outcome:
    """Send so many events while so many processes are killed."""
    outcome, programs, chance = Outcome(), Programs(folder, journal), random.Random(seed)
    address = f"http://127.0.0.1:{programs.hooks}/events"
    for name in Programs.WORDS:
        programs.start(name)
    try:
        async with httpx.AsyncClient(timeout=15) as client:
            await post(client, address, contact(0, datetime.now(UTC).isoformat()))
            sent, outcome.offered, outcome.events = 1, 1, 1
            kill_every = max(1, events // max(1, kills))
            while outcome.events < events:
                if outcome.kills.total() < min(kills, outcome.events // kill_every + 1):
                    name = chance.choice(("monitor", "collector", "broker"))
                    programs.kill(name)
                    outcome.kills[name] += 1
                at = datetime.now(UTC).isoformat()
                batch = [one for number in range(sent, sent + POST_EVENTS // 2) for one in contact(number, at)]
                took = await post(client, address, batch)
                outcome.longest_recovery_seconds = max(outcome.longest_recovery_seconds, took)
                sent += POST_EVENTS // 2
                outcome.offered, outcome.events = sent, outcome.events + len(batch)
            await settled(outcome, client, programs)
    finally:
        programs.stop()
    await count(outcome, folder, journal)
    return outcome


async def settled(outcome: Outcome, client: httpx.AsyncClient, programs: Programs) -> None:
    """Wait until the board shows the truth, or no longer."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE_SECONDS:
        outcome.figures_offered = await offered_on_the_board(client, programs.web)
        if outcome.figures_offered >= outcome.offered:
            break
        await asyncio.sleep(0.1)
    outcome.longest_recovery_seconds = max(outcome.longest_recovery_seconds, time.monotonic() - begun)


async def count(outcome: Outcome, folder: Path, journal: str | None) -> None:
    """What the journal holds, against the truth."""
    seen: Counter[str] = Counter()
    async with opened_journal(journal_url(journal, folder / "state")) as opened, aclosing(opened.recorded(0)) as found:
        async for some in found:
            for recorded in some:
                batch = read_batch(recorded.raw).batch
                assert batch is not None
                seen.update(event.id for event in batch.events if event.id[0] in "oae")
    outcome.lost = outcome.events - len(seen)
    outcome.double = seen.total() - len(seen)


def main() -> int:
    """Read the words, run, print; 1 when anything is lost or double."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--journal", help="the URL of an empty PostgreSQL database; SQLite without it")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="balans-chaos-") as folder:
        outcome = asyncio.run(chaos(Path(folder), words.kills, words.events, words.journal))
    sys.stdout.write(f"{outcome}\n")
    return int(bool(outcome.lost or outcome.double or outcome.figures_offered != outcome.offered))


if __name__ == "__main__":
    sys.exit(main())
