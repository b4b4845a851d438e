"""What long work looks like in a terminal: bars where somebody watches, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

from hotspots.progress import Progress

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


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
        self._bars.update(task, total=total, completed=total, note=note)
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
        err.print(f"{stage}: {seconds:.1f} s" + (f" ({note})" if note else ""), soft_wrap=True)


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars on a terminal, lines elsewhere."""
    if not err.is_terminal:
        yield Lines()
        return
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description:<14}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[note]}"),
    )
    with RichProgress(*columns, console=err) as bars:
        yield Bars(bars)
