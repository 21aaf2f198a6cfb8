"""When an alert begins, ends, is told and is not told: readings and time in, transitions out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.lifecycle import Reading, State, Transition, acknowledge, step
from monitor.alerts.settings import Alerts

NINE = datetime(2026, 3, 10, 8, tzinfo=UTC)
ALERTS = Alerts(
    cool_down_seconds=600,
    waiting_long={"enter": 300, "leave": 60, "for_seconds": 60, "leave_seconds": 60},
    occupancy={"on": False},
)
KEY = "waiting_long:queue:sales"


def waits(value: float | None) -> Reading:
    return Reading("waiting_long", "queue", "sales", value, value or 0.0)


class Watch:
    """Looks every ten seconds and keeps what was told."""

    def __init__(self, alerts: Alerts = ALERTS) -> None:
        self.alerts, self.state, self.now = alerts, State(), NINE
        self.told: list[Transition] = []

    def see(self, value: float | None, seconds: float = 10, *, quiet: bool = False) -> Watch:
        for _ in range(max(1, int(seconds // 10))):
            self.state, told = step(self.state, [waits(value)], self.now, self.alerts, quiet=quiet)
            self.told += told
            self.now += timedelta(seconds=10)
        return self

    def acknowledge(self, account: str = "account-7") -> Watch:
        self.state, told = acknowledge(self.state, KEY, account, self.now)
        self.told += told
        return self

    @property
    def changes(self) -> list[str]:
        return [transition.change for transition in self.told]


def test_a_condition_must_hold_before_it_is_an_alert() -> None:
    watch = Watch().see(400, 60)
    assert watch.changes == []
    assert watch.see(400).changes == ["fired"]
    assert list(watch.state.firing) == [KEY]


def test_a_moment_below_the_limit_begins_the_wait_anew() -> None:
    assert Watch().see(400, 60).see(299).see(400, 60).changes == []


def test_inside_the_band_it_goes_on_and_below_it_it_ends_after_a_while() -> None:
    watch = Watch().see(400, 70).see(100, 3600)
    assert watch.changes == ["fired"]
    assert watch.see(50, 60).changes == ["fired"]
    assert watch.see(50).changes == ["fired", "resolved"]
    assert not watch.state.firing


def test_after_it_ended_it_cools_down_before_it_begins_again() -> None:
    watch = Watch().see(400, 70).see(0, 70)
    resolved_at = watch.told[-1].at
    watch.see(400, 1200)
    assert watch.changes == ["fired", "resolved", "fired"]
    assert watch.told[-1].at - resolved_at >= timedelta(seconds=600)


def test_what_cannot_be_said_neither_begins_nor_ends_an_alert() -> None:
    assert Watch().see(None, 3600).changes == []
    assert Watch().see(400, 70).see(None, 3600).changes == ["fired"]


def test_what_is_not_there_any_more_has_ended() -> None:
    watch = Watch().see(400, 70)
    for _ in range(8):
        watch.state, told = step(watch.state, [], watch.now, ALERTS)
        watch.told += told
        watch.now += timedelta(seconds=10)
    assert watch.changes == ["fired", "resolved"]


def test_a_kind_that_is_off_says_nothing() -> None:
    state = State()
    for seconds in range(0, 7200, 10):
        reading = Reading("occupancy", "site", "site", 1.0)
        state, told = step(state, [reading], NINE + timedelta(seconds=seconds), ALERTS)
        assert not told
    assert not state.standing


def test_time_that_nobody_watched_counts_for_nothing() -> None:
    watch = Watch().see(400, 50)
    watch.now += timedelta(hours=1)
    assert watch.see(400).changes == []
    assert watch.see(400, 60).changes == ["fired"]


def test_acknowledged_stays_acknowledged_until_it_ends() -> None:
    watch = Watch().see(400, 70).acknowledge().acknowledge("account-8").see(500, 600)
    standing = watch.state.firing[KEY]
    assert (standing.acknowledged_by, standing.acknowledged_at) == ("account-7", watch.told[1].at)
    watch.see(0, 70).see(400, 1200)
    assert watch.changes == ["fired", "acknowledged", "resolved", "fired"]
    assert watch.state.firing[KEY].acknowledged_at is None


def test_in_quiet_hours_it_stands_and_is_told_when_they_are_over() -> None:
    watch = Watch().see(400, 300, quiet=True)
    assert watch.state.firing
    assert watch.changes == []
    assert watch.see(400).changes == ["fired"]


def test_what_ended_in_quiet_hours_is_never_told() -> None:
    assert Watch().see(400, 300, quiet=True).see(0, 300, quiet=True).see(0, 60).changes == []


def test_what_is_critical_is_told_in_quiet_hours_too() -> None:
    critical = Alerts(waiting_long={"severity": "critical"})
    assert Watch(critical).see(400, 70, quiet=True).changes == ["fired"]


def test_a_clock_that_goes_back_changes_nothing() -> None:
    watch = Watch().see(400, 70)
    assert step(watch.state, [waits(0)], NINE, ALERTS) == (watch.state, ())


looks = st.lists(
    st.tuples(
        st.one_of(st.none(), st.floats(0, 600)),
        st.integers(0, 90),
        st.booleans(),
        st.booleans(),
    ),
    max_size=120,
)
"""What is read, seconds until the next look, whether the hours are quiet, and whether somebody acknowledges."""


@given(looks)
def test_whatever_is_read_every_alert_begins_once_and_ends_once(
    seen: list[tuple[float | None, int, bool, bool]],
) -> None:
    state, now, told = State(), NINE, []
    for value, seconds, quiet, somebody in seen:
        before = state.firing.get(KEY)
        state, news = step(state, [waits(value)], now, ALERTS, quiet=quiet)
        told += news
        after = state.firing.get(KEY)
        if before and value is not None and value > 60:
            assert after, "it never ends inside its band or above"
        if not before and (value is None or value < 300):
            assert not after, "it never begins inside its band or below"
        if before and after and before.acknowledged_at:
            assert after.acknowledged_at == before.acknowledged_at
        assert len(state.standing) <= 1
        if somebody:
            state, news = acknowledge(state, KEY, "account-7", now)
            told += news
        now += timedelta(seconds=seconds)
    changes = [transition.change for transition in told if transition.change != "acknowledged"]
    assert changes == (["fired", "resolved"] * len(changes))[: len(changes)], "in turn, beginning with a beginning"
    ends = [transition.at for transition in told if transition.change == "resolved"]
    begins = [transition.standing.fired_at for transition in told if transition.change == "fired"]
    assert all(
        began - ended >= timedelta(seconds=600) for ended, began in zip(ends, begins[1:], strict=False) if began
    ), "it cools down"
