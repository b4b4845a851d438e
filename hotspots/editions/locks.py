"""Locks that the operating system releases when their holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from hotspots.editions.durable import disk_errors_named
from hotspots.errors import BusyError


@contextmanager
def file_lock(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold an exclusive lock on ``path``, whose text names the holder.

    Raises
    ------
    BusyError
        If somebody else holds it and ``wait`` is false.
    EditionError
        If the disk is full or fails.
    """
    with disk_errors_named("taking the lock", path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _take(descriptor, path, wait=wait)
        with disk_errors_named("taking the lock", path):
            _sign(descriptor)
        try:
            yield
        finally:
            # Unlocking by hand also frees it where a forked worker still has the descriptor.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, *, wait: bool) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 200, 0).decode("ascii", "replace").strip() or "another process"
        raise BusyError(
            f"{path.stem} is being worked on by {holder}.", remedy="Wait until it is finished, or stop it."
        ) from error


def _sign(descriptor: int) -> None:
    """Say who holds the lock, for those who find it held."""
    note = f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode()
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, note, 0)
