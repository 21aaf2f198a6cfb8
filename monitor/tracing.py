"""Traces of what comes in: each burst of batches from its receipt to the picture that shows it, to any OpenTelemetry
receiver over OTLP/HTTP. Off unless `[tracing]` names one; then nothing is imported and a call does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal

from monitor.errors import PartMissing
from monitor.settings import Tracing

Point = Literal["journalled", "applied", "published"]


class Passage:
    """One burst on its way; this one leaves no trace."""

    def reached(self, point: Point) -> None:
        """It has come so far."""

    def ended(self) -> None:
        """It goes no further."""


UNTRACED = Passage()


class Traces:
    """Where passages begin; these leave no trace."""

    def received(self, collectors: Iterable[str], batches: int, events: int) -> Passage:
        """A burst came in."""
        return UNTRACED

    def applied(self, passage: Passage) -> None:
        """The next picture shows it."""

    def published(self) -> None:
        """A picture shows all that was applied."""


@contextmanager
def traces(settings: Tracing) -> Iterator[Traces]:
    """As configured; what is left is sent at the end. Raises PartMissing without the extra `tracing`."""
    if settings.endpoint is None:
        yield Traces()
        return
    try:
        from monitor.otlp import exported
    except ImportError as error:
        raise PartMissing("tracing.endpoint needs OpenTelemetry: pip install 'balans[tracing]'.") from error
    with exported(settings) as traced:
        yield traced
