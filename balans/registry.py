"""Which sources there are: the word that `source` says in a `[collectors.NAME]`, and what stands behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from collectors import asterisk_ami, asterisk_queue_log, call_table, demo, webhook
from collectors.source import Collector, Surroundings
from monitor.errors import ConfigurationError
from monitor.settings import Table, one_sentence


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source: what it is in plain words, the model of its keys, and how it is made."""

    title: str
    settings: type[Table]
    collector: Callable[[str, Any, Surroundings], Collector]
    check: Callable[[Any], Awaitable[str]] | None = None
    """For `balans doctor`: goes to the peer and says what it saw; raises BalansError with what is wrong."""


KINDS: Mapping[str, Kind] = {
    "asterisk_ami": Kind(
        "Asterisk, over its manager interface", asterisk_ami.Settings, asterisk_ami.AsteriskAmi, asterisk_ami.check
    ),
    "asterisk_queue_log": Kind(
        "Asterisk, by its log of the queues",
        asterisk_queue_log.Settings,
        asterisk_queue_log.AsteriskQueueLog,
        asterisk_queue_log.check,
    ),
    "call_table": Kind("tables of calls (CSV, TSV)", call_table.Settings, call_table.CallTable, call_table.check),
    "demo": Kind("a simulated centre", demo.Settings, demo.Demo),
    "webhook": Kind("signed events over HTTP", webhook.Settings, webhook.Webhook, webhook.check),
}


def collector_settings(name: str, table: Mapping[str, Any]) -> Table:
    """The checked keys of `[collectors.NAME]`. Raises ConfigurationError with the key that is wrong."""
    kind = _kind(name, table)
    try:
        return kind.settings.model_validate(table)
    except ValidationError as error:
        raise ConfigurationError(f"collectors.{name}.{one_sentence(error)}") from error


def make_collector(name: str, table: Mapping[str, Any], surroundings: Surroundings) -> Collector:
    """The collector of `[collectors.NAME]`, not yet running. Raises ConfigurationError."""
    return _kind(name, table).collector(name, collector_settings(name, table), surroundings)


def _kind(name: str, table: Mapping[str, Any]) -> Kind:
    word = table.get("source")
    known = ", ".join(sorted(KINDS))
    if word is None:
        raise ConfigurationError(f"collectors.{name}.source: is missing; it is one of {known}.")
    if word not in KINDS:
        raise ConfigurationError(f"collectors.{name}.source: there is no source {word!r}; there are {known}.")
    return KINDS[word]
