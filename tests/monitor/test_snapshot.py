"""What a snapshot depends on: the code that its state is made by, and the configuration."""

from __future__ import annotations

from pathlib import Path

import monitor
from monitor.people.desk import Desk
from monitor.snapshot import fingerprint, reached

PACKAGE = Path(monitor.__file__).parent


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
