"""Passages as OpenTelemetry spans, over OTLP/HTTP. The only importer of OpenTelemetry.

A trace is one burst: `batches received`, and in it `journalled`, `applied` and `published`, each from the one before.
It says how many batches and events came and from which collectors; no attribute is a person. Spans wait in a queue of
2,048 for a thread of their own; at the bound the oldest go. A receiver that is away is said once.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import time_ns

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import Span, Tracer, set_span_in_context

from monitor import __version__
from monitor.settings import Tracing
from monitor.tracing import Passage, Point, Traces

WAITING_SPANS = 2048
UNPUBLISHED = 1_000
"""Passages that wait for a picture; at the bound the oldest ends without one."""

log = logging.getLogger(__name__)


class _Passage(Passage):
    def __init__(self, tracer: Tracer, span: Span) -> None:
        self._tracer, self._span, self._from = tracer, span, time_ns()

    def reached(self, point: Point) -> None:
        now = time_ns()
        part = self._tracer.start_span(point, context=set_span_in_context(self._span), start_time=self._from)
        part.end(now)
        self._from = now

    def ended(self) -> None:
        self._span.end()


class _Traces(Traces):
    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._unpublished: deque[Passage] = deque()

    def received(self, collectors: Iterable[str], batches: int, events: int) -> Passage:
        span = self._tracer.start_span(
            "batches received",
            attributes={
                "balans.collectors": sorted(set(collectors)),
                "balans.batches": batches,
                "balans.events": events,
            },
        )
        return _Passage(self._tracer, span)

    def applied(self, passage: Passage) -> None:
        passage.reached("applied")
        if len(self._unpublished) >= UNPUBLISHED:
            self._unpublished.popleft().ended()
        self._unpublished.append(passage)

    def published(self) -> None:
        while self._unpublished:
            passage = self._unpublished.popleft()
            passage.reached("published")
            passage.ended()


class _Exporter(OTLPSpanExporter):
    """Says once that its receiver is away, and once that it is back."""

    well = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        well = result is SpanExportResult.SUCCESS
        if self.well and not well:
            log.warning("Traces do not reach %s. Those of meanwhile are lost.", self._endpoint)
        elif well and not self.well:
            log.info("Traces reach %s again.", self._endpoint)
        self.well = well
        return result


@contextmanager
def exported(settings: Tracing) -> Iterator[Traces]:
    """Traces to `settings.endpoint`; at the end what is left is sent."""
    # What the library says at every failure is said here once.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    provider = TracerProvider(
        sampler=TraceIdRatioBased(settings.sampled_ratio),
        resource=Resource({"service.name": "balans", "service.version": __version__}),
        shutdown_on_exit=False,
    )
    exporter = _Exporter(endpoint=settings.endpoint, timeout=settings.timeout_seconds)
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=WAITING_SPANS))
    try:
        yield _Traces(provider.get_tracer("balans", __version__))
    finally:
        provider.shutdown()
