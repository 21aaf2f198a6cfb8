"""A task that is to end does end, whatever the broker does in that instant."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from monitor.broker import embedded_broker
from monitor.bus import connected


@pytest.mark.parametrize("turns", range(0, 40, 4))
async def test_a_cancellation_while_the_broker_answers_is_heeded(
    tmp_path: Path, turns: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Cancelled after so many turns of the loop: before, while and after the connection is confirmed."""

    async def keep_connecting() -> None:
        while True:
            async with connected(mqtt, identifier="balans-ending"):
                pass

    async with embedded_broker(tmp_path) as mqtt:
        task = asyncio.get_running_loop().create_task(keep_connecting(), name="connecting")
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=30)
        assert task in done
        assert task.cancelled()
    assert "Traceback" not in caplog.text
