"""A collector that is killed: what Asterisk will not say again is told by the next one, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from collectors.asterisk_ami import AsteriskAmi
from monitor import events as ev
from monitor.engine import Engine
from tests.collectors.ami_player import AmiPlayer, Timeline
from tests.collectors.asterisk_traffic import WRAP_UP, message, surroundings
from tests.collectors.test_asterisk_collector import BOOTED, Box, join, settings

QUEUE = "techniek"
OF = {"Queue": QUEUE, "Uniqueid": "1.1", "Linkedid": "1.1"}
AGENT = {"MemberName": "Noor Smit", "Interface": "Local/10@a/n", "DestUniqueid": "1.2", "HoldTime": 3}
CONVERSATION = (
    join("1.1")
    + message("QueueCallerLeave", **OF)
    + message("AgentConnect", **OF, **AGENT)
    + message("AgentComplete", **OF, **AGENT, TalkTime=7, Reason="agent")
)


async def lived(folder: Path, clock: datetime, last: type[ev.Event], *played: bytes) -> Box:
    """One process of the collector, which is gone as soon as it has told of `last`; what it told."""
    box = Box()
    around = replace(surroundings(), state_directory=folder, clock=lambda: clock)
    async with AmiPlayer(Timeline.of_messages(*played)) as player:
        task = asyncio.create_task(AsteriskAmi("pbx", settings(player), around).run(box))
        await box.until(lambda: bool(box.of(last)))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return box


async def test_the_end_of_a_wrap_up_outlives_the_collector(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    first = await lived(tmp_path, now, ev.ContactEnded, BOOTED, CONVERSATION)
    assert not first.of(ev.ContactWrappedUp)
    second = await lived(tmp_path, now + timedelta(seconds=WRAP_UP[QUEUE] + 1), ev.ContactWrappedUp, BOOTED)
    (over,) = second.of(ev.ContactWrappedUp)
    assert over.wrap_up_seconds == WRAP_UP[QUEUE]
    engine = Engine(surroundings().site, surroundings().queues)
    for event in [*first.events, *second.events]:
        engine.apply(event)
    site = engine.figures().of("site", "site")
    assert site is not None
    assert site.windows["today"].handled == 1
    assert "wrap_up" not in site.live.agents


async def test_told_twice_is_known_by_its_id(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    await lived(tmp_path, now, ev.ContactEnded, BOOTED, CONVERSATION)
    later = now + timedelta(seconds=WRAP_UP[QUEUE] + 1)
    once, again = [(await lived(tmp_path, later, ev.ContactWrappedUp, BOOTED)).of(ev.ContactWrappedUp) for _ in "ab"]
    assert once == again


async def test_a_damaged_file_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "pbx.owed").write_text("[{")
    await lived(tmp_path, datetime.now(UTC), ev.ContactEnded, BOOTED, CONVERSATION)
    assert "cannot be read" in caplog.text
