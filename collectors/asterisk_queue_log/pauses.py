"""What queue_log tells of members: who is there, who pauses and why. Pure.

Static members are never announced: an agent is known from the first line that names him. Logins name the interface
where other lines name the member, unless `log_membername_as_agent` is set; an interface that no call has named says
nothing that can be used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from collectors.asterisk.instants import instant
from monitor.events import AgentState, AgentStateChanged, Event
from monitor.pseudonym import Pseudonyms


@dataclass(slots=True)
class Standing:
    """One agent: the queues he has been seen in, and those in which he pauses."""

    queues: set[str] = field(default_factory=set)
    paused: dict[str, str] = field(default_factory=dict)
    said: tuple[AgentState, str] | None = None
    said_at: float = 0.0
    said_number: int = 0


class Pauses:
    """The states of all agents in one log. Without lists it cannot know all queues of an agent, so it says none."""

    EVENTS: ClassVar[frozenset[str]] = frozenset(
        {"PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "ADDMEMBER", "REMOVEMEMBER"}
    )
    _NAMING: ClassVar[frozenset[str]] = EVENTS - {"ADDMEMBER", "REMOVEMEMBER"} | {"CONNECT", "RINGNOANSWER"}

    def __init__(self, source: str, pseudonyms: Pseudonyms, other_work: Iterable[str]) -> None:
        self._source = source
        self._pseudonyms = pseudonyms
        self._other_work = frozenset(reason.casefold() for reason in other_work)
        self._agents: dict[str, Standing] = {}
        self._events: list[Event] = []

    def apply(self, event: str, queue: str, agent: str, text: str, at: float) -> None:
        """Take in a line; those that do not name an agent are passed over."""
        if event not in self._NAMING and event not in self.EVENTS:
            return
        standing = self._agents.get(agent)
        if standing is None:
            if event not in self._NAMING or agent in ("", "NONE"):
                return
            standing = self._agents[agent] = Standing()
        if event in ("PAUSE", "CONNECT", "RINGNOANSWER", "UNPAUSE", "ADDMEMBER"):
            standing.queues.add(queue)
        if event in ("PAUSE", "PAUSEALL"):
            for each in standing.queues if event == "PAUSEALL" else {queue}:
                standing.paused[each] = text
            standing.paused |= {"": text} if event == "PAUSEALL" else {}
        elif event in ("UNPAUSE", "UNPAUSEALL"):
            standing.paused.pop("", None)
            for each in list(standing.paused) if event == "UNPAUSEALL" else [queue]:
                standing.paused.pop(each, None)
        elif event == "REMOVEMEMBER":
            standing.queues.discard(queue)
        self._say(agent, standing, at)

    def taken(self) -> list[Event]:
        """What has been told since the last time."""
        events, self._events = self._events, []
        return events

    def _say(self, agent: str, standing: Standing, at: float) -> None:
        state, reason = self._state(standing)
        if standing.said == (state, reason):
            return
        standing.said = (state, reason)
        standing.said_number = standing.said_number + 1 if at == standing.said_at else 0
        standing.said_at = at
        id = self._pseudonyms.agent(agent)
        self._events.append(
            AgentStateChanged(
                id=f"{id}/{at:.6f}/{standing.said_number:03}",
                source=self._source,
                at=instant(at),
                agent=id,
                state=state,
                reason=reason,
            )
        )

    def _state(self, standing: Standing) -> tuple[AgentState, str]:
        everywhere = "" in standing.paused or (standing.queues and standing.queues <= standing.paused.keys())
        if everywhere:
            reason = standing.paused.get("") or next(iter(standing.paused.values()), "")
            return ("other_work" if reason.casefold() in self._other_work else "break"), reason[:160]
        return ("available", "") if standing.queues else ("offline", "")
