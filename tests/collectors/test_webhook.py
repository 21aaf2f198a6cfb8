"""Signed events over HTTP, against the receiver as it is served, on a port of its own."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from collectors.source import Surroundings
from collectors.webhook import Settings, Webhook, check, sign
from collectors.webhook.receiver import MOST_EVENTS, MOST_REFUSALS
from collectors.webhook.signature import SeenSignatures, check_signature
from monitor.errors import BufferFull, ConfigurationError, PeerUnreachable, Refused
from monitor.events import (
    AgentStateChanged,
    ContactAnswered,
    ContactOffered,
    Event,
    QueueSnapshot,
    ServedVisit,
    SourceStatus,
)
from monitor.pseudonym import Pseudonyms
from monitor.settings import Site

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "a secret that two parties share"
NEXT_SECRET = "the secret that will replace it"
PSEUDONYMS = Pseudonyms(b"a key of the tests")

OFFERED = {
    "type": "contact.offered",
    "id": "1",
    "at": "2026-03-02T08:59:58Z",
    "contact": "call-1",
    "queue": "service",
}


class Box:
    """An outlet that keeps what it gets; `trouble` is raised instead when it is set."""

    def __init__(self) -> None:
        self.put_events: list[Event] = []
        self.safe: list[Event] = []
        self.trouble: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def put(self, events: Sequence[Event]) -> None:
        self.put_events += events

    async def put_safely(self, events: Sequence[Event]) -> None:
        await self.open.wait()
        if self.trouble is not None:
            raise self.trouble
        self.safe += events


@dataclass
class Served:
    """A receiver that is up, its outlet and its clock."""

    url: str
    box: Box
    webhook: Webhook
    client: httpx.AsyncClient
    now: list[datetime] = field(default_factory=lambda: [NOW])

    async def send(
        self,
        body: Any,
        content_type: str = "application/json",
        *,
        secret: str = SECRET,
        at: datetime | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        timestamp = str(int((at or self.now[0]).timestamp()))
        signed = {
            "Content-Type": content_type,
            "X-Balans-Timestamp": timestamp,
            "X-Balans-Signature": sign(secret.encode(), timestamp, raw),
        }
        return await self.client.post(self.url, content=raw, headers=signed | (headers or {}))


def made(clock: Callable[[], datetime] = lambda: NOW, **keys: Any) -> Webhook:
    table = {"source": "webhook", "port": 0, "secrets": [SECRET, NEXT_SECRET], **keys}
    return Webhook(
        "hook",
        Settings.model_validate(table),
        Surroundings(site=Site(), queues={}, pseudonyms=PSEUDONYMS, clock=clock),
    )


@asynccontextmanager
async def serving(**keys: Any) -> AsyncIterator[Served]:
    now = [NOW]
    webhook, box = made(lambda: now[0], **keys), Box()
    host, port = webhook.bind()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(webhook.run(box), name="webhook")
        try:
            async with httpx.AsyncClient(timeout=10) as client:
                yield Served(f"http://{host}:{port}/events", box, webhook, client, now)
        finally:
            running.cancel()


async def test_a_signed_event_is_safe_before_it_is_answered() -> None:
    async with serving() as served:
        answer = await served.send(OFFERED)
        assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "refused": 0, "refusals": []})
        at = datetime(2026, 3, 2, 8, 59, 58, tzinfo=UTC)
        offered = ContactOffered(id="1", source="hook", at=at, received_at=NOW, contact="call-1", queue="service")
        assert served.box.safe == [offered]


async def test_it_says_that_it_is_up_and_how_long_it_may_be_silent() -> None:
    async with serving(heartbeat_seconds=60) as served:
        await served.send(OFFERED)
        status = SourceStatus(id=f"status/{NOW.isoformat()}", source="hook", at=NOW, state="up", heartbeat_seconds=60)
        assert served.box.put_events == [status]


async def test_nobody_speaks_for_another_source() -> None:
    async with serving() as served:
        await served.send({**OFFERED, "source": "pbx", "received_at": "1999-01-01T00:00:00Z"})
        assert [(event.source, event.received_at) for event in served.box.safe] == [("hook", NOW)]


async def test_one_bad_event_in_a_batch_costs_only_itself() -> None:
    async with serving() as served:
        batch = [OFFERED, {**OFFERED, "id": "2", "queue": 7}, {**OFFERED, "id": "3"}, {"type": "weather"}, 5]
        answer = await served.send(batch)
        assert answer.status_code == 202
        told = answer.json()
        assert (told["accepted"], told["refused"]) == (2, 3)
        assert [(one["index"], one["reason"]) for one in told["refusals"]] == [
            (1, "malformed"),
            (3, "unknown_type"),
            (4, "malformed"),
        ]
        assert "$.queue" in told["refusals"][0]["message"]
        assert [event.id for event in served.box.safe] == ["1", "3"]
        assert served.webhook.refused == {"malformed": 2, "unknown_type": 1}


async def test_when_no_event_can_be_used_the_request_is_refused() -> None:
    async with serving() as served:
        answer = await served.send([{"type": "weather"}] * (MOST_REFUSALS + 5))
        assert answer.status_code == 422
        assert (answer.json()["refused"], len(answer.json()["refusals"])) == (MOST_REFUSALS + 5, MOST_REFUSALS)
        assert (await served.send([])).status_code == 202


async def test_lines_of_json() -> None:
    async with serving() as served:
        body = b"\n".join([json.dumps(OFFERED).encode(), b"", b"{half", json.dumps({**OFFERED, "id": "2"}).encode()])
        answer = await served.send(body, "application/x-ndjson")
        assert (answer.status_code, answer.json()["accepted"], answer.json()["refused"]) == (202, 2, 1)


CLOUD_EVENT = {
    "specversion": "1.0",
    "type": "nl.balans.contact.offered",
    "source": "/pbx",
    "id": "1",
    "time": "2026-03-02T08:59:58Z",
    "data": {"contact": "call-1", "queue": "service"},
}


async def test_cloudevents_in_all_three_modes() -> None:
    async with serving() as served:
        single = await served.send(CLOUD_EVENT, "application/cloudevents+json; charset=UTF-8")
        batch = await served.send([CLOUD_EVENT, {**CLOUD_EVENT, "id": "2"}, {}], "application/cloudevents-batch+json")
        binary = await served.send(
            CLOUD_EVENT["data"],
            headers={
                "ce-specversion": "1.0",
                "ce-type": "contact.offered",
                "ce-source": "/pbx",
                "ce-id": "3",
                "ce-time": "2026-03-02T08:59:58Z",
            },
        )
        assert [single.status_code, batch.status_code, binary.status_code] == [202] * 3
        assert batch.json()["refused"] == 1
        assert [event.id for event in served.box.safe] == ["/pbx#1", "/pbx#1", "/pbx#2", "/pbx#3"]
        assert {event.at for event in served.box.safe} == {datetime(2026, 3, 2, 8, 59, 58, tzinfo=UTC)}


async def test_people_become_pseudonyms_at_the_door() -> None:
    async with serving() as served:
        customer, agent = PSEUDONYMS.customer("jan@example.nl"), PSEUDONYMS.agent("Piet")
        answered = {**OFFERED, "type": "contact.answered"}
        snapshot = {
            "type": "queue.snapshot",
            "id": "s",
            "at": "2026-03-02T08:59:58Z",
            "queue": "service",
            "waiting": [],
            "serving": [{"contact": "call-1", "agent_identity": "Piet"}, {"contact": "call-2", "agent": agent}],
        }
        answer = await served.send(
            [
                {**OFFERED, "customer_identity": " Jan@Example.nl"},
                {**OFFERED, "customer": "jan@example.nl"},
                {**OFFERED, "customer": customer},
                {**OFFERED, "customer": ""},
                {**answered, "agent_identity": "Piet"},
                {**answered, "agent": "Piet"},
                {**answered, "agent": agent},
                {**answered, "agent": None},
                {"type": "agent.state", "id": "a", "at": "2026-03-02T08:59:58Z", "agent": "Piet", "state": "break"},
                snapshot,
            ]
        )
        assert answer.json()["refusals"][0]["index"] == 7
        offers = [event.customer for event in served.box.safe if isinstance(event, ContactOffered)]
        answers = [event.agent for event in served.box.safe if isinstance(event, ContactAnswered)]
        assert offers == [customer, customer, customer, ""]
        assert answers == [agent, agent, agent]
        *_, state, seen = served.box.safe
        assert isinstance(state, AgentStateChanged)
        assert state.agent == agent
        assert isinstance(seen, QueueSnapshot)
        assert seen.serving == (ServedVisit(contact="call-1", agent=agent), ServedVisit(contact="call-2", agent=agent))
        assert "example" not in repr(served.box.safe)
        assert "Piet" not in repr(served.box.safe)


async def test_agents_that_are_pseudonyms_already_stay_as_they_are() -> None:
    async with serving(agents_are_opaque=True) as served:
        await served.send({**OFFERED, "type": "contact.answered", "agent": "A08"})
        assert [event.agent for event in served.box.safe if isinstance(event, ContactAnswered)] == ["A08"]


async def test_each_secret_of_a_rotation_is_good() -> None:
    async with serving() as served:
        assert (await served.send(OFFERED, secret=SECRET)).status_code == 202
        assert (await served.send(OFFERED, secret=NEXT_SECRET)).status_code == 202
        refused = await served.send(OFFERED, secret="a secret of somebody else")
        assert (refused.status_code, refused.json()["reason"]) == (401, "bad_signature")


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"X-Balans-Signature": ""}, "bad_signature"),
        ({"X-Balans-Signature": "sha256=ééé"}, "bad_signature"),
        ({"X-Balans-Timestamp": "now"}, "bad_timestamp"),
        ({"X-Balans-Timestamp": "1"}, "bad_signature"),
    ],
)
async def test_without_a_sound_signature_nothing_is_taken_in(headers: dict[str, str], reason: str) -> None:
    async with serving() as served:
        body = json.dumps(OFFERED).encode()
        timestamp = str(int(NOW.timestamp()))
        sound = {
            "Content-Type": "application/json",
            "X-Balans-Timestamp": timestamp,
            "X-Balans-Signature": sign(SECRET.encode(), timestamp, body),
        }
        sent = [(key.encode(), value.encode("latin-1")) for key, value in (sound | headers).items()]
        answer = await served.client.post(served.url, content=body, headers=sent)
        assert (answer.status_code, answer.json()["reason"]) == (401, reason)
        assert not served.box.safe


async def test_a_request_is_good_for_a_while_only() -> None:
    async with serving(window_seconds=300) as served:
        for seconds, status in ((-301, 401), (301, 401), (-300, 202), (300, 202)):
            answer = await served.send(OFFERED, at=NOW + timedelta(seconds=seconds))
            assert answer.status_code == status, seconds


async def test_a_request_is_good_once() -> None:
    async with serving() as served:
        assert (await served.send(OFFERED)).status_code == 202
        again = await served.send(OFFERED)
        assert (again.status_code, again.json()["reason"]) == (409, "replayed")
        assert len(served.box.safe) == 1


@pytest.mark.parametrize("trouble", [BufferFull("The buffer is full."), PeerUnreachable("No broker.")])
async def test_what_could_not_be_made_safe_may_be_sent_again(trouble: Exception) -> None:
    async with serving() as served:
        served.box.trouble = trouble
        refused = await served.send(OFFERED)
        assert (refused.status_code, refused.json()["reason"]) == (503, "not_safe")
        assert refused.headers["Retry-After"] == "5"
        served.box.trouble = None
        assert (await served.send(OFFERED)).status_code == 202


async def test_a_broker_that_says_nothing_is_not_waited_for_for_ever() -> None:
    async with serving(safe_seconds=0.05) as served:
        served.box.open.clear()
        assert (await served.send(OFFERED)).status_code == 503
        served.box.open.set()
        assert (await served.send(OFFERED)).status_code == 202


async def test_too_large_a_body_is_refused_while_it_comes_in() -> None:
    async with serving(body_bytes=1000) as served:

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(50):
                yield b" " * 100

        announced = await served.send(b" " * 1001)
        streamed = await served.client.post(served.url, content=endless(), headers={"Content-Type": "application/json"})
        assert [announced.status_code, streamed.status_code] == [413, 413]
        assert (await served.send(b"[]" + b" " * 998)).status_code == 202


async def test_too_many_events_are_refused() -> None:
    async with serving() as served:
        answer = await served.send(b"[" + b"1," * MOST_EVENTS + b"1]")
        assert (answer.status_code, answer.json()["reason"]) == (413, "too_many")


async def test_a_sender_that_never_finishes_is_let_go() -> None:
    async with serving(body_seconds=0.05) as served:
        url = httpx.URL(served.url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(b"POST /events HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n{")
        line = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        await writer.wait_closed()
        assert line.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("content_type", "headers", "status"),
    [("text/plain", {}, 415), ("application/json", {"Content-Encoding": "gzip"}, 415), ("application/json", {}, 422)],
)
async def test_only_json_is_understood(content_type: str, headers: dict[str, str], status: int) -> None:
    async with serving() as served:
        answer = await served.send(b"[half", content_type, headers=headers)
        assert answer.status_code == status
        assert answer.json()["message"].endswith(".")


def test_a_port_that_is_taken_is_the_operators_business() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ConfigurationError, match="cannot listen on"),
    ):
        made(port=taken.getsockname()[1]).bind()


def test_the_memory_of_signatures_is_bounded_and_forgets() -> None:
    seen = SeenSignatures(window_seconds=300, limit=2)
    seen.claim("a", 0)
    seen.claim("b", 1)
    with pytest.raises(Refused) as refused:
        seen.claim("c", 2)
    assert refused.value.reason == "busy"
    with pytest.raises(Refused) as refused:
        seen.claim("a", 600)
    assert refused.value.reason == "replayed"
    seen.claim("a", 601)
    seen.release("b")
    seen.claim("b", 601)


KEY = SECRET.encode()


@given(body=st.binary(), at=st.integers(0, 10**11), off=st.integers(-300, 300))
def test_what_is_signed_is_good_within_the_window(body: bytes, at: int, off: int) -> None:
    check_signature([b"another", KEY], str(at), sign(KEY, str(at), body), body, now=at + off, window_seconds=300)


@given(body=st.binary(), other=st.binary(), at=st.integers(0, 10**11), given_signature=st.text() | st.just(None))
def test_what_is_not_signed_is_not_good(body: bytes, other: bytes, at: int, given_signature: str | None) -> None:
    right = sign(KEY, str(at), body)
    signature = sign(KEY, str(at), other) if given_signature is None else given_signature
    if signature == right:
        return
    with pytest.raises(Refused):
        check_signature([KEY], str(at), signature, body, now=at, window_seconds=300)


def test_a_signature_holds_for_one_timestamp_only() -> None:
    with pytest.raises(Refused):
        check_signature([KEY], "1001", sign(KEY, "1000", b"{}"), b"{}", now=1000, window_seconds=300)


FIELDS = [*OFFERED, "data", "source", "serving", "customer", "customer_identity", "agent", "time", "specversion"]
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from(FIELDS), inner, max_size=6),
    max_leaves=12,
)
MEDIA = [
    "application/json",
    "application/x-ndjson",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
]
NEAR = st.dictionaries(st.sampled_from(FIELDS), JSONS, max_size=3).map(lambda changed: OFFERED | changed)


@given(
    body=st.binary() | (JSONS | NEAR | st.lists(NEAR, max_size=3)).map(lambda found: json.dumps(found).encode()),
    media=st.sampled_from(MEDIA),
    ce=st.booleans(),
)
@example(body=b"[" * 100_000, media=MEDIA[0], ce=False)
@example(body=b'{"a":' * 100_000, media=MEDIA[0], ce=False)
@example(body=b'{"a":' * 100_000, media=MEDIA[2], ce=False)
@example(body=b'{"type":"contact.offered","customer":"\\ud800"}', media=MEDIA[0], ce=False)
@example(body=b'{"type":"queue.snapshot","serving":[1]}', media=MEDIA[0], ce=False)
@example(body=json.dumps({**OFFERED, "x": 10**400}).encode(), media=MEDIA[0], ce=False)
@settings(deadline=None)
def test_no_body_breaks_the_receiver(body: bytes, media: str, ce: bool) -> None:
    async def send() -> int:
        transport = httpx.ASGITransport(made().application(Box()), raise_app_exceptions=True)
        timestamp = str(int(NOW.timestamp()))
        headers = {
            "Content-Type": media,
            "X-Balans-Timestamp": timestamp,
            "X-Balans-Signature": sign(KEY, timestamp, body),
        }
        if ce:
            headers |= {"ce-specversion": "1.0", "ce-id": "1", "ce-type": "contact.offered", "ce-source": "%zz"}
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            answer = await client.post("/events", content=body, headers=headers)
            assert isinstance(answer.json(), dict)
            return answer.status_code

    assert asyncio.run(send()) in (202, 413, 422)


@pytest.mark.parametrize(
    "keys",
    [
        {"secrets": []},
        {"secrets": ["short"]},
        {"secrets": [SECRET], "unknown": 1},
        {"secrets": [SECRET], "window_seconds": 0},
    ],
)
def test_settings_that_would_not_be_safe(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"source": "webhook", **keys})


async def test_secrets_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    webhook = Settings(source="webhook", secrets_file=file)
    with pytest.raises(ConfigurationError, match="cannot read"):
        webhook.keys()
    file.write_text("short\n")
    with pytest.raises(ConfigurationError, match="at least 16"):
        webhook.keys()
    file.write_text(f"{SECRET.replace(' ', '-')}\n{NEXT_SECRET.replace(' ', '-')}\n")
    assert len(webhook.keys()) == 2
    assert await check(webhook) == "listens on http://127.0.0.1:8010/events with 2 secrets"
    assert SECRET not in repr(Settings.model_validate({"source": "webhook", "secrets": [SECRET]}))
