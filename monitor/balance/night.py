"""The night: one day's contacts, in canonical order, on top of the standing of the night before. Pure.

Within the night the regressions learn in blocks of 150; then all of today's contacts are judged by what the night
has learnt. Coming back is fitted anew: ripe contacts once, ripening ones by the share F that should have arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from monitor.balance import par, points
from monitor.balance.context import Array, Indices, Mask
from monitor.balance.ledger import retained
from monitor.balance.norm import Norm
from monitor.balance.outcomes import CAME_BACK, OUTCOMES, PACE, SATISFIED, TRANSFERRED
from monitor.balance.regression import SOLVE_EVERY, expected, target
from monitor.balance.rows import LARGEST_PACE, Rows
from monitor.balance.state import Standing

Mark = tuple[Rows, int, float, float]
"""A customer's mark: the contact's rows and place, 1.0 positive or 0.0 not, and when it was given."""


def night(
    before: Standing, today: Rows, earlier: Sequence[Rows], marks: Sequence[Mark], cut: float, norm: Norm | None
) -> Standing:
    """The standing as of `cut`; par, tau and states are still those of the night before.

    `earlier` are the rows of which some may have ripened since. The columns of `today` that belong to the night are
    filled in, and so is what has become known of `earlier`.
    """
    now = _begun(before, cut, norm)
    _seat(now, today)
    _judge_pace_and_transfers(now, today)
    _judge_marks(now, marks)
    _judge_coming_back(now, before.cut, [*earlier, today], _known_deviations(before, now)[CAME_BACK])
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
        today.agent[row] = ledger.seat(contact.seat, 1 if contact.line == 2 else 0, contact.team)
    today.worked[:] = ledger.work(today.agent, today.days)
    for line in range(par.LINES):
        counted = today.weight_pace * (ledger.line[today.agent] == line)
        now.total_x[line] += np.einsum("i,ij->j", counted, today.x)
        now.total_pace[line] += (counted * today.pace).sum()
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
    x = np.stack([rows.x[place] for rows, place, *_ in marks])
    agent = np.array([rows.agent[place] for rows, place, *_ in marks], dtype=np.intp)
    worked = np.array([rows.worked[place] for rows, place, *_ in marks], dtype=np.intp)
    weights = np.array([rows.weight[place] for rows, place, *_ in marks])
    y = np.array([mark for _, _, mark, _ in marks])
    weights *= retained(now.ledger.worked, agent, worked)
    _learn(now, SATISFIED, x, agent, np.sign(weights), y)
    e = expected(OUTCOMES[SATISFIED], now.b[SATISFIED], x)
    now.ledger.post(SATISFIED, agent, weights, difference(SATISFIED, y, e))
    for (rows, place, mark, at), one in zip(marks, e, strict=True):
        rows.mark[place], rows.mark_at[place], rows.e[SATISFIED, place] = mark, at, one


def _judge_coming_back(now: Standing, previous: float, batches: Sequence[Rows], known: Array) -> None:
    """`known` is each agent's deviation by the night before."""
    open_rows = [rows for rows in batches if (previous - rows.closed < rows.window).any()]
    fresh = [(rows, np.flatnonzero(_ripe(rows, now.cut) & ~_ripe(rows, previous))) for rows in open_rows]
    unripe = [(rows, np.flatnonzero(~_ripe(rows, now.cut))) for rows in open_rows]
    for rows, some in fresh:
        _ripen(now, rows, some, known)
    _fit_coming_back(now, unripe, known)
    for rows, some in fresh:
        _post(now, rows, some, now.ledger.n[CAME_BACK], now.ledger.s[CAME_BACK])
    now.unripe_n, now.unripe_s = np.zeros(len(now.ledger.team)), np.zeros(len(now.ledger.team))
    for rows, some in unripe:
        _post(now, rows, some, now.unripe_n, now.unripe_s)


def _ripe(rows: Rows, at: float) -> Mask:
    return np.asarray(at - rows.closed >= rows.window, dtype=np.bool_)


def _fit_coming_back(now: Standing, unripe: Sequence[tuple[Rows, Indices]], known: Array) -> None:
    """Unripe contacts weigh F and their target is y/F, so that F y/F = y."""
    if not unripe:
        now.regressions[CAME_BACK].solve()
        return
    x = np.concatenate([rows.x[some] for rows, some in unripe])
    weight = np.concatenate([rows.weight_back[some] for rows, some in unripe])
    share = np.concatenate([now.ripened(rows, some) for rows, some in unripe])
    back = np.concatenate([rows.came_back(now.cut)[some] for rows, some in unripe])
    own = np.concatenate([known[rows.agent[some]] for rows, some in unripe])
    now.regressions[CAME_BACK].solve_with(x, weight * share, weight * (back + share * own))


def _post(now: Standing, rows: Rows, some: Indices, n: Array, s: Array) -> None:
    """n += F, s += e F - y, by what is left of each contact."""
    e = rows.e[CAME_BACK, some] = expected(OUTCOMES[CAME_BACK], now.b[CAME_BACK], rows.x[some])
    agent, ripe = rows.agent[some], now.ripened(rows, some)
    left = rows.weight_back[some] * retained(now.ledger.worked, agent, rows.worked[some])
    n += np.bincount(agent, left * ripe, len(n))
    s += np.bincount(agent, left * (e * ripe - rows.came_back(now.cut)[some]), len(s))


def _ripen(now: Standing, rows: Rows, some: Indices, known: Array) -> None:
    """Contacts that have had their full window: they teach F, and are taken into the regression for good."""
    back, weight = rows.came_back(now.cut)[some], rows.weight_back[some]
    ages, window = (rows.back_at - rows.closed)[some], rows.window[some]
    for ripening in now.ripenings:
        ripening.learn(ages[back & (weight > 0.0) & (window == ripening.window)])
    now.regressions[CAME_BACK].fold(rows.x[some], weight, weight * (back + known[rows.agent[some]]))


def settle_par(now: Standing) -> None:
    """Par, what agents differ, and what whole teams have in common, from all that is known by now; of no learner."""
    n, s = now.sums()
    n[:, now.ledger.private] = 0.0
    line, team = now.ledger.line, now.ledger.team
    shares, k = [], now.k
    now.par, now.tau = now.par.copy(), now.tau.copy()
    for number, outcome in enumerate(OUTCOMES):
        now.par[number] = par.line_par(n[number], s[number], line, k[number])
        some = n[number] > 0.0
        own = np.divide(s[number], n[number], out=np.zeros(len(team)), where=some) - now.par[number][line]
        now.tau[number] = par.between_agents(outcome, n[number], own)
        shares.append(par.team_share(outcome, n[number], own, team, now.tau[number]))
    now.team_share = tuple(shares)
