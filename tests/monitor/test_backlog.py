"""How far the figures lag: what is said when collectors hold more, and when nothing is taken in."""

from datetime import UTC, datetime, timedelta

from monitor.backlog import BEHIND_EVENTS, BEHIND_SECONDS, Backlog, is_behind
from monitor.batch import Batch
from monitor.events import ContactHeld

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def batch(waiting: int, *ages_seconds: float, collector: str = "pbx") -> Batch:
    """A batch of events of these ages, behind which so many wait."""
    events = tuple(
        ContactHeld(id=f"{age}", source=collector, contact="c", at=NOW - timedelta(seconds=age)) for age in ages_seconds
    )
    return Batch(collector=collector, epoch="e", first_sequence=1, waiting=waiting, sent_at=NOW, events=events)


def after(*batches: Batch) -> Backlog:
    backlog = Backlog()
    for each in batches:
        backlog.took(each, NOW)
    return backlog


def test_figures_lag_by_the_age_of_their_newest_event_while_more_waits() -> None:
    backlog = after(batch(5_000, 7_200, 3_600))
    assert (backlog.waiting, backlog.lag_seconds(NOW)) == (5_000, 3_600)


def test_they_do_not_lag_when_nothing_waits_however_old_the_news_is() -> None:
    """A survey may come an hour late and is no backlog."""
    assert after(batch(0, 3_600)).lag_seconds(NOW) == 0


def test_late_events_in_a_backlog_do_not_make_newer_truth_older() -> None:
    assert after(batch(10, 2), batch(10, 3_600)).lag_seconds(NOW) == 2


def test_an_event_of_the_future_is_no_newer_than_now() -> None:
    backlog = after(batch(10, -86_400))
    assert backlog.lag_seconds(NOW + timedelta(seconds=30)) == 30


def test_the_collector_that_lags_most_counts_and_the_events_of_all() -> None:
    backlog = after(batch(10, 5), batch(20, 60, collector="desk"))
    assert (backlog.waiting, backlog.lag_seconds(NOW)) == (30, 60)


def test_what_a_collector_holds_that_is_away_is_not_on_its_way() -> None:
    backlog = after(batch(5_000, 60))
    backlog.gone("pbx")
    backlog.gone("a collector that never sent anything")
    assert (backlog.waiting, backlog.lag_seconds(NOW)) == (0, 0)


def test_nothing_is_taken_in_while_the_broker_or_the_journal_is_away() -> None:
    backlog = after(batch(0, 1))
    backlog.halted("journal", NOW)
    backlog.halted("journal", NOW + timedelta(seconds=40))
    assert backlog.lag_seconds(NOW + timedelta(seconds=60)) == 60
    backlog.resumed("journal")
    backlog.resumed("broker")
    assert backlog.lag_seconds(NOW + timedelta(seconds=60)) == 0


def test_each_collector_is_behind_by_itself() -> None:
    backlog = after(batch(5_000, 600), batch(5_000, 2, collector="chat"), batch(0, 600, collector="survey"))
    assert backlog.since("pbx", NOW) == NOW - timedelta(seconds=600)
    assert [backlog.since(name, NOW) for name in ("chat", "survey", "never heard of")] == [None, None, None]


def test_a_stop_of_the_intake_is_a_stop_for_all() -> None:
    backlog = after(batch(0, 1))
    backlog.halted("broker", NOW)
    assert backlog.since("pbx", NOW + timedelta(seconds=9)) is None
    assert backlog.since("never heard of", NOW + timedelta(seconds=10)) == NOW


def test_it_is_worth_saying_from_ten_seconds_or_ten_thousand_events_on() -> None:
    assert not is_behind(BEHIND_SECONDS - 0.1, BEHIND_EVENTS - 1)
    assert is_behind(BEHIND_SECONDS, 0)
    assert is_behind(0, BEHIND_EVENTS)
