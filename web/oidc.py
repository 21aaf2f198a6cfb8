"""OpenID Connect (core 1.0): the authorization code flow with PKCE, state and nonce, by Authlib and joserfc.

What an attempt has to remember goes with the browser, in a cookie that lasts ten minutes and that no script can read.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from typing import Any

import httpx
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from authlib.oidc.discovery import get_well_known_url  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from monitor.errors import ConfigurationError, CredentialsRefused, PeerUnreachable
from monitor.settings import OpenIdConnect

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a public key only: neither `none` nor one made with the client's secret."""
LEEWAY_SECONDS = 60
WAIT_SECONDS = 10.0


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What has to come back as it went; `next` is where the person wanted to be."""

    state: str
    nonce: str
    verifier: str
    next: str

    def packed(self) -> str:
        """As a cookie's value."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode()

    @classmethod
    def unpacked(cls, cookie: str) -> Attempt | None:
        """From the cookie; None when it is none of ours."""
        try:
            return msgspec.json.decode(base64.urlsafe_b64decode(cookie), type=cls)
        except (ValueError, msgspec.DecodeError):
            return None


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What is used of a provider's description of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Provider:
    """One OpenID provider. Raises PeerUnreachable when it does not answer as the standard says, CredentialsRefused
    when it or its token cannot be believed."""

    def __init__(self, rules: OpenIdConnect) -> None:
        self._rules = rules
        self._secret = _secret(rules)

    async def begin(self, redirect_uri: str, next: str) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember."""
        async with _client() as client:
            metadata = await self._metadata(client)
        attempt = Attempt(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            next=next,
        )
        address: str = prepare_grant_uri(
            metadata.authorization_endpoint,
            client_id=self._rules.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=" ".join(self._rules.scopes),
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return address, attempt

    async def finish(self, attempt: Attempt, state: str, code: str, redirect_uri: str, now: datetime) -> dict[str, Any]:
        """The claims about the person who came back with this code."""
        if not hmac.compare_digest(state.encode(), attempt.state.encode()):
            raise CredentialsRefused("The provider sent somebody back whom we did not send.")
        async with _client() as client:
            metadata = await self._metadata(client)
            token = await self._token(client, metadata, code, attempt.verifier, redirect_uri)
        async with _client() as client:
            keys: Any = await _asked(client.get(metadata.jwks_uri))
        try:
            said = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=list(ALGORITHMS))
            expected = {"iss": {"essential": True, "value": metadata.issuer}, "aud": {"essential": True}}
            parameters = {
                "nonce": attempt.nonce,
                "client_id": self._rules.client_id,
                "access_token": token.get("access_token"),
            }
            claims = CodeIDToken(said.claims, said.header, expected, parameters)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
            self._check_audience(said.claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise CredentialsRefused(f"The provider's token cannot be believed: {error}") from error
        return said.claims

    def _check_audience(self, claims: dict[str, Any]) -> None:
        audience = claims["aud"]
        if self._rules.client_id not in ([audience] if isinstance(audience, str) else audience):
            raise ValueError("it is for somebody else")

    async def _metadata(self, client: httpx.AsyncClient) -> Metadata:
        said = await _asked(client.get(get_well_known_url(self._rules.issuer, external=True)))
        try:
            metadata = msgspec.convert(said, Metadata)
        except msgspec.ValidationError as error:
            raise PeerUnreachable(f"{self._rules.issuer} does not describe itself as a provider: {error}.") from error
        if metadata.issuer != self._rules.issuer:
            raise CredentialsRefused(f"{self._rules.issuer} calls itself {metadata.issuer}.")
        return metadata

    async def _token(
        self, client: httpx.AsyncClient, metadata: Metadata, code: str, verifier: str, redirect_uri: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self._rules.client_id,
        }
        basic = "client_secret_basic" in metadata.token_endpoint_auth_methods_supported
        if self._secret and not basic:
            form["client_secret"] = self._secret
        if self._secret and basic:
            client.auth = httpx.BasicAuth(self._rules.client_id, self._secret)
        return await _asked(client.post(metadata.token_endpoint, data=form))


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=WAIT_SECONDS, headers={"accept": "application/json"})


async def _asked(asking: Any) -> dict[str, Any]:
    """The JSON object that is answered."""
    try:
        answer: httpx.Response = await asking
        said = answer.raise_for_status().json()
    except httpx.HTTPStatusError as error:
        raise CredentialsRefused(f"The provider says {error.response.status_code}.") from error
    except (httpx.HTTPError, ValueError) as error:
        raise PeerUnreachable(f"The provider cannot be reached: {error or type(error).__name__}.") from error
    if not isinstance(said, dict):
        raise PeerUnreachable("The provider answers something else than a JSON object.")
    return said


def _secret(rules: OpenIdConnect) -> str:
    if rules.client_secret is not None:
        return rules.client_secret.get_secret_value()
    if rules.client_secret_file is None:
        return ""
    try:
        return rules.client_secret_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"sign_in.oidc.client_secret_file: {error.strerror}.") from error
