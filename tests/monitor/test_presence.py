"""A collector's connection and its peer fail apart, and old news changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from monitor.batch import Status
from monitor.events import SourceStatus
from monitor.presence import Presence

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)


def status(state: Literal["up", "lost", "stopped"], connected_at: datetime = NOON, epoch: str = "one") -> Status:
    at = None if state == "lost" else connected_at
    return Status(collector="pbx", epoch=epoch, connected_at=connected_at, state=state, at=at)


def own_word(state: Literal["up", "lost", "stopped"], at: datetime = NOON) -> SourceStatus:
    return SourceStatus(
        id=f"own-{state}", source="pbx", at=at, state=state, heartbeat_seconds=60, cannot_tell=("reason",)
    )


def states(events: list[SourceStatus]) -> list[str]:
    return [event.state for event in events]


def test_the_process_comes_and_stops() -> None:
    presence = Presence()
    assert states(presence.heard(status("up"), NOON)) == ["up"]
    assert states(presence.heard(status("stopped"), LATER)) == ["stopped"]
    assert presence.overdue(LATER) == []


def test_a_lost_connection_is_told_once_when_the_grace_is_over() -> None:
    presence = Presence(grace_seconds=5)
    presence.heard(status("up"), NOON)
    assert presence.heard(status("lost"), NOON) == []
    assert presence.overdue(NOON + timedelta(seconds=4)) == []
    [lost] = presence.overdue(LATER)
    assert (lost.state, lost.at) == ("lost", LATER), "a last will knows no instant: it is so from now on"
    assert presence.overdue(LATER) == []


def test_a_connection_that_is_back_within_the_grace_was_never_lost() -> None:
    presence = Presence(grace_seconds=5)
    presence.heard(status("up"), NOON)
    presence.heard(status("lost"), NOON)
    assert presence.heard(status("up", NOON + timedelta(seconds=2)), NOON + timedelta(seconds=2)) == []
    assert presence.overdue(LATER) == []


def test_the_same_news_again_is_no_news() -> None:
    presence = Presence()
    assert presence.heard(status("stopped"), LATER)
    assert presence.heard(status("stopped"), LATER) == []


def test_news_that_was_overtaken_is_no_news() -> None:
    presence = Presence()
    presence.heard(status("up", NOON, epoch="one"), NOON)
    presence.heard(status("up", LATER, epoch="two"), LATER)
    assert presence.heard(status("lost", NOON, epoch="one"), LATER) == []
    assert presence.heard(status("up", NOON, epoch="one"), LATER) == []
    assert presence.overdue(LATER + timedelta(hours=1)) == []


def test_after_a_lost_connection_the_source_is_what_the_collector_last_said() -> None:
    presence = Presence()
    presence.heard(status("up"), NOON)
    presence.said("one", own_word("lost"))
    presence.heard(status("lost"), NOON)
    assert states(presence.overdue(LATER)) == ["lost"]
    [again] = presence.heard(status("up", LATER), LATER)
    assert (again.state, again.heartbeat_seconds, again.cannot_tell) == ("lost", 60, ("reason",))
    assert again.id != own_word("lost").id, "or the engine would take it for a duplicate"


def test_after_a_restart_what_was_known_is_lost_and_the_collector_speaks_for_itself() -> None:
    presence = Presence()
    presence.heard(status("up"), NOON)
    presence.said("one", own_word("up"))
    presence.heard(status("lost"), NOON)
    assert states(presence.heard(status("up", LATER, epoch="two"), LATER)) == ["lost"]


def test_after_a_restart_a_collector_that_never_speaks_of_its_peer_is_up() -> None:
    presence = Presence()
    presence.heard(status("up"), NOON)
    presence.heard(status("lost"), NOON)
    assert states(presence.heard(status("up", LATER, epoch="two"), LATER)) == ["lost", "up"]


def test_a_word_that_an_earlier_instant_kept_from_being_heeded_is_told_again() -> None:
    """A receiver says once that it is up, when it starts: before its loss was noticed, or by a clock that is slow."""
    presence = Presence()
    presence.heard(status("up"), NOON)
    presence.said("one", own_word("up"))
    presence.heard(status("lost"), NOON)
    [lost] = presence.overdue(LATER)
    presence.heard(status("up", LATER, epoch="two"), LATER)
    presence.said("two", own_word("up", NOON + timedelta(minutes=1)))
    [again] = presence.overdue(LATER)
    assert (again.state, again.heartbeat_seconds) == ("up", 60)
    assert again.at > lost.at, "or the engine would not heed it either"
    assert presence.overdue(LATER) == []


def test_the_word_of_a_process_that_has_gone_is_not_told_again() -> None:
    presence = Presence()
    presence.heard(status("up"), NOON)
    presence.heard(status("stopped"), LATER)
    presence.said("one", own_word("up"))
    assert presence.overdue(LATER) == []


def test_a_loss_is_later_than_the_last_word_of_a_clock_that_is_fast() -> None:
    presence = Presence()
    presence.heard(status("up"), NOON)
    presence.said("one", own_word("up", LATER + timedelta(minutes=5)))
    presence.heard(status("lost"), NOON)
    [lost] = presence.overdue(LATER)
    assert lost.at > LATER + timedelta(minutes=5)


def test_a_process_that_starts_by_an_earlier_clock_is_news() -> None:
    presence = Presence()
    presence.heard(status("up", LATER), NOON)
    assert states(presence.heard(status("up", NOON, epoch="two"), NOON)) == ["up"]
    assert presence.heard(status("lost", LATER), NOON) == [], "of the process before"
