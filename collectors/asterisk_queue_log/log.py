"""What the lines of queue_log mean: lines in, domain events out. Pure.

A line is `epoch|uniqueid|queue|agent|EVENT|five fields at most`, in whole seconds. Asterisk measures waits and talks
itself; a line about a visit whose beginning is not in the file makes that beginning from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.asterisk.instants import instant
from collectors.asterisk.story import Story, wrap_up_seconds
from collectors.asterisk.visits import Visit, Visits, telephone_number
from collectors.asterisk_queue_log.pauses import Pauses
from collectors.asterisk_queue_log.settings import Settings
from collectors.lines import bounded_lines
from collectors.source import Surroundings
from monitor.errors import ConfigurationError
from monitor.events import EndedBy, Event, LeftReason, QueueSnapshot

Progress = Callable[[int, int], None]
"""Hears the bytes read so far and the bytes there are."""

MAX_LINE_BYTES = 4096
"""No line of Asterisk is longer; a longer one is dropped and counted."""
_MAX_EPOCH = 1e10

_LEFT: Mapping[str, tuple[LeftReason, int]] = {
    # The event: the reason, and which field holds the seconds waited.
    "ABANDON": ("abandoned", 2),
    "EXITWITHTIMEOUT": ("timeout", 2),
    "EXITEMPTY": ("empty", 2),
    "WITHDRAW": ("withdrawn", 2),
    "EXITWITHKEY": ("key", 3),
}
_ENDED: Mapping[str, tuple[EndedBy, int]] = {
    # The event: who ended it, and which field holds the seconds waited; those talked follow.
    "COMPLETEAGENT": ("agent", 0),
    "COMPLETECALLER": ("customer", 0),
    "TRANSFER": ("transfer", 2),
    "BLINDTRANSFER": ("transfer", 2),
    "ATTENDEDTRANSFER": ("transfer", 2),
}
_NOT_LET_IN = frozenset({"JOINEMPTY", "JOINUNAVAIL", "FULL"})
_WITHOUT_MEANING_HERE = frozenset(
    {"AGENTDUMP", "RINGNOANSWER", "RINGCANCELED", "PENALTY", "RINGINUSE", "CONFIGRELOAD", "SYSCOMPAT", "DID", "INFO"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line."""

    at: float
    uniqueid: str
    queue: str
    agent: str
    event: str
    fields: tuple[str, ...]

    def text(self, position: int) -> str:
        """A field; empty when the line has fewer."""
        return self.fields[position] if position < len(self.fields) else ""

    def seconds(self, position: int) -> float | None:
        """A field that holds whole seconds; None when it holds anything else."""
        text = self.text(position)
        return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def parse(raw: bytes) -> Line | None:
    """A line of the log; None when it is none."""
    if len(raw) > MAX_LINE_BYTES:
        return None
    parts = raw.decode("utf-8", "replace").rstrip("\r\n").split("|")
    if len(parts) < 5 or not parts[4] or not parts[0].isascii() or not parts[0].replace(".", "", 1).isdigit():
        return None
    at = float(parts[0])
    return Line(at, parts[1], parts[2], parts[3], parts[4], tuple(parts[5:])) if at <= _MAX_EPOCH else None


