"""Figures as a wall shows them: one function a measure, from the figures of a scope to the board's Figure.

Percentages obey the small-number rules. Figures of quality and pace need 5 people and 30 contacts, are
whole per cents (whole seconds) and leave out their sums, so that no difference of two pictures tells of one
contact. The full rules of such cells (nobody above 40 %, fixed windows, complements) come with the score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from monitor.bands import band, pace_band
from monitor.board import Figure, Tile
from monitor.figures import Durations, Figures, Live, ScopeFigures, Share
from monitor.measures import BY_KEY
from monitor.small_numbers import CONTACTS_NEEDED, INTERVAL_UNDER, PEOPLE_NEEDED, SHOW_FROM, wilson

Window = Literal["15m", "30m", "60m", "today"]

_NOTHING = Figures()


def in_window(scope: ScopeFigures, window: Window) -> Figures:
    """The figures of one window; empty ones when the window is not there."""
    return scope.windows.get(window, _NOTHING)


def count(measure: str, value: int) -> Figure:
    """A number at this instant; zero is zero."""
    return Figure(measure=measure, window="now", value=value, n=value)


def percentage(measure: str, window: Window, share: Share, target: float | None = None) -> Figure:
    """A share of contacts under the small-number rules."""
    n = int(share.denominator)
    if share.ratio is None or n < SHOW_FROM:
        return Figure(measure=measure, window=window, n=n, too_little=n > 0, target=target)
    low, high = wilson(share.numerator, share.denominator) if n < INTERVAL_UNDER else (None, None)
    return Figure(
        measure=measure,
        window=window,
        value=round(share.ratio, 4),
        n=n,
        numerator=share.numerator,
        denominator=share.denominator,
        low=None if low is None else round(low, 4),
        high=None if high is None else round(high, 4),
        target=target,
        band=band(measure, share.ratio, target),
    )


def quality(measure: str, window: Window, share: Share, live: Live) -> Figure:
    """A share that says how well customers were helped: a cell of quality."""
    n = int(share.denominator)
    if share.ratio is None or not _enough(n, live):
        return Figure(measure=measure, window=window, n=n, too_little=n > 0)
    value = round(share.ratio, 2)
    return Figure(measure=measure, window=window, value=value, n=n, band=band(measure, value))


def pace(measure: str, window: Window, durations: Durations, live: Live, expected: float | None = None) -> Figure:
    """A mean duration of work beside what the mix of questions takes: a cell of pace, never a target."""
    if durations.mean is None or not _enough(durations.n, live):
        return Figure(measure=measure, window=window, n=durations.n, too_little=durations.n > 0)
    expected = None if expected is None else float(round(expected))
    value = float(round(durations.mean))
    return Figure(
        measure=measure,
        window=window,
        value=value,
        n=durations.n,
        expected=expected,
        band=pace_band(value, expected),
    )


def occupancy(window: Window, share: Share, live: Live) -> Figure:
    """Share of time spent helping, of a group large enough to hide one; whole per cents."""
    if share.ratio is None or live.on_duty < PEOPLE_NEEDED:
        return Figure(measure="occupancy_ratio", window=window, too_little=share.denominator > 0)
    value = round(share.ratio, 2)
    return Figure(measure="occupancy_ratio", window=window, value=value, band=band("occupancy_ratio", value))


def duration(measure: str, window: Window, durations: Durations) -> Figure:
    """A mean wait: of customers, not of people at work."""
    value = None if durations.mean is None else round(durations.mean, 1)
    return Figure(measure=measure, window=window, value=value, n=durations.n, band=band(measure, value))


def service_level(scope: ScopeFigures, window: Window, target: float | None) -> Figure:
    """Answered in time, beside the target."""
    level = in_window(scope, window).service_level
    share = Share(numerator=level.numerator, denominator=level.denominator, ratio=level.ratio)
    return percentage("service_level_ratio", window, share, target)


def helped(repeat: Share) -> Share:
    """Helped in one go: those who did not come straight back, of the known customers who were answered."""
    if not repeat.denominator:
        return Share()
    kept = repeat.denominator - repeat.numerator
    return Share(numerator=kept, denominator=repeat.denominator, ratio=kept / repeat.denominator)


def _enough(contacts: int, live: Live) -> bool:
    """People on duty stand in for the people behind the figure, whom the figures do not count."""
    return contacts >= CONTACTS_NEEDED and live.on_duty >= PEOPLE_NEEDED


def _narrowest(make: Callable[[Window], Figure], *windows: Window) -> Figure:
    """The figure of the first window that has enough to say, else that of the last."""
    figures = [make(window) for window in windows]
    return next((figure for figure in figures if figure.value is not None), figures[-1])


def _waiting(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    return (count("waiting", scope.live.on_the_line), count("backlog", scope.live.backlog))


def _service_level(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    return (service_level(scope, "30m", target), service_level(scope, "today", target))


def _handle_time(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    def make(window: Window) -> Figure:
        figures = in_window(scope, window)
        expected = figures.expected_handle_time_seconds
        return pace("handle_time_seconds", window, figures.handle_time_seconds, scope.live, expected)

    return (_narrowest(make, "30m", "60m"), make("today"))


def _helped(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    def make(window: Window) -> Figure:
        return quality("helped_ratio", window, helped(in_window(scope, window).repeat_10m), scope.live)

    satisfied = quality("satisfaction_ratio", "today", in_window(scope, "today").satisfaction, scope.live)
    return (_narrowest(make, "60m", "today"), satisfied)


def _occupancy(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    share = in_window(scope, "30m").occupancy
    return (occupancy("30m", share, scope.live), count("on_duty", scope.live.on_duty), *_pressure(scope.live))


def _pressure(live: Live) -> tuple[Figure, ...]:
    """How long people have been going, as far as it can be said: of load, in whole minutes, never of one person."""
    if live.on_duty < PEOPLE_NEEDED:
        return ()
    minutes = {"minutes_since_break": live.minutes_since_break, "minutes_above_occupancy": live.minutes_above_occupancy}
    return tuple(
        Figure(measure=measure, window="today" if measure == "minutes_above_occupancy" else "now", value=round(value))
        for measure, value in minutes.items()
        if value is not None
    )


def _abandoned(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    return tuple(
        percentage("abandoned_ratio", window, in_window(scope, window).abandoned_ratio) for window in ("30m", "today")
    )


def _speed_of_answer(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    return tuple(
        duration("speed_of_answer_seconds", window, in_window(scope, window).speed_of_answer_seconds)
        for window in ("30m", "today")
    )


def _first_response(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    today = in_window(scope, "today")
    oldest = scope.live.oldest_backlog_open_seconds
    return (
        duration("first_response_seconds", "today", today.first_response_seconds),
        duration("first_response_open_seconds", "today", today.first_response_open_seconds),
        count("backlog", scope.live.backlog),
        Figure(measure="oldest_backlog_open_seconds", window="now", value=None if oldest is None else round(oldest)),
    )


def _quality_today(measure: str, of: Callable[[Figures], Share]) -> Callable[..., tuple[Figure, ...]]:
    def make(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
        return (quality(measure, "today", of(in_window(scope, "today")), scope.live),)

    return make


def _talk(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    return tuple(
        pace("talk_seconds", window, in_window(scope, window).talk_seconds, scope.live) for window in ("60m", "today")
    )


def _compliments(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    said = in_window(scope, "today").compliments
    return (Figure(measure="compliments", window="today", value=said, n=said),)


def _waiting_per_agent(scope: ScopeFigures, target: float | None) -> tuple[Figure, ...]:
    value = scope.live.waiting_per_agent
    rounded = None if value is None else round(value, 2)
    return (Figure(measure="waiting_per_agent", window="now", value=rounded), count("on_duty", scope.live.on_duty))


_FIGURES: dict[str, Callable[[ScopeFigures, float | None], tuple[Figure, ...]]] = {
    "waiting": _waiting,
    "service_level_ratio": _service_level,
    "handle_time_seconds": _handle_time,
    "helped_ratio": _helped,
    "occupancy_ratio": _occupancy,
    "abandoned_ratio": _abandoned,
    "speed_of_answer_seconds": _speed_of_answer,
    "first_response_seconds": _first_response,
    "talk_seconds": _talk,
    "repeat_contact_ratio": _quality_today("repeat_contact_ratio", lambda figures: figures.repeat_7d),
    "satisfaction_ratio": _quality_today("satisfaction_ratio", lambda figures: figures.satisfaction),
    "transfer_ratio": _quality_today("transfer_ratio", lambda figures: figures.transfer),
    "bounced_ratio": _quality_today("bounced_ratio", lambda figures: figures.bounced),
    "compliments": _compliments,
    "waiting_per_agent": _waiting_per_agent,
}
TILE_MEASURES: tuple[str, ...] = tuple(_FIGURES)
"""The measures a board may name as its large figures."""


def _beside_expected(measure: str, figures: tuple[Figure, ...], now: Mapping[str, Figure]) -> tuple[Figure, ...]:
    """The same figures, those of quality in the place of which the balance has a better one replaced by it."""
    own = now.get(measure)
    rest = tuple(now.get(figure.measure, figure) for figure in figures[1:])
    return (figures[0] if own is None else own, *rest)


def tile(measure: str, scope: ScopeFigures, target: float | None, now: Mapping[str, Figure] | None = None) -> Tile:
    """The large figure of a measure. `now` holds figures of quality beside what was expected, by their tile, where
    the balance of the last hour knows them. Raises KeyError for a measure that has no tile."""
    assert measure in BY_KEY
    live = scope.live
    return Tile(
        measure=measure,
        figures=_beside_expected(measure, _FIGURES[measure](scope, target), now or {}),
        began_at=live.longest_wait_began_at if measure == "waiting" else None,
        stale_since=live.stale_since,
    )


def unsaid(tile: Tile) -> Tile:
    """The same large figure where nothing was measured: not a zero either."""
    return msgspec.structs.replace(
        tile, figures=tuple(Figure(measure=one.measure, window=one.window, target=one.target) for one in tile.figures)
    )
