"""A store with people in it, and a browser that signs in: for whatever is shown to somebody in particular."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import httpx
from fastapi import FastAPI

from monitor.journal import Database, database_of, journal_url, opened_journal
from monitor.people.accounts import Account, Accounts
from monitor.people.passwords import hash_of
from monitor.settings import PersonRole
from tests.pictures import NOW

SITE = "http://balans.example"


@asynccontextmanager
async def store(folder: Path) -> AsyncIterator[Database]:
    """An empty database with every table, in a folder."""
    url = journal_url(None, folder)
    async with opened_journal(url):
        pass
    async with database_of(url) as database:
        yield database


def account(
    login: str, *roles: PersonRole, teams: Sequence[str] = (), agent: str | None = None, password: str | None = None
) -> Account:
    """An account; its id is its login."""
    return Account(
        account=login,
        login=login,
        name=login.title(),
        made_at=NOW,
        roles=roles,
        teams=tuple(teams),
        agent=agent,
        password=password,
    )


class Browser:
    """Keeps cookies and sends the session's token with whatever changes something, as our pages do."""

    def __init__(self, app: FastAPI, address: str = "192.0.2.7") -> None:
        transport = httpx.ASGITransport(app, client=(address, 50000))
        self.client = httpx.AsyncClient(transport=transport, base_url=SITE)
        self.csrf = ""

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """What a page does when a person clicks."""
        given = {"origin": SITE, "sec-fetch-site": "same-origin", "x-balans-csrf": self.csrf, **headers}
        return await self.client.request(method, path, json={} if body is None else body, headers=given)

    async def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        return await self.send("POST", path, body, **headers)

    async def play(self, role: PersonRole) -> None:
        """Sign in as a role of the demo."""
        answer = await self.post("/api/v1/sign-in/demo", {"role": role})
        assert answer.status_code == 200, answer.text
        self.csrf = answer.json()["csrf"]

    async def sign_in(self, login: str, password: str) -> httpx.Response:
        answer = await self.post("/api/v1/sign-in", {"login": login, "password": password})
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf"]
        return answer


PASSWORD = "a long enough password"


@cache
def password_hash() -> str:
    """Of PASSWORD; made once, as it takes its time."""
    return hash_of(PASSWORD)


async def demo_people(database: Database) -> None:
    """One account for each role of the demo, of the team `amstel` and the agent `a-1`."""
    made = [
        account(f"demo-{role}", role, teams=["amstel"], agent="a-1" if role == "agent" else None)
        for role in ("agent", "lead", "operations", "privacy", "admin")
    ]
    await Accounts(database).put(*made)
