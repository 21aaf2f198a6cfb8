"""The contacts of one night as columns: what went in (x and the outcomes), and what the night made of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from monitor.balance.context import Array, Contact, Indices, Mask, Topics, design, log_minutes, renamed
from monitor.balance.outcomes import OUTCOMES
from monitor.balance.ripening import WINDOW_KNOWN, WINDOW_UNKNOWN

SHORT_SECONDS = 10.0
"""A contact shorter than this counts for nothing in pace; its customer coming back counts."""
LARGEST_PACE = 1.5
"""Of log handle time: what one contact may count for at most."""


class Rows:
    """Who is not known cannot be seen to come back: such a contact weighs nothing in coming back.

    `back_at` is when the customer came back on the matter (infinity: has not), `elsewhere_at` the same of what the back
    office caused and nobody is charged with. The night fills in `agent` and
    `worked` (rows of the ledger, its worked days), `e` (expectations), `mark` and `mark_at` (the customer's mark and
    when it was given; NaN: none counted)."""

    __slots__ = (
        "agent",
        "back_at",
        "closed",
        "contacts",
        "days",
        "e",
        "elsewhere_at",
        "mark",
        "mark_at",
        "pace",
        "place",
        "transferred",
        "weight",
        "weight_back",
        "weight_pace",
        "window",
        "worked",
        "x",
    )

    def __init__(
        self, contacts: Sequence[Contact], back_at: Sequence[float], topics: Topics, elsewhere_at: Sequence[float] = ()
    ) -> None:
        size = len(contacts)
        self.contacts = tuple(contacts)
        self.place: Mapping[str, int] = {contact.id: row for row, contact in enumerate(contacts)}
        self.x: Array = design(contacts, topics)
        self.closed: Array = np.fromiter((one.closed_at for one in contacts), np.float64, size)
        self.days: Indices = np.fromiter((one.day for one in contacts), np.intp, size)
        self.pace: Array = np.fromiter((log_minutes(one.handle_seconds) for one in contacts), np.float64, size)
        self.transferred: Array = np.fromiter((one.transferred for one in contacts), np.float64, size)
        self.weight: Array = np.fromiter((not one.excused for one in contacts), np.float64, size)
        long_enough = np.fromiter((one.handle_seconds >= SHORT_SECONDS for one in contacts), np.float64, size)
        self.weight_pace: Array = self.weight * long_enough
        traceable = np.fromiter((bool(one.customer) for one in contacts), np.float64, size)
        self.weight_back: Array = self.weight * traceable
        known = np.fromiter((one.matter_known for one in contacts), np.bool_, size)
        self.window: Array = np.where(known, WINDOW_KNOWN, WINDOW_UNKNOWN)
        self.back_at: Array = np.array(back_at, dtype=np.float64).reshape(size)
        self.elsewhere_at: Array = np.array(elsewhere_at or [np.inf] * size, dtype=np.float64).reshape(size)
        self.agent: Indices = np.zeros(size, dtype=np.intp)
        self.worked: Indices = np.zeros(size, dtype=np.intp)
        self.e: Array = np.zeros((len(OUTCOMES), size))
        self.mark: Array = np.full(size, np.nan)
        self.mark_at: Array = np.full(size, np.inf)

    def only(self, place: int, topics: Topics) -> Rows:
        """One contact with what the nights have made of it."""
        some = slice(place, place + 1)
        back_at, elsewhere_at = self.back_at[some].tolist(), self.elsewhere_at[some].tolist()
        one = Rows(self.contacts[some], back_at, topics, elsewhere_at)
        one.agent, one.worked, one.e = self.agent[some].copy(), self.worked[some].copy(), self.e[:, some].copy()
        one.mark, one.mark_at = self.mark[some].copy(), self.mark_at[some].copy()
        return one

    def rename(self, agent: str, other: str) -> None:
        """The contacts of one agent are another's."""
        self.contacts = tuple(renamed(contact, agent, other) for contact in self.contacts)

    def came_back(self, now: float) -> Mask:
        """Whose customer has come back by `now`, within the window; nobody is charged for one passed on."""
        within = (self.back_at <= now) & (self.back_at - self.closed <= self.window)
        return np.asarray(within & (self.transferred == 0.0), dtype=np.bool_)
