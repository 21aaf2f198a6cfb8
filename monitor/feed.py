"""The newest figures, handed from the monitor to whoever shows them: latest wins, nobody waits for anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from monitor.figures import SiteFigures


class Feed:
    """Holds one picture of the figures. A slow reader skips pictures; bound: one."""

    def __init__(self) -> None:
        self.latest: SiteFigures | None = None
        self._changed = asyncio.Condition()
        self._number = 0

    async def publish(self, figures: SiteFigures) -> None:
        """Make these the newest."""
        async with self._changed:
            self.latest = figures
            self._number += 1
            self._changed.notify_all()

    async def pictures(self) -> AsyncIterator[SiteFigures]:
        """The newest picture, then each newer one that is there when the reader asks."""
        seen = 0
        while True:
            async with self._changed:
                while self._number == seen:
                    await self._changed.wait()
                seen, figures = self._number, self.latest
            assert figures is not None
            yield figures
