"""The whole score: what is heard goes in, at any time and in any order; each night is settled once; figures come out.

What comes out is a function of the set of what was heard alone: a late fact settles the nights since it anew, from
what was kept. Bound: the rows of `NIGHTS_KEPT` nights; what is older is in the agents' sums, and a fact about it is
counted as too late.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from monitor.balance.context import Contact, Topics
from monitor.balance.dispute import Disputes
from monitor.balance.night import Mark, night
from monitor.balance.norm import Norm
from monitor.balance.records import grouped, merged
from monitor.balance.ripening import WINDOW_KNOWN
from monitor.balance.rows import Rows
from monitor.balance.state import Standing, beginning
from monitor.balance.states import State, next_states
from monitor.balance.view import View

NIGHTS_KEPT = 35


@dataclass(slots=True)
class Batch:
    """What belongs to one night: all that happened up to `cut` and after the cut before it."""

    cut: float
    records: dict[str, Contact] = field(default_factory=dict)
    facts: set[str] = field(default_factory=set)
    """Contacts of which something was told that happened in this time."""
    rows: Rows | None = None
    standing: Standing | None = None
    unplaced: list[str] = field(default_factory=list)
    """Marks whose contact has not been heard of yet."""


@dataclass(slots=True)
class Facts:
    """What was told of a contact after it: when its customer came back (and by which contact), and the first mark."""

    back: list[tuple[float, str]] = field(default_factory=list)
    mark: tuple[float, float] | None = None
    pardoned: set[str] = field(default_factory=set)


class Score:
    """Contacts and facts in, standings out. `topics` is the site's configuration."""

    def __init__(self, topics: Topics, *, nights_kept: int = NIGHTS_KEPT) -> None:
        self.topics = topics
        self.ignored: Counter[str] = Counter()
        self.disputes = Disputes()
        self._nights_kept = nights_kept
        self._base = beginning(topics)
        self._batches: list[Batch] = [Batch(np.inf)]
        self._cuts: list[float] = [np.inf]
        self._where: dict[str, Batch] = {}
        self._facts: dict[str, Facts] = {}
        self._chains: dict[tuple[str, str], list[tuple[float, str]]] = {}
        self._heads: dict[str, str] = {}
        self._groups: dict[str, tuple[str, ...]] = {}
        self._held: dict[str, Rows] = {}
        self._norms: list[Norm] = []
        self._settled = 0

    # What is heard.

    def add(self, contact: Contact) -> None:
        """A finished contact. Heard twice it counts once."""
        known = self._where.get(contact.id)
        if known is not None:
            self.ignored["double"] += 1
            return
        if contact.closed_at <= self._base.cut:
            self.ignored["too_late"] += 1
            return
        batch = self._touch(contact.closed_at)
        batch.records[contact.id] = contact
        batch.rows = None
        self._where[contact.id] = batch
        if contact.customer:
            self._chain(contact)

    def came_back(self, contact: str, at: float, by: str = "") -> None:
        """The customer of `contact` came back on the matter, with the contact `by` if that is known."""
        facts = self._told(contact, at)
        if facts is not None and (at, by) not in facts.back:
            insort(facts.back, (at, by))
            self._came_back_late(contact)

    def _came_back_late(self, record: str) -> None:
        """Rows that stand already are told; whether a night is settled anew depends on when it happened."""
        head = self._heads.get(record, record)
        batch = self._where.get(head)
        if batch is not None and batch.rows is not None:
            batch.rows.back_at[batch.rows.place[head]] = self._back_at(head)

    def caused_elsewhere(self, contact: str, by: str) -> None:
        """Whoever took `by` says that the back office made the customer of `contact` come back: nobody is charged."""
        facts = self._facts.get(contact)
        if facts is None:
            return
        facts.pardoned.add(by)
        for at, later in facts.back:
            if later == by:
                self._touch(at)
        self._came_back_late(contact)

    def marked(self, contact: str, at: float, positive: bool) -> None:
        """The customer of `contact` gave a mark; of several the first one counts."""
        facts = self._told(contact, at)
        mark = (at, float(positive))
        if facts is not None and (facts.mark is None or mark < facts.mark):
            if facts.mark is not None:
                self._touch(facts.mark[0])
            facts.mark = mark

    def _told(self, contact: str, at: float) -> Facts | None:
        if at <= self._base.cut:
            self.ignored["too_late"] += 1
            return None
        self._touch(at).facts.add(contact)
        return self._facts.setdefault(contact, Facts())

    def _touch(self, at: float) -> Batch:
        """The batch of an instant, which will be settled anew if it has been."""
        place = bisect_left(self._cuts, at)
        self._settled = min(self._settled, place)
        return self._batches[place]

    def _chain(self, contact: Contact) -> None:
        """Records of one customer with one agent: the contacts that a new one touches are made and settled anew."""
        chain = self._chains.setdefault((contact.customer, contact.agent), [])
        insort(chain, (contact.closed_at, contact.id))
        if len(chain) == 1:
            return
        for group in grouped([self._where[id].records[id] for _, id in chain]):
            if group[-1].closed_at >= contact.closed_at:
                self._touch(group[0].closed_at)
                ids = tuple(record.id for record in group)
                for id in ids:
                    self._where[id].rows = None
                    self._heads[id], self._groups[id] = ids[0], ids

    # The nights.

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
        now.states = next_states(self._view(now, place).assessment, [*before.states, *new], now.ledger.private)
        return now

    def _before(self, place: int) -> Standing:
        before = self._batches[place - 1].standing if place else self._base
        assert before is not None
        return before

    def _rows(self, records: Iterable[Contact]) -> Rows:
        """Contacts in canonical order: by the instant they closed, then by id."""
        heads = [record for record in records if self._heads.get(record.id, record.id) == record.id]
        contacts = [merged(self._heard_of(head.id)) for head in heads]
        contacts.sort(key=lambda contact: (contact.closed_at, contact.id))
        return Rows(contacts, [self._back_at(contact.id) for contact in contacts], self.topics)

    def _heard_of(self, head: str) -> list[Contact]:
        """The records of a contact; within the day, those that are over by then."""
        records = (self._where[id].records.get(id) for id in self._group(head))
        return [record for record in records if record is not None]

    def _group(self, head: str) -> tuple[str, ...]:
        return self._groups.get(head, (head,))

    def _back_at(self, head: str) -> float:
        """When the customer first came back otherwise than by a record of the same contact."""
        group = self._group(head)
        told = [self._facts[id] for id in group if id in self._facts]
        return min(
            (at for facts in told for at, by in facts.back if by not in group and by not in facts.pardoned),
            default=np.inf,
        )

    def _marks(self, place: int, cut: float) -> tuple[list[Mark], list[str]]:
        """Marks given since the night before, and earlier ones whose contact was unknown; and those still unknown."""
        since = self._cuts[place - 1] if place else self._base.cut
        given = []
        for id in self._batches[place].facts:
            mark = self._mark(id)
            if mark is not None and since < mark[0] <= cut:
                given.append(id)
        waiting = self._batches[place - 1].unplaced if place else []
        waiting = [id for id in waiting if self._mark(id) is not None]
        marks: list[tuple[float, str, Mark]] = []
        unplaced = []
        for id in {*given, *waiting}:
            head = self._heads.get(id, id)
            rows = self._rows_up_to(head, place)
            if rows is None:
                unplaced.append(id)
            elif (mark := self._first_mark(head)) == self._mark(id) and mark is not None:
                marks.append((mark[0], id, (rows, rows.place[head], mark[1], mark[0])))
        return [mark for _, _, mark in sorted(marks, key=lambda one: one[:2])], sorted(unplaced)

    def _rows_up_to(self, head: str, place: int) -> Rows | None:
        batch = self._where.get(head)
        if batch is None or batch.cut > self._batches[place].cut or batch.rows is None:
            return None
        return batch.rows if head in batch.rows.place else None

    def _first_mark(self, head: str) -> tuple[float, float] | None:
        told = (self._mark(id) for id in self._group(head))
        return min((mark for mark in told if mark is not None), default=None)

    def _mark(self, id: str) -> tuple[float, float] | None:
        facts = self._facts.get(id)
        return facts.mark if facts is not None else None

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
        for id in self.disputes.undecided():
            head = self._heads.get(id, id)
            if head in old.rows.place:
                self._held[id] = old.rows.only(old.rows.place[head], self.topics)

    def _forget_record(self, id: str, record: Contact) -> None:
        del self._where[id]
        self._facts.pop(id, None)
        self._heads.pop(id, None)
        self._groups.pop(id, None)
        chain = self._chains.get((record.customer, record.agent), [])
        if (record.closed_at, id) in chain:
            chain.remove((record.closed_at, id))
            if not chain:
                del self._chains[record.customer, record.agent]

    # What is said.

    def freeze(self, version: int) -> Norm:
        """What has been learnt by the last night becomes the norm of what closes from then on."""
        now = self._before(len(self._batches) - 1)
        norm = Norm(
            version,
            now.cut,
            int(now.total_n.sum()),
            tuple(one.b.copy() for one in now.regressions),
            now.par.copy(),
            now.team_share,
        )
        self._norms.append(norm)
        return norm

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
            now, before = self._night(place, at), self._before(place)
            now.states = [*before.states, *now.states[len(before.states) :]]
            return self._view(now, place)
        finally:
            last.records, last.rows = everything, None
