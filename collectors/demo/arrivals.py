"""Who asks what, when: a pure function of the seed and the site's date.

A Poisson stream per queue over the quarters of an hour of the day, with a morning peak, a lunch dip, an
evening shoulder and a night tail. Some customers are those of one, two or four days ago with the same
question: the repeat contacts of days later.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import NamedTuple

from collectors.demo.centre import PSEUDONYMS, QUEUES
from collectors.demo.siteday import MINUTE, SiteDay

QUARTER = 15 * MINUTE
WRITTEN_CUTOFF = 20.0
"""Mail and social from this hour on are the next day's work."""
WRITTEN = ("mail", "social")
RETURNED = 0.07
"""Share of the arrivals who were here some days ago about the same."""
UNKNOWN = 0.06
"""Share of the customers whom the source does not recognise."""

WEEKDAYS = (1.08, 1.02, 1.0, 0.98, 0.94, 0.60, 0.40)
_LIVE = (
    *(0.22, 0.19, 0.17, 0.16, 0.16, 0.17, 0.22, 0.42, 0.95, 1.36, 1.54, 1.32),
    *(0.98, 1.10, 1.06, 1.00, 1.00, 0.92, 0.84, 0.90, 0.66, 0.42, 0.32, 0.22),
)
_DIGITAL = (
    *(0.34, 0.28, 0.24, 0.22, 0.22, 0.25, 0.32, 0.50, 0.85, 1.20, 1.35, 1.25),
    *(1.05, 1.10, 1.05, 1.00, 0.98, 0.95, 1.00, 1.15, 1.10, 0.90, 0.70, 0.45),
)
"""Relative rate at the middle of each hour, linear in between."""


class Arrival(NamedTuple):
    """One customer with one question. `at` in milliseconds since 1970; `customer` a keyed hash."""

    at: int
    contact: str
    queue: str
    topic: str
    customer: str


def stream(seed: int, day: SiteDay, *what: object) -> Random:
    """The random numbers of one thing on one day: nothing else draws from them."""
    return Random(f"{seed}/{day.date.toordinal()}/{'/'.join(map(str, what))}")


def rate(queue: str, hour: float) -> float:
    """Arrivals an hour at a wall-clock hour of an ordinary working day."""
    profile = _LIVE if QUEUES[queue].channel in ("voice", "video") else _DIGITAL
    place, rest = divmod(hour - 0.5, 1)
    left, right = profile[int(place) % 24], profile[(int(place) + 1) % 24]
    return QUEUES[queue].volume / sum(profile) * (left + (right - left) * rest)


def _instants(random: Random, queue: str, day: SiteDay, busy: float) -> Iterator[int]:
    for begins in range(day.begins, day.ends, QUARTER):
        wobble = random.lognormvariate(0, 0.10)
        per_millisecond = rate(queue, day.hour(begins + QUARTER // 2)) * busy * wobble / (60 * MINUTE)
        at = begins + random.expovariate(per_millisecond)
        while at < begins + QUARTER:
            yield int(at)
            at += random.expovariate(per_millisecond)


def _open_queue(queue: str, hour: float) -> str:
    """At night the menu knows one first line; video is not offered outside its hours."""
    definition = QUEUES[queue]
    closed = not definition.opens <= hour < definition.closes
    if closed and definition.channel == "video":
        return ""
    return "klantenservice" if closed and definition.line == 1 else queue


@lru_cache(maxsize=8)
def _fresh(seed: int, day: SiteDay) -> tuple[Arrival, ...]:
    busy = WEEKDAYS[day.date.weekday()] * stream(seed, day, "busy").lognormvariate(0, 0.04)
    found: list[tuple[int, str, str]] = []
    for queue, definition in QUEUES.items():
        if not definition.volume:
            continue
        random = stream(seed, day, "arrivals", queue)
        topics, weights = tuple(definition.topics), tuple(definition.topics.values())
        for at in _instants(random, queue, day, busy):
            topic = random.choices(topics, weights)[0]
            if where := _open_queue(queue, day.hour(at)):
                found.append((at, where, topic))
    return tuple(_named(seed, day, sorted(found)))


def _named(seed: int, day: SiteDay, found: list[tuple[int, str, str]]) -> Iterator[Arrival]:
    random = stream(seed, day, "customers")
    for number, (at, queue, topic) in enumerate(found):
        contact = f"{day.date:%y%m%d}-{number}"
        customer = "" if random.random() < UNKNOWN else PSEUDONYMS.customer(f"{seed}/{contact}")
        yield Arrival(at, contact, queue, topic, customer)


@lru_cache(maxsize=4)
def arrivals(seed: int, day: SiteDay) -> tuple[Arrival, ...]:
    """All who come on a day of their own accord, in order of time."""
    random = stream(seed, day, "returned")
    earlier: dict[str, list[Arrival]] = {}
    for days in (1, 2, 4):
        for arrival in _fresh(seed, day.before(days)):
            if arrival.customer:
                earlier.setdefault(arrival.queue, []).append(arrival)
    result = []
    for arrival in _fresh(seed, day):
        known = earlier.get(arrival.queue)
        if known and random.random() < RETURNED:
            before = random.choice(known)
            arrival = arrival._replace(topic=before.topic, customer=before.customer)
        result.append(arrival)
    return tuple(result)


def is_late_written(arrival: Arrival, day: SiteDay) -> bool:
    """Written work that stays for the next day."""
    return QUEUES[arrival.queue].channel in WRITTEN and arrival.at >= day.at(WRITTEN_CUTOFF)
