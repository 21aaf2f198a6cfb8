"""The AsyncAPI document is made from the code, hangs together, and the file in docs/ is the newest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.asyncapi import MESSAGES, document, written
from monitor.batch import Topics
from monitor.events import EVENT_TYPES

FILE = Path(__file__).resolve().parents[2] / "docs" / "asyncapi.json"


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def found(reference: str, whole: Any) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        whole = whole[step]
    return whole


def test_the_file_in_docs_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "run: python -m monitor.asyncapi > docs/asyncapi.json"


def test_every_reference_leads_somewhere() -> None:
    whole = document()
    every = set(references(whole))
    assert every
    for reference in every:
        assert isinstance(found(reference, whole), dict), reference


def test_every_event_and_every_message_is_described() -> None:
    schemas = document()["components"]["schemas"]
    described = {
        schema["properties"]["type"]["enum"][0]
        for schema in schemas.values()
        if "type" in schema.get("properties", {}) and "enum" in schema["properties"]["type"]
    }
    assert set(EVENT_TYPES) <= described
    for made_of in MESSAGES.values():
        assert schemas[made_of.__name__]["description"]
    batch = {one["$ref"].rsplit("/", 1)[1] for one in schemas["Batch"]["properties"]["events"]["items"]["anyOf"]}
    assert batch == {cls.__name__ for cls in EVENT_TYPES.values()}


def test_the_addresses_are_those_of_the_bus() -> None:
    channels, topics = document()["channels"], Topics("balans/v1")
    assert channels["events"]["address"] == topics.events("{collector}")
    assert channels["status"]["address"] == topics.status("{collector}")
    assert channels["figures"]["address"] == topics.figures
    assert all(channel["messages"] for channel in channels.values())


def test_operations_use_messages_of_their_channel() -> None:
    whole = document()
    for operation in whole["operations"].values():
        channel = found(operation["channel"]["$ref"], whole)
        for message in operation["messages"]:
            assert message["$ref"].rsplit("/", 1)[1] in channel["messages"]


def test_nothing_a_viewer_gets_has_a_field_for_a_person() -> None:
    """All that a snapshot or a delta can reach, by every road, names neither an agent nor a customer."""
    schemas = document()["components"]["schemas"]
    reached, ahead = set[str](), ["SnapshotMessage", "DeltaMessage"]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += [reference.rsplit("/", 1)[1] for reference in references(schemas[name])]
    fields = {field for name in reached for field in schemas[name].get("properties", {})}
    assert fields
    assert not fields & {"agent", "customer", "contact", "visit", "name"}
    assert json.dumps(sorted(reached)).find("Agent") < 0
