"""What is kept is found again by steps of the site's clock, becomes days, and goes; on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.engine import Engine
from monitor.figures import Figures
from monitor.history import HistoryStore
from monitor.history.period import period
from monitor.instants import DAY, QUARTER, SiteDays, to_microseconds
from monitor.journal import Database
from monitor.small_groups import PERSONAL
from tests.monitor.centre import Morning, at, centre, told
from tests.monitor.history.conftest import SALES, SITE, ZONE, emptied, keeper, written

HOUR = 4 * QUARTER
CREW = ("ann", "bob", "cas", "dee", "eve", "fay")


def floor(lateness: float = 300) -> Engine:
    """A centre whose history is kept from its first event on."""
    engine = centre(lateness=lateness)
    engine.has_history = True
    return engine


async def kept(database: Database, engine: Engine) -> tuple[int, int]:
    """Write what the engine knows; the bounds of its day."""
    writes = keeper(await emptied(database))
    await writes.open(engine, 0)
    await writes.caught_up(engine, 1)
    return period_of(engine)


def period_of(engine: Engine) -> tuple[int, int]:
    day = engine.days.local_date(engine.now).isoformat()
    asked = period(day, day, "15m", ZONE)
    return asked.begin, asked.end


async def test_quarters_hours_and_the_day_tell_the_same(database: Database) -> None:
    pbx = Morning()
    begin, end = await kept(
        database, told(floor(), [*pbx.call(5, "a"), *pbx.call(1000, "b"), *pbx.call(4000, "c")], 9000)
    )
    store = HistoryStore(database, ZONE)
    for step in ("15m", "1h", "1d"):
        steps = [stretch.figures() for stretch in await store.stretches(SALES, begin, end, step)]
        assert sum(one.offered for one in steps) == sum(one.answered for one in steps) == 3
        assert sum(one.handle_time_seconds.n for one in steps) == 0
        assert {one.handled for one in steps} == ({1} if step == "15m" else {2, 1} if step == "1h" else {3})
    hours = await store.stretches(SALES, begin, end, "1h")
    assert [(hour.began_at - begin) // HOUR for hour in hours] == [9, 10]


async def test_who_waits_over_the_end_of_a_quarter_is_carried_into_the_next(database: Database) -> None:
    pbx = Morning()
    begin, end = await kept(database, told(floor(), [pbx.offered(800, "a"), pbx.answered(1000, "a")], 2000))
    steps = await HistoryStore(database, ZONE).stretches(SALES, begin, end, "15m")
    first, second, _ = [one.figures() for one in steps]
    assert (first.offered, first.answered, first.waiting) == (1, 0, 1)
    assert (second.carried_in, second.answered, second.waiting) == (1, 1, 0)


async def test_how_few_people_worked_is_in_no_step(database: Database) -> None:
    """Six in the first quarter, then two: what the two did is neither in their quarter nor in the day."""
    pbx = Morning()
    crew = [pbx.agent(-100, agent, "available", queues=("sales",)) for agent in CREW]
    home = [pbx.agent(900, agent, "offline", queues=("sales",)) for agent in CREW[2:]]
    events = [
        *crew,
        *pbx.call(10, "a", talk=60),
        *home,
        *pbx.call(1000, "b", talk=120),
        pbx.agent(1790, "ann", "break"),
    ]
    begin, end = await kept(database, told(floor(), events, 1800))
    store = HistoryStore(database, ZONE)
    many, few = [
        one for one in await store.stretches(SALES, begin, end, "15m") if one.began_at >= to_microseconds(at(0))
    ]
    (day,) = await store.stretches(SALES, begin, end, "1d")
    assert (many.hidden, few.hidden, day.hidden) == (False, True, True)
    assert many.figures().handle_time_seconds.mean == day.figures().handle_time_seconds.mean == 60
    assert many.figures().occupancy == day.figures().occupancy
    nothing = Figures()
    assert all(getattr(few.figures(), field) == getattr(nothing, field) for field in PERSONAL)
    assert (few.figures().answered, day.figures().answered) == (1, 2)


async def test_old_quarters_become_days_and_old_days_go(database: Database) -> None:
    pbx = Morning()
    engine = told(floor(), [*pbx.call(5, "a"), *pbx.call(1000, "b")], 9000)
    begin, end = await kept(database, engine)
    store, writes = HistoryStore(database, ZONE), keeper(HistoryStore(database, ZONE))
    (before,) = await store.stretches(SALES, begin, end, "1d")
    await writes.prune(at(86_400 * 91))
    assert await store.stretches(SALES, begin, end, "1d") == [before]
    assert len(await store.stretches(SALES, begin, end, "15m")) == 2
    await writes.prune(at(86_400 * 92))
    (after,) = await store.stretches(SALES, begin, end, "1d")
    assert await store.stretches(SALES, begin, end, "15m") == []
    assert after.figures() == before.figures()
    assert (await store.scopes(begin, end))[0] == SITE
    await writes.prune(at(86_400 * 733))
    assert await store.stretches(SALES, begin, end, "1d") == []


@pytest.mark.parametrize(
    ("day", "quarters"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100), (date(2026, 3, 10), 96)]
)
async def test_a_day_is_as_long_as_the_clock_makes_it(database: Database, day: date, quarters: int) -> None:
    """One call in every quarter of an hour of the site's day, and one on either side of it."""
    midnight = SiteDays(ZONE).midnight(day)
    start = midnight / 1e6 - at(0).timestamp()
    pbx, engine = Morning(), floor(lateness=0)
    for number in range(-1, quarters + 1):
        told(engine, pbx.call(start + number * 900 + 1, f"c{number}", wait=1, talk=2), start + number * 900 + 890)
    await kept(database, engine)
    store = HistoryStore(database, ZONE)
    asked = period(day.isoformat(), day.isoformat(), "1d", ZONE)
    assert asked.end - asked.begin == quarters * QUARTER
    (whole,) = await store.stretches(SALES, asked.begin, asked.end, "1d")
    hours = await store.stretches(SALES, asked.begin, asked.end, "1h")
    assert (whole.figures().offered, whole.figures().answered) == (quarters, quarters)
    assert (len(hours), {hour.figures().offered for hour in hours}) == (quarters // 4, {4})


async def test_quarters_that_have_become_days_are_not_begun_again(database: Database) -> None:
    pbx, engine = Morning(), floor()
    store = await emptied(database)
    writes = await written(store, engine, pbx.call(5, "a"))
    await writes.write(engine, 4)
    await store.roll_up(to_microseconds(at(86_400)))
    told(engine, [pbx.offered(6, "late")], 90_000)
    await writes.write(engine, 5)
    begin, end = to_microseconds(at(0)) // DAY * DAY - DAY, to_microseconds(at(86_400))
    first, _ = await store.stretches(SALES, begin, end, "1d")
    assert first.figures().offered == 1


@pytest.mark.parametrize(
    ("begin", "end", "said"),
    [
        ("yesterday", "2026-03-02", "neither a day"),
        ("2026-03-02T10:00:00", "2026-03-02", "no time zone"),
        ("2026-03-02", "2026-03-01", "not after"),
        ("0001-01-01", "2026-03-01", "out of all history"),
        ("2026-03-02", "9999-12-31T23:59:59-12:00", "out of all history"),
    ],
)
def test_a_period_that_is_none_is_one_sentence(begin: str, end: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        period(begin, end, "15m", ZONE)


def test_a_period_is_widened_to_whole_steps() -> None:
    asked = period("2026-03-29T00:20:00Z", "2026-03-29T01:10:00Z", "1h", ZONE)
    assert (asked.begin, asked.end) == (to_microseconds(datetime(2026, 3, 29, tzinfo=UTC)), asked.begin + 2 * HOUR)
    assert asked.steps == 2
    assert period("2026-03-29", "2026-03-29", "1d", ZONE).steps == 1
