"""The view of a wallboard: figures and a board's definition in, a Board out. Pure.

Parts: `header`, `tile/<measure>` (at most five), `row/queue/<id>` (first line, then second line),
`row/channel/<id>`, `curve`, `sources`, `advice`, `good_news`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.advice import View, advise
from monitor.backlog import is_behind
from monitor.board import Board, Curve, Figure, GoodNews, Header, Part, Row, Sources, SourceState
from monitor.events import AGENT_STATES
from monitor.figures import Interval, Live, Scope, ScopeFigures, SiteFigures
from monitor.settings import BoardDefinition, Queue
from monitor.small_numbers import SHOW_FROM
from monitor.tiles import duration, in_window, percentage, service_level, tile

INTERVAL_SECONDS = 900
WRITTEN = ("mail", "social")


def wallboard(
    id: str,
    definition: BoardDefinition,
    queues: Mapping[str, Queue],
    figures: SiteFigures,
    *,
    site_name: str,
    demo: bool = False,
) -> Board:
    """The board `id` at the instant of the figures. A queue the configuration does not name is measured
    with the defaults and called by its id."""
    scopes = _queues_of(definition, queues, figures)
    whole = _whole(id, figures)
    channels = _channels_of(scopes, queues, figures)
    curve = figures.curves.get(id, ())
    parts: dict[str, Part] = {
        "header": Header(title=definition.title or site_name, site=site_name, time_zone=figures.time_zone, demo=demo)
    }
    target = _target(scopes, queues)
    parts |= {f"tile/{measure}": tile(measure, whole, target) for measure in definition.tiles}
    parts |= {f"row/queue/{scope.scope.id}": _queue_row(scope, queues) for scope in _by_line(scopes, queues)}
    parts |= {f"row/channel/{scope.scope.id}": _channel_row(scope) for scope in channels}
    if curve:
        parts["curve"] = _curve(curve)
    parts["sources"] = _sources(figures)
    parts["advice"] = advise(
        View(
            at=figures.at,
            whole=whole,
            queues=scopes,
            channels=channels,
            configured=queues,
            sources=figures.sources,
            curve=curve,
        )
    )
    parts["good_news"] = GoodNews(compliments=in_window(whole, "today").compliments, texts=figures.thanks)
    return Board(id=id, at=figures.at, order=tuple(parts), parts=parts)


def _queues_of(
    definition: BoardDefinition, queues: Mapping[str, Queue], figures: SiteFigures
) -> tuple[ScopeFigures, ...]:
    """The board's queues of which there are figures, in the order of the definition or the configuration."""
    known = {scope.scope.id: scope for scope in figures.scopes if scope.scope.kind == "queue"}
    wanted = definition.queues or (*queues, *sorted(known.keys() - queues.keys()))
    return tuple(known[queue] for queue in wanted if queue in known)


def _whole(id: str, figures: SiteFigures) -> ScopeFigures:
    """All the board's queues together. Nothing is shown rather than another set of queues."""
    nothing = ScopeFigures(scope=Scope(kind="board", id=id), live=Live(), windows={})
    return figures.of("board", id) or nothing


def _channels_of(
    scopes: Iterable[ScopeFigures], queues: Mapping[str, Queue], figures: SiteFigures
) -> tuple[ScopeFigures, ...]:
    """The channels all of whose queues are on the board: a channel's figures are those of the whole site."""
    shown = {scope.scope.id for scope in scopes}
    everywhere = {scope.scope.id for scope in figures.scopes if scope.scope.kind == "queue"}
    partly = {queues.get(queue, Queue()).channel for queue in everywhere - shown}
    mine = {queues.get(queue, Queue()).channel for queue in shown} - partly
    return tuple(scope for scope in figures.scopes if scope.scope.kind == "channel" and scope.scope.id in mine)


def _by_line(scopes: Iterable[ScopeFigures], queues: Mapping[str, Queue]) -> list[ScopeFigures]:
    return sorted(scopes, key=lambda scope: queues.get(scope.scope.id, Queue()).line)


def _target(scopes: Iterable[ScopeFigures], queues: Mapping[str, Queue]) -> float | None:
    """What the pooled service level would be if each queue just met its own target today; null without queues."""
    weighted = [
        (queues.get(scope.scope.id, Queue()).target, in_window(scope, "today").service_level.denominator)
        for scope in scopes
    ]
    counted = sum(weight for _, weight in weighted)
    if not weighted:
        return None
    if not counted:
        return round(sum(target for target, _ in weighted) / len(weighted), 4)
    return round(sum(target * weight for target, weight in weighted) / counted, 4)


def _queue_row(scope: ScopeFigures, queues: Mapping[str, Queue]) -> Row:
    queue = queues.get(scope.scope.id, Queue())
    return Row(
        kind="queue",
        id=scope.scope.id,
        label=queue.label or scope.scope.id,
        channel=queue.channel,
        line=queue.line,
        waiting=scope.live.waiting,
        longest_wait_began_at=scope.live.longest_wait_began_at or scope.live.oldest_backlog_began_at,
        figures=_row_figures(scope, queue.channel, queue.target),
        agents=_states(scope.live),
        stale_since=scope.live.stale_since,
    )


def _channel_row(scope: ScopeFigures) -> Row:
    # The label of a channel is its word: the catalogues translate it.
    return Row(
        kind="channel",
        id=scope.scope.id,
        label=scope.scope.id,
        channel=scope.scope.id,
        waiting=scope.live.waiting,
        longest_wait_began_at=scope.live.longest_wait_began_at or scope.live.oldest_backlog_began_at,
        figures=_row_figures(scope, scope.scope.id, None),
        agents=_states(scope.live),
        stale_since=scope.live.stale_since,
    )


def _row_figures(scope: ScopeFigures, channel: str, target: float | None) -> tuple[Figure, ...]:
    today = in_window(scope, "today")
    figures = (
        service_level(scope, "30m", target),
        service_level(scope, "today", target),
        percentage("abandoned_ratio", "today", today.abandoned_ratio),
    )
    if channel in WRITTEN:
        return (*figures, duration("first_response_seconds", "today", today.first_response_seconds))
    return figures


def _states(live: Live) -> dict[str, int]:
    """People by state; only the states of the vocabulary, so that no other word can get on a wall."""
    return {state: live.agents[state] for state in AGENT_STATES if live.agents.get(state)}


def _curve(intervals: tuple[Interval, ...]) -> Curve:
    return Curve(
        began_at=intervals[0].began_at,
        interval_seconds=INTERVAL_SECONDS,
        offered=tuple(interval.offered for interval in intervals),
        answered=tuple(interval.answered for interval in intervals),
        waiting=tuple(round(interval.mean_on_the_line, 1) for interval in intervals),
        service_level=tuple(_enough(interval) for interval in intervals),
    )


def _enough(interval: Interval) -> float | None:
    """The service level of a quarter of an hour, where there is enough of it to say."""
    share = interval.service_level
    return None if share.ratio is None or share.denominator < SHOW_FROM else round(share.ratio, 2)


def _sources(figures: SiteFigures) -> Sources:
    pipeline = figures.pipeline
    behind = is_behind(pipeline.lag_seconds, pipeline.waiting)
    return Sources(
        behind_seconds=float(round(pipeline.lag_seconds)) if behind else None,
        events_waiting=pipeline.waiting if behind else 0,
        sources=tuple(
            SourceState(source=source.source, state=source.state, since=source.since, cannot_tell=source.cannot_tell)
            for source in figures.sources
        ),
    )
