"""Known outages as they are kept, on both databases: told, closed, taken back, and what is made of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from monitor.balance import Topics
from monitor.errors import PeerUnreachable, Refused
from monitor.figures import KnownOutage
from monitor.journal import Database
from monitor.people.known import read_known
from monitor.people.outages import MOST_AT_ONCE, Outages
from monitor.people.plan import Outage
from monitor.people.retention import WEEKS_DAYS, expire
from monitor.people.standing import StandingOutages
from tests.pictures import site

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
WORDS = "Invoices cannot be opened"


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


async def scored_with(database: Database) -> tuple[Outage, ...]:
    """What the score is told."""
    return (await read_known(database, Topics())).outages


async def test_an_outage_stands_until_it_is_closed_and_every_word_has_who_and_when(database: Database) -> None:
    outages = Outages(database)
    id = await outages.tell(WORDS, ["sales", "chat", "chat"], after(-30), None, "Kim", NOON)
    (told,) = await outages.newest()
    assert (told.words, told.queues, told.began_at, told.ended_at) == (WORDS, ("chat", "sales"), after(-30), None)
    assert (told.told_by, told.told_at, told.closed_by, told.taken_back_by) == ("Kim", NOON, None, None)
    assert await outages.standing(after(600)) == (told,)

    await outages.close(id, after(20), "Bo", after(25))
    (closed,) = await outages.newest()
    assert (closed.ended_at, closed.closed_by, closed.closed_at) == (after(20), "Bo", after(25))
    assert await outages.standing(after(25)) == ()
    assert await scored_with(database) == (Outage(after(-30), after(20), ("chat", "sales")),)
    with pytest.raises(Refused, match="does not stand"):
        await outages.close(id, after(21), "Kim", after(26))


async def test_what_was_told_wrongly_is_taken_back_once_and_excuses_nobody(database: Database) -> None:
    outages = Outages(database)
    id = await outages.tell(WORDS, [], NOON, None, "Kim", NOON)
    await outages.take_back(id, "Kim", after(1))
    assert (await outages.standing(after(1)), await scored_with(database)) == ((), ())
    (kept,) = await outages.newest()
    assert (kept.taken_back_by, kept.taken_back_at) == ("Kim", after(1))
    for again in (id, "nowhere"):
        with pytest.raises(Refused, match="taken back already"):
            await outages.take_back(again, "Kim", after(2))
    with pytest.raises(Refused, match="does not stand"):
        await outages.close(id, after(2), "Kim", after(2))


@pytest.mark.parametrize(
    ("began", "ended"), [(1, None), (-12 * 60 - 1, None), (-10, -10), (-10, -11)], ids=["ahead", "old", "no", "back"]
)
async def test_times_that_cannot_be_are_refused(database: Database, began: float, ended: float | None) -> None:
    ended_at = None if ended is None else after(ended)
    with pytest.raises(Refused):
        await Outages(database).tell(WORDS, [], after(began), ended_at, "Kim", NOON)
    assert await Outages(database).newest() == ()


async def test_an_end_may_lie_ahead_and_be_brought_forward(database: Database) -> None:
    outages = Outages(database)
    id = await outages.tell(WORDS, [], NOON, after(60), "Kim", NOON)
    for wrong in (after(0), after(31)):
        with pytest.raises(Refused):
            await outages.close(id, wrong, "Kim", after(30))
    await outages.close(id, after(30), "Kim", after(30))
    assert await scored_with(database) == (Outage(NOON, after(30)),)


async def test_there_is_a_bound_to_what_stands_at_once(database: Database) -> None:
    outages = Outages(database)
    for _ in range(MOST_AT_ONCE):
        await outages.tell(WORDS, [], NOON, after(5), "Kim", NOON)
    with pytest.raises(Refused, match="stand already"):
        await outages.tell(WORDS, [], NOON, None, "Kim", NOON)
    await outages.tell(WORDS, [], after(6), None, "Kim", after(6))


async def test_every_picture_says_what_stands_at_its_instant(database: Database) -> None:
    outages, standing = Outages(database), StandingOutages(database, lambda: NOON)
    await outages.tell(WORDS, ["sales"], after(-5), after(1), "Kim", NOON)
    assert standing.seen(site()).outages == ()
    await standing.look()

    def at(minutes: float) -> tuple[KnownOutage, ...]:
        return standing.seen(msgspec.structs.replace(site(), at=after(minutes))).outages

    assert at(0) == (KnownOutage(words=WORDS, began_at=after(-5), until=after(1), queues=("sales",)),)
    assert at(1) == ()


async def test_while_the_database_is_away_the_last_word_stands(database: Database) -> None:
    class Away(Outages):
        async def standing(self, now: datetime) -> tuple[()]:
            raise PeerUnreachable("The database is away.")

    await Outages(database).tell(WORDS, [], NOON, None, "Kim", NOON)
    standing = StandingOutages(database, lambda: NOON)
    await standing.look()
    standing._outages = Away(database)
    with pytest.raises(PeerUnreachable):
        await standing.look()
    assert len(standing.seen(site()).outages) == 1


async def test_old_ones_go_and_what_goes_on_stays(database: Database) -> None:
    outages = Outages(database)
    open_one = await outages.tell(WORDS, [], NOON, None, "Kim", NOON)
    await outages.tell(WORDS, [], NOON, after(5), "Kim", NOON)
    wrong = await outages.tell(WORDS, [], NOON, None, "Kim", NOON)
    await outages.take_back(wrong, "Kim", after(1))
    await expire(database, after(10) + timedelta(days=WEEKS_DAYS), 35)
    assert [one.outage for one in await outages.newest()] == [open_one]
