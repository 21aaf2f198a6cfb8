"""The switch while it is turned: ids go or stay at once, everybody counts once, and a restart obeys the last word."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.anonymous import PATIENCE, Anonymous
from collectors.names import KeptNames
from monitor.batch import SwitchPosition
from monitor.bus import Newest
from monitor.engine import Engine
from monitor.events import (
    AgentState,
    AgentStateChanged,
    ContactAnswered,
    ContactEnded,
    ContactOffered,
    ContactWrappedUp,
    Event,
    QueueSnapshot,
    ServedVisit,
    encode,
)
from monitor.settings import Queue, Site, Team

TEN = datetime(2026, 3, 10, 10, tzinfo=UTC)
PEOPLE = ("anna", "bram", "carla", "daan")
QUEUES = {"help": Queue(), "chat": Queue(channel="chat")}
BUSY = ("on_contact", "on_hold", "wrap_up")


@dataclass
class Centre:
    """One collector with its outlet, and the engine that hears it; `plain` hears all of it as it was said."""

    folder: Path
    now: datetime = TEN
    heard: list[Event] = field(default_factory=list)
    engine: Engine = field(default_factory=lambda: Engine(Site(), QUEUES, {"team": Team()}))
    plain: Engine = field(default_factory=lambda: Engine(Site(), QUEUES, {"team": Team()}))
    draws: int = 0
    allowed: bool = True

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """As after a restart of the collector."""
        teams = dict.fromkeys(PEOPLE, "team")
        kept = KeptNames(self.folder / "pbx.agents")
        zone = ZoneInfo("UTC")
        self.outlet = Anonymous(self, "pbx", teams, zone, lambda: self.now, kept, self._draw, allowed=self.allowed)

    def _draw(self) -> str:
        self.draws += 1
        return f"secret {self.draws}"

    async def put(self, events: Sequence[Event]) -> None:
        """What comes out of the outlet."""
        self.heard += events
        for event in events:
            self.engine.apply(event)

    async def put_safely(self, events: Sequence[Event]) -> None:
        await self.put(events)

    async def say(self, *events: Event) -> None:
        """What the source says."""
        for event in events:
            self.plain.apply(event)
        await self.outlet.put(events)

    async def turn(self, *, on: bool) -> None:
        """The monitor tells the collector, which obeys without any event of its source."""
        positions: Newest[SwitchPosition] = Newest()
        positions.put_nowait(SwitchPosition(on=on))
        obeying = asyncio.create_task(self.outlet.obey(positions))
        await asyncio.sleep(0)
        obeying.cancel()
        await asyncio.gather(obeying, return_exceptions=True)


def says(agent: str, state: AgentState, at: datetime) -> AgentStateChanged:
    queues, id = ("help", "chat"), f"{agent}/{at.isoformat()}"
    return AgentStateChanged(id=id, source="pbx", at=at, agent=agent, state=state, queues=queues, team="team")


def offered(contact: str, at: datetime, queue: str = "help") -> ContactOffered:
    return ContactOffered(id=f"{contact}.o", source="pbx", at=at, contact=contact, queue=queue)


def answers(agent: str, contact: str, at: datetime, queue: str = "help") -> ContactAnswered:
    return ContactAnswered(id=f"{contact}.a", source="pbx", at=at, contact=contact, queue=queue, agent=agent)


def ends(contact: str, at: datetime) -> ContactEnded:
    return ContactEnded(id=f"{contact}.e", source="pbx", at=at, contact=contact)


def wraps_up(contact: str, at: datetime) -> ContactWrappedUp:
    return ContactWrappedUp(id=f"{contact}.w", source="pbx", at=at, contact=contact)


def people(engine: Engine) -> Counter[str]:
    """Who is there by state; what a contact makes of it is one state here."""
    counted: Counter[str] = Counter()
    for states in engine.roster.states().values():
        for state, count in states.items():
            if state != "offline":
                counted["busy" if state in BUSY else state] += count
    return counted


def after(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


def named(events: Sequence[Event]) -> set[str]:
    everything = b"\n".join(map(encode, events)).decode()
    return {agent for agent in PEOPLE if agent in everything}


async def test_while_the_switch_is_on_events_pass_as_they_are(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    told = [says("anna", "available", TEN), offered("c1", TEN), answers("anna", "c1", after(1)), ends("c1", after(2))]
    await centre.say(*told)
    assert centre.heard == told


async def test_off_everybody_signs_off_and_comes_back_as_nobody_at_once(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await centre.say(says("anna", "available", TEN), says("bram", "break", TEN))
    before = len(centre.heard)
    await centre.turn(on=False)
    turned = centre.heard[before:]
    gone, come = turned[:2], turned[2:]
    assert [event.state for event in gone] == ["offline", "offline"]  # type: ignore[union-attr]
    assert named(gone) == {"anna", "bram"}, "or they would stand there for ever"
    assert not named(come)
    assert people(centre.engine) == people(centre.plain) == {"available": 1, "break": 1}
    await centre.say(says("anna", "break", after(1)), offered("c1", after(1)), answers("bram", "c1", after(2)))
    assert not named(centre.heard[before + 2 :])


async def test_off_in_the_middle_of_a_contact_counts_one_person(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await centre.say(says("anna", "available", TEN), offered("c1", TEN), answers("anna", "c1", after(1)))
    await centre.turn(on=False)
    assert people(centre.engine) == {"busy": 1}
    await centre.say(says("anna", "break", after(2)), ends("c1", after(3)))
    assert people(centre.engine) == {"busy": 1}, "in wrap-up, by the old name"
    await centre.say(wraps_up("c1", after(4)))
    assert people(centre.engine) == people(centre.plain) == {"break": 1}


async def test_a_second_conversation_is_counted_of_nobody_until_the_first_is_over(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    chats = [offered("c1", TEN, "chat"), offered("c2", TEN, "chat")]
    await centre.say(says("anna", "available", TEN), *chats, answers("anna", "c1", after(1), "chat"))
    await centre.turn(on=False)
    await centre.say(answers("anna", "c2", after(2), "chat"))
    assert people(centre.engine) == {"busy": 1}
    await centre.say(ends("c1", after(3)), wraps_up("c1", after(3)))
    assert people(centre.engine) == {"busy": 1}, "the second goes on"
    await centre.say(ends("c2", after(4)), wraps_up("c2", after(4)))
    assert people(centre.engine) == {"available": 1}


async def test_a_contact_that_never_ends_hides_nobody_for_ever(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await centre.say(says("anna", "available", TEN), offered("c1", TEN), answers("anna", "c1", after(1)))
    await centre.turn(on=False)
    centre.now += PATIENCE
    await centre.say(says("bram", "available", centre.now))
    assert people(centre.engine)["available"] == 2


async def test_on_again_the_ids_come_back(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await centre.say(says("anna", "available", TEN))
    for _ in range(3):
        await centre.turn(on=False)
        assert people(centre.engine) == {"available": 1}
        await centre.turn(on=True)
        assert people(centre.engine) == {"available": 1}
    assert named(centre.heard[-1:]) == {"anna"}


async def test_the_message_can_never_switch_on_what_the_configuration_forbids(tmp_path: Path) -> None:
    centre = Centre(tmp_path, allowed=False)
    await centre.turn(on=True)
    await centre.say(says("anna", "available", TEN))
    assert not named(centre.heard)


async def test_a_collector_that_starts_without_a_broker_obeys_the_last_word(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await centre.say(says("anna", "available", TEN))
    await centre.turn(on=False)
    begun = len(centre.heard)
    centre.start()
    await centre.say(says("anna", "break", after(1)))
    assert not named(centre.heard[begun:])
    assert people(centre.engine) == {"break": 1}


async def test_who_stood_there_before_a_restart_signs_off_when_the_word_comes_after_it(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await centre.say(says("anna", "available", TEN), says("bram", "available", TEN))
    centre.start()
    await centre.say(says("anna", "break", after(1)))
    await centre.turn(on=False)
    assert people(centre.engine) == {"break": 1}, "bram comes back with the first that is heard of him"
    await centre.say(says("bram", "available", after(2)))
    assert people(centre.engine) == {"break": 1, "available": 1}


async def test_a_configuration_that_says_off_signs_off_who_stood_there(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await centre.say(says("anna", "available", TEN))
    centre.allowed = False
    centre.start()
    await centre.say(says("anna", "available", after(1)))
    assert people(centre.engine) == {"available": 1}
    assert not named(centre.heard[-1:])


async def test_who_helps_whom_is_learnt_from_a_snapshot_after_a_restart(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await centre.say(says("anna", "available", TEN), offered("c1", TEN), answers("anna", "c1", after(1)))
    centre.start()
    serving = (ServedVisit(contact="c1", agent="anna"),)
    snapshot = QueueSnapshot(id="s", source="pbx", at=after(2), queue="help", waiting=(), serving=serving)
    await centre.say(says("anna", "available", after(2)), snapshot)
    await centre.turn(on=False)
    assert people(centre.engine) == {"busy": 1}
    await centre.say(ends("c1", after(3)), wraps_up("c1", after(3)))
    assert people(centre.engine) == {"available": 1}


async def test_a_damaged_file_is_taken_for_off(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "pbx.agents").write_text("{")
    centre = Centre(tmp_path)
    await centre.say(says("anna", "available", TEN))
    assert not named(centre.heard)
    assert "cannot be read" in caplog.text
    await centre.turn(on=True)
    assert named(centre.heard) == {"anna"}


async def test_the_file_names_nobody_while_it_is_off(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    await centre.say(says("anna", "available", TEN))
    await centre.turn(on=False)
    text = (tmp_path / "pbx.agents").read_text()
    assert "anna" not in text
    assert (tmp_path / "pbx.agents").stat().st_mode & 0o077 == 0


class Narrow(Centre):
    """An outbox that is full: whoever puts is given up after having put half."""

    full = False

    async def put(self, events: Sequence[Event]) -> None:
        if self.full:
            await super().put(events[: len(events) // 2])
            raise TimeoutError
        await super().put(events)


async def test_a_sender_that_gives_up_half_way_takes_nobodys_sign_off_with_it(tmp_path: Path) -> None:
    centre = Narrow(tmp_path)
    await centre.say(says("anna", "available", TEN), says("bram", "available", TEN))
    centre.full = True
    await centre.turn(on=False)
    centre.full = False
    await centre.say(says("bram", "break", after(1)))
    assert people(centre.engine) == {"available": 1, "break": 1}


MINUTES = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("state"), st.sampled_from(PEOPLE), st.sampled_from(["available", "break", "offline"])),
    st.tuples(st.just("answer"), st.sampled_from(PEOPLE), st.sampled_from(sorted(QUEUES))),
    st.tuples(st.just("end"), st.integers(0, 9), st.none()),
    st.tuples(st.just("turn"), st.booleans(), st.none()),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(STEPS, MINUTES), max_size=30))
def test_however_it_is_turned_everybody_counts_once_and_no_id_passes_while_it_is_off(
    steps: list[tuple[tuple[str, object, object], int]],
) -> None:
    asyncio.run(_lived(steps))


async def _lived(steps: list[tuple[tuple[str, object, object], int]]) -> None:
    with TemporaryDirectory() as folder:
        centre, on = Centre(Path(folder)), True
        open_contacts: list[str] = []
        for number, ((what, first, second), minutes) in enumerate(steps):
            centre.now += timedelta(minutes=minutes, microseconds=1)
            before, at = len(centre.heard), centre.now
            if what == "state":
                await centre.say(says(str(first), second, at))  # type: ignore[arg-type]
            elif what == "answer":
                contact = f"c{number}"
                open_contacts.append(contact)
                queue = str(second)
                await centre.say(offered(contact, at, queue), answers(str(first), contact, at, queue))
            elif what == "end" and open_contacts:
                contact = open_contacts.pop(int(str(first)) % len(open_contacts))
                await centre.say(ends(contact, at), wraps_up(contact, at))
            elif what == "turn":
                on = bool(first)
                await centre.turn(on=on)
            said = [event for event in centre.heard[before:] if not _signs_off(event)]
            assert on or not named(said)
            assert people(centre.engine) == people(centre.plain)
        _same_contacts(centre)


def _signs_off(event: Event) -> bool:
    return isinstance(event, AgentStateChanged) and "/gone/" in event.id


def _same_contacts(centre: Centre) -> None:
    for engine in (centre.engine, centre.plain):
        engine.advance(centre.now + timedelta(seconds=1))
    ours, plain = centre.engine.figures(), centre.plain.figures()
    assert ours.conservation
    for scope in plain.scopes:
        if scope.scope.kind == "team":
            continue  # What is answered without a name is nobody's team's.
        other = ours.of(scope.scope.kind, scope.scope.id)
        assert other is not None
        for window, figures in scope.windows.items():
            counted = other.windows[window]
            assert (counted.offered, counted.answered, counted.handled) == (
                figures.offered,
                figures.answered,
                figures.handled,
            )
