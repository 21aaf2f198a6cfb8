"""Bytes from a manager interface, recordings of it, and lines of a queue_log: read, or counted and passed over."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from collectors.asterisk_ami import recording
from collectors.asterisk_ami.protocol import MAX_MESSAGE_BYTES, Framer
from collectors.asterisk_ami.recording import MAX_RECORD_BYTES, replay
from collectors.asterisk_ami.settings import Settings
from collectors.asterisk_queue_log.log import MAX_LINE_BYTES, QueueLog
from collectors.asterisk_queue_log.log import replay as replay_log
from collectors.asterisk_queue_log.settings import Settings as LogSettings
from monitor.errors import ConfigurationError
from monitor.events import encode
from tests.collectors.asterisk_traffic import BEGAN, Exchange, message, surroundings
from tests.hostile.malice import DEEP, NUMBERS, WORDS, refused_in_a_sentence

# fmt: off
NAMES = (
    "QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon", "AgentConnect", "AgentComplete", "AgentCalled",
    "QueueMemberStatus", "QueueMemberPause", "QueueMemberAdded", "QueueMemberRemoved", "Hangup", "Newchannel",
    "Rename", "BlindTransfer", "AttendedTransfer", "Hold", "Unhold", "Shutdown", "FullyBooted", "QueueParams",
    "QueueMember", "QueueEntry", "QueueStatusComplete", "CoreShowChannel", "CoreShowChannelsComplete",
    "BridgeEnter", "BridgeLeave", "Newexten", "UserEvent",
)
# fmt: on
# fmt: off
KEYS = (
    "Uniqueid", "Linkedid", "Queue", "Channel", "Interface", "MemberName", "Location", "Position", "Count", "Wait",
    "HoldTime", "TalkTime", "RingTime", "Status", "Paused", "PausedReason", "Reason", "LastCall", "LastPause",
    "Uptime", "Timestamp", "ActionID", "EventList", "DestUniqueid", "DestChannel", "TransfereeUniqueid",
    "OrigTransfererUniqueid", "SecondTransfererUniqueid", "BridgeUniqueid", "CallerIDNum", "Context", "Duration",
)
# fmt: on
texts = st.sampled_from(
    (*WORDS, *(str(number) for number in NUMBERS), "1795290539.1", "9999999999.9", "SIP/1-0", "yes")
)
headers = st.dictionaries(st.sampled_from(KEYS), texts, max_size=10)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(NAMES), headers, st.sampled_from((0, 0.5, 30, 86_400, -5))), max_size=40))
def test_no_manager_event_can_break_the_switchboard(told: list[tuple[str, dict[str, str], float]]) -> None:
    exchange = Exchange()
    for name, more, later in told:
        exchange.hear(message(name, **more), exchange.now - BEGAN + later)
    exchange.told += exchange.board.lost(exchange.now) + exchange.board.flush()
    for event in exchange.told:
        encode(event)


def test_a_header_without_end_is_dropped_once_and_memory_stays_bounded() -> None:
    framer = Framer()
    for _ in range(100):
        assert framer.feed(b"Event: " + b"x" * 65_536) == []
        assert len(framer._buffer) <= MAX_MESSAGE_BYTES + 131_072
    assert [each.name for each in framer.feed(b"\r\n\r\nEvent: Hangup\r\n\r\n")] == ["Hangup"]
    assert framer.dropped == {"too_long": 1}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000), st.booleans())
@example(b"{" + DEEP, False)
@example(b'{"t":1e400}', False)
@example(b'{"t":1e308,"mark":"connect"}', True)
@example(b'{"t":-1e18,"mark":"eof"}', False)
@example(b'{"t":0,"raw":"\\ud800"}', False)
@example(b"\x1f\x8b\x08\x00garbage that is no gzip", False)
@example(gzip.compress(b'{"t":1,"raw":"Event: Hangup"}')[:-9], False)
def test_no_recording_can_break_the_replay(tmp_path: Path, content: bytes, packed: bool) -> None:
    path = tmp_path / "recording"
    path.write_bytes(gzip.compress(content) if packed else content)
    with refused_in_a_sentence(ConfigurationError):
        list(replay(path, Settings(), surroundings(), rejected=Counter()))


def test_a_damaged_gzip_is_one_sentence(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(b'{"t":1,"mark":"connect"}\n' * 1000))
    whole[20:60] = b"\xff" * 40
    path = tmp_path / "recording.gz"
    path.write_bytes(whole)
    with pytest.raises(ConfigurationError, match="Cannot read"):
        list(replay(path, Settings(), surroundings()))


def test_a_record_without_end_is_counted_and_the_next_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MAX_RECORD_BYTES", 1000)
    path, rejected = tmp_path / "recording", Counter[str]()
    good = json.dumps({"t": BEGAN, "mark": "connect"})
    path.write_text(f'{good}\n{{"t":1,"raw":"{"x" * 5000}"}}\n{good}\n', encoding="utf-8")
    assert len(list(recording.moments(path, rejected))) == 2
    assert rejected == {"line_too_long": 1}
    assert MAX_RECORD_BYTES > 2 * MAX_MESSAGE_BYTES


# fmt: off
_LOG_EVENTS = (
    "ENTERQUEUE", "CONNECT", "ABANDON", "EXITWITHTIMEOUT", "EXITWITHKEY", "COMPLETEAGENT", "COMPLETECALLER",
    "BLINDTRANSFER", "ATTENDEDTRANSFER", "JOINEMPTY", "QUEUESTART", "ADDMEMBER", "REMOVEMEMBER", "PAUSE",
    "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "DID",
)
# fmt: on
_lines = st.builds(
    lambda *parts: "|".join(parts).encode("utf-8", "replace"),
    st.sampled_from(("0", "1795290539", "9999999999", "99999999999", "-1", "1e9", ".", "NaN", "١٢٣")),
    texts,
    texts,
    texts,
    st.sampled_from(_LOG_EVENTS) | texts,
    texts,
    texts,
    texts,
)


@settings(max_examples=100)
@given(st.lists(_lines | st.binary(max_size=100), max_size=40))
def test_no_line_can_break_the_queue_log(lines: list[bytes]) -> None:
    log = QueueLog("pbx", LogSettings(file=Path("queue_log")), surroundings())
    for line in lines:
        for event in log.apply(line):
            encode(event)
    for event in log.advance(float("inf")):
        encode(event)


def test_a_line_without_end_is_counted_and_the_next_is_read(tmp_path: Path) -> None:
    path, rejected = tmp_path / "queue_log", Counter[str]()
    good = b"1795290539|1.1|sales|NONE|ENTERQUEUE||0611111111|1\n"
    path.write_bytes(good + b"x" * (3 * MAX_LINE_BYTES) + b"\n" + good.replace(b"1.1", b"1.2"))
    settings: Any = LogSettings(file=path)
    assert len(list(replay_log(path, settings, surroundings(), rejected=rejected))) == 2
    assert rejected == {"malformed": 1}
