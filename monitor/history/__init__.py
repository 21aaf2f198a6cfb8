"""The history: sums of every scope by quarter of an hour, in the journal's database; rolled up to the site's day."""

from monitor.history.keeper import Keeper
from monitor.history.rows import KINDS, STEPS, Step, Stretch
from monitor.history.store import HistoryStore

__all__ = ["KINDS", "STEPS", "HistoryStore", "Keeper", "Step", "Stretch"]
