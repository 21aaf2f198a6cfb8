"""queue_log: what its lines mean, and following the file through growth, rotation and truncation."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.asterisk_queue_log import AsteriskQueueLog, Settings, check
from collectors.asterisk_queue_log.log import MAX_LINE_BYTES, QueueLog, parse
from collectors.asterisk_queue_log.tail import READ_BYTES, Tail
from monitor import events as ev
from monitor.errors import ConfigurationError
from tests.collectors.asterisk_traffic import agent, surroundings
from tests.collectors.test_asterisk_collector import Box


def told(*lines: str, **settings: object) -> list[ev.Event]:
    log = QueueLog("log", Settings.model_validate(settings), surroundings())
    return [event for line in lines for event in log.apply(line.encode() + b"\n")]


def contacts(events: Sequence[ev.Event]) -> list[str]:
    return [type(event).__name__ for event in events if isinstance(event, ev.OfContact)]


class TestLines:
    def test_a_call_from_entry_to_end(self) -> None:
        events = told(
            "100|1.1|techniek|NONE|ENTERQUEUE||0612345678|1",
            "103|1.1|techniek|Noor Smit|CONNECT|3|1.2|2",
            "110|1.1|techniek|Noor Smit|COMPLETECALLER|3|7|1",
            "200|NONE|NONE|NONE|QUEUESTART|",
        )
        assert contacts(events) == ["ContactOffered", "ContactAnswered", "ContactEnded", "ContactWrappedUp"]
        answered = next(event for event in events if isinstance(event, ev.ContactAnswered))
        assert (answered.agent, answered.waited_seconds) == (agent("Noor Smit"), 3)

    def test_an_abandon_in_the_second_of_the_entry(self) -> None:
        offered, left = told("100|1.1|techniek|NONE|ENTERQUEUE||0612345678|1", "100|1.1|techniek|NONE|ABANDON|1|1|0")
        assert isinstance(left, ev.ContactLeft)
        assert (left.at, left.reason, left.waited_seconds) == (offered.at, "abandoned", 0)

    @pytest.mark.parametrize(
        ("line", "reason", "waited"),
        [
            ("EXITWITHTIMEOUT|1|4|25", "timeout", 25),
            ("EXITEMPTY|2|4|14", "empty", 14),
            ("EXITWITHKEY|1|1|2|5", "key", 5),
            ("WITHDRAW|1|1|8|moved", "withdrawn", 8),
        ],
    )
    def test_other_ways_out(self, line: str, reason: str, waited: float) -> None:
        _, left = told("100|1.1|verkoop|NONE|ENTERQUEUE||0612345678|1", f"130|1.1|verkoop|NONE|{line}")
        assert isinstance(left, ev.ContactLeft)
        assert (left.reason, left.waited_seconds) == (reason, waited)

    def test_what_began_before_the_file_is_made_from_waits_and_talks(self) -> None:
        events = told("100|1.1|techniek|Noor Smit|COMPLETEAGENT|9|40|1")
        assert [event.at.timestamp() for event in events if isinstance(event, ev.OfContact)][:3] == [51, 60, 100]

    def test_transfers(self) -> None:
        events = told(
            "90|9.9|techniek|NONE|ENTERQUEUE||0612345678|1",
            "100|1.1|klantenservice|Daan Jansen|BLINDTRANSFER|techniek|doorverbinden|1|2|2",
            "100|1.1|techniek|NONE|ENTERQUEUE||0612345678|1",
            "101|2.1|klantenservice|Daan Jansen|ATTENDEDTRANSFER|BRIDGE|14db461b|12|5|2",
        )
        transfers = [event for event in events if isinstance(event, ev.ContactTransferred)]
        assert [(event.kind, event.to) for event in transfers] == [("blind", "techniek"), ("attended", "")]
        onward = [event for event in events if isinstance(event, ev.ContactOffered) and event.contact == "log:1.1"]
        assert [event.transferred_in for event in onward] == [False, True]

    def test_a_start_closes_what_was_open(self) -> None:
        events = told(
            "100|1.1|techniek|NONE|ENTERQUEUE||0612345678|1",
            "100|2.1|techniek|NONE|ENTERQUEUE||0612345679|2",
            "103|2.1|techniek|Noor Smit|CONNECT|3|1.2|2",
            "120|NONE|NONE|NONE|QUEUESTART|",
        )
        assert contacts(events) == ["ContactOffered", "ContactOffered", "ContactAnswered", "ContactLeft"]
        left = next(event for event in events if isinstance(event, ev.ContactLeft))
        assert (left.contact, left.reason) == ("log:1.1", "closed")
        (snapshot,) = [event for event in events if isinstance(event, ev.QueueSnapshot)]
        assert (snapshot.queue, snapshot.waiting, snapshot.serving) == ("techniek", (), ())

    def test_pauses_everywhere_and_in_one_queue(self) -> None:
        events = told(
            "100|NONE|techniek|Noor Smit|UNPAUSE|",
            "100|NONE|verkoop|Noor Smit|UNPAUSE|",
            "101|NONE|techniek|Noor Smit|PAUSE|Lunch",
            "102|NONE|verkoop|Noor Smit|PAUSE|Lunch",
            "110|NONE|NONE|Noor Smit|UNPAUSEALL|",
            "120|NONE|NONE|Noor Smit|PAUSEALL|Training",
            other_work_reasons=("training",),
        )
        states = [(event.state, event.reason) for event in events if isinstance(event, ev.AgentStateChanged)]
        assert states == [("available", ""), ("break", "Lunch"), ("available", ""), ("other_work", "Training")]

    def test_a_login_by_an_interface_nobody_named_says_nothing(self) -> None:
        assert told("100|MANAGER|techniek|Local/agent03@agents/n|ADDMEMBER|") == []

    def test_unknown_events_and_bad_lines_are_counted(self) -> None:
        log = QueueLog("log", Settings(), surroundings())
        for raw in (b"100|1.1|q|NONE|NEWTHING|1\n", b"nonsense\n", b"\xff\xfe|||\n", b"x" * (MAX_LINE_BYTES + 1)):
            assert log.apply(raw) == []
        assert log.rejected == {"unknown_event": 1, "malformed": 3}

    @given(st.binary(max_size=120))
    def test_no_line_can_break_it(self, raw: bytes) -> None:
        QueueLog("log", Settings(), surroundings()).apply(raw)

    @given(
        st.sampled_from(["CONNECT", "COMPLETEAGENT", "ABANDON", "EXITWITHKEY", "PAUSE", "TRANSFER"]),
        st.text(max_size=30),
    )
    def test_no_field_can_break_it(self, event: str, text: str) -> None:
        parse(f"100|1.1|q|Noor|{event}|{text}".encode())
        QueueLog("log", Settings(), surroundings()).apply(f"100|1.1|q|Noor|{event}|{text}|{text}".encode())


class TestTail:
    def test_half_a_line_waits_for_its_other_half(self, tmp_path: Path) -> None:
        path = tmp_path / "queue_log"
        tail = Tail(path, None)
        assert tail.read() is None
        path.write_bytes(b"one\ntw")
        assert tail.read() == [b"one\n"]
        assert tail.read() == []
        path.write_bytes(b"one\ntwo\n")
        assert tail.read() == [b"two\n"]
        tail.close()

    def test_a_rotated_file_is_read_to_its_end_first(self, tmp_path: Path) -> None:
        path = tmp_path / "queue_log"
        path.write_bytes(b"one\n")
        tail = Tail(path, None)
        assert tail.read() == [b"one\n"]
        with path.open("ab") as old:
            path.rename(tmp_path / "queue_log.1")
            old.write(b"two\nthree")
        path.write_bytes(b"four\n")
        assert tail.read() == [b"two\n", b"three"]
        assert tail.read() == []
        assert tail.read() == [b"four\n"]
        tail.close()

    @pytest.mark.parametrize("after", [b"new\n", b"new one that is as long\n"])
    def test_a_truncated_file_is_read_anew(self, tmp_path: Path, after: bytes) -> None:
        path = tmp_path / "queue_log"
        path.write_bytes(b"one\ntwo\n")
        tail = Tail(path, None)
        tail.read()
        path.write_bytes(after)
        assert tail.read() == [after]
        tail.close()

    def test_a_restart_goes_on_where_it_stopped(self, tmp_path: Path) -> None:
        path, position = tmp_path / "queue_log", tmp_path / "state" / "position"
        path.write_bytes(b"one\ntwo\nthr")
        first = Tail(path, position)
        assert first.read() == [b"one\n", b"two\n"]
        first.keep(first.position())
        first.close()
        path.write_bytes(b"one\ntwo\nthree\n")
        second = Tail(path, position)
        assert second.read() == [b"three\n"]
        second.close()

    @pytest.mark.parametrize("kept", [b"", b"no json", b'{"inode": 1, "offset": 4, "begins": "00"}'])
    def test_a_position_of_another_file_is_not_believed(self, tmp_path: Path, kept: bytes) -> None:
        path, position = tmp_path / "queue_log", tmp_path / "position"
        path.write_bytes(b"one\ntwo\n")
        position.write_bytes(kept)
        tail = Tail(path, position)
        assert tail.read() == [b"one\n", b"two\n"]
        tail.close()

    def test_more_than_one_read_and_a_line_without_end(self, tmp_path: Path) -> None:
        path = tmp_path / "queue_log"
        path.write_bytes(b"x" * 99 + b"\n" + b"y" * (READ_BYTES * 2) + b"\nlast\n")
        tail = Tail(path, None)
        read: list[bytes] = []
        while lines := tail.read():
            read += lines
        tail.close()
        assert read[0] == b"x" * 99 + b"\n"
        assert read[-1] == b"last\n"
        assert b"".join(read) == path.read_bytes()

    @given(
        st.lists(
            st.binary(min_size=1, max_size=30).filter(lambda line: not set(line) & set(b"\r\n\x0b\x0c")), max_size=20
        ),
        st.data(),
    )
    def test_growth_in_any_pieces_gives_the_same_lines(
        self, tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], data: st.DataObject
    ) -> None:
        path = tmp_path_factory.mktemp("log") / "queue_log"
        whole = b"".join(line + b"\n" for line in lines)
        path.touch()
        read: list[bytes] = []
        done = 0
        with closing(Tail(path, None)) as tail:
            while done < len(whole):
                step = data.draw(st.integers(1, len(whole) - done))
                with path.open("ab") as file:
                    file.write(whole[done : done + step])
                done += step
                read += tail.read() or []
        assert read == [line + b"\n" for line in lines]


@asynccontextmanager
async def following(box: Box, settings: Settings) -> AsyncIterator[None]:
    task = asyncio.create_task(AsteriskQueueLog("log", settings, surroundings()).run(box), name="collector")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def appeared(path: Path) -> None:
    """Wait for a file, looking without a pause."""
    while not path.exists():
        os.sched_yield()


class TestCollector:
    async def test_a_file_that_appears_grows_and_is_followed(self, tmp_path: Path) -> None:
        settings = Settings(file=tmp_path / "queue_log", poll_seconds=0.01, history_hours=0)
        box = Box()
        async with following(box, settings):
            await box.until(lambda: box.states == ["lost"])
            now = int(surroundings().clock().timestamp()) + 5
            settings.file.write_text("100|1.1|techniek|NONE|ENTERQUEUE||0612345678|1\n", encoding="utf-8")
            await box.until(lambda: box.states == ["lost", "up"])
            with settings.file.open("a", encoding="utf-8") as file:
                file.write(f"{now}|2.1|techniek|NONE|ENTERQUEUE||0612345678|1\n")
            await box.until(lambda: bool(box.of(ev.ContactOffered)))
        # What is older than the history asked for is passed over.
        assert [event.contact for event in box.of(ev.ContactOffered)] == ["log:2.1"]

    async def test_a_restart_repeats_nothing(self, tmp_path: Path) -> None:
        settings = Settings(
            file=tmp_path / "queue_log", position_file=tmp_path / "position", poll_seconds=0.01, history_hours=10**6
        )
        settings.file.write_text("100|1.1|techniek|NONE|ENTERQUEUE||0612345678|1\n", encoding="utf-8")
        first, second = Box(), Box()
        async with following(first, settings):
            await first.until(lambda: bool(first.of(ev.ContactOffered)))
            # A heartbeat's worth of turns later the position has been kept.
            async with asyncio.timeout(120):
                await asyncio.to_thread(appeared, tmp_path / "position")
        with settings.file.open("a", encoding="utf-8") as file:
            file.write("103|1.1|techniek|Noor Smit|CONNECT|3|1.2|2\n")
        async with following(second, settings):
            await second.until(lambda: bool(second.of(ev.ContactAnswered)))
        # The visit is named as before, so that its beginning, told again, is known to be the same.
        assert {event.id for event in second.of(ev.ContactOffered)} == {
            event.id for event in first.of(ev.ContactOffered)
        }
        assert second.of(ev.ContactAnswered)[0].visit == first.of(ev.ContactOffered)[0].visit

    async def test_a_restart_tells_the_wrap_ups_that_were_not_over(self, tmp_path: Path) -> None:
        def settings(wrap_up_seconds: float) -> Settings:
            return Settings(
                file=tmp_path / "queue_log",
                position_file=tmp_path / "position",
                poll_seconds=0.01,
                history_hours=10**6,
                wrap_up_seconds=wrap_up_seconds,
            )

        now = int(surroundings().clock().timestamp())
        path = tmp_path / "queue_log"
        path.write_text(f"{now - 9}|1.1|techniek|NONE|ENTERQUEUE||0612345678|1\n", encoding="utf-8")
        first, second = Box(), Box()
        async with following(first, settings(3600)):
            async with asyncio.timeout(120):
                await asyncio.to_thread(appeared, tmp_path / "position")
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{now - 6}|1.1|techniek|Noor Smit|CONNECT|3|1.2|2\n")
                file.write(f"{now - 1}|1.1|techniek|Noor Smit|COMPLETECALLER|3|5|1\n")
            await first.until(lambda: bool(first.of(ev.ContactEnded)))
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{now}|2.1|techniek|NONE|ENTERQUEUE||0612345678|1\n")
            await first.until(lambda: len(first.of(ev.ContactOffered)) == 2)
        assert not first.of(ev.ContactWrappedUp)
        async with following(second, settings(0)):
            await second.until(lambda: bool(second.of(ev.ContactWrappedUp)))
        assert {event.id for event in second.of(ev.ContactEnded)} == {event.id for event in first.of(ev.ContactEnded)}

    async def test_a_position_that_cannot_be_written_stops_nothing(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "no folder").touch()
        settings = Settings(
            file=tmp_path / "queue_log", position_file=tmp_path / "no folder" / "position", poll_seconds=0.01
        )
        settings.file.touch()
        box = Box()
        async with following(box, settings):
            await box.until(lambda: box.states == ["up"])
            now = int(surroundings().clock().timestamp()) + 5
            for number in (1, 2):
                with settings.file.open("a", encoding="utf-8") as file:
                    file.write(f"{now}|{number}.1|techniek|NONE|ENTERQUEUE||0612345678|1\n")
                await box.until(lambda number=number: len(box.of(ev.ContactOffered)) == number)
        assert caplog.text.count("position cannot be written") == 1

    async def test_check(self, tmp_path: Path) -> None:
        path = tmp_path / "queue_log"
        with pytest.raises(ConfigurationError, match="cannot be read"):
            await check(Settings(file=path))
        path.write_bytes(b"x\n")
        assert "2 bytes" in await check(Settings(file=path))
