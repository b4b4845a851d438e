"""How many requests compute at once in a process, so that what is only read finds a thread."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hotspots.errors import BusyError


class Slots:
    """``at_once`` requests compute, ``waiting`` more wait for ``wait_s`` seconds; whoever comes then is sent away."""

    def __init__(self, at_once: int, waiting: int, wait_s: float) -> None:
        self._admitted = threading.BoundedSemaphore(at_once + waiting)
        self._computing = threading.BoundedSemaphore(at_once)
        self._wait_s = wait_s

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Compute inside.

        Raises
        ------
        BusyError
            If too many wait already, or it takes too long until one is done.
        """
        with _held(self._admitted, 0.0), _held(self._computing, self._wait_s):
            yield


@contextmanager
def _held(semaphore: threading.BoundedSemaphore, wait_s: float) -> Iterator[None]:
    if not semaphore.acquire(timeout=wait_s):
        raise BusyError("too much is asked for at once.", remedy="Ask again in a few seconds.")
    try:
        yield
    finally:
        semaphore.release()


HEAVY = Slots(at_once=2 * (os.cpu_count() or 1), waiting=16, wait_s=10.0)
"""For what takes long: rendered tiles and pages of features. A process has 40 threads (anyio): others remain."""
AREAS = Slots(at_once=4, waiting=0, wait_s=0.0)
"""For statistics of areas, which take much memory."""
COMPARISONS = Slots(at_once=1, waiting=0, wait_s=0.0)
"""For comparisons of editions, which hold every layer of both."""
