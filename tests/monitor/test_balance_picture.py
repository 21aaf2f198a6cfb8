"""The balance of a board: quality up, speed sideways, and whose it is."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.balance_picture import balance, quality_of_now, verdict
from monitor.board import Balance, BalancePlace, BalanceScope, Figure
from monitor.figures import BalanceCell, BalancePoint, BalanceTrail, Scope, ScopeKind, SiteFigures
from monitor.settings import BoardDefinition, Queue, Team
from monitor.wallboard import wallboard
from tests.pictures import NOW, QUEUES, ago, site

EVERYTHING = BoardDefinition()
NEWEST = ago(minutes=60)


def cell(observed: float, expected: float, contacts: int = 120) -> BalanceCell:
    return BalanceCell(contacts=contacts, observed=observed, expected=expected)


def point(began_at: datetime = NEWEST, helped: float = 0.84, pace: float = 390.0) -> BalancePoint:
    """82 % helped and 6:30 were expected."""
    return BalancePoint(
        began_at=began_at, helped=cell(helped, 0.82), satisfied=cell(0.79, 0.77, 40), pace=cell(pace, 390.0)
    )


def trail(kind: ScopeKind, id: str, *points: BalancePoint) -> BalanceTrail:
    return BalanceTrail(scope=Scope(kind=kind, id=id), points=points or (point(),))


def drawn(figures: SiteFigures, definition: BoardDefinition = EVERYTHING, queues: dict[str, Queue] = QUEUES) -> Balance:
    return balance(definition, queues, {"red": Team(label="Team Red")}, figures, "The centre")


def place(points: int, percent: int) -> BalancePlace:
    return BalancePlace(began_at=NOW, helped_points=points, pace_percent=percent)


def test_a_place_is_helped_minus_expected_and_time_over_expected_in_whole_per_cents() -> None:
    picture = drawn(site(balance=(trail("site", "site", point(helped=0.846, pace=399.0)),)))
    assert picture.trail == (BalancePlace(began_at=NEWEST, helped_points=3, pace_percent=2),)


def test_the_path_is_that_of_today_oldest_first_without_what_cannot_be_shown() -> None:
    times = [ago(minutes=60 + 15 * back) for back in (2, 1, 0)]
    hidden = BalancePoint(began_at=times[1], helped=cell(0.8, 0.8), pace=None)
    picture = drawn(site(balance=(trail("site", "site", point(times[0]), hidden, point(times[2])),)))
    assert [shown.began_at for shown in picture.trail] == [times[0], times[2]]


def test_too_few_to_say_is_an_empty_picture_with_its_field() -> None:
    for nothing in ((), (trail("site", "site", BalancePoint(began_at=NEWEST)),)):
        picture = drawn(site(balance=nothing))
        assert (picture.verdict, picture.trail, picture.scope, picture.figures) == ("nothing", (), None, ())
        assert (picture.field_from_points, picture.field_to_percent) == (-3, 10)


@pytest.mark.parametrize(
    ("points", "percent", "expected"),
    [
        (0, 0, "in_balance"),
        (-3, 10, "in_balance"),
        (12, -40, "in_balance"),
        (0, 11, "thorough"),
        (-4, 0, "fewer_helped"),
        (-4, -10, "fewer_helped"),
        (-4, -11, "quick"),
        (-4, 11, "hard"),
    ],
)
def test_where_a_place_lies(points: int, percent: int, expected: str) -> None:
    assert verdict(place(points, percent)) == expected


@given(st.floats(0, 1), st.floats(0, 1), st.floats(30, 3000), st.floats(30, 3000))
def test_speed_can_never_lift_the_quality_side(observed: float, expected: float, pace: float, other: float) -> None:
    def height(seconds: float) -> int:
        one = BalancePoint(began_at=NEWEST, helped=cell(observed, expected), pace=cell(seconds, 390.0))
        return drawn(site(balance=(trail("site", "site", one),))).trail[0].helped_points

    assert height(pace) == height(other)


@given(st.integers(-30, 30), st.integers(-60, 60), st.integers(0, 60))
def test_being_quicker_never_brings_a_group_into_the_field_by_its_quality(points: int, percent: int, by: int) -> None:
    if verdict(place(points, percent)) in ("fewer_helped", "quick", "hard"):
        assert verdict(place(points, percent - by)) != "in_balance"


SERVICE = BoardDefinition(queues=("service",))
TEAMED = QUEUES | {"service": Queue(label="Service", team="red")}


@pytest.mark.parametrize(
    ("there", "definition", "queues", "expected"),
    [
        (("site", "queue"), SERVICE, QUEUES, BalanceScope(kind="queue", label="Service")),
        (("site", "team"), SERVICE, TEAMED, BalanceScope(kind="team", label="Team Red")),
        (("site", "line"), SERVICE, QUEUES, BalanceScope(kind="line", label="1")),
        (("site",), SERVICE, QUEUES, BalanceScope(kind="site", label="The centre")),
        (("site", "queue"), EVERYTHING, QUEUES, BalanceScope(kind="site", label="The centre")),
        (("queue",), EVERYTHING, QUEUES, None),
    ],
)
def test_a_board_shows_its_own_group_or_a_wider_one_and_says_which(
    there: tuple[ScopeKind, ...], definition: BoardDefinition, queues: dict[str, Queue], expected: BalanceScope | None
) -> None:
    ids = {"site": "site", "queue": "service", "team": "red", "line": "1"}
    figures = site(balance=tuple(trail(kind, ids[kind]) for kind in there))
    assert drawn(figures, definition, queues).scope == expected


def test_a_group_that_is_too_small_now_gives_way_to_a_wider_one() -> None:
    small = trail("queue", "service", point(ago(minutes=75)), BalancePoint(began_at=NEWEST))
    scope = drawn(site(balance=(small, trail("site", "site"))), SERVICE).scope
    assert scope == BalanceScope(kind="site", label="The centre")
    assert drawn(site(balance=(small,)), SERVICE).scope == BalanceScope(kind="queue", label="Service")


def test_the_figures_of_the_newest_place_stand_beside_the_expected() -> None:
    helped, satisfied, pace = drawn(site(balance=(trail("site", "site"),))).figures
    assert helped == Figure(measure="balance_helped_ratio", window="60m", value=0.84, n=120, expected=0.82, band="good")
    assert (satisfied.measure, satisfied.value, satisfied.expected, satisfied.n) == (
        "satisfaction_ratio",
        0.79,
        0.77,
        40,
    )
    assert (pace.measure, pace.value, pace.expected, pace.band) == ("balance_pace_seconds", 390.0, 390.0, "good")


def test_nobody_is_told_to_be_too_fast_but_fewer_helped_is_worth_a_look() -> None:
    helped, _, pace = drawn(site(balance=(trail("site", "site", point(helped=0.78, pace=200.0)),))).figures
    assert (helped.band, pace.band) == ("watch", "good")


def test_the_large_figures_of_quality_stand_beside_what_was_expected() -> None:
    figures = site(balance=(trail("site", "site"),))
    board = wallboard("main", EVERYTHING, QUEUES, figures, site_name="The centre")
    tile = board.parts["tile/helped_ratio"]
    assert [(figure.value, figure.expected) for figure in tile.figures] == [(0.84, 0.82), (0.79, 0.77)]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("balances", "definition"),
    [
        ((trail("site", "site", point(ago(minutes=120))),), EVERYTHING),
        ((trail("site", "site"),), SERVICE),
        ((trail("line", "1"),), SERVICE),
        ((trail("site", "site", BalancePoint(began_at=NEWEST)),), EVERYTHING),
    ],
    ids=["too long ago", "of a wider group", "of a line with another queue", "too few"],
)
def test_a_large_figure_is_of_this_board_and_of_now_or_stays_its_own(
    balances: tuple[BalanceTrail, ...], definition: BoardDefinition
) -> None:
    assert quality_of_now(definition, QUEUES, site(balance=balances)) == {}


def test_time_alone_does_not_move_a_place() -> None:
    before = site(balance=(trail("site", "site"),))
    assert drawn(before) == drawn(site(balance=before.balance, at=NOW + timedelta(seconds=1)))
