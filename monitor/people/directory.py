"""The directory: the only place that knows an agent's name. Read from TOML or CSV, kept in the table `agents`."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from monitor.errors import ConfigurationError
from monitor.journal.database import Database
from monitor.people.tables import agents

WRITTEN_AT_ONCE = 1000


class DirectoryEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One agent. `agent` is the opaque id of the events."""

    agent: str
    name: str
    team: str = ""
    skills: tuple[str, ...] = ()
    started_on: date | None = None
    left_on: date | None = None


class Directory:
    """The table of agents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[DirectoryEntry]:
        """Everybody, by name."""
        return [_entry(row) for row in await self._database.rows(sa.select(agents).order_by(agents.c.name))]

    async def of_team(self, team: str) -> list[DirectoryEntry]:
        """The agents of one team, by name."""
        wanted = sa.select(agents).where(agents.c.team == team).order_by(agents.c.name)
        return [_entry(row) for row in await self._database.rows(wanted)]

    async def of_agent(self, agent: str) -> DirectoryEntry | None:
        """One agent."""
        row = await self._database.row(sa.select(agents).where(agents.c.agent == agent))
        return None if row is None else _entry(row)

    async def replace(self, entries: Sequence[DirectoryEntry]) -> None:
        """The directory is these, and no others."""
        rows = [_row(entry) for entry in entries]
        some = [rows[begins : begins + WRITTEN_AT_ONCE] for begins in range(0, len(rows), WRITTEN_AT_ONCE)]
        await self._database.write(agents.delete(), *(self._database.put(agents, part) for part in some))


def read_directory(path: Path, pseudonym: Callable[[str], str]) -> list[DirectoryEntry]:
    """The entries of a file: TOML with `[[agents]]` tables, or CSV with a row of column names. `source_id`, the name
    or number that the source uses, may stand in place of `agent`: `pseudonym` makes the opaque id of it. In CSV
    skills are parted by spaces. Raises ConfigurationError with the entry that is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8.") from error
    tables = _of_csv(text) if path.suffix.lower() == ".csv" else _of_toml(path, text)
    entries = [_checked(path, number, table, pseudonym) for number, table in enumerate(tables, start=1)]
    if len({entry.agent for entry in entries}) < len(entries):
        raise ConfigurationError(f"{path} holds an agent twice.")
    return entries


def _of_csv(text: str) -> list[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    return [{key: value.split() if key == "skills" else value for key, value in row.items() if value} for row in rows]


def _of_toml(path: Path, text: str) -> list[dict[str, Any]]:
    try:
        tables = tomllib.loads(text).get("agents", [])
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigurationError(f"{path}: agents are written as [[agents]] tables.")
    return tables


def _checked(path: Path, number: int, table: dict[str, Any], pseudonym: Callable[[str], str]) -> DirectoryEntry:
    fields = dict(table)
    source_id = fields.pop("source_id", None)
    if source_id is not None:
        fields["agent"] = pseudonym(str(source_id))
    try:
        return msgspec.convert(fields, DirectoryEntry)
    except (msgspec.ValidationError, TypeError) as error:
        raise ConfigurationError(f"{path}, agent {number}: {error}.") from error


def _entry(row: sa.Row[Any]) -> DirectoryEntry:
    return DirectoryEntry(
        agent=row.agent,
        name=row.name,
        team=row.team,
        skills=tuple(json.loads(row.skills)),
        started_on=date.fromisoformat(row.started_on) if row.started_on else None,
        left_on=date.fromisoformat(row.left_on) if row.left_on else None,
    )


def _row(entry: DirectoryEntry) -> dict[str, Any]:
    return {
        "agent": entry.agent,
        "name": entry.name,
        "team": entry.team,
        "skills": json.dumps(entry.skills),
        "started_on": entry.started_on.isoformat() if entry.started_on else None,
        "left_on": entry.left_on.isoformat() if entry.left_on else None,
    }
