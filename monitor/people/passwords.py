"""Passwords, as argon2id hashes (RFC 9106, the library's own choice of cost)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 1024
"""Longer is not read: hashing takes its time."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("the password of nobody")


def hash_of(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether it is the one. Takes as long where none is kept, so that nobody learns which accounts there are."""
    try:
        return _hasher.verify(kept or _NOBODY, password[: LONGEST + 1]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
