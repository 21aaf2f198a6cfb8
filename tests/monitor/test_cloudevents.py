"""Envelopes in, fields of an event out."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.cloudevents import Fields, binary, event_id, structured
from monitor.errors import Malformed
from monitor.events import ContactLeft, decode

ENVELOPE = {
    "specversion": "1.0",
    "type": "nl.balans.contact.left",
    "source": "https://pbx.example/queues",
    "id": "42",
    "time": "2026-03-02T10:00:00+01:00",
    "subject": "call-1",
    "traceparent": "an extension that is passed over",
    "datacontenttype": "application/json",
    "data": {"contact": "call-1", "queue": "service", "reason": "abandoned"},
}


def event(fields: Fields) -> Any:
    return decode(msgspec.json.encode({**fields, "source": "hook"}))


def test_a_structured_event() -> None:
    left = event(structured(json.dumps(ENVELOPE).encode()))
    assert isinstance(left, ContactLeft)
    assert (left.id, left.contact, left.reason) == ("https://pbx.example/queues#42", "call-1", "abandoned")
    assert left.at.isoformat() == "2026-03-02T10:00:00+01:00"


def test_binary_mode_gives_the_same_event() -> None:
    headers = {
        f"ce-{key}": quote(str(value)) for key, value in ENVELOPE.items() if key not in ("data", "datacontenttype")
    }
    body = json.dumps(ENVELOPE["data"]).encode()
    assert event(binary(headers | {"content-type": "application/json"}, body)) == event(
        structured(json.dumps(ENVELOPE).encode())
    )


def test_the_type_may_stand_bare_and_the_instant_in_the_data() -> None:
    envelope = {**ENVELOPE, "type": "contact.left", "data": {**ENVELOPE["data"], "at": "2026-03-02T09:00:00Z"}}
    del envelope["time"]
    assert event(structured(json.dumps(envelope).encode())).at.isoformat() == "2026-03-02T09:00:00+00:00"


def test_the_envelope_goes_before_the_data() -> None:
    envelope = {**ENVELOPE, "data": {**ENVELOPE["data"], "type": "contact.ended", "id": "7", "at": "no time"}}
    assert event(structured(json.dumps(envelope).encode())) == event(structured(json.dumps(ENVELOPE).encode()))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"specversion": None}, "specversion"),
        ({"id": ""}, "id"),
        ({"source": 5}, "source"),
        ({"datacontenttype": "text/xml"}, "not JSON"),
        ({"data_base64": "e30="}, "not JSON"),
        ({"data": "text"}, "data"),
        ({"data": [1]}, "data"),
    ],
)
def test_what_is_no_cloudevent_is_named(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Malformed, match=sentence):
        structured(json.dumps(ENVELOPE | changed).encode())


def test_binary_mode_needs_its_headers() -> None:
    with pytest.raises(Malformed, match="source"):
        binary({"ce-specversion": "1.0", "ce-id": "1", "ce-type": "contact.left"}, b"{}")


@given(source=st.text(min_size=1, max_size=400), id=st.text(min_size=1, max_size=400))
def test_an_id_is_never_too_long(source: str, id: str) -> None:
    assert 1 <= len(event_id(source, id)) <= 160


@given(st.binary())
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    for read in (structured, lambda body: binary({"ce-id": "1"}, body)):
        with pytest.raises(Malformed):
            read(raw)
