"""From a body to events of the vocabulary, with people made into pseudonyms on the way. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import msgspec

from monitor import cloudevents
from monitor.cloudevents import Fields
from monitor.errors import Malformed, Refused
from monitor.events import EVENT_TYPES, UNREADABLE, Event, decode
from monitor.pseudonym import Pseudonyms

_objects = msgspec.json.Decoder(Fields)
_arrays = msgspec.json.Decoder(list[msgspec.Raw])
_texts = msgspec.json.Decoder(str)
_encoder = msgspec.json.Encoder()

JSON, NDJSON = "application/json", "application/x-ndjson"
_AGENT = re.compile(r"a-[0-9a-f]{12}")
_CUSTOMER = re.compile(r"c-[0-9a-f]{24}")

Item = Callable[[], Fields]
"""The fields of one event of a request; raises DropAndCount."""


def items(media_type: str, headers: Mapping[str, str], body: bytes) -> list[Item]:
    """The events of a body, not looked at yet. Raises Refused for a media type that is none of ours, Malformed
    for a body that is not what its media type says."""
    try:
        if media_type == cloudevents.STRUCTURED:
            return [partial(cloudevents.structured, body)]
        if media_type == cloudevents.BATCH:
            return [partial(cloudevents.structured, raw) for raw in _arrays.decode(body)]
        if media_type == NDJSON:
            return [partial(_plain, raw) for raw in body.splitlines() if raw.strip()]
        if media_type != JSON:
            raise Refused(f"Content-Type must be {JSON}, {NDJSON} or a CloudEvents type.", "media_type")
        if "ce-specversion" in headers:
            return [partial(cloudevents.binary, headers, body)]
        if body.lstrip()[:1] == b"[":
            return [partial(_plain, raw) for raw in _arrays.decode(body)]
        return [partial(_plain, body)]
    except UNREADABLE as error:
        raise Malformed(f"The body is not the JSON that its Content-Type says: {error}.") from error


def _plain(raw: bytes | msgspec.Raw) -> Fields:
    try:
        return _objects.decode(raw)
    except UNREADABLE as error:
        raise Malformed(f"This is no event: {error}.") from error


@dataclass(frozen=True, slots=True)
class Edge:
    """Where people become pseudonyms. `customer_identity` and `agent_identity` (a number, an address, a name)
    are hashed and dropped; so is a `customer` or `agent` that is no pseudonym of this site yet."""

    name: str
    pseudonyms: Pseudonyms
    agents_are_opaque: bool

    def event(self, found: Fields, received_at: str) -> Event:
        """The event with these fields, as this source's own. Raises DropAndCount."""
        try:
            kind = _texts.decode(found.get("type", msgspec.Raw(b'""')))
            if kind not in EVENT_TYPES:
                raise Refused("The type is none that Balans knows.", "unknown_type")
            people = self._people(found)
            served = [{**one, **self._people(one)} for one in self._served(found)]
            own = {"source": _raw(self.name), "received_at": _raw(received_at), **people}
            if served:
                own["serving"] = msgspec.Raw(_encoder.encode(served))
            plain = {key: raw for key, raw in found.items() if not key.endswith("_identity")}
            return decode(_encoder.encode({**plain, **own}))
        except UNREADABLE as error:
            raise Malformed(f"This is no event Balans knows: {error}.") from error

    def _served(self, found: Fields) -> list[Fields]:
        raw = found.get("serving", msgspec.Raw(b"null"))
        return msgspec.json.decode(raw, type=list[Fields] | None) or []

    def _people(self, found: Fields) -> dict[str, msgspec.Raw]:
        people = {}
        customer = _text(found, "customer_identity") or _text(found, "customer")
        if customer:
            known = _CUSTOMER.fullmatch(customer)
            people["customer"] = _raw(customer if known else self.pseudonyms.customer(customer.strip().lower()))
        agent = _text(found, "agent_identity")
        if agent:
            people["agent"] = _raw(self.pseudonyms.agent(agent))
        elif agent := _text(found, "agent"):
            opaque = self.agents_are_opaque or _AGENT.fullmatch(agent)
            people["agent"] = _raw(agent if opaque else self.pseudonyms.agent(agent))
        return people


def _text(found: Fields, key: str) -> str:
    raw = found.get(key)
    return "" if raw is None else msgspec.json.decode(raw, type=str | None) or ""


def _raw(text: str) -> msgspec.Raw:
    return msgspec.Raw(_encoder.encode(text))
