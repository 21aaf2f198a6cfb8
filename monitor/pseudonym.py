"""Opaque ids for people: a keyed hash, made at the collector, so that no name or number enters an event."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from monitor.errors import ConfigurationError


class Pseudonyms:
    """Makes ids with the site's key: the same person, the same id; without the key no way back."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ConfigurationError("The key of the pseudonyms needs at least 16 bytes.")
        self._key = key

    def agent(self, name: str) -> str:
        """The id of an agent, from the name or number the source uses."""
        return "a-" + self._hash(b"agent", name)[:12]

    def customer(self, identity: str) -> str:
        """The id of a customer, from a telephone number or address; empty stays empty (unknown)."""
        return "c-" + self._hash(b"customer", identity)[:24] if identity else ""

    def _hash(self, kind: bytes, text: str) -> str:
        return hmac.new(self._key, kind + b"\0" + text.encode(), hashlib.sha256).hexdigest()


def load_or_make_key(path: Path) -> bytes:
    """The key in `path` (hexadecimal), made with owner-only rights when absent. Raises ConfigurationError."""
    if not path.exists():
        try:
            _make_key(path)
        except OSError as error:
            raise ConfigurationError(f"The key of the pseudonyms cannot be made: {path}: {error.strerror}.") from error
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} holds no readable key (64 hexadecimal digits).") from error


def _make_key(path: Path) -> None:
    """Put a whole key in its place at once: of two processes that start together, both read the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
