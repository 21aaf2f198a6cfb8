"""Fairness: the events of a simulated centre with a known truth through Balans' own score.

    python bench/fairness.py DIR [DIR ...] [--freeze-after DAY]

Reads DIR/events.ndjson and writes DIR/scores.ndjson: one line an agent at the end (20:40 local) of day 1, 5, 10 and
20. The reference period is the whole run, unless the norm is frozen after a day. `make fairness` does the rest.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import msgspec

from monitor.balance import Contact, Score, Topics
from monitor.balance.view import View

DAY = 86_400.0
CHECKPOINTS = (1, 5, 10, 20)
CLOSING_HOUR = 20 + 40 / 60
TOPICS = Topics(
    names=(
        "adreswijziging",
        "orderstatus",
        "factuuruitleg",
        "betaalregeling",
        "storing",
        "techniek",
        "contractwijziging",
        "opzegging",
        "klacht",
        "claim",
        "productadvies",
        "privacyverzoek",
    ),
    hard=frozenset({"storing", "techniek", "klacht", "claim", "privacyverzoek"}),
    complaint=frozenset({"klacht"}),
)
"""What this centre would configure."""
CHANNELS = {"telefoon": "voice"}


class Closed(msgspec.Struct, tag_field="type", tag="contact.closed"):
    """A finished contact, as the simulator tells it."""

    t: datetime
    contact: str
    customer: str
    agent: str
    team: str
    line: int
    queue: str
    topic_proven: str | None
    channel: str
    waited_s: float
    pressure: float
    concurrent: int
    repeat: bool
    transferred_in: bool
    handle_s: float
    outcome: str


class Surveyed(msgspec.Struct, tag_field="type", tag="survey.received"):
    """A mark of 1 to 5."""

    t: datetime
    contact: str
    score: int


class CameBack(msgspec.Struct, tag_field="type", tag="contact.repeated"):
    """The customer of the contact came back on the matter."""

    t: datetime
    contact: str


Told = Closed | Surveyed | CameBack


def told(path: Path) -> Iterator[Told]:
    """The events of a file, in its order."""
    decode = msgspec.json.Decoder(Told).decode
    with path.open("rb") as file:
        for line in file:
            yield decode(line)


def take(score: Score, event: Told, at: float) -> None:
    """One event into the score; the code that the agent chose is not read."""
    if isinstance(event, Closed):
        score.add(
            Contact(
                id=event.contact,
                agent=event.agent,
                customer=event.customer,
                team=event.team,
                line=event.line,
                topic=event.topic_proven or event.queue,
                channel=CHANNELS.get(event.channel, event.channel),  # type: ignore[arg-type]
                closed_at=at,
                day=event.t.toordinal(),
                handle_seconds=event.handle_s,
                waited_seconds=event.waited_s,
                pressure=event.pressure,
                at_once=event.concurrent,
                repeat=event.repeat,
                transferred_in=event.transferred_in,
                transferred=event.outcome == "transferred",
            )
        )
    elif isinstance(event, Surveyed):
        score.marked(event.contact, at, event.score >= 4)
    else:
        score.came_back(event.contact, at)


def run(path: Path, freeze_after: int | None) -> tuple[Score, float]:
    """The score after all nights, and the instant of the first midnight. A night falls when an event after it comes."""
    score, start, nights = Score(TOPICS), first_midnight(path), 0
    for event in told(path):
        at = event.t.timestamp()
        while nights < CHECKPOINTS[-1] and at > _cut(start, nights + 1):
            nights = _fall(score, start, nights, freeze_after)
        take(score, event, at)
    while nights < CHECKPOINTS[-1]:
        nights = _fall(score, start, nights, freeze_after)
    return score, start


def first_midnight(path: Path) -> float:
    """The beginning of day 1, whatever the order of the file."""
    first = min(event.t for event in told(path))
    return first.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def _cut(start: float, day: int) -> float:
    return start + (day - 1) * DAY + CLOSING_HOUR * 3600


def _fall(score: Score, start: float, nights: int, freeze_after: int | None) -> int:
    score.close(_cut(start, nights + 1))
    if nights + 1 == freeze_after:
        score.freeze(version=1)
    return nights + 1


class Stability(NamedTuple):
    """State changes an agent-day, without and with leaving `too_early`; the largest move of a shown balance within an
    hour or the night's settling, before and from day 10; and the share of moves above 3 points before it."""

    changes: float
    all_changes: float
    largest_early: float
    largest_late: float
    share_early: float


def stability(path: Path) -> Stability:
    """Each hour from 8 to 20, and the night, of all days."""
    score, start = Score(TOPICS), first_midnight(path)
    events = sorted(((one.t.timestamp(), one) for one in told(path)), key=lambda pair: pair[0])
    states: dict[str, str] = {}
    moves: tuple[list[float], list[float]] = ([], [])
    changes = firsts = agent_days = place = 0
    for day in range(1, CHECKPOINTS[-1] + 1):
        shown: dict[str, float] = {}
        for hour in (*range(8, 21), CLOSING_HOUR):
            at = start + (day - 1) * DAY + hour * 3600
            while place < len(events) and events[place][0] <= at:
                take(score, events[place][1], events[place][0])
                place += 1
            if hour == CLOSING_HOUR:
                score.close(at)
            view = score.view() if hour == CLOSING_HOUR else score.provisional(at)
            agents = view.standing.ledger.agents
            now = {agent: float(view.assessment.balance[row]) for agent, row in agents.items()}
            moves[day >= 10].extend(
                abs(now[agent] - before)
                for agent, before in shown.items()
                if states.get(agent, "too_early") != "too_early"
            )
            shown = now
        for agent, row in agents.items():
            state, before_state = view.standing.states[row], states.get(agent, "too_early")
            agent_days += 1
            changes += state != before_state
            firsts += state != before_state == "too_early"
            states[agent] = state
    early, late = moves
    return Stability(
        (changes - firsts) / agent_days,
        changes / agent_days,
        max(early),
        max(late),
        sum(move > 3.0 for move in early) / len(early),
    )


def lines(view: View, day: int) -> Iterator[dict[str, Any]]:
    """One line an agent."""
    found = view.assessment
    for agent, row in sorted(view.standing.ledger.agents.items()):
        yield {
            "checkpoint": day,
            "agent": agent,
            "balance": float(found.balance[row]),
            "lo": float(found.low[row]),
            "hi": float(found.high[row]),
            "state": view.state(agent),
        }


def main() -> None:
    """All directories, one after the other."""
    words = argparse.ArgumentParser(description="Simulated centres through Balans' own score.")
    words.add_argument("directories", metavar="DIR", nargs="*", type=Path)
    words.add_argument("--freeze-after", metavar="DAY", type=int, help="freeze the norm after this day")
    arguments = words.parse_args()
    if not arguments.directories:
        print("No simulated centre was named; `make fairness` makes some.")
    for directory in arguments.directories:
        began = process_time()
        score, start = run(directory / "events.ndjson", arguments.freeze_after)
        with (directory / "scores.ndjson").open("w") as file:
            for day in CHECKPOINTS:
                for line in lines(score.view(_cut(start, day)), day):
                    file.write(json.dumps(line) + "\n")
        print(f"{directory}: {process_time() - began:.1f} s")


if __name__ == "__main__":
    main()
