"""What docs/collectors.md tells a person to write is accepted."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from collectors import call_table, webhook
from monitor.settings import Table

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "collectors.md").read_text(encoding="utf-8")
TABLES = [
    table
    for block in re.findall(r"^```toml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    for table in tomllib.loads(block)["collectors"].values()
]
SETTINGS: dict[str, type[Table]] = {"call_table": call_table.Settings, "webhook": webhook.Settings}


def test_there_are_examples() -> None:
    assert {table["source"] for table in TABLES} == set(SETTINGS)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table["source"]))
def test_an_example_is_accepted(table: dict[str, object]) -> None:
    SETTINGS[str(table["source"])].model_validate(table)


def test_every_reason_of_the_webhook_is_explained() -> None:
    for reason in webhook.STATUS_OF_REASON:
        assert f"`{reason}`" in TEXT, reason
