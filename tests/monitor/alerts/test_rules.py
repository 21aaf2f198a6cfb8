"""What the rules read of the figures, and what an alert then says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from monitor.alerts.alarms import Alarms
from monitor.alerts.alert import Alert, Delivery, Kind, Notice
from monitor.alerts.lifecycle import Reading
from monitor.alerts.rules import readings
from monitor.alerts.texts import WORDS
from monitor.figures import Live, ScopeFigures, SiteFigures, SourceHealth
from monitor.instants import SiteDays
from monitor.settings import OpeningHours, Queue, Settings
from tests.pictures import NOW, QUEUES, ago, busy_figures, level, live, scope, share, site

DAYS = SiteDays("Europe/Amsterdam")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
IN_OFFICE_HOURS = Queue(label="Sales", opening_hours=(OpeningHours(days=WEEKDAYS, opens="08:00", closes="18:00"),))
AT_NIGHT = Queue(opening_hours=(OpeningHours(days=WEEKDAYS, opens="20:00", closes="22:00"),))
ROOT = Path(__file__).parents[3]


def read(figures: SiteFigures, kind: Kind, subject: str, **queues: Queue) -> Reading:
    (found,) = [
        reading
        for reading in readings(figures, {**QUEUES, **queues}, DAYS)
        if (reading.kind, reading.subject) == (kind, subject)
    ]
    return found


def sales(now: Live | None = None, **changes: Any) -> ScopeFigures:
    return scope("queue", "sales", now, **changes)


def test_customers_waiting_are_set_against_the_people_on_duty() -> None:
    picture = site(sales(live(waiting=20, backlog=4, on_duty=8)))
    assert read(picture, "waiting_many", "sales").value == 2.0


def test_a_queue_of_one_person_is_no_alarm_with_two_customers() -> None:
    assert read(site(sales(live(waiting=2, on_duty=1))), "waiting_many", "sales").value == 0.4


def test_a_long_wait_is_what_exceeds_the_time_to_answer_within() -> None:
    picture = site(sales(live(waiting=1, longest_wait_began_at=ago(seconds=400))))
    reading = read(picture, "waiting_long", "sales")
    assert (reading.value, reading.number) == (380, 400)
    assert read(picture, "waiting_long", "sales", sales=AT_NIGHT).value == 0, "closed"


def test_written_work_waits_in_opening_hours_only() -> None:
    mail = Queue(channel="mail", within_seconds=3600)
    picture = site(sales(live(longest_wait_began_at=ago(days=3), oldest_backlog_open_seconds=4000)))
    assert read(picture, "waiting_long", "sales", sales=mail).value == 400


def test_service_level_burns_when_both_windows_do() -> None:
    windows = {"15m": busy_figures(service_level=level(8, 20)), "60m": busy_figures(service_level=level(70, 100))}
    reading = read(site(sales(windows=windows)), "service_level", "sales")
    assert reading.value == pytest.approx(1.5)
    assert reading.number == 0.7
    few = {"15m": busy_figures(service_level=level(0, 9)), "60m": busy_figures(service_level=level(0, 100))}
    assert read(site(sales(windows=few)), "service_level", "sales").value == 0, "nine are too few to say"


@pytest.mark.parametrize(
    ("agents", "waiting", "queue", "value"),
    [
        ({"break": 3, "other_work": 1}, 0, IN_OFFICE_HOURS, 1),
        ({"break": 3, "wrap_up": 1}, 5, IN_OFFICE_HOURS, 0),
        ({"offline": 4}, 0, AT_NIGHT, 0),
        ({"offline": 4}, 0, Queue(), 0),
        ({"offline": 4}, 1, Queue(), 1),
    ],
    ids=["all on a break", "one in wrap-up", "closed", "always open and empty", "always open and somebody waits"],
)
def test_nobody_available(agents: dict[str, int], waiting: int, queue: Queue, value: float) -> None:
    picture = site(sales(Live(agents=agents, waiting=waiting)))
    assert read(picture, "nobody_available", "sales", sales=queue).value == value


def test_a_source_that_tells_nothing_of_agents_is_no_reason_to_say_that_nobody_is_there() -> None:
    found = readings(site(sales(Live(waiting=3))), QUEUES, DAYS)
    assert not [each for each in found if each.kind == "nobody_available" and each.subject == "sales"]


def test_occupancy_of_a_small_team_is_not_read() -> None:
    teams = (scope("team", "north", live(on_duty=6)), scope("team", "south", live(on_duty=7)))
    assert read(site(*teams), "occupancy", "north").value == pytest.approx(0.8012)
    small = (scope("team", "north", live(on_duty=4)), scope("team", "south", live(on_duty=7)))
    subjects = {each.subject for each in readings(site(*small), QUEUES, DAYS) if each.kind == "occupancy"}
    assert subjects == {"site"}, "nor that of the team whose figures would give it away"


def test_repeat_contacts_rise_when_chance_does_not_explain_the_hour() -> None:
    windows = {"60m": busy_figures(repeat_10m=share(40, 100)), "today": busy_figures(repeat_10m=share(60, 600))}
    value = read(site(sales(windows=windows)), "repeat_contacts", "sales").value
    assert value is not None
    assert 3 < value < 4
    steady = {"60m": busy_figures(repeat_10m=share(12, 100)), "today": busy_figures(repeat_10m=share(60, 600))}
    calm = read(site(sales(windows=steady)), "repeat_contacts", "sales").value
    assert calm is not None
    assert calm < 0.75
    assert read(site(sales(repeat_10m=share(2, 29))), "repeat_contacts", "sales").value is None


def test_of_a_silent_source_only_its_silence_is_said() -> None:
    health = (SourceHealth(source="pbx", state="silent"), SourceHealth(source="desk", state="up"))
    picture = site(sales(live(waiting=30, stale_since=NOW)), sources=health)
    assert [read(picture, "source_silent", name).value for name in ("pbx", "desk")] == [1, 0]
    of_queue = ("waiting_many", "waiting_long", "service_level", "nobody_available")
    assert {read(picture, kind, "sales").value for kind in of_queue} == {None}


def test_the_monitor_is_behind() -> None:
    behind = msgspec.structs.replace(site().pipeline, lag_seconds=44, behind_seconds=86_400)
    assert read(site(pipeline=behind), "monitor_behind", "site").value == 44


# In words


def passed(alarms: Alarms, picture: SiteFigures, minutes: int) -> SiteFigures:
    """The same picture for so many minutes; the last as everybody sees it."""
    for second in range(60 * minutes + 1):
        picture = alarms.seen(msgspec.structs.replace(picture, at=NOW + timedelta(seconds=second)))
    return picture


def test_what_stands_is_added_to_the_picture_and_told_once() -> None:
    told: list[Notice] = []
    alarms = Alarms(
        Settings(queues={"sales": IN_OFFICE_HOURS}), told.append, lambda: (Delivery(receiver="ops", delivered=2),)
    )
    picture = site(sales(Live(agents={"break": 3})), sources=(SourceHealth(source="pbx", state="lost"),))
    seen = passed(alarms, picture, 4)
    assert [alert.key for alert in seen.alerts] == ["source_silent:source:pbx", "nobody_available:queue:sales"]
    silent, alone = seen.alerts
    assert (silent.title.en, silent.title.nl) == ("pbx is silent", "pbx zwijgt")
    assert alone.title.nl == "Sales: open, en er is niemand"
    assert [notice.change for notice in told] == ["fired", "fired"]
    assert len({notice.id for notice in told}) == 2
    assert seen.deliveries[0].delivered == 2


def test_an_acknowledgement_shows_its_instant_and_no_person() -> None:
    alarms = Alarms(Settings())
    picture = passed(alarms, site(sources=(SourceHealth(source="pbx", state="lost"),)), 4)
    alarms.acknowledge(picture.alerts[0].key, "account-of-jansen", picture.at)
    shown = alarms.seen(picture)
    assert shown.alerts[0].acknowledged_at == picture.at
    assert b"jansen" not in msgspec.json.encode(shown)


def test_every_kind_has_words_in_both_languages_and_a_runbook() -> None:
    page = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
    anchors = {heading.lower() for heading in re.findall(r"^## (\w+)$", page, re.MULTILINE)}
    assert set(WORDS) == set(get_args(Kind))
    for words in WORDS.values():
        assert words.runbook in anchors
        for text in (words.title, words.description):
            assert text.en != text.nl
            assert set(placeholders(text.en)) == set(placeholders(text.nl))


def placeholders(text: str) -> Iterable[str]:
    return re.findall(r"\{\w+\}", text)


def test_no_field_of_an_alert_can_hold_a_person() -> None:
    words = " ".join(Alert.__struct_fields__ + Notice.__struct_fields__ + Delivery.__struct_fields__)
    assert not re.search("agent|person|account|name|by", words)
