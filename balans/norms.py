"""`balans norm`: what has been learnt, beside what holds; and adopting it, which only people do."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from balans.configuration import journal_address
from monitor.balance.norm import compare
from monitor.balance.outcomes import PACE
from monitor.errors import ConfigurationError
from monitor.journal import database_of
from monitor.people.kept_norm import KeptNorm
from monitor.people.norms import Norms
from monitor.people.plan import plan_of
from monitor.settings import Settings

COMMAND = "command line"
"""Who adopted it, where nobody had to sign in."""


@asynccontextmanager
async def _norms(settings: Settings) -> AsyncIterator[Norms]:
    async with database_of(journal_address(settings), wait=False) as database:
        yield Norms(database)


async def shown(settings: Settings) -> list[str]:
    """The norm in force and what has been learnt, in lines."""
    async with _norms(settings) as norms:
        adopted, learnt = await norms.adopted(), await norms.learnt()
    lines = [f"norm {one.version}: from {one.since:%Y-%m-%d}, {_learnt_from(one)}" for one in adopted]
    lines = lines or ["No norm has been adopted: what is expected follows what is learnt each night."]
    if learnt is not None:
        lines += ["", f"learnt so far: {_learnt_from(learnt)}", *_tariff(learnt)]
    return lines


def _learnt_from(norm: KeptNorm) -> str:
    return f"formula {norm.formula}, {norm.contacts} contacts in {norm.days} days"


def _tariff(norm: KeptNorm) -> Iterator[str]:
    """The expected handle time, basis x factor x factor."""
    basis, *others = norm.b[PACE]
    yield f"  {norm.factors[0]:28} {60 * math.exp(basis):7.0f} s"
    for name, b in zip(norm.factors[1:], others, strict=True):
        yield f"  {name:28} x {math.exp(b):5.2f}"


async def compared(settings: Settings) -> list[str]:
    """Every factor of every outcome, in the norm in force and as learnt. Raises ConfigurationError when there are not
    two to compare."""
    async with _norms(settings) as norms:
        adopted, learnt = await norms.adopted(), await norms.learnt()
    topics = plan_of(settings).topics
    fitting = [one for one in adopted if one.factors == topics.factors()]
    if learnt is None or learnt.factors != topics.factors() or not fitting:
        raise ConfigurationError("There is no adopted norm of these topics, or nothing has been learnt yet.")
    lines = [f"{'':14}{'factor':30}{'norm ' + str(fitting[-1].version):>10}{'learnt':>10}"]
    for change in compare(fitting[-1].norm(), learnt.norm(), topics):
        lines.append(f"{change.outcome:14}{change.factor:30}{change.before:10.3f}{change.after:10.3f}")
    return lines


async def adopted(settings: Settings, since: date | None) -> list[str]:
    """Adopt what has been learnt from a day on (default: tomorrow). Raises ConfigurationError."""
    now, zone = datetime.now(UTC), ZoneInfo(settings.site.time_zone)
    day = since or now.astimezone(zone).date() + timedelta(days=1)
    async with _norms(settings) as norms:
        made = await norms.adopt(datetime.combine(day, time(), zone), COMMAND, COMMAND, now)
    return [f"Norm {made.version} holds from {day}; {_learnt_from(made)}."]
