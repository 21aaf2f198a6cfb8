"""docker-compose.yml as it is on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def environment(service: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in service.get("environment", {}).items()}


def mounts(service: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Source, place in the container and whether it is read-only."""
    parts = [mount.split(":") for mount in service.get("volumes", ())]
    return [(part[0], part[1], part[2:] == ["ro"]) for part in parts]


def ports(service: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Address and port here, and port in the container."""
    parts = [port.split(":") for port in service.get("ports", ())]
    return [(address, int(here), int(there)) for address, here, there in parts]


def of_balans() -> dict[str, dict[str, Any]]:
    """The services that run Balans' own image."""
    return {name: service for name, service in SERVICES.items() if service["image"] == "balans:local"}
