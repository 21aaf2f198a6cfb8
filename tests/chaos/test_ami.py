"""Asterisk's manager interface with known truth, and the collector's process killed with -9 in the middle of it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from monitor import events as ev
from monitor.broker import embedded_broker
from monitor.engine import Engine
from tests.chaos.centre import ROOT
from tests.collectors.ami_player import AmiPlayer, Timeline
from tests.collectors.asterisk_traffic import WRAP_UP, counts, surroundings
from tests.collectors.test_asterisk_truth import TRUTH
from tests.integration.test_bus import Listener
from tests.parts import free_port

KILLS_AT = (200.0, 450.0, 700.0)
"""In recorded seconds, of fifteen minutes. Asterisk loses the connection, and before it is made again the collector is
killed: what was known of the calls of that moment is gone, and only what the lists say comes back."""
PATIENCE_SECONDS = 240.0
CONFIGURATION = """
state_directory = "{state}"
[site]
time_zone = "UTC"
[mqtt]
embedded_port = {port}
[people]
processing = true
{queues}
[collectors.pbx]
source = "asterisk_ami"
port = {ami}
username = "{username}"
secret = "{secret}"
snapshot_seconds = 1
"""


async def test_a_collector_that_is_killed_comes_back_to_the_truth(shared_data: Path, tmp_path: Path) -> None:
    timeline = Timeline.of(shared_data / "asterisk-day" / "ami-startup")
    async with (
        embedded_broker(tmp_path, free_port()) as mqtt,
        Listener(mqtt).listening() as listener,
        AmiPlayer(timeline, cuts=KILLS_AT, shuts=True) as player,
        asyncio.timeout(PATIENCE_SECONDS),
    ):
        queues = "\n".join(f"[queues.{name}]\nwrap_up_seconds = {seconds}" for name, seconds in WRAP_UP.items())
        told = CONFIGURATION.format(
            state=tmp_path,
            port=mqtt.port,
            queues=queues,
            ami=player.port,
            username=player.username,
            secret=player.secret,
        )
        (tmp_path / "balans.toml").write_text(told)
        process = await _started(tmp_path)
        for times in range(1, len(KILLS_AT) + 1):
            await _until(lambda times=times: _losses(listener) == times, process)
            process.kill()
            await process.wait()
            process = await _started(tmp_path)
            player.lets_in.set()
        await player.finished.wait()
        await _until(lambda: _all_over(_told(listener)), process)
        process.terminate()
        await process.wait()
    _is_the_truth(_told(listener))


async def _started(folder: Path) -> asyncio.subprocess.Process:
    words = (sys.executable, "-m", "balans", "collect", "pbx", "--config", folder / "balans.toml")
    with (folder / "collector.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *words, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
        )


async def _until(true: Callable[[], bool], process: asyncio.subprocess.Process) -> None:
    while not true():
        assert process.returncode is None, "the collector ended by itself"
        await asyncio.sleep(0.05)


def _told(listener: Listener) -> list[ev.Event]:
    """Each event once."""
    found = [event for one in listener.heard if one.batch for event in one.batch.events]
    return list({(event.source, event.id): event for event in found}.values())


def _losses(listener: Listener) -> int:
    """How often the collector has said that Asterisk is lost; it says so after everything else."""
    return sum(isinstance(event, ev.SourceStatus) and event.state == "lost" for event in _told(listener))


def _engine(events: list[ev.Event]) -> Engine:
    engine = Engine(surroundings().site, surroundings().queues)
    for event in events:
        engine.apply(event)
    return engine


def _all_over(events: list[ev.Event]) -> bool:
    """Nobody waits, talks or is in wrap-up any more."""
    site = _engine(events).figures().of("site", "site")
    if site is None:
        return False
    busy = {"on_contact", "on_hold", "wrap_up"} & site.live.agents.keys()
    return not (busy or site.windows["today"].waiting)


def _is_the_truth(events: list[ev.Event]) -> None:
    engine = _engine(events)
    assert engine.figures().conservation
    visits = Counter(event.visit for event in events if isinstance(event, ev.ContactOffered))
    assert set(visits.values()) == {1}, "nobody is offered twice"
    seen = counts(events)
    for queue, truth in TRUTH.items():
        for kind in ("offered", "answered"):
            assert seen[queue][kind] == truth[kind], (queue, kind, seen, TRUTH)
