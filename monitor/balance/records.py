"""Two records of one customer with one agent within 24 hours are one contact: splitting a contact gains nothing."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from monitor.balance.context import DAY_SECONDS, Contact


def grouped(records: Sequence[Contact]) -> list[list[Contact]]:
    """Records of one customer with one agent, in order of time, as contacts: each reaches 24 hours from its first."""
    groups: list[list[Contact]] = []
    for record in records:
        if groups and record.closed_at - groups[-1][0].closed_at <= DAY_SECONDS:
            groups[-1].append(record)
        else:
            groups.append([record])
    return groups


def merged(group: Sequence[Contact]) -> Contact:
    """One contact: known and booked as its first record, with the time of all that are charged, passed on if one of
    those was."""
    first = group[0]
    if len(group) == 1:
        return first
    charged = [record for record in group if not record.excused]
    return msgspec.structs.replace(
        first,
        handle_seconds=sum(record.handle_seconds for record in charged or group),
        transferred=any(record.transferred for record in charged or group),
        excused="" if charged else first.excused,
    )
