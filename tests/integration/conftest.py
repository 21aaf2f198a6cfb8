"""What the integration tests share: either broker, started and stopped by the test itself."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from monitor.broker import embedded_broker
from monitor.journal import Journal, journal_url, opened_journal
from monitor.settings import Mqtt
from tests.parts import running_mosquitto

RunningBroker = Callable[..., AbstractAsyncContextManager[Mqtt]]
"""Called with a port (0: any): a broker for the length of a body, with what it kept from the last time."""


@pytest.fixture(params=[embedded_broker, running_mosquitto], ids=["nats-server", "mosquitto"])
def running_broker(request: pytest.FixtureRequest, tmp_path: Path) -> RunningBroker:
    return partial(request.param, tmp_path)


@asynccontextmanager
async def a_journal() -> AsyncIterator[Journal]:
    """An empty one, in a directory that goes with it."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened_journal(journal_url(None, Path(folder))) as journal:
            yield journal
