"""The live collector against a server that plays recorded bytes: log-in, boot race, loss and return, silence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from collectors.asterisk_ami import AsteriskAmi, Settings, check
from collectors.source import supervise
from monitor import events as ev
from monitor.errors import AskAPerson, ConfigurationError, CredentialsRefused, PeerUnreachable
from tests.collectors.ami_player import AmiPlayer, Timeline
from tests.collectors.asterisk_traffic import agent, counts, message, surroundings
from tests.collectors.test_asterisk_truth import TRUTH, without

PATIENCE = 120


class Box:
    """An outlet that keeps everything and wakes who waits for something."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self._more = asyncio.Condition()

    async def put(self, events: Sequence[ev.Event]) -> None:
        async with self._more:
            self.events += events
            self._more.notify_all()

    async def put_safely(self, events: Sequence[ev.Event]) -> None:
        await self.put(events)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self._more:
            await self._more.wait_for(true)

    def of(self, *kinds: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kinds)]

    @property
    def states(self) -> list[str]:
        """The states of the source, each change once."""
        states = [event.state for event in self.of(ev.SourceStatus)]
        return [state for before, state in zip(["", *states], states, strict=False) if state != before]


def settings(player: AmiPlayer, **others: Any) -> Settings:
    return Settings(port=player.port, username=player.username, secret=player.secret, **others)


@asynccontextmanager
async def collecting(player: AmiPlayer, box: Box, **others: Any) -> AsyncIterator[asyncio.Task[None]]:
    """The collector at work, until the end of the block."""
    collector = AsteriskAmi("pbx", settings(player, **others), surroundings())
    task = asyncio.create_task(collector.run(box), name="collector")
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def join(uniqueid: str, queue: str = "techniek") -> bytes:
    caller = {"Uniqueid": uniqueid, "Linkedid": uniqueid, "Channel": "x", "CallerIDNum": "0612345678"}
    return message("Newchannel", **caller) + message("QueueCallerJoin", Queue=queue, **caller)


BOOTED = message("FullyBooted", Uptime=0) + message("QueueParams", Queue="techniek", ActionID="r")


async def test_the_recorded_day_through_tcp_gives_the_truth(shared_data: Path) -> None:
    timeline = Timeline.of(shared_data / "asterisk-day" / "ami-startup")
    assert len(timeline.segments) > 10_000
    box = Box()
    async with AmiPlayer(timeline) as player, collecting(player, box, snapshot_seconds=0.2):
        await asyncio.wait_for(player.finished.wait(), PATIENCE)
        # The last wrap-up lasts as long as the clock on the wall says.
        await box.until(lambda: len(box.of(ev.ContactWrappedUp)) == 403)
    assert without(("held", "resumed", "before_queue"), counts(box.events)) == TRUTH
    assert box.states == ["up"]
    assert len([request for request in player.asked if request["Action"] == "QueueStatus"]) > 1


async def test_a_cut_in_the_middle_is_survived_and_reconciled(shared_data: Path) -> None:
    timeline = Timeline.of(shared_data / "asterisk-day" / "ami-startup")
    box = Box()
    async with AmiPlayer(timeline, cuts=(300, 600), away=5) as player, collecting(player, box):
        await asyncio.wait_for(player.finished.wait(), PATIENCE)
        await box.until(lambda: box.states == ["up", "lost", "up", "lost", "up"])
        await box.until(lambda: len(box.of(ev.ContactWrappedUp)) >= len(box.of(ev.ContactEnded)))
    assert player.connections == 3
    for queue, of in counts(box.events).items():
        # Ten seconds of fifteen minutes were not seen; what began and ended in them is lost, the rest is not.
        assert TRUTH[queue]["offered"] - 10 <= of["offered"] <= TRUTH[queue]["offered"]
        assert TRUTH[queue]["answered"] - 10 <= of["answered"] <= TRUTH[queue]["answered"]
    visits = {event.visit for event in box.of(ev.ContactOffered)}
    over = {event.visit for event in box.of(ev.ContactLeft, ev.ContactEnded)}
    assert len(visits - over) <= 12
    last = {snapshot.queue: snapshot for snapshot in box.of(ev.QueueSnapshot)}
    assert all(not snapshot.waiting and not snapshot.serving for snapshot in last.values())


async def test_refused_credentials_end_the_collector_with_one_sentence() -> None:
    box = Box()
    async with AmiPlayer(Timeline(())) as player:
        collector = AsteriskAmi("pbx", Settings(port=player.port, username="monitor", secret="wrong"), surroundings())
        with pytest.raises(CredentialsRefused, match="refuses this username"):
            await asyncio.wait_for(collector.run(box), PATIENCE)
    assert isinstance(CredentialsRefused("x"), AskAPerson)
    assert box.states == ["lost"]


async def test_log_ins_refused_while_booting_are_tried_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.asterisk_ami.watch.BOOT_SECONDS", 0.01)
    caplog.set_level(logging.INFO, "collectors.source")
    box = Box()
    async with AmiPlayer(Timeline.of_messages(BOOTED), booting=2) as player, collecting(player, box):
        await box.until(lambda: "up" in box.states)
    assert player.connections == 3
    assert box.states == ["lost", "up"]
    lines = [record.levelname for record in caplog.records if record.name == "collectors.source"]
    assert lines == ["WARNING", "INFO"]


