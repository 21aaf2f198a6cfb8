"""Who may speak: signatures over the raw body, a window of time, and each signature good for one success. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from monitor.errors import Refused

TIMESTAMP_HEADER = "X-Balans-Timestamp"
SIGNATURE_HEADER = "X-Balans-Signature"
SEEN_SIGNATURES = 100_000
"""Remembered for replay protection. At the bound new requests are refused until old ones have expired."""


def sign(key: bytes, timestamp: str, body: bytes) -> str:
    """The signature header of a request."""
    return "sha256=" + hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def check_signature(
    keys: Sequence[bytes], timestamp: str, signature: str, body: bytes, *, now: float, window_seconds: float
) -> None:
    """Raises Refused unless one of the keys signed this body at a time within the window (seconds since 1970)."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        raise Refused(f"The header {TIMESTAMP_HEADER} must hold seconds since 1970.", "bad_timestamp")
    expected = [sign(key, timestamp, body).encode() for key in keys]
    given = signature.encode("utf-8", "replace")
    if not any(hmac.compare_digest(one, given) for one in expected):
        raise Refused(f"The header {SIGNATURE_HEADER} does not fit the timestamp and the body.", "bad_signature")
    if abs(now - int(timestamp)) > window_seconds:
        raise Refused("The timestamp is too far from the present; is the clock right?", "outside_window")


@dataclass(slots=True)
class SeenSignatures:
    """Each signature is good for one request that succeeds. Remembered until its timestamp leaves the window;
    bound: `limit`, at which new ones are refused. A request that fails is forgotten, so that it may be retried."""

    window_seconds: float
    limit: int = SEEN_SIGNATURES
    _until: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def claim(self, signature: str, now: float) -> None:
        """Raises Refused when it was seen, or when the memory is full."""
        while self._until and next(iter(self._until.values())) < now:
            self._until.popitem(last=False)
        if signature in self._until:
            raise Refused("This request has been taken in already.", "replayed")
        if len(self._until) >= self.limit:
            raise Refused("Too many requests to tell replays apart; try again later.", "busy")
        # A timestamp may lie a window ahead, so it can be replayed for two windows from now.
        self._until[signature] = now + 2 * self.window_seconds

    def release(self, signature: str) -> None:
        """The request failed: it may come again."""
        self._until.pop(signature, None)
