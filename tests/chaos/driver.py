"""Known truth through the real programs while they are killed, frozen, cut off, filled up and sent astray by their
clocks. What was taken in must be in the journal and in the figures, once, and no published board may be wrong.

    python -m tests.chaos.driver [--kills 100] [--events 1000000] [--broker nats|mosquitto]
                                 [--database sqlite|postgresql|both] [--seed 7]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from balans.configuration import load_checked
from monitor.batch import read_batch
from monitor.engine import Engine
from monitor.figures import SiteFigures
from monitor.history import HistoryStore, Keeper
from monitor.history.rebuild import Rebuild, differences_of
from monitor.history.rows import FIELDS
from monitor.journal import journal_url, opened_journal
from tests.chaos.centre import MEASURED, Broker, Centre, Database, running_centre
from tests.chaos.disturbance import Disturbance, disturb, plan
from tests.chaos.truth import PATIENCE_SECONDS, QUEUE_OF, Sources, Truth
from tests.chaos.witness import Witness, today

LOOK_SECONDS = 0.05
REQUEST_SECONDS = 15.0

Tell = Callable[[str], object]


@dataclass
class Outcome:
    """What came of it."""

    disturbances: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    events: int = 0
    lost: int = 0
    double: int = 0
    lost_or_double: Counter[str] = field(default_factory=Counter)
    """The same by source and type."""
    pictures: int = 0
    boards: int = 0
    quarters: int = 0
    """Of the history, compared with the journal."""
    faults: list[str] = field(default_factory=list)
    """What no published figure or board may be, and what differs from the truth in the end."""
    fallen: list[str] = field(default_factory=list)
    """Who ended by itself. PostgreSQL does when its disk is full; a part of Balans never may."""
    longest_recovery_seconds: float = 0.0
    after: str = ""
    took_seconds: float = 0.0

    @property
    def well(self) -> bool:
        ours = [one for one in self.fallen if one.startswith(("collector", "monitor", "web"))]
        return not (self.lost or self.double or self.faults or ours)

    def __str__(self) -> str:
        return "\n".join(
            (
                f"kills {self.kills.total()} ({_told(self.kills)})  "
                f"others {self.disturbances.total()} ({_told(self.disturbances)})",
                f"events {self.events:,} in {self.took_seconds:.0f} s  lost {self.lost}  double {self.double}  "
                f"longest recovery {self.longest_recovery_seconds:.1f} s ({self.after})",
                f"pictures {self.pictures:,} and board messages {self.boards:,} looked at  "
                f"quarters of the history rebuilt {self.quarters}  "
                f"faults {len(self.faults)}  fallen by themselves {len(self.fallen)}",
                *(f"{count} {words}" for words, count in self.lost_or_double.items()),
                *self.faults,
                *self.fallen,
            )
        )


def _told(counted: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))


class Chaos:
    """One run in a centre that was just started."""

    def __init__(self, centre: Centre, events: int, disturbances: Sequence[Disturbance], tell: Tell) -> None:
        self.outcome = Outcome()
        self._centre, self._wanted, self._disturbances, self._tell = centre, events, disturbances, tell
        self._sources = Sources(f"http://127.0.0.1:{centre.hooks}/events", centre.log, centre.now)
        self._witness = Witness(f"ws://127.0.0.1:{centre.web}/ws/board/main", centre.mqtt)
        self._allowed = 0.0
        self._begun = time.monotonic()

    @property
    def _sent(self) -> int:
        return self._sources.truth.events.total()

    async def run(self) -> None:
        """Send and disturb, then wait until everything shows the truth."""
        async with httpx.AsyncClient(timeout=REQUEST_SECONDS) as client, asyncio.TaskGroup() as group:
            looking = group.create_task(self._witness.look(), name="witness")
            keeping = group.create_task(self._centre.keep(), name="service manager")
            sending = group.create_task(self._send(client), name="sources")
            await self._disturb_all()
            await sending
            for name, part in self._centre.parts.items():
                if part.clock:
                    self._centre.set_clock(name, 0)
            await self._sources.one_round(client, last=True)
            await self._recovered("the end", whole=True)
            looking.cancel()
            keeping.cancel()
        self._conclude()
        self.outcome.took_seconds = time.monotonic() - self._begun

    async def _send(self, client: httpx.AsyncClient) -> None:
        """All that is wanted, never far ahead of the disturbances: they are to happen while events flow."""
        while self._sent < self._wanted:
            while self._sent > self._allowed * self._wanted:  # noqa: ASYNC110 -- what it waits for is a number
                await asyncio.sleep(LOOK_SECONDS)
            await self._sources.one_round(client)

    async def _disturb_all(self) -> None:
        moments = [*(one.at for one in self._disturbances), 1.0]
        for one, following in zip(self._disturbances, moments[1:], strict=True):
            self._allowed = max(one.at, self._allowed)
            await self._until(lambda at=one.at: self._sent >= at * self._wanted, "the sources")
            self._allowed = following
            self._tell(f"{time.monotonic() - self._begun:6.0f} s {self._sent:9,} events: {one}")
            await disturb(self._centre, one)
            if one.kind == "kill":
                self.outcome.kills[one.part] += 1
            else:
                self.outcome.disturbances[f"{one.kind} {one.part}"] += 1
            if not one.together:
                await self._recovered(str(one))
        self._allowed = 1.0

    async def _recovered(self, after: str, *, whole: bool = False) -> None:
        """Returns when everybody sees what was taken in until now; `whole`: when all figures are the truth and every
        source is up as well."""
        begun, offered = time.monotonic(), sum(self._sources.truth.offered.values())

        def seen() -> bool:
            figures = self._witness.figures
            if self._witness.offered < offered or figures is None:
                return False
            return not whole or not differences(self._sources.truth, figures)

        await self._until(seen, after)
        took = time.monotonic() - begun
        if took > self.outcome.longest_recovery_seconds:
            self.outcome.longest_recovery_seconds, self.outcome.after = took, after

    async def _until(self, is_so: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            if time.monotonic() > deadline:
                offered = sum(self._sources.truth.offered.values())
                self.outcome.faults.append(
                    f"{what}: no recovery within {PATIENCE_SECONDS:.0f} s, {offered} were offered, {self._witness}"
                )
                self._conclude()
                raise TimeoutError(f"{self.outcome}\n{self._words()}")
            await asyncio.sleep(LOOK_SECONDS)

    def _words(self) -> str:
        return "\n".join((self._centre.folder / "programs.log").read_text(errors="replace").splitlines()[-40:])

    def _conclude(self) -> None:
        outcome, witness = self.outcome, self._witness
        outcome.events = self._sent
        outcome.pictures, outcome.boards = witness.pictures, witness.messages
        outcome.faults += witness.faults
        outcome.fallen += self._centre.fallen
        if witness.figures is not None:
            outcome.faults += differences(self._sources.truth, witness.figures)

    @property
    def truth(self) -> Truth:
        """What was sent."""
        return self._sources.truth


def differences(truth: Truth, figures: SiteFigures) -> list[str]:
    """Where the figures of the day are not what happened, and who is there and does not show."""
    found = [f"{one.source} is {one.state}" for one in figures.sources if one.state != "up"]
    for source, queue in QUEUE_OF.items():
        shown, happened = today(figures, queue), truth.outcomes
        pairs = {
            "offered": (shown.offered, truth.offered[source]),
            "answered": (shown.answered, happened[source, "answered"]),
            "handled": (shown.handled, truth.events[source, "contact.wrapped_up"]),
            "abandoned": (shown.abandoned, happened[source, "abandoned"]),
            "sent away": (shown.left.get("timeout", 0), happened[source, "timeout"]),
        }
        found += [f"{queue}: {shows} {word}, in truth {was}" for word, (shows, was) in pairs.items() if shows != was]
    return found


async def count(outcome: Outcome, truth: Truth, journal: str | None, state: Path) -> None:
    """What the journal holds, against the truth."""
    kept: Counter[tuple[str, str, str]] = Counter()
    async with opened_journal(journal_url(journal, state)) as opened, aclosing(opened.recorded(0)) as found:
        async for some in found:
            for recorded in some:
                batch = read_batch(recorded.raw).batch
                assert batch is not None
                for event in batch.events:
                    kind = str(type(event).__struct_config__.tag)
                    if kind.startswith("contact."):
                        kept[event.source, kind, event.id] += 1
    once = Counter((source, kind) for source, kind, _ in kept)
    lost, double = truth.events - once, once - truth.events
    for (source, kind, _), times in kept.items():
        double[source, kind] += times - 1
    outcome.lost, outcome.double = lost.total(), double.total()
    outcome.lost_or_double.update({f"{kind} of {source} lost": count for (source, kind), count in lost.items()})
    outcome.lost_or_double.update({f"{kind} of {source} double": count for (source, kind), count in (+double).items()})


async def rebuild(outcome: Outcome, journal: str | None, folder: Path) -> None:
    """What the history has booked between all falls, against the journal read once more in peace, as `balans rebuild`
    does. Levels are left out: they settle only hours later."""
    (folder / "rebuild.toml").write_text(MEASURED)
    (folder / "aside").mkdir()
    settings = load_checked(folder / "rebuild.toml")
    async with (
        opened_journal(journal_url(journal, folder)) as opened,
        opened_journal(journal_url(None, folder / "aside")) as aside,
    ):
        kept, again = (HistoryStore(one.beside, settings.site.time_zone) for one in (opened, aside))
        engine = Engine(settings.site, settings.queues, settings.teams, settings.boards)
        keeper = Keeper(again, settings.site, settings.retention)
        mark = await Rebuild(engine, opened, kept, again, keeper).read(lambda done, last: None)
        begun = {*await kept.begun(0, mark.at), *await again.begun(0, mark.at)}
        outcome.quarters = len(begun)
        for at in sorted(begun):
            found = differences_of(await kept.rows_at([at]), await again.rows_at([at]))
            outcome.faults.extend(f"history: {one}" for one in found if one.field not in FIELDS)


async def chaos(
    folder: Path,
    events: int,
    disturbances: Sequence[Disturbance],
    broker: Broker = "nats",
    database: Database = "sqlite",
    tell: Tell = lambda words: None,
) -> Outcome:
    """Send so many events through a centre that suffers these disturbances."""
    # A snapshot of a large state costs as much as hundreds of messages.
    async with running_centre(folder, broker, database, 1 + events / 50_000) as centre:
        run = Chaos(centre, events, disturbances, tell)
        await run.run()
        await centre.stop(("collector", "web", "monitor", "broker"))
        for file in centre.state.glob("journal.db*"):  # SQLite would not find its way through another's namespace.
            shutil.copy(file, folder)
        await count(run.outcome, run.truth, centre.journal, folder)
        await rebuild(run.outcome, centre.journal, folder)
        await centre.stop(("database",))
    return run.outcome


def main() -> int:
    """Read the words, run, print; 1 when anything is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=100, help="and half as many other disturbances")
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--broker", choices=("nats", "mosquitto"), default="nats")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=7, help="the same seed is the same plan")
    words = parser.parse_args()
    well = True
    for database in ("sqlite", "postgresql") if words.database == "both" else (words.database,):
        sys.stdout.write(f"{database}, {words.broker}, seed {words.seed}\n")
        disturbances = plan(words.seed, words.kills, words.broker, database)
        with tempfile.TemporaryDirectory(prefix="balans-chaos-") as folder, contextlib.suppress(KeyboardInterrupt):
            outcome = asyncio.run(chaos(Path(folder), words.events, disturbances, words.broker, database, tell=_say))
            sys.stdout.write(f"{outcome}\n")
            well = well and outcome.well
    return int(not well)


def _say(words: str) -> None:
    sys.stderr.write(f"  {words}\n")


if __name__ == "__main__":
    sys.exit(main())
