"""Events in, figures out: the life of a visit, by the definitions of the specification's chapter on metrics."""

from __future__ import annotations

import pytest

from monitor import events as ev
from monitor.settings import Queue
from tests.monitor.centre import Morning, at, centre, live, today, told

pbx = Morning()


def test_who_has_joined_a_queue_waits_until_answered_or_gone() -> None:
    engine = told(centre(), [pbx.offered(0, "a"), pbx.offered(5, "b")], now=30)
    assert live(engine).waiting == 2
    assert live(engine).longest_wait_began_at == at(0)
    assert today(engine).longest_wait_seconds == 30

    told(engine, [pbx.answered(31, "a")])
    assert live(engine).waiting == 1
    assert live(engine).longest_wait_began_at == at(5)

    told(engine, [pbx.left(40, "b")])
    assert live(engine).waiting == 0
    assert live(engine).longest_wait_began_at is None
    assert today(engine).longest_wait_seconds == 0


def test_service_level_counts_answers_in_time_over_answered_and_abandoned_without_short_abandons() -> None:
    """The specification's example: one day, the same calls, five definitions."""
    queues = {"sales": Queue(within_seconds=20, short_abandon_seconds=5)}
    calls = []
    for number in range(860):
        calls += pbx.call(number, f"in time {number}", wait=20)
    for number in range(140):
        calls += pbx.call(number, f"late {number}", wait=20.001)
    for number in range(60):
        patience = 5 if number < 10 else 20 if number < 20 else 60
        calls += [pbx.offered(number, f"gone {number}"), pbx.left(number + patience, f"gone {number}")]
    level = today(told(centre(queues=queues), calls)).service_level
    assert (level.numerator, level.denominator) == (860, 1050)
    assert level.ratio == pytest.approx(0.819, abs=5e-4)
    assert level.variants.answered == pytest.approx(0.860, abs=5e-4)
    assert level.variants.offered == pytest.approx(0.811, abs=5e-4)
    assert level.variants.late_abandons == pytest.approx(0.827, abs=5e-4)
    assert level.variants.left_in_time == pytest.approx(0.830, abs=5e-4)


def test_nothing_said_is_null_and_not_zero() -> None:
    figures = today(told(centre(), [pbx.offered(0, "a")]))
    assert figures.service_level.ratio is None
    assert figures.service_level.denominator == 0
    assert figures.speed_of_answer_seconds.mean is None
    assert figures.handle_time_seconds.median is None
    assert figures.occupancy.ratio is None


@pytest.mark.parametrize("reason", ["timeout", "key", "empty", "overflow", "voicemail", "callback", "closed"])
def test_leaving_otherwise_is_never_abandoning(reason: str) -> None:
    figures = today(told(centre(), [pbx.offered(0, "a"), pbx.left(30, "a", reason)]))  # type: ignore[arg-type]
    assert figures.abandoned == 0
    assert figures.left[reason] == 1
    assert figures.service_level.denominator == 0


def test_who_left_in_the_menu_was_never_offered() -> None:
    figures = today(told(centre(), [pbx.left(0, "a", "before_queue")]))
    assert figures.left_before_queue == 1
    assert figures.offered == 0


def test_short_abandons_leave_the_abandonment_ratio() -> None:
    events = [pbx.offered(0, "a"), pbx.left(5, "a"), pbx.offered(0, "b"), pbx.left(5.1, "b"), *pbx.call(0, "c")]
    figures = today(told(centre(), events))
    assert (figures.abandoned, figures.short_abandoned) == (2, 1)
    assert (figures.abandoned_ratio.numerator, figures.abandoned_ratio.denominator) == (1, 2)


def test_the_sources_own_measurement_goes_before_the_clock() -> None:
    """A PBX that says twenty whole seconds means twenty, whatever the network did to the instants."""
    events = [
        pbx.offered(0, "a"),
        pbx.answered(20.4, "a", waited_seconds=20),
        pbx.ended(80, "a", talk_seconds=59),
        pbx.wrapped_up(90, "a", wrap_up_seconds=4),
    ]
    figures = today(told(centre(), events))
    assert figures.service_level.numerator == 1
    assert figures.speed_of_answer_seconds.mean == 20
    assert figures.talk_seconds.mean == 59
    assert figures.handle_time_seconds.mean == 63


