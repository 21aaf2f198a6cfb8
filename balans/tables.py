"""A report as a table for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from monitor.report import Report

COLUMNS = ("", "offered", "answered", "gave\nup", "left", "in\ntime", "waited", "handled\nin", "most\nwaiting")


def show(report: Report, console: Console) -> None:
    """The total, the channels and the queues, and what happened to the events."""
    period = report.period
    if period.start and period.end:
        console.print(f"{period.start:%Y-%m-%d %H:%M} - {period.end:%Y-%m-%d %H:%M} ({period.time_zone})")
    table = Table(
        *COLUMNS,
        header_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1),
        collapse_padding=True,
        pad_edge=False,
        show_edge=False,
    )
    for column in table.columns[1:]:
        column.justify = "right"
    table.add_row(*_row("total", report.total), end_section=True)
    for scopes in (report.channels, report.queues):
        for number, (name, figures) in enumerate(scopes.items(), start=1):
            table.add_row(*_row(name, figures), end_section=number == len(scopes))
    console.print(table)
    for line in _remarks(report):
        console.print(line)


def _row(name: str, figures: dict[str, Any]) -> tuple[str, ...]:
    level = figures["service_level"]
    return (
        name,
        f"{figures['offered']:,}",
        f"{figures['answered']:,}",
        f"{figures['abandoned']:,}",
        f"{sum(figures['left'].values()):,}",
        "-" if level["ratio"] is None else f"{level['ratio']:.1%}",
        _duration(figures["speed_of_answer_seconds"]["mean"]),
        _duration(figures["handle_time_seconds"]["mean"]),
        str(figures["max_waiting"]),
    )


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _remarks(report: Report) -> Iterator[str]:
    events = report.events
    yield f"{events['read']:,} read, {events['applied']:,} applied; {report.agents_seen} agents seen."
    if events["rejected"]:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in events["rejected"].items())
        yield f"Left out: {reasons}."
    if report.cannot_tell:
        yield f"This source cannot tell: {', '.join(report.cannot_tell)}."
    if not report.conservation:
        yield "The figures do not add up: offered is not answered + gave up + left + waiting."
