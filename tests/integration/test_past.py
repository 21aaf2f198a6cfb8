"""The time machine: the board of any kept instant is the one that was published then, whatever came since."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from monitor import moments as moments_module
from monitor.batch import Batch, Received, encode_batch
from monitor.board import Board
from monitor.bus import Subscriber
from monitor.errors import BufferFull, NotKept, PeerUnreachable, StillAtWork
from monitor.events import Event
from monitor.feed import Feed
from monitor.figures import SiteFigures
from monitor.journal import Journal, journal_url, opened_journal, reading_journal
from monitor.live import Live
from monitor.lookback import WAITING_MAX, Lookback
from monitor.moments import Moments
from monitor.past import Kept, Recall, looked_back
from monitor.settings import BoardDefinition, Mqtt, Site
from monitor.snapshot import FILE, SnapshotFile
from monitor.wallboard import wallboard
from tests.integration.test_restart import forget_the_journal
from tests.monitor.centre import NINE, Morning, at
from tests.monitor.test_engine_invariants import QUEUES, TEAMS, mornings

BOARD = BoardDefinition()
CURVE_SECONDS = 10
"""The curve of the day is made at most this often: the next picture before that shows it as it was."""


def board(figures: SiteFigures) -> Board:
    return wallboard("main", BOARD, QUEUES, figures, site_name="Balans")


@dataclass
class Centre:
    """A monitor whose clock the test moves and whose messages the test brings; `published` by instant."""

    folder: Path
    fingerprint: str = "one"
    now: datetime = NINE
    sent: int = 0
    published: dict[datetime, Board] = field(default_factory=dict)

    @property
    def kept(self) -> Kept:
        return Kept(
            url=journal_url(None, self.folder),
            folder=self.folder,
            fingerprint=self.fingerprint,
            site=Site(),
            queues=QUEUES,
            teams=TEAMS,
            boards={"main": BOARD},
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Live]:
        """From its start to its clean end."""
        async with opened_journal(self.kept.url) as journal:
            live = self.live(journal)
            await live.restore()
            yield live
            live.save()

    def live(self, journal: Journal) -> Live:
        moments = Moments(self.folder, self.fingerprint)
        moments.remove_foreign()
        return Live(
            self.kept.engine(),
            Subscriber(Mqtt(host="127.0.0.1", port=1)),
            journal,
            Feed(),
            lambda: self.now,
            0.1,
            snapshots=SnapshotFile(self.folder / FILE, self.fingerprint),
            moments=moments,
        )

    async def take(self, live: Live, events: Sequence[Event]) -> None:
        """A message arrives; a moment later there is a picture."""
        batch = Batch(collector="pbx", epoch="e", first_sequence=self.sent + 1, sent_at=self.now, events=tuple(events))
        self.sent += len(events)
        await live._take([Received(batch=batch, events_read=len(events), raw=encode_batch(batch))])
        self.publish(live)

    def publish(self, live: Live) -> None:
        self.now += timedelta(milliseconds=5)
        live._state.engine.advance(self.now)
        shown = board(live.figures())
        if self.published and of_the_curve(list(self.published.values())[-1]) == of_the_curve(shown):
            shown = without_curve(shown)
        self.published[self.now] = shown

    async def board_at(self, instant: datetime) -> Board:
        return board((await looked_back(self.kept, instant)).figures)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moments after every few events, as in a busy centre after some minutes."""
    monkeypatch.setattr(moments_module, "EVENTS_APART", 3)
    monkeypatch.setattr(moments_module, "SECONDS_APART", 0.0)


steps = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 400), st.sampled_from(("", "", "look", "restart"))),
    min_size=4,
    max_size=12,
)
Steps = list[tuple[int, int, str]]


@settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.reuse, Phase.generate),  # Each example is a whole life on disk: making it smaller takes minutes.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(mornings(), steps)
def test_the_board_of_an_instant_is_the_one_that_was_published_then(
    often: None, events: list[Event], steps: Steps
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(live_and_look_back(Centre(Path(folder)), events, steps))


async def live_and_look_back(centre: Centre, events: list[Event], steps: Steps) -> None:
    left = list(events)
    while left:
        left = await live_a_while(centre, left, steps)
    for instant, shown in centre.published.items():
        assert_same(await centre.board_at(instant), shown)
    # Looking on, back, and on again from engines that are kept warm.
    async with reading_journal(centre.kept.url) as journal:
        recall = Recall(centre.kept, journal)
        for instant in [*centre.published, *reversed(centre.published), *list(centre.published)[::3]]:
            assert_same(board((await recall.at(instant)).figures), centre.published[instant])
    # The journal alone tells the same, as after an upgrade.
    upgraded = replace(centre.kept, fingerprint="another")
    for instant, shown in centre.published.items():
        assert_same(board((await looked_back(upgraded, instant)).figures), shown)


def of_the_curve(shown: Board) -> int:
    return int(shown.at.timestamp()) // CURVE_SECONDS


def without_curve(shown: Board) -> Board:
    return msgspec.structs.replace(shown, parts={id: part for id, part in shown.parts.items() if id != "curve"})


def assert_same(found: Board, shown: Board) -> None:
    """Names the part that differs."""
    if "curve" not in shown.parts:
        found = without_curve(found)
    for id, part in shown.parts.items():
        assert found.parts.get(id) == part, f"{id} at {shown.at}"
    assert found == shown


async def live_a_while(centre: Centre, events: list[Event], steps: Steps) -> list[Event]:
    """Messages of some events each, arriving late or early as it comes, until the monitor is restarted."""
    async with centre.running() as live:
        for count, pause, then in steps:
            some, events = events[:count], events[count:]
            if not some:
                break
            centre.now += timedelta(seconds=pause)
            await centre.take(live, some)
            await live.remember()
            if then == "look":
                centre.now += timedelta(seconds=CURVE_SECONDS)
                centre.publish(live)
            if then == "restart":
                break
    return events


async def a_morning(centre: Centre, calls: int = 20) -> None:
    """A call a minute, each in a message of its own."""
    pbx = Morning()
    async with centre.running() as live:
        for number in range(calls):
            centre.now = at(60 * number + 90)
            await centre.take(live, pbx.call(60 * number, f"c{number}"))
            await live.remember()


async def test_little_of_the_journal_is_read_behind_the_nearest_moment(often: None, tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await a_morning(centre)
    assert len(Moments(tmp_path, "one").kept()) == 20
    for instant in centre.published:
        found = await looked_back(centre.kept, instant)
        assert found.events <= 4
    assert found.from_moment


async def test_whoever_looks_on_is_told_what_came_between(tmp_path: Path) -> None:
    """Without any moment near: each answer begins where the one before it ended."""
    centre = Centre(tmp_path)
    await a_morning(centre)
    instants = list(centre.published)
    async with reading_journal(centre.kept.url) as journal:
        recall = Recall(centre.kept, journal)
        told = [(await recall.at(instant)).events for instant in instants]
        assert told == [4] * 20
        # The newest has nothing behind it: something that arrived by then may still be on its way into the journal.
        assert (await recall.at(instants[-1])).events > 0


async def test_a_moment_that_is_much_nearer_goes_before_a_warm_engine(often: None, tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await a_morning(centre)
    instants = list(centre.published)
    async with reading_journal(centre.kept.url) as journal:
        recall = Recall(centre.kept, journal)
        await recall.at(instants[0])
        near, far = await recall.at(instants[2]), await recall.at(instants[12])
        assert (near.events, far.events) == (8, 0)


async def test_after_an_upgrade_the_journal_alone_is_read_and_moments_are_made_again(
    often: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await a_morning(Centre(tmp_path))
    centre = Centre(tmp_path, fingerprint="a newer version", now=at(3600))
    async with centre.running():
        assert "read the journal alone" in caplog.text
        assert Moments(tmp_path, "one").kept() == []
    first = await looked_back(centre.kept, at(1200))
    again = await looked_back(centre.kept, at(1200))
    assert (first.from_moment, first.events) == (False, 76)
    assert (again.from_moment, again.events) == (True, 0)
    assert board(again.figures) == board(first.figures)


async def test_moments_of_another_course_of_events_are_not_believed(often: None, tmp_path: Path) -> None:
    """A backup is put back and life goes on otherwise: the positions are the same, the events are not."""
    await a_morning(Centre(tmp_path))
    forget_the_journal(tmp_path)
    (tmp_path / FILE).unlink()
    other, pbx = Centre(tmp_path), Morning("other")
    async with other.running() as live:
        for number in range(20):
            other.now = at(60 * number + 91)
            await other.take(live, [pbx.offered(60 * number, f"other {number}")])
    for instant, shown in other.published.items():
        assert await other.board_at(instant) == shown


async def test_what_is_not_kept_is_said(often: None, tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    async with opened_journal(centre.kept.url):
        pass
    with pytest.raises(NotKept, match="begins later"):
        await looked_back(centre.kept, at(0))
    await a_morning(centre)
    with pytest.raises(NotKept, match="begins later"):
        await looked_back(centre.kept, at(80))
    async with opened_journal(centre.kept.url) as journal:
        await journal.prune(at(300))
    for moment in Moments(tmp_path, "one").kept():
        moment.path.unlink()
    with pytest.raises(NotKept, match="that day's beginning"):
        await looked_back(centre.kept, at(600))
    assert (await looked_back(centre.kept, at(86_400))).figures.conservation


async def test_moments_stand_wider_apart_the_older_they_are(often: None, tmp_path: Path) -> None:
    await a_morning(Centre(tmp_path), 40)
    moments = Moments(tmp_path, "one", bound_bytes=bytes_in(tmp_path) // 4)
    newest = moments.kept()[-1]
    moments.thin(at(2500))
    left = moments.kept()
    assert 5 <= len(left) <= 12
    assert left[-1] == newest
    gaps = [later.position - earlier.position for earlier, later in pairwise(left)]
    assert gaps[0] > gaps[-1]
    moments.prune(at(1e6))
    assert moments.kept() == []


def bytes_in(folder: Path) -> int:
    return sum(kept.path.stat().st_size for kept in Moments(folder, "one").kept())


async def test_a_process_of_its_own_answers_again_and_again(often: None, tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await a_morning(centre)
    lookback = Lookback(centre.kept, 35, lambda: at(1e4))
    async with lookback.running():
        for _ in range(2):
            for instant, shown in list(centre.published.items())[:3]:
                assert board(await lookback.figures(instant)) == shown
        with pytest.raises(NotKept, match="future"):
            await lookback.figures(at(1e4 + 1))
        with pytest.raises(NotKept, match="35 days"):
            await lookback.figures(at(1e4 - 36 * 86_400))
        with pytest.raises(NotKept, match="begins later"):
            await lookback.figures(at(1))


async def test_a_process_that_is_killed_is_replaced(often: None, tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await a_morning(centre, 3)
    lookback = Lookback(centre.kept, 35, lambda: at(1e4))
    async with lookback.running():
        (first, shown), (second, also_shown), _ = centre.published.items()
        assert board(await lookback.figures(first)) == shown
        assert lookback._worker is not None
        lookback._worker[0].kill()
        with pytest.raises(PeerUnreachable, match="ask again"):
            await lookback.figures(second)
        assert board(await lookback.figures(second)) == also_shown


async def test_questions_are_bounded_and_nobody_waits_for_long(
    often: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    centre = Centre(tmp_path)
    await a_morning(centre)
    caplog.set_level(logging.INFO)
    lookback = Lookback(replace(centre.kept, fingerprint="newer"), 35, lambda: at(1e4), patience_seconds=0)
    async with lookback.running(), asyncio.timeout(60):
        for number in range(WAITING_MAX):
            with pytest.raises(StillAtWork):
                await lookback.figures(at(1000 + number))
        with pytest.raises(BufferFull):
            await lookback.figures(at(1200))
        with pytest.raises(StillAtWork):
            await lookback.figures(at(1000))  # The question that was asked already takes no more room.
        await asyncio.gather(*lookback._asked.values())
        assert (await lookback.figures(at(1000))).conservation
    assert "from the journal alone" in caplog.text
