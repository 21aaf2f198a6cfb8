"""The account of a person whom an OpenID provider knows, made and kept in step with what the provider says. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from monitor.errors import ConfigurationError
from monitor.people.accounts import Account
from monitor.people.enrolment import login_of, roles_of
from monitor.settings import OpenIdConnect


def subject_of(claims: dict[str, Any]) -> str:
    """Who it is, for good: names and addresses may change hands."""
    return f"{claims['iss']} {claims['sub']}"


def account_of(
    claims: dict[str, Any], before: Account | None, rules: OpenIdConnect, agent_id: Callable[[str], str], now: datetime
) -> Account:
    """The account as the claims say it is. Where no role is mapped, roles and teams stay as an admin gave them."""
    subject = subject_of(claims)
    mark = hashlib.sha256(subject.encode()).hexdigest()[:16]
    account = before or Account(account=mark, login=f"oidc-{mark}", name="", made_at=now, subject=subject)
    name = next((str(claims[key]) for key in ("name", "preferred_username", "email") if claims.get(key)), account.login)
    account = msgspec.structs.replace(account, name=name[:200])
    if not rules.roles:
        return account
    told = _strings(claims, rules.agent_claim)
    agent = agent_id(told[0]) if told else account.agent
    words = {rules.roles[word] for word in _strings(claims, rules.roles_claim) if word in rules.roles}
    roles = roles_of([role for role in words if role != "agent" or agent is not None])
    teams = tuple(rules.teams.get(word, word) for word in _strings(claims, rules.teams_claim))
    return msgspec.structs.replace(
        account, roles=roles, teams=teams if rules.teams_claim else account.teams, agent=agent
    )


def wished_login(claims: dict[str, Any]) -> str | None:
    """How the person would be called here, if that can be a login and nobody else has it."""
    try:
        return login_of(str(claims.get("preferred_username") or claims.get("email") or ""))
    except ConfigurationError:
        return None


def _strings(claims: dict[str, Any], path: str) -> list[str]:
    """The words of a claim; dots lead into objects, as in `realm_access.roles`."""
    value: Any = claims
    for step in path.split(".") if path else ():
        value = value.get(step) if isinstance(value, dict) else None
    listed = value if isinstance(value, list) else [value]
    return [word for word in listed if isinstance(word, str) and word] if path else []
