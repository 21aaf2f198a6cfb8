"""`balans replay --scores`: only when asked for, only as JSON; on a real quarter it tells helping from hurrying."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from balans.cli import main
from balans.replaying import Recording, replayed


@pytest.fixture(scope="module")
def quarter(shared_data: Path) -> dict[str, dict[str, Any]]:
    files = [shared_data / "anonymous-bank" / f"1999-0{month}.tsv.gz" for month in (1, 2, 3)]
    scores = replayed(Recording("call-table", files, preset="anonymous-bank"), None, scores=True).scores
    assert isinstance(scores, dict)
    return scores


def test_who_hangs_up_helps_less(quarter: dict[str, dict[str, Any]]) -> None:
    for hurried in ("A08", "A12"):
        for clean in ("A14", "A15"):
            assert quarter[hurried]["helped"]["points"] < quarter[clean]["helped"]["points"] - 10
            assert quarter[hurried]["helped"]["high"] < quarter[clean]["helped"]["low"]


def test_who_is_quick_and_clean_is_not_accused(quarter: dict[str, dict[str, Any]]) -> None:
    for clean in ("A14", "A15"):
        assert quarter[clean]["state"] in ("in_balance", "strong")
        assert quarter[clean]["pace"]["points"] == 70.0, "fast earns nothing and costs nothing"
        assert quarter[clean]["handle_time_rank"] <= 3
        assert quarter[clean]["satisfied"] is None


def test_nobody_is_judged_by_a_handful_of_calls(quarter: dict[str, dict[str, Any]]) -> None:
    few = [one for one in quarter.values() if one["pace"]["n"] < 30]
    assert few
    assert {one["state"] for one in few} == {"too_early"}


def test_without_the_word_no_figure_of_a_person(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(shared_data / "anonymous-bank" / "1999-01.tsv.gz")
    words = ["--preset", "anonymous-bank", "--day", "1999-01-05", "--report", "json"]
    assert main(["replay", "call-table", file, *words]) == 0
    said = json.loads(capsys.readouterr().out)
    assert "scores" not in said


def test_scores_are_no_table_of_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "calls.tsv"
    file.write_text("")
    assert main(["replay", "call-table", str(file), "--preset", "anonymous-bank", "--scores"]) == 2
    assert "ranking" in capsys.readouterr().err
    assert main(["replay", "asterisk-queue-log", str(file), "--scores", "--report", "json"]) == 2
    assert "call-table" in capsys.readouterr().err
