"""F(t): the share of the comings-back that has arrived by age t of the contact.

Learned only from contacts that have had their full window, so that a live figure on the first day has no bias:
a histogram of seven parts of the window + 60 pseudo-counts of an exponential whose mean is two parts.
"""

from __future__ import annotations

import numpy as np

from monitor.balance.context import DAY_SECONDS, Array

PARTS = 7
PSEUDO_COUNTS = 60.0
MEAN_PARTS = 2.0
WINDOW_KNOWN = 7 * DAY_SECONDS
WINDOW_UNKNOWN = 3600.0
"""Where the matter is not known, chance contacts would drown the signal of a longer window."""


class Ripening:
    """F of one window, in seconds. With the window of seven days a part is a day."""

    __slots__ = ("_arrived", "window")

    def __init__(self, window: float) -> None:
        self.window = window
        edges = 1.0 - np.exp(-np.arange(PARTS + 1) / MEAN_PARTS)
        self._arrived: Array = PSEUDO_COUNTS * np.diff(edges) / edges[-1]

    def copy(self) -> Ripening:
        """The same, to go on with apart from this one."""
        other = Ripening(self.window)
        other._arrived = self._arrived.copy()
        return other

    def learn(self, ages: Array) -> None:
        """Ages at which the customers of ripe contacts came back (those within the window)."""
        parts = np.minimum((ages * (PARTS / self.window)).astype(np.intp), PARTS - 1)
        self._arrived += np.bincount(parts, minlength=PARTS)

    def arrived(self, ages: Array) -> Array:
        """F(t) of each age; 0 before the contact, 1 from the window on, linear within a part."""
        cumulative = np.concatenate(([0.0], np.cumsum(self._arrived)))
        edges = np.arange(PARTS + 1) * (self.window / PARTS)
        return np.asarray(np.interp(ages, edges, cumulative / cumulative[-1]), dtype=np.float64)
