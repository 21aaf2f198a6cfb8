"""What really happens: contacts at two sources, a webhook's sender and a queue_log that grows; and their outcomes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from collectors.webhook import sign

SECRET = "a secret of the chaos suite"
HOOKS, TELEPHONE = "hooks", "telephone"
"""The collectors, and the sources of their events."""
QUEUE_OF = {HOOKS: "sales", TELEPHONE: "support"}
CONTACTS_OF = {HOOKS: 360, TELEPHONE: 12}
"""New ones in a round, which is one request and one look at the file."""
PATIENCE_SECONDS = 180.0
OUTCOMES = ("answered",) * 6 + ("abandoned", "abandoned", "timeout", "answered")
LINES = {
    "answered": ("CONNECT|{waited}|leg|1", "COMPLETECALLER|{waited}|0|1"),
    "abandoned": ("ABANDON|1|1|{waited}",),
    "timeout": ("EXITWITHTIMEOUT|1|1|{waited}",),
}


@dataclass
class Truth:
    """What was told and taken in, by source. `events` counts by (source, type)."""

    offered: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, source: str, offered: range, gone: range) -> None:
        """One round: new contacts, and the end of those of the round before."""
        told = Counter(outcome(number) for number in gone)
        self.offered[source] += len(offered)
        self.outcomes.update({(source, word): count for word, count in told.items()})
        left = told["abandoned"] + told["timeout"]
        kinds = {"offered": len(offered), "answered": told["answered"], "ended": told["answered"], "left": left}
        if source == TELEPHONE:
            kinds["wrapped_up"] = told["answered"]
        self.events.update({(source, f"contact.{kind}"): count for kind, count in kinds.items()})


def outcome(number: int) -> str:
    """What becomes of a contact."""
    return OUTCOMES[number % len(OUTCOMES)]


class Sources:
    """Both of them. Everybody who calls in one round is helped, gives up or is sent away in the next."""

    def __init__(self, address: str, log: Path, clock: Callable[[], datetime]) -> None:
        self.truth = Truth()
        self._address, self._log, self._clock = address, log, clock
        self._last: dict[str, tuple[range, datetime]] = {source: (range(0), clock()) for source in (HOOKS, TELEPHONE)}

    async def one_round(self, client: httpx.AsyncClient, *, last: bool = False) -> None:
        """The next: returns when the webhook has taken it in. `last`: nobody new calls."""
        for source in (TELEPHONE, HOOKS):
            gone, began_at = self._last[source]
            offered = range(gone.stop, gone.stop + (0 if last else CONTACTS_OF[source]))
            now = self._clock()
            if source == TELEPHONE:
                await asyncio.to_thread(self._write, offered, gone, began_at, now)
            else:
                await self._post(client, [*_events(offered, gone, now.isoformat())])
            self._last[source] = (offered, now)
            self.truth.count(source, offered, gone)

    def _write(self, offered: range, gone: range, began_at: datetime, now: datetime) -> None:
        at = int(now.timestamp())
        waited = max(1, at - int(began_at.timestamp()))  # Who waits for no time at all counts as a short abandon.
        queue = QUEUE_OF[TELEPHONE]
        lines = [f"{at}|1.{number}|{queue}|NONE|ENTERQUEUE||0201234567|1\n" for number in offered]
        for number in gone:
            agent = "Agent" if outcome(number) == "answered" else "NONE"
            told = (line.format(waited=waited) for line in LINES[outcome(number)])
            lines += [f"{at}|1.{number}|{queue}|{agent}|{line}\n" for line in told]
        with self._log.open("a") as file:
            file.writelines(lines)

    async def _post(self, client: httpx.AsyncClient, events: list[dict[str, Any]]) -> None:
        """Until it is taken in, as a sender does."""
        body = json.dumps(events).encode()
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE_SECONDS:
            stamp = str(int(self._clock().timestamp()))
            headers = {
                "X-Balans-Timestamp": stamp,
                "X-Balans-Signature": sign(SECRET.encode(), stamp, body),
                "Content-Type": "application/json",
            }
            with contextlib.suppress(httpx.TransportError):
                answer = await client.post(self._address, content=body, headers=headers)
                if answer.is_success:
                    assert answer.json()["refused"] == 0, answer.text
                    return
                if "taken in already" in answer.text:
                    return
            await asyncio.sleep(0.05)
        raise TimeoutError(f"The webhook took nothing in for {PATIENCE_SECONDS:.0f} s.")


def _events(offered: range, gone: range, at: str) -> Iterator[dict[str, Any]]:
    queue = QUEUE_OF[HOOKS]
    for number in gone:
        of = {"at": at, "contact": f"c{number}"}
        word = outcome(number)
        if word == "answered":
            yield {"type": "contact.answered", "id": f"a{number}", "queue": queue, **of}
            yield {"type": "contact.ended", "id": f"e{number}", **of}
        else:
            yield {"type": "contact.left", "id": f"l{number}", "queue": queue, "reason": word, **of}
    for number in offered:
        yield {"type": "contact.offered", "id": f"o{number}", "queue": queue, "at": at, "contact": f"c{number}"}