class QueueLog:
    """The state of all visits and members in the log. `rejected` counts lines that could not be used, by reason."""

    def __init__(self, name: str, settings: Settings, surroundings: Surroundings) -> None:
        self.rejected: Counter[str] = Counter()
        self._name = name
        self._settings = settings
        self._surroundings = surroundings
        self._visits = Visits(name)
        self._story = Story(name)
        self._pauses = Pauses(name, surroundings.pseudonyms, settings.other_work_reasons)
        self._queues: set[str] = set()

    def apply(self, raw: bytes) -> list[Event]:
        """The events a line makes, after the wrap-ups that are over by then."""
        line = parse(raw)
        if line is None:
            self.rejected["malformed"] += 1
            return []
        self._story.advance(line.at)
        self._act(line)
        return [*self._story.taken(), *self._pauses.taken()]

    def advance(self, now: float) -> list[Event]:
        """The wrap-ups that are over by the clock."""
        self._story.advance(now)
        return self._story.taken()

    @property
    def owes(self) -> tuple[float, float]:
        """Between which instants (epoch seconds) wrap-ups are over that are still to be told."""
        return self._story.next_wrap_up_at, self._story.last_wrap_up_at

    def _act(self, line: Line) -> None:
        self._pauses.apply(line.event, line.queue, line.agent, line.text(0), line.at)
        if line.event == "ENTERQUEUE":
            self._queues.add(line.queue)
            self._offer(self._visits.joined(line.uniqueid, "", line.queue, line.at, line.at), line.text(1))
        elif line.event == "CONNECT":
            self._answer(self._waiting(line, line.seconds(0)), line, line.at, line.seconds(0))
        elif line.event in _LEFT:
            reason, position = _LEFT[line.event]
            self._left(line, reason, line.seconds(position))
        elif line.event in _ENDED:
            self._end(line, *_ENDED[line.event])
        elif line.event in _NOT_LET_IN:
            visit = self._visits.joined(line.uniqueid, "", line.queue, line.at, line.at)
            visit.waited = 0.0
            self._close(visit, "before_queue")
        elif line.event == "QUEUESTART":
            self._started(line.at)
        elif line.event not in _WITHOUT_MEANING_HERE and line.event not in Pauses.EVENTS:
            self.rejected["unknown_event"] += 1

    def _offer(self, visit: Visit, number: str) -> None:
        if not visit.contact.customer:
            visit.contact.customer = self._surroundings.pseudonyms.customer(telephone_number(number))
        self._story.offered(visit)

    def _waiting(self, line: Line, waited: float | None) -> Visit:
        visit = self._visits.waiting(line.uniqueid, line.queue)
        if visit is None:
            visit = self._visits.resumed(line.uniqueid, "", line.queue, line.at - (waited or 0.0), line.at)
            self._offer(visit, "")
        return visit

    def _answer(self, visit: Visit, line: Line, at: float, waited: float | None) -> None:
        visit.agent = self._surroundings.pseudonyms.agent(line.agent)
        visit.waited = waited
        self._story.answered(visit, at)

    def _left(self, line: Line, reason: LeftReason, waited: float | None) -> None:
        visit = self._waiting(line, waited)
        visit.left_at, visit.waited = line.at, waited
        self._close(visit, reason)

    def _close(self, visit: Visit, reason: LeftReason) -> None:
        self._visits.close(visit)
        self._story.left(visit, reason)

    def _end(self, line: Line, by: EndedBy, position: int) -> None:
        waited, talked = line.seconds(position), line.seconds(position + 1)
        visit = self._visits.talking(line.uniqueid, line.queue)
        if visit is None:
            began = line.at - (talked or 0.0)
            visit = self._visits.resumed(line.uniqueid, "", line.queue, began - (waited or 0.0), line.at)
            self._offer(visit, "")
            self._answer(visit, line, began, waited)
        self._visits.close(visit)
        if by == "transfer":
            blind = line.event == "BLINDTRANSFER"
            visit.transfer = "blind" if blind else "attended" if line.event == "ATTENDEDTRANSFER" else ""
            to = line.text(0) if blind and line.text(0) in self._queues else ""
            self._story.transferred(visit, line.at, to)
        wrap_up = wrap_up_seconds(self._surroundings.queues, line.queue, self._settings.wrap_up_seconds)
        self._story.ended(visit, line.at, by, talked, wrap_up)

    def _started(self, at: float) -> None:
        """Asterisk has started: who was there before is gone, and of a crash this line is the only sign."""
        for visit in self._visits.all():
            if visit.waits:
                visit.left_at = at
                self._close(visit, "closed")
            else:
                self._visits.close(visit)
        for queue in sorted(self._queues):
            self._story.add(
                QueueSnapshot(
                    id=f"{queue}/start/{at:.0f}", source=self._name, at=instant(at), queue=queue, waiting=(), serving=()
                )
            )


def replay(
    path: Path,
    settings: Settings,
    surroundings: Surroundings,
    progress: Progress | None = None,
    *,
    name: str = "asterisk_queue_log",
    rejected: Counter[str] | None = None,
) -> Iterator[Event]:
    """The events of a whole log; at its end every wrap-up is said. Unusable lines are counted in `rejected` by
    reason. Raises ConfigurationError for a file that cannot be read."""
    log = QueueLog(name, settings, surroundings)
    try:
        total, done = path.stat().st_size, 0
        with path.open("rb") as file:
            lines = bounded_lines(file, MAX_LINE_BYTES + 1, log.rejected, "malformed")
            for number, raw in enumerate(lines):
                yield from log.apply(raw)
                done += len(raw)
                if progress is not None and number % 1000 == 0:
                    progress(done, total)
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path}: {error.strerror}.") from error
    yield from log.advance(float("inf"))
    if progress is not None:
        progress(total, total)
    if rejected is not None:
        rejected.update(log.rejected)


def since(lines: Sequence[bytes], epoch: float) -> Sequence[bytes]:
    """The lines from the first one that is not older than `epoch`."""
    for position, raw in enumerate(lines):
        line = parse(raw)
        if line is not None and line.at >= epoch:
            return lines[position:]
    return ()
