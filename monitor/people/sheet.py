"""What is said of one agent, to that agent; and what a lead sees of the floor and of the work.

Written by the monitor as JSON, read by the web. Durations in seconds, shares 0-1, points on the line of 0-100 on
which 70 is as expected (docs/balance.md).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from monitor.balance.context import Excuse
from monitor.balance.states import State
from monitor.events import AgentState, Channel

IndicatorName = Literal["helped", "satisfied", "pace"]


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """A figure and its 90 % range, in points."""

    points: float
    low: float
    high: float


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """Of `counted` contacts `observed` had the outcome, and `expected` was to be expected of the same contacts."""

    counted: int
    observed: float
    expected: float


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """Helped, satisfied or pace. `part` is what it adds to B - 70. Over the contacts kept, in natural units: helped
    has `came_back` and `transferred`, satisfied `positive`, pace `handle` (geometric mean seconds in observed and
    expected). `n` is the weight of what is known, older contacts weighing less."""

    name: IndicatorName
    n: float
    range: Range
    part: float
    came_back: Count | None = None
    transferred: Count | None = None
    positive: Count | None = None
    handle: Count | None = None


class ContextSentence(msgspec.Struct, frozen=True, kw_only=True):
    """Ratios: 0.12 is 12 % longer. `raw` = all together, `factors` what the mix explains, `own` what is left."""

    raw: float
    factors: dict[str, float]
    own: float


class GroupPart(msgspec.Struct, frozen=True, kw_only=True):
    """Contacts of one topic, channel and wait class, and what they add to B - 70."""

    topic: str
    channel: Channel
    wait: Literal["short", "normal", "long"]
    contacts: int
    part: float


class ContactLine(msgspec.Struct, frozen=True, kw_only=True):
    """One contact on the agent's own page. `part` is what it adds to B - 70; a disputed one adds 0 and says so.
    `came_back` None: still ripening."""

    contact: str
    ended_at: datetime
    channel: Channel
    topic: str
    wait: Literal["short", "normal", "long"]
    handle_seconds: float
    expected_seconds: float
    expected_coming_back: float
    came_back: bool | None
    transferred: bool
    positive: bool | None
    part: float
    disputed: Literal["", "open", "upheld", "rejected"] = ""
    visit: str = ""
    """The name of the visit, with which `contact` then ends after a slash."""
    excused: Excuse = ""
    """Why it is charged to nobody, if so: it adds 0."""
    elsewhere: bool = False
    """The customer came back through the back office: that is not charged."""


class OwnDay(msgspec.Struct, frozen=True, kw_only=True):
    """Today, visible to the agent alone."""

    day: date
    contacts: dict[str, int] = {}
    """By channel."""
    helped: int = 0
    """Not transferred, and the customer has not come back as far as known."""
    compliments: tuple[str, ...] = ()
    breaks: int = 0
    break_seconds: float = 0
    last_break_ended_at: datetime | None = None
    signed_in_at: datetime | None = None


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """All that is said to one agent. Exact: the parts of the indicators sum to B - 70, and so do those of `groups`,
    `earlier_part` and `par_part`, within 0.01. `balance` None: too early, or not scored (`private` tells why)."""

    agent: str
    made_at: datetime
    night_at: datetime | None
    """The last night that was settled; what came after is provisional."""
    formula: str
    norm: int | None
    state: State
    private: Literal["", "learning", "shadow", "objected", "off"] = ""
    """Why nobody but the agent (learning), or nobody at all, sees a balance."""
    balance: Range | None = None
    contacts: int = 0
    contacts_needed: int = 0
    """About how many it takes before something can be said."""
    ripening: int = 0
    indicators: tuple[Indicator, ...] = ()
    context: ContextSentence | None = None
    groups: tuple[GroupPart, ...] = ()
    earlier_part: float = 0
    par_part: float = 0
    lines: tuple[ContactLine, ...] = ()
    """The newest first, at most 500."""
    excused: dict[str, int] = {}
    """How many of the contacts are charged to nobody, by why."""
    today: OwnDay | None = None


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's own trend: as it stood at the end of the week."""

    monday: date
    state: State
    contacts: int
    balance: Range | None = None


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """One agent on the floor, for that agent's lead: the state, and no clock."""

    agent: str
    state: AgentState
    team: str
    queues: tuple[str, ...] = ()


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """Who is here now."""

    at: datetime
    people: tuple[Present, ...]


class ProcessRow(msgspec.Struct, frozen=True, kw_only=True):
    """Where the work makes it hard: observed beside expected of everybody's contacts of a topic, channel or hour of
    the day. Under the same rules as a cell on the wall."""

    by: Literal["topic", "channel", "hour", "team"]
    name: str
    contacts: int
    handle_observed_seconds: float
    handle_expected_seconds: float
    helped_observed: float
    helped_expected: float


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one team, or of the site (`team` empty), over the days kept."""

    at: datetime
    rows: dict[str, tuple[ProcessRow, ...]]


class CalibrationDecile(msgspec.Struct, frozen=True, kw_only=True):
    """A tenth of the contacts, by what was expected of them. Shares 0-1; of pace minutes (geometric mean)."""

    contacts: int
    expected: float
    observed: float


class CalibrationOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Does what is expected happen? `ratio` observed / expected of all contacts; `holds`: every decile within 5 %."""

    outcome: Literal["pace", "transferred", "came_back", "satisfied"]
    ratio: float | None
    holds: bool
    deciles: tuple[CalibrationDecile, ...]


class CalibrationReport(msgspec.Struct, frozen=True, kw_only=True):
    """The paper `calibration`, for who watches over privacy: over the days kept, as of the last night."""

    at: datetime
    outcomes: tuple[CalibrationOutcome, ...]


class ScoreStanding(msgspec.Struct, frozen=True, kw_only=True):
    """The paper `standing`: how far the score is. `shadow_until` None: everybody concerned may see figures, or nothing
    has been scored yet (`first_night_at` None)."""

    at: datetime
    formula: str
    norm: int | None = None
    norm_since: datetime | None = None
    first_night_at: datetime | None = None
    shadow_until: datetime | None = None
    night_at: datetime | None = None
    contacts: int = 0
    """Learnt from so far."""
    too_late: int = 0
    """Contacts and facts that came when their night could no longer be settled anew."""
