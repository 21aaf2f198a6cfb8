"""`balans survey import`: marks are in the journal when it says so, and otherwise it says what is the matter."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from balans import survey
from balans.cli import main
from balans.survey import import_survey
from collectors.survey import SurveyColumns
from monitor.errors import PeerUnreachable
from monitor.settings import Mqtt, Settings
from tests.integration.conftest import RunningBroker
from tests.integration.conftest import running_broker as running_broker
from tests.integration.test_bus import Listener

TABLE = """contact,mark,at
c1,5,2026-03-02T10:00
c2,9,2026-03-02T10:00
,3,2026-03-02T10:00
c4,4,soon
c5,1,2026-03-02T10:05
"""


def table(folder: Path) -> Path:
    path = folder / "marks.csv"
    path.write_text(TABLE)
    return path


async def imported(folder: Path, mqtt: Mqtt, seen: list[tuple[int, int]]) -> tuple[int, Counter[str]]:
    settings = Settings(state_directory=folder / "state", mqtt=mqtt)
    return await import_survey(
        table(folder), SurveyColumns(), "csat", settings, lambda _, done, total: seen.append((done, total))
    )


async def test_what_can_be_read_is_journalled_and_the_rest_counted(
    running_broker: RunningBroker, tmp_path: Path
) -> None:
    seen: list[tuple[int, int]] = []
    async with running_broker() as mqtt, Listener(mqtt).listening() as listener:
        sent, unreadable = await imported(tmp_path, mqtt, seen)
        assert len(listener.distinct) == sent == 2
    assert unreadable == {"no_mark": 1, "no_contact": 1, "no_instant": 1}
    assert seen[-1] == (2, 2)


async def test_without_a_monitor_it_says_so_and_the_next_import_sends_them(
    running_broker: RunningBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "PATIENCE_SECONDS", 0.0)
    async with running_broker() as mqtt:
        with pytest.raises(PeerUnreachable, match="2 wait in the outbox"):
            await imported(tmp_path, mqtt, [])
        monkeypatch.undo()
        async with Listener(mqtt).listening() as listener:
            await imported(tmp_path, mqtt, [])
            assert len(listener.distinct) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing.csv"], "Cannot read nothing.csv: No such file or directory."),
        (["marks.csv", "--mark", "score"], "no column 'score'; its header is: contact, mark, at."),
        (["marks.csv"], "No monitor has run with"),
    ],
)
def test_a_mistake_is_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    table(tmp_path)
    (tmp_path / "balans.toml").write_text("state_directory = 'state'\n")
    assert main(["survey", "import", *words]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
