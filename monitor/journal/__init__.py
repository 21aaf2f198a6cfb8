"""The journal: every event that the monitor took in, in the order of arrival, before it was applied."""

from monitor.journal.marks import Marks
from monitor.journal.store import Entry, Journal, Recorded, journal_url, opened_journal, patiently_opened_journal

__all__ = ["Entry", "Journal", "Marks", "Recorded", "journal_url", "opened_journal", "patiently_opened_journal"]
