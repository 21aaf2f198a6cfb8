"""What belongs to a contact as a whole: counting it once, and transfers that were sent back or on."""

from __future__ import annotations

from itertools import pairwise

from monitor.cell import Cell
from monitor.instants import DAY
from monitor.tally import BOUNCED, CONTACTS, add

BOUNCE_WINDOW = DAY
VISITS_OF_CONTACT = 200


class Contact:
    """A contact's visits by when they were offered, which of them can change no more, and its transfers. Most contacts
    have one visit and no transfer."""

    __slots__ = ("booked", "bounced", "forgotten", "offers", "transfers")

    def __init__(self) -> None:
        self.offers: dict[str, tuple[int, Cell]] = {}
        self.booked: tuple[int, str, Cell] | None = None
        self.forgotten: set[str] | None = None
        self.transfers: dict[str, tuple[int, Cell]] | None = None
        self.bounced: list[tuple[int, Cell]] | None = None


class Contacts:
    """The contacts with visits that are still kept."""

    def __init__(self) -> None:
        self._contacts: dict[str, Contact] = {}

    def offered(self, contact: str, visit: str, at: int, cell: Cell) -> None:
        """A visit of the contact began; the earliest one counts the contact."""
        record = self._contacts.get(contact)
        if record is None:
            record = self._contacts[contact] = Contact()
            record.booked = (at, visit, cell)
            add(cell.at(at), CONTACTS, 1)
        record.offers[visit] = (at, cell)
        if record.booked is None or (at, visit) < record.booked[:2]:
            _count(record)

    def is_full(self, contact: str) -> bool:
        """The contact has as many visits as one may have."""
        record = self._contacts.get(contact)
        return record is not None and len(record.offers) >= VISITS_OF_CONTACT

    def visits(self, contact: str) -> list[str]:
        """The visits of the contact that may still change, latest first."""
        record = self._contacts.get(contact)
        if record is None:
            return []
        kept = [visit for visit in record.offers if record.forgotten is None or visit not in record.forgotten]
        return sorted(kept, key=lambda visit: record.offers[visit][0], reverse=True)

    def transferred(self, contact: str, event: str, at: int, cell: Cell) -> None:
        """The contact was passed on."""
        record = self._contacts.setdefault(contact, Contact())
        if record.transfers is None:
            record.transfers = {}
        record.transfers[event] = (at, cell)
        if len(record.transfers) > 1:
            _bounce(record)

    def withdrawn(self, contact: str, visit: str, transfers: list[str]) -> None:
        """A visit is being told anew: forget it and its transfers."""
        record = self._contacts.get(contact)
        if record is None:
            return
        if record.offers.pop(visit, None) is not None:
            _count(record)
        if record.transfers and [record.transfers.pop(event) for event in transfers if event in record.transfers]:
            _bounce(record)

    def forget(self, contact: str, visit: str) -> None:
        """The visit is old enough: what it counted stays counted. The last one takes the contact with it."""
        record = self._contacts.get(contact)
        if record is None:
            return
        if record.forgotten is None:
            record.forgotten = set()
        record.forgotten.add(visit)
        if record.offers.keys() <= record.forgotten:
            del self._contacts[contact]


def _count(record: Contact) -> None:
    first = min(((at, visit, cell) for visit, (at, cell) in record.offers.items()), key=lambda of: of[:2], default=None)
    if record.booked is not None:
        add(record.booked[2].at(record.booked[0]), CONTACTS, -1)
    if first is not None:
        add(first[2].at(first[0]), CONTACTS, 1)
    record.booked = first


def _bounce(record: Contact) -> None:
    """A transfer bounced when the contact was transferred again within a day."""
    transfers = (record.transfers or {}).items()
    in_order = [transfer for _, transfer in sorted(transfers, key=lambda named: (named[1][0], named[0]))]
    bounced = [now for now, then in pairwise(in_order) if then[0] - now[0] <= BOUNCE_WINDOW]
    for at, cell in record.bounced or ():
        add(cell.at(at), BOUNCED, -1)
    for at, cell in bounced:
        add(cell.at(at), BOUNCED, 1)
    record.bounced = bounced
