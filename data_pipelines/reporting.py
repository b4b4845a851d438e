"""How far a refresh is, written to its job while somebody else watches it too."""

from __future__ import annotations

import threading
import time

from hotspots.editions.jobs import Jobs
from hotspots.progress import Progress

EVERY_S = 2.0
"""No more often than this within a stage: each report is a durable write."""


class Reported:
    """Tells ``listener`` and the job's row."""

    def __init__(self, listener: Progress, jobs: Jobs, job: str) -> None:
        self._listener = listener
        self._jobs = jobs
        self._job = job
        self._lock = threading.Lock()
        self._parts: dict[str, tuple[int, int]] = {}
        self._written = float("-inf")

    def start(self, stage: str, total: int) -> None:
        """The stage begins."""
        self._listener.start(stage, total)
        with self._lock:
            self._parts[stage] = (0, total)
            self._write(stage, 0, f"{stage} begins")

    def advance(self, stage: str) -> None:
        """One of its parts is finished."""
        self._listener.advance(stage)
        with self._lock:
            done, total = self._parts[stage]
            self._parts[stage] = (done + 1, total)
            if total and time.monotonic() - self._written >= EVERY_S:
                self._write(stage, min(100 * (done + 1) // total, 100), "")

    def finish(self, stage: str, note: str) -> None:
        """The stage ended."""
        self._listener.finish(stage, note)
        with self._lock:
            self._write(stage, 100, f"{stage} ended{f': {note}' if note else ''}")

    def _write(self, stage: str, percent: int, line: str) -> None:
        self._jobs.report(self._job, stage, percent, line)
        self._written = time.monotonic()
