"""One sentence about what would help now: a small table of rules, the first that applies speaks.

The texts are in the catalogues under `advice.<message>`; these are the messages and their values:

| message              | values                                                                             |
| -------------------- | ---------------------------------------------------------------------------------- |
| `no_figures`         | none: nothing has happened yet                                                     |
| `source_silent`      | `source`: name of the source that is silent, lost or stopped                       |
| `nobody_available`   | `queue`: label; `waiting`: number of customers; nobody is on duty there            |
| `help_from_channel`  | `queue`: label; `minutes`: longest wait; `free`: people; `channel`: word of theirs |
| `long_wait`          | `queue`: label; `minutes`: longest wait (whole, at least 1); nobody is free        |
| `busier_than_today`  | `percent`: how much busier the last quarter was than today's mean quarter          |
| `busier_call_back`   | `percent`: the same, where customers can ask to be called back                     |
| `little_breathing`   | `percent`: occupancy of the last half hour                                         |
| `room_for_backlog`   | `backlog`: written work that waits while there is room                             |
| `calm`               | none: nobody waits long                                                            |
| `nobody_there`       | `queue`: label                                                                     |
| `lend_a_hand`        | `queue`: label; `free`: people; `channel`: word of theirs                          |
| `longer_than_usual`  | `queue`: label                                                                     |

The last three are what a board that hides who waits says instead of `nobody_available`, `help_from_channel` and
`long_wait`: the same without how many wait or how long.

`channel` is a word of the vocabulary (voice, mail, ...), translated by the catalogue. Waiting is work offered:
no message blames anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.board import Advice
from monitor.figures import Interval, ScopeFigures, SourceHealth
from monitor.settings import Queue
from monitor.small_numbers import CONTACTS_NEEDED, PEOPLE_NEEDED
from monitor.tiles import in_window

LONG_WAIT_TIMES = 3
"""A wait is long from this many times the queue's T."""
LONG_WAIT_LEAST_SECONDS = 60
FREE_PEOPLE = 2
"""A channel lends from this many free people, when nobody is on the line for it."""
BUSIER = 1.5
"""Busier is this many times the mean quarter of an hour of today."""
QUARTERS_NEEDED = 4
OCCUPANCY_HIGH = 0.90
OCCUPANCY_LOW = 0.75


@dataclass(frozen=True, slots=True)
class View:
    """What the rules look at. `queues` and `channels` are those of the board, `whole` is all of it together."""

    at: datetime
    whole: ScopeFigures
    queues: Sequence[ScopeFigures]
    channels: Sequence[ScopeFigures]
    configured: Mapping[str, Queue]
    sources: Sequence[SourceHealth]
    curve: Sequence[Interval]
    hide_waiting: bool = False

    def queue(self, id: str) -> Queue:
        return self.configured.get(id) or Queue()

    def label(self, id: str) -> str:
        return self.queue(id).label or id


def advise(view: View) -> Advice:
    """The sentence of the first rule that applies."""
    return next(advice for rule in RULES if (advice := rule(view)) is not None)


def _source_silent(view: View) -> Advice | None:
    for source in view.sources:
        if source.state != "up":
            return Advice(message="source_silent", values={"source": source.source})
    return None


def _no_figures(view: View) -> Advice | None:
    nothing = not in_window(view.whole, "today").offered and not view.whole.live.waiting and not view.whole.live.agents
    return Advice(message="no_figures") if nothing else None


def _nobody_available(view: View) -> Advice | None:
    # A source that says nothing of agents is no reason to say that nobody is there.
    if not view.whole.live.agents:
        return None
    alone = [scope for scope in view.queues if scope.live.on_the_line and not scope.live.on_duty and _heard(scope)]
    if not alone:
        return None
    worst = max(alone, key=lambda scope: scope.live.on_the_line)
    if view.hide_waiting:
        return Advice(message="nobody_there", values={"queue": view.label(worst.scope.id)})
    return Advice(
        message="nobody_available",
        values={"queue": view.label(worst.scope.id), "waiting": worst.live.on_the_line},
    )


