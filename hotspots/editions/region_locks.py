"""Who works on which region: one thread of one process at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hotspots.editions.database import Database
from hotspots.editions.layout import Layout, check_region_id


class RegionLocks:
    """The locks of a store's regions; a thread may nest them.

    Parameters
    ----------
    recover:
        Told of a region whenever its lock was taken, before anything else is done.
    """

    def __init__(self, database: Database, layout: Layout, recover: Callable[[str], None]) -> None:
        self._database = database
        self._layout = layout
        self._recover = recover
        self._own = threading.local()

    @contextmanager
    def hold(self, region: str) -> Iterator[None]:
        """Be the only one to work on ``region``; BusyError, which names the other, if somebody else does."""
        check_region_id(region)
        held = self._held()
        if region in held:
            yield
            return
        with self._database.lock(self._layout.lock(f"region-{region}")):
            self._recover(region)
            held.add(region)
            try:
                yield
            finally:
                held.discard(region)

    def held(self, region: str) -> bool:
        """Whether this thread holds the lock of ``region``."""
        return region in self._held()

    def _held(self) -> set[str]:
        regions: set[str] = self._own.__dict__.setdefault("regions", set())
        return regions
