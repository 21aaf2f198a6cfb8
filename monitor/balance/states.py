"""What may be said of an agent: too early, in balance, strong, or a conversation is worth while.

Not a ranking: everyone can be in balance or strong. Marks alone never give `attention`. A state that has been
entered is left only when its chance has clearly dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from monitor.balance.context import Mask
from monitor.balance.points import Assessment

State = Literal["too_early", "attention", "strong", "in_balance"]
ENTER, LEAVE = 0.90, 0.70
SAYS_SOMETHING, SURE_ENOUGH = 0.50, 0.60
EVEN_WITHOUT_MARKS = 0.50


def next_states(found: Assessment, before: Sequence[State], private: Mask) -> list[State]:
    """The states after a night, given those before it; of a learner nothing is said."""
    return ["too_early" if private[agent] else _next(found, agent, state) for agent, state in enumerate(before)]


def _next(found: Assessment, agent: int, before: State) -> State:
    reliability, low = found.reliability[agent], found.chance_below_65[agent]
    high = found.chance_above_75[agent]
    if reliability < SAYS_SOMETHING:
        return "too_early"
    if before == "attention" and low >= LEAVE:
        return "attention"
    without_marks = found.chance_below_68_without_marks[agent]
    if low >= ENTER and reliability >= SURE_ENOUGH and without_marks >= EVEN_WITHOUT_MARKS:
        return "attention"
    return "strong" if high >= (LEAVE if before == "strong" else ENTER) else "in_balance"
