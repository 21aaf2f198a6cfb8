"""One simulated centre with a known truth, through the adapter of `make fairness`, which tries many."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
LAB = ROOT.parent / "shared" / "tools" / "scorelab"


@pytest.fixture(scope="module")
def adapter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fairness_adapter", ROOT / "bench" / "fairness.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fairness_adapter"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not LAB.is_dir():
        pytest.skip("shared/tools/scorelab is not beside this checkout")
    place = tmp_path_factory.mktemp("world")
    words = ["--seed", "4242", "--variant", "small", "--out", str(place)]
    subprocess.run([sys.executable, "-B", str(LAB / "export.py"), *words], check=True, capture_output=True)
    return place


def scores(adapter: ModuleType, events: Path) -> list[dict[str, object]]:
    score, start = adapter.run(events, None)
    return [line for day in (1, 5, 10, 20) for line in adapter.lines(score.view(adapter._cut(start, day)), day)]


def test_the_balance_finds_the_truth_and_accuses_nobody_at_par(adapter: ModuleType, world: Path) -> None:
    truth = json.loads((world / "truth.json").read_text())["checkpoints"]["20"]["balance"]
    last = {line["agent"]: line for line in scores(adapter, world / "events.ndjson") if line["checkpoint"] == 20}
    agents = sorted(truth)
    said = np.array([last[agent]["balance"] for agent in agents], dtype=float)
    true = np.array([truth[agent] for agent in agents])
    ranks = np.corrcoef(said.argsort().argsort(), true.argsort().argsort())[0, 1]
    assert ranks > 0.75
    assert np.mean(np.abs(said - true)) < 4.0
    assert [agent for agent in agents if last[agent]["state"] == "attention" and truth[agent] >= 70.0] == []


def test_a_muddled_file_says_the_same_to_the_bit(adapter: ModuleType, world: Path, tmp_path: Path) -> None:
    lines = (world / "events.ndjson").read_text().splitlines()
    muddled = lines + random.Random(1).sample(lines, 500)
    random.Random(2).shuffle(muddled)
    other = tmp_path / "events.ndjson"
    other.write_text("\n".join(muddled) + "\n")
    assert scores(adapter, other) == scores(adapter, world / "events.ndjson")
