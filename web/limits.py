"""How often somebody may try. Pure: the clock is an argument."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from datetime import datetime, timedelta


class Attempts:
    """At most `most` attempts in `within` for each key. Keeps at most `keys` keys, the longest unused goes first."""

    def __init__(self, most: int, within: timedelta, keys: int = 10_000) -> None:
        self._most = most
        self._within = within
        self._keys = keys
        self._made: OrderedDict[str, list[datetime]] = OrderedDict()

    def wait_seconds(self, key: str, now: datetime) -> float:
        """How long until the key may try; 0: now."""
        recent = [at for at in self._made.get(key, ()) if now - at < self._within]
        return 0.0 if len(recent) < self._most else (recent[-self._most] + self._within - now).total_seconds()

    def count(self, key: str, now: datetime) -> None:
        """An attempt was made."""
        recent = [at for at in self._made.pop(key, ()) if now - at < self._within]
        self._made[key] = [*recent, now][-self._most :]
        if len(self._made) > self._keys:
            self._made.popitem(last=False)

    def forget(self, key: str) -> None:
        """It went well."""
        self._made.pop(key, None)


def network_of(address: str) -> str:
    """Who shares an attempt: an IPv4 address, or the /64 that one IPv6 subscriber has to choose from."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
