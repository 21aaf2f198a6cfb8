"""The alerts of one monitor: looks at each picture of the figures, at most once a second of theirs, and adds what
stands to it. No I/O and no clock of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec

from monitor.alerts.alert import Alert, Delivery, Notice
from monitor.alerts.lifecycle import Standing, State, Transition, acknowledge, step
from monitor.alerts.rules import readings
from monitor.alerts.texts import alert_of
from monitor.figures import SiteFigures
from monitor.instants import SiteDays
from monitor.settings import Settings

LOOK_EVERY = timedelta(seconds=1)
_SEVEREST = ("critical", "warning", "info")


class Alarms:
    """`tell` gets every notice, at once; `deliveries` says how the webhooks fare."""

    def __init__(
        self,
        settings: Settings,
        tell: Callable[[Notice], object] = lambda notice: None,
        deliveries: Callable[[], tuple[Delivery, ...]] = tuple,
    ) -> None:
        self.state = State()
        self._alerts, self._queues, self._teams = settings.alerts, settings.queues, settings.teams
        self._site = settings.site.name
        self._days = SiteDays(settings.site.time_zone)
        self._tell, self._deliveries = tell, deliveries
        self._standing: tuple[Alert, ...] = ()

    def restore(self, standing: Mapping[str, Standing]) -> None:
        """Go on from what the last monitor left."""
        self.state = State(dict(standing), None)

    def seen(self, figures: SiteFigures) -> SiteFigures:
        """The same picture with the alerts that stand at its instant."""
        looked = self.state.seen_at
        if looked is None or figures.at - looked >= LOOK_EVERY:
            quiet = self._alerts.quiet(figures.at.astimezone(self._days.zone))
            found = readings(figures, self._queues, self._days)
            self.state, told = step(self.state, found, figures.at, self._alerts, quiet=quiet)
            self._changed(told)
        return msgspec.structs.replace(figures, alerts=self._standing, deliveries=self._deliveries())

    def acknowledge(self, key: str, account: str, at: datetime) -> None:
        """Somebody has seen it."""
        self.state, told = acknowledge(self.state, key, account, at)
        self._changed(told)

    def _changed(self, told: tuple[Transition, ...]) -> None:
        alerts = [self._in_words(key, standing) for key, standing in self.state.firing.items()]
        alerts.sort(key=lambda alert: (_SEVEREST.index(alert.severity), alert.fired_at, alert.key))
        self._standing = tuple(alerts)
        for transition in told:
            alert = self._in_words(transition.key, transition.standing)
            id = f"{alert.key}:{alert.fired_at.isoformat()}:{transition.change}"
            self._tell(Notice(id=id, change=transition.change, at=transition.at, alert=alert))

    def _in_words(self, key: str, standing: Standing) -> Alert:
        return alert_of(key, standing, self._alerts.of(standing.kind).severity, self._label(standing))

    def _label(self, standing: Standing) -> str:
        id = standing.subject
        if standing.subject_kind == "site":
            return self._site
        if standing.subject_kind == "queue" and id in self._queues:
            return self._queues[id].label or id
        if standing.subject_kind == "team" and id in self._teams:
            return self._teams[id].label or id
        return id
