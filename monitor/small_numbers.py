"""When a figure may be shown at all: percentages of few, and groups of few people.

A percentage under n = 10 is not shown; under n = 30 it carries its Wilson 95 % interval. A figure of
quality or pace needs at least 5 people and 30 contacts behind it.
"""

from __future__ import annotations

import math

SHOW_FROM = 10
INTERVAL_UNDER = 30
PEOPLE_NEEDED = 5
CONTACTS_NEEDED = 30
_Z95 = 1.959963984540054


def wilson(numerator: float, denominator: float) -> tuple[float, float]:
    """The 95 % score interval of a proportion, within 0-1 (Wilson, J. Am. Stat. Assoc. 22, 1927).

    Raises ValueError unless 0 <= numerator <= denominator and denominator > 0.
    """
    if not 0 <= numerator <= denominator or denominator <= 0:
        raise ValueError(f"{numerator} of {denominator} is no proportion")
    share = numerator / denominator
    z2 = _Z95 * _Z95 / denominator
    centre = (share + z2 / 2) / (1 + z2)
    half = _Z95 / (1 + z2) * math.sqrt(share * (1 - share) / denominator + z2 / (4 * denominator))
    # At 0 and 1 the bound is exactly 0 and 1; rounding would leave a crumb beyond it.
    low = 0.0 if numerator == 0 else max(0.0, centre - half)
    high = 1.0 if numerator == denominator else min(1.0, centre + half)
    return low, high
