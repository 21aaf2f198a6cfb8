"""The night: one day's contacts, in canonical order, on top of the standing of the night before. Pure.

Within the night the regressions learn in blocks of 150; then all of today's contacts are judged by what the night
has learnt. Coming back is fitted anew: ripe contacts once, ripening ones by the share F that should have arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from monitor.balance import par, points
from monitor.balance.context import Array, Indices
from monitor.balance.ledger import retained
from monitor.balance.norm import Norm
from monitor.balance.outcomes import CAME_BACK, OUTCOMES, PACE, SATISFIED, TRANSFERRED
from monitor.balance.regression import SOLVE_EVERY, Regression, expected, target
from monitor.balance.rows import LARGEST_PACE, Rows
from monitor.balance.state import Standing

Mark = tuple[Rows, int, float]
"""A customer's mark: the contact's rows and place, and 1.0 positive or 0.0 not."""


def night(
    before: Standing, today: Rows, earlier: Sequence[Rows], marks: Sequence[Mark], cut: float, norm: Norm | None
) -> Standing:
    """The standing as of `cut`, states not yet decided. `earlier` are the rows of which some may have ripened since;
    the columns of `today` that belong to the night are filled in, and so is what has become known of `earlier`."""
    now = _begun(before, cut, norm)
    _seat(now, today)
    _judge_pace_and_transfers(now, today)
    _judge_marks(now, marks)
    _judge_coming_back(now, before.cut, [*earlier, today], _known_deviations(before, now)[CAME_BACK])
    _settle_par(now)
    return now


def _begun(before: Standing, cut: float, norm: Norm | None) -> Standing:
    return replace(
        before,
        cut=cut,
        norm=norm,
        ledger=before.ledger.copy(),
        regressions=tuple(one.copy() for one in before.regressions),
        ripenings=tuple(one.copy() for one in before.ripenings),
        total_x=before.total_x.copy(),
        total_pace=before.total_pace.copy(),
        total_n=before.total_n.copy(),
    )


def _seat(now: Standing, today: Rows) -> None:
    ledger = now.ledger
    for row, contact in enumerate(today.contacts):
        today.agent[row] = ledger.seat(contact.agent, 1 if contact.line == 2 else 0, contact.team)
    today.worked[:] = ledger.work(today.agent, today.days)
    for line in range(par.LINES):
        counted = today.weight_pace * (ledger.line[today.agent] == line)
        now.total_x[line] += counted @ today.x
        now.total_pace[line] += counted @ today.pace
        now.total_n[line] += counted.sum()


def _known_deviations(before: Standing, now: Standing) -> Array:
    """d of the night before, for all agents of tonight: 0 for who is new."""
    n, s = before.sums()
    known = before.deviations(n, s)
    return np.pad(known, ((0, 0), (0, len(now.ledger.team) - known.shape[1])))


def _judge_pace_and_transfers(now: Standing, today: Rows) -> None:
    for outcome, weights, y in (
        (PACE, today.weight_pace, today.pace),
        (TRANSFERRED, today.weight, today.transferred),
    ):
        _learn(now, outcome, today.x, today.agent, weights, y)
        e = today.e[outcome] = expected(OUTCOMES[outcome], now.b[outcome], today.x)
        now.ledger.post(outcome, today.agent, weights, difference(outcome, y, e))


def _learn(now: Standing, outcome: int, x: Array, agent: Indices, weights: Array, y: Array) -> None:
    """Block by block, each agent's deviation as it is known by then."""
    regression, ledger, k = now.regressions[outcome], now.ledger, now.k[outcome]
    own_par = now.agents_par()[outcome]
    n, s = ledger.n[outcome].copy(), ledger.s[outcome].copy()
    for start in range(0, len(y), SOLVE_EVERY):
        block = slice(start, start + SOLVE_EVERY)
        rows, weight = agent[block], weights[block]
        e = regression.expected(x[block])
        n += np.bincount(rows, weight, len(n))
        s += np.bincount(rows, weight * difference(outcome, y[block], e), len(n))
        own = points.deviation(n, s, own_par, k)[rows]
        regression.fold(x[block], weight, weight * target(regression, y[block], e, own))
        regression.solve()


def difference(outcome: int, y: Array, e: Array) -> Array:
    """delta, observed against expected; of pace no more than 1.5 either way."""
    delta = OUTCOMES[outcome].sign * (y - e)
    return np.clip(delta, -LARGEST_PACE, LARGEST_PACE) if outcome == PACE else delta


