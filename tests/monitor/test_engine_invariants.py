"""What must hold whatever happens: conservation at every instant, and one end for every order of arrival."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import events as ev
from monitor.engine import Engine
from monitor.figures import Pipeline, SiteFigures
from monitor.histogram import bin_of, quantiles
from monitor.settings import Queue, Team
from monitor.summary import conserved
from tests.monitor.centre import Morning, at, centre

QUEUES = {"sales": Queue(team="red"), "tech": Queue(line=2, channel="chat"), "post": Queue(channel="mail")}
TEAMS = {"red": Team(agents=("ann", "bob")), "blue": Team(agents=("cas",))}
AGENTS = ("ann", "bob", "cas")
LATENESS = 3600
STATES: tuple[ev.AgentState, ...] = ("available", "break", "other_work", "offline")

moments = st.integers(0, 1500)
spans = st.integers(0, 200)


@st.composite
def visits(draw: st.DrawFn, pbx: Morning, contact: str, visit: str) -> list[ev.Event]:
    """One visit, however it goes: also unfinished ones, and ones with a mark or a transfer."""
    queue = draw(st.sampled_from(sorted(QUEUES)))
    channel = QUEUES[queue].channel
    begin = draw(moments)
    customer = draw(st.sampled_from(("", "c-1", "c-2")))
    events: list[ev.Event] = [pbx.offered(begin, contact, queue, visit=visit, channel=channel, customer=customer)]
    fate = draw(st.sampled_from(("waits", "gives up", "overflows", "talks", "is handled", "is passed on")))
    if fate == "waits":
        return events
    now = begin + draw(spans)
    if fate in ("gives up", "overflows"):
        reason: ev.LeftReason = "abandoned" if fate == "gives up" else "overflow"
        return [*events, pbx.left(now, contact, reason, queue, visit=visit)]
    agent = draw(st.sampled_from(("", *AGENTS)))
    events.append(pbx.answered(now, contact, queue, agent, visit=visit))
    if draw(st.booleans()):
        events.append(pbx.held(now + draw(spans), contact, visit=visit))
        now += 200
        if draw(st.booleans()):
            events.append(pbx.resumed(now, contact, visit=visit))
    if fate == "talks":
        return events
    now += draw(spans)
    if fate == "is passed on":
        events.append(pbx.transferred(now, contact, visit=visit))
    events.append(pbx.ended(now, contact, visit=visit))
    events.append(pbx.wrapped_up(now + draw(spans), contact, visit=visit))
    if draw(st.booleans()):
        events.append(pbx.marked(now + draw(spans), contact, draw(st.integers(1, 5)), visit=visit))
    return events


@st.composite
def mornings(draw: st.DrawFn) -> list[ev.Event]:
    """Some visits and some changes of the agents' own states, in order of life."""
    pbx = Morning()
    events: list[ev.Event] = []
    for number in range(draw(st.integers(1, 6))):
        contact = f"contact {number // 2}"
        events += draw(visits(pbx, contact, str(number)))
    for agent in AGENTS:
        events.append(pbx.agent(0, agent, "available", queues=("sales", "tech")))
    for _ in range(draw(st.integers(0, 5))):
        agent = draw(st.sampled_from(AGENTS))
        events.append(pbx.agent(draw(moments), agent, draw(st.sampled_from(STATES))))
    return ev.in_order_of_life(events)


def engine() -> Engine:
    return centre(queues=QUEUES, teams=TEAMS, lateness=LATENESS)


def picture(engine: Engine, now: float = 3000) -> SiteFigures:
    """The figures at a fixed instant, without what tells of the road the events came by."""
    engine.advance(at(now))
    figures = engine.figures()
    pipeline = Pipeline(applied=figures.pipeline.applied, rejected=figures.pipeline.rejected)
    return msgspec.structs.replace(figures, pipeline=pipeline, sources=())


def assert_same(one: SiteFigures, other: SiteFigures) -> None:
    """The same figures in every scope and window; names the first that differs."""
    for mine, theirs in zip(one.scopes, other.scopes, strict=True):
        assert mine.scope == theirs.scope
        assert mine.live == theirs.live, mine.scope
        for window, figures in mine.windows.items():
            for field in figures.__struct_fields__:
                found, wanted = getattr(figures, field), getattr(theirs.windows[window], field)
                assert found == wanted, f"{mine.scope} {window} {field}"
    assert one == other


def after(events: Sequence[ev.Event]) -> SiteFigures:
    fresh = engine()
    for event in events:
        fresh.apply(event)
    return picture(fresh)


@given(mornings())
def test_conservation_holds_after_every_single_event(events: list[ev.Event]) -> None:
    running = engine()
    for event in events:
        running.apply(event)
        figures = running.figures()
        assert figures.conservation
        site = figures.of("site", "site")
        if site is not None:
            assert all(conserved(window) for window in site.windows.values())


@given(mornings(), st.randoms(use_true_random=False))
def test_any_order_within_the_lateness_gives_the_same_end(events: list[ev.Event], random: object) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert_same(after(shuffled), after(events))


@given(mornings(), st.lists(st.integers(0, 100), max_size=10))
def test_events_told_again_change_nothing(events: list[ev.Event], again: list[int]) -> None:
    repeated = list(events)
    for index in again:
        repeated.insert(index % (len(repeated) + 1), events[index % len(events)])
    figures = after(repeated)
    duplicates = figures.pipeline.rejected.pop("duplicate", 0)
    assert duplicates == len(again)
    assert_same(figures, after(events))


@given(mornings(), st.lists(st.integers(0, 3000), max_size=8))
def test_looking_in_between_changes_nothing(events: list[ev.Event], looks: list[int]) -> None:
    """One replay is many small replays is the live run: whether and when somebody looks is of no effect."""
    watched = engine()
    pending = sorted(looks)
    for event in events:
        while pending and at(pending[0]) <= event.at:
            watched.advance(at(pending.pop(0)))
            watched.figures()
        watched.apply(event)
    assert_same(picture(watched), after(events))


@given(mornings())
def test_ratios_lie_between_nothing_and_all(events: list[ev.Event]) -> None:
    for scope in after(events).scopes:
        for figures in scope.windows.values():
            for share in (figures.occupancy, figures.abandoned_ratio, figures.satisfaction, figures.repeat_10m):
                assert share.ratio is None or 0 <= share.ratio <= 1
            level = figures.service_level.ratio
            assert level is None or 0 <= level <= 1


@given(mornings())
def test_the_whole_is_the_sum_of_its_queues(events: list[ev.Event]) -> None:
    scopes = {(scope.scope.kind, scope.scope.id): scope.windows["today"] for scope in after(events).scopes}
    site = scopes["site", "site"]
    queues = [figures for (kind, _), figures in scopes.items() if kind == "queue"]
    for count in ("offered", "answered", "abandoned", "handled", "waiting", "transferred", "contacts"):
        assert getattr(site, count) == sum(getattr(figures, count) for figures in queues)
    assert site.max_waiting <= sum(figures.max_waiting for figures in queues)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 4_000_000_000), min_size=1, max_size=200), st.floats(0, 1))
def test_a_quantile_lies_within_two_per_cent_of_the_true_one(durations: list[int], share: float) -> None:
    histogram: dict[int, int] = {}
    for duration in durations:
        histogram[bin_of(duration)] = histogram.get(bin_of(duration), 0) + 1
    (found,) = quantiles(histogram, (share,))
    true = float(np.quantile(np.array(durations) / 1e6, share))
    assert found is not None
    assert abs(found - true) <= 0.02 * true + 0.01
