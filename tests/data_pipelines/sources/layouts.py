"""Changes to a published table that no adapter may take for the same table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

Rows = list[list[str]]
Change = Callable[[Rows], Rows]


def changed(path: Path, folder: Path, change: Change) -> Path:
    """A copy of the CSV ``path`` under its own name, with ``change`` made to its rows; the first is the header."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    copy = folder / path.name
    with copy.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(change(rows))
    return copy


def renamed(column: str) -> Change:
    return lambda rows: [[f"{name}_new" if name == column else name for name in rows[0]], *rows[1:]]


def every(column: str, to: Callable[[str], str]) -> Change:
    """Every value of a column changed."""

    def change(rows: Rows) -> Rows:
        at = rows[0].index(column)
        return [rows[0], *([*row[:at], to(row[at]), *row[at + 1 :]] for row in rows[1:])]

    return change


def without_row(number: int) -> Change:
    """Without a row of data, counted from 1."""
    return lambda rows: [row for index, row in enumerate(rows) if index != number]
