"""Disputes: a disputed contact weighs nothing until decided, and nothing for good when the agent was right.

The sums stay as they are and a contact's part is taken out when they are read, so that un-disputing restores
them to the bit. The norm does not change by one contact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.balance.context import Array
from monitor.balance.parts import parts
from monitor.balance.rows import Rows
from monitor.balance.state import Standing


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: who asked for it is the log's reader's business, not the score's."""

    at: float
    contact: str
    what: str


class Disputes:
    """Contacts under dispute, by the instants at which that began and ended."""

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[float, float]]] = {}
        self.log: list[Entry] = []

    def dispute(self, contact: str, at: float) -> None:
        """From `at` the contact weighs nothing."""
        spans = self._spans.setdefault(contact, [])
        if not spans or spans[-1][1] <= at:
            spans.append((at, np.inf))
            self.log.append(Entry(at, contact, "disputed"))

    def reject(self, contact: str, at: float) -> None:
        """From `at` the contact weighs again what it did."""
        spans = self._spans.get(contact, [])
        if spans and spans[-1][1] == np.inf:
            spans[-1] = (spans[-1][0], at)
            self.log.append(Entry(at, contact, "weighs again"))

    def uphold(self, contact: str, at: float) -> None:
        """The agent was right: the contact weighs nothing for good."""
        if contact in self._spans:
            self.log.append(Entry(at, contact, "weighs nothing for good"))

    def without_end(self) -> list[str]:
        """The contacts that weigh nothing until somebody says otherwise, and those that never will, sorted."""
        return sorted(id for id, spans in self._spans.items() if spans[-1][1] == np.inf)

    def open_at(self, at: float) -> list[str]:
        """The contacts that weigh nothing at `at`, sorted."""
        return sorted(id for id, spans in self._spans.items() if any(start <= at < end for start, end in spans))


def take_out(n: Array, s: Array, rows: Rows, place: int, standing: Standing) -> None:
    """Take one contact's part out of the sums n and s (outcomes x agents)."""
    part_n, part_s = parts(rows, np.array([place]), standing)
    agent = rows.agent[place]
    n[:, agent] -= part_n[:, 0]
    s[:, agent] -= part_s[:, 0]
