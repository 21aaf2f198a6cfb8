"""Letting a television in: it shows a code, a lead types it in, and from then on it shows the boards it was given.

The television's secret is made when it asks for a code and becomes its token when a lead approves; the store has only
the hash. Codes wait in memory: at most `MOST`, for `LASTS`; the oldest goes first.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

LASTS = timedelta(minutes=10)
MOST = 1000
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Pairing:
    """A television that waits. `device` is its secret."""

    device: str
    code: str
    expires_at: datetime


class Pairings:
    """The televisions that wait for somebody to type in their code."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, Pairing] = OrderedDict()

    def open(self, now: datetime) -> Pairing:
        """A new code."""
        self._let_go(now)
        while (code := _code()) in self._waiting:
            pass
        pairing = Pairing(secrets.token_urlsafe(32), code, now + LASTS)
        self._waiting[code] = pairing
        if len(self._waiting) > MOST:
            self._waiting.popitem(last=False)
        return pairing

    def take(self, typed: str, now: datetime) -> Pairing | None:
        """The television with this code, however it was typed; it waits no longer."""
        self._let_go(now)
        letters = "".join(sign for sign in typed.upper() if sign.isalnum())
        return self._waiting.pop(f"{letters[:3]}-{letters[3:]}", None)

    def state(self, device: str, now: datetime) -> Literal["waiting", "expired"]:
        """Whether its code can still be typed in."""
        self._let_go(now)
        waits = any(secrets.compare_digest(pairing.device, device) for pairing in self._waiting.values())
        return "waiting" if waits else "expired"

    def _let_go(self, now: datetime) -> None:
        while self._waiting and next(iter(self._waiting.values())).expires_at <= now:
            self._waiting.popitem(last=False)


def _code() -> str:
    draw = secrets.choice
    return "".join(draw(LETTERS) for _ in range(3)) + "-" + "".join(draw(DIGITS) for _ in range(3))
