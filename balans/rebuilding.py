"""`balans rebuild`: the history once more from the journal, compared with the one that is kept, and mended if asked."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from balans.configuration import journal_address, load_checked
from balans.progress import LateProgress
from monitor.engine import Engine
from monitor.errors import ConfigurationError
from monitor.history import HistoryStore, Keeper
from monitor.history.rebuild import Comparison, Rebuild
from monitor.instants import SiteDays
from monitor.journal import check_journal, journal_there, journal_url, opened_journal


async def rebuilt(config: Path | None, first: date | None, *, mend: bool) -> Comparison:
    """Raises ConfigurationError for a configuration without a journal, PeerUnreachable for one that is away."""
    settings = load_checked(config)
    address = journal_address(settings)
    if not journal_there(address):
        raise ConfigurationError(f"There is no journal at {address.render_as_string(hide_password=True)}.")
    await check_journal(address)
    zone = settings.site.time_zone
    with tempfile.TemporaryDirectory(prefix="balans-rebuild-") as folder, LateProgress() as progress:
        async with opened_journal(address) as journal, opened_journal(journal_url(None, Path(folder))) as aside:
            again = HistoryStore(aside.beside, zone)
            rebuild = Rebuild(
                Engine(settings.site, settings.queues, settings.teams, settings.boards),
                journal,
                HistoryStore(journal.beside, zone),
                again,
                Keeper(again, settings.site, settings.retention),
            )
            mark = await rebuild.read(progress.read)
            begin = SiteDays(zone).midnight(first) if first is not None else 0
            return await rebuild.compared(begin, mark, mend=mend)
