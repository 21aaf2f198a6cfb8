"""How often Python looks for cycles of garbage: seldom, since the engine keeps many small objects without cycles."""

from __future__ import annotations

import gc

THRESHOLDS = (20_000, 50, 50)


def look_for_cycles_seldom() -> None:
    """Leave what exists now out of every search and search the rest less often: about a sixth of the engine's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
