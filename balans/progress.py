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
        self._shown = self._reading = False
        self._step = self._bar.add_task("", total=None)

    def __enter__(self) -> LateProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def read(self, done: int, total: int) -> None:
        """So many bytes of a recording are read."""
        self._reading = done < total
        self._say("Reading", done, total)

    def counted(self, items: Iterable[T]) -> Iterator[T]:
        """The items as they pass, counted once the reading is over."""
        for number, item in enumerate(items):
            if number % LOOK_EVERY == 0 and not self._reading:
                self._say(f"Measuring, {number:,} events", 0, None)
            yield item

    def _say(self, what: str, done: int, total: int | None) -> None:
        if not self._shown and time.monotonic() - self._since > PATIENCE_SECONDS:
            self._shown = True
            self._bar.start()
        self._bar.update(self._step, description=what, completed=done, total=total)
