"""`balans norm`: what has been learnt is shown, compared and adopted; mistakes are one sentence."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from balans.cli import main
from monitor.journal import database_of, journal_url, opened_journal
from monitor.people.sheets import Sheets
from tests.integration.test_norms import NOW, PLAN, learnt_enough, taught

YEAR_TO_COME = "2999"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    topics = ", ".join(f'"{name}"' for name in PLAN.topics.names)
    hard = ", ".join(f'"{name}"' for name in PLAN.topics.names if name in PLAN.topics.hard)
    text = f'state_directory = "."\n[people]\nprocessing = true\ntopics = [{topics}]\nhard_topics = [{hard}]\n'
    (tmp_path / "balans.toml").write_text(text)
    return tmp_path


def learnt(folder: Path) -> None:
    async def put() -> None:
        url = journal_url(None, folder)
        async with opened_journal(url), database_of(url) as database:
            await Sheets(database).put_paper("learnt", learnt_enough(taught()), NOW)

    asyncio.run(put())


def test_shown_adopted_and_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    learnt(folder)
    assert main(["norm", "show"]) == 0
    told = capsys.readouterr().out
    assert "No norm has been adopted" in told
    assert "10000 contacts in 28 days" in told
    assert main(["norm", "adopt", "--from", f"{YEAR_TO_COME}-01-01"]) == 0
    assert capsys.readouterr().out.startswith(f"Norm 1 holds from {YEAR_TO_COME}-01-01")
    assert main(["norm", "show"]) == 0
    assert capsys.readouterr().out.startswith(f"norm 1: from {YEAR_TO_COME}-01-01")
    assert main(["norm", "compare"]) == 0
    heading, *factors = capsys.readouterr().out.splitlines()
    assert heading.split() == ["factor", "norm", "1", "learnt"]
    assert factors
    assert all(line.split()[-1] == line.split()[-2] for line in factors), "what was adopted is what had been learnt"


def test_a_mistake_is_one_sentence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["show"], ["compare"], ["adopt"]):
        assert main(["norm", *words]) == 1
        assert capsys.readouterr().err == "balans: The journal is not there yet.\n"
    learnt(folder)
    for words, said in (
        (["compare"], "There is no adopted norm of these topics"),
        (["adopt", "--from", "2020-01-01"], "from a date to come"),
    ):
        assert main(["norm", *words]) == 2
        told = capsys.readouterr().err
        assert said in told
        assert told.count("\n") == 1
    with pytest.raises(SystemExit) as refused:
        main(["norm", "adopt", "--from", "soon"])
    assert refused.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
