"""How a figure stands: its band by the thresholds of the table of measures and, where there is one, its target."""

from __future__ import annotations

from monitor.board import Band
from monitor.measures import BY_KEY, Thresholds

SLOWER_TO_PERCENT = 10
"""Up to 10 % slower than expected costs nothing (spec of the score: the plateau of pace)."""
PLATEAU = 1 + SLOWER_TO_PERCENT / 100
HELPED_FROM_POINTS = -3
"""Up to three percentage points fewer helped is as expected: an hour of a group varies that much by chance."""


def band(measure: str, value: float | None, target: float | None = None) -> Band:
    """The band of `value`; `none` where there is no value or the measure has no thresholds."""
    row = BY_KEY[measure]
    if value is None or row.thresholds is None:
        return "none"
    limits = row.thresholds if target is None else _towards(target, row.thresholds)
    if row.better == "higher":
        return _high_is_good(value, limits)
    if row.better == "lower":
        return _low_is_good(value, limits)
    return _middle_is_good(value, limits)


def pace_band(value: float | None, expected: float | None) -> Band:
    """Handle time beside the expected: good up to the plateau, else worth a look. Never `act`, never too fast."""
    if value is None or expected is None:
        return "none"
    return "good" if value <= expected * PLATEAU else "watch"


def share_band(value: float, expected: float) -> Band:
    """A share of quality beside the expected, both in whole per cents: good from just below it, else worth a look."""
    return "good" if round(100 * value) - round(100 * expected) >= HELPED_FROM_POINTS else "watch"


def _towards(target: float, defaults: Thresholds) -> Thresholds:
    """The thresholds when the configuration names a target: `act` keeps its proportion to `good`."""
    return Thresholds(good=target, act=target * defaults.act / defaults.good, idle=defaults.idle)


def _high_is_good(value: float, limits: Thresholds) -> Band:
    if value >= limits.good:
        return "good"
    return "act" if value < limits.act else "watch"


def _low_is_good(value: float, limits: Thresholds) -> Band:
    if value < limits.good:
        return "good"
    return "act" if value > limits.act else "watch"


def _middle_is_good(value: float, limits: Thresholds) -> Band:
    if limits.idle is not None and value < limits.idle:
        return "idle"
    if value <= limits.good:
        return "good"
    return "act" if value > limits.act else "watch"
