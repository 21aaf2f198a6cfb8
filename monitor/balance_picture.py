"""The balance of a board as a picture: quality and speed as two sides of one place, and today's path through a
healthy field. Pure.

Up is quality: helped in one go, observed minus expected, in percentage points. Sideways is speed: handle time over
the expected of the same contacts, in per cent. Up to 10 % slower costs nothing, and quicker moves a place sideways,
never up. A board shows its own group or, where that is too small, a wider one, and says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from monitor.bands import HELPED_FROM_POINTS, SLOWER_TO_PERCENT, pace_band, share_band
from monitor.board import Balance, BalancePlace, BalanceScope, Figure, Verdict
from monitor.figures import BalanceCell, BalancePoint, BalanceTrail, Scope, SiteFigures
from monitor.settings import BoardDefinition, Queue, Team

WINDOW = timedelta(minutes=60)
STEP = timedelta(minutes=15)
RECENT = WINDOW + 3 * STEP
"""A large figure is of now: it takes no window that began longer ago than this."""
QUICK_FROM_PERCENT = -SLOWER_TO_PERCENT


def balance(
    definition: BoardDefinition,
    queues: Mapping[str, Queue],
    teams: Mapping[str, Team],
    figures: SiteFigures,
    site_name: str,
) -> Balance:
    """The part of the board: empty when there is nothing to say."""
    candidates = tuple(_groups(definition, queues, figures))
    shown = next((trail for trail in _trails(candidates, figures) if _places(trail)), None)
    empty = Balance(
        window_seconds=int(WINDOW.total_seconds()),
        step_seconds=int(STEP.total_seconds()),
        field_from_points=HELPED_FROM_POINTS,
        field_to_percent=SLOWER_TO_PERCENT,
    )
    if shown is None:
        return empty
    newest = _shown(shown)[-1]
    places = _places(shown)
    return msgspec.structs.replace(
        empty,
        scope=BalanceScope(kind=shown.scope.kind, label=_label(shown.scope, queues, teams, site_name)),
        trail=places,
        verdict=verdict(places[-1]),
        figures=tuple(figure for figure in (_helped(newest), _satisfied(newest), _pace(newest)) if figure is not None),
    )


def quality_of_now(definition: BoardDefinition, queues: Mapping[str, Queue], figures: SiteFigures) -> dict[str, Figure]:
    """Helped and satisfied beside what was expected, by the tile they belong to: of exactly this board's queues and
    of the last hour, else nothing."""
    exact = [scope for scope, whole in _groups(definition, queues, figures) if whole]
    for trail in (trail for scope in exact for trail in figures.balance if trail.scope == scope):
        newest = trail.points[-1] if trail.points else None
        if newest is not None and figures.at - newest.began_at <= RECENT:
            found = {"helped_ratio": _helped(newest), "satisfaction_ratio": _satisfied(newest)}
            return {measure: figure for measure, figure in found.items() if figure is not None}
    return {}


def verdict(place: BalancePlace) -> Verdict:
    """Where a place lies. Quicker than expected is no merit and no fault: it matters only beside fewer helped."""
    if place.helped_points >= HELPED_FROM_POINTS:
        return "in_balance" if place.pace_percent <= SLOWER_TO_PERCENT else "thorough"
    if place.pace_percent > SLOWER_TO_PERCENT:
        return "hard"
    return "quick" if place.pace_percent < QUICK_FROM_PERCENT else "fewer_helped"


def _groups(
    definition: BoardDefinition, queues: Mapping[str, Queue], figures: SiteFigures
) -> Iterator[tuple[Scope, bool]]:
    """The groups a board may show, narrow before wide, each with whether it counts exactly the board's queues."""
    everything = {scope.scope.id for scope in figures.scopes if scope.scope.kind == "queue"} | set(queues)
    mine = set(definition.queues) or everything
    configured = {queue: queues.get(queue, Queue()) for queue in everything}
    if len(mine) == 1:
        yield Scope(kind="queue", id=next(iter(mine))), True
    teams = {configured.get(queue, Queue()).team for queue in mine}
    # A team's people also help elsewhere, so that its figures are never just the board's.
    if len(teams) == 1 and (team := next(iter(teams))):
        yield Scope(kind="team", id=team), False
    if mine != everything:
        yield from _alike("channel", mine, {queue: of.channel for queue, of in configured.items()})
        yield from _alike("line", mine, {queue: str(of.line) for queue, of in configured.items()})
    yield Scope(kind="site", id="site"), mine == everything


def _alike(kind: str, mine: set[str], word_of: Mapping[str, str]) -> Iterator[tuple[Scope, bool]]:
    """The channel or the line that all the board's queues share."""
    words = {word_of[queue] for queue in mine if queue in word_of}
    if len(words) == 1:
        word = next(iter(words))
        whole = {queue for queue, other in word_of.items() if other == word}
        yield Scope(kind="channel" if kind == "channel" else "line", id=word), whole == mine


def _trails(candidates: tuple[tuple[Scope, bool], ...], figures: SiteFigures) -> Iterator[BalanceTrail]:
    """Those whose newest window can be shown, then those that could be shown earlier today."""
    there = [trail for scope, _ in candidates for trail in figures.balance if trail.scope == scope]
    yield from (trail for trail in there if trail.points and _can_be_shown(trail.points[-1]))
    yield from there


def _can_be_shown(point: BalancePoint) -> bool:
    return point.helped is not None and point.pace is not None and point.pace.expected > 0


def _shown(trail: BalanceTrail) -> list[BalancePoint]:
    return [point for point in trail.points if _can_be_shown(point)]


def _places(trail: BalanceTrail) -> tuple[BalancePlace, ...]:
    return tuple(
        _place(point.began_at, point.helped, point.pace) for point in _shown(trail) if point.helped and point.pace
    )


def _place(began_at: datetime, helped: BalanceCell, pace: BalanceCell) -> BalancePlace:
    return BalancePlace(
        began_at=began_at,
        helped_points=round(100 * helped.observed) - round(100 * helped.expected),
        pace_percent=round(100 * (pace.observed / pace.expected - 1)),
    )


def _helped(point: BalancePoint) -> Figure | None:
    return None if point.helped is None else _share("balance_helped_ratio", point.helped)


def _satisfied(point: BalancePoint) -> Figure | None:
    return None if point.satisfied is None else _share("satisfaction_ratio", point.satisfied)


def _share(measure: str, cell: BalanceCell) -> Figure:
    value, expected = round(cell.observed, 2), round(cell.expected, 2)
    return Figure(
        measure=measure,
        window="60m",
        value=value,
        n=cell.contacts,
        expected=expected,
        band=share_band(value, expected),
    )


def _pace(point: BalancePoint) -> Figure | None:
    cell = point.pace
    if cell is None:
        return None
    return Figure(
        measure="balance_pace_seconds",
        window="60m",
        value=float(round(cell.observed)),
        n=cell.contacts,
        expected=float(round(cell.expected)),
        band=pace_band(cell.observed, cell.expected),
    )


def _label(scope: Scope, queues: Mapping[str, Queue], teams: Mapping[str, Team], site_name: str) -> str:
    """The group's own name; a channel and a line are words that the catalogues translate."""
    if scope.kind == "queue":
        return queues.get(scope.id, Queue()).label or scope.id
    if scope.kind == "team":
        return teams.get(scope.id, Team()).label or scope.id
    return site_name if scope.kind == "site" else scope.id
