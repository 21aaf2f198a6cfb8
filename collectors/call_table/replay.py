"""Whole tables as one stream of events in the order of life, whatever the order of their rows."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from collectors.call_table.calls import Call, Reader, life
from collectors.call_table.columns import Settings
from collectors.call_table.rows import Row, positions, read
from collectors.source import Surroundings
from monitor.errors import ConfigurationError, Refused
from monitor.events import LIFE_ORDER, Event
from monitor.settings import Queue

Progress = Callable[[int, int], None]
"""Hears the bytes read so far and the bytes there are."""


def replay(
    paths: Sequence[Path],
    settings: Settings,
    surroundings: Surroundings,
    day: date | None = None,
    progress: Progress | None = None,
    *,
    name: str = "call_table",
    rejected: Counter[str] | None = None,
) -> Iterator[Event]:
    """The events of the tables, ordered by instant, then life, then id; with `day`, of the calls that the
    table books on that local day (their ends may lie after midnight).

    `name` becomes the source of the events; rows that give no call are counted in `rejected` by reason.
    Holds one small record a call in memory. Raises ConfigurationError for a file that cannot be read or
    lacks a column.
    """
    counter: Counter[str] = Counter() if rejected is None else rejected
    total = sum(path.stat().st_size for path in paths if path.is_file())
    done = 0
    calls: list[Call] = []
    for path in paths:
        before = done
        heard = None if progress is None else (lambda here, so_far=before: progress(so_far + here, total))
        rows = read(path, settings, counter, heard)
        calls.extend(calls_of(rows, settings, surroundings, counter, path.name, day))
        done += path.stat().st_size
        if progress is not None:
            progress(done, total)
    return in_order(calls, name, surroundings.queues)


def calls_of(
    rows: Iterator[Row],
    settings: Settings,
    surroundings: Surroundings,
    rejected: Counter[str],
    where: str,
    day: date | None = None,
) -> Iterator[Call]:
    """The calls of a table whose first row is its header."""
    header = next(rows, None)
    if header is None:
        raise ConfigurationError(f"{where} has no header line.")
    reader = Reader(settings, surroundings, positions(header, settings, where))
    for row in rows:
        try:
            of_day = reader.day(row)
            if day is None or of_day == day:
                yield reader.call(row, of_day)
        except Refused as refusal:
            rejected[refusal.reason] += 1


def in_order(calls: Iterable[Call], name: str, queues: Mapping[str, Queue]) -> Iterator[Event]:
    """The events of the calls in the order of life. Only those of calls under way are held."""
    ahead: list[tuple[datetime, int, str, Event]] = []
    for call in sorted(calls, key=lambda call: call.offered_at):
        while ahead and ahead[0][0] < call.offered_at:
            yield heapq.heappop(ahead)[3]
        for event in life(call, name, queues):
            heapq.heappush(ahead, (event.at, LIFE_ORDER[type(event)], event.id, event))
    while ahead:
        yield heapq.heappop(ahead)[3]
