"""A balance that is shown moves by at most 3 points within an hour: else it is shown as of a little earlier, whole
and exact as it was then, and follows in the hours after. Pure."""

from __future__ import annotations

from collections.abc import Callable

LARGEST_MOVE_POINTS = 3.0
STEP_SECONDS = 600.0
STEPS = 12
"""Back to two hours: what was held back once may have to be again; what is older is shown at once."""


def steady_instant(now: float, since: float, moved: Callable[[float], float]) -> float:
    """As of which instant to show a balance at `now`: the latest one after `since` (seconds; what is shown already,
    or the last night) at which it has moved by at most 3 points. `moved` is how many points it has moved as of an
    instant. `now` where there is no such instant: what a night or a late event does cannot be shown by halves."""
    for step in range(STEPS):
        at = now - step * STEP_SECONDS
        if at <= since:
            break
        if moved(at) <= LARGEST_MOVE_POINTS:
            return at
    return now
