"""To the OpenID provider and back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from monitor.errors import BalansError
from monitor.settings import OpenIdConnect
from web.oidc import Attempt, Provider
from web.oidc_accounts import account_of, subject_of, wished_login
from web.sign_in import Desk, home_of

log = logging.getLogger(__name__)

COOKIE = "balans_oidc"
COOKIE_SECONDS = 600
BACK = "/sign-in/oidc/callback"


def oidc_router(desk: Desk, rules: OpenIdConnect, agent_id: Callable[[str], str]) -> APIRouter:
    """Both addresses. Whatever goes wrong leads back to /sign-in, which says so; the log says why."""
    router = APIRouter(include_in_schema=False)
    provider = Provider(rules)

    @router.get("/sign-in/oidc")
    async def go(request: Request, next: str = "") -> Response:
        try:
            address, attempt = await provider.begin(_back_to(request), _own_page(next))
        except BalansError as error:
            return _failed("provider", str(error))
        answer = _sent_to(address)
        desk.doorkeeper.set_cookie(request, answer, COOKIE, attempt.packed(), COOKIE_SECONDS)
        return answer

    @router.get(BACK)
    async def back(request: Request, state: str = "", code: str = "") -> Response:
        attempt = Attempt.unpacked(desk.doorkeeper.cookie(request, COOKIE) or "")
        if attempt is None or not code:
            return _failed("provider", "Somebody came back from the provider without an attempt or without a code.")
        try:
            claims = await provider.finish(attempt, state, code, _back_to(request), desk.clock())
        except BalansError as error:
            return _failed("provider", str(error))
        answer = await _let_in(desk, rules, agent_id, claims, attempt.next, request)
        desk.doorkeeper.drop_cookie(request, answer, COOKIE)
        return answer

    return router


async def _let_in(
    desk: Desk,
    rules: OpenIdConnect,
    agent_id: Callable[[str], str],
    claims: dict[str, object],
    next: str,
    request: Request,
) -> Response:
    before = await desk.accounts.of_subject(subject_of(claims))
    account = account_of(claims, before, rules, agent_id, desk.clock())
    wished = wished_login(claims)
    if before is None and wished and await desk.accounts.of_login(wished) is None:
        account = msgspec.structs.replace(account, login=wished)
    if account != before:
        await desk.accounts.put(account)
        await desk.doorkeeper.end_all_of(account.account)
    if account.closed_at is not None or not account.roles:
        return _failed("no_role", f"Account {account.login} of the provider has no role here, or is closed.")
    home = home_of(frozenset(account.roles), processing=desk.demo or desk.settings.people.processing)
    answer = _sent_to(next or home)
    await desk.doorkeeper.begin(account, request, answer)
    return answer


def _back_to(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{BACK}"


def _own_page(next: str) -> str:
    """An address of this site, else nothing: nobody is sent elsewhere after signing in."""
    parts = urlsplit(next)
    mine = next.startswith("/") and not next.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return next[:500] if mine else ""


def _failed(problem: str, why: str) -> Response:
    log.warning("Nobody was signed in: %s", why)
    return _sent_to(f"/sign-in?problem={problem}")


def _sent_to(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303, headers={"cache-control": "no-store"})
