"""CloudEvents 1.0 envelopes (structured and binary mode, JSON data) as the fields of an event of the vocabulary.

`type` is the event's type, bare or after `nl.balans.`; `time` is its instant; `source` and `id` together make its
id, because CloudEvents promise uniqueness only for the two; `data` holds the other fields. Extension attributes
are passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import unquote

import msgspec

from monitor.errors import Malformed
from monitor.events import UNREADABLE

TYPE_PREFIX = "nl.balans."
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_LONGEST_ID = 160

Fields = dict[str, msgspec.Raw]
"""An event's fields by name, each still JSON."""

_Attribute = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """The context attributes that matter here, and the data."""

    specversion: str
    id: _Attribute
    source: _Attribute
    type: _Attribute
    time: str | None = None
    datacontenttype: str | None = None
    data: Fields | None = None
    data_base64: str | None = None


_envelopes = msgspec.json.Decoder(Envelope)
_data = msgspec.json.Decoder(Fields)


def structured(raw: bytes | msgspec.Raw) -> Fields:
    """The fields of an event whose envelope and data are one JSON object. Raises Malformed."""
    try:
        envelope = _envelopes.decode(raw)
    except UNREADABLE as error:
        raise Malformed(f"This is no CloudEvent with JSON data: {error}.") from error
    return fields(envelope)


def binary(headers: Mapping[str, str], body: bytes) -> Fields:
    """The fields of an event whose attributes are `ce-` headers (lower case names) and whose body is its data.
    Raises Malformed."""
    attributes = {name.removeprefix("ce-"): unquote(value) for name, value in headers.items() if name.startswith("ce-")}
    try:
        envelope = msgspec.convert({**attributes, "data": _data.decode(body)}, Envelope)
    except UNREADABLE as error:
        raise Malformed(f"This is no CloudEvent with JSON data: {error}.") from error
    return fields(envelope)


def fields(envelope: Envelope) -> Fields:
    """The fields of the event in an envelope. Raises Malformed."""
    if envelope.specversion != "1.0":
        raise Malformed("The CloudEvent's specversion is not 1.0.")
    if envelope.data_base64 is not None or not _is_json(envelope.datacontenttype):
        raise Malformed("The CloudEvent's data is not JSON.")
    found = dict(envelope.data or {})
    found["type"] = _json(envelope.type.removeprefix(TYPE_PREFIX))
    found["id"] = _json(event_id(envelope.source, envelope.id))
    if envelope.time is not None:
        found["at"] = _json(envelope.time)
    return found


def event_id(source: str, id: str) -> str:
    """One id for a CloudEvent's source and id; a digest where the two are too long for an id."""
    whole = f"{source}#{id}"
    return whole if len(whole) <= _LONGEST_ID else hashlib.sha256(whole.encode()).hexdigest()


def _is_json(media_type: str | None) -> bool:
    if media_type is None:
        return True
    bare = media_type.partition(";")[0].strip().lower()
    return bare == "application/json" or bare.endswith("+json")


def _json(text: str) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(text))