async def test_the_lists_are_asked_for_again_while_they_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.asterisk_ami.watch.RETRY_SECONDS", 0.01)
    box = Box()
    async with AmiPlayer(Timeline.of_messages(BOOTED), lists=False) as player, collecting(player, box) as task:
        while sum(request["Action"] == "QueueStatus" for request in player.asked) < 3:
            assert not task.done()
            await asyncio.wait({task}, timeout=0.01)
    assert sum(request["Action"] == "CoreShowChannels" for request in player.asked) == 1


async def test_without_fullybooted_the_lists_are_asked_for_anyway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("collectors.asterisk_ami.watch.BOOT_SECONDS", 0.01)
    box = Box()
    async with (
        AmiPlayer(Timeline.of_messages(message("QueueParams", Queue="techniek", ActionID="r"), join("1.1"))) as player,
        collecting(player, box),
    ):
        await box.until(lambda: bool(box.of(ev.QueueSnapshot)))
    assert box.states == ["up"]


async def test_a_peer_that_falls_silent_is_lost_and_found() -> None:
    box = Box()
    timeline = Timeline.of_messages(BOOTED, join("1.1"), join("2.1"), every=1)
    async with (
        AmiPlayer(timeline, silent_after=1.5) as player,
        collecting(player, box, ping_seconds=0.05, ping_timeout_seconds=0.1),
    ):
        await box.until(lambda: box.states[-1:] == ["lost"])
    assert [event.contact for event in box.of(ev.ContactOffered)] == ["pbx:1.1"]


async def test_a_ping_that_is_answered_keeps_the_source_alive() -> None:
    box = Box()
    async with AmiPlayer(Timeline.of_messages(BOOTED)) as player, collecting(player, box, ping_seconds=0.05):
        await box.until(lambda: len(box.of(ev.SourceStatus)) > 3)
    assert box.states == ["up"]
    assert box.of(ev.SourceStatus)[-1].heartbeat_seconds == 2 * (0.05 + 5)


async def test_who_waited_before_the_loss_and_still_waits_is_one_visit() -> None:
    box = Box()
    member = message(
        "QueueMemberAdded", Queue="techniek", MemberName="Noor Smit", Interface="Local/10@a/n", Status=1, Paused=0
    )
    timeline = Timeline.of_messages(BOOTED, member, join("1.1"), join("2.1"), every=1)
    async with AmiPlayer(timeline, cuts=(2.5,)) as player, collecting(player, box):
        await box.until(lambda: bool(box.of(ev.QueueSnapshot)) and len(box.of(ev.QueueSnapshot)[-1].waiting) == 2)
    assert [event.contact for event in box.of(ev.ContactOffered)] == ["pbx:1.1", "pbx:2.1"]
    assert {event.agent for event in box.of(ev.AgentStateChanged)} == {agent("Noor Smit")}
    assert not box.of(ev.ContactLeft)


async def test_something_else_on_the_port_is_said_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        with suppress(OSError):
            await writer.drain()
        writer.close()

    box = Box()
    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        elsewhere = Settings(port=server.sockets[0].getsockname()[1], secret="x")
        task = asyncio.create_task(AsteriskAmi("pbx", elsewhere, surroundings()).run(box))
        await box.until(lambda: box.states == ["lost"])
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert "not as an Asterisk manager interface" in caplog.text


async def test_check_tells_what_is_there(shared_data: Path) -> None:
    timeline = Timeline.of(shared_data / "asterisk-day" / "ami-startup")
    async with AmiPlayer(Timeline(timeline.segments[:400])) as player:
        told = await check(settings(player))
        assert told.startswith("Asterisk Call Manager/11.0.0: ")
        assert told.endswith(" members")
        with pytest.raises(CredentialsRefused):
            await check(Settings(port=player.port, secret="wrong"))
    with pytest.raises(PeerUnreachable):
        await check(settings(player))


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"collectors\.pbx\.secret is missing"):
        AsteriskAmi("pbx", Settings(), surroundings())


def test_a_secret_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("throwaway\n", encoding="utf-8")
    AsteriskAmi("pbx", Settings(secret_file=tmp_path / "secret"), surroundings())
    with pytest.raises(ConfigurationError, match="secret_file"):
        AsteriskAmi("pbx", Settings(secret_file=tmp_path / "none"), surroundings())


class TestSupervise:
    """Attempts, waits and log lines, without a clock."""

    async def run(self, *attempts: str) -> list[float]:
        """`lost`: fails at once; `there`: was there, then lost; ends by CredentialsRefused."""
        waits: list[float] = []
        turns = iter(attempts)

        async def attempt(there: Callable[[], None]) -> None:
            turn = next(turns, "refused")
            if turn == "refused":
                raise CredentialsRefused("No.")
            if turn == "there":
                there()
            raise PeerUnreachable("Gone.")

        async def sleep(seconds: float) -> None:
            waits.append(seconds)

        with pytest.raises(CredentialsRefused):
            await supervise(
                "pbx",
                attempt,
                first_seconds=1,
                longest_seconds=5,
                sleep=sleep,
                jitter=lambda low, high: (low + high) / 2,
            )
        return waits

    async def test_waits_double_up_to_a_bound_and_begin_anew(self) -> None:
        assert await self.run("lost", "lost", "lost", "lost", "there", "lost") == [0.75, 1.5, 3, 3.75, 0.75, 1.5]

    async def test_one_line_for_a_loss_and_one_for_the_return(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        await self.run("there", "lost", "lost", "there", "lost")
        assert [record.levelname for record in caplog.records] == ["WARNING", "INFO", "WARNING"]
