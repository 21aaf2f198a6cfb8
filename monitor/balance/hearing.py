"""What is heard, sorted into the night to which it belongs, in any order and any number of times."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec
import numpy as np

from monitor.balance.context import Contact, Excuse, Topics, renamed
from monitor.balance.night import Mark
from monitor.balance.records import grouped, merged
from monitor.balance.rows import Rows
from monitor.balance.state import Standing, beginning


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
    """What was told of a contact after it: when its customer came back (and by which contact), and the first mark.
    And of a contact with which a customer came back: after which ones (`earlier`), and who says of it that the back
    office was the cause."""

    back: list[tuple[float, str]] = field(default_factory=list)
    mark: tuple[float, float] | None = None
    earlier: set[str] = field(default_factory=set)
    elsewhere_by: str = ""


class Hearing:
    """Batches of what belongs to one night each, the last one still open. `_settled` counts the batches from the
    first whose standing is right: something heard about an earlier time lowers it."""

    def __init__(self, topics: Topics) -> None:
        self.topics = topics
        self.ignored: Counter[str] = Counter()
        self._base = beginning(topics)
        self._batches: list[Batch] = [Batch(np.inf)]
        self._cuts: list[float] = [np.inf]
        self._where: dict[str, Batch] = {}
        self._facts: dict[str, Facts] = {}
        self._chains: dict[tuple[str, str], list[tuple[float, str]]] = {}
        self._heads: dict[str, str] = {}
        self._groups: dict[str, tuple[str, ...]] = {}
        self._settled = 0

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
            if by and (its := self._told(by, at)) is not None:
                its.earlier.add(contact)
            self._came_back_late(contact)

    def _came_back_late(self, record: str) -> None:
        """Rows that stand already are told; whether a night is settled anew depends on when it happened."""
        head = self._heads.get(record, record)
        batch = self._where.get(head)
        if batch is not None and batch.rows is not None:
            place = batch.rows.place[head]
            batch.rows.back_at[place], batch.rows.elsewhere_at[place] = self._back_at(head)

    def caused_elsewhere(self, by: str, at: float, agent: str) -> None:
        """`agent`, who took `by`, says that the back office made the customer come: it is charged to nobody, but for
        the own contacts of `agent`, of whom this would be a plea in an own cause."""
        facts = self._told(by, at)
        if facts is None or facts.elsewhere_by == agent:
            return
        facts.elsewhere_by = agent
        for contact in sorted(facts.earlier):
            for since, later in self._facts[contact].back if contact in self._facts else ():
                if later == by:
                    self._touch(since)
            self._came_back_late(contact)

    def excuse(self, why: Callable[[Contact], Excuse]) -> set[str]:
        """Ask anew of every contact kept why it is charged to nobody, if so; the agents of whom something changed.
        The end is the same as if that had been known at once."""
        concerned = set()
        for batch in self._batches:
            for id, record in batch.records.items():
                if (excused := why(record)) != record.excused:
                    batch.records[id] = msgspec.structs.replace(record, excused=excused)
                    concerned.add(record.agent)
                    self._made_anew(id)
        return concerned

    def _made_anew(self, record: str) -> None:
        """The rows of the contact that a record is of, and every night since."""
        head = self._heads.get(record, record)
        if head in self._where:
            self._touch(self._where[head].records[head].closed_at).rows = None

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

    def rename(self, agent: str, other: str) -> None:
        """What was heard of one agent is another's; every sum stays as it is."""
        self._base.ledger.rename(agent, other)
        for batch in self._batches:
            batch.records = {id: renamed(record, agent, other) for id, record in batch.records.items()}
            if batch.rows is not None:
                batch.rows.rename(agent, other)
            if batch.standing is not None:
                batch.standing.ledger.rename(agent, other)
        for facts in self._facts.values():
            if facts.elsewhere_by == agent:
                facts.elsewhere_by = other
        self._chains = {(who, other if of == agent else of): chain for (who, of), chain in self._chains.items()}

    def _rows(self, records: Iterable[Contact]) -> Rows:
        """Contacts in canonical order: by the instant they closed, then by id."""
        heads = [record for record in records if self._heads.get(record.id, record.id) == record.id]
        contacts = [merged(self._heard_of(head.id)) for head in heads]
        contacts.sort(key=lambda contact: (contact.closed_at, contact.id))
        back = [self._back_at(contact.id) for contact in contacts]
        return Rows(contacts, [at for at, _ in back], self.topics, [at for _, at in back])

    def _heard_of(self, head: str) -> list[Contact]:
        """The records of a contact; within the day, those that are over by then."""
        records = (self._where[id].records.get(id) for id in self._group(head))
        return [record for record in records if record is not None]

    def _group(self, head: str) -> tuple[str, ...]:
        return self._groups.get(head, (head,))

    def _back_at(self, head: str) -> tuple[float, float]:
        """When the customer first came back otherwise than by a record of the same contact: what is charged, and what
        the back office caused."""
        group = self._group(head)
        told = [self._facts[id] for id in group if id in self._facts]
        first = {False: np.inf, True: np.inf}
        for at, by in (back for facts in told for back in facts.back if back[1] not in group):
            elsewhere = self._is_elsewhere(by, head)
            first[elsewhere] = min(at, first[elsewhere])
        return first[False], first[True]

    def _is_elsewhere(self, by: str, head: str) -> bool:
        """Whether somebody else than the agent of `head` says that the back office was the cause of `by`."""
        said_by = self._facts[by].elsewhere_by if by in self._facts else ""
        return said_by not in ("", self._where[head].records[head].agent)

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
