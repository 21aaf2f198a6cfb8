"""The life of an alert, pure: readings and time in, what stands and what changed out.

A condition that holds for long enough becomes an alert; inside its band (`leave` to `enter`) nothing changes; it ends
when it was at or below `leave` for long enough; then it cools down. One key has one alert at most. Acknowledged it
stays acknowledged until it ends. In quiet hours what is not critical waits to be told; what ended meanwhile is not.
Time that nobody watched counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from monitor.alerts.alert import Change, Kind, SubjectKind
from monitor.alerts.settings import Alerts

UNWATCHED = timedelta(seconds=60)
"""A longer time between two steps: the monitor was away, and nobody knows whether a condition held."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one rule read of one subject. `value` is compared with the limits; None: it cannot be said. `number` is what
    the text tells."""

    kind: Kind
    subject_kind: SubjectKind
    subject: str
    value: float | None
    number: float = 0.0

    @property
    def key(self) -> str:
        """Names the alert."""
        return f"{self.kind}:{self.subject_kind}:{self.subject}"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where one condition is. It holds since `entered_at`; it is an alert since `fired_at`; below its band since
    `left_at`; it was an alert until `resolved_at`. `acknowledged_by` is the opaque id of an account."""

    kind: Kind
    subject_kind: SubjectKind
    subject: str
    value: float = 0.0
    number: float = 0.0
    entered_at: datetime | None = None
    fired_at: datetime | None = None
    left_at: datetime | None = None
    resolved_at: datetime | None = None
    announced: bool = False
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """Something to tell."""

    change: Change
    key: str
    at: datetime
    standing: Standing


@dataclass(frozen=True, slots=True)
class State:
    """All conditions that are more than calm, by key, and when they were last looked at. Bounded by the number of
    queues, teams and sources times the kinds of alert."""

    standing: Mapping[str, Standing] = field(default_factory=dict)
    seen_at: datetime | None = None

    @property
    def firing(self) -> dict[str, Standing]:
        """The alerts that stand."""
        return {key: standing for key, standing in self.standing.items() if standing.fired_at is not None}


def step(
    state: State, readings: Iterable[Reading], now: datetime, alerts: Alerts, *, quiet: bool = False
) -> tuple[State, tuple[Transition, ...]]:
    """Let time pass to `now`. A condition of which there is no reading any more has ended. A step back in time changes
    nothing."""
    if state.seen_at is not None and now < state.seen_at:
        return state, ()
    before = dict(state.standing)
    if state.seen_at is None or now - state.seen_at > UNWATCHED:
        before = {key: _unwatched(standing) for key, standing in before.items()}
    after: dict[str, Standing] = {}
    told: list[Transition] = []
    for reading in readings:
        if alerts.of(reading.kind).on:
            _follow(before.pop(reading.key, None), reading, now, alerts, quiet, after, told)
    for standing in before.values():
        gone = Reading(standing.kind, standing.subject_kind, standing.subject, float("-inf"), standing.number)
        _follow(standing, gone, now, alerts, quiet, after, told)
    return State(after, now), tuple(told)


def acknowledge(state: State, key: str, account: str, at: datetime) -> tuple[State, tuple[Transition, ...]]:
    """Somebody has seen it. Only an alert that stands can be acknowledged, and only once."""
    standing = state.standing.get(key)
    if standing is None or standing.fired_at is None or standing.acknowledged_at is not None:
        return state, ()
    seen = msgspec.structs.replace(standing, acknowledged_at=at, acknowledged_by=account)
    told = (Transition("acknowledged", key, at, seen),) if seen.announced else ()
    return State({**state.standing, key: seen}, state.seen_at), told


def _follow(
    before: Standing | None,
    reading: Reading,
    now: datetime,
    alerts: Alerts,
    quiet: bool,
    after: dict[str, Standing],
    told: list[Transition],
) -> None:
    was = before or Standing(kind=reading.kind, subject_kind=reading.subject_kind, subject=reading.subject)
    following = _firing(was, reading, now, alerts) if was.fired_at else _waiting(was, reading, now, alerts)
    key = reading.key
    if following.fired_at is None:
        if was.fired_at and was.announced:
            told.append(Transition("resolved", key, now, was))
    elif not following.announced and not following.acknowledged_at and _may_tell(following, alerts, quiet):
        following = msgspec.structs.replace(following, announced=True)
        told.append(Transition("fired", key, now, following))
    if following.fired_at or following.entered_at or _cooling(following, now, alerts):
        after[key] = following


def _firing(was: Standing, reading: Reading, now: datetime, alerts: Alerts) -> Standing:
    condition = alerts.of(was.kind)
    _, leave = condition.limits
    left_at = (was.left_at or now) if reading.value is not None and reading.value <= leave else None
    if left_at is not None and now - left_at >= timedelta(seconds=condition.leave_seconds):
        return Standing(kind=was.kind, subject_kind=was.subject_kind, subject=was.subject, resolved_at=now)
    if reading.value is None or reading.value == float("-inf"):
        return msgspec.structs.replace(was, left_at=left_at)
    return msgspec.structs.replace(was, left_at=left_at, value=reading.value, number=reading.number)


def _waiting(was: Standing, reading: Reading, now: datetime, alerts: Alerts) -> Standing:
    condition = alerts.of(was.kind)
    enter, _ = condition.limits
    if reading.value is None or reading.value < enter:
        return msgspec.structs.replace(was, entered_at=None)
    held = msgspec.structs.replace(was, entered_at=was.entered_at or now, value=reading.value, number=reading.number)
    assert held.entered_at is not None
    long_enough = now - held.entered_at >= timedelta(seconds=condition.for_seconds)
    if long_enough and not _cooling(held, now, alerts):
        return msgspec.structs.replace(held, fired_at=now, resolved_at=None)
    return held


def _cooling(standing: Standing, now: datetime, alerts: Alerts) -> bool:
    ended = standing.resolved_at
    return ended is not None and now - ended < timedelta(seconds=alerts.cool_down_seconds)


def _may_tell(standing: Standing, alerts: Alerts, quiet: bool) -> bool:
    return not quiet or alerts.of(standing.kind).severity == "critical"


def _unwatched(standing: Standing) -> Standing:
    return msgspec.structs.replace(standing, entered_at=None, left_at=None)
