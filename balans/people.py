"""`balans account` and `balans directory`: who may sign in, and who is who. Works on the store itself, so the first
admin is made here; the web need not run."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from balans.configuration import journal_address, load_checked
from balans.directory import entries_of, pseudonyms_of
from balans.roles import utc_now
from monitor.errors import ConfigurationError
from monitor.journal import Database, database_of, opened_journal
from monitor.people.account_log import BY_COMMAND, AccountLog, Done
from monitor.people.accounts import Account, Accounts
from monitor.people.directory import Directory
from monitor.people.enrolment import change, close, enrol, kept_password, login_of, roles_of
from monitor.people.sessions import Sessions
from monitor.settings import Settings


def do_to_account(arguments: argparse.Namespace) -> int:
    """What `balans account` is told to do."""
    deeds: dict[str, Callable[[argparse.Namespace, Settings, Database], Awaitable[str]]] = {
        "add": _add,
        "list": _list,
        "close": _close,
        "password": _password,
        "roles": _roles,
    }
    settings = load_checked(arguments.config)

    async def act() -> str:
        async with store_of(settings) as database:
            return await deeds[arguments.deed](arguments, settings, database)

    sys.stdout.write(asyncio.run(act()))
    return 0


def import_directory(arguments: argparse.Namespace) -> int:
    """What `balans directory` is told to do."""
    settings = load_checked(arguments.config)
    if not settings.people.processing:
        raise ConfigurationError("people.processing is off: no names of agents are kept.")
    entries = entries_of(arguments.file, settings)

    async def act() -> None:
        async with store_of(settings) as database:
            await Directory(database).replace(entries)

    asyncio.run(act())
    sys.stdout.write(f"The directory holds {len(entries)} agents.\n")
    return 0


async def _add(arguments: argparse.Namespace, settings: Settings, database: Database) -> str:
    accounts, login = Accounts(database), login_of(arguments.login)
    if await accounts.of_login(login) is not None:
        raise ConfigurationError(f"There is an account {login} already.")
    made = Account(
        account=secrets.token_hex(8),
        login=login,
        name=arguments.name or login,
        made_at=utc_now(),
        roles=roles_of(_words(arguments.roles)),
        teams=_words(arguments.teams),
        agent=agent_of(arguments.agent, settings),
        password=kept_password(asked_password()),
    )
    await enrol(accounts, made)
    await _note(database, "made", made)
    return f"Account {login} is made, with {_roles_in_words(made)}.\n"


async def _list(arguments: argparse.Namespace, settings: Settings, database: Database) -> str:
    lines = [
        f"{one.login}  {one.name}  {_roles_in_words(one)}{'  closed' if one.closed_at else ''}\n"
        for one in await Accounts(database).all()
    ]
    return "".join(lines) or "There is no account yet: `balans account add` makes one.\n"


async def _close(arguments: argparse.Namespace, settings: Settings, database: Database) -> str:
    found = await _found(arguments, database)
    await close(Accounts(database), found, utc_now())
    await _changed(database, "closed", found)
    return f"Account {found.login} is closed.\n"


async def _password(arguments: argparse.Namespace, settings: Settings, database: Database) -> str:
    found = await _found(arguments, database)
    after = msgspec.structs.replace(found, password=kept_password(asked_password()), closed_at=None)
    await change(Accounts(database), after)
    await _changed(database, "password", after)
    return f"Account {found.login} has a new password and is signed out everywhere.\n"


async def _roles(arguments: argparse.Namespace, settings: Settings, database: Database) -> str:
    found = await _found(arguments, database)
    changed: dict[str, Any] = {"roles": roles_of(_words(arguments.roles))}
    if arguments.teams is not None:
        changed["teams"] = _words(arguments.teams)
    if arguments.agent is not None:
        changed["agent"] = agent_of(arguments.agent, settings)
    after = msgspec.structs.replace(found, **changed)
    await change(Accounts(database), after)
    await _changed(database, "changed", after)
    return f"Account {found.login} has {_roles_in_words(after)}.\n"


async def _note(database: Database, done: Done, account: Account) -> None:
    await AccountLog(database).add(done, account, BY_COMMAND, utc_now())


async def _changed(database: Database, done: Done, account: Account) -> None:
    """Whoever uses it signs in again."""
    await Sessions(database).end_all(account.account)
    await _note(database, done, account)


async def _found(arguments: argparse.Namespace, database: Database) -> Account:
    found = await Accounts(database).of_login(login_of(arguments.login))
    if found is None:
        raise ConfigurationError(f"There is no account {arguments.login}; `balans account list` shows all.")
    return found


@asynccontextmanager
async def store_of(settings: Settings) -> AsyncIterator[Database]:
    """The store, with its tables made where Balans has never run."""
    url = journal_address(settings)
    settings.state_directory.mkdir(parents=True, exist_ok=True)
    async with opened_journal(url):
        pass
    async with database_of(url) as database:
        yield database


def asked_password() -> str:
    """Typed twice at the terminal, else the first line of standard input; never a word of the command, which others
    on the machine could read. Raises ConfigurationError."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise ConfigurationError("These were two different passwords.")
    return password


def agent_of(written: str | None, settings: Settings) -> str | None:
    """`=NUMBER` is what a source calls the agent; anything else the opaque id itself."""
    if written is None or not written.startswith("="):
        return written or None
    return pseudonyms_of(settings).agent(written.removeprefix("="))


def _words(listed: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (listed or "").split(",") if word.strip())


def _roles_in_words(one: Account) -> str:
    teams = f" of {', '.join(one.teams)}" if one.teams else ""
    return f"{', '.join(one.roles) or 'no role'}{teams}"
