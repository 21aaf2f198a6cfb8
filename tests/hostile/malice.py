"""What a hostile or broken peer sends: values that are as large, deep, odd or far away as JSON and time allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import strategies as st

from monitor.errors import BalansError
from monitor.events import CHANNELS, EVENT_TYPES, Event

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
DEEP = b"[" * 100_000
WORDS = ("", "a", "sales", "\0", "\x1b[31m", "\u202etfel", "\r\n", '"\\', "${x}", "../..", "é" * 159, "a" * 160)
"""Texts that the vocabulary allows."""
INSTANTS = (
    "0001-01-01T00:00:00+14:00",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z",
    "1999-12-31T23:59:59Z",
    "2026-02-29T00:00:00Z",
    "2026-03-10T08:59:59Z",
    "2026-03-10T09:00:00.000001+01:00",
    "2026-03-10T09:04:59Z",
    "2197-01-01T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
)
NUMBERS = (0, -1, 1, 59.999, 1e8, 1e9, 1e308, -1e308, 2**62, 2**63, 10**400)


@contextmanager
def refused_in_a_sentence(error: type[BalansError]) -> Iterator[None]:
    """The body may raise the error, whose text is then one sentence; nothing else."""
    try:
        yield
    except error as refusal:
        said = str(refusal)
    else:
        return
    assert said.endswith("."), said


words = st.sampled_from(WORDS)
instants = st.sampled_from(INSTANTS)
numbers = st.sampled_from(NUMBERS)
values: st.SearchStrategy[Any] = st.one_of(
    words,
    instants,
    numbers,
    st.none(),
    st.booleans(),
    st.lists(words, max_size=3),
    st.dictionaries(words, numbers, max_size=2),
)

_FIELDS = sorted({field.name for struct in EVENT_TYPES.values() for field in msgspec.structs.fields(struct)})


def _visits() -> st.SearchStrategy[list[dict[str, Any]]]:
    visit = st.fixed_dictionaries({"contact": words, "offered_at": instants}, optional={"visit": words})
    return st.lists(visit, max_size=3)


_SENSIBLE: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(0, 10**6).map(str),
    "source": st.sampled_from(("pbx", "desk")),
    "at": st.integers(0, 59).map(lambda second: f"2026-03-10T08:59:{second:02d}Z"),
    "contact": st.sampled_from(("a", "b", "c")),
    "queue": st.sampled_from(("sales", "mail", *WORDS[1:])),
    "agent": st.sampled_from(("ann", "bob", "")),
    "channel": st.sampled_from(CHANNELS),
    "reason": st.sampled_from(("abandoned", "timeout", "before_queue", "unknown")),
    "state": st.sampled_from(("available", "break", "offline", "up", "lost")),
    "earlier_contact": st.just("a"),
    "kind": st.sampled_from(("csat", "nps", "thumb")),
    "score": st.integers(0, 10),
    "points": st.just(1),
    "applicable": st.just(1e8),
    "waiting": _visits(),
}


@st.composite
def event_fields(draw: st.DrawFn) -> dict[str, Any]:
    """The fields of an event, most of which are as they should be and any of which may be anything."""
    kind = draw(st.sampled_from(sorted(EVENT_TYPES)))
    names = {field.name for field in msgspec.structs.fields(EVENT_TYPES[kind])}
    fields: dict[str, Any] = {name: draw(_SENSIBLE[name]) for name in sorted(names & _SENSIBLE.keys())}
    for name in draw(st.lists(st.sampled_from(_FIELDS), max_size=3)):
        fields[name] = draw(values)
    return {**fields, "type": kind}


def raw(value: Any) -> bytes:
    """As JSON; also what is no JSON, such as Infinity and half a surrogate pair."""
    return json.dumps(value).encode()


def events() -> st.SearchStrategy[Event]:
    """Events that get through the reader, with the oddest values that do."""
    return event_fields().map(_read).filter(lambda event: event is not None)  # type: ignore[return-value,arg-type]


def _read(fields: dict[str, Any]) -> Event | None:
    try:
        event: Event = msgspec.json.decode(raw(fields), type=Event)  # type: ignore[arg-type]
    except msgspec.DecodeError:
        return None
    return event
