"""Tables that somebody else wrote, and configurations that an operator mistyped."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from collectors.call_table import Settings, replay
from collectors.call_table import rows as table
from collectors.call_table.rows import read
from monitor.errors import ConfigurationError
from monitor.events import decode, encode
from monitor.settings import load
from tests.collectors.test_call_table import surroundings
from tests.hostile.malice import INSTANTS, NUMBERS, WORDS, refused_in_a_sentence

COLUMNS = {
    "call": ["id"],
    "offered": "offered",
    "answered": "answered",
    "ended": "ended",
    "queue": "queue",
    "waited_seconds": "wait",
    "talk_seconds": "talk",
    "wrap_up_seconds": "wrap",
    "channel": "channel",
}
HEADER = "id,offered,answered,ended,queue,wait,talk,wrap,channel\n"
TIMES = ("08:00", "24:05:00", "99999999:00", "1:1:nan", "1:1:inf", "1e400", "-1", "9" * 5000)
cells = st.sampled_from(("", "1", "60", "nan", "inf", "-inf", "voice", *INSTANTS, *TIMES, *map(str, NUMBERS), *WORDS))
lines = st.lists(cells, min_size=1, max_size=10).map(",".join)
forms = st.sampled_from(
    ({}, {"instant_format": "epoch"}, {"instant_format": "%H"}, {"columns": {**COLUMNS, "date": "id"}})
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines, max_size=20), forms, st.binary(max_size=60))
@example(["1,9999-12-31T23:59:59Z,,,,100000000,100000000,100000000,voice"], {}, b"")
@example(["1,0001-01-01T00:00:00Z,0001-01-01T00:00:00Z,,,1,1,1,voice"], {}, b"")
@example(["9999-12-31,23:59,23:59,23:59,sales,1e8,1e8,1e8,"], {"columns": {**COLUMNS, "date": "id"}}, b'"\x00\xff')
def test_no_table_can_break_the_import(tmp_path: Path, rows: list[str], form: dict[str, Any], tail: bytes) -> None:
    path, rejected = tmp_path / "calls.csv", Counter[str]()
    path.write_bytes((HEADER + "\n".join(rows)).encode() + tail)
    keys = {"source": "call_table", "columns": COLUMNS} | form
    for event in replay([path], Settings.model_validate(keys), surroundings(), rejected=rejected):
        assert decode(encode(event)) == event, "what is made of a table is an event of the vocabulary"


def test_a_field_or_a_row_without_end_is_counted_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MAX_LINE", 300_000)
    path, rejected = tmp_path / "calls.csv", Counter[str]()
    path.write_text(f"{HEADER}1,{'x' * 200_000}\n2,{'x,' * 400_000}\n3,\n", encoding="utf-8")
    keys = Settings.model_validate({"source": "call_table", "columns": COLUMNS})
    assert [row[0] for row in read(path, keys, rejected)] == ["id", "3"]
    assert rejected == {"unreadable_row": 2}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=80)
    | st.sampled_from((b"[web]\nport=", b"[queues.a]\nwithin_seconds=")).flatmap(
        lambda key: st.sampled_from(
            ("nan", "-inf", "1e400", "-1", "99999999999999999999", '"x"', "[]", "{}", "true")
        ).map(lambda value: key + value.encode())
    )
)
@example(b"a=" + b"[" * 100_000)
@example(b"[" + b"a." * 10_000 + b"a]")
@example(b"\xef\xbb\xbf[web]")
@example(b'[site]\ntime_zone="\\u0000"')
@example(b'[site]\ntime_zone="../../etc/passwd"')
def test_no_configuration_ends_in_a_traceback(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "balans.toml"
    path.write_bytes(content)
    with refused_in_a_sentence(ConfigurationError):
        load(path)
