"""The lines of a file that somebody else writes, none of them longer than a bound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import IO, AnyStr


def bounded_lines(stream: IO[AnyStr], longest: int, rejected: Counter[str], reason: str) -> Iterator[AnyStr]:
    """The lines with their ends. One that is `longest` or longer is read past in pieces and counted by `reason`."""
    skipping = False
    while piece := stream.readline(longest):
        whole = piece.splitlines()[0] != piece
        if skipping or not (whole or len(piece) < longest):
            rejected[reason] += not skipping
            skipping = not whole
        else:
            yield piece
