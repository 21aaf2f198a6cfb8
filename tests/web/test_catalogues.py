"""What the server may say is in both catalogues of the pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from monitor.events import AGENT_STATES, CHANNELS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["nl", "en"])
def catalogue(request: pytest.FixtureRequest) -> dict[str, str]:
    """All texts of one language, whenever the page fetches them."""
    folder = ROOT / "web" / "ui" / "src" / "catalogue"
    texts: dict[str, str] = {}
    for path in sorted(folder.glob(f"*{request.param}.json")):
        texts |= json.loads(path.read_text(encoding="utf-8"))
    return texts


def test_every_advice_has_its_sentence_and_every_sentence_its_advice(catalogue: dict[str, str]) -> None:
    source = (ROOT / "monitor" / "advice.py").read_text(encoding="utf-8")
    messages = set(re.findall(r'message="(\w+)"', source))
    assert messages
    assert messages == {key.removeprefix("advice.") for key in catalogue if key.startswith("advice.")}
    values = set(re.findall(r'"(\w+)":', source))
    for key, text in catalogue.items():
        if key.startswith("advice."):
            assert set(re.findall(r"\{(\w+)\}", text)) <= values, key


def test_every_state_and_channel_has_a_word(catalogue: dict[str, str]) -> None:
    assert {f"state.{state}" for state in AGENT_STATES} <= catalogue.keys()
    assert {f"channel.{channel}" for channel in CHANNELS} <= catalogue.keys()


def test_every_thing_a_source_cannot_tell_has_a_word(catalogue: dict[str, str]) -> None:
    for path in (ROOT / "collectors").rglob("*.py"):
        for words in re.findall(r"^[A-Z_]*CANNOT_TELL[A-Z_]* = \(([^)]*)\)", path.read_text("utf-8"), re.MULTILINE):
            for word in re.findall(r'"(\w+)"', words):
                assert f"cannot_tell.{word}" in catalogue, f"{path.name}: {word}"
