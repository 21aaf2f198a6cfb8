"""How busy it was at pick-up: work offered per staffed agent, and how many chats the agent had at once.

Pure; events in order of time. Both are facts from before the agent picked up. Bound: the offers of half an hour a
queue, and the agents and queues there are.
"""

from __future__ import annotations

from collections import defaultdict, deque

from monitor import events as ev

OFFERED_WITHIN_SECONDS = 1800.0
USUAL_AFTER = 100
"""Pick-ups in a queue before anybody knows what is normal there; until then the pressure is 1."""
LARGEST_PRESSURE = 3.0
SIDE_BY_SIDE = frozenset({"chat", "whatsapp"})
"""Channels on which one agent helps several customers at once; written work that may wait is not at once."""
_NOT_STAFFED = frozenset({"offline", "unknown", "break", "other_work"})


class Load:
    """What the floor carries."""

    def __init__(self) -> None:
        self._offers: defaultdict[str, deque[float]] = defaultdict(deque)
        self._serving: dict[str, frozenset[str]] = {}
        self._away: set[str] = set()
        self._staffed: defaultdict[str, int] = defaultdict(int)
        self._usual: dict[str, tuple[int, float]] = {}
        self._chats: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)

    def offered(self, queue: str, at: float) -> None:
        """Work for a queue."""
        self._offers[queue].append(at)

    def changed(self, event: ev.AgentStateChanged) -> None:
        """Who may take work, and of which queues."""
        self._count(event.agent, -1)
        if event.queues is not None:
            self._serving[event.agent] = frozenset(event.queues)
        if event.state in _NOT_STAFFED:
            self._away.add(event.agent)
        else:
            self._away.discard(event.agent)
            self._serving.setdefault(event.agent, frozenset())
        self._count(event.agent, 1)

    def forget(self, agent: str) -> None:
        """Whoever this is serves nothing, until something is said again."""
        self._count(agent, -1)
        self._away.discard(agent)
        self._serving.pop(agent, None)
        self._chats.pop(agent, None)

    def _count(self, agent: str, sign: int) -> None:
        if agent not in self._away:
            for queue in self._serving.get(agent, ()):
                self._staffed[queue] += sign

    def pressure(self, queue: str, at: float) -> float:
        """Work offered to the queue in the last half hour per agent who serves it, against what is usual at its
        pick-ups: 1 is normal. How long the work takes is the same in both and falls out."""
        offers = self._offers[queue]
        while offers and offers[0] < at - OFFERED_WITHIN_SECONDS:
            offers.popleft()
        if self._staffed[queue] <= 0:
            return 1.0
        now = len(offers) / self._staffed[queue]
        count, total = self._usual.get(queue, (0, 0.0))
        self._usual[queue] = count + 1, total + now
        if count < USUAL_AFTER or not total:
            return 1.0
        return min(LARGEST_PRESSURE, now * count / total)

    def picked_up(self, agent: str, visit: tuple[str, str], channel: str) -> int:
        """How many the agent helps at once from now on, this one included."""
        if channel not in SIDE_BY_SIDE:
            return 1
        self._chats[agent].add(visit)
        return len(self._chats[agent])

    def over(self, agent: str, visit: tuple[str, str]) -> None:
        """A conversation has ended."""
        chats = self._chats.get(agent)
        if chats is not None:
            chats.discard(visit)
            if not chats:
                del self._chats[agent]
