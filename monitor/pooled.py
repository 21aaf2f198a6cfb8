"""The sum of many cells in one window, kept up by what changes: a scope of a thousand cells costs no more to look
at than the cells in which something happened since the last look."""

from __future__ import annotations

from monitor.figures import Durations
from monitor.histogram import quantiles, up_to
from monitor.instants import seconds
from monitor.tally import DURATION_KINDS, HANDLE, WAIT, Tally, duration, is_of_queue, place

_SPREAD = (WAIT, HANDLE)


class Pooled:
    """Counts, histograms and kinds of work of a scope in a window. `version` grows with every change. `spread`: how
    long waits and handle times were is told by bounds as well."""

    __slots__ = ("_durations", "_spread", "_spreads", "counts", "mix", "version")

    def __init__(self, *, spread: bool = False) -> None:
        self._spread = spread
        self.counts: Tally = {}
        self.mix: dict[int, int] = {}
        self.version = 0
        self._spreads: list[dict[int, int]] = [{} for _ in range(DURATION_KINDS)]
        self._durations: list[Durations | None] = [None] * DURATION_KINDS

    def add(self, change: Tally, of_queue: bool | None = None) -> None:
        """Add a tally or the difference of two. `of_queue` takes only the queue's side, or only the working side: a
        team's figures take the first from the queues it owns and the second from what its people did."""
        self.version += 1
        for key, amount in change.items():
            if of_queue is not None and is_of_queue(key) != of_queue:
                continue
            kind, index = place(key)
            if kind is None:
                self.counts[key] = self.counts.get(key, 0) + amount
            else:
                into = self.mix if kind == DURATION_KINDS else self._spreads[kind]
                total = into.get(index, 0) + amount
                if total:
                    into[index] = total
                else:
                    into.pop(index, None)
                if kind < DURATION_KINDS:
                    self._durations[kind] = None

    def count(self, key: int) -> int:
        """One of the counts of `monitor.tally`."""
        return self.counts.get(key, 0)

    def lasted(self, kind: int) -> Durations:
        """Mean, median and P90 of a kind of duration."""
        kept = self._durations[kind]
        if kept is None:
            total, n = duration(self.counts, kind)
            if n > 0:
                median, p90 = quantiles(self._spreads[kind], (0.5, 0.9))
                bounds = up_to(self._spreads[kind]) if self._spread and kind in _SPREAD else ()
                kept = Durations(mean=seconds(total) / n, median=median, p90=p90, n=n, up_to=bounds)
            else:
                kept = Durations()
            self._durations[kind] = kept
        return kept


def change(before: Tally, after: Tally) -> Tally:
    """What must be added to `before` to get `after`."""
    changes = {key: amount - before.get(key, 0) for key, amount in after.items() if before.get(key, 0) != amount}
    for key, amount in before.items():
        if key not in after and amount:
            changes[key] = -amount
    return changes
