"""A fresh database with the tables about people, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.journal import Database, database_of, journal_url, opened_journal
from tests.parts import running_postgresql


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "postgresql":
        async with running_postgresql() as address:
            url = journal_url(address, tmp_path)
            async with opened_journal(url), database_of(url) as opened:
                yield opened
        return
    url = journal_url(None, tmp_path)
    async with opened_journal(url), database_of(url) as opened:
        yield opened
