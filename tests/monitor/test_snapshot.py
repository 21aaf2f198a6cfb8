"""Snapshots beside the figures: what the machine refuses costs a snapshot and nothing else."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.snapshot import Snapshot, SnapshotFile

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


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
