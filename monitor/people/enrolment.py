"""Making and changing accounts, by the same rules for the command and for the page of the admin.

Every refusal is a ConfigurationError: one sentence for the person who asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import get_args

import msgspec

from monitor.errors import ConfigurationError
from monitor.people.accounts import Account, Accounts
from monitor.people.passwords import LONGEST, SHORTEST, hash_of
from monitor.settings import PersonRole

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}")
ROLES: tuple[PersonRole, ...] = get_args(PersonRole)


def login_of(written: str) -> str:
    """How a login is kept: small letters. Raises ConfigurationError."""
    login = written.strip().casefold()
    if not _LOGIN.fullmatch(login):
        raise ConfigurationError("A login is made of letters, digits and . _ @ + -, at most 100 of them.")
    return login


def roles_of(words: Sequence[str]) -> tuple[PersonRole, ...]:
    """Roles in their own order. Raises ConfigurationError."""
    for word in words:
        if word not in ROLES:
            raise ConfigurationError(f"There is no role {word!r}; the roles are {', '.join(ROLES)}.")
    return tuple(role for role in ROLES if role in words)


def kept_password(password: str) -> str:
    """What is kept of a new password. Raises ConfigurationError where it is too short."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ConfigurationError(f"A password has at least {SHORTEST} characters: take a few words.")
    return hash_of(password)


async def enrol(accounts: Accounts, account: Account) -> None:
    """A new account. Raises ConfigurationError where the login is taken."""
    if await accounts.of_login(account.login) is not None:
        raise ConfigurationError(f"There is an account {account.login} already.")
    await accounts.put(_checked(account))


async def change(accounts: Accounts, account: Account) -> None:
    """An account as it shall be from now on. Raises ConfigurationError where nobody would be left to administer."""
    checked = _checked(account)
    await _guard_last_admin(accounts, account.account, checked)
    await accounts.put(checked)


async def remove(accounts: Accounts, account: str) -> None:
    """The account goes; what its owner did stays readable by name. Raises ConfigurationError like `change`."""
    await _guard_last_admin(accounts, account)
    await accounts.remove(account)


async def close(accounts: Accounts, account: Account, at: datetime) -> None:
    """Nobody signs in with it any more; what it did stays readable."""
    await change(accounts, msgspec.structs.replace(account, closed_at=account.closed_at or at))


async def _guard_last_admin(accounts: Accounts, account: str, *after: Account) -> None:
    known = await accounts.all()
    left = [*(one for one in known if one.account != account), *after]
    if any(map(_administers, known)) and not any(map(_administers, left)):
        raise ConfigurationError("Nobody would be left with the role admin: give it to somebody else first.")


def _administers(account: Account) -> bool:
    return "admin" in account.roles and account.closed_at is None


def _checked(account: Account) -> Account:
    if "agent" in account.roles and account.agent is None:
        raise ConfigurationError("An account with the role agent needs to say which agent it is.")
    if "lead" in account.roles and not account.teams:
        raise ConfigurationError("An account with the role lead needs the teams it leads.")
    return account
