"""Log lines: text for a person at a terminal, one JSON object a line for a machine."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from balans.logs import set_up_logging


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    """The log of the other tests is theirs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_machine_gets_one_object_a_line() -> None:
    stream = io.StringIO()
    set_up_logging(stream=stream)
    logging.getLogger("collectors.pbx").warning("Lost %s.\nAgain.", "the peer")

    line = stream.getvalue()
    assert line.count("\n") == 1
    said = json.loads(line)
    assert said["message"] == "Lost the peer.\nAgain."
    assert (said["level"], said["logger"]) == ("warning", "collectors.pbx")
    assert said["at"].endswith("+00:00")


def test_a_failure_is_in_the_same_object() -> None:
    stream = io.StringIO()
    set_up_logging(stream=stream)
    try:
        raise ValueError("odd")
    except ValueError:
        logging.getLogger("engine").exception("It broke.")

    assert "ValueError: odd" in json.loads(stream.getvalue())["error"]


def test_a_person_gets_text() -> None:
    stream = Terminal()
    set_up_logging(stream=stream)
    logging.getLogger("monitor").info("All is well.")

    assert stream.getvalue().endswith("INFO    monitor: All is well.\n")


def test_what_is_below_the_level_is_not_written() -> None:
    stream = io.StringIO()
    set_up_logging("error", stream)
    logging.getLogger("monitor").warning("Hm.")

    assert stream.getvalue() == ""
