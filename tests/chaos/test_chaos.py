"""The chaos suite in its short form: every kind of disturbance, with either broker and either database."""

from __future__ import annotations

import pathlib
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.chaos.centre import Broker, Database
from tests.chaos.disk import BoundedFiles, Disk, OwnFilesystem
from tests.chaos.disturbance import Disturbance, plan, possible
from tests.chaos.driver import chaos

EVENTS = 6_000
BRIEFLY = 0.7
WRITER = """
import errno, sys
for line in sys.stdin:
    try:
        with open(sys.argv[1], "ab", buffering=0) as file:
            file.write(bytes(4096))
    except OSError as error:
        print(errno.errorcode[error.errno], flush=True)
    else:
        print("written", flush=True)
"""


def shortly(*what: str) -> list[Disturbance]:
    """`kill monitor`, each behind the last one by the same number of events, in pairs."""
    made = []
    for number, words in enumerate(what, 1):
        kind, part = words.split()
        seconds = 0.0 if kind in ("kill", "clock") else BRIEFLY
        ahead = 290.0 if number % 2 else -290.0
        made.append(Disturbance(kind, part, number / (len(what) + 1), seconds, ahead, together=number % 2 == 1))  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize(
    ("broker", "database", "suffered"),
    [
        ("nats", "sqlite", ("clock monitor", "kill monitor", "kill collector", "fill monitor", "kill broker")),
        ("mosquitto", "sqlite", ("kill web", "swallow collector", "freeze monitor", "kill broker", "fill collector")),
        ("mosquitto", "postgresql", ("kill monitor", "kill database", "clock collector", "unplug database")),
    ],
    ids=["nats-server, SQLite", "Mosquitto, SQLite", "Mosquitto, PostgreSQL"],
)
async def test_nothing_is_lost_and_nothing_double(
    tmp_path: pathlib.Path, broker: Broker, database: Database, suffered: Sequence[str]
) -> None:
    outcome = await chaos(tmp_path, EVENTS, shortly(*suffered), broker, database)
    assert outcome.well, str(outcome)
    assert outcome.events >= EVENTS
    assert outcome.kills.total() + outcome.disturbances.total() == len(suffered)
    assert outcome.pictures, "or nobody looked"
    assert outcome.boards, "or nobody looked"
    # The history is written every minute of the monitor's clock: longer than this run, unless that goes ahead.
    assert outcome.quarters or "clock monitor" not in suffered, "or there was no history"


def test_the_same_seed_is_the_same_plan() -> None:
    assert plan(7, 20, "nats", "sqlite") == plan(7, 20, "nats", "sqlite")
    assert plan(7, 20, "nats", "sqlite") != plan(8, 20, "nats", "sqlite")


@pytest.mark.parametrize("broker", ["nats", "mosquitto"])
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_whole_plan_does_everything_that_can_be_done(broker: Broker, database: Database) -> None:
    planned = plan(1, 100, broker, database)
    can = {(kind, part) for kind, parts in possible(broker, database).items() for part in parts}
    assert {(one.kind, one.part) for one in planned} == can
    assert sum(one.kind == "kill" for one in planned) == 100


@pytest.mark.parametrize(("kind", "refusal"), [(OwnFilesystem, "ENOSPC"), (BoundedFiles, "EFBIG")])
def test_a_full_disk_refuses_for_real(
    tmp_path: pathlib.Path, kind: type[OwnFilesystem | BoundedFiles], refusal: str
) -> None:
    try:
        disk: Disk = kind(tmp_path)
    except OSError:
        pytest.skip("this machine lets no user mount anything")
    command = (*disk.inside, sys.executable, "-c", WRITER, str(disk.path / "file"))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert _write(writer) == "written"
        disk.fill([writer.pid])
        assert _write(writer) == refusal
        disk.free([writer.pid])
        assert _write(writer) == "written"
    disk.close()


def _write(writer: subprocess.Popen[str]) -> str:
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write("\n")
    writer.stdin.flush()
    return writer.stdout.readline().strip()
