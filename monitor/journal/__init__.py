"""The journal: every event that the monitor took in, in the order of arrival, before it was applied."""

from sqlalchemy import URL

from monitor.journal.copying import copy_journal
from monitor.journal.database import Database
from monitor.journal.marks import Marks
from monitor.journal.store import (
    Entry,
    Journal,
    Recorded,
    check_journal,
    database_of,
    journal_there,
    journal_url,
    opened_journal,
    patiently_opened_journal,
    reading_journal,
)

__all__ = [
    "URL",
    "Database",
    "Entry",
    "Journal",
    "Marks",
    "Recorded",
    "check_journal",
    "copy_journal",
    "database_of",
    "journal_there",
    "journal_url",
    "opened_journal",
    "patiently_opened_journal",
    "reading_journal",
]
