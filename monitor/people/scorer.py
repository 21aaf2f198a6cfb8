"""The score of a site, live: events and decisions in, sheets, weeks and papers out. Pure; the clock is an argument.

Events may come in any order and twice. They are kept until the lateness allowed is over and then scored in the order
of life, so that the same events give the same sheets to the last bit; what is later still is scored as it comes.
Bounds: the events of the lateness allowed, at most `HELD_KEPT`; identities of the last 2 x `IDENTITIES_KEPT` events.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from heapq import heapify, heappop, heappush
from zoneinfo import ZoneInfo

import msgspec

from monitor.balance import Contact, Score
from monitor.balance.calibration import Calibration
from monitor.balance.context import LEARNER, NOBODY, Excuse
from monitor.balance.intake import CameBack, Elsewhere, Heard, Intake, midnight_after
from monitor.balance.outcomes import FORMULA_VERSION
from monitor.balance.states import SAYS_SOMETHING
from monitor.balance.trails import Paths
from monitor.balance.view import View
from monitor.events import (
    LIFE_ORDER,
    AgentStateChanged,
    ContactAnswered,
    ContactFirstResponse,
    Event,
    in_order_of_life,
)
from monitor.figures import BalanceTrail
from monitor.people.day import DayBook
from monitor.people.hardship import process
from monitor.people.kept_norm import KeptNorm, kept
from monitor.people.plan import LEARNING_DAYS, Known, Plan
from monitor.people.sheet import (
    CalibrationDecile,
    CalibrationOutcome,
    CalibrationReport,
    Floor,
    OwnDay,
    Process,
    Range,
    ScoreStanding,
    Sheet,
    Week,
)
from monitor.people.writing import Decision, Writer

HELD_KEPT = 500_000
IDENTITIES_KEPT = 500_000
WINDOWS_AT_ONCE_SECONDS = 7200.0
NOTHING = Known()


class Scorer:
    """All of it. `hear`, `advance` and `told` in; the rest out."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._zone = plan.zone
        self._lateness = timedelta(seconds=plan.lateness_seconds)
        self._teams = dict(plan.teams)
        self._intake = Intake(self._zone, plan.lines, self._teams)
        self.day_book = DayBook(self._zone, self._teams)
        self.score = Score(plan.topics)
        self._known = NOTHING
        self._held: list[tuple[datetime, int, str, str, Event]] = []
        self._identities: set[bytes] = set()
        self._older_identities: set[bytes] = set()
        self._came_back: dict[str, float] = {}
        self._midnight: float | None = None
        self._adopted: set[int] = set()
        self._paths: Paths | None = None
        self.reached: datetime | None = None
        """Everything up to here has been scored."""
        self.night_at: datetime | None = None
        self.first_night_at: datetime | None = None
        """The first night with a contact in it: since then there is a score."""

    # What goes in

    def hear(self, event: Event) -> None:
        """One event, as it comes."""
        if self._heard_before(event):
            return
        if (told := without_erased(event, self._known.erased)) is None:
            return
        event = told
        if isinstance(event, AgentStateChanged) and event.team and event.agent not in self._known.agents:
            self._teams[event.agent] = event.team
        self.day_book.hear(event)
        if not self.plan.scores:
            return
        if self.reached is not None and event.at <= self.reached:
            self._take(event)
            return
        heappush(self._held, (event.at, LIFE_ORDER[type(event)], event.source, event.id, event))
        if len(self._held) > HELD_KEPT:
            self._take(heappop(self._held)[-1])

    def _heard_before(self, event: Event) -> bool:
        name = f"{event.source}\0{event.id}".encode()
        identity = blake2b(name, digest_size=8).digest()
        if identity in self._identities or identity in self._older_identities:
            return True
        self._identities.add(identity)
        if len(self._identities) > IDENTITIES_KEPT:
            self._older_identities, self._identities = self._identities, set()
        return False

    def past(self, events: Iterable[Event], until: datetime) -> None:
        """A time that was over before anything was heard: scored at once."""
        for event in in_order_of_life(events):
            if not self._heard_before(event) and (told := without_erased(event, self._known.erased)) is not None:
                self._pass(event.at)
                self._take(told)
        self._pass(until)

    def advance(self, now: datetime) -> None:
        """Let time pass: what is older than the lateness allowed is scored, and nights that are over are settled."""
        self.day_book.tidy(now)
        horizon = now - self._lateness
        while self._held and self._held[0][0] <= horizon:
            event = heappop(self._held)[-1]
            self._pass(event.at)
            self._take(event)
        self._pass(horizon)

    def _pass(self, at: datetime) -> None:
        """Settle the nights before an instant."""
        if self.reached is None or at > self.reached:
            self.reached = at
        if self._midnight is None:
            self._midnight = midnight_after(at.timestamp(), self._zone)
        while self.plan.scores and at.timestamp() > self._midnight:
            self._close(self._midnight)
            self._midnight = midnight_after(self._midnight + 1, self._zone)

    def _close(self, cut: float) -> None:
        self.score.close(cut)
        self.night_at = datetime.fromtimestamp(cut, UTC)
        if self.first_night_at is None and len(self.score.view().standing.ledger.agents):
            self.first_night_at = self.night_at
        kept_since = cut - 8 * 86_400
        self._came_back = {contact: at for contact, at in self._came_back.items() if at > kept_since}

    def _take(self, event: Event) -> None:
        for heard in self._intake.apply(event):
            self._score(heard)

    def _score(self, heard: Heard) -> None:
        if isinstance(heard, Contact):
            at = datetime.fromtimestamp(heard.closed_at, UTC)
            if not self._objects(heard.agent, at):
                self.score.add(self._charged(heard, at))
        elif isinstance(heard, CameBack):
            self._came_back[heard.contact] = heard.at
            self.score.came_back(heard.contact, heard.at, heard.by)
        elif isinstance(heard, Elsewhere):
            self.score.caused_elsewhere(heard.by, heard.at, heard.agent)
        else:
            self.score.marked(heard.contact, heard.at, heard.positive)

    def _charged(self, contact: Contact, over: datetime) -> Contact:
        """Not charged: while a known outage ran. Apart: the first weeks of a new agent."""
        excused = self._excuse(contact)
        employed = self._known.agents.get(contact.agent)
        learning = employed is not None and is_learning(employed.started_on, over.astimezone(self._zone).date())
        if excused == contact.excused and not learning:
            return contact
        return msgspec.structs.replace(contact, excused=excused, learning=learning)

    def _excuse(self, contact: Contact) -> Excuse:
        """Why it is charged to nobody, by what is known now; a promise stays one."""
        if contact.excused == "promised":
            return contact.excused
        over = datetime.fromtimestamp(contact.closed_at, UTC)
        begun = over - timedelta(seconds=contact.handle_seconds)
        ran = any(outage.covers(contact.queue, begun, over) for outage in self._known.outages)
        return "outage" if ran else ""

    def _objects(self, agent: str, at: datetime) -> bool:
        return any(one.agent == agent and one.holds(at) for one in self._known.objections)

    def freeze(self) -> None:
        """What has been learnt so far is the norm from now on."""
        if self.plan.scores and self.reached is not None:
            self._pass(self.reached + timedelta(seconds=1))
            self._adopted.add(self.score.freeze(len(self._adopted) + 1).version)

    def told(self, known: Known, now: datetime) -> set[str]:
        """What people have decided by now, all of it; the agents whom the news concerns. An undecided
        dispute that is no longer there was taken back."""
        before, self._known = self._known, known
        self._erase([agent for agent, at in known.erased.items() if before.erased.get(agent) != at])
        self._teams.update({agent: one.team for agent, one in known.agents.items() if one.team})
        for norm in sorted(known.norms, key=lambda norm: norm.since):
            if norm.version not in self._adopted:
                self._adopted.add(norm.version)
                self.score.adopt(norm.norm())
        disputes = self.score.disputes
        for id, one in sorted(known.disputes.items(), key=lambda pair: (pair[1].opened_at, pair[0])):
            if before.disputes.get(id) == one:
                continue
            disputes.dispute(one.contact, one.opened_at.timestamp())
            if one.outcome == "rejected" and one.decided_at is not None:
                disputes.reject(one.contact, one.decided_at.timestamp())
            elif one.outcome == "upheld" and one.decided_at is not None:
                disputes.uphold(one.contact, one.decided_at.timestamp())
        for id in sorted(before.disputes.keys() - known.disputes.keys()):
            # A decided one that is no longer there has only grown too old to be kept.
            if before.disputes[id].outcome is None:
                disputes.reject(before.disputes[id].contact, now.timestamp())
        told, earlier = set(known.disputes.items()), set(before.disputes.items())
        objected = set(known.objections) ^ set(before.objections)
        excused = self.score.excuse(self._excuse) if known.outages != before.outages else set()
        return {one.agent for _, one in told ^ earlier} | {one.agent for one in objected} | excused

    def _erase(self, agents: Collection[str]) -> None:
        """Whoever they were, they are nobody."""
        for agent in agents:
            self.score.forget(agent)
            self._intake.forget(agent)
            self.day_book.forget(agent)
            self._teams.pop(agent, None)
        if agents:
            told = ((item, without_erased(item[-1], self._known.erased)) for item in self._held)
            self._held = [(*item[:-1], event) for item, event in told if event is not None]
            heapify(self._held)

    # What comes out

    def floor(self, now: datetime) -> Floor:
        """Who is here now."""
        return self.day_book.floor(now)

    def days(self, now: datetime, agents: Iterable[str] | None = None) -> dict[str, OwnDay]:
        """Everybody's own day."""
        return self.day_book.days(now, self._came_back, agents)

    def in_shadow(self, now: datetime) -> bool:
        """Whether nobody may see a figure yet."""
        shadow = timedelta(days=self.plan.shadow_days)
        return bool(shadow) and (self.first_night_at is None or now < self.first_night_at + shadow)

    def view(self, now: datetime) -> View | None:
        """As of now, provisional since the last night; None before anything is known."""
        return self.score.provisional(now.timestamp()) if self.plan.scores else None

    def sheets(self, now: datetime, agents: Iterable[str] | None = None) -> list[Sheet]:
        """The sheets of these agents (default: of everybody known), as of now."""
        view = self.view(now)
        writer = Writer(view, self._decided()) if view is not None else None
        days = self.days(now)
        seats = view.standing.ledger.agents if view is not None else {}
        everybody = days.keys() | {seat.removesuffix(LEARNER) for seat in seats if not seat.startswith(NOBODY)}
        wanted = everybody if agents is None else everybody & set(agents)
        return [self._sheet(agent, now, writer, view, days.get(agent)) for agent in sorted(wanted)]

    def _sheet(self, agent: str, now: datetime, writer: Writer | None, view: View | None, day: OwnDay | None) -> Sheet:
        sheet = Sheet(
            agent=agent,
            made_at=now,
            night_at=self.night_at,
            formula=str(FORMULA_VERSION),
            norm=view.standing.norm.version if view is not None and view.standing.norm is not None else None,
            state="too_early",
            today=day,
        )
        if view is None or writer is None:
            return msgspec.structs.replace(sheet, private="off")
        if self._objects(agent, now):
            return msgspec.structs.replace(sheet, private="objected")
        if self.in_shadow(now):
            return msgspec.structs.replace(sheet, private="shadow")
        return self._scored(sheet, writer, view)

    def _scored(self, sheet: Sheet, writer: Writer, view: View) -> Sheet:
        seat = self._seat(sheet.agent, view, sheet.made_at)
        written = writer.written(seat) if seat is not None else None
        if seat is None or written is None:
            return msgspec.structs.replace(sheet, contacts_needed=writer.needed)
        return msgspec.structs.replace(
            sheet,
            state=view.state(seat),
            private="learning" if seat.endswith(LEARNER) else "",
            balance=written.balance if written.ready else None,
            contacts=written.contacts,
            contacts_needed=written.needed,
            ripening=written.ripening,
            indicators=written.indicators,
            context=written.context,
            groups=written.groups,
            earlier_part=written.earlier_part,
            par_part=written.par_part,
            lines=written.lines,
            excused=written.excused,
        )

    def _seat(self, agent: str, view: View, now: datetime) -> str | None:
        """The agent's own seat, or the learner's while learning."""
        seats = view.standing.ledger.agents
        employed = self._known.agents.get(agent)
        learning = employed is not None and is_learning(employed.started_on, now.astimezone(self._zone).date())
        first, second = (agent + LEARNER, agent) if learning else (agent, agent + LEARNER)
        return first if first in seats else second if second in seats else None

    def _decided(self) -> dict[str, Decision]:
        return {one.contact: one.outcome or "open" for one in self._known.disputes.values()}

    def trails(self, now: datetime) -> tuple[BalanceTrail, ...] | None:
        """Today's paths; None when nothing is new. A few windows at a time, so that nothing else waits."""
        if not self.plan.scores or self.reached is None:
            return None
        day_start = _midnight_before(now, self._zone).timestamp()
        if self._paths is None or self._paths.day_start != day_start:
            self._paths = Paths(day_start)
        before = self._paths.reached
        while (
            self._paths.next_end <= self.reached.timestamp() and self._paths.reached - before < WINDOWS_AT_ONCE_SECONDS
        ):
            self._paths.judge(self.score.provisional(self._paths.next_end))
        return self._paths.trails() if self._paths.reached > before else None

    def process(self, now: datetime) -> Process | None:
        """Where the work makes it hard, by the last night; None before it."""
        return process(self.score.view(), self._zone, now) if self.night_at is not None else None

    def calibration(self) -> CalibrationReport | None:
        """Whether what is expected happens, as of the last night; None before it."""
        if self.night_at is None:
            return None
        return CalibrationReport(at=self.night_at, outcomes=tuple(map(_outcome, self.score.view().calibration())))

    def learnt(self) -> KeptNorm | None:
        """What would be the next norm if it were adopted now; None before the first night."""
        if self.night_at is None or self.first_night_at is None:
            return None
        newest = self.score.newest_norm
        norm = self.score.learnt((newest.version if newest else 0) + 1)
        return kept(norm, self.plan.topics, (self.night_at - self.first_night_at).days + 1)

    def standing(self, now: datetime) -> ScoreStanding:
        """How far the score is."""
        norm = self.score.newest_norm
        shadow = timedelta(days=self.plan.shadow_days)
        return ScoreStanding(
            at=now,
            formula=str(FORMULA_VERSION),
            norm=norm.version if norm else None,
            norm_since=datetime.fromtimestamp(norm.since, UTC) if norm else None,
            first_night_at=self.first_night_at,
            shadow_until=self.first_night_at + shadow if self.first_night_at and self.in_shadow(now) else None,
            night_at=self.night_at,
            contacts=int(self.score.view().standing.total_n.sum()) if self.night_at is not None else 0,
            too_late=self.score.ignored["too_late"],
        )

    def weeks(self) -> list[tuple[str, Week]]:
        """The week of the last night, by agent, as it stands after that night; none in shadow."""
        if self.night_at is None or self.in_shadow(self.night_at):
            return []
        view = self.score.view()
        day = (self.night_at - timedelta(seconds=1)).astimezone(self._zone).date()
        monday = day - timedelta(days=day.weekday())
        counts = _contacts_since(view, monday)
        found, weeks = view.assessment, []
        for agent in sorted({seat.removesuffix(LEARNER) for seat in counts if not seat.startswith(NOBODY)}):
            seat = self._seat(agent, view, self.night_at)
            if seat is None or self._objects(agent, self.night_at):
                continue
            row = view.row(seat)
            week = Week(monday=monday, state=view.state(seat), contacts=counts.get(seat, 0))
            if found.reliability[row] >= SAYS_SOMETHING:
                balance = Range(
                    points=float(found.balance[row]), low=float(found.low[row]), high=float(found.high[row])
                )
                week = msgspec.structs.replace(week, balance=balance)
            weeks.append((agent, week))
        return weeks


