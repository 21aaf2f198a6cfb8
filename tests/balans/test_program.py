"""The program as a person meets it: started, looked at, stopped. Nothing stays behind."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

Start = Callable[..., Any]

ENDING_SECONDS = 10.0

DEMO = """
state_directory = "{where}/state"
roles = ["collect", "monitor", "web"]
[mqtt]
embedded_port = {port}
[web]
port = 0
[boards.main]
[collectors.simulated]
source = "demo"
"""


@pytest.fixture
def free_port() -> int:
    """A port that was free a moment ago."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        yield int(other.getsockname()[1])


def fetched(address: str) -> str:
    """What an address answers."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        return str(answer.read().decode())


def ends(process: int) -> bool:
    """Whether a process is gone, or goes now that its parent is: some hear of that from a closed pipe only."""
    try:
        ended = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([ended], [], [], ENDING_SECONDS)[0])
    finally:
        os.close(ended)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_shows_a_full_board_and_leaves_nothing_behind(number: int, balans: Start, tmp_path: Path) -> None:
    with balans("demo", "--port", "0", "--no-open") as program:
        base = program.says(r"Wallboard +(http://127\.0\.0\.1:\d+)/wall/demo$")[1]
        children = program.children()

        assert "html" in fetched(f"{base}/wall/demo")
        figures = json.loads(fetched(f"{base}/api/v1/boards/demo"))["parts"]
        assert figures["header"]["demo"] is True
        assert children, "nats-server is a child of its own"

        code, complaints = program.stop(number)

    assert code == 0
    assert "Traceback" not in complaints
    assert not [child for child in children if not ends(child)]
    assert not list(tmp_path.glob("balans-demo-*"))


def test_a_busy_port_is_one_sentence(taken_port: int, balans: Start) -> None:
    with balans("demo", "--port", str(taken_port), "--no-open") as program:
        code, complaints = program.ended()

    assert code == 2
    assert str(taken_port) in complaints
    assert complaints.count("\n") == 1


def test_three_processes_on_one_broker_fill_one_board(free_port: int, balans: Start, tmp_path: Path) -> None:
    config = tmp_path / "balans.toml"
    config.write_text(DEMO.format(where=tmp_path, port=free_port))

    with (
        balans("collect", "simulated") as collector,
        balans("run", "--roles", "web") as web,
        balans("run", "--roles", "monitor") as monitor,
    ):
        address = web.complains(r"The web listens at http://([0-9.:]+)")[1]
        with connect(f"ws://{address}/ws/board/main", open_timeout=30) as viewer:
            while not shows_work(viewer.recv(timeout=30)):
                pass
        codes = [program.stop()[0] for program in (collector, web, monitor)]

    assert codes == [0, 0, 0]


def shows_work(message: str | bytes) -> bool:
    """Whether a message to a viewer tells of anybody waiting or anything measured."""
    said = json.loads(message)
    parts = (said.get("board") or said["delta"]).get("parts", {})
    tiles = [part for id, part in parts.items() if id.startswith("tile/")]
    return any(figure.get("n") for tile in tiles for figure in tile["figures"])


def test_credentials_that_are_refused_are_one_sentence(free_port: int, balans: Start, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(
        f"""
[mqtt]
host = "127.0.0.1"
port = {free_port}
username = "balans"
password = "wrong"
[collectors.simulated]
source = "demo"
"""
    )
    (tmp_path / "balans.toml").write_text(DEMO.format(where=tmp_path, port=free_port))

    with balans("run") as right:
        right.complains("The web listens at")
        with balans("run", "--config", "other.toml", "--roles", "monitor") as wrong:
            code, complaints = wrong.ended()
        right.stop()

    assert code == 2
    assert "refuses this user name or password" in complaints
    assert "Traceback" not in complaints
