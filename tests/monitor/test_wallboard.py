"""What stands on a wall: figures in, parts out."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.bands import band, pace_band
from monitor.board import Advice, Board, Curve, Figure, GoodNews, Header, Notice, Notices, Row, Sources, Tile
from monitor.figures import (
    Durations,
    KnownOutage,
    Live,
    Pipeline,
    ScopeFigures,
    ServiceLevel,
    SiteFigures,
    SourceHealth,
    Thanks,
)
from monitor.measures import BY_KEY
from monitor.settings import BoardDefinition, BoardNotice, Queue
from monitor.tiles import TILE_MEASURES
from monitor.wallboard import wallboard
from tests.pictures import BOARD, NOW, QUEUES, WINDOWS, ago, busy_figures, level, live, quarters, scope, share, site


def shown(figures: SiteFigures, definition: BoardDefinition = BOARD, queues: dict[str, Queue] = QUEUES) -> Board:
    return wallboard("main", definition, queues, figures, site_name="The centre")


def tile_of(board: Board, measure: str) -> Tile:
    part = board.parts[f"tile/{measure}"]
    assert isinstance(part, Tile)
    return part


def row_of(board: Board, id: str) -> Row:
    part = board.parts[f"row/{id}"]
    assert isinstance(part, Row)
    return part


def tile_with(measure: str, whole: ScopeFigures) -> tuple[Figure, ...]:
    return tile_of(shown(site(whole), BoardDefinition(tiles=(measure,))), measure).figures


def test_the_parts_stand_in_their_order_first_line_before_second() -> None:
    assert shown(site()).order == (
        "header",
        "tile/waiting",
        "tile/service_level_ratio",
        "tile/handle_time_seconds",
        "tile/helped_ratio",
        "tile/occupancy_ratio",
        "row/queue/service",
        "row/queue/webchat",
        "row/queue/sales",
        "row/channel/voice",
        "row/channel/chat",
        "balance",
        "curve",
        "sources",
        "advice",
        "good_news",
    )


def test_the_header_says_which_board_and_in_whose_time() -> None:
    board = shown(site())
    assert board.at == NOW
    assert board.parts["header"] == Header(title="The floor", site="The centre", time_zone="Europe/Amsterdam")


def test_waiting_tells_who_waits_for_somebody_now_and_since_when_the_first_has_waited() -> None:
    waiting = tile_of(
        shown(site(scope("board", "main", live(waiting=10, backlog=7, longest_wait_began_at=ago(minutes=4))))),
        "waiting",
    )
    assert waiting.began_at == ago(minutes=4)
    assert [(figure.measure, figure.value) for figure in waiting.figures] == [("waiting", 3), ("backlog", 7)]


def test_nobody_waiting_is_zero_and_not_nothing() -> None:
    figure = tile_of(shown(site()), "waiting").figures[0]
    assert (figure.value, figure.too_little) == (0, False)


def test_the_service_level_stands_beside_its_target_with_its_sums() -> None:
    half_hour, today = tile_of(shown(site()), "service_level_ratio").figures
    assert (half_hour.window, today.window) == ("30m", "today")
    assert (half_hour.numerator, half_hour.denominator, half_hour.n) == (84, 99, 99)
    assert (half_hour.value, half_hour.target, half_hour.band) == (0.8485, 0.8, "good")


def test_the_target_of_a_board_is_what_its_queues_would_reach_together() -> None:
    queues = {"service": Queue(target=0.9), "sales": Queue(target=0.5)}
    figures = site(
        scope("queue", "service", service_level=level(9, 90)), scope("queue", "sales", service_level=level(5, 10))
    )
    board = shown(figures, BoardDefinition(queues=("service", "sales")), queues)
    assert tile_of(board, "service_level_ratio").figures[0].target == pytest.approx((0.9 * 90 + 0.5 * 10) / 100)


@pytest.mark.parametrize(
    ("counted", "value", "interval", "too_little"),
    [
        (0, None, False, False),
        (9, None, False, True),
        (10, 0.5, True, False),
        (29, 0.5, True, False),
        (30, 0.5, False, False),
    ],
)
def test_a_percentage_of_few_is_not_shown_or_shows_its_interval(
    counted: int, value: float | None, interval: bool, too_little: bool
) -> None:
    ratio = 0.5 if counted else None
    counts = ServiceLevel(numerator=counted // 2, denominator=counted, ratio=ratio)
    figure = tile_with("service_level_ratio", scope("board", "main", service_level=counts))[0]
    assert (figure.value, figure.too_little, figure.n) == (value, too_little, counted)
    assert (figure.low is not None, figure.high is not None) == (interval, interval)
    assert (figure.band == "none") == (value is None)


def test_handle_time_stands_beside_the_expected_and_has_no_target() -> None:
    figure = tile_of(shown(site()), "handle_time_seconds").figures[0]
    assert (figure.value, figure.expected, figure.target, figure.band) == (402.0, 390.0, None, "good")


def test_handle_time_of_few_takes_the_wider_window() -> None:
    windows = dict.fromkeys(WINDOWS, busy_figures()) | {
        "30m": busy_figures(handle_time_seconds=Durations(mean=300.0, n=29))
    }
    first, today = tile_with("handle_time_seconds", scope("board", "main", windows=windows))
    assert (first.window, first.n, today.window) == ("60m", 90, "today")


@pytest.mark.parametrize("measure", ["handle_time_seconds", "helped_ratio", "satisfaction_ratio", "talk_seconds"])
def test_a_cell_of_quality_or_pace_needs_five_people(measure: str) -> None:
    (four, *_), (five, *_) = (tile_with(measure, scope("board", "main", live(on_duty=people))) for people in (4, 5))
    assert (four.value, four.too_little) == (None, True)
    assert five.value is not None


def test_a_cell_of_quality_needs_thirty_contacts() -> None:
    few, enough = (
        tile_with("satisfaction_ratio", scope("board", "main", satisfaction=share(n - 4, n)))[0] for n in (29, 30)
    )
    assert (few.value, few.too_little, few.n) == (None, True, 29)
    assert enough.value == 0.87


def test_a_cell_of_quality_is_a_whole_per_cent_without_its_sums() -> None:
    helped, satisfied = tile_of(shown(site()), "helped_ratio").figures
    assert (helped.value, helped.n, helped.numerator, helped.denominator) == (0.93, 80, None, None)
    assert (satisfied.measure, satisfied.value, satisfied.window) == ("satisfaction_ratio", 0.82, "today")


def test_breathing_space_is_a_band_beside_the_people_on_duty() -> None:
    occupancy, people = tile_of(shown(site()), "occupancy_ratio").figures
    assert (occupancy.value, occupancy.band) == (0.8, "good")
    assert (people.measure, people.value) == ("on_duty", 10)


def test_the_occupancy_of_a_few_people_is_theirs() -> None:
    occupancy = tile_with("occupancy_ratio", scope("board", "main", live(on_duty=4)))[0]
    assert (occupancy.value, occupancy.too_little) == (None, True)


@pytest.mark.parametrize("measure", TILE_MEASURES)
def test_every_tile_can_be_made_of_nothing_at_all(measure: str) -> None:
    figures = tile_with(measure, ScopeFigures(scope=scope("board", "main").scope, live=Live(), windows={}))
    assert all(figure.measure in BY_KEY for figure in figures)
    assert all(figure.value in (None, 0) for figure in figures)


def test_a_row_tells_of_one_queue() -> None:
    now = live(waiting=2, longest_wait_began_at=ago(seconds=30))
    row = row_of(shown(site(scope("queue", "sales", now))), "queue/sales")
    assert (row.label, row.channel, row.line, row.waiting) == ("Sales", "voice", 2, 2)
    assert row.longest_wait_began_at == ago(seconds=30)
    assert row.agents == {"available": 2, "on_contact": 7, "break": 1, "offline": 4}
    assert [figure.measure for figure in row.figures] == ["service_level_ratio"] * 2 + ["abandoned_ratio"]


def test_a_queue_that_is_not_configured_is_called_by_its_id() -> None:
    row = row_of(shown(site(scope("queue", "0900"))), "queue/0900")
    assert (row.label, row.channel, row.line) == ("0900", "voice", 1)


def test_written_work_shows_its_first_response() -> None:
    figures = site(scope("queue", "post", first_response_seconds=Durations(mean=3600.0, n=12)))
    row = row_of(shown(figures, queues=QUEUES | {"post": Queue(channel="mail")}), "queue/post")
    assert (row.figures[-1].measure, row.figures[-1].value) == ("first_response_seconds", 3600.0)


def test_a_board_of_some_queues_shows_no_other_and_no_channel_that_counts_others() -> None:
    board = shown(site(), BoardDefinition(queues=("service", "webchat")))
    assert [id for id in board.order if id.startswith("row/")] == [
        "row/queue/service",
        "row/queue/webchat",
        "row/channel/chat",
    ]


def test_what_is_stale_says_since_when() -> None:
    gone = live(stale_since=ago(minutes=3))
    board = shown(site(scope("board", "main", gone), scope("queue", "sales", gone), scope("channel", "voice", gone)))
    assert all(tile_of(board, measure).stale_since == ago(minutes=3) for measure in BOARD.tiles)
    assert row_of(board, "queue/sales").stale_since == ago(minutes=3)
    assert row_of(board, "channel/voice").stale_since == ago(minutes=3)
    assert row_of(board, "queue/service").stale_since is None


def test_the_curve_is_todays_and_keeps_silent_about_few() -> None:
    curve = shown(site(curves={"main": quarters(9, 10)})).parts["curve"]
    assert isinstance(curve, Curve)
    assert (curve.offered, curve.service_level, curve.waiting) == ((9, 10), (None, 1.0), (0.3, 0.3))


def test_without_a_curve_there_is_no_such_part() -> None:
    assert "curve" not in shown(site(curves={})).order


def test_the_sources_say_how_they_are() -> None:
    silent = SourceHealth(source="pbx", state="silent", since=ago(minutes=2), cannot_tell=("abandon or timeout",))
    part = shown(site(sources=(silent,))).parts["sources"]
    assert isinstance(part, Sources)
    assert [(source.source, source.state, source.since) for source in part.sources] == [
        ("pbx", "silent", ago(minutes=2))
    ]
    assert part.sources[0].cannot_tell == ("abandon or timeout",)


def test_good_news_are_the_thanks_of_todays_customers_of_this_board() -> None:
    said = tuple(Thanks(given_at=ago(hours=1), queue=queue, text=f"to {queue}") for queue in ("service", "sales"))
    board = shown(site(thanks=said), BoardDefinition(queues=("service",)))
    assert board.parts["good_news"] == GoodNews(compliments=3, texts=("to service",))


def test_a_quiet_board_says_nothing_beside_its_figures() -> None:
    board = shown(site(), BoardDefinition(quiet=True))
    assert {"advice", "good_news"} & set(board.order) == set()
    assert board.parts["header"] == Header(
        title="The centre", site="The centre", time_zone="Europe/Amsterdam", quiet=True
    )


def test_a_notice_stands_until_its_time() -> None:
    notices = (
        BoardNotice(text="Parcel labels cannot be printed", kind="outage"),
        BoardNotice(text="Cake at three", until=ago(minutes=1)),
        BoardNotice(text="Fire drill at four", until=ago(minutes=-1)),
    )
    part = shown(site(), BoardDefinition(notices=notices)).parts["notices"]
    assert part == Notices(
        notices=(
            Notice(kind="outage", text="Parcel labels cannot be printed"),
            Notice(kind="notice", text="Fire drill at four"),
        )
    )
    assert "notices" not in shown(site()).parts


def test_a_known_outage_stands_on_the_boards_of_its_queues() -> None:
    """With the names of the queues where it does not concern them all; and never who told it."""
    everywhere = KnownOutage(words="No telephone", began_at=ago(minutes=9))
    of_sales = KnownOutage(words="Orders cannot be seen", began_at=ago(minutes=5), queues=("sales",))
    elsewhere = KnownOutage(words="No labels", began_at=ago(minutes=5), queues=("warehouse",))
    pictures = msgspec.structs.replace(site(), outages=(everywhere, of_sales, elsewhere))

    def told(definition: BoardDefinition) -> list[tuple[str, tuple[str, ...]]]:
        part = shown(pictures, definition).parts["notices"]
        assert isinstance(part, Notices)
        assert {one.kind for one in part.notices} == {"outage"}
        return [(one.text, one.queues) for one in part.notices]

    assert told(BOARD) == [("No telephone", ()), ("Orders cannot be seen", (QUEUES["sales"].label or "sales",))]
    assert told(BoardDefinition(queues=("sales",))) == [("No telephone", ()), ("Orders cannot be seen", ())]
    assert told(BoardDefinition(queues=("service",))) == [("No telephone", ())]
    assert told(BoardDefinition(queues=("not heard of yet",))) == [("No telephone", ())]


def test_who_waits_can_be_hidden_from_everything_on_the_board() -> None:
    waits = live(waiting=7, longest_wait_began_at=ago(minutes=12), agents={"on_contact": 9, "break": 1})
    usual, hidden = (
        shown(
            site(scope("board", "main", waits), scope("queue", "sales", waits)),
            BoardDefinition(tiles=("waiting", "waiting_per_agent", "service_level_ratio"), hide_waiting=hide),
        )
        for hide in (False, True)
    )
    assert usual.parts["advice"] == Advice(message="help_from_channel", values=usual_values())
    assert [id for id in hidden.order if id.startswith("tile/")] == ["tile/service_level_ratio"]
    row, curve = row_of(hidden, "queue/sales"), hidden.parts["curve"]
    assert (row.waiting, row.longest_wait_began_at) == (None, None)
    assert isinstance(curve, Curve)
    assert curve.waiting == ()
    assert hidden.parts["advice"] == Advice(
        message="lend_a_hand", values={"queue": "Sales", "free": 2, "channel": "chat"}
    )


def usual_values() -> dict[str, str | float]:
    return {"queue": "Sales", "minutes": 12, "free": 2, "channel": "chat"}


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 9)))
def test_only_states_of_the_vocabulary_get_on_a_wall(agents: dict[str, int]) -> None:
    row = row_of(shown(site(scope("queue", "sales", live(agents=agents)))), "queue/sales")
    assert set(row.agents) <= {
        "available",
        "ringing",
        "on_contact",
        "on_hold",
        "wrap_up",
        "other_work",
        "break",
        "offline",
        "unknown",
    }


def test_time_alone_changes_no_part() -> None:
    before = site(scope("board", "main", live(waiting=1, longest_wait_began_at=ago(minutes=1))))
    later = msgspec.structs.replace(before, at=NOW.replace(second=1))
    assert shown(before).parts == shown(later).parts


@pytest.mark.parametrize(
    ("measure", "value", "target", "expected"),
    [
        ("service_level_ratio", 0.80, None, "good"),
        ("service_level_ratio", 0.79, None, "watch"),
        ("service_level_ratio", 0.59, None, "act"),
        ("service_level_ratio", 0.85, 0.9, "watch"),
        ("service_level_ratio", 0.67, 0.9, "act"),
        ("abandoned_ratio", 0.04, None, "good"),
        ("abandoned_ratio", 0.05, None, "watch"),
        ("abandoned_ratio", 0.11, None, "act"),
        ("occupancy_ratio", 0.64, None, "idle"),
        ("occupancy_ratio", 0.85, None, "good"),
        ("occupancy_ratio", 0.90, None, "watch"),
        ("occupancy_ratio", 0.91, None, "act"),
        ("waiting", 12, None, "none"),
        ("service_level_ratio", None, None, "none"),
    ],
)
def test_bands(measure: str, value: float | None, target: float | None, expected: str) -> None:
    assert band(measure, value, target) == expected


@pytest.mark.parametrize(("value", "expected"), [(100, "good"), (330, "good"), (331, "watch"), (9_000, "watch")])
def test_nobody_is_told_to_be_too_fast_or_that_slow_needs_action(value: float, expected: str) -> None:
    assert pace_band(value, 300) == expected


def test_a_board_says_how_far_its_figures_are_behind_and_nothing_while_they_keep_up() -> None:
    for pipeline, said in (
        (Pipeline(lag_seconds=61.6, waiting=40_000), (62, 40_000)),
        (Pipeline(lag_seconds=1.2, waiting=300), (None, 0)),
    ):
        sources = shown(msgspec.structs.replace(site(), pipeline=pipeline)).parts["sources"]
        assert isinstance(sources, Sources)
        assert (sources.behind_seconds, sources.events_waiting) == said
