"""An independent reader of the demo's events, and the comparison with the simulation's own truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from collectors import demo
from monitor import events as vocabulary
from monitor.events import Event
from monitor.settings import Settings

HOURS = Settings(**demo.settings_table()).queues


def is_open(queue: str, at: datetime) -> bool:
    """Whether a queue is open at an instant, by the settings that the demo gives."""
    wall = at.astimezone(ZoneInfo("Europe/Amsterdam")).time()
    spells = HOURS[queue].opening_hours
    return not spells or any(spell.opens <= wall < spell.closes for spell in spells)


class Ledger:
    """An independent reader of events: it follows each visit and refuses what cannot be."""

    def __init__(self, midnight: datetime) -> None:
        self.midnight = midnight
        self.queue_of: dict[tuple[str, str], str] = {}
        self.offered_at: dict[tuple[str, str], datetime] = {}
        self.answered_at: dict[tuple[str, str], datetime] = {}
        self.phase: dict[tuple[str, str], str] = {}
        self.counts: dict[str, Counter[str]] = {}
        self.sums: dict[str, Counter[str]] = {}
        self.states: dict[str, str] = {}
        self.outside: set[tuple[str, str]] = set()
        self.outside_of: Counter[str] = Counter()

    def read(self, events: Iterable[Event], until: datetime | None = None) -> Ledger:
        for event in events:
            if until is not None and event.at > until:
                break
            if isinstance(event, vocabulary.AgentStateChanged):
                self.states[event.agent] = event.state
            elif isinstance(event, vocabulary.OfContact):
                self._follow(event)
        return self

    def _follow(self, event: vocabulary.OfContact) -> None:
        visit = (event.contact, event.visit)
        today = event.at >= self.midnight
        match event:
            case vocabulary.ContactOffered():
                assert visit not in self.phase
                self.queue_of[visit], self.offered_at[visit], self.phase[visit] = event.queue, event.at, "waiting"
                if not is_open(event.queue, event.at):
                    self.outside.add(visit)
                    self.outside_of[event.queue] += today
                self._count(visit, "offered", today)
                self._count(visit, "carried_in", not today)
            case vocabulary.ContactLeft(reason="before_queue"):
                assert visit not in self.phase
                self.queue_of[visit] = event.queue
                self._count(visit, "before_queue", today)
            case vocabulary.ContactLeft():
                self._step(visit, "waiting", "left")
                assert event.queue == self.queue_of[visit]
                assert event.waited_seconds == pytest.approx((event.at - self.offered_at[visit]).total_seconds())
                self._count(visit, f"left {event.reason}", today)
                self._count(visit, "carried_in", -1 if not today else 0)
            case vocabulary.ContactAnswered():
                self._step(visit, "waiting", "served")
                self.answered_at[visit] = event.at
                assert event.queue == self.queue_of[visit]
                assert event.waited_seconds == pytest.approx((event.at - self.offered_at[visit]).total_seconds())
                self._count(visit, "answered", today)
                self._count(visit, "carried_in", -1 if not today else 0)
                self._add(visit, "waits", event.waited_seconds if today else 0)
            case vocabulary.ContactHeld():
                self._step(visit, "served", "held")
            case vocabulary.ContactResumed():
                self._step(visit, "held", "served")
            case vocabulary.ContactTransferred():
                assert self.phase[visit] == "served"
                self._count(visit, "transferred", today)
            case vocabulary.ContactEnded():
                self._step(visit, "served", "ended")
                assert event.talk_seconds == pytest.approx((event.at - self.answered_at[visit]).total_seconds())
            case vocabulary.ContactWrappedUp():
                self._step(visit, "ended", "wrapped")
                self._count(visit, "handled", today)
                self._add(visit, "handle", (event.at - self.answered_at[visit]).total_seconds() if today else 0)
            case vocabulary.ContactFirstResponse():
                assert self.phase[visit] == "served"
            case vocabulary.FeedbackAsked() | vocabulary.FeedbackGiven() | vocabulary.ContactReviewed():
                assert self.phase[visit] in ("ended", "wrapped")
            case vocabulary.ContactRepeated():
                assert (event.earlier_contact, "1") in self.phase

    def _step(self, visit: tuple[str, str], before: str, after: str) -> None:
        assert self.phase.get(visit) == before, f"{visit} is {self.phase.get(visit)}, not {before}"
        self.phase[visit] = after

    def _count(self, visit: tuple[str, str], what: str, how_many: int) -> None:
        if visit not in self.outside:
            self.counts.setdefault(self.queue_of[visit], Counter())[what] += int(how_many)

    def _add(self, visit: tuple[str, str], what: str, seconds: float) -> None:
        if visit not in self.outside:
            self.sums.setdefault(self.queue_of[visit], Counter())[what] += seconds  # type: ignore[assignment]

    def of_phase(self, queue: str, *phases: str) -> int:
        here = (visit for visit, phase in self.phase.items() if phase in phases and self.queue_of[visit] == queue)
        return sum(visit not in self.outside for visit in here)


def assert_equal(ledger: Ledger, truth: demo.Truth) -> None:
    for queue, tally in truth.queues.items():
        counts = ledger.counts.get(queue, Counter())
        left = {key[5:]: count for key, count in counts.items() if key.startswith("left ") and count}
        assert counts["offered"] == tally.offered
        assert counts["carried_in"] == tally.carried_in
        assert counts["answered"] == tally.answered
        assert counts["handled"] == tally.handled
        assert counts["transferred"] == tally.transferred
        assert ledger.outside_of[queue] == tally.outside_hours
        assert counts["before_queue"] == tally.left_before_queue
        assert left.pop("abandoned", 0) == tally.abandoned
        assert left == tally.left
        assert ledger.of_phase(queue, "waiting") == tally.waiting
        assert ledger.of_phase(queue, "served", "held") == tally.in_service
        sums = ledger.sums.get(queue, Counter())
        assert sums["waits"] == pytest.approx(tally.wait_seconds)
        assert sums["handle"] == pytest.approx(tally.handle_seconds)


def assert_conserved(tally: demo.Tally) -> None:
    gone = tally.answered + tally.abandoned + sum(tally.left.values())
    assert tally.carried_in + tally.offered == gone + tally.waiting