def test_handle_time_is_talk_and_hold_and_wrap_up_booked_when_wrap_up_ends() -> None:
    events = [
        pbx.offered(0, "a"),
        pbx.answered(10, "a"),
        pbx.held(40, "a"),
        pbx.resumed(60, "a"),
        pbx.ended(100, "a"),
    ]
    engine = told(centre(), events)
    assert today(engine).handled == 0
    assert today(engine).hold_seconds.mean == 20
    told(engine, [pbx.wrapped_up(130, "a")])
    assert today(engine).handled == 1
    assert today(engine).handle_time_seconds.mean == 120


def test_hold_that_nobody_ends_is_closed_with_the_conversation() -> None:
    """An attended transfer of Asterisk holds and never resumes."""
    events = [pbx.offered(0, "a"), pbx.answered(0, "a"), pbx.held(10, "a"), pbx.ended(25, "a")]
    assert today(told(centre(), events)).hold_seconds.mean == 15


def test_outbound_work_is_handled_but_neither_offered_nor_waiting() -> None:
    events = [
        pbx.offered(0, "a", direction="outbound"),
        pbx.answered(10, "a"),
        pbx.ended(70, "a"),
        pbx.wrapped_up(70, "a"),
    ]
    figures = today(told(centre(), events))
    assert (figures.offered, figures.answered, figures.handled) == (0, 0, 1)
    assert figures.outbound_handle_time_seconds.mean == 60
    assert figures.handle_time_seconds.n == 0


def test_a_transfer_is_a_new_visit_of_the_same_contact() -> None:
    events = [
        pbx.offered(0, "a", visit="1"),
        pbx.answered(10, "a", visit="1"),
        pbx.transferred(50, "a", visit="1", to="tech"),
        pbx.ended(50, "a", visit="1", by="transfer"),
        pbx.offered(50, "a", "tech", visit="2", transferred_in=True),
        pbx.answered(60, "a", "tech", "bob", visit="2"),
    ]
    engine = told(centre(queues={"sales": Queue(), "tech": Queue(line=2)}), events)
    assert today(engine).offered == today(engine, id="tech").offered == 1
    site = today(engine, "site", "site")
    assert (site.offered, site.contacts) == (2, 1)
    assert (site.transfer.numerator, site.transfer.denominator) == (1, 2)
    assert site.bounced.numerator == 0


def test_a_transfer_that_is_sent_on_within_a_day_has_bounced() -> None:
    events = []
    for number, queue in enumerate(("sales", "tech", "sales")):
        visit = str(number)
        events += [
            pbx.offered(number * 100, "a", queue, visit=visit),
            pbx.answered(number * 100 + 1, "a", queue, visit=visit),
            pbx.transferred(number * 100 + 50, "a", visit=visit),
            pbx.ended(number * 100 + 50, "a", visit=visit),
        ]
    site = today(told(centre(queues={"sales": Queue(), "tech": Queue()}), events), "site", "site")
    assert (site.bounced.numerator, site.bounced.denominator) == (2, 3)


def test_a_first_reply_to_a_mail_is_the_first_response() -> None:
    queues = {"post": Queue(channel="mail", within_seconds=3600)}
    events = [
        pbx.offered(0, "m", "post", channel="mail"),
        pbx.answered(100, "m", "post"),
        pbx.responded(1800, "m"),
        pbx.offered(0, "n", "post", channel="mail"),
        pbx.responded(7200, "n"),
    ]
    engine = told(centre(queues=queues), events, now=7300)
    figures = today(engine, id="post")
    assert figures.first_response_seconds.mean == 4500
    assert figures.first_response_in_time.ratio == 0.5
    assert live(engine, id="post").backlog == 1
    assert live(engine, id="post").oldest_backlog_began_at == at(0)


def test_marks_are_credited_to_the_time_of_answering() -> None:
    events = [*pbx.call(0, "a"), *pbx.call(0, "b"), pbx.marked(4000, "a", 5), pbx.marked(4100, "b", 3)]
    engine = told(centre(lateness=3600), events)
    assert today(engine).satisfaction.ratio == 0.5
    assert engine.figures().of("queue", "sales").windows["15m"].satisfaction.denominator == 0  # type: ignore[union-attr]


