"""Groups too small to hide one: their figures of pace and quality are left out of exports.

A group is a queue, a channel, a line, a team or a board; fewer than 5 people on duty is small. What is left
out must not follow from a total minus the others, so that the people left out together are 5 or more too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from monitor.figures import Figures, Live, ScopeFigures
from monitor.small_numbers import PEOPLE_NEEDED

PERSONAL: tuple[str, ...] = (
    "handle_time_seconds",
    "outbound_handle_time_seconds",
    "expected_handle_time_seconds",
    "talk_seconds",
    "hold_seconds",
    "occupancy",
    "concurrency",
    "transfer",
    "bounced",
    "repeat_10m",
    "repeat_7d",
    "repeat_coverage",
    "repeat_ripening",
    "satisfaction",
    "response_rate",
    "review",
    "critical_errors",
    "first_response_seconds",
    "first_response_open_seconds",
)
"""The fields of Figures that tell how people work, when the group is one person."""
PERSONAL_LIVE: tuple[str, ...] = ("minutes_since_break", "minutes_above_occupancy")
"""The same of Live."""

_NOTHING = {field: getattr(Figures(), field) for field in PERSONAL}
_NOTHING_LIVE = {field: getattr(Live(), field) for field in PERSONAL_LIVE}


def hide_small_groups(scopes: Iterable[ScopeFigures]) -> tuple[ScopeFigures, ...]:
    """The same scopes in the same order; small groups without the figures of PERSONAL."""
    scopes = tuple(scopes)
    hidden = too_small(scopes)
    return tuple(without_personal(scope) if index in hidden else scope for index, scope in enumerate(scopes))


def too_small(scopes: Sequence[ScopeFigures]) -> set[int]:
    """Which of the scopes may not show pace and quality, by their place."""
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for index, scope in enumerate(scopes):
        by_kind[scope.scope.kind].append(index)
    return {index for places in by_kind.values() for index in _small_of_kind(places, scopes)}


def _small_of_kind(places: list[int], scopes: Sequence[ScopeFigures]) -> list[int]:
    return [places[small] for small in small_together([scopes[place].live.on_duty for place in places])]


def small_together(people: Sequence[int]) -> list[int]:
    """Which of these groups, of one kind, are too small, by their place; and then the next smallest until those hidden
    hide one another."""
    hidden: list[int] = []
    together = 0
    for place in sorted(range(len(people)), key=lambda place: people[place]):
        if people[place] >= PEOPLE_NEEDED and (not hidden or together >= PEOPLE_NEEDED):
            break
        hidden.append(place)
        together += people[place]
    return hidden


def without_personal(scope: ScopeFigures) -> ScopeFigures:
    """The same scope without the figures of PERSONAL."""
    windows = {name: msgspec.structs.replace(figures, **_NOTHING) for name, figures in scope.windows.items()}
    return msgspec.structs.replace(scope, windows=windows, live=msgspec.structs.replace(scope.live, **_NOTHING_LIVE))
