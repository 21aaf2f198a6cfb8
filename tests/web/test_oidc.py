"""Signing in at the organisation's own provider, over real HTTP; and every way in which one could be deceived."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from monitor.feed import Feed
from monitor.journal import Database
from monitor.people.accounts import Accounts
from monitor.settings import Settings
from tests.people import SITE, Browser, account, store
from tests.web.openid import CLIENT, SECRET, OpenId, openid
from web.app import create_app
from web.oidc_accounts import account_of, wished_login


@pytest.fixture
async def provider() -> AsyncIterator[OpenId]:
    async with openid() as running:
        running.person |= {"roles": ["cc-lead", "something else"], "groups": ["Contact North"]}
        yield running


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with store(tmp_path) as opened:
        yield opened


def now() -> datetime:
    """The provider's clock is the machine's."""
    return datetime.now(UTC)


def balans(provider: OpenId, database: Database, **rules: object) -> Browser:
    table = {
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "roles": {"cc-lead": "lead", "cc-agent": "agent"},
        "teams_claim": "groups",
        "teams": {"Contact North": "north"},
        "agent_claim": "preferred_username",
        **rules,
    }
    settings = Settings(sign_in={"local": False, "oidc": table}, people={"processing": True})
    return Browser(create_app(settings, Feed(), database=database, clock=now, agent_id=lambda name: f"a-{name}"))


async def sent_to_provider(browser: Browser, next: str = "") -> httpx.Response:
    """What the provider answers when Balans sends somebody there."""
    answer = await browser.get(f"/sign-in/oidc?next={next}")
    assert answer.status_code == 303
    async with httpx.AsyncClient() as client:
        return await client.get(answer.headers["location"])


async def sign_in(browser: Browser, next: str = "") -> str:
    """All the way; where the browser ends."""
    sent_back = await sent_to_provider(browser, next)
    assert sent_back.headers["location"].startswith(f"{SITE}/sign-in/oidc/callback?")
    answer = await browser.get(sent_back.headers["location"].removeprefix(SITE))
    return str(answer.headers["location"])


async def person(browser: Browser) -> dict[str, Any] | None:
    said: dict[str, Any] | None = (await browser.get("/api/v1/session")).json()["person"]
    return said


async def test_a_lead_signs_in_with_the_roles_and_teams_that_the_provider_says(
    provider: OpenId, database: Database
) -> None:
    browser = balans(provider, database)
    assert await sign_in(browser) == "/team"
    said = await person(browser)
    assert said is not None
    assert (said["name"], said["roles"], said["teams"]) == ("Noor de Boer", ["lead"], ["north"])


async def test_an_agent_is_known_by_the_name_the_sources_use(provider: OpenId, database: Database) -> None:
    provider.person |= {"roles": "cc-agent", "preferred_username": "SIP/101"}
    browser = balans(provider, database)
    assert await sign_in(browser, "/privacy") == "/privacy"
    said = await person(browser)
    assert said is not None
    assert said["agent"] == "a-SIP/101"


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/%5Cevil.example", "javascript:x"])
async def test_nobody_is_sent_elsewhere_after_signing_in(provider: OpenId, database: Database, next: str) -> None:
    assert await sign_in(balans(provider, database), next) == "/team"


async def test_who_has_no_role_here_does_not_come_in(provider: OpenId, database: Database) -> None:
    provider.person["roles"] = ["something else"]
    browser = balans(provider, database)
    assert await sign_in(browser) == "/sign-in?problem=no_role"
    assert await person(browser) is None


async def test_without_a_mapping_an_admin_gives_the_roles(provider: OpenId, database: Database) -> None:
    provider.person["preferred_username"] = "Noor"
    browser = balans(provider, database, roles={})
    assert await sign_in(browser) == "/sign-in?problem=no_role"
    kept = await Accounts(database).of_login("noor")
    assert kept is not None
    await Accounts(database).put(type(kept)(**{**_fields(kept), "roles": ("privacy",)}))
    assert await sign_in(browser) == "/privacy"


def _fields(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


async def test_a_name_that_a_local_account_has_is_not_taken_over(provider: OpenId, database: Database) -> None:
    await Accounts(database).put(account("noor", "admin"))
    provider.person["preferred_username"] = "noor"
    browser = balans(provider, database)
    await sign_in(browser)
    said = await person(browser)
    assert said is not None
    assert (said["roles"], said["account"] != "noor") == (["lead"], True)


async def test_a_role_that_the_provider_takes_away_is_gone_in_every_browser(
    provider: OpenId, database: Database
) -> None:
    one, other = balans(provider, database), balans(provider, database)
    await sign_in(one)
    provider.person["roles"] = []
    assert await sign_in(other) == "/sign-in?problem=no_role"
    assert await person(one) is None


def unsigned(provider: OpenId, claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def with_the_clients_secret(provider: OpenId, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 2))


def with_the_public_key_as_secret(provider: OpenId, claims: dict[str, Any]) -> str:
    public = OctKey.import_key(provider.key.as_pem(private=False).hex())
    return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, public)


def with_another_key(provider: OpenId, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, RSAKey.generate_key(2048))


def nonsense(provider: OpenId, claims: dict[str, Any]) -> str:
    return "no.token.atall"


@pytest.mark.parametrize(
    "sign", [unsigned, with_the_clients_secret, with_the_public_key_as_secret, with_another_key, nonsense]
)
async def test_a_token_that_the_provider_did_not_sign_is_refused(
    provider: OpenId, database: Database, sign: Callable[[OpenId, dict[str, Any]], str]
) -> None:
    provider.sign = sign
    browser = balans(provider, database)
    assert await sign_in(browser) == "/sign-in?problem=provider"
    assert await person(browser) is None


def lies() -> dict[str, Callable[[dict[str, Any]], object]]:
    """What must not be believed, though it is signed."""
    return {
        "another nonce": lambda claims: claims.update(nonce="another"),
        "no nonce": lambda claims: claims.pop("nonce"),
        "another issuer": lambda claims: claims.update(iss="https://evil.example"),
        "for somebody else": lambda claims: claims.update(aud="another client"),
        "for somebody else as well": lambda claims: claims.update(aud=[CLIENT, "another"], azp="another"),
        "expired": lambda claims: claims.update(exp=claims["iat"] - 120),
        "never expires": lambda claims: claims.pop("exp"),
        "not yet": lambda claims: claims.update(nbf=claims["iat"] + 600),
        "from the future": lambda claims: claims.update(iat=claims["iat"] + 600),
        "nobody": lambda claims: claims.pop("sub"),
        "for another access token": lambda claims: claims.update(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    }


@pytest.mark.parametrize("lie", lies())
async def test_a_signed_lie_is_refused(provider: OpenId, database: Database, lie: str) -> None:
    def lying(claims: dict[str, Any]) -> None:
        lies()[lie](claims)

    provider.lie = lying
    browser = balans(provider, database)
    assert await sign_in(browser) == "/sign-in?problem=provider"
    assert await person(browser) is None


async def test_a_provider_that_calls_itself_another_is_refused(provider: OpenId, database: Database) -> None:
    provider.describes = {"issuer": "https://evil.example"}
    answer = await balans(provider, database).get("/sign-in/oidc")
    assert answer.headers["location"] == "/sign-in?problem=provider"


@pytest.mark.parametrize("change", ["state", "code", "no cookie", "another browser", "no code"])
async def test_somebody_who_did_not_leave_from_here_does_not_come_back(
    provider: OpenId, database: Database, change: str
) -> None:
    browser = balans(provider, database)
    sent_back = (await sent_to_provider(browser)).headers["location"].removeprefix(SITE)
    if change == "no cookie":
        browser.client.cookies.clear()
    if change == "another browser":
        browser = balans(provider, database)
        await sent_to_provider(browser)
    changed = {"state": ("state=", "state=x"), "code": ("code=", "code=x"), "no code": ("code=", "error=")}
    answer = await browser.get(sent_back.replace(*changed.get(change, ("", ""))))
    assert answer.headers["location"] == "/sign-in?problem=provider"
    assert await person(browser) is None


async def test_a_code_is_good_once(provider: OpenId, database: Database) -> None:
    browser = balans(provider, database)
    sent_back = (await sent_to_provider(browser)).headers["location"].removeprefix(SITE)
    cookies = dict(browser.client.cookies)
    assert (await browser.get(sent_back)).headers["location"] == "/team"
    thief = balans(provider, database)
    thief.client.cookies.update(cookies)
    assert (await thief.get(sent_back)).headers["location"] == "/sign-in?problem=provider"


async def test_a_provider_that_is_away_is_told_in_words(database: Database) -> None:
    browser = balans(OpenId(issuer="http://127.0.0.1:9"), database)
    assert (await browser.get("/sign-in/oidc")).headers["location"] == "/sign-in?problem=provider"


def test_a_claim_may_lie_deeper_and_hold_anything() -> None:
    rules = Settings(
        sign_in={
            "oidc": {
                "issuer": "https://x.example",
                "client_id": "b",
                "roles": {"x": "privacy"},
                "roles_claim": "realm_access.roles",
            }
        }
    ).sign_in.oidc
    at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(0)
    who = {"iss": "https://x.example", "sub": "1"}
    deep = account_of({**who, "realm_access": {"roles": ["x", 3, None]}}, None, rules, str, at)
    assert deep.roles == ("privacy",)
    for odd in (None, "x", 3, {"roles": 7}, {"roles": {"x": 1}}):
        assert account_of({**who, "realm_access": odd}, None, rules, str, at).roles == ()
    assert wished_login({"preferred_username": "Jan Jansen"}) is None
