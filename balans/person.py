"""`balans person`: all that is kept of one agent, handed out (GDPR art. 15) or erased (art. 17). Works on the store
itself; a running monitor follows within seconds."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import re
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from balans.configuration import load_checked
from balans.directory import entries_of
from balans.people import agent_of, store_of
from balans.roles import utc_now
from monitor.errors import ConfigurationError
from monitor.journal import Database
from monitor.people.directory import Directory
from monitor.people.everything import Everything, erase, everything_of, kept_in
from monitor.people.looks import Looks
from monitor.settings import Settings
from web.language import LANGUAGES
from web.readable import as_html

HERE = "balans person export"
"""What the access log gives as the reason: whoever may read the store may do it, and the agent sees that it was."""


def do_to_person(arguments: argparse.Namespace) -> int:
    """What `balans person` is told to do."""
    settings = load_checked(arguments.config)
    agent = agent_of(arguments.agent, settings)
    if agent is None:
        raise ConfigurationError("Say which agent: the opaque id, or =NAME as its source says it.")

    async def act() -> str:
        async with store_of(settings) as database:
            if arguments.deed == "export":
                return await _export(agent, arguments.out, database, ZoneInfo(settings.site.time_zone))
            return await _erase(agent, settings, database, still_here=arguments.still_here)

    sys.stdout.write(asyncio.run(act()))
    return 0


async def _export(agent: str, folder: Path, database: Database, zone: ZoneInfo) -> str:
    await _is_kept(agent, database)
    await Looks(database).add(agent, "", getpass.getuser(), "export", HERE, utc_now())
    written = write_files(await everything_of(agent, database), folder, zone)
    return f"Everything about {agent} is in {', '.join(map(str, written))}.\n"


def write_files(found: Everything, folder: Path, zone: ZoneInfo) -> tuple[Path, ...]:
    """One file for programs and one a language for people; the paths. Raises ConfigurationError."""
    name = re.sub(r"[^A-Za-z0-9._-]", "_", found.agent)
    pages = {folder / f"{name}.{language}.html": as_html(found, language, zone).encode() for language in LANGUAGES}
    files = {folder / f"{name}.json": msgspec.json.format(msgspec.json.encode(found), indent=2), **pages}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            path.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(f"Cannot write into {folder}: {error.strerror}.") from error
    return tuple(files)


async def _erase(agent: str, settings: Settings, database: Database, *, still_here: bool) -> str:
    await _is_kept(agent, database)
    await _has_left(agent, settings, database, still_here=still_here)
    tables = await erase(agent, database, utc_now())
    return f"{agent} is erased from {', '.join(sorted(tables))}; the score forgets it when it next looks.\n"


async def _is_kept(agent: str, database: Database) -> None:
    if not await kept_in(agent, database):
        raise ConfigurationError(f"Nothing is kept of {agent}.")


async def _has_left(agent: str, settings: Settings, database: Database, *, still_here: bool) -> None:
    """Raises ConfigurationError when the directory does not say so, or would bring the name back."""
    path = settings.people.directory_file
    if path is not None and any(one.agent == agent for one in entries_of(path, settings)):
        raise ConfigurationError(f"{path} still names {agent}, and is read at each start: take the entry out first.")
    if still_here:
        return
    entry = await Directory(database).of_agent(agent)
    if entry is None:
        if await Directory(database).all():
            return
        raise ConfigurationError(f"There is no directory to say that {agent} has left: add --still-here to erase.")
    today = utc_now().astimezone(ZoneInfo(settings.site.time_zone)).date()
    if entry.left_on is None or entry.left_on > today:
        raise ConfigurationError(f"The directory does not say that {agent} has left: add --still-here to erase.")
