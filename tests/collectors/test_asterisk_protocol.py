"""Bytes to messages: what the wire format says, in whatever pieces it comes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from collectors.asterisk_ami.protocol import MAX_MESSAGE_BYTES, Framer, action, is_greeting
from tests.collectors.asterisk_traffic import message, parsed, response

TRAFFIC = b"".join(
    [
        b"Asterisk Call Manager/11.0.0\r\n",
        response("Success", ActionID="1", Message="Authentication accepted"),
        message("QueueMemberAdded", MemberName="Zoë Çelik", Interface="Local/agent04@agents/n", PausedReason=""),
        b"\r\n\r\nno message at all\r\n\r\n",
        message("QueueMemberPause", PausedReason="Koffie: 5 min", MemberName="O'Brien, Fleur"),
    ]
)


def shapes(pieces: list[bytes]) -> tuple[list[tuple[str, bytes]], dict[str, int]]:
    framer = Framer()
    messages = [each for piece in pieces for each in framer.feed(piece)]
    return [(each.kind, each.raw) for each in messages], dict(framer.dropped)


@given(st.lists(st.integers(0, len(TRAFFIC)), max_size=40))
def test_any_segmentation_gives_the_same_messages(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(TRAFFIC)]
    pieces = [TRAFFIC[begin:end] for begin, end in pairwise(places)]
    assert shapes(pieces) == shapes([TRAFFIC])


def test_what_the_traffic_holds() -> None:
    messages, dropped = shapes([TRAFFIC])
    assert [kind for kind, _ in messages] == ["greeting", "response", "event", "event"]
    assert dropped == {"malformed": 1}


@given(st.lists(st.binary(max_size=200), max_size=30))
def test_no_bytes_can_break_it(pieces: list[bytes]) -> None:
    framer = Framer()
    for piece in pieces:
        for each in framer.feed(piece):
            assert each.get("Queue") is not None
            each.number("HoldTime")


def test_values_keep_colons_commas_and_emptiness() -> None:
    pause = parsed(message("QueueMemberPause", PausedReason="Koffie: 5 min", MemberName="O'Brien, Fleur", Empty=""))
    assert pause.get("PausedReason") == "Koffie: 5 min"
    assert pause.get("MemberName") == "O'Brien, Fleur"
    assert pause.get("Empty") == ""


def test_asterisks_words_for_not_known_are_empty() -> None:
    assert parsed(message("X", CallerIDNum="<unknown>")).get("CallerIDNum") == ""
    assert parsed(message("X", CallerIDNum="unknown")).get("CallerIDNum") == ""


def test_a_number_is_a_number_or_nothing() -> None:
    odd = parsed(message("X", A="12", B="-1", C="1e9", D="9" * 40, E="", F="1.5", G="²"))
    assert [odd.number(key) for key in "ABCDEFGH"] == [12.0, None, None, None, None, 1.5, None, None]


def test_a_message_beyond_the_bound_is_dropped_and_the_next_is_read() -> None:
    framer = Framer()
    for _ in range(20):
        assert framer.feed(b"x" * (MAX_MESSAGE_BYTES // 8)) == []
    after = framer.feed(b"\r\n\r\n" + message("FullyBooted"))
    assert [each.name for each in after] == ["FullyBooted"]
    assert framer.dropped == {"too_long": 1}
    whole = Framer()
    at_once = whole.feed(b"Event: X\r\nA: " + b"x" * MAX_MESSAGE_BYTES + b"\r\n\r\n" + message("FullyBooted"))
    assert [each.name for each in at_once] == ["FullyBooted"]
    assert whole.dropped == {"too_long": 1}


def test_invalid_utf8_is_read_with_a_mark() -> None:
    assert parsed(b"Event: X\r\nMemberName: Zo\xff\r\n\r\n").get("MemberName") == "Zo\N{REPLACEMENT CHARACTER}"


def test_an_action_cannot_be_given_a_header_by_a_value() -> None:
    sent = action("Login", "1", Username="a\r\nAction: Command", Secret="b")
    assert sent == b"Action: Login\r\nActionID: 1\r\nUsername: aAction: Command\r\nSecret: b\r\n\r\n"


def test_a_greeting_is_known_by_its_words() -> None:
    assert is_greeting(b"Asterisk Call Manager/11.0.0\r\n")
    assert not is_greeting(b"SSH-2.0-OpenSSH_9.6\r\n")
