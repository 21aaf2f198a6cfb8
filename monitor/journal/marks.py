"""How far each collector's numbers have come: what is new, what came before, and what does not follow. No I/O.

A mark is the number up to which, within one epoch, everything is journalled. A message that begins beyond the next
number is refused as a gap, unless its sender says that it does not hold what lies between (`oldest_sequence`), or
says nothing of that at all. So a lost message is asked for again, and one that cannot come any more holds up nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from monitor.batch import Batch, Watermark

EPOCHS_TOLD = 64
"""In a watermark: the epochs that were heard last. An older one is told when its events come again."""

EPOCHS_KEPT = 1_000
"""Per collector: those that were heard last. Of older ones the journal itself still knows what it has."""
COLLECTORS_MAX = 1_000

Verdict = Literal["new", "known", "gap", "refused"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a message is; `refused`: there are too many collectors. `lost` events before it will never come; `last` is
    the number of its last event."""

    verdict: Verdict
    last: int
    lost: int = 0


class Marks:
    """All collectors' marks."""

    def __init__(self, marks: Iterable[tuple[str, str, int]] = ()) -> None:
        """From (collector, epoch, last number), the epoch heard last at the end."""
        self._epochs: dict[str, dict[str, int]] = {}
        for collector, epoch, last in marks:
            self.advance(collector, epoch, last)

    def judge(self, batch: Batch, count: int) -> Judgement:
        """Judge a message that held `count` events, usable or not; a new one advances the mark."""
        last = batch.first_sequence + count - 1
        if batch.collector not in self._epochs and len(self._epochs) >= COLLECTORS_MAX:
            return Judgement("refused", last)
        mark = self._epochs.get(batch.collector, {}).get(batch.epoch, 0)
        if last <= mark:
            return Judgement("known", last)
        within_reach = batch.first_sequence if batch.oldest_sequence is None else batch.oldest_sequence
        following = max(mark + 1, within_reach)
        if batch.first_sequence > following:
            return Judgement("gap", last)
        self.advance(batch.collector, batch.epoch, last)
        # Of an epoch that was never heard of nobody knows whether an older journal had its beginning.
        return Judgement("new", last, following - mark - 1 if mark else 0)

    def advance(self, collector: str, epoch: str, last: int) -> None:
        """Everything up to `last` is journalled."""
        epochs = self._epochs.setdefault(collector, {})
        epochs[epoch] = max(last, epochs.pop(epoch, 0))
        if len(epochs) > EPOCHS_KEPT:
            del epochs[next(iter(epochs))]

    def watermark(self, collector: str, *, again: bool = False) -> Watermark:
        """What to tell the collector."""
        epochs = self._epochs.get(collector, {})
        return Watermark(collector=collector, epochs=dict(list(epochs.items())[-EPOCHS_TOLD:]), again=again)
