"""What the operator may say of alerts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from monitor.alerts.settings import Alerts, QuietHours, Webhook
from monitor.errors import ConfigurationError


def test_a_limit_that_is_changed_keeps_the_rest_of_its_kind() -> None:
    changed = Alerts(occupancy={"enter": 0.95}).occupancy
    assert (changed.enter, changed.leave, changed.for_seconds, changed.severity) == (0.95, 0.85, 1800, "warning")


def test_between_begin_and_end_there_must_be_a_band() -> None:
    with pytest.raises(ValidationError, match="leave must be less than enter"):
        Alerts(occupancy={"enter": 0.85})


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        ("2026-03-10T21:59", False),
        ("2026-03-10T22:00", True),
        ("2026-03-11T06:59", True),
        ("2026-03-11T07:00", False),
        ("2026-03-08T23:00", False),
        ("2026-03-09T03:00", False),
    ],
)
def test_quiet_hours_over_midnight_belong_to_the_day_on_which_they_begin(at: str, quiet: bool) -> None:
    week = QuietHours(days=["mon", "tue", "wed", "thu", "fri"], begins="22:00", ends="07:00")
    assert week.hold(datetime.fromisoformat(at)) is quiet


def test_quiet_hours_within_a_day() -> None:
    lunch = QuietHours(begins="12:00", ends="13:00")
    assert [lunch.hold(datetime.fromisoformat(f"2026-03-10T{hour}:00")) for hour in (11, 12, 13)] == [
        False,
        True,
        False,
    ]


def test_a_secret_is_read_from_its_file_and_must_be_long(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("a-long-enough-secret\n")
    assert Webhook(url="https://example.org/", secret_file=file).secret() == b"a-long-enough-secret"
    file.write_text("short")
    with pytest.raises(ConfigurationError, match="at least 16 characters"):
        Webhook(url="https://example.org/", secret_file=file).secret()
    with pytest.raises(ConfigurationError, match="cannot read the secret"):
        Webhook(url="https://example.org/", secret_file=tmp_path / "none").secret()
    with pytest.raises(ValidationError, match="begins with https"):
        Webhook(url="ftp://example.org/", secret_file=file)
