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
        self._bytes = self._bar.add_task("Reading", visible=False)
        self._events = self._bar.add_task("Measuring", total=None, visible=False)

    def __enter__(self) -> LateProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def read(self, done: int, total: int) -> None:
        """So many bytes of a recording are read."""
        self._reading = done < total
        self._bar.update(self._bytes, completed=done, total=total, visible=self._reading)
        self._show_when_late()

    def copied(self, what: str, done: int, total: int) -> None:
        """So many rows of a table are copied."""
        self._bar.update(self._bytes, description=f"Copying {what}", completed=done, total=total, visible=True)
        self._show_when_late()

    def counted(self, items: Iterable[T]) -> Iterator[T]:
        """The items as they pass, counted once the reading is over: nobody knows how many there will be."""
        for number, item in enumerate(items):
            if number % LOOK_EVERY == 0 and not self._reading:
                self._bar.update(self._events, description=f"Measuring, {number:,} events", visible=True)
                self._show_when_late()
            yield item

    def _show_when_late(self) -> None:
        if not self._shown and time.monotonic() - self._since > PATIENCE_SECONDS:
            self._shown = True
            self._bar.start()
