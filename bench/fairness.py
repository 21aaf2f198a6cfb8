"""Fairness: the events of a simulated centre with a known truth through Balans' own score.

    python bench/fairness.py DIR [DIR ...] [--freeze-after DAY]

Reads DIR/events.ndjson and writes DIR/scores.ndjson: one line an agent at the end (20:40 local) of day 1, 5, 10 and
20. The reference period is the whole run, unless the norm is frozen after a day. `make fairness` does the rest.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

import msgspec

from monitor.balance import Contact, Score, Topics
from monitor.balance.points import PAR_POINTS
from monitor.balance.steady import LARGEST_MOVE_POINTS, steady_instant
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
    """State changes an agent-day, without and with leaving `too_early`; points that a shown balance moved at most
    from one hour to the next, by a night, and within an hour if nothing were held back; and how often it was."""

    changes: float
    all_changes: float
    largest: float
    largest_by_night: float
    largest_held: float
    held_share: float


class Shown(NamedTuple):
    """What a page shows of an agent: the balance, as of when."""

    points: float
    at: float


class Pages:
    """The pages of all agents, written hour by hour as the desk of `monitor.people` writes them."""

    def __init__(self, score: Score) -> None:
        self._score = score
        self._shown: dict[str, Shown] = {}
        self._night = -math.inf
        self.states: dict[str, str] = {}
        self.moves: list[float] = []
        self.by_night: list[float] = []
        self.held: list[float] = []

    def morning(self, at: float) -> None:
        """The first figures of a day: what nobody looked at is nobody's hour."""
        self._shown = {}
        self.hour(at)

    def hour(self, at: float) -> None:
        """New figures, as of now or of a little earlier."""
        now = _balances(self._score.provisional(at))
        for agent in self.states:
            before = self._shown.get(agent)
            if self.states[agent] == "too_early":
                continue
            self._shown[agent] = self._next(agent, before, now[agent], at) if before else Shown(now[agent], at)
            if before:
                self.moves.append(abs(self._shown[agent].points - before.points))

    def _next(self, agent: str, before: Shown, points: float, at: float) -> Shown:
        def moved(instant: float) -> float:
            return abs(self._as_of(agent, points, instant, at) - before.points)

        instant = steady_instant(at, max(before.at, self._night), moved)
        if moved(at) > LARGEST_MOVE_POINTS:
            self.held.append(moved(at))
        return Shown(self._as_of(agent, points, instant, at), instant)

    def _as_of(self, agent: str, points: float, instant: float, now: float) -> float:
        return points if instant == now else _balances(self._score.provisional(instant)).get(agent, PAR_POINTS)

    def night(self, cut: float) -> tuple[int, int]:
        """The night falls: how many states change, and how many of these leave `too_early`."""
        self._score.close(cut)
        self._night = cut
        view = self._score.view()
        settled = _balances(view)
        self.by_night += [abs(settled[agent] - shown.points) for agent, shown in self._shown.items()]
        changed = [
            self.states.get(agent, "too_early")
            for agent in settled
            if view.state(agent) != self.states.get(agent, "too_early")
        ]
        self.states = {agent: view.state(agent) for agent in settled}
        return len(changed), changed.count("too_early")


def _balances(view: View) -> dict[str, float]:
    return {agent: float(view.assessment.balance[row]) for agent, row in view.standing.ledger.agents.items()}


def stability(path: Path) -> Stability:
    """Each hour from 8 to 20:40, and the night, of all days."""
    score, start = Score(TOPICS), first_midnight(path)
    pages = Pages(score)
    events = sorted(((one.t.timestamp(), one) for one in told(path)), key=lambda pair: pair[0])
    changes = firsts = agent_days = place = 0
    for day in range(1, CHECKPOINTS[-1] + 1):
        for hour in (*range(8, 21), CLOSING_HOUR):
            at = start + (day - 1) * DAY + hour * 3600
            while place < len(events) and events[place][0] <= at:
                take(score, events[place][1], events[place][0])
                place += 1
            pages.morning(at) if hour == 8 else pages.hour(at)
        changed, first = pages.night(_cut(start, day))
        changes, firsts, agent_days = changes + changed, firsts + first, agent_days + len(pages.states)
    return Stability(
        (changes - firsts) / agent_days,
        changes / agent_days,
        max(pages.moves),
        max(pages.by_night),
        max(pages.held, default=0.0),
        len(pages.held) / len(pages.moves),
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
