"""`balans replay`: a recording through the same parser and the same engine as live, into one report."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from pydantic import ValidationError

from balans.configuration import load_checked
from balans.progress import LateProgress
from balans.scoring import Listener
from collectors import asterisk_ami, asterisk_queue_log, call_table
from collectors.call_table.columns import PRESETS
from collectors.source import Surroundings
from monitor.engine import Engine
from monitor.errors import ConfigurationError
from monitor.events import Event
from monitor.pseudonym import Pseudonyms
from monitor.report import Report, report
from monitor.settings import Settings, Site, one_sentence


@dataclass(frozen=True, slots=True)
class Recording:
    """What is to be replayed. `day` keeps only the calls of one local day."""

    source: str
    files: Sequence[Path]
    preset: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """What a reader needs beside the recording. `unreadable` counts what becomes no event."""

    surroundings: Surroundings
    unreadable: Counter[str]
    progress: LateProgress


def replayed(recording: Recording, config: Path | None, *, scores: bool = False) -> Report:
    """The report of the recording, with the balance of each agent when `scores` are asked for.

    Raises ConfigurationError for words or files that cannot be used.
    """
    _check(recording)
    if scores and recording.source != "call-table":
        raise ConfigurationError(f"--scores belongs to call-table, not to {recording.source}.")
    settings = load_checked(config)
    site = _site(recording, settings)
    with LateProgress() as progress:
        # A key that nobody keeps: a report needs equal customers to stay equal, and nothing more.
        pseudonyms = Pseudonyms(secrets.token_bytes(32))
        surroundings = Surroundings(site, settings.queues, pseudonyms, lambda: datetime.now(UTC))
        replay = Replay(surroundings, Counter(), progress)
        events = READERS[recording.source](recording, replay)
        listener = Listener(ZoneInfo(site.time_zone)) if scores else None
        if listener is not None:
            events = listener.listening(events)
        engine = Engine(site, settings.queues, settings.teams, settings.boards, keep_all=True)
        for event in progress.counted(events):
            engine.apply(event)
    if recording.day is not None and engine.read == 0:
        raise ConfigurationError(f"No call of {recording.day} is in {_names(recording.files)}.")
    start, end = _bounds(recording.day, ZoneInfo(site.time_zone))
    found = report(engine.whole(), site.time_zone, start=start, end=end, unreadable=replay.unreadable)
    return found if listener is None else msgspec.structs.replace(found, scores=listener.scores())


def _check(recording: Recording) -> None:
    for path in recording.files:
        if not path.is_file():
            raise ConfigurationError(f"There is no file {path}.")
    if recording.source != "call-table" and (recording.preset or recording.day):
        raise ConfigurationError(f"--preset and --day belong to call-table, not to {recording.source}.")


def _names(files: Sequence[Path]) -> str:
    return ", ".join(path.name for path in files)


def _site(recording: Recording, settings: Settings) -> Site:
    """A preset's recording was made in the zone of its centre, unless the configuration departs from the default."""
    preset: Mapping[str, str] = PRESETS.get(recording.preset or "", {})
    if "time_zone" in preset and settings.site.time_zone == Site().time_zone:
        return settings.site.model_copy(update={"time_zone": preset["time_zone"]})
    return settings.site


def _bounds(day: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """From midnight to midnight, when a day was asked for."""
    if day is None:
        return None, None
    midnight = datetime.combine(day, time(), zone)
    return midnight, datetime.combine(day + timedelta(days=1), time(), zone)


def _call_table(recording: Recording, replay: Replay) -> Iterator[Event]:
    if recording.preset is None:
        raise ConfigurationError(f"Which table is it? --preset is one of {', '.join(PRESETS)}.")
    if recording.preset not in PRESETS:
        raise ConfigurationError(f"There is no preset {recording.preset!r}; there is {', '.join(PRESETS)}.")
    try:
        settings = call_table.Settings.model_validate({"source": "call_table", "preset": recording.preset})
    except ValidationError as error:
        raise ConfigurationError(f"preset {recording.preset}: {one_sentence(error)}") from error
    return call_table.replay(
        recording.files,
        settings,
        replay.surroundings,
        recording.day,
        replay.progress.read,
        rejected=replay.unreadable,
    )


def _asterisk_ami(recording: Recording, replay: Replay) -> Iterator[Event]:
    settings = asterisk_ami.Settings()
    for path in recording.files:
        yield from asterisk_ami.replay(
            path, settings, replay.surroundings, replay.progress.read, rejected=replay.unreadable
        )


def _asterisk_queue_log(recording: Recording, replay: Replay) -> Iterator[Event]:
    settings = asterisk_queue_log.Settings()
    for path in recording.files:
        yield from asterisk_queue_log.replay(
            path, settings, replay.surroundings, replay.progress.read, rejected=replay.unreadable
        )


READERS: Mapping[str, Callable[[Recording, Replay], Iterator[Event]]] = {
    "call-table": _call_table,
    "asterisk-ami": _asterisk_ami,
    "asterisk-queue-log": _asterisk_queue_log,
}
