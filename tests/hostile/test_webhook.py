"""The webhook over real HTTP: whatever is sent, signed or not, gets an answer of one sentence and costs nobody else
anything."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collectors.webhook import receiver
from monitor.events import decode, encode
from tests.collectors.test_webhook import OFFERED, Served, serving
from tests.hostile.malice import DEEP, event_fields, raw, values

TYPES = (
    "application/json",
    "application/x-ndjson",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "text/plain",
    "",
)
bodies = (
    st.binary(max_size=300)
    | st.builds(raw, event_fields())
    | st.builds(raw, st.lists(event_fields() | values, max_size=5))
    | st.builds(lambda fields, data: raw({**fields, "specversion": "1.0", "data": data}), event_fields(), values)
)


def test_any_signed_body_is_answered_with_what_became_of_it() -> None:
    with asyncio.Runner() as runner:
        opened = serving()
        served = runner.run(opened.__aenter__())

        @settings(max_examples=80)
        @given(bodies, st.sampled_from(TYPES), st.booleans())
        @example(DEEP, "application/json", False)
        @example(DEEP, "application/cloudevents-batch+json", False)
        @example(b'{"customer_identity":' + DEEP, "application/json", False)
        @example(b'{"specversion":"1.0","data":{"x":' + DEEP, "application/cloudevents+json", False)
        @example(b'{"type":"contact.held","agent":"\\ud800"}', "application/json", False)
        def sent(body: bytes, content_type: str, binary: bool) -> None:
            headers = {
                "ce-specversion": "1.0",
                "ce-id": "%ff%00",
                "ce-source": b"\xe9",
                "ce-type": "contact.held",
            }
            answer = runner.run(served.send(body, content_type, headers=headers if binary else None))  # type: ignore[arg-type]
            assert answer.status_code in (202, 409, 415, 422)
            said = answer.json()
            if answer.status_code == 202 or "accepted" in said:
                assert all(refusal["message"].endswith(".") for refusal in said["refusals"])
            else:
                assert said["message"].endswith(".")

        try:
            sent()
            for event in served.box.safe:
                assert decode(encode(event)) == event
        finally:
            runner.run(opened.__aexit__(None, None, None))


HEADERS = (
    {"X-Balans-Timestamp": "9" * 5000},
    {"X-Balans-Timestamp": "²"},
    {"X-Balans-Timestamp": "-1"},
    {"X-Balans-Timestamp": ""},
    {"X-Balans-Signature": "sha256=" + "0" * 10_000},
    {"X-Balans-Signature": "é"},
    {"Content-Encoding": "gzip"},
)


@pytest.mark.parametrize("headers", HEADERS, ids=repr)
async def test_odd_headers_are_refused_in_one_sentence(headers: dict[str, str]) -> None:
    async with serving() as served:
        encoded = {name: value.encode("latin-1") for name, value in headers.items()}
        answer = await served.send(OFFERED, headers=encoded)  # type: ignore[arg-type]
        assert answer.status_code in (401, 415)
        assert answer.json()["message"].endswith(".")
        assert served.webhook.refused.total() == 1
        assert (await served.send(OFFERED)).status_code == 202


PIECES = (
    b"GARBAGE\r\n\r\n",
    b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
    b"POST /events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
    b"POST /events HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 200_000,
    b"POST /" + b"x" * 200_000 + b" HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01",
)


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: repr(piece[:60]))
async def test_what_is_no_http_is_hung_up_on_and_the_next_is_served(piece: bytes) -> None:
    async with serving() as served:
        answer = await _spoken(served, piece)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
        assert (await served.send(OFFERED)).status_code == 202


async def _spoken(served: Served, piece: bytes) -> bytes:
    url = httpx.URL(served.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    try:
        writer.write(piece)
        writer.write_eof()
        async with asyncio.timeout(120):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def test_too_many_connections_are_refused_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiver, "MOST_CONNECTIONS", 3)
    async with serving() as served:
        url = httpx.URL(served.url)
        held = [await asyncio.open_connection(url.host, url.port) for _ in range(6)]
        statuses = [(await served.send({**OFFERED, "id": "1"})).status_code]
        for _, writer in held:
            writer.close()
            await writer.wait_closed()
        for _ in range(100):
            statuses.append((await served.send({**OFFERED, "id": "2"})).status_code)
            if statuses[-1] == 202:
                break
        assert (statuses[0], statuses[-1]) == (503, 202)
