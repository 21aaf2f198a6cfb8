"""Tables of calls: CSV or TSV, one row a call, described by a column map; `anonymous-bank` is a preset.

Peer: any export with a header line, plain or gzip. Emits a contact's offered, answered, left, ended and
wrapped up. A table cannot say what agents do between calls: see docs/collectors.md.
"""

from collectors.call_table.collector import CallTable, check
from collectors.call_table.columns import Settings
from collectors.call_table.replay import Progress, replay

__all__ = ["CallTable", "Progress", "Settings", "check", "replay"]
