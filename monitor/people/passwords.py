"""Passwords, as argon2id hashes (RFC 9106, the library's own choice of cost); and codes that open an account once, kept
as `once UNTIL HASH` with UNTIL in microseconds."""

from __future__ import annotations

from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from monitor.instants import to_instant, to_microseconds

SHORTEST = 12
LONGEST = 1024
"""Longer is not read: hashing takes its time."""

_ONCE = "once"
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("the password of nobody")


def hash_of(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


def once_of(code: str, until: datetime) -> str:
    """What is kept of a code that opens an account once, to choose a password: until then."""
    return f"{_ONCE} {to_microseconds(until)} {hash_of(code)}"


def once_until(kept: str | None) -> datetime | None:
    """Until when what is kept is a code to choose a password with; None: it is a password, or nothing."""
    kind, _, rest = (kept or "").partition(" ")
    return to_instant(int(rest.partition(" ")[0])) if kind == _ONCE else None


def is_password(password: str, kept: str | None) -> bool:
    """Whether it is the one. Takes as long where none is kept, so that nobody learns which accounts there are."""
    try:
        return _hasher.verify((kept or _NOBODY).rpartition(" ")[2], password[: LONGEST + 1]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
