"""What a lead may see of one agent: a word, its two largest reasons and the context. Never a number, never two agents
beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from monitor.people.page import Coaching, CoachingReason, RecentContact
from monitor.people.sheet import ContactLine, GroupPart, Sheet, Week

A_WEEK = timedelta(days=7)
REASONS_SHOWN = 2
CONTACTS_SHOWN = 20


def over(weeks: Sequence[Week], today: date) -> tuple[Week, ...]:
    """The weeks that are over."""
    return tuple(week for week in weeks if week.monday + A_WEEK <= today)


def coaching(agent: str, name: str, sheet: Sheet | None, weeks: Sequence[Week], today: date) -> Coaching:
    """Of this agent, as it stood at the end of the last week that is over; in the first week it is too early to
    say."""
    finished = over(weeks, today)
    last = finished[-1] if finished else None
    if sheet is None or sheet.private or last is None:
        return Coaching(agent=agent, name=name, state="too_early", private=sheet.private if sheet else "off")
    told = last.state != "too_early"
    return Coaching(
        agent=agent,
        name=name,
        state=last.state,
        week_of=last.monday,
        reasons=_reasons(sheet.groups) if told else (),
        context=sheet.context if told else None,
        contacts=tuple(map(recent, sheet.lines[:CONTACTS_SHOWN])),
    )


def recent(line: ContactLine) -> RecentContact:
    """Which contact it was, and nothing of how it went."""
    return RecentContact(contact=line.contact, ended_at=line.ended_at, channel=line.channel, topic=line.topic)


def _reasons(groups: Sequence[GroupPart]) -> tuple[CoachingReason, ...]:
    largest = sorted(groups, key=lambda group: -abs(group.part))[:REASONS_SHOWN]
    return tuple(
        CoachingReason(
            topic=group.topic,
            channel=group.channel,
            wait=group.wait,
            speaks="for" if group.part > 0 else "against",
        )
        for group in largest
    )
