"""Notices of alerts to webhooks: signed over timestamp and body like the events that Balans takes in, tried again with
jittered back-off, each receiver by itself, so that a slow one delays nobody.

A receiver's queue holds at most WAITING notices; at the bound the oldest goes, and is counted. A notice is tried for
GIVE_UP_SECONDS; a refusal (4xx, but not 408, 425 and 429) is not tried again. What waits when the monitor stops is
gone: the alerts themselves stand on.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx
import msgspec

from monitor.alerts.alert import Delivery, Notice
from monitor.alerts.settings import Webhook
from monitor.tasks import task_group

WAITING = 200
TIMEOUT_SECONDS = 10.0
WAITS_SECONDS = (1.0, 60.0)
"""The first and the longest wait before another attempt."""
GIVE_UP_SECONDS = 3600.0
ATTEMPT_AGAIN = frozenset({408, 425, 429})

log = logging.getLogger(__name__)


def signed(secret: bytes, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of a request: `X-Balans-Signature` is `sha256=` and the hexadecimal HMAC-SHA256 of the timestamp
    (seconds since 1970), a full stop and the body."""
    timestamp = str(int(at.timestamp()))
    signature = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "x-balans-timestamp": timestamp,
        "x-balans-signature": f"sha256={signature}",
    }


@dataclass(slots=True)
class _Receiver:
    name: str
    url: str
    secret: bytes
    waiting: deque[Notice] = field(default_factory=deque)
    some: asyncio.Event = field(default_factory=asyncio.Event)
    delivered: int = 0
    failed: int = 0
    dropped: int = 0


class Deliveries:
    """All webhooks. Raises ConfigurationError for a secret that cannot be used."""

    def __init__(
        self,
        webhooks: Mapping[str, Webhook],
        clock: Callable[[], datetime],
        *,
        waits: tuple[float, float] = WAITS_SECONDS,
        give_up_seconds: float = GIVE_UP_SECONDS,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._receivers = [_Receiver(name, hook.url, hook.secret()) for name, hook in webhooks.items()]
        self._clock, self._waits = clock, waits
        self._give_up_seconds, self._timeout_seconds = give_up_seconds, timeout_seconds

    def tell(self, notice: Notice) -> None:
        """Take a notice for every receiver; returns at once."""
        for receiver in self._receivers:
            if len(receiver.waiting) >= WAITING:
                receiver.waiting.popleft()
                receiver.dropped += 1
            receiver.waiting.append(notice)
            receiver.some.set()

    def counted(self) -> tuple[Delivery, ...]:
        """How each receiver fares."""
        return tuple(
            Delivery(
                receiver=each.name,
                delivered=each.delivered,
                failed=each.failed,
                dropped=each.dropped,
                waiting=len(each.waiting),
            )
            for each in self._receivers
        )

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with (
            httpx.AsyncClient(timeout=self._timeout_seconds, follow_redirects=False) as client,
            task_group() as group,
        ):
            for receiver in self._receivers:
                group.create_task(self._serve(client, receiver), name=f"webhook {receiver.name}")

    async def _serve(self, client: httpx.AsyncClient, receiver: _Receiver) -> None:
        well = True
        while True:
            while receiver.waiting:
                notice = receiver.waiting.popleft()
                well = await self._deliver(client, receiver, notice, well)
            receiver.some.clear()
            await receiver.some.wait()

    async def _deliver(self, client: httpx.AsyncClient, receiver: _Receiver, notice: Notice, well: bool) -> bool:
        """Until it is delivered or given up; whether the receiver is well. A log line for a loss and for a return."""
        body, loop = msgspec.json.encode(notice), asyncio.get_running_loop()
        began, attempts = loop.time(), 0
        while True:
            failure, final = await self._attempt(client, receiver, body)
            if failure is None:
                receiver.delivered += 1
                if not well:
                    log.info("Webhook %s: it answers again.", receiver.name)
                return True
            receiver.failed += 1
            if well:
                log.warning("Webhook %s: %s.", receiver.name, failure)
            well = False
            ceiling = min(self._waits[1], self._waits[0] * 2 ** min(attempts, 16))
            if final or loop.time() - began + ceiling > self._give_up_seconds:
                receiver.dropped += 1
                return False
            attempts += 1
            await asyncio.sleep(random.uniform(ceiling / 2, ceiling))

    async def _attempt(self, client: httpx.AsyncClient, receiver: _Receiver, body: bytes) -> tuple[str | None, bool]:
        """What went wrong, if anything, and whether trying again is in vain. The answer's body is not read."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                headers = signed(receiver.secret, body, self._clock())
                async with client.stream("POST", receiver.url, content=body, headers=headers) as answer:
                    status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return f"no answer ({type(error).__name__})", isinstance(
                error, httpx.UnsupportedProtocol | httpx.InvalidURL
            )
        if answer.is_success:
            return None, False
        return f"it answers {status}", answer.is_client_error and status not in ATTEMPT_AGAIN