def test_a_customer_who_comes_straight_back_was_not_helped_in_one_go() -> None:
    events = [
        *pbx.call(0, "a", customer="c-1"),
        *pbx.call(400, "b", customer="c-1"),
        *pbx.call(0, "c", customer="c-2"),
        *pbx.call(0, "d"),
    ]
    figures = today(told(centre(), events))
    assert (figures.repeat_10m.numerator, figures.repeat_10m.denominator) == (1, 3)
    assert figures.repeat_coverage.ratio == 0.75


def test_coming_back_about_something_else_is_no_repeat_within_seven_days() -> None:
    events = [
        *pbx.call(0, "a", customer="c-1", topic="invoice"),
        *pbx.call(5000, "b", customer="c-1", topic="delivery"),
        *pbx.call(9000, "c", customer="c-1", topic="invoice"),
    ]
    assert today(told(centre(), events)).repeat_7d.numerator == 1


def test_the_sources_word_that_it_is_the_same_matter_goes_before_the_topics() -> None:
    events = [
        *pbx.call(0, "a", customer="c-1", topic="invoice"),
        *pbx.call(5000, "b", customer="c-1", topic="delivery"),
    ]
    said = ev.ContactRepeated(id="r", source="pbx", at=at(5000), contact="b", earlier_contact="a")
    for order in ([*events, said], [said, *events], [*events[4:], said, *events[:4]]):
        assert today(told(centre(), order)).repeat_7d.numerator == 1
    assert today(told(centre(), events)).repeat_7d.numerator == 0


def test_outside_opening_hours_contacts_are_counted_apart() -> None:
    hours = ({"days": ("tue",), "opens": "09:01", "closes": "17:00"},)
    queue = Queue.model_validate({"opening_hours": hours})
    events = [pbx.offered(0, "early"), pbx.left(10, "early"), *pbx.call(60, "in time")]
    figures = today(told(centre(queues={"sales": queue}), events))
    assert (figures.outside_hours, figures.offered, figures.abandoned, figures.answered) == (1, 1, 0, 1)


def test_expected_handle_time_is_that_of_the_same_mix() -> None:
    """Thirty short questions and thirty long ones were seen; a quarter of an hour of long ones only is slow work by
    nature, not by whoever does it."""
    events = []
    for number in range(30):
        events += pbx.call(number, f"s{number}", talk=60, topic="address")
        events += pbx.call(number, f"l{number}", talk=600, topic="inheritance")
    engine = told(centre(), events)
    assert today(engine).expected_handle_time_seconds == pytest.approx(330)
    told(engine, pbx.call(7200, "late", talk=900, topic="inheritance"), now=8200)
    figures = engine.figures().of("queue", "sales").windows["15m"]  # type: ignore[union-attr]
    assert figures.handle_time_seconds.mean == 900
    assert figures.expected_handle_time_seconds == pytest.approx((30 * 600 + 900) / 31)


def test_expected_handle_time_is_null_while_too_little_was_seen() -> None:
    assert today(told(centre(), pbx.call(0, "a"))).expected_handle_time_seconds is None


def test_a_mail_over_night_has_waited_long_and_in_opening_hours_shortly() -> None:
    """Asked at half past four, answered at half past nine the next morning; open from nine to five."""
    hours = ({"days": ("mon", "tue", "wed", "thu", "fri"), "opens": "09:00", "closes": "17:00"},)
    queue = Queue.model_validate({"channel": "mail", "opening_hours": hours})
    asked, morning = 7.5 * 3600, 24.5 * 3600
    engine = told(centre(queues={"post": queue}), [pbx.offered(asked, "m", "post", channel="mail")], now=morning)
    assert live(engine, id="post").oldest_backlog_open_seconds == 3600
    told(engine, [pbx.responded(morning, "m")])
    figures = today(engine, id="post")
    assert figures.first_response_seconds.mean == 17 * 3600
    assert figures.first_response_open_seconds.mean == 3600
