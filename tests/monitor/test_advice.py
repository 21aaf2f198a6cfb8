"""The one sentence about what would help now."""

import json
import re
from pathlib import Path

import pytest

from monitor import advice as rules
from monitor.board import Advice
from monitor.figures import Live, ScopeFigures, SiteFigures, SourceHealth
from monitor.settings import BoardDefinition, Queue
from monitor.wallboard import wallboard
from tests.pictures import BOARD, QUEUES, WINDOWS, ago, busy_figures, live, quarters, scope, share, site

CATALOGUES = Path(__file__).parents[2] / "web" / "ui" / "src" / "catalogue"


def advice(figures: SiteFigures) -> Advice:
    part = wallboard("main", BOARD, QUEUES, figures, site_name="The centre").parts["advice"]
    assert isinstance(part, Advice)
    return part


def nobody_free(**changes: object) -> Live:
    return live(agents={"on_contact": 8}, on_duty=8, **changes)


def test_when_nobody_waits_long_all_is_calm() -> None:
    assert advice(site()) == Advice(message="calm")


def test_before_anything_has_happened_that_is_said() -> None:
    empty = ScopeFigures(scope=scope("board", "main").scope, live=Live(), windows={})
    assert advice(site(empty)) == Advice(message="no_figures")


@pytest.mark.parametrize("state", ["silent", "lost", "stopped"])
def test_a_source_that_is_not_heard_goes_before_all(state: str) -> None:
    silent = (SourceHealth(source="pbx", state=state),)  # type: ignore[arg-type]
    assert advice(site(sources=silent)) == Advice(message="source_silent", values={"source": "pbx"})


def test_customers_wait_where_nobody_is_on_duty() -> None:
    alone = scope("queue", "sales", live(agents={"offline": 3}, on_duty=0, waiting=2))
    assert advice(site(alone)) == Advice(message="nobody_available", values={"queue": "Sales", "waiting": 2})


def test_a_source_that_knows_no_agents_does_not_say_that_nobody_is_there() -> None:
    blind = Live(waiting=2)
    assert advice(site(scope("board", "main", blind), scope("queue", "sales", blind))).message == "calm"


def test_chat_has_waited_long_while_people_of_voice_are_free() -> None:
    chat = nobody_free(waiting=3, longest_wait_began_at=ago(minutes=4, seconds=20))
    assert advice(site(scope("queue", "webchat", chat), scope("channel", "chat", chat))) == Advice(
        message="help_from_channel", values={"queue": "Chat", "minutes": 4, "free": 2, "channel": "voice"}
    )


def test_somebody_free_in_the_queue_itself_is_about_to_answer() -> None:
    chat = live(waiting=1, longest_wait_began_at=ago(minutes=4))
    assert advice(site(scope("queue", "webchat", chat))).message == "long_wait"


def test_a_channel_where_customers_wait_lends_nobody() -> None:
    chat = nobody_free(waiting=3, longest_wait_began_at=ago(minutes=4))
    voice = live(waiting=1)
    assert advice(site(scope("queue", "webchat", chat), scope("channel", "voice", voice))).message == "long_wait"


def test_written_work_does_not_keep_people_from_helping() -> None:
    chat = nobody_free(waiting=3, longest_wait_began_at=ago(minutes=4))
    voice, mail = scope("channel", "voice", nobody_free()), live(waiting=48, backlog=48)
    queues = QUEUES | {"post": Queue(channel="mail")}
    figures = site(scope("queue", "webchat", chat), voice, scope("queue", "post", mail), scope("channel", "mail", mail))
    part = wallboard("main", BOARD, queues, figures, site_name="The centre").parts["advice"]
    assert part == Advice(
        message="help_from_channel", values={"queue": "Chat", "minutes": 4, "free": 2, "channel": "mail"}
    )


def test_mail_that_comes_in_at_night_calls_nobody() -> None:
    night = live(agents={"offline": 3}, on_duty=0, waiting=48, backlog=48)
    assert advice(site(scope("queue", "sales", night))).message == "calm"