def _judge_marks(now: Standing, marks: Sequence[Mark]) -> None:
    if not marks:
        return
    x = np.stack([rows.x[place] for rows, place, _ in marks])
    agent = np.array([rows.agent[place] for rows, place, _ in marks], dtype=np.intp)
    worked = np.array([rows.worked[place] for rows, place, _ in marks], dtype=np.intp)
    weights = np.array([rows.weight[place] for rows, place, _ in marks])
    y = np.array([mark for _, _, mark in marks])
    weights *= retained(now.ledger.worked, agent, worked)
    _learn(now, SATISFIED, x, agent, np.sign(weights), y)
    e = expected(OUTCOMES[SATISFIED], now.b[SATISFIED], x)
    now.ledger.post(SATISFIED, agent, weights, difference(SATISFIED, y, e))
    for (rows, place, mark), one in zip(marks, e, strict=True):
        rows.mark[place], rows.e[SATISFIED, place] = mark, one


def _judge_coming_back(now: Standing, previous: float, batches: Sequence[Rows], known: Array) -> None:
    regression, size = now.regressions[CAME_BACK], len(now.ledger.team)
    ripe = [(now.cut - rows.closed >= rows.window) for rows in batches]
    fresh = [new & (previous - rows.closed < rows.window) for rows, new in zip(batches, ripe, strict=True)]
    for rows, some in zip(batches, fresh, strict=True):
        if some.any():
            _ripen(now, rows, some, regression, known)
    pending = [(rows, np.flatnonzero(~old)) for rows, old in zip(batches, ripe, strict=True) if not old.all()]
    x = np.concatenate([rows.x[some] for rows, some in pending]) if pending else np.zeros((0, len(regression.b)))
    share = np.concatenate([_share(now, rows, some) for rows, some in pending]) if pending else np.zeros(0)
    agent = _joined([rows.agent[some] for rows, some in pending])
    worked = _joined([rows.worked[some] for rows, some in pending])
    y = np.concatenate([rows.came_back(now.cut)[some] for rows, some in pending]) if pending else np.zeros(0)
    weight = np.concatenate([rows.weight[some] for rows, some in pending]) if pending else np.zeros(0)
    regression.solve_with(x, weight * share, weight * (y + share * known[agent]))

    outcome, b = OUTCOMES[CAME_BACK], now.b[CAME_BACK]
    for rows, some in zip(batches, fresh, strict=True):
        if some.any():
            e = rows.e[CAME_BACK, some] = expected(outcome, b, rows.x[some])
            left = retained(now.ledger.worked, rows.agent[some], rows.worked[some])
            delta = difference(CAME_BACK, rows.came_back(now.cut)[some], e)
            now.ledger.post(CAME_BACK, rows.agent[some], rows.weight[some] * left, delta)
            rows.ripe[some] = 1.0
    e = expected(outcome, b, x)
    left = weight * retained(now.ledger.worked, agent, worked)
    now.unripe_n = np.bincount(agent, left * share, size)
    now.unripe_s = np.bincount(agent, left * (e * share - y), size)
    start = 0
    for rows, some in pending:
        stop = start + len(some)
        rows.e[CAME_BACK, some], rows.ripe[some] = e[start:stop], share[start:stop]
        start = stop


def _ripen(now: Standing, rows: Rows, some: Array, regression: Regression, known: Array) -> None:
    """Contacts that have had their full window: they teach F, and are taken into the regression for good."""
    back = rows.came_back(now.cut)
    for ripening in now.ripenings:
        learned = some & back & (rows.window == ripening.window) & (rows.weight > 0.0)
        ripening.learn((rows.back_at - rows.closed)[learned])
    regression.fold(rows.x[some], rows.weight[some], rows.weight[some] * (back[some] + known[rows.agent[some]]))


def _share(now: Standing, rows: Rows, some: Indices) -> Array:
    ages, window = now.cut - rows.closed[some], rows.window[some]
    return np.where(window == now.ripenings[0].window, *(one.arrived(ages) for one in now.ripenings))


def _joined(parts: list[Indices]) -> Indices:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)


def _settle_par(now: Standing) -> None:
    n, s = now.sums()
    line, team = now.ledger.line, now.ledger.team
    shares, k = [], now.k
    now.par, now.tau = now.par.copy(), now.tau.copy()
    for number, outcome in enumerate(OUTCOMES):
        now.par[number] = par.line_par(n[number], s[number], line, k[number])
        own = np.divide(s[number], n[number], out=np.zeros(len(team)), where=n[number] > 0) - now.par[number][line]
        now.tau[number] = par.between_agents(outcome, n[number], own)
        shares.append(par.team_share(outcome, n[number], own, team, now.tau[number]))
    now.team_share = tuple(shares)
