"""`/metrics` for Prometheus: every value is read from the newest figures when it is asked for.

Labels are bounded and none is a person: scope kind and id (site, line, channel, queue, team), a state, a
reason, a source, a board; of a queue its channel, line and team; of an alert its kind, severity and receiver.
Which metrics there are is the table in `web/exports.py`.
"""

from __future__ import annotations

import asyncio
import hmac
import platform
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import get_args

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from monitor import __version__
from monitor.alerts.alert import Kind as AlertKind
from monitor.errors import ConfigurationError
from monitor.feed import Feed
from monitor.figures import Durations, ScopeFigures, SiteFigures
from monitor.histogram import BOUNDS
from monitor.instants import SiteDays, to_microseconds
from monitor.settings import Queue, Settings
from monitor.small_groups import too_small
from web.answers import problem
from web.exports import EXPORTS, HEALTH, QUEUE_OPEN, QUEUES, SCOPE_KINDS, SCOPE_LABELS, Export, Kind, Reading
from web.hub import Hub

NO_TOKEN = "Metrics are for who shows the token: Authorization: Bearer."
_REASON = re.compile(r"[a-z_]{1,40}")


class FiguresCollector(Collector):
    """Reads the feed and the hub at each scrape."""

    def __init__(self, settings: Settings, feed: Feed, hub: Hub, clock: Callable[[], datetime]) -> None:
        self._queues, self._alerts = settings.queues, settings.alerts
        self._days = SiteDays(settings.site.time_zone)
        self._feed = feed
        self._hub = hub
        self._clock = clock
        self._day: date | None = None
        # A correction may lower a count; Prometheus would take that for a restart and add the whole count
        # again. The highest value of the day is kept instead: one number a series.
        self._highest: dict[tuple[str, ...], float] = {}

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not read the figures."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All metrics, from one picture of the figures."""
        figures = self._feed.latest
        yield from self._of_balans(figures)
        if figures is None:
            return
        if figures.day != self._day:
            self._day = figures.day
            self._highest.clear()
        scopes = [scope for scope in figures.scopes if scope.scope.kind in SCOPE_KINDS]
        small = too_small(scopes)
        large = [scope for index, scope in enumerate(scopes) if index not in small]
        for export in EXPORTS:
            yield self._exported(export, large if export.personal else scopes)
        yield from self._of_queues([scope.scope.id for scope in scopes if scope.scope.kind == "queue"], figures.at)

    def _exported(self, export: Export, scopes: Iterable[ScopeFigures]) -> Metric:
        family = _family(export.name, export.kind, export.labels, export.help)
        for scope in scopes:
            for extra, reading in export.read(scope):
                values = (scope.scope.kind, scope.scope.id, *((extra,) if export.label else ()))
                self._add(family, values, reading)
        return family

    def _add(self, family: Metric, values: tuple[str, ...], reading: Reading) -> None:
        if isinstance(reading, Durations):
            count = self._rising((family.name, "count", *values), reading.n)
            total = self._rising((family.name, "sum", *values), (reading.mean or 0.0) * reading.n)
            if isinstance(family, HistogramMetricFamily):
                counts = reading.up_to or (0,) * len(BOUNDS)
                known = [(str(float(bound)), n) for bound, n in zip(BOUNDS, counts, strict=True)]
                rising = [(bound, self._rising((family.name, bound, *values), n)) for bound, n in known]
                family.add_metric(values, [*rising, ("+Inf", count)], total)
            else:
                assert isinstance(family, SummaryMetricFamily)
                family.add_metric(values, int(count), total)
        elif reading is not None and isinstance(family, CounterMetricFamily):
            family.add_metric(values, self._rising((family.name, *values), reading))
        elif reading is not None:
            assert isinstance(family, GaugeMetricFamily)
            family.add_metric(values, reading)

    def _rising(self, series: tuple[str, ...], value: float) -> float:
        highest = max(value, self._highest.get(series, 0.0))
        self._highest[series] = highest
        return highest

    def _of_queues(self, ids: Iterable[str], at: datetime) -> Iterator[Metric]:
        """How each queue that there is is measured, and whether it is open."""
        queues = [(id, self._queues.get(id, Queue())) for id in ids]
        for name, (help, more, read) in QUEUES.items():
            family = _family(name, "gauge", (*SCOPE_LABELS, *more), help)
            for id, queue in queues:
                self._add(family, ("queue", id, *(str(getattr(queue, field)) for field in more)), read(queue))
            yield family
        name, help = QUEUE_OPEN
        family, now = _family(name, "gauge", SCOPE_LABELS, help), to_microseconds(at)
        for id, queue in queues:
            self._add(family, ("queue", id), int(self._days.is_open(queue.opening_hours, now)))
        yield family

    def _of_balans(self, figures: SiteFigures | None) -> Iterator[Metric]:
        """How Balans itself is."""
        readings = self._hub_readings() | (self._pipeline_readings(figures) if figures else {})
        for name, samples in readings.items():
            kind, labels, help = HEALTH[name]
            family = _family("build_info" if name == "build" else name, kind, labels, help)
            for values, value in samples:
                self._add(family, values, value)
            yield family

    def _hub_readings(self) -> dict[str, list[tuple[tuple[str, ...], float]]]:
        counts = self._hub.counts
        return {
            "build": [((__version__, platform.python_version()), 1)],
            "viewers": [((board,), viewers) for board, viewers in self._hub.viewers().items()],
            "boards_computed": [((), counts.computed)],
            "board_messages_encoded": [((), counts.encoded)],
            "viewers_overtaken": [((), counts.overtaken)],
            "viewers_resynchronised": [((), counts.resynchronised)],
            "viewers_refused": [((), counts.refused)],
        }

    def _pipeline_readings(self, figures: SiteFigures) -> dict[str, list[tuple[tuple[str, ...], float]]]:
        pipeline = figures.pipeline
        heard = [source for source in figures.sources if source.last_heard_at is not None]
        return {
            "figures_timestamp_seconds": [((), figures.at.timestamp())],
            "figures_age_seconds": [((), (self._clock() - figures.at).total_seconds())],
            "conservation": [((), int(figures.conservation))],
            "source_up": [((source.source,), int(source.state == "up")) for source in figures.sources],
            "source_last_heard_timestamp_seconds": [
                ((source.source,), source.last_heard_at.timestamp()) for source in heard if source.last_heard_at
            ],
            "source_events": [((source.source,), source.events) for source in figures.sources],
            "events_read": [((), pipeline.read)],
            "events_applied": [((), pipeline.applied)],
            # Reasons are words of the program; anything else is not made a label.
            "events_rejected": [
                ((reason,), count) for reason, count in pipeline.rejected.items() if _REASON.fullmatch(reason)
            ],
            "events_late": [((), pipeline.late)],
            "events_out_of_order": [((), pipeline.out_of_order)],
            "events_reconciled": [((), pipeline.reconciled)],
            "events_behind_seconds": [((), pipeline.behind_seconds)],
            "figures_behind_seconds": [((), pipeline.lag_seconds)],
            "events_waiting": [((), pipeline.waiting)],
            "journal_delay_seconds": [((), pipeline.journal_seconds)],
            **self._alert_readings(figures),
        }

    def _alert_readings(self, figures: SiteFigures) -> dict[str, list[tuple[tuple[str, ...], float]]]:
        standing = Counter(alert.kind for alert in figures.alerts)
        return {
            "alerts": [((kind, self._alerts.of(kind).severity), standing[kind]) for kind in get_args(AlertKind)],
            "alert_deliveries": [
                ((each.receiver, outcome), getattr(each, outcome))
                for each in figures.deliveries
                for outcome in ("delivered", "failed", "dropped")
            ],
            "alert_deliveries_waiting": [((each.receiver,), each.waiting) for each in figures.deliveries],
        }


