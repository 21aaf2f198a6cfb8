"""How a queue fares with so many agents: Erlang C, and Erlang A where customers give up. Pure.

Arrivals are Poisson, handle times and patience exponential. Erlang A (C. Palm, 1946) is computed from its birth and
death chain and the offered wait's density, after Mandelbaum and Zeltyn, "Service engineering in action: the
Palm/Erlang-A queue, with applications to call centers" (2007). Sums are kept as logarithms, so that neither a thousand
agents nor an overload overflows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_PANELS, _NODES = 32, 16
_TAIL = 40.0
"""Standard deviations of the chain's length that are summed behind its longest likely queue."""
_X, _W = np.polynomial.legendre.leggauss(_NODES)


@dataclass(frozen=True, slots=True)
class Workload:
    """What comes in and how it is measured; durations in seconds. `patience_seconds` is the mean time after which a
    customer who still waits gives up; None: nobody ever does, which is Erlang C."""

    arrivals_per_second: float
    handle_seconds: float
    within_seconds: float
    short_abandon_seconds: float = 0.0
    patience_seconds: float | None = None

    @property
    def load(self) -> float:
        """In Erlang: people who would be busy all the time."""
        return self.arrivals_per_second * self.handle_seconds


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of it. `service_level_ratio`: answered in time of all but short abandons; `mean_wait_seconds`: of
    all, those who give up included."""

    waits_ratio: float
    service_level_ratio: float
    abandoned_ratio: float
    mean_wait_seconds: float
    occupancy_ratio: float


def erlang_b(agents: int, load: float) -> float:
    """The probability that all agents are busy where nobody may wait (A. K. Erlang, 1917), by its recursion."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(agents: int, load: float) -> float:
    """The probability that a customer must wait where nobody gives up; 1 where the queue grows without end."""
    if agents <= load:
        return 1.0
    blocked = erlang_b(agents, load)
    return blocked / (1 - load / agents * (1 - blocked))


def outcome(workload: Workload, agents: int) -> Outcome | None:
    """With so many agents, once all is in balance. None where nobody gives up and the queue grows without end."""
    if workload.patience_seconds is None:
        return _erlang_c_outcome(workload, agents)
    return _erlang_a_outcome(workload, agents, workload.patience_seconds)


def agents_needed(workload: Workload, target: float) -> int:
    """The fewest agents with whom the share `target` (under 1) is answered in time; 0 where nothing comes in."""
    if workload.load <= 0:
        return 0
    enough = max(1, math.ceil(workload.load))
    while not _reaches(workload, enough, target):
        enough *= 2
    too_few = 0
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        if _reaches(workload, middle, target):
            enough = middle
        else:
            too_few = middle
    return enough


def _reaches(workload: Workload, agents: int, target: float) -> bool:
    found = outcome(workload, agents)
    return found is not None and found.service_level_ratio >= target


def _erlang_c_outcome(workload: Workload, agents: int) -> Outcome | None:
    load = workload.load
    if agents <= load:
        return None
    waits = erlang_c(agents, load)
    served_per_second = (agents - load) / workload.handle_seconds
    return Outcome(
        waits_ratio=waits,
        service_level_ratio=1 - waits * math.exp(-served_per_second * workload.within_seconds),
        abandoned_ratio=0.0,
        mean_wait_seconds=waits / served_per_second,
        occupancy_ratio=load / agents,
    )


def _erlang_a_outcome(workload: Workload, agents: int, patience: float) -> Outcome:
    arrivals, service, leaving = workload.arrivals_per_second, agents / workload.handle_seconds, 1 / patience
    # Of k who wait: the chance of that, over the chance that all agents are busy and nobody waits.
    length = max(0.0, arrivals - service) / leaving + _TAIL * (1 + math.sqrt(arrivals / leaving))
    k = np.arange(1, math.ceil(length) + 1)
    log_queue = np.concatenate(([0.0], np.cumsum(np.log(arrivals) - np.log(service + k * leaving))))
    log_free = _log_free(agents, workload.load)
    log_total = float(np.logaddexp(log_free, np.logaddexp.reduce(log_queue)))
    queue = np.exp(log_queue - log_total)
    waits = min(1.0, float(queue.sum()))
    abandoned = leaving * float((queue * np.arange(len(queue))).sum()) / arrivals

    def wait_density(x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of the wait until an agent would be free, for x > 0."""
        here: NDArray[np.float64] = np.exp(
            math.log(service) - log_total + arrivals * -np.expm1(-leaving * x) / leaving - service * x
        )
        return here

    within, short = workload.within_seconds, workload.short_abandon_seconds
    in_time = 1 - waits + _integral(lambda x: wait_density(x) * np.exp(-leaving * x), within)
    longer = waits - _integral(wait_density, short)
    gone_soon = _integral(lambda x: wait_density(x) * -np.expm1(-leaving * x), short)
    gone_soon += max(0.0, longer) * -math.expm1(-leaving * short)
    return Outcome(
        waits_ratio=waits,
        service_level_ratio=min(1.0, max(0.0, in_time / (1 - gone_soon))),
        abandoned_ratio=abandoned,
        mean_wait_seconds=abandoned * patience,
        occupancy_ratio=min(1.0, workload.load * (1 - abandoned) / agents),
    )


def _log_free(agents: int, load: float) -> float:
    """The chance that an agent is free, over the chance that all are busy and nobody waits, as a logarithm."""
    blocked = erlang_b(agents, load)
    return math.log1p(-blocked) - math.log(blocked) if 0 < blocked < 1 else math.inf


def _integral(density: Callable[[NDArray[np.float64]], NDArray[np.float64]], until: float) -> float:
    """From 0, by Gauss and Legendre on even panels."""
    if until <= 0:
        return 0.0
    half = until / _PANELS / 2
    middles = half * (2 * np.arange(_PANELS) + 1)
    nodes = (middles[:, None] + half * _X[None, :]).ravel()
    return float((density(nodes) * np.tile(_W, _PANELS)).sum() * half)
