"""A progress bar on standard error, for what turns out to take longer than two seconds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

T = TypeVar("T")

PATIENCE_SECONDS = 2.0
LOOK_EVERY = 1000
"""Items between two looks at the clock."""


class LateProgress:
    """Silent for two seconds, then a bar with what is left. Silent for ever where nobody watches a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        console = Console(stderr=True) if console is None else console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._since = time.monotonic()
        self._shown = False
        self._step = self._bar.add_task("", total=None)

    def __enter__(self) -> LateProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def of(self, what: str, done: int, total: int | None = None) -> None:
        """Say how far `what` is."""
        if not self._shown and time.monotonic() - self._since > PATIENCE_SECONDS:
            self._shown = True
            self._bar.start()
        self._bar.update(self._step, description=what, completed=done, total=total)

    def counted(self, what: str, items: Iterable[T]) -> Iterator[T]:
        """The items, counted on the bar as they pass."""
        for number, item in enumerate(items):
            if number % LOOK_EVERY == 0:
                self.of(f"{what} ({number:,})", 0)
            yield item