def metrics_router(settings: Settings, feed: Feed, hub: Hub, clock: Callable[[], datetime]) -> APIRouter:
    """The address that Prometheus scrapes, in its text format or OpenMetrics as it asks."""
    router = APIRouter(tags=["health"])
    registry = CollectorRegistry()
    registry.register(FiguresCollector(settings, feed, hub, clock))
    ProcessCollector(registry=registry)
    one_at_a_time = asyncio.Lock()
    token = _token(settings)

    @router.get("/metrics", summary="Metrics for Prometheus", response_class=Response)
    async def metrics(request: Request) -> Response:
        """Figures per scope as counters of today and gauges of now; see docs/metrics.md. With
        `web.metrics_token_file` it wants that token as `Authorization: Bearer`."""
        shown = request.headers.get("authorization", "").encode()
        if token is not None and not hmac.compare_digest(shown, f"Bearer {token}".encode()):
            return problem(NO_TOKEN, 401, {"www-authenticate": "Bearer"})
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        async with one_at_a_time:
            # A thousand queues are some fifty thousand lines: viewers must not wait for them.
            text = await asyncio.to_thread(encode, registry)
        return Response(text, headers={"content-type": content_type, "cache-control": "no-store"})

    return router


def _token(settings: Settings) -> str | None:
    """What Prometheus has to show. Raises ConfigurationError."""
    file = settings.web.metrics_token_file
    if file is None:
        return None
    try:
        token = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"web.metrics_token_file: cannot read {file}: {error.strerror}.") from error
    if not token:
        raise ConfigurationError(f"web.metrics_token_file: {file} is empty.")
    return token


def _family(name: str, kind: Kind, labels: tuple[str, ...], help: str) -> Metric:
    make = {
        "gauge": GaugeMetricFamily,
        "counter": CounterMetricFamily,
        "summary": SummaryMetricFamily,
        "histogram": HistogramMetricFamily,
    }[kind]
    family: Metric = make(f"balans_{name}", help, labels=labels)
    return family