def test_a_wait_is_long_by_the_queues_own_promise() -> None:
    waits = nobody_free(waiting=1, longest_wait_began_at=ago(seconds=90))
    assert advice(site(scope("queue", "sales", waits))).message == "help_from_channel"
    assert advice(site(scope("queue", "webchat", waits))).message == "calm"


def test_long_waiting_that_nobody_can_help_is_told_as_it_is() -> None:
    waits = nobody_free(waiting=9, longest_wait_began_at=ago(minutes=12))
    everyone = [scope("queue", "service", waits), scope("channel", "chat", nobody_free())]
    assert advice(site(*everyone)) == Advice(message="long_wait", values={"queue": "Service", "minutes": 12})


def test_of_a_queue_that_is_not_heard_no_wait_is_told() -> None:
    stale = nobody_free(waiting=1, longest_wait_began_at=ago(minutes=9), stale_since=ago(minutes=5))
    assert advice(site(scope("queue", "service", stale))).message == "calm"


def test_it_is_busier_than_the_rest_of_the_day() -> None:
    assert advice(site(curves={"main": quarters(40, 60, 50, 50, 3)})) == Advice(
        message="busier_than_today", values={"percent": 100}
    )


def test_where_customers_can_be_called_back_that_is_said_too() -> None:
    figures = site(scope("queue", "later"), curves={"main": quarters(40, 60, 50, 50, 3)})
    queues = QUEUES | {"later": Queue(channel="callback")}
    part = wallboard("main", BOARD, queues, figures, site_name="The centre").parts["advice"]
    assert part == Advice(message="busier_call_back", values={"percent": 100})


def test_a_board_that_hides_who_waits_says_the_same_without_their_number() -> None:
    waits = nobody_free(waiting=9, longest_wait_began_at=ago(minutes=12))
    gone = live(waiting=9, on_duty=0, agents={"offline": 4}, longest_wait_began_at=ago(minutes=12))
    hiding = BoardDefinition(hide_waiting=True)

    def said(*scopes: ScopeFigures) -> object:
        return wallboard("main", hiding, QUEUES, site(*scopes), site_name="The centre").parts["advice"]

    assert said(scope("queue", "service", gone)) == Advice(message="nobody_there", values={"queue": "Service"})
    assert said(scope("queue", "service", waits), scope("channel", "chat", nobody_free())) == Advice(
        message="longer_than_usual", values={"queue": "Service"}
    )


def test_little_breathing_space() -> None:
    assert advice(site(scope("board", "main", occupancy=share(93, 100)))) == Advice(
        message="little_breathing", values={"percent": 93}
    )


def test_the_occupancy_of_a_few_is_not_talked_about() -> None:
    few = scope("board", "main", live(on_duty=4), occupancy=share(99, 100))
    assert advice(site(few)).message == "calm"


def test_room_for_written_work() -> None:
    windows = dict.fromkeys(WINDOWS, busy_figures(occupancy=share(60, 100)))
    assert advice(site(scope("board", "main", live(backlog=41), windows=windows))) == Advice(
        message="room_for_backlog", values={"backlog": 41}
    )


def messages() -> dict[str, set[str]]:
    """The messages of the documented table, with the names of their values."""
    assert rules.__doc__ is not None
    rows = re.findall(r"^\| `(\w+)` +\|(.*)\|$", rules.__doc__, re.MULTILINE)
    return {message: set(re.findall(r"`(\w+)`:", values)) for message, values in rows}


def test_every_message_is_in_the_table_of_messages() -> None:
    source = Path(rules.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'message="(\w+)"', source)) == set(messages())


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_message_is_in_the_catalogues_and_uses_only_its_values(language: str) -> None:
    texts = json.loads((CATALOGUES / f"{language}.json").read_text(encoding="utf-8"))
    for message, values in messages().items():
        assert set(re.findall(r"{(\w+)}", texts[f"advice.{message}"])) <= values
