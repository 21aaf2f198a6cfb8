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


def own_word(state: Literal["up", "lost", "stopped"]) -> SourceStatus:
    return SourceStatus(
        id=f"own-{state}", source="pbx", at=NOON, state=state, heartbeat_seconds=60, cannot_tell=("reason",)
    )


def states(*events: SourceStatus | None) -> list[str | None]:
    return [event and event.state for event in events]


def test_the_process_comes_goes_and_stops() -> None:
    presence = Presence()
    told = [presence.heard(one, LATER) for one in (status("up"), status("lost"), status("stopped", LATER))]
    assert states(*told) == ["up", "lost", "stopped"]
    assert told[1] is not None
    assert told[1].at == LATER, "a last will knows no instant: it is so from now on"


def test_the_same_news_again_is_no_news() -> None:
    presence = Presence()
    assert presence.heard(status("lost"), LATER)
    assert presence.heard(status("lost"), LATER) is None


def test_news_that_was_overtaken_is_no_news() -> None:
    presence = Presence()
    presence.heard(status("up", LATER, epoch="two"), LATER)
    assert presence.heard(status("lost", NOON, epoch="one"), LATER) is None
    assert presence.heard(status("up", NOON, epoch="one"), LATER) is None


def test_after_a_lost_connection_the_source_is_what_the_collector_last_said() -> None:
    presence = Presence()
    presence.heard(status("up"), NOON)
    presence.said("one", own_word("lost"))
    assert states(presence.heard(status("lost"), NOON)) == ["lost"]
    again = presence.heard(status("up", LATER), LATER)
    assert again is not None
    assert (again.state, again.heartbeat_seconds, again.cannot_tell) == ("lost", 60, ("reason",))
    assert again.id != own_word("lost").id, "or the engine would take it for a duplicate"


def test_after_a_restart_the_collector_speaks_for_itself() -> None:
    presence = Presence()
    presence.heard(status("up"), NOON)
    presence.said("one", own_word("up"))
    presence.heard(status("lost"), NOON)
    assert presence.heard(status("up", LATER, epoch="two"), LATER) is None
