"""What comes over MQTT: never raises, is counted by reason, and costs its neighbours nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor import presence as bounds
from monitor.batch import MESSAGE_BYTES, Batch, Status, Topics, encode_batch, read_message, read_watermark
from monitor.errors import Malformed
from monitor.events import ContactHeld, decode
from monitor.journal import marks as kept
from monitor.journal.marks import Marks
from monitor.presence import Presence
from tests.hostile.malice import DEEP, NOW, event_fields, raw, refused_in_a_sentence, values

TOPICS = Topics("balans/v1")
GOOD = {"type": "contact.held", "id": "good", "source": "pbx", "contact": "c", "at": "2026-03-10T08:59:59Z"}
ENVELOPE = {"collector": "pbx", "epoch": "e", "first_sequence": 1, "sent_at": "2026-03-10T09:00:00Z"}


@given(st.text(max_size=40) | st.sampled_from(("events/pbx", "status/pbx", "journalled/pbx", "events/+")), st.binary())
@example("events/pbx", DEEP)
@example("status/pbx", b'{"x":' * 100_000)
@example("status/pbx", b'{"collector":"pbx","x":' + DEEP)
@example("events/pbx", b'{"collector":"pbx","events":[' + DEEP)
@example("events/pbx", b"x" * (MESSAGE_BYTES + 1))
@example("events/pbx", b'{"collector":"\\ud800"}')
@example("events/pbx", b'{"first_sequence":NaN}')
def test_no_message_can_break_the_reader(topic: str, payload: bytes) -> None:
    received = read_message(TOPICS, f"balans/v1/{topic}", payload)
    assert received.batch is None
    assert received.status is None
    if not topic.startswith("journalled/"):
        assert received.rejected.total() == 1


@given(st.lists(event_fields() | st.dictionaries(st.text(), values, max_size=3), max_size=8), st.integers(0, 8))
def test_one_sound_event_is_read_among_any_others(hostile: list[dict[str, Any]], place: int) -> None:
    hostile.insert(place, GOOD)
    received = read_message(TOPICS, "balans/v1/events/pbx", raw({**ENVELOPE, "events": hostile}))
    if received.batch is None:  # Half a surrogate pair or an Infinity spoils the JSON of the whole message.
        assert received.rejected == {"malformed": 1}
        return
    assert "good" in [event.id for event in received.batch.events]
    assert received.events_read == len(hostile) == len(received.batch.events) + received.rejected.total()


@given(st.sampled_from(sorted(ENVELOPE)), values)
@example("first_sequence", 2**63 - 1)
@example("collector", "pbx\0")
@example("collector", "pbx\n")
@example("epoch", "\0")
@example("waiting", 10**400)
@example("sent_at", "0001-01-01T00:00:00+14:00")
def test_an_envelope_holds_nothing_that_the_journal_cannot_keep(field: str, value: Any) -> None:
    received = read_message(TOPICS, "balans/v1/events/pbx", raw({**ENVELOPE, "events": [GOOD], field: value}))
    if received.batch is not None:
        assert received.batch.collector == "pbx"
        assert "\0" not in received.batch.epoch
        assert received.batch.first_sequence + received.events_read < 2**63
        assert received.batch.waiting < 2**63


@given(st.binary())
@example(DEEP)
@example(b'{"collector":"pbx","epochs":{"e":1' + b"0" * 400 + b"}}")
@example(b'{"collector":"pbx","epochs":{"e":9223372036854775808}}')
@example(b'{"collector":"pbx","epochs":{"e":-1}}')
@example(b'{"collector":"pbx","epochs":{},"x":"' + b"x" * MESSAGE_BYTES + b'"}')
def test_no_watermark_can_break_a_collector(payload: bytes) -> None:
    with pytest.raises(Malformed):
        read_watermark(payload)


@given(st.binary() | st.builds(raw, event_fields()))
@example(DEEP)
@example(b'{"type":"contact.held","x":' + DEEP)
def test_an_event_is_read_or_refused_in_one_sentence(payload: bytes) -> None:
    with refused_in_a_sentence(Malformed):
        decode(payload)


def test_a_clock_that_ran_ahead_does_not_silence_its_collector_for_ever() -> None:
    presence = Presence()

    def status(state: str, year: int) -> Status:
        return Status(collector="pbx", epoch="e", connected_at=NOW.replace(year=year), state=state, at=NOW)  # type: ignore[arg-type]

    presence.heard(status("up", 9999), NOW)
    told = presence.heard(status("stopped", NOW.year), NOW.replace(minute=1))
    assert [event.state for event in told] == ["stopped"]


def test_a_flood_of_collectors_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "COLLECTORS_MAX", 3)
    monkeypatch.setattr(kept, "COLLECTORS_MAX", 3)
    presence, marks, told, verdicts = Presence(), Marks(), [], []
    for n in range(10):
        status = Status(collector=f"c{n}", epoch="e", connected_at=NOW, state="up", at=NOW)
        told += presence.heard(status, NOW)
        verdicts.append(marks.judge(_batch(f"c{n}", "e"), 1).verdict)
    assert len(told) == 3
    assert verdicts == ["new"] * 3 + ["refused"] * 7


def test_a_flood_of_epochs_is_bounded_and_those_that_are_known_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "EPOCHS_MAX", 3)
    marks = Marks()
    verdicts = [marks.judge(_batch("pbx", f"e{n}"), 1).verdict for n in range(10)]
    assert verdicts == ["new"] * 3 + ["refused"] * 7
    assert marks.judge(_batch("pbx", "e1"), 2).verdict == "new"
    assert marks.judge(_batch("desk", "e1"), 1).verdict == "refused"


def _batch(collector: str, epoch: str) -> Batch:
    held = ContactHeld(id="1", source=collector, contact="c", at=NOW)
    batch = Batch(collector=collector, epoch=epoch, first_sequence=1, sent_at=NOW, events=(held,))
    assert read_message(TOPICS, f"balans/v1/events/{collector}", encode_batch(batch)).batch == batch
    return batch
