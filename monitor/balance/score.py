"""The whole score: what is heard goes in, at any time and in any order; each night is settled once; figures come out.

What comes out is a function of the set of what was heard alone: a late fact settles the nights since it anew, from
what was kept. Bound: the rows of `NIGHTS_KEPT` nights; what is older is in the agents' sums, and a fact about it is
counted as too late.
"""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from monitor.balance.context import NOBODY, Topics
from monitor.balance.dispute import Disputes
from monitor.balance.hearing import Batch, Hearing
from monitor.balance.night import night, settle_par
from monitor.balance.norm import Norm
from monitor.balance.ripening import WINDOW_KNOWN
from monitor.balance.rows import Rows
from monitor.balance.state import Standing
from monitor.balance.states import State, next_states
from monitor.balance.view import View

NIGHTS_KEPT = 35


class Score(Hearing):
    """Contacts and facts in, views out. `topics` is the site's configuration."""

    def __init__(self, topics: Topics, *, nights_kept: int = NIGHTS_KEPT) -> None:
        super().__init__(topics)
        self.disputes = Disputes()
        self._nights_kept = nights_kept
        self._held: dict[str, Rows] = {}
        self._norms: list[Norm] = []
        self._nobodies = 0

    def close(self, cut: float) -> None:
        """A night falls: what closed up to `cut` (after the last one) is final. Settles what is not yet settled."""
        last = self._batches[-1]
        following = Batch(np.inf)
        for id, record in list(last.records.items()):
            if record.closed_at > cut:
                following.records[id] = last.records.pop(id)
                self._where[id] = following
        last.cut, last.rows = cut, None
        following.facts = {id for id in last.facts if self._later(id, cut)}
        self._batches.append(following)
        self._cuts[-1:] = [cut, np.inf]
        self.settle()
        self._forget()

    def _later(self, id: str, cut: float) -> bool:
        facts = self._facts.get(id)
        if facts is None:
            return False
        return any(at > cut for at, _ in facts.back) or (facts.mark is not None and facts.mark[0] > cut)

    def settle(self) -> None:
        """Settle each closed night that something has been told about since."""
        for place in range(self._settled, len(self._batches) - 1):
            self._batches[place].standing = self._night(place, self._cuts[place])
        self._settled = len(self._batches) - 1

    def _night(self, place: int, cut: float) -> Standing:
        batch = self._batches[place]
        if batch.rows is None:
            batch.rows = self._rows(batch.records.values())
        before = self._before(place)
        earlier = [one.rows for one in self._batches[:place] if one.rows is not None]
        marks, batch.unplaced = self._marks(place, cut)
        now = night(before, batch.rows, earlier, marks, cut, self._norm(cut))
        new: list[State] = ["too_early"] * (len(now.ledger.team) - len(before.states))
        now.states = [*before.states, *new]
        if place < len(self._batches) - 1:
            settle_par(now)
            now.states = next_states(self._view(now, place).assessment, now.states, now.ledger.private)
        return now

    def _before(self, place: int) -> Standing:
        before = self._batches[place - 1].standing if place else self._base
        assert before is not None
        return before

    def _forget(self) -> None:
        """Rows older than the nights kept go once all have ripened; what they add up to stays in the agents' sums."""
        last = self._cuts[-2]
        while len(self._batches) - 1 > self._nights_kept and last - self._cuts[0] >= WINDOW_KNOWN:
            old = self._batches.pop(0)
            self._cuts.pop(0)
            assert old.standing is not None
            self._base = old.standing
            self._hold(old)
            for id, record in old.records.items():
                self._forget_record(id, record)
            for id in old.facts:
                if id not in self._where and not self._later(id, old.cut):
                    self._facts.pop(id, None)
            self._settled -= 1

    def _hold(self, old: Batch) -> None:
        """A disputed row stays until it is decided, and for good where the agent was right."""
        if old.rows is None:
            return
        for id in self.disputes.without_end():
            head = self._heads.get(id, id)
            if head in old.rows.place:
                self._held[id] = old.rows.only(old.rows.place[head], self.topics)

    def forget(self, agent: str) -> None:
        """Of `agent` nothing can be said any more: what the agent did stays in the sums of all, as nobody's. What is
        said of others does not change."""
        nobody = f"{NOBODY}{self._nobodies}"
        self._nobodies += 1
        self.rename(agent, nobody)
        for rows in self._held.values():
            rows.rename(agent, nobody)

    def learnt(self, version: int, since: float | None = None) -> Norm:
        """What has been learnt by the last night, as a norm that people may look at, compare and adopt. It is to hold
        for the nights after `since` (default: the last one)."""
        self.settle()
        now = self._before(len(self._batches) - 1)
        return Norm(
            version,
            now.cut if since is None else since,
            int(now.total_n.sum()),
            tuple(one.b.copy() for one in now.regressions),
            now.par.copy(),
            now.team_share,
        )

    def adopt(self, norm: Norm) -> None:
        """Judge by this norm from the first night after its date on. Raises ValueError for a date in the past: what
        has been said is not rewritten."""
        if norm.since < self._before(len(self._batches) - 1).cut:
            raise ValueError("a norm takes effect after the last night, not before it")
        self._norms.append(norm)

    def freeze(self, version: int) -> Norm:
        """What has been learnt by the last night becomes the norm of what closes from then on."""
        norm = self.learnt(version)
        self.adopt(norm)
        return norm

    @property
    def newest_norm(self) -> Norm | None:
        """The one adopted last, in force or soon to be."""
        return self._norms[-1] if self._norms else None

    def _norm(self, cut: float) -> Norm | None:
        return next((norm for norm in reversed(self._norms) if norm.since < cut), None)

    def _view(self, standing: Standing, place: int) -> View:
        batches = tuple(batch.rows for batch in self._batches[: place + 1] if batch.rows is not None)
        found = []
        for id in self.disputes.open_at(standing.cut):
            if id in self._held:
                found.append((self._held[id], 0))
                continue
            head = self._heads.get(id, id)
            rows = self._rows_up_to(head, place)
            if rows is not None:
                found.append((rows, rows.place[head]))
        return View(standing, batches, tuple(found), self.topics)

    def view(self, cut: float | None = None) -> View:
        """As of the night that fell at `cut` (default: the last one). Raises KeyError for a night not kept."""
        self.settle()
        place = len(self._batches) - 2 if cut is None else bisect_left(self._cuts, cut)
        standing = self._batches[place].standing if place >= 0 else None
        if standing is None or (cut is not None and self._cuts[place] != cut):
            raise KeyError(cut)
        return self._view(standing, place)

    def provisional(self, at: float) -> View:
        """As of `at`, after the last night: what tonight would say if it fell now. States stay those of the night."""
        self.settle()
        place, last = len(self._batches) - 1, self._batches[-1]
        everything = last.records
        last.records = {id: record for id, record in everything.items() if record.closed_at <= at}
        last.rows = None
        try:
            return self._view(self._night(place, at), place)
        finally:
            last.records, last.rows = everything, None
