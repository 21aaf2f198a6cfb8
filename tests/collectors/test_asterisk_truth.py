"""The recorded day against its published truth, by plain counting: 517 callers, three queues, twelve agents."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from collectors import asterisk_ami, asterisk_queue_log
from monitor import events as ev
from monitor.errors import ConfigurationError
from tests.collectors.asterisk_traffic import counts, surroundings

TRUTH = {
    "klantenservice": {
        "offered": 301,
        "answered": 218,
        "ended by agent": 124,
        "ended by customer": 64,
        "ended by transfer": 30,
        "transferred": 30,
        "wrappedup": 218,
        "abandoned": 61,
        "timeout": 12,
        "key": 10,
    },
    "techniek": {
        "offered": 109,
        "answered": 99,
        "ended by agent": 80,
        "ended by customer": 19,
        "wrappedup": 99,
        "abandoned": 10,
    },
    "verkoop": {
        "offered": 129,
        "answered": 86,
        "ended by agent": 64,
        "ended by customer": 22,
        "wrappedup": 86,
        "abandoned": 29,
        "timeout": 7,
        "empty": 2,
        "key": 5,
    },
}
HOLD = {"klantenservice": (13.90, 49, 160), "techniek": (7.75, 30, 94), "verkoop": (10.50, 25, 74)}
"""Mean and longest hold time, and how many were answered within 20 s."""
TRANSFERS = {"blind": 22, "attended": 8}
NOT_LET_IN = {"verkoop": 9}


@pytest.fixture(scope="session")
def day(shared_data: Path) -> Path:
    return shared_data / "asterisk-day"


@cache
def of_manager(path: Path) -> tuple[list[ev.Event], Counter[str]]:
    rejected: Counter[str] = Counter()
    replayed = asterisk_ami.replay(path, asterisk_ami.Settings(), surroundings(), rejected=rejected)
    return list(replayed), rejected


@cache
def of_log(path: Path) -> tuple[list[ev.Event], Counter[str]]:
    rejected: Counter[str] = Counter()
    replayed = asterisk_queue_log.replay(path, asterisk_queue_log.Settings(), surroundings(), rejected=rejected)
    return list(replayed), rejected


@pytest.fixture(scope="session")
def startup(day: Path) -> list[ev.Event]:
    return of_manager(day / "ami-startup.jsonl.gz")[0]


@pytest.fixture(scope="session")
def log(day: Path) -> list[ev.Event]:
    return of_log(day / "queue_log")[0]


def without(words: tuple[str, ...], counted: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {queue: {word: n for word, n in of.items() if word not in words} for queue, of in counted.items()}


def hold(events: list[ev.Event], queue: str) -> tuple[float, float, int]:
    waits = [
        event.waited_seconds or 0 for event in events if isinstance(event, ev.ContactAnswered) and event.queue == queue
    ]
    return round(sum(waits) / len(waits), 2), max(waits), sum(wait <= 20 for wait in waits)


def test_the_manager_interface_gives_the_truth(startup: list[ev.Event]) -> None:
    assert without(("held", "resumed", "before_queue"), counts(startup)) == TRUTH
    assert {queue: hold(startup, queue) for queue in HOLD} == HOLD


def test_the_log_gives_the_truth(log: list[ev.Event]) -> None:
    assert without((), counts(log)) == TRUTH
    assert {queue: hold(log, queue) for queue in HOLD} == HOLD


def test_both_tell_the_same_story_of_every_visit(startup: list[ev.Event], log: list[ev.Event]) -> None:
    def story(events: list[ev.Event]) -> set[tuple[object, ...]]:
        told: set[tuple[object, ...]] = set()
        for event in events:
            if isinstance(event, ev.ContactAnswered):
                told.add((event.visit, event.agent, event.waited_seconds))
            elif isinstance(event, ev.ContactLeft) and event.reason != "before_queue":
                # Of an exit by key the manager interface says no wait.
                told.add((event.visit, event.reason, None if event.reason == "key" else event.waited_seconds))
            elif isinstance(event, ev.ContactEnded):
                told.add((event.visit, event.by, event.talk_seconds))
            elif isinstance(event, ev.ContactOffered):
                told.add((event.visit, event.queue, event.customer))
        return told

    assert story(startup) == story(log)


def test_conservation_in_every_queue(startup: list[ev.Event]) -> None:
    for of in counts(startup).values():
        assert of["offered"] == of["answered"] + sum(
            of[reason] for reason in ev.LEFT_REASONS if reason != "before_queue"
        )


def test_transfers_and_those_not_let_in(startup: list[ev.Event]) -> None:
    assert Counter(event.kind for event in startup if isinstance(event, ev.ContactTransferred)) == TRANSFERS
    assert {queue: of["before_queue"] for queue, of in counts(startup).items() if of["before_queue"]} == NOT_LET_IN


def test_every_hold_is_closed_before_the_end(startup: list[ev.Event]) -> None:
    held: set[str] = set()
    for event in startup:
        if isinstance(event, ev.ContactHeld):
            assert event.visit not in held
            held.add(event.visit)
        elif isinstance(event, ev.ContactResumed):
            held.remove(event.visit)
        elif isinstance(event, ev.ContactEnded):
            assert event.visit not in held
    assert not held


def test_twelve_agents_and_nothing_rejected(day: Path, startup: list[ev.Event], log: list[ev.Event]) -> None:
    for events in (startup, log):
        assert len({event.agent for event in events if isinstance(event, ev.AgentStateChanged)}) == 12
    assert not of_manager(day / "ami-startup.jsonl.gz")[1]
    assert not of_log(day / "queue_log")[1]


def test_ids_are_unique_and_no_event_holds_a_name_or_number(startup: list[ev.Event]) -> None:
    assert len({event.id for event in startup}) == len(startup)
    text = b"".join(ev.encode(event) for event in startup).decode()
    for person in ("Noor Smit", "Çelik", "Mehmet", "Bakkerij", "0678837457", "0602267000"):
        assert person not in text
    for event in startup[:200]:
        assert ev.decode(ev.encode(event)) == event


def test_a_raw_log_of_bytes_gives_the_same_counts(day: Path, tmp_path: Path, startup: list[ev.Event]) -> None:
    raw = tmp_path / "ami.log"
    with gzip.open(day / "ami-startup.jsonl.gz", "rt", encoding="utf-8") as lines, raw.open("wb") as file:
        file.write(b"Asterisk Call Manager/11.0.0\r\n")
        file.writelines(json.loads(line)["raw"].encode() for line in lines if '"raw"' in line)
    events, rejected = of_manager(raw)
    assert counts(events) == counts(startup)
    assert not rejected
    instants = {event.id: event.at for event in startup if isinstance(event, ev.OfContact)}
    off = [abs((event.at - instants[event.id]).total_seconds()) for event in events if isinstance(event, ev.OfContact)]
    assert max(off) < 10


def test_the_narrow_account_knows_as_much_but_why_they_left(day: Path) -> None:
    events, _ = of_manager(day / "ami-wallboard.jsonl.gz")
    for queue, of in without((), counts(events)).items():
        truth = dict(TRUTH[queue])
        truth["unknown"] = sum(truth.pop(reason, 0) for reason in ("abandoned", "timeout", "empty"))
        assert of == truth
    assert [event.cannot_tell for event in events if isinstance(event, ev.SourceStatus)] == [(), ("left_reason",)]


def test_connecting_in_the_middle_completes_the_totals(day: Path, startup: list[ev.Event]) -> None:
    events, rejected = of_manager(day / "ami-midday.jsonl.gz")
    of_midday = {event.id: event for event in events if isinstance(event, ev.OfContact)}
    of_day = {event.id: event for event in startup if isinstance(event, ev.OfContact)}
    # Everything told after connecting is what the whole day tells of the same visits.
    assert of_midday.keys() <= of_day.keys()
    connected = events[0].at
    later = {
        id
        for id, event in of_day.items()
        if event.at > connected and not isinstance(event, ev.ContactHeld | ev.ContactResumed)
    }
    # A hold that began before is over unseen, and of one who left the moment we came, nothing can be known.
    assert len(later - of_midday.keys()) <= 4
    ended = [event for event in events if isinstance(event, ev.ContactEnded)]
    assert len(ended) == 247
    for id, event in of_midday.items():
        assert abs((event.at - of_day[id].at).total_seconds()) < 2.5
    assert not set(rejected) - {"left_without_join"}
    snapshots = [event for event in events if isinstance(event, ev.QueueSnapshot) and event.serving]
    assert sum(len(snapshot.serving or ()) for snapshot in snapshots[:3]) == 8


def test_progress_reaches_the_end(day: Path) -> None:
    for replay, settings, name in (
        (asterisk_ami.replay, asterisk_ami.Settings(), "ami-wallboard.jsonl.gz"),
        (asterisk_queue_log.replay, asterisk_queue_log.Settings(), "queue_log"),
    ):
        heard: list[tuple[int, int]] = []
        played: Callable[..., object] = replay
        for _ in played(day / name, settings, surroundings(), lambda done, total, to=heard: to.append((done, total))):
            pass
        size = (day / name).stat().st_size
        assert heard[-1] == (size, size)
        assert heard == sorted(heard)


def test_boot_race_refusals_make_no_source_that_is_up(day: Path) -> None:
    events, rejected = of_manager(day / "boot-race" / "ami-boot.jsonl")
    assert {event.state for event in events if isinstance(event, ev.SourceStatus)} == {"lost"}
    assert not [event for event in events if not isinstance(event, ev.SourceStatus)]
    assert not rejected


@pytest.mark.parametrize("replay", [asterisk_ami.replay, asterisk_queue_log.replay])
def test_a_file_that_is_not_there_is_one_sentence(replay: Callable[..., object], tmp_path: Path) -> None:
    settings = asterisk_ami.Settings() if replay is asterisk_ami.replay else asterisk_queue_log.Settings()
    with pytest.raises(ConfigurationError, match="Cannot read"):
        list(replay(tmp_path / "nothing", settings, surroundings()))  # type: ignore[call-overload]


def test_a_broken_recording_is_read_as_far_as_it_goes(day: Path, tmp_path: Path) -> None:
    whole = (day / "ami-wallboard.jsonl.gz").read_bytes()
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ConfigurationError, match="Cannot read"):
        list(asterisk_ami.replay(broken, asterisk_ami.Settings(), surroundings()))


def broken_day(day: Path, to: Path, kill_at: float, restart_at: float) -> None:
    """The recorded day with a kill and a restart put into it: of calls from before them nothing is heard after."""
    began, turns, floor = 0.0, [kill_at, restart_at], 0.0
    booted = ["Event: FullyBooted\r\nUptime: 0\r\n\r\n", "Response: Success\r\nActionID: x\r\nEventList: start\r\n\r\n"]
    booted += [f"Event: QueueParams\r\nQueue: {queue}\r\nActionID: x\r\n\r\n" for queue in TRUTH]
    booted += ["Event: QueueStatusComplete\r\nActionID: x\r\n\r\n"]
    with gzip.open(day / "ami-startup.jsonl.gz", "rt", encoding="utf-8") as lines, to.open("w") as out:

        def write(at: float, **what: str) -> None:
            out.write(json.dumps({"t": at, **what}) + "\n")

        for line in lines:
            recorded = json.loads(line)
            at = recorded["t"]
            began = began or at
            if turns and at > began + turns[0]:
                if turns.pop(0) == restart_at:
                    write(at, raw="Event: Shutdown\r\nRestart: True\r\n\r\n")
                write(at, mark="eof")
                write(at + 0.6, mark="connect")
                for raw in booted:
                    write(at + 0.7, raw=raw)
                floor = at
            ids = re.findall(r"(?:[Uu]niqueid|Linkedid): (\d+)\.", recorded.get("raw", ""))
            nameless = not ids and "Event: AgentComplete" in recorded.get("raw", "")
            if not floor or not (nameless or any(float(id) < floor for id in ids)):
                out.write(line)


def test_a_kill_and_a_restart_leave_nobody_behind(day: Path, tmp_path: Path) -> None:
    broken_day(day, tmp_path / "broken.jsonl", 300, 600)
    events, rejected = of_manager(tmp_path / "broken.jsonl")
    assert not rejected
    states = [event.state for event in events if isinstance(event, ev.SourceStatus)]
    assert states == ["up", "lost", "up", "lost", "up"]
    offered = {event.visit for event in events if isinstance(event, ev.ContactOffered)}
    answered = {event.visit for event in events if isinstance(event, ev.ContactAnswered)}
    left = {
        event.visit: event.reason for event in events if isinstance(event, ev.ContactLeft) and event.visit in offered
    }
    assert offered == answered | left.keys()
    assert not answered & left.keys()
    assert Counter(left.values())["closed"] > 10
    ended = {event.visit for event in events if isinstance(event, ev.ContactEnded)}
    gone = [event for event in events if isinstance(event, ev.QueueSnapshot) and event.serving == ()]
    assert answered > ended
    assert len(gone) >= 2 * len(TRUTH)
