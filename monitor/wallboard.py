"""The view of a wallboard: figures and a board's definition in, a Board out. Pure.

Parts: `header`, `tile/<measure>` (at most five), `row/queue/<id>` (first line, then second line),
`row/channel/<id>`, `balance`, `curve`, `sources`, `advice`, `notices`, `good_news`. A quiet board has no `advice`
and no `good_news`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from monitor.advice import View, advise
from monitor.backlog import is_behind
from monitor.balance_picture import balance, quality_of_now
from monitor.board import Board, Curve, Figure, GoodNews, Header, Notice, Notices, Part, Row, Sources, SourceState
from monitor.events import AGENT_STATES
from monitor.figures import Interval, Live, Scope, ScopeFigures, SiteFigures
from monitor.settings import BoardDefinition, Queue, Team
from monitor.small_numbers import SHOW_FROM
from monitor.tiles import duration, in_window, percentage, service_level, tile

INTERVAL_SECONDS = 900
WRITTEN = ("mail", "social")
TELL_OF_WAITING = ("waiting", "waiting_per_agent")
"""The tiles that a board which hides who waits leaves out."""
TEXTS_SHOWN = 5


def wallboard(
    id: str,
    definition: BoardDefinition,
    queues: Mapping[str, Queue],
    figures: SiteFigures,
    *,
    site_name: str,
    teams: Mapping[str, Team] | None = None,
    demo: bool = False,
) -> Board:
    """The board `id` at the instant of the figures. A queue the configuration does not name is measured
    with the defaults and called by its id."""
    scopes = _queues_of(definition, queues, figures)
    whole = _whole(id, figures)
    channels = _channels_of(scopes, queues, figures)
    curve = figures.curves.get(id, ())
    hidden = definition.hide_waiting
    target = _target(scopes, queues)
    now = quality_of_now(definition, queues, figures)
    parts: dict[str, Part] = {"header": _header(definition, figures, site_name, demo)}
    shown = (measure for measure in definition.tiles if not (hidden and measure in TELL_OF_WAITING))
    parts |= {f"tile/{measure}": tile(measure, whole, target, now) for measure in shown}
    parts |= {f"row/queue/{scope.scope.id}": _queue_row(scope, queues, hidden) for scope in _by_line(scopes, queues)}
    parts |= {f"row/channel/{scope.scope.id}": _channel_row(scope, hidden) for scope in channels}
    parts["balance"] = balance(definition, queues, teams or {}, figures, site_name)
    if curve:
        parts["curve"] = _curve(curve, hidden)
    parts["sources"] = _sources(figures)
    if notices := _outages(scopes, queues, figures) + _notices(definition, figures.at):
        parts["notices"] = Notices(notices=notices)
    if not definition.quiet:
        parts["advice"] = advise(
            View(
                at=figures.at,
                whole=whole,
                queues=scopes,
                channels=channels,
                configured=queues,
                sources=figures.sources,
                curve=curve,
                hide_waiting=hidden,
            )
        )
        parts["good_news"] = _good_news(whole, scopes, figures)
    return Board(id=id, at=figures.at, order=tuple(parts), parts=parts)


def _header(definition: BoardDefinition, figures: SiteFigures, site_name: str, demo: bool) -> Header:
    return Header(
        title=definition.title or site_name,
        site=site_name,
        time_zone=figures.time_zone,
        demo=demo,
        quiet=definition.quiet,
        rotate=definition.rotate,
        rotate_seconds=definition.rotate_seconds,
    )


def _notices(definition: BoardDefinition, at: datetime) -> tuple[Notice, ...]:
    """Those that stand at this instant."""
    return tuple(
        Notice(kind=notice.kind, text=notice.text)
        for notice in definition.notices
        if notice.until is None or at < notice.until
    )


def _outages(scopes: Iterable[ScopeFigures], queues: Mapping[str, Queue], figures: SiteFigures) -> tuple[Notice, ...]:
    """Those of the board's own queues."""
    mine = [scope.scope.id for scope in scopes]
    found = []
    for outage in figures.outages:
        concerned = [queue for queue in mine if not outage.queues or queue in outage.queues]
        if concerned or not outage.queues:
            labels = [queues.get(queue, Queue()).label or queue for queue in concerned]
            some = tuple(labels) if len(concerned) < len(mine) else ()
            found.append(Notice(kind="outage", text=outage.words, since=outage.began_at, queues=some))
    return tuple(found)


def _good_news(whole: ScopeFigures, scopes: Iterable[ScopeFigures], figures: SiteFigures) -> GoodNews:
    """The thanks of the board's own queues."""
    mine = {scope.scope.id for scope in scopes}
    texts = tuple(said.text for said in figures.thanks if said.queue in mine)
    return GoodNews(compliments=in_window(whole, "today").compliments, texts=texts[:TEXTS_SHOWN])


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


def _queue_row(scope: ScopeFigures, queues: Mapping[str, Queue], hide_waiting: bool) -> Row:
    queue = queues.get(scope.scope.id, Queue())
    return Row(
        kind="queue",
        id=scope.scope.id,
        label=queue.label or scope.scope.id,
        channel=queue.channel,
        line=queue.line,
        waiting=None if hide_waiting else scope.live.waiting,
        longest_wait_began_at=None if hide_waiting else _began(scope.live),
        figures=_row_figures(scope, queue.channel, queue.target),
        agents=_states(scope.live),
        stale_since=scope.live.stale_since,
    )


def _channel_row(scope: ScopeFigures, hide_waiting: bool) -> Row:
    # The label of a channel is its word: the catalogues translate it.
    return Row(
        kind="channel",
        id=scope.scope.id,
        label=scope.scope.id,
        channel=scope.scope.id,
        waiting=None if hide_waiting else scope.live.waiting,
        longest_wait_began_at=None if hide_waiting else _began(scope.live),
        figures=_row_figures(scope, scope.scope.id, None),
        agents=_states(scope.live),
        stale_since=scope.live.stale_since,
    )


def _began(live: Live) -> datetime | None:
    return live.longest_wait_began_at or live.oldest_backlog_began_at


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


def _curve(intervals: tuple[Interval, ...], hide_waiting: bool) -> Curve:
    return Curve(
        began_at=intervals[0].began_at,
        interval_seconds=INTERVAL_SECONDS,
        offered=tuple(interval.offered for interval in intervals),
        answered=tuple(interval.answered for interval in intervals),
        waiting=() if hide_waiting else tuple(round(interval.mean_on_the_line, 1) for interval in intervals),
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
