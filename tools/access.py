"""Writes the table of docs/access.md from the one in web/access.py: `python tools/access.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from web.access import ACCESS, BOARD, FIGURES, Found, may
from web.identity import PERSON_ROLES, Identity, Person, Screen

PAGE = Path(__file__).resolve().parent.parent / "docs" / "access.md"
BEGIN, END = "<!-- the table begins -->\n", "<!-- the table ends -->\n"


def table() -> str:
    """One line an address: who may when sign-in is configured."""
    people = [Identity(person=Person(account="", name="", roles=frozenset({role}))) for role in PERSON_ROLES]
    asking = [Identity(), *people, Identity(screen=Screen(display="", boards=("",)))]
    lines = [
        f"| address | anyone | {' | '.join(PERSON_ROLES)} | display | |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for key, row in ACCESS.items():
        found = Found(row, key, {"board": ""})
        marks = ["yes" if may(found, who, open_figures=False) else "-" for who in asking]
        notes = ["open while no sign-in is configured"] if row.grant in (FIGURES, BOARD) else []
        notes += ["a display: its own boards"] if row.grant == BOARD else []
        notes += ["not while `people.processing` is off"] if row.of_persons else []
        lines.append(f"| `{key}` | {' | '.join(marks)} | {'; '.join(notes)} |")
    return "\n".join(lines) + "\n"


def with_table(page: str) -> str:
    """The page with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE} is written.\n")
