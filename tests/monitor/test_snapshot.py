"""Snapshots beside the figures: what they depend on, and what the machine refuses costs a snapshot and nothing else."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

import monitor
from monitor.people.desk import Desk
from monitor.snapshot import Snapshot, SnapshotFile, fingerprint, reached

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PACKAGE = Path(monitor.__file__).parent


async def test_a_machine_without_room_for_another_process_keeps_no_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    file = SnapshotFile(tmp_path / "engine.snapshot", "one")
    assert await file.write_aside(Snapshot("before", 1, NOON)).done()
    monkeypatch.setattr(os, "fork", refuse)
    assert not await file.write_aside(Snapshot("after", 2, NOON)).done()
    kept = file.read()
    assert kept is not None
    assert kept.state == "before"


async def test_a_full_disk_keeps_the_snapshot_of_before(tmp_path: Path) -> None:
    file = SnapshotFile(tmp_path / "engine.snapshot", "one")
    assert await file.write_aside(Snapshot("before", 1, NOON)).done()
    (tmp_path / "engine.new").mkdir()  # As good as full: nothing can be written there.
    assert not await file.write_aside(Snapshot("after", 2, NOON)).done()
    kept = file.read()
    assert kept is not None
    assert kept.state == "before"


def of_the_score() -> set[str]:
    return {path.relative_to(PACKAGE).as_posix() for path in reached(Desk.__module__)}


def test_the_score_depends_on_all_that_makes_it() -> None:
    everything = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.glob("balance/*.py")}
    assert everything | {"people/desk.py", "people/scorer.py", "people/writing.py", "events.py"} <= of_the_score()


def test_an_upgrade_of_the_walls_or_the_journal_leaves_the_score() -> None:
    others = {"engine.py", "journal", "wallboard.py", "bus.py", "live.py", "snapshot.py"}
    assert not {path for path in of_the_score() if path.split("/")[0] in others}


def test_a_state_fits_one_configuration_and_one_part_of_the_code() -> None:
    module = Desk.__module__
    assert fingerprint("one", module) == fingerprint("one", module)
    assert len({fingerprint("one", module), fingerprint("two", module), fingerprint("one")}) == 3
