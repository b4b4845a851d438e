"""What long work looks like in a terminal: bars where somebody watches, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress
from rich.table import Table
from rich.text import Text

from hotspots.progress import Progress

WIDE = 10_000
"""Columns of a table that no terminal shows: a program that reads it gets each row on one line, with nothing cut."""
WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE

# Names come from data, so what looks like markup or :an_emoji: is printed as it stands; styles are given apart.
out = Console(width=WIDTH, highlight=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, markup=False, emoji=False)


def printable(text: str) -> str:
    """``text`` from data with what could steer a terminal replaced."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def say(text: str) -> None:
    """Print a line that a terminal may fold but nothing here breaks, so that paths and lists stay whole."""
    out.print(printable(text), soft_wrap=True)


def fail(text: str) -> None:
    """Print an error to the standard error stream."""
    err.print(Text.assemble(("Error:", "red"), " ", printable(text)), soft_wrap=True)


def columns(*headings: str, whole: tuple[str, ...] = (), numbers: tuple[str, ...] = (), header: bool = True) -> Table:
    """A table without lines. Those of ``numbers`` stand to the right; they and ``whole`` ones are never folded."""
    table = Table(box=None, pad_edge=False, show_header=header)
    for heading in headings:
        number = heading in numbers
        table.add_column(heading, justify="right" if number else "left", no_wrap=number or heading in whole)
    return table


def cut(text: str) -> Text:
    """``text`` from data as a cell whose lines are never folded: where one does not fit it ends in an ellipsis."""
    return Text("\n".join(map(printable, text.split("\n"))), no_wrap=True, overflow="ellipsis")


class Bars:
    """One bar a stage, on a terminal."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def start(self, stage: str, total: int) -> None:
        """Add the stage's bar."""
        self._tasks[stage] = self._bars.add_task(stage, total=total or None, note="")

    def advance(self, stage: str) -> None:
        """Move the stage's bar by one."""
        self._bars.advance(self._tasks[stage])

    def finish(self, stage: str, note: str) -> None:
        """Fill the stage's bar and say how it ended."""
        if stage not in self._tasks:
            self.start(stage, 1)
        task = self._tasks[stage]
        total = self._bars.tasks[self._bars.task_ids.index(task)].total or 1
        self._bars.update(task, total=total, completed=total, note=printable(note))
        self._bars.stop_task(task)


class Lines:
    """One line a stage, where nobody watches: logs, pipes, scheduled jobs."""

    def __init__(self) -> None:
        self._started: dict[str, float] = {}

    def start(self, stage: str, total: int) -> None:
        """Remember when the stage began."""
        self._started[stage] = time.monotonic()

    def advance(self, stage: str) -> None:
        """Say nothing."""

    def finish(self, stage: str, note: str) -> None:
        """Print the stage, how long it took and how it ended."""
        seconds = time.monotonic() - self._started.pop(stage, time.monotonic())
        err.print(f"{stage}: {seconds:.1f} s" + (f" ({printable(note)})" if note else ""), soft_wrap=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars on a terminal, lines elsewhere."""
    if not err.is_terminal:
        yield Lines()
        return
    parts = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description:<14}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", style="dim", markup=False),
    )
    with RichProgress(*parts, console=err) as bars:
        yield Bars(bars)
