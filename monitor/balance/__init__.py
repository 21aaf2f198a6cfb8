"""The balance: observed minus expected, per contact, shrunk by how much is known.

Pure and deterministic: no clock, no I/O. `Score` (score.py) is the whole; docs/balance.md is the formula in words.
"""

from monitor.balance.context import Contact, Topics
from monitor.balance.score import Score

__all__ = ["Contact", "Score", "Topics"]
