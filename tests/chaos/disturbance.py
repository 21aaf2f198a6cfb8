"""What is done to the parts, and when: a plan that follows from its seed."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.chaos.centre import Broker, Centre, Database, send

Kind = Literal["kill", "freeze", "unplug", "swallow", "fill", "clock"]
CLOCK_SECONDS = 290.0
"""Five minutes, less what an event may take: one that seems to lie more than five minutes ahead is refused."""
LONGEST_SECONDS = 3.0
OTHERS_PER_KILL = 2
"""One other disturbance for so many kills."""


@dataclass(frozen=True)
class Disturbance:
    """`seconds`: how long it lasts. `ahead_seconds`: how far the clock is wrong from then on, until it is moved again.
    `at`: how much of all events has been sent by then, 0-1. `together`: the next one does not wait until everything
    has recovered."""

    kind: Kind
    part: str
    at: float
    seconds: float = 0.0
    ahead_seconds: float = 0.0
    together: bool = False

    def __str__(self) -> str:
        ahead = f" {self.ahead_seconds:+.0f} s" if self.kind == "clock" else ""
        lasts = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.kind} {self.part}{ahead}{lasts}{', and at once' if self.together else ''}"


def possible(broker: Broker, database: Database) -> dict[Kind, tuple[str, ...]]:
    """Which part can suffer what. SQLite is in the monitor, on its disk; so is the embedded broker, which is on no
    cable and has no clock that matters."""
    apart = ("database",) if database == "postgresql" else ()
    foreign = ("monitor",) if broker == "mosquitto" else ()
    disks = ("broker",) if broker == "mosquitto" else ()
    everybody = ("collector", "broker", "monitor", "web", *apart)
    cables = ("collector", "web", *foreign, *apart)
    return {
        "kill": everybody,
        "freeze": everybody,
        "unplug": cables,
        "swallow": tuple(name for name in cables if name != "database"),
        "fill": ("collector", "monitor", *disks, *apart),
        "clock": ("collector", "monitor", "web"),
    }


def plan(seed: int, kills: int, broker: Broker, database: Database) -> list[Disturbance]:
    """So many kills and half as many others (each possible one at least once where there are enough), at random
    moments, half of them while the last one's wounds are open."""
    chance = random.Random(seed)
    can = possible(broker, database)
    others = [(kind, part) for kind, names in can.items() for part in names if kind != "kill"]
    wanted = [("kill", part) for part in _each(chance, can["kill"], kills)]
    wanted += _each(chance, others, kills // OTHERS_PER_KILL)
    chance.shuffle(wanted)
    moments = sorted(chance.random() for _ in wanted)
    made = []
    for (kind, part), at in zip(wanted, moments, strict=True):
        seconds = 0.0 if kind in ("kill", "clock") else chance.uniform(0.5, LONGEST_SECONDS)
        ahead = chance.choice((-1, 1)) * chance.uniform(0.5, 1) * CLOCK_SECONDS if kind == "clock" else 0.0
        made.append(Disturbance(kind, part, at, seconds, ahead, chance.random() < 0.5))
    return made


def _each(chance: random.Random, of: tuple | list, count: int) -> Iterator:
    """Each once, in a random order, again and again."""
    while count > 0:
        some = chance.sample(list(of), len(of))
        yield from some[:count]
        count -= len(some)


async def disturb(centre: Centre, what: Disturbance) -> None:
    """Do it, and undo it after its time."""
    if what.kind == "kill":
        await centre.kill(what.part)
        return
    part = centre.parts["monitor" if what.part == "broker" and centre.embedded else what.part]
    if what.kind == "freeze":
        frozen = centre.pids(what.part)
        send(frozen, signal.SIGSTOP)
        await asyncio.sleep(what.seconds)
        send(frozen, signal.SIGCONT)
    elif what.kind == "unplug":
        assert part.cable is not None
        part.cable.unplugged = True
        part.cable.cut()
        await asyncio.sleep(what.seconds)
        part.cable.unplugged = False
    elif what.kind == "swallow":
        assert part.cable is not None
        part.cable.swallowing = True
        await asyncio.sleep(what.seconds)
        part.cable.swallowing = False
        part.cable.cut()
    elif what.kind == "fill":
        part.disk.fill(centre.pids(what.part))
        await asyncio.sleep(what.seconds)
        part.disk.free(centre.pids(what.part))
    else:
        centre.set_clock(what.part, what.ahead_seconds)
