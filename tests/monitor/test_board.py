"""A board and the difference between two: what is sent is exactly what changed."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.board import (
    Advice,
    Board,
    Curve,
    Delta,
    DeltaMessage,
    Figure,
    GoodNews,
    Header,
    Part,
    Row,
    SnapshotMessage,
    Sources,
    SourceState,
    Tile,
    ViewerMessage,
    apply,
    diff,
)

text = st.text(max_size=8)
instants = st.datetimes(timezones=st.just(UTC))
numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 10_000)


def built(struct: type[Any], /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(struct, **fields)


figures = built(
    Figure,
    measure=text,
    window=st.sampled_from(["now", "15m", "30m", "60m", "today"]),
    value=st.none() | numbers,
    n=counts,
    too_little=st.booleans(),
    band=st.sampled_from(["good", "watch", "act", "idle", "none"]),
)
several = st.lists(figures, max_size=3).map(tuple)
parts: st.SearchStrategy[Part] = st.one_of(
    built(Header, title=text, site=text, time_zone=text, demo=st.booleans()),
    built(Tile, measure=text, figures=several, began_at=st.none() | instants, stale_since=st.none() | instants),
    built(
        Row,
        kind=st.sampled_from(["queue", "channel", "line"]),
        id=text,
        label=text,
        waiting=counts,
        figures=several,
        agents=st.dictionaries(text, counts, max_size=3),
    ),
    built(
        Curve,
        began_at=instants,
        interval_seconds=st.just(900),
        offered=st.lists(counts, max_size=3).map(tuple),
        answered=st.lists(counts, max_size=3).map(tuple),
        waiting=st.lists(numbers, max_size=3).map(tuple),
        service_level=st.lists(st.none() | numbers, max_size=3).map(tuple),
    ),
    built(
        Sources,
        sources=st.lists(built(SourceState, source=text, state=st.just("silent"), since=instants), max_size=2).map(
            tuple
        ),
    ),
    built(Advice, message=text, values=st.dictionaries(text, text | numbers, max_size=2)),
    built(GoodNews, compliments=counts, texts=st.lists(text, max_size=2).map(tuple)),
)


@st.composite
def boards(draw: st.DrawFn, id: str = "main") -> Board:
    """Any board: few ids, so that two boards share some of their parts."""
    chosen = draw(st.dictionaries(st.sampled_from("abcdef"), parts))
    return Board(id=id, at=draw(instants), order=tuple(draw(st.permutations(list(chosen)))), parts=chosen)


@given(boards(), boards())
def test_applying_the_difference_gives_the_other_board(before: Board, after: Board) -> None:
    assert apply(diff(before, after), before) == after


@given(boards(), boards())
def test_the_same_holds_over_the_wire(before: Board, after: Board) -> None:
    sent = msgspec.json.encode(DeltaMessage(sequence=7, delta=diff(before, after)))
    received = msgspec.json.decode(sent, type=ViewerMessage)
    assert isinstance(received, DeltaMessage)
    assert apply(received.delta, before) == after


@given(boards())
def test_a_snapshot_is_read_back_as_it_was(board: Board) -> None:
    sent = msgspec.json.encode(SnapshotMessage(sequence=0, board=board))
    assert msgspec.json.decode(sent, type=ViewerMessage) == SnapshotMessage(sequence=0, board=board)


@given(boards())
def test_what_did_not_change_is_not_sent(board: Board) -> None:
    assert diff(board, board) == Delta(at=board.at)


@given(boards(), st.data())
def test_one_changed_part_is_all_that_is_sent(board: Board, data: st.DataObject) -> None:
    if not board.parts:
        return
    id = data.draw(st.sampled_from(sorted(board.parts)))
    part = data.draw(parts.filter(lambda part: part != board.parts[id]))
    after = msgspec.structs.replace(board, parts=board.parts | {id: part})
    assert diff(board, after) == Delta(at=board.at, parts={id: part})


def test_boards_of_different_ids_have_no_difference() -> None:
    one, other = (Board(id=id, at=datetime(2026, 3, 9, tzinfo=UTC), order=(), parts={}) for id in "ab")
    with pytest.raises(ValueError, match="no difference"):
        diff(one, other)


def test_no_part_of_a_board_has_a_field_for_a_person() -> None:
    schema = msgspec.json.encode(msgspec.json.schema(Board)).decode()
    assert '"agent"' not in schema
    assert '"customer"' not in schema
    assert '"contact"' not in schema


def test_a_figure_that_cannot_be_said_differs_from_zero() -> None:
    unknown, zero = Figure(measure="waiting", window="now"), Figure(measure="waiting", window="now", value=0)
    assert msgspec.json.encode(unknown) != msgspec.json.encode(zero)
