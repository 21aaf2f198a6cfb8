"""An OpenID provider over real HTTP: describes itself, sends people back with a code, checks PKCE and the client's
secret, signs tokens. A test may make it lie."""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from monitor.settings import Web
from web.server import listen, serve

CLIENT, SECRET = "balans", "the secret of the client"


@dataclass
class OpenId:
    """The provider. `person` signs in at it without being asked; `lie` changes the claims before they are signed."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "u-1", "name": "Noor de Boer"})
    lie: Callable[[dict[str, Any]], None] = lambda claims: None
    describes: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[OpenId, dict[str, Any]], str] | None = None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def signed(self, claims: dict[str, Any]) -> str:
        if self.sign is not None:
            return self.sign(self, claims)
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)

    def claims(self, nonce: str) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person}
        self.lie(claims)
        return claims


def application(provider: OpenId) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def describe() -> Response:
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        said = {name: f"{provider.issuer}/{path}" for name, path in paths.items()}
        return JSONResponse({"issuer": provider.issuer, **said, **provider.describes})

    @app.get("/keys")
    async def keys() -> Response:
        return JSONResponse(KeySet([provider.key]).as_dict(private=False))

    @app.get("/authorize")
    async def authorize(request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        provider.codes[code] = asked
        return RedirectResponse(with_query(asked["redirect_uri"], code=code, state=asked["state"]), 302)

    @app.post("/token")
    async def token(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = provider.codes.pop(form["code"], None)
        refused = (
            asked is None
            or request.headers.get("authorization") != f"Basic {basic}"
            or form["redirect_uri"] != asked["redirect_uri"]
            or create_s256_code_challenge(form["code_verifier"]) != asked["code_challenge"]
        )
        if refused or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        answer = {"access_token": "x", "token_type": "Bearer"}
        return JSONResponse(answer | {"id_token": provider.signed(provider.claims(asked["nonce"]))})

    return app


def with_query(address: str, **parameters: str) -> str:
    """The address with these parameters."""
    return address + "?" + "&".join(f"{name}={value}" for name, value in parameters.items())


@asynccontextmanager
async def openid() -> AsyncIterator[OpenId]:
    """The provider on a free port of loopback."""
    provider, listening = OpenId(), listen(Web(port=0))
    provider.issuer = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(serve(application(provider), listening), name="provider")
        try:
            yield provider
        finally:
            serving.cancel()
