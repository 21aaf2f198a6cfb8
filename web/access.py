"""Who may reach which address: one table, deny by default. What has no row is not there.

The gate (web/gate.py) asks it for every request and every WebSocket; docs/access.md is made of it. What belongs to a
team or to one agent is looked at once more where it is answered, by `may_see_agent` and `may_lead`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.routing import compile_path

from monitor.measures import Text
from monitor.settings import Settings
from web.identity import Identity, Person, Role

Opening = Literal["anyone", "figures", "board"]
Grant = Opening | frozenset[Role]
ANYONE: Opening = "anyone"
FIGURES: Opening = "figures"
"""Figures without persons: anyone while no sign-in is configured and in the demo, else anyone who is signed in."""
BOARD: Opening = "board"
"""The same, and a paired display for its own boards."""
AGENT: Grant = frozenset[Role]({"agent"})
LEAD: Grant = frozenset[Role]({"lead"})
PRIVACY: Grant = frozenset[Role]({"privacy"})
ADMIN: Grant = frozenset[Role]({"admin"})
LEAD_OR_OPERATIONS: Grant = frozenset[Role]({"lead", "operations"})
LEAD_OR_ADMIN: Grant = frozenset[Role]({"lead", "admin"})
SIGNED_IN: Grant = frozenset[Role]({"agent", "lead", "operations", "privacy", "admin"})

SWITCHED_OFF = Text(
    en="Person-level processing is off here (people.processing), so there is nothing about persons to show.",
    nl="Verwerking op persoonsniveau staat hier uit (people.processing); er is dus niets over personen te tonen.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """Who may. `page`: a person who is not signed in is sent to sign in. `of_persons`: nobody while the switch is
    off."""

    grant: Grant
    page: bool = False
    of_persons: bool = False


ACCESS: dict[str, Row] = {
    # Balans itself
    "GET /healthz": Row(ANYONE),
    "GET /readyz": Row(ANYONE),
    "GET /metrics": Row(ANYONE),
    "GET /api/openapi.json": Row(ANYONE),
    "GET /assets/{path:path}": Row(ANYONE),
    # Boards and figures: no persons in them
    "GET /": Row(FIGURES, page=True),
    "GET /wall/{board}": Row(BOARD, page=True),
    "WS /ws/board/{board}": Row(BOARD),
    "GET /api/v1/boards": Row(FIGURES),
    "GET /api/v1/boards/{board}": Row(BOARD),
    "GET /api/v1/boards/{board}/at": Row(BOARD),
    "GET /api/v1/figures": Row(FIGURES),
    "GET /api/v1/figures/at": Row(FIGURES),
    "GET /api/v1/history": Row(FIGURES),
    "GET /api/v1/staffing": Row(FIGURES),
    "GET /api/v1/alerts": Row(FIGURES),
    "POST /api/v1/alerts/{key:path}/acknowledge": Row(LEAD),
    "GET /api/v1/measures": Row(ANYONE),
    "GET /api/v1/sources": Row(FIGURES),
    # Pages
    "GET /tv": Row(ANYONE, page=True),
    "GET /me": Row(AGENT, page=True, of_persons=True),
    "GET /team": Row(LEAD, page=True),
    "GET /outages": Row(LEAD_OR_OPERATIONS, page=True),
    "GET /privacy": Row(SIGNED_IN, page=True),
    "GET /admin": Row(LEAD_OR_ADMIN, page=True),
    # Sign-in
    "GET /sign-in": Row(ANYONE, page=True),
    "GET /sign-in/oidc": Row(ANYONE, page=True),
    "GET /sign-in/oidc/callback": Row(ANYONE, page=True),
    "GET /api/v1/session": Row(ANYONE),
    "POST /api/v1/sign-in": Row(ANYONE),
    "POST /api/v1/sign-in/demo": Row(ANYONE),
    "POST /api/v1/sign-out": Row(SIGNED_IN),
    "POST /api/v1/tickets": Row(SIGNED_IN),
    "PUT /api/v1/password": Row(SIGNED_IN),
    # Televisions
    "POST /api/v1/pairings": Row(ANYONE),
    "GET /api/v1/pairings": Row(ANYONE),
    "GET /api/v1/displays": Row(LEAD_OR_ADMIN),
    "POST /api/v1/displays": Row(LEAD_OR_ADMIN),
    "DELETE /api/v1/displays/{display}": Row(LEAD_OR_ADMIN),
    # Accounts and names
    "GET /api/v1/accounts": Row(ADMIN),
    "POST /api/v1/accounts": Row(ADMIN),
    "PATCH /api/v1/accounts/{account}": Row(ADMIN),
    "DELETE /api/v1/accounts/{account}": Row(ADMIN),
    "POST /api/v1/accounts/{account}/code": Row(ADMIN),
    "GET /api/v1/accounts/log": Row(ADMIN),
    "GET /api/v1/directory": Row(LEAD_OR_ADMIN, of_persons=True),
    "PUT /api/v1/directory": Row(ADMIN, of_persons=True),
    # My own page
    "GET /api/v1/me": Row(AGENT, of_persons=True),
    "WS /ws/me": Row(AGENT, of_persons=True),
    "POST /api/v1/me/disputes": Row(AGENT, of_persons=True),
    "DELETE /api/v1/me/disputes/{dispute}": Row(AGENT, of_persons=True),
    "PUT /api/v1/me/preferences": Row(AGENT, of_persons=True),
    # My rights: they stay while the switch is off
    "GET /api/v1/me/export": Row(AGENT),
    "GET /api/v1/me/export.html": Row(AGENT),
    "GET /api/v1/me/objections": Row(AGENT),
    "POST /api/v1/me/objections": Row(AGENT),
    "DELETE /api/v1/me/objections": Row(AGENT),
    # The lead's desk: own teams only, one agent at a time
    "GET /api/v1/team": Row(LEAD),
    "GET /api/v1/team/at": Row(LEAD),
    "POST /api/v1/team/people/{agent}/look": Row(LEAD, of_persons=True),
    "POST /api/v1/team/people/{agent}/thanks": Row(LEAD, of_persons=True),
    "POST /api/v1/team/people/{agent}/reviews": Row(LEAD, of_persons=True),
    "POST /api/v1/team/disputes/{dispute}": Row(LEAD, of_persons=True),
    # Known outages
    "GET /api/v1/outages": Row(LEAD_OR_OPERATIONS),
    "POST /api/v1/outages": Row(LEAD_OR_OPERATIONS),
    "POST /api/v1/outages/{outage}/close": Row(LEAD_OR_OPERATIONS),
    "POST /api/v1/outages/{outage}/take-back": Row(LEAD_OR_OPERATIONS),
    # Privacy
    "GET /api/v1/privacy": Row(SIGNED_IN),
    "GET /api/v1/privacy/dpia": Row(SIGNED_IN),
    "GET /api/v1/privacy/officer": Row(PRIVACY),
    "PUT /api/v1/privacy/switch": Row(PRIVACY),
    "POST /api/v1/privacy/objections/{objection}": Row(PRIVACY),
}
"""Method and address -> who may. `WS` is a WebSocket; HEAD goes with GET."""


@dataclass(frozen=True, slots=True)
class Found:
    """The row of an address that was asked for, and what its template found in it."""

    row: Row
    template: str
    parameters: Mapping[str, str]


_TEMPLATES = {key: (key.partition(" ")[0], compile_path(key.partition(" ")[2])[0]) for key in ACCESS}


def find(method: str, path: str) -> Found | None:
    """The row of an address; None: there is none."""
    wanted = "GET" if method == "HEAD" else method
    for key, (served, pattern) in _TEMPLATES.items():
        if served == wanted and (match := pattern.match(path)):
            return Found(ACCESS[key], key, match.groupdict())
    return None


def known_methods(path: str) -> tuple[str, ...]:
    """The methods of an address, but for WebSockets."""
    return tuple(served for served, pattern in _TEMPLATES.values() if served != "WS" and pattern.match(path))


def may(found: Found, who: Identity, *, open_figures: bool) -> bool:
    """Whether the row lets this one in. `open_figures`: no sign-in is configured, or it is the demo."""
    grant = found.row.grant
    if grant == ANYONE or (grant in (FIGURES, BOARD) and open_figures):
        return True
    if isinstance(grant, frozenset):
        return bool(grant & who.roles)
    if who.person is not None:
        return bool(who.roles)
    return grant == BOARD and who.screen is not None and found.parameters.get("board") in who.screen.boards


def may_lead(person: Person, team: str) -> bool:
    """Whether this person leads that team."""
    return "lead" in person.roles and bool(team) and team in person.teams


def may_see_agent(person: Person, agent: str, team: str) -> bool:
    """An agent's figures are for that agent, and for a lead of the agent's team (who must also say why)."""
    return ("agent" in person.roles and person.agent == agent) or may_lead(person, team)


def needs_processing(settings: Settings, *, demo: bool) -> Text | None:
    """Why nothing about persons may be shown, if the switch is off."""
    return None if demo or settings.people.processing else SWITCHED_OFF
