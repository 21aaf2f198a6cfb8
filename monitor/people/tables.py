"""The tables about people, in the journal's database. monitor/journal/migrations makes them.

Instants in microseconds since 1970. `agent` is the opaque id of the events; only `agents` knows a name. Bodies are
JSON of the type named.
"""

from __future__ import annotations

import sqlalchemy as sa

from monitor.journal.tables import metadata


def _at(name: str, *, empty: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=empty)


def _text(name: str, *, empty: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=empty)


agents = sa.Table(
    "agents",
    metadata,
    sa.Column("agent", sa.Text, primary_key=True),
    _text("name"),
    _text("team"),
    _text("skills"),
    _text("started_on", empty=True),
    _text("left_on", empty=True),
)
"""The directory. `skills` a JSON list; days as 2026-11-21."""

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    _text("name"),
    _text("password", empty=True),
    sa.Column("subject", sa.Text, nullable=True, unique=True),
    _text("roles"),
    _text("teams"),
    _text("agent", empty=True),
    _at("made_at"),
    _at("closed_at", empty=True),
)
"""Who may sign in. `password` an argon2 hash; `subject` the issuer and subject of OpenID Connect; `roles` and `teams`
JSON lists; `agent` whose own page it opens."""

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    _text("account"),
    _text("csrf"),
    _at("begun_at"),
    _at("seen_at"),
    _at("ends_at"),
)
"""Who is signed in, by the SHA-256 of the cookie."""

displays = sa.Table(
    "displays",
    metadata,
    sa.Column("display", sa.Text, primary_key=True),
    _text("label"),
    _text("boards"),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    _text("approved_by"),
    _at("approved_at"),
    _at("seen_at", empty=True),
    _at("revoked_at", empty=True),
)
"""Paired screens; each is bound to its `boards` (a JSON list)."""

looks = sa.Table(
    "looks",
    metadata,
    sa.Column("look", sa.Text, primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("agent", sa.Text, nullable=False, index=True),
    _text("account"),
    _text("name"),
    _text("what"),
    _text("reason"),
)
"""The access log: who looked at an agent's figures, when and why. Rows are only added, and go by age alone."""

disputes = sa.Table(
    "disputes",
    metadata,
    sa.Column("dispute", sa.Text, primary_key=True),
    sa.Column("agent", sa.Text, nullable=False, index=True),
    _text("contact"),
    _text("kind"),
    _text("words"),
    _at("opened_at"),
    _at("decided_at", empty=True),
    _text("decided_by", empty=True),
    _text("outcome", empty=True),
    _text("answer", empty=True),
)
"""`kind`: wrong_topic, outage, angry_about_something_else, helped_a_colleague, other. `outcome`: upheld (the contact
weighs nothing for good), rejected (it weighs again). Undecided: it weighs nothing."""

thanks = sa.Table(
    "thanks",
    metadata,
    sa.Column("thanks", sa.Text, primary_key=True),
    sa.Column("agent", sa.Text, nullable=False, index=True),
    _at("at"),
    _text("given_by"),
    _text("words"),
)
"""Thanks of a lead to an agent."""

objections = sa.Table(
    "objections",
    metadata,
    sa.Column("objection", sa.Text, primary_key=True),
    sa.Column("agent", sa.Text, nullable=False, index=True),
    _text("words"),
    _at("made_at"),
    _at("decided_at", empty=True),
    _text("decided_by", empty=True),
    _text("outcome", empty=True),
    _text("answer", empty=True),
)
"""GDPR art. 21. While undecided, and when upheld, the agent is not scored."""

sheets = sa.Table(
    "sheets",
    metadata,
    sa.Column("agent", sa.Text, primary_key=True),
    _at("made_at"),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""The newest `monitor.people.sheet.Sheet` of each agent."""

weeks = sa.Table(
    "weeks",
    metadata,
    sa.Column("agent", sa.Text, primary_key=True),
    sa.Column("monday", sa.Text, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""`monitor.people.sheet.Week` by agent and week: an own trend."""

papers = sa.Table(
    "papers",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _at("made_at"),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""The newest of each kind, of monitor.people.sheet: `floor` (Floor), `process` (Process), `calibration`
(CalibrationReport) and `standing` (ScoreStanding); and `learnt` (`kept_norm.KeptNorm`): what would be the norm
if it were adopted."""

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("decision", sa.Text, primary_key=True),
    _at("at"),
    _text("account"),
    _text("name"),
    _text("kind"),
    _text("words"),
)
"""What was decided about the processing itself: the switch, retention, a norm, a formula. All agents may read it. And
of the kind `account` what was done to accounts, for the admins."""

preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("account", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    _text("value"),
)

erased = sa.Table(
    "erased",
    metadata,
    sa.Column("agent", sa.Text, primary_key=True),
    _at("at"),
)
"""Who was erased, by the opaque id alone, for as long as the journal may hold events of before `at`: they are nobody's
from then on."""

norms = sa.Table(
    "norms",
    metadata,
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    _at("since_at"),
    _at("adopted_at"),
    _text("adopted_by"),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
"""Norms that people have adopted, each in force from `since_at` until the next: `kept_norm.KeptNorm`. Rows
are only added."""

outages = sa.Table(
    "outages",
    metadata,
    sa.Column("outage", sa.Text, primary_key=True),
    _at("began_at"),
    _at("ended_at", empty=True),
    _text("queues"),
    _text("words"),
    _text("told_by"),
    _at("told_at", empty=True),
    _at("closed_at", empty=True),
    _text("closed_by", empty=True),
    _at("taken_back_at", empty=True),
    _text("taken_back_by", empty=True),
)
"""Known outages: what is answered meanwhile is charged to nobody. `queues` a JSON list; empty: all. `ended_at` empty:
still open. Taken back: told wrongly, as if there had been none. `..._by` the name of who said so."""
