"""Boards that would give away a small group by subtraction.

People define boards of any queues, so that two of them, or a board and a channel, may differ by a queue that two people
serve. What is left of a board without the queues that are shown by themselves is a set of its own; it, and what it
and any other such set have together and apart, must be of enough people or of nobody. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from monitor.small_numbers import PEOPLE_NEEDED

Queues = frozenset[str]


def telling(
    boards: Mapping[str, Queues], shown: Iterable[Queues], alone: Queues, people: Mapping[Queues, int]
) -> set[str]:
    """The boards, looked at in their order, that may not show pace and quality. `shown`: the sets of queues (site,
    channels, lines) that do; `alone`: the queues that do by themselves; `people`: on duty, by the queues they serve
    together."""
    rests = {queues - alone for queues in shown}
    wanted = {board: queues - alone for board, queues in boards.items()}
    counted = _merged(people, Queues().union(*rests, *wanted.values()))
    hidden = set()
    for board, rest in wanted.items():
        if not rest or rest in rests:
            continue
        pieces = {piece for other in (*rests, Queues()) for piece in (rest & other, rest - other, other - rest)}
        if all(_enough(piece, counted) for piece in pieces if piece):
            rests.add(rest)
        else:
            hidden.add(board)
    return hidden


def _merged(people: Mapping[Queues, int], among: Queues) -> Mapping[Queues, int]:
    """The same people by the queues among these that they serve: far fewer sets."""
    merged: Counter[Queues] = Counter()
    for served, count in people.items():
        merged[served & among] += count
    return merged


def _enough(piece: Queues, people: Mapping[Queues, int]) -> bool:
    return sum(count for served, count in people.items() if served & piece) >= PEOPLE_NEEDED
