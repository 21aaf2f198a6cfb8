"""What may explain an outcome: facts that were fixed before the agent picked up, as numbers x.

Never here: what the agent chose (wrap-up code, hold, transfer), wrap-up time, the customer's person, the agent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from monitor.events import Channel

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

DAY_SECONDS = 86_400.0
LEARNER = "#learning"
NOBODY = "#nobody"
"""How the id begins that takes the place of somebody who was erased."""
SPOKEN: frozenset[str] = frozenset({"voice", "video", "callback"})
WRITTEN: frozenset[str] = frozenset({"mail", "chat", "whatsapp", "social"})
_COLUMNS: dict[str, int] = {"voice": 0, "mail": 1, "chat": 2, "whatsapp": 3, "social": 4, "video": 5}
_CHANNEL_COLUMNS = {**_COLUMNS, "callback": 0}
_SINGLES = (
    "line 2",
    "line 2 x transferred in",
    "repeat",
    "waited, spoken",
    "waited, chat",
    "waited, written",
    "complaint x waited",
    "pressure",
    "chats at once",
    "written x hard",
    "line 2 x hard",
)


Excuse = Literal["", "promised", "outage"]
"""A call-back that was promised; a known outage ran."""


class Contact(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """One finished contact of one agent. `closed_at` in seconds since 1970; `day` is the ordinal of the site's local
    day in which it closed; `pressure` is work offered per staffed agent at pick-up, 1 = normal."""

    id: str
    agent: str
    closed_at: float
    day: int
    handle_seconds: float
    channel: Channel = "voice"
    topic: str = ""
    """Proven by a system object, else as routed; never the agent's own code."""
    matter_known: bool = True
    """False: a coming-back is looked for in a short window only."""
    customer: str = ""
    team: str = ""
    line: int = 1
    transferred_in: bool = False
    repeat: bool = False
    waited_seconds: float = 0.0
    pressure: float = 1.0
    at_once: int = 1
    transferred: bool = False
    excused: Excuse = ""
    """Why it is charged to nobody, if so."""
    learning: bool = False
    """The agent is in the first six weeks: a private view, apart from the agent's score and from the par."""

    visit: str = ""
    """The name of the visit in the id, where the contact has several."""
    queue: str = ""
    """Where it was answered: for the figures of groups, never for what is expected."""

    @property
    def seat(self) -> str:
        """Under which name the contact is summed: the agent, or the agent as a learner."""
        return self.agent + LEARNER if self.learning else self.agent


def renamed(contact: Contact, agent: str, other: str) -> Contact:
    """The same contact, of `other` if it was of `agent`."""
    return msgspec.structs.replace(contact, agent=other) if contact.agent == agent else contact


class Topics(msgspec.Struct, frozen=True, kw_only=True):
    """The topics of the site, by configuration: which there are, which are hard, which are complaints."""

    names: tuple[str, ...] = ()
    hard: frozenset[str] = frozenset()
    complaint: frozenset[str] = frozenset()

    def factors(self) -> tuple[str, ...]:
        """The names of the columns of x, in order."""
        topics = tuple(f"topic {name}" for name in self.names)
        return ("basis", *topics, *(f"channel {name}" for name in _COLUMNS), *_SINGLES)


def design(contacts: Sequence[Contact], topics: Topics) -> Array:
    """x of each contact, one row a contact; a topic that is not configured has only the basis."""
    count, known = len(contacts), len(topics.names)
    x = np.zeros((count, 1 + known + len(_COLUMNS) + len(_SINGLES)))
    rows = np.arange(count)
    x[:, 0] = 1.0
    place = {name: 1 + number for number, name in enumerate(topics.names)}
    topic = np.fromiter((place.get(one.topic, 0) for one in contacts), np.intp, count)
    x[rows, topic] = 1.0
    channel = np.fromiter((_CHANNEL_COLUMNS[one.channel] for one in contacts), np.intp, count)
    x[rows, 1 + known + channel] = 1.0
    x[:, 1 + known + len(_COLUMNS) :] = _singles(contacts, topics, count)
    return x


def _singles(contacts: Sequence[Contact], topics: Topics, count: int) -> Array:
    def column(values: list[float] | list[bool] | list[int]) -> Array:
        return np.array(values, dtype=np.float64)

    singles = np.zeros((count, len(_SINGLES)))
    if not count:
        return singles
    hard = column([one.topic in topics.hard for one in contacts])
    complaint = column([one.topic in topics.complaint for one in contacts])
    spoken = column([one.channel in SPOKEN for one in contacts])
    chat = column([one.channel == "chat" for one in contacts])
    written = column([one.channel in WRITTEN for one in contacts])
    waited = column([one.waited_seconds for one in contacts])
    second = column([one.line == 2 for one in contacts])
    minutes, hours = np.log1p(waited / 60.0), np.log1p(waited / 3600.0)
    singles[:, 0] = second
    singles[:, 1] = second * column([one.transferred_in for one in contacts])
    singles[:, 2] = column([one.repeat for one in contacts])
    singles[:, 3] = spoken * minutes
    singles[:, 4] = chat * minutes
    singles[:, 5] = (written - chat) * hours
    # The wait in minutes means something for those who wait at the line; a complaint by mail waits in hours.
    singles[:, 6] = complaint * (spoken + chat) * minutes
    singles[:, 7] = column([one.pressure for one in contacts]) - 1.0
    singles[:, 8] = np.log(np.maximum(1.0, column([one.at_once for one in contacts])))
    singles[:, 9] = written * hard
    singles[:, 10] = second * hard
    return singles


def wait_class(contact: Contact) -> str:
    """`short`, `normal` or `long`: under 1 and from 5 minutes for live channels, 2 and 8 hours for the others."""
    short, long = (60.0, 300.0) if contact.channel in SPOKEN or contact.channel == "chat" else (7200.0, 28_800.0)
    if contact.waited_seconds < short:
        return "short"
    return "normal" if contact.waited_seconds < long else "long"


def log_minutes(handle_seconds: float) -> float:
    """y of pace: ln of the handle time in minutes, at least ln 0.2."""
    return math.log(max(0.2, handle_seconds / 60.0))
