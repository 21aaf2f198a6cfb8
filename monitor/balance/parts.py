"""What each contact is worth in the sums of its agent now."""

from __future__ import annotations

import numpy as np

from monitor.balance.context import Array, Indices
from monitor.balance.ledger import retained
from monitor.balance.outcomes import CAME_BACK, OUTCOMES, PACE, SATISFIED, TRANSFERRED
from monitor.balance.regression import expected
from monitor.balance.rows import LARGEST_PACE, Rows
from monitor.balance.state import Standing


def parts(rows: Rows, some: Indices, standing: Standing) -> tuple[Array, Array]:
    """The contacts' parts of n and of s, outcomes x contacts, as of the standing that judged them last."""
    left = retained(standing.ledger.worked, rows.agent[some], rows.worked[some])
    weight = np.zeros((len(OUTCOMES), len(some)))
    delta = np.zeros((len(OUTCOMES), len(some)))
    e, mark = rows.e[:, some], rows.mark[some]
    ripe = standing.ripened(rows, some)
    # What still ripens is judged anew each night; what the standing has not seen yet does not count in it.
    still = expected(OUTCOMES[CAME_BACK], standing.b[CAME_BACK], rows.x[some])
    back_e = np.where(standing.cut - rows.closed[some] < rows.window[some], still, e[CAME_BACK])
    weight[PACE], delta[PACE] = rows.weight_pace[some], np.clip(rows.pace[some] - e[PACE], -LARGEST_PACE, LARGEST_PACE)
    weight[TRANSFERRED], delta[TRANSFERRED] = rows.weight[some], e[TRANSFERRED] - rows.transferred[some]
    marked = rows.mark_at[some] <= standing.cut
    weight[SATISFIED] = rows.weight[some] * marked
    delta[SATISFIED] = np.where(marked, mark - e[SATISFIED], 0.0)
    n, s = weight * left, weight * delta * left
    back = rows.came_back(standing.cut)[some]
    n[CAME_BACK] = rows.weight_back[some] * left * ripe
    s[CAME_BACK] = rows.weight_back[some] * left * (back_e * ripe - back)
    return n, s
