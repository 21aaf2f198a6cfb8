"""What the simulation leaves behind: visits, agents' own states and what customers and reviewers said.

All instants are whole milliseconds since 1970. Both the events and the truth are read from these records,
each in its own way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from monitor.events import AgentState, Channel, EndedBy, LeftReason


@dataclass(slots=True)
class Visit:
    """One stay of a contact in one queue."""

    contact: str
    number: int
    queue: str
    channel: Channel
    topic: str
    customer: str
    offered_at: int
    transferred_in: bool = False
    repeats: str = ""
    """The earlier contact, where the source knows it is the same matter."""
    answered_at: int | None = None
    agent: str = ""
    first_response_at: int | None = None
    left_at: int | None = None
    left_reason: LeftReason | None = None
    holds: list[tuple[int, int]] = field(default_factory=list)
    transferred_to: str | None = None
    ended_at: int | None = None
    ended_by: EndedBy = "unknown"
    wrapped_at: int | None = None

    @property
    def id(self) -> str:
        return f"{self.contact}.{self.number}"

    @property
    def gone_at(self) -> int | None:
        """When the visit was over for the centre: left, or wrapped up."""
        return self.left_at if self.left_at is not None else self.wrapped_at


@dataclass(frozen=True, slots=True)
class StateChange:
    """An agent's own state from an instant on."""

    at: int
    agent: str
    state: AgentState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """Something said about a contact afterwards. `score` and `points` by kind."""

    at: int
    visit: Visit
    kind: Literal["asked", "csat", "nps", "thumb", "review", "compliment"]
    score: int = 0
    points: float = 0.0
    critical: bool = False
    text: str = ""


@dataclass(slots=True)
class Records:
    """Everything of one simulated day."""

    visits: list[Visit] = field(default_factory=list)
    states: list[StateChange] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    outage: tuple[int, int] = (0, 0)
    """When the chat was out of order."""