def without_erased(event: Event, erased: Mapping[str, datetime]) -> Event | None:
    """An event of before somebody was erased does not name that one any more; None: it told of nothing else."""
    if not erased or not isinstance(event, AgentStateChanged | ContactAnswered | ContactFirstResponse):
        return event
    at = erased.get(event.agent)
    if at is None or event.at > at:
        return event
    return None if isinstance(event, AgentStateChanged) else msgspec.structs.replace(event, agent="")


def is_learning(started_on: date | None, day: date) -> bool:
    """Whether a day falls in an agent's first six weeks."""
    return started_on is not None and day < started_on + timedelta(days=LEARNING_DAYS)


def _midnight_before(now: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def _outcome(found: Calibration) -> CalibrationOutcome:
    return CalibrationOutcome(
        outcome=found.outcome,  # type: ignore[arg-type]
        ratio=found.total,
        holds=found.holds,
        deciles=tuple(
            CalibrationDecile(contacts=one.n, expected=one.expected, observed=one.observed) for one in found.deciles
        ),
    )


def _contacts_since(view: View, monday: date) -> dict[str, int]:
    counts: dict[str, int] = {}
    for rows in view.batches:
        for contact in rows.contacts:
            if contact.day >= monday.toordinal():
                counts[contact.seat] = counts.get(contact.seat, 0) + 1
    return counts
