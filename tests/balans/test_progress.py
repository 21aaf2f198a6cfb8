"""Progress: silent while it is quick, a bar when it takes long, and only where somebody watches."""

import io

import pytest
from rich.console import Console

from balans import progress
from balans.progress import LateProgress


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=80)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_is_quick_shows_nothing() -> None:
    console = terminal()
    with LateProgress(console) as bar:
        assert list(bar.counted(range(5000))) == list(range(5000))

    assert written(console) == ""


def test_what_takes_long_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", -1.0)
    console = terminal()
    with LateProgress(console) as bar:
        bar.read(50, 100)

    assert "Reading" in written(console)
    assert "50%" in written(console)


def test_nobody_at_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", -1.0)
    console = Console(file=io.StringIO(), force_terminal=False)
    with LateProgress(console) as bar:
        bar.read(50, 100)

    assert written(console) == ""
