"""What work of one kind (topic x channel x line) has taken so far: the expected handle time until a norm exists."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.instants import seconds

KINDS_MAX = 10_000
"""Kinds of work told apart; topics that come after them count with their channel and line."""
LEAST = 30
"""A mean stands for something from this n on (specification 03)."""


class Mixes:
    """Kinds of work by number. A kind that has been seen too little stands on its channel and line alone, so that
    one rare topic does not silence the figure of a whole centre."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str, int], int] = {}
        self._wider: list[int] = []
        self._sums: list[list[int]] = []
        self._wider_sums: list[list[int]] = []
        self._wider_numbers: dict[tuple[str, int], int] = {}

    def number(self, topic: str, channel: str, line: int) -> int:
        """The number of a kind, new or known."""
        if len(self._numbers) >= KINDS_MAX and (topic, channel, line) not in self._numbers:
            topic = ""
        number = self._numbers.get((topic, channel, line))
        if number is None:
            wider = self._wider_numbers.setdefault((channel, line), len(self._wider_sums))
            if wider == len(self._wider_sums):
                self._wider_sums.append([0, 0])
            number = self._numbers[topic, channel, line] = len(self._sums)
            self._sums.append([0, 0])
            self._wider.append(wider)
        return number

    def book(self, number: int, handle: int, sign: int) -> None:
        """One more that took `handle` microseconds, or one taken back."""
        for sums in (self._sums[number], self._wider_sums[self._wider[number]]):
            sums[0] += sign
            sums[1] += sign * handle

    def expected(self, mix: Mapping[int, int]) -> float | None:
        """Mean seconds that this mix takes by what was seen so far; None while any part of it was seen too little."""
        total, n = 0.0, 0
        for number, count in mix.items():
            seen, took = self._sums[number]
            if seen < LEAST:
                seen, took = self._wider_sums[self._wider[number]]
            if count and seen < LEAST:
                return None
            if count:
                total += count * took / seen
                n += count
        return seconds(total) / n if n > 0 else None
