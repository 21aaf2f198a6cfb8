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

COLLECTORS_MAX = 1_000
EPOCHS_MAX = 100_000
"""Of all collectors together. An epoch cannot be let go while the journal has its entries: told again, they would be
taken for another monitor's. The journal's retention lets go of both."""

Verdict = Literal["new", "known", "gap", "refused"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a message is; `refused`: there are too many collectors or epochs. `lost` events before it will never come;
    `last` is the number of its last event."""

    verdict: Verdict
    last: int
    lost: int = 0


class Marks:
    """All collectors' marks."""

    def __init__(self, marks: Iterable[tuple[str, str, int]] = ()) -> None:
        """From (collector, epoch, last number), the epoch heard last at the end."""
        self._epochs: dict[str, dict[str, int]] = {}
        self._count = 0
        for collector, epoch, last in marks:
            self.advance(collector, epoch, last)

    def judge(self, batch: Batch, count: int) -> Judgement:
        """Judge a message that held `count` events, usable or not; a new one advances the mark."""
        last = batch.first_sequence + count - 1
        if self._is_one_too_many(batch):
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
        self._count += epoch not in epochs
        epochs[epoch] = max(last, epochs.pop(epoch, 0))

    def _is_one_too_many(self, batch: Batch) -> bool:
        epochs = self._epochs.get(batch.collector)
        if epochs is None:
            return len(self._epochs) >= COLLECTORS_MAX or self._count >= EPOCHS_MAX
        return batch.epoch not in epochs and self._count >= EPOCHS_MAX

    def watermark(self, collector: str, *, again: bool = False) -> Watermark:
        """What to tell the collector."""
        epochs = self._epochs.get(collector, {})
        return Watermark(collector=collector, epochs=dict(list(epochs.items())[-EPOCHS_TOLD:]), again=again)
