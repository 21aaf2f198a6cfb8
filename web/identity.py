"""Who asks: a person who signed in, or a paired display. Both are what the store said at the moment of asking."""

from __future__ import annotations

from typing import Literal

import msgspec
from starlette.requests import HTTPConnection

from monitor.settings import PersonRole

Role = Literal["agent", "lead", "operations", "privacy", "admin", "display"]
PERSON_ROLES: tuple[PersonRole, ...] = ("agent", "lead", "operations", "privacy", "admin")


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One who signed in. `teams`: of a lead the teams that are led; `agent` whose own page opens."""

    account: str
    name: str
    roles: frozenset[PersonRole] = frozenset()
    teams: frozenset[str] = frozenset()
    agent: str | None = None


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """A paired display: nobody in particular, and only its own boards."""

    display: str
    boards: tuple[str, ...]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks; neither: anybody. `csrf` and `token_hash` are of the person's session."""

    person: Person | None = None
    screen: Screen | None = None
    csrf: str = ""
    token_hash: str = ""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of whoever asks."""
        if self.person is not None:
            return frozenset(self.person.roles)
        return frozenset({"display"}) if self.screen is not None else frozenset()


ANYBODY = Identity()


def identity_of(connection: HTTPConnection) -> Identity:
    """Who asks, as the gate found out."""
    found: Identity = connection.state.identity
    return found


def person_of(connection: HTTPConnection) -> Person:
    """The person who asks, behind an address that only a person may reach."""
    person = identity_of(connection).person
    assert person is not None, "the access table lets somebody in who is no person"
    return person
