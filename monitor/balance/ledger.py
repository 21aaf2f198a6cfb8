"""Decayed sums per agent: n (weight) and s (weighted deviation) of each outcome. O(1) per agent and contact.

On the first contact of each worked day n and s are multiplied by 2^(-1/15): half-life 15 worked days; leave and
illness change nothing.
"""

from __future__ import annotations

import numpy as np

from monitor.balance.context import LEARNER, Array, Indices, Mask
from monitor.balance.outcomes import OUTCOMES

RETAINED = 2.0 ** (-1.0 / 15.0)


class Ledger:
    """The sums of all agents; `n` and `s` are outcomes x agents. An agent's row is its place in `agents`."""

    __slots__ = ("agents", "last_day", "line", "n", "s", "team", "worked")

    def __init__(self) -> None:
        self.agents: dict[str, int] = {}
        self.n: Array = np.zeros((len(OUTCOMES), 0))
        self.s: Array = np.zeros((len(OUTCOMES), 0))
        self.worked: Indices = np.zeros(0, dtype=np.intp)
        self.last_day: Indices = np.zeros(0, dtype=np.intp)
        self.line: Indices = np.zeros(0, dtype=np.intp)
        self.team: list[str] = []

    def copy(self) -> Ledger:
        """The same, to go on with apart from this one."""
        other = Ledger()
        other.agents, other.team = dict(self.agents), list(self.team)
        other.n, other.s = self.n.copy(), self.s.copy()
        other.worked, other.last_day, other.line = self.worked.copy(), self.last_day.copy(), self.line.copy()
        return other

    @property
    def private(self) -> Mask:
        """Which seats are learners': not in the par, and nothing is said of them."""
        return np.fromiter((agent.endswith(LEARNER) for agent in self.agents), np.bool_, len(self.agents))

    def seat(self, agent: str, line: int, team: str) -> int:
        """The row of an agent, who works on `line` (0 or 1) in `team` from now on."""
        row = self.agents.setdefault(agent, len(self.team))
        if row == len(self.team):
            self.team.append(team)
            self.n = np.pad(self.n, ((0, 0), (0, 1)))
            self.s = np.pad(self.s, ((0, 0), (0, 1)))
            self.worked, self.last_day, self.line = (
                np.pad(old, (0, 1)) for old in (self.worked, self.last_day, self.line)
            )
        self.line[row], self.team[row] = line, team
        return row

    def rename(self, agent: str, other: str) -> None:
        """The sums of one agent are another's; nothing else changes."""
        names = {agent: other, agent + LEARNER: other + LEARNER}
        self.agents = {names.get(seat, seat): row for seat, row in self.agents.items()}

    def work(self, rows: Indices, days: Indices) -> Indices:
        """Decay for each day newly worked, contacts in order of time; the number of worked days at each contact."""
        at = np.zeros(len(rows), dtype=np.intp)
        pairs, position = np.unique(rows * 10_000_000 + days, return_inverse=True)
        for number, pair in enumerate(pairs.tolist()):
            row, day = divmod(pair, 10_000_000)
            if day > self.last_day[row]:
                self.last_day[row] = day
                self.worked[row] += 1
                self.n[:, row] *= RETAINED
                self.s[:, row] *= RETAINED
            at[position == number] = self.worked[row]
        return at

    def post(self, outcome: int, rows: Indices, weights: Array, deviations: Array) -> None:
        """n += w, s += w delta."""
        size = len(self.team)
        self.n[outcome] += np.bincount(rows, weights, size)
        self.s[outcome] += np.bincount(rows, weights * deviations, size)


def retained(worked: Indices, rows: Indices, at: Indices) -> Array:
    """What is left of a contact by now: 2^(-1/15) for each day its agent has worked since."""
    return np.asarray(RETAINED ** (worked[rows] - at).astype(np.float64), dtype=np.float64)
