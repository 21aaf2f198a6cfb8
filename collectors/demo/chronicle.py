"""One day of the site: the simulated day and what yesterday left at midnight.

Yesterday gives the contacts that ran past midnight, the people who helped them, and its late mail and social,
which today's simulation answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from collectors.demo.arrivals import arrivals, is_late_written
from collectors.demo.records import Opinion, Records, StateChange, Visit
from collectors.demo.simulation import simulate, visit_of
from collectors.demo.siteday import SiteDay


@dataclass(frozen=True, slots=True)
class Chronicle:
    """All that concerns one day, and of yesterday what was alive at its midnight. Not to be changed."""

    day: SiteDay
    visits: tuple[Visit, ...]
    states: tuple[StateChange, ...]
    opinions: tuple[Opinion, ...]
    outage: tuple[int, int]


@lru_cache(maxsize=2)
def chronicle(seed: int, day: SiteDay) -> Chronicle:
    """The same for the same seed and day, whoever asks and whenever."""
    yesterday, today = simulate(seed, day.before()), simulate(seed, day)
    late = [visit_of(arrival) for arrival in arrivals(seed, day) if is_late_written(arrival, day)]
    return Chronicle(
        day,
        (*_alive(yesterday, day.begins), *today.visits, *late),
        (*_still_on_duty(yesterday, day.begins), *today.states),
        tuple(today.opinions),
        today.outage,
    )


def _alive(yesterday: Records, midnight: int) -> list[Visit]:
    alive = {visit.contact for visit in yesterday.visits if visit.gone_at is None or visit.gone_at >= midnight}
    return [visit for visit in yesterday.visits if visit.contact in alive]


def _still_on_duty(yesterday: Records, midnight: int) -> list[StateChange]:
    last: dict[str, StateChange] = {}
    after: list[StateChange] = []
    for change in yesterday.states:
        if change.at < midnight:
            last[change.agent] = change
        else:
            after.append(change)
    return [change for change in last.values() if change.state != "offline"] + after
