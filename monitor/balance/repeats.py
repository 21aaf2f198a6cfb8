"""Who came back, on what, in time: detection by customer, matter and window. Pure, in any order."""

from __future__ import annotations

from bisect import insort
from collections import deque
from typing import NamedTuple

from monitor.balance.ripening import WINDOW_KNOWN, WINDOW_UNKNOWN


class Visit(NamedTuple):
    """A customer's visit: when it began and was over (seconds); `answered` tells whether somebody can be charged,
    `promised` that the centre called: then nobody came back."""

    began: float
    over: float
    contact: str
    matter: str
    answered: bool = True
    promised: bool = False


class Repeat(NamedTuple):
    """The customer of `earlier` came back at `at`, with the contact `later`."""

    earlier: str
    at: float
    later: str


def came_back(earlier: Visit, later: Visit) -> bool:
    """Whether `later` is the customer of `earlier` coming back on the same matter: within 7 days where both matters
    are known and equal, within 60 minutes where one is not."""
    if earlier.contact == later.contact or not earlier.answered or later.promised:
        return False
    known = bool(earlier.matter and later.matter)
    if known and earlier.matter != later.matter:
        return False
    return 0.0 <= later.began - earlier.over <= (WINDOW_KNOWN if known else WINDOW_UNKNOWN)


class Repeats:
    """Visits in, repeats out. Bound: `kept` visits of all customers together; the first heard go first."""

    def __init__(self, kept: int = 1_000_000) -> None:
        self._of: dict[str, list[Visit]] = {}
        self._heard: deque[tuple[str, Visit]] = deque()
        self._kept = kept

    def heard(self, customer: str, visit: Visit) -> list[Repeat]:
        """The repeats that this visit brings to light, whether it came before or after those known; none for a
        customer who is not known, nor for a visit heard before."""
        visits = self._of.setdefault(customer, []) if customer else []
        if not customer or visit in visits:
            return []
        found = [Repeat(one.contact, visit.began, visit.contact) for one in visits if came_back(one, visit)]
        found += [Repeat(visit.contact, one.began, one.contact) for one in visits if came_back(visit, one)]
        insort(visits, visit)
        self._heard.append((customer, visit))
        if len(self._heard) > self._kept:
            self._forget(*self._heard.popleft())
        return found

    def _forget(self, customer: str, visit: Visit) -> None:
        visits = self._of[customer]
        visits.remove(visit)
        if not visits:
            del self._of[customer]
