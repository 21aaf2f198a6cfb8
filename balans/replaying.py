"""`balans replay`: a recording through the same parser and the same engine as live, into one report."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.engine import Engine

from balans.configuration import load_checked
from balans.progress import LateProgress
from collectors.source import Surroundings
from monitor.events import AgentStateChanged, ContactAnswered, Event, SourceStatus
from monitor.pseudonym import Pseudonyms
from monitor.report import Report


@dataclass(frozen=True, slots=True)
class Recording:
    """What is to be replayed. `day` keeps only the calls of one local day."""

    source: str
    files: Sequence[Path]
    preset: str | None = None
    day: date | None = None


@dataclass(slots=True)
class Seen:
    """What passes by on its way to the engine: the first and last instant, the agents, what cannot be told."""

    first: datetime | None = None
    last: datetime | None = None
    agents: set[str] = field(default_factory=set)
    cannot_tell: set[str] = field(default_factory=set)

    def watch(self, event: Event) -> None:
        if self.first is None or event.at < self.first:
            self.first = event.at
        if self.last is None or event.at > self.last:
            self.last = event.at
        if isinstance(event, ContactAnswered | AgentStateChanged) and event.agent:
            self.agents.add(event.agent)
        elif isinstance(event, SourceStatus):
            self.cannot_tell.update(event.cannot_tell)


def replayed(recording: Recording, config: Path | None) -> Report:
    """The report of the recording. Raises ConfigurationError for words or files that cannot be used."""
    _check(recording)
    settings = load_checked(config)
    site = _site(recording, settings)
    rejected: Counter[str] = Counter()
    engine = Engine(site, settings.queues, settings.teams, settings.boards)
    surroundings = Surroundings(site, settings.queues, Pseudonyms(secrets.token_bytes(32)), lambda: datetime.now(UTC))
    with LateProgress() as progress:
        events = READERS[recording.source](recording, surroundings, rejected, progress)
        return measured(events, engine, recording, site, rejected, progress)
