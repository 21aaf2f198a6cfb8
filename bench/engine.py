"""Engine: events applied and booked a second, against decoding the same events with msgspec alone.

    python bench/engine.py [--data ../shared/data]

Streams: a month of a bank's calls, fifteen minutes of a recorded Asterisk, the demo's day, and a made-up centre
of 10 and of 10,000 agents (the cost of an event must not grow with the number of agents). The ratio is decoding
alone / (decoding + applying) in the same run: 0.25 means that applying costs three times what decoding costs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import process_time

from balans.memory import look_for_cycles_seldom
from collectors import asterisk_ami, call_table, demo
from collectors.source import Surroundings
from monitor import events as ev
from monitor.engine import Engine
from monitor.pseudonym import Pseudonyms
from monitor.settings import Settings, Site

ROUNDS = 3
CALL_SECONDS = 210
"""A call and its wrap-up, on average."""


def surroundings(site: Site) -> Surroundings:
    """A centre with nothing configured."""
    return Surroundings(site, {}, Pseudonyms(bytes(32)), lambda: datetime.now(UTC))


def bank(folder: Path) -> tuple[Engine, list[ev.Event]]:
    """January of the bank."""
    site = Site(time_zone="Asia/Jerusalem")
    settings = call_table.Settings(source="call_table", preset="anonymous-bank")
    paths = [folder / "anonymous-bank" / "1999-01.tsv.gz"]
    return Engine(site), list(call_table.replay(paths, settings, surroundings(site)))


def asterisk(folder: Path) -> tuple[Engine, list[ev.Event]]:
    """The recorded Asterisk, once."""
    site = Site()
    settings = asterisk_ami.Settings(source="asterisk_ami", host="recorded", username="recorded")
    path = folder / "asterisk-day" / "ami-startup.jsonl.gz"
    return Engine(site), list(asterisk_ami.replay(path, settings, surroundings(site)))


def demo_day() -> tuple[Engine, list[ev.Event]]:
    """A day of the simulated centre."""
    settings = Settings(**demo.settings_table())
    return Engine(settings.site, settings.queues, settings.teams, settings.boards), list(
        demo.events(date(2026, 11, 19), 7)
    )


def made_up(agents: int, queues: int, calls: int) -> tuple[Engine, list[ev.Event]]:
    """So many agents and queues, and calls over as long as it takes these agents to be occupied for 80 %, in order."""
    random = Random(7)
    span = calls * CALL_SECONDS / agents / 0.8
    begin = datetime(2026, 3, 10, 8, tzinfo=UTC)
    told: list[ev.Event] = [
        ev.AgentStateChanged(
            id=f"s{number}",
            source="pbx",
            at=begin,
            agent=f"a{number}",
            state="available",
            queues=(f"q{number % queues}",),
        )
        for number in range(agents)
    ]
    for number in range(calls):
        told.extend(_call(number, begin + timedelta(seconds=random.uniform(0, span)), random, agents, queues))
    return Engine(Site()), ev.in_order_of_life(told)


def _call(number: int, offered: datetime, random: Random, agents: int, queues: int) -> Iterator[ev.Event]:
    answered = offered + timedelta(seconds=random.expovariate(1 / 15))
    ended = answered + timedelta(seconds=random.lognormvariate(5, 0.7))
    agent = random.randrange(agents)
    contact, queue = f"c{number}", f"q{agent % queues}"
    yield ev.ContactOffered(id=f"o{number}", source="pbx", at=offered, contact=contact, queue=queue)
    yield ev.ContactAnswered(
        id=f"n{number}", source="pbx", at=answered, contact=contact, queue=queue, agent=f"a{agent}"
    )
    yield ev.ContactEnded(id=f"e{number}", source="pbx", at=ended, contact=contact)
    yield ev.ContactWrappedUp(id=f"w{number}", source="pbx", at=ended + timedelta(seconds=20), contact=contact)


def decoding(raw: Sequence[bytes]) -> float:
    """Seconds to decode all."""
    begun = process_time()
    for line in raw:
        ev.decode(line)
    return process_time() - begun


def decoding_and_applying(engine: Engine, raw: Sequence[bytes]) -> float:
    """Seconds to decode and book all."""
    begun = process_time()
    for line in raw:
        engine.apply(ev.decode(line))
    return process_time() - begun


def measure(name: str, make: object, *words: object) -> None:
    """The best of a few rounds, each with a fresh engine."""
    alone, both, count = float("inf"), float("inf"), 0
    for _ in range(ROUNDS):
        engine, events = make(*words)  # type: ignore[operator]
        raw = [ev.encode(event) for event in events]
        count = len(raw)
        del events
        look_for_cycles_seldom()
        alone = min(alone, decoding(raw))
        both = min(both, decoding_and_applying(engine, raw))
        assert engine.read == count
    print(f"{name:34} {count:>9,} {count / alone:>12,.0f} {count / both:>12,.0f} {alone / both:>7.2f}")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "data")
    folder = parser.parse_args().data
    print(f"{'stream':34} {'events':>9} {'decoded/s':>12} {'booked/s':>12} {'ratio':>7}")
    if folder.is_dir():
        measure("a bank's January", bank, folder)
        measure("recorded Asterisk, 15 minutes", asterisk, folder)
    measure("demo, one day", demo_day)
    measure("made up: 10 agents, 5 queues", made_up, 10, 5, 50_000)
    measure("made up: 10,000 agents, 1,000 queues", made_up, 10_000, 1_000, 200_000)
    return 0


if __name__ == "__main__":
    sys.exit(main())
