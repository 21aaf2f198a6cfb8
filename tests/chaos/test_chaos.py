"""The chaos suite in its short form: collector, broker and monitor killed with -9 while events flow."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.driver import chaos

KILLS = 6
EVENTS = 6_000


async def test_nothing_is_lost_and_nothing_double(tmp_path: Path) -> None:
    outcome = await chaos(tmp_path, KILLS, EVENTS)
    assert outcome.kills.total() == KILLS, str(outcome)
    assert (outcome.lost, outcome.double) == (0, 0), str(outcome)
    assert outcome.figures_offered == outcome.offered, str(outcome)
