"""The history is the sum of the events, however they came and however often the monitor wrote or fell."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Awaitable, Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import events as ev
from monitor.figures import Scope
from monitor.history.rows import Row
from monitor.instants import DAY, QUARTER, to_instant, to_microseconds
from monitor.journal import Database
from monitor.tally import MARKS, POSITIVE
from tests.monitor.centre import Morning, at, centre, told
from tests.monitor.history.conftest import SALES, a_database, all_rows, emptied, keeper, written
from tests.monitor.test_engine_invariants import engine, mornings

Rows = dict[tuple[Scope, int], Row]
END = 3000


def run(play: Callable[[Database], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with a_database() as database:
            await play(database)

    asyncio.run(whole())


async def rows_after(database: Database, events: Sequence[ev.Event], often: int = 0) -> Rows:
    """What is kept of a morning, an hour after it."""
    store, centre = await emptied(database), engine()
    writes = await written(store, centre, events, often)
    centre.advance(at(END))
    await writes.write(centre, len(events))
    return await all_rows(store)


@settings(max_examples=15)
@given(mornings(), st.integers(1, 7), st.randoms(use_true_random=False))
def test_any_order_and_any_number_of_writings_keep_the_same(events: list[ev.Event], often: int, chance: object) -> None:
    muddled = list(events)
    chance.shuffle(muddled)  # type: ignore[attr-defined]

    async def play(database: Database) -> None:
        assert await rows_after(database, muddled, often) == await rows_after(database, events)

    run(play)


@settings(max_examples=15)
@given(mornings(), st.data())
def test_a_monitor_that_falls_anywhere_keeps_the_same(events: list[ev.Event], data: st.DataObject) -> None:
    """It took its snapshot after one event, wrote its history after another, and fell after a third."""
    fell = data.draw(st.integers(0, len(events)), label="fell after")
    saved = data.draw(st.integers(0, fell), label="snapshot after")
    wrote = data.draw(st.integers(0, fell), label="wrote after")

    async def play(database: Database) -> None:
        store, running = await emptied(database), engine()
        writes = await written(store, running, [])
        snapshot = pickle.dumps(running)
        for position, event in enumerate(events[:fell], 1):
            running.apply(event)
            if position == wrote:
                await writes.write(running, position)
            if position == saved:
                snapshot = pickle.dumps(running)
        back = pickle.loads(snapshot)
        again = keeper(store)
        await again.open(back, saved)
        for position, event in enumerate(events[saved:], saved + 1):
            if position <= fell:
                await again.before(back, position, to_instant(back.now))
            elif position == fell + 1:
                await again.caught_up(back, fell)
            back.apply(event)
        if fell == len(events):
            await again.caught_up(back, fell)
        back.advance(at(END))
        await again.write(back, len(events))
        assert await all_rows(store) == await rows_after(database, events)

    run(play)


@settings(max_examples=10)
@given(mornings())
def test_the_rows_of_a_day_sum_to_the_figures_of_the_day(events: list[ev.Event]) -> None:
    async def play(database: Database) -> None:
        store, centre = await emptied(database), engine()
        writes = await written(store, centre, events)
        centre.advance(at(END))
        await writes.write(centre, len(events))
        begin = centre.days.begin(centre.now)
        for scope in centre.figures().scopes:
            (day,) = await store.stretches(scope.scope, begin, begin + DAY, "1d") or [None]
            live = scope.windows["today"]
            if day is None:
                assert live.offered == live.waiting == 0
                continue
            past = day.figures()
            for field in ("offered", "answered", "abandoned", "left", "handled", "waiting", "contacts", "max_waiting"):
                assert getattr(past, field) == getattr(live, field), (scope.scope, field)
            for quantile in ("mean", "median", "p90", "n"):
                assert getattr(past.speed_of_answer_seconds, quantile) == getattr(
                    live.speed_of_answer_seconds, quantile
                )
            assert past.service_level.numerator == live.service_level.numerator

    run(play)


async def test_what_comes_after_the_lateness_allowed_corrects_and_is_marked(database: Database) -> None:
    pbx, floor = Morning(), centre()
    store = await emptied(database)
    writes = await written(store, floor, pbx.call(10, "early"))
    floor.advance(at(3600))
    await writes.write(floor, 4)
    (before,) = await store.stretches(SALES, *nine(), "15m")
    told(floor, pbx.call(60, "late"), 3660)
    await writes.write(floor, 8)
    (after,) = await store.stretches(SALES, *nine(), "15m")
    assert (before.corrections, before.figures().offered) == (0, 1)
    assert (after.corrections, after.figures().offered, after.corrected_at) == (1, 2, to_microseconds(at(3660)))


async def test_a_mark_that_ripens_is_no_correction(database: Database) -> None:
    pbx, floor = Morning(), centre()
    store = await emptied(database)
    writes = await written(store, floor, pbx.call(10, "a"))
    await writes.write(floor, 4)
    told(floor, [pbx.marked(86_400 * 5, "a", 5)], 86_400 * 5)
    await writes.write(floor, 5)
    (row,) = (row for (scope, _), row in (await all_rows(store)).items() if scope == SALES)
    assert (row.tally[MARKS], row.tally[POSITIVE]) == (1, 1)
    (stretch,) = await store.stretches(SALES, *nine(), "15m")
    assert stretch.corrections == 0


async def test_a_writing_whose_end_nobody_saw_is_not_booked_twice(database: Database) -> None:
    pbx, floor = Morning(), centre()
    store = await emptied(database)
    await written(store, floor, pbx.call(10, "a"))
    unsettled = pickle.dumps(floor)
    for _ in range(2):
        back = pickle.loads(unsettled)
        writes = keeper(store)
        await writes.open(back, 4)
        await writes.caught_up(back, 4)
    (stretch,) = await store.stretches(SALES, *nine(), "15m")
    assert stretch.figures().offered == 1


def nine() -> tuple[int, int]:
    """The first quarter of the morning."""
    begin = to_microseconds(at(0))
    return begin, begin + QUARTER
