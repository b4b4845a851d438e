"""Tasks that the workers of tests/data_pipelines/test_cluster.py run; a worker that imports this is soon ready."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from hotspots.errors import InputError


class Told:
    """A context that notes in a file every time it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return (_arrived, (self.file,))


def _arrived(file: Path) -> Told:
    with file.open("a") as log:
        log.write(f"{os.getpid()}\n")
    return Told(file)


def ending_times(context: Told, item: int) -> int:
    time.sleep(0.01)
    return item * len(context.file.suffix)


def wait(_context: None, seconds: float) -> None:
    time.sleep(seconds)


def refuse(_context: None, _item: int) -> None:
    raise InputError("is bad.", source="people.tif", remedy="Take another.")


def die(_context: None, _item: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
