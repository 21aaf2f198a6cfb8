"""Which scopes of one window may be shown together: nothing that must stay hidden follows from them by arithmetic.

Sites, lines, channels, queues and teams cut the same contacts in different ways, so that a hidden queue could be the
difference of a team and another queue. All that follows by adding and taking away is the linear span of the scopes
shown; no group that may not be shown lies in it (docs/decisions/0011-balance-cells.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import permutations
from typing import NamedTuple

import numpy as np

from monitor.balance.cells import Members, contacts_of, showable, together
from monitor.balance.context import Array
from monitor.figures import Scope

ROUNDING = 1e-6


class Work(NamedTuple):
    """All that contacts of one kind have in common for every scope."""

    queue: str
    channel: str
    line: int
    team: str

    def scopes(self) -> Iterable[Scope]:
        """Those that hold it, the site first."""
        yield Scope(kind="site", id="site")
        yield Scope(kind="line", id=str(self.line))
        yield Scope(kind="channel", id=self.channel)
        yield Scope(kind="queue", id=self.queue)
        yield Scope(kind="team", id=self.team)


Cells = Mapping[Work, Members]
Place = tuple[str, str]
"""Kind and id of a scope."""


def shown_scopes(cells: Cells) -> dict[Place, Members]:
    """The scopes that may be shown together, by kind and id. Who belongs to no team is in none that is shown.
    Deterministic: of the scopes that give something away the smallest is hidden first, then by name."""
    works = sorted(work for work, cell in cells.items() if contacts_of(cell))
    of_scope: dict[Place, list[int]] = {}
    for number, work in enumerate(works):
        for scope in work.scopes():
            of_scope.setdefault((scope.kind, scope.id), []).append(number)
    pooled = {place: together([cells[works[number]] for number in numbers]) for place, numbers in of_scope.items()}
    shown = {place for place, cell in pooled.items() if place != ("team", "") and showable(cell)}
    rows = {place: _row(numbers, len(works)) for place, numbers in of_scope.items()}

    def may_not_follow(row: Array) -> bool:
        cell = together([cells[works[number]] for number in np.flatnonzero(row)])
        return contacts_of(cell) > 0 and not showable(cell)

    while shown and (culprits := _gives_away(rows, shown, may_not_follow)):
        shown.remove(min(culprits, key=lambda place: (place[0] == "site", contacts_of(pooled[place]), place)))
    return {place: pooled[place] for place in sorted(shown)}


def _row(numbers: Iterable[int], size: int) -> Array:
    row = np.zeros(size)
    row[list(numbers)] = 1.0
    return row


def _gives_away(rows: Mapping[Place, Array], shown: set[Place], may_not_follow: Callable[[Array], bool]) -> set[Place]:
    """The scopes shown of which together something follows that may not; none when all is well."""
    names = sorted(shown)
    matrix = np.stack([rows[name] for name in names])
    for target in _targets(rows, shown):
        if not may_not_follow(target):
            continue
        weights, *_ = np.linalg.lstsq(matrix.T, target, rcond=None)
        if np.abs(matrix.T @ weights - target).max() < ROUNDING:
            return {name for name, weight in zip(names, weights, strict=True) if abs(weight) > ROUNDING}
    return set()


def _targets(rows: Mapping[Place, Array], shown: set[Place]) -> Iterable[Array]:
    """What somebody might look for: each kind of work, each hidden scope, all that is hidden of a kind, and what one
    scope shown has more than another."""
    yield from np.eye(len(next(iter(rows.values()))))
    by_kind: dict[str, Array] = {}
    for place in sorted(rows):
        if place not in shown:
            yield rows[place]
            by_kind[place[0]] = by_kind.get(place[0], np.zeros_like(rows[place])) + rows[place]
    yield from by_kind.values()
    for one, other in permutations(sorted(shown), 2):
        if (rows[one] >= rows[other]).all():
            yield rows[one] - rows[other]
