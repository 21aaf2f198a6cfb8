"""Who came back: answered visits of known customers, and whether the customer returned within ten minutes or
within seven days about the same matter (where both matters are known, or the source says that it is the same).

What is booked depends only on the set of visits of a customer, never on the order in which they were heard of.
Bound: the customers of the most recent visits, `CUSTOMERS_KEPT`; older ones are forgotten first, and each when it is
long beyond any window.
"""

from __future__ import annotations

from collections import Counter, OrderedDict

from monitor.cell import Cell
from monitor.instants import DAY, MINUTE
from monitor.tally import BACK_7D, BACK_10M, KNOWN, add

CUSTOMERS_KEPT = 500_000
SOON = 10 * MINUTE
WINDOW = 7 * DAY
_VISITS_KEPT = 32
Known = tuple[int, int, int]
_UNTOLD: Known = (1, 0, 0)


class Encounter:
    """One visit of a known customer: when it was offered, answered and over, and where it is booked."""

    __slots__ = ("answered_at", "booked", "cell", "contact", "offered_at", "over_at", "topic")

    def __init__(self, contact: str, topic: str, offered_at: int) -> None:
        self.contact = contact
        self.topic = topic
        self.offered_at = offered_at
        self.answered_at = 0
        self.over_at: int | None = None
        self.cell: Cell | None = None
        self.booked: Known = (0, 0, 0)


class Customers:
    """The encounters of each customer."""

    def __init__(self) -> None:
        self._encounters: OrderedDict[str, dict[str, Encounter]] = OrderedDict()
        self._same: OrderedDict[tuple[str, str], None] = OrderedDict()

    def offered(self, customer: str, visit: str, contact: str, topic: str, at: int) -> None:
        """The customer came."""
        encounters = self._encounters.get(customer)
        if encounters is None:
            encounters = self._encounters[customer] = {}
            if len(self._encounters) > CUSTOMERS_KEPT:
                self._encounters.popitem(last=False)
        else:
            self._encounters.move_to_end(customer)
        new = encounters[visit] = Encounter(contact, topic, at)
        for earlier in encounters.values():
            if earlier.over_at is not None and earlier.over_at <= at:
                _rebook(earlier, _or(earlier.booked, self._came_back(earlier, new)))
        while len(encounters) > _VISITS_KEPT:
            del encounters[min(encounters, key=lambda key: encounters[key].offered_at)]

    def over(self, customer: str, visit: str, answered_at: int, at: int, cell: Cell) -> None:
        """An answered visit of the customer is over."""
        encounters = self._encounters.get(customer, {})
        encounter = encounters.get(visit)
        if encounter is not None:
            encounter.answered_at, encounter.over_at, encounter.cell = answered_at, at, cell
            self._judge(encounter, encounters)

    def same_matter(self, earlier: str, later: str, customer: str) -> None:
        """The source says that the contact `later` of this customer is about the matter of `earlier`."""
        self._same[earlier, later] = None
        if len(self._same) > CUSTOMERS_KEPT:
            self._same.popitem(last=False)
        encounters = self._encounters.get(customer, {})
        for encounter in encounters.values():
            self._judge(encounter, encounters)

    def withdrawn(self, customer: str, visit: str) -> None:
        """The visit is being told anew: forget it and what it did."""
        encounters = self._encounters.get(customer, {})
        encounter = encounters.pop(visit, None)
        if encounter is not None:
            _rebook(encounter, (0, 0, 0))
            for other in encounters.values():
                self._judge(other, encounters)

    def forget(self, before: int) -> None:
        """Let go of customers who have not come since."""
        while self._encounters:
            customer, encounters = next(iter(self._encounters.items()))
            if any(encounter.offered_at >= before for encounter in encounters.values()):
                return
            del self._encounters[customer]

    def ripening(self, now: int) -> Counter[int]:
        """How many booked visits have a window that is still open, by the id() of their cell."""
        return Counter(
            id(encounter.cell)
            for encounters in self._encounters.values()
            for encounter in encounters.values()
            if encounter.booked[0] and encounter.over_at is not None and now - encounter.over_at < WINDOW
        )

    def _judge(self, encounter: Encounter, encounters: dict[str, Encounter]) -> None:
        if encounter.over_at is not None:
            wanted = (1, 0, 0)
            for other in encounters.values():
                wanted = _or(wanted, self._came_back(encounter, other))
            _rebook(encounter, wanted)

    def _came_back(self, encounter: Encounter, other: Encounter) -> Known:
        """Known, came back soon, came back within the window: what the other visit says of this one."""
        assert encounter.over_at is not None
        after = other.offered_at - encounter.over_at
        if other.contact == encounter.contact or not 0 <= after <= WINDOW:
            return _UNTOLD
        same_matter = not (encounter.topic and other.topic) or encounter.topic == other.topic
        same_matter = same_matter or (encounter.contact, other.contact) in self._same
        return 1, int(after <= SOON), int(same_matter)


def _or(one: Known, other: Known) -> Known:
    return one[0] | other[0], one[1] | other[1], one[2] | other[2]


def _rebook(encounter: Encounter, wanted: Known) -> None:
    if wanted == encounter.booked or encounter.cell is None:
        return
    tallies = encounter.cell.at(encounter.answered_at)
    for row, new, old in zip((KNOWN, BACK_10M, BACK_7D), wanted, encounter.booked, strict=True):
        if new != old:
            add(tallies, row, new - old)
    encounter.booked = wanted
