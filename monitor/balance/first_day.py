"""When within the first day customers come back, for the figures of the last hours of a whole centre.

F (monitor/balance/ripening.py) is linear within a day, which is right for an agent over weeks. Within the hour most
centres see more come back than that, and a path of the last hour would always lie too low. Here the first day of F
follows what was seen: quarters of an hour of contacts older than a day, and 60 pseudo-counts spread evenly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.balance.context import DAY_SECONDS, Array
from monitor.balance.ripening import PSEUDO_COUNTS, WINDOW_KNOWN
from monitor.balance.rows import Rows
from monitor.balance.state import Standing

PARTS = 96


class FirstDay:
    """Of the comings-back of the first day, the share that has arrived by an age; learned from `batches`."""

    def __init__(self, batches: Sequence[Rows], cut: float) -> None:
        counts = np.full(PARTS, PSEUDO_COUNTS / PARTS)
        for rows in batches:
            ages = rows.back_at - rows.closed
            some = (cut - rows.closed >= DAY_SECONDS) & (rows.window == WINDOW_KNOWN) & (rows.weight_back > 0.0)
            some &= rows.came_back(cut) & (ages < DAY_SECONDS)
            counts += np.bincount((ages[some] * (PARTS / DAY_SECONDS)).astype(np.intp), minlength=PARTS)
        self._arrived: Array = np.concatenate(([0.0], np.cumsum(counts))) / counts.sum()

    def ripened(self, rows: Rows, standing: Standing) -> Array:
        """F of each contact of `rows`, as of the standing."""
        ripe = standing.ripened(rows, np.arange(len(rows.contacts)))
        ages = standing.cut - rows.closed
        edges = np.arange(PARTS + 1) * (DAY_SECONDS / PARTS)
        after_a_day = standing.ripenings[0].arrived(np.array([DAY_SECONDS]))[0]
        early = (ages < DAY_SECONDS) & (rows.window == WINDOW_KNOWN)
        return np.where(early, after_a_day * np.interp(ages, edges, self._arrived), ripe)
