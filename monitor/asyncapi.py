"""The AsyncAPI 3 document of what Balans says and hears over MQTT and WebSocket, made from the types in the code.

`python -m monitor.asyncapi > docs/asyncapi.json` writes it; a test keeps that file current.
"""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from monitor.batch import Batch, Status, SwitchPosition, Topics
from monitor.board import DeltaMessage, Resync, SnapshotMessage
from monitor.events import EVENT_TYPES, SCHEMA_VERSION
from monitor.figures import SiteFigures
from monitor.settings import Mqtt, Web

MESSAGES: dict[str, type[msgspec.Struct]] = {
    "batch": Batch,
    "status": Status,
    "figures": SiteFigures,
    "switch": SwitchPosition,
    "snapshot": SnapshotMessage,
    "delta": DeltaMessage,
    "resync": Resync,
}
BOARD_ADDRESS = "/ws/board/{board}"
_SCHEMAS = "#/components/schemas/"


def document() -> dict[str, Any]:
    """The whole document, as JSON values; the same for the same code."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Balans",
            "version": str(SCHEMA_VERSION),
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
            "description": (
                "Collectors publish what happens in a contact centre over MQTT; viewers follow a wallboard over a "
                "WebSocket. An event has no field for a name, a number, an address or a text of a conversation: "
                "customers are keyed hashes, agents opaque ids. What reaches a board has no field for a person."
            ),
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": _channels(Topics(Mqtt().prefix)),
        "operations": _operations(),
        "components": {"messages": _messages(), "schemas": _schemas()},
    }


def _servers() -> dict[str, Any]:
    return {
        "broker": {
            "host": f"127.0.0.1:{Mqtt().port}",
            "protocol": "mqtt",
            "protocolVersion": "3.1.1",
            "description": "Balans' own broker, or the one that [mqtt] names.",
        },
        "web": {"host": f"127.0.0.1:{Web().port}", "protocol": "ws", "description": "The web role."},
    }


def _channels(topics: Topics) -> dict[str, Any]:
    collector = {"collector": {"description": "The collector's name in the configuration: no dots, no spaces."}}
    return {
        "events": _channel(
            topics.events("{collector}"),
            "broker",
            ["batch"],
            "Events in numbered batches. A batch may come twice and batches may be split or joined; numbers tell.",
            collector,
        ),
        "status": _channel(
            topics.status("{collector}"), "broker", ["status"], "Retained; `lost` is the collector's will.", collector
        ),
        "figures": _channel(
            topics.figures, "broker", ["figures"], "Retained: the newest figures, for web roles elsewhere."
        ),
        "switch": _channel(
            topics.switch,
            "broker",
            ["switch"],
            "Retained: whether the monitor allows person-level processing. Only the monitor may publish it.",
        ),
        "board": _channel(
            BOARD_ADDRESS,
            "web",
            ["snapshot", "delta", "resync"],
            "A snapshot, then numbered deltas. After a gap the viewer sends resync and gets a snapshot.",
            {"board": {"description": "The board's name in the configuration."}},
        ),
    }


def _channel(
    address: str, server: str, messages: list[str], description: str, parameters: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "address": address,
        "description": description,
        "servers": [{"$ref": f"#/servers/{server}"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        **({"parameters": parameters} if parameters else {}),
    }


def _operations() -> dict[str, Any]:
    """As Balans does them, apart from collectors, which send what the monitor receives."""
    return {
        "receiveEvents": _operation("receive", "events", ["batch"], qos=1),
        "receiveStatus": _operation("receive", "status", ["status"], qos=1, retain=True),
        "sendFigures": _operation("send", "figures", ["figures"], qos=0, retain=True),
        "sendSwitch": _operation("send", "switch", ["switch"], qos=1, retain=True),
        "sendBoard": _operation("send", "board", ["snapshot", "delta"]),
        "receiveResync": _operation("receive", "board", ["resync"]),
    }


def _operation(action: str, channel: str, messages: list[str], **mqtt: Any) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
        **({"bindings": {"mqtt": {**mqtt, "bindingVersion": "0.2.0"}}} if mqtt else {}),
    }


def _messages() -> dict[str, Any]:
    return {
        name: {
            "name": name,
            "title": made_of.__name__,
            "contentType": "application/json",
            "payload": {"$ref": _SCHEMAS + made_of.__name__},
        }
        for name, made_of in MESSAGES.items()
    }


def _schemas() -> dict[str, Any]:
    wanted = [*MESSAGES.values(), *EVENT_TYPES.values()]
    _, schemas = msgspec.json.schema_components(wanted, ref_template=_SCHEMAS + "{name}")
    plain = {name: _without_discriminators(schema) for name, schema in sorted(schemas.items())}
    return msgspec.to_builtins(plain)  # type: ignore[no-any-return]


def _without_discriminators(schema: Any) -> Any:
    """In AsyncAPI a discriminator is a bare name; the constant `type` of each event tells them apart anyway."""
    if isinstance(schema, dict):
        return {
            key: _without_discriminators(value)
            for key, value in schema.items()
            if not (key == "discriminator" and isinstance(value, dict) and "mapping" in value)
        }
    if isinstance(schema, list):
        return [_without_discriminators(one) for one in schema]
    return schema


def written() -> str:
    """The document as it stands in docs/asyncapi.json."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2).decode() + "\n"


if __name__ == "__main__":
    sys.stdout.write(written())