def _help_from_channel(view: View) -> Advice | None:
    worst = _longest(view)
    # Somebody free in the queue itself is about to answer; only others can be lent.
    if worst is None or worst.live.agents.get("available", 0):
        return None
    own = view.queue(worst.scope.id).channel
    lenders = [scope for scope in view.channels if scope.scope.id != own and _can_lend(scope)]
    if not lenders:
        return None
    lender = max(lenders, key=lambda scope: scope.live.agents["available"])
    values: dict[str, str | float] = {
        "queue": view.label(worst.scope.id),
        "free": lender.live.agents["available"],
        "channel": lender.scope.id,
    }
    if view.hide_waiting:
        return Advice(message="lend_a_hand", values=values)
    return Advice(message="help_from_channel", values=values | {"minutes": _minutes(worst, view.at)})


def _long_wait(view: View) -> Advice | None:
    worst = _longest(view)
    if worst is None:
        return None
    if view.hide_waiting:
        return Advice(message="longer_than_usual", values={"queue": view.label(worst.scope.id)})
    return Advice(
        message="long_wait",
        values={"queue": view.label(worst.scope.id), "minutes": _minutes(worst, view.at)},
    )


def _busier_than_today(view: View) -> Advice | None:
    busy = [interval.offered for interval in view.curve[:-1] if interval.offered]
    now = in_window(view.whole, "15m").offered
    if len(busy) < QUARTERS_NEEDED or now < CONTACTS_NEEDED:
        return None
    times = now / (sum(busy) / len(busy))
    if times < BUSIER:
        return None
    percent: dict[str, str | float] = {"percent": round((times - 1) * 100)}
    if any(view.queue(scope.scope.id).channel == "callback" for scope in view.queues):
        return Advice(message="busier_call_back", values=percent)
    return Advice(message="busier_than_today", values=percent)


def _little_breathing(view: View) -> Advice | None:
    share = _occupancy(view)
    if share is None or share <= OCCUPANCY_HIGH:
        return None
    return Advice(message="little_breathing", values={"percent": round(share * 100)})


def _room_for_backlog(view: View) -> Advice | None:
    share, backlog = _occupancy(view), view.whole.live.backlog
    if share is None or share >= OCCUPANCY_LOW or not backlog:
        return None
    return Advice(message="room_for_backlog", values={"backlog": backlog})


def _calm(view: View) -> Advice:
    return Advice(message="calm")


RULES: tuple[Callable[[View], Advice | None], ...] = (
    _source_silent,
    _no_figures,
    _nobody_available,
    _help_from_channel,
    _long_wait,
    _busier_than_today,
    _little_breathing,
    _room_for_backlog,
    _calm,
)


def _heard(scope: ScopeFigures) -> bool:
    return scope.live.stale_since is None


def _occupancy(view: View) -> float | None:
    return in_window(view.whole, "30m").occupancy.ratio if view.whole.live.on_duty >= PEOPLE_NEEDED else None


def _waited(scope: ScopeFigures, at: datetime) -> float:
    began = scope.live.longest_wait_began_at
    return 0.0 if began is None else (at - began).total_seconds()


def _minutes(scope: ScopeFigures, at: datetime) -> int:
    return max(1, int(_waited(scope, at) // 60))


def _longest(view: View) -> ScopeFigures | None:
    """The queue that waits longest for its T, if any waits long."""

    def times(scope: ScopeFigures) -> float:
        return _waited(scope, view.at) / view.queue(scope.scope.id).within_seconds

    def long(scope: ScopeFigures) -> bool:
        waited = _waited(scope, view.at)
        return _heard(scope) and waited >= LONG_WAIT_LEAST_SECONDS and times(scope) >= LONG_WAIT_TIMES

    return max(filter(long, view.queues), key=times, default=None)


def _can_lend(scope: ScopeFigures) -> bool:
    free = scope.live.agents.get("available", 0)
    return _heard(scope) and free >= FREE_PEOPLE and not scope.live.on_the_line
