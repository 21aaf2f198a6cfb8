"""Pictures: what one costs while events flow, however many lie within the lateness allowed and behind it.

    python bench/pictures.py [--minutes 6]

A made-up centre is told 1,000 events a second, in order; in the middle of each minute the processor time of a picture
after one more second is printed, with a lateness of 60 and of 300 seconds. It must not grow from minute to minute, nor
with the lateness. Then the same of 10,000 agents in 1,000 queues at 200 events a second.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import process_time

from balans.memory import look_for_cycles_seldom
from monitor import events as ev
from monitor.engine import Engine
from monitor.settings import BoardDefinition, Queue, Site

BEGIN = datetime(2026, 3, 10, 8, tzinfo=UTC)
LOOK_AT = 30


def centre(lateness: float, agents: int, queues: int) -> Engine:
    """With one board, its agents signed in."""
    measured = {f"q{number}": Queue() for number in range(queues)}
    engine = Engine(Site(lateness_seconds=lateness), measured, {}, {"main": BoardDefinition(title="Bench")})
    for number in range(agents):
        served = (f"q{number % queues}",)
        engine.apply(
            ev.AgentStateChanged(
                id=f"s{number}", source="pbx", at=BEGIN, agent=f"a{number}", state="available", queues=served
            )
        )
    return engine


def call(number: int, at: datetime, agents: int, queues: int) -> Iterator[ev.Event]:
    """One whole contact in four events."""
    contact, agent = f"c{number}", number % agents
    queue, moments = f"q{agent % queues}", [at + timedelta(milliseconds=50 * step) for step in range(4)]
    yield ev.ContactOffered(id=f"o{number}", source="pbx", at=moments[0], contact=contact, queue=queue)
    yield ev.ContactAnswered(
        id=f"n{number}", source="pbx", at=moments[1], contact=contact, queue=queue, agent=f"a{agent}"
    )
    yield ev.ContactEnded(id=f"e{number}", source="pbx", at=moments[2], contact=contact)
    yield ev.ContactWrappedUp(id=f"w{number}", source="pbx", at=moments[3], contact=contact)


def pictures(engine: Engine, minutes: int, calls_a_second: int, agents: int, queues: int) -> Iterator[float]:
    """Milliseconds of a picture in each minute."""
    for second in range(minutes * 60):
        begin = BEGIN + timedelta(seconds=second)
        for place in range(calls_a_second):
            at = begin + timedelta(seconds=place / calls_a_second)
            for event in call(second * calls_a_second + place, at, agents, queues):
                engine.apply(event)
        if second % 60 in (LOOK_AT - 1, LOOK_AT):
            engine.advance(begin + timedelta(seconds=1))
            begun = process_time()
            engine.figures()
            if second % 60 == LOOK_AT:
                yield 1000 * (process_time() - begun)


def main() -> int:
    """Print one line a centre."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=6)
    minutes = parser.parse_args().minutes
    for lateness, agents, queues, calls in ((60, 60, 12, 250), (300, 60, 12, 250), (300, 10_000, 1_000, 50)):
        engine = centre(lateness, agents, queues)
        look_for_cycles_seldom()
        told = " ".join(f"{cost:.0f}" for cost in pictures(engine, minutes, calls, agents, queues))
        print(f"lateness {lateness} s, {agents:,} agents, {queues:,} queues, {4 * calls:,} events/s: {told} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
