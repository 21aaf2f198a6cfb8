"""The rule files as they are on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "grafana" / "rules"
FILES = sorted(FOLDER.glob("*.yml"))
TESTS = sorted(FOLDER.glob("tests/*.yml"))


def rules() -> list[dict[str, Any]]:
    """All rules of all files."""
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES]
    return [rule for file in read for group in file["groups"] for rule in group["rules"]]


def alerts() -> list[dict[str, Any]]:
    return [rule for rule in rules() if "alert" in rule]


def recorded() -> set[str]:
    """Names of the recorded series."""
    return {rule["record"] for rule in rules() if "record" in rule}
