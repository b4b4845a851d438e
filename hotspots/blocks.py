"""The executor that the blocks of a stage run on.

A task is a plain function ``fn(context, item)``: the context is what all tasks of a stage read and none changes, and
goes to each worker once; the item says which part to work on, and the result is an aggregate or a small window. All
four can be pickled, so that the task runs in another process as it does in a thread.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, Protocol, TypeVar

Context = TypeVar("Context")
Item = TypeVar("Item")
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)

AHEAD: Final = 4
"""Tasks a worker that may be under way or finished while an earlier one is waited for: what bounds the memory."""


class Pending(Protocol[Result_co]):
    """A result that will be there: the part of concurrent.futures.Future that is needed, which Dask's has too."""

    def result(self) -> Result_co:
        """Wait for it; an exception of the task is raised here."""


class Executor(Protocol):
    """What blocks run on."""

    @property
    def workers(self) -> int:
        """How many tasks run at the same time."""

    def share(self, context: Any) -> Any:
        """Bring ``context`` to the workers; what `submit` takes in its place."""

    def submit(self, fn: Callable[[Any, Item], Result], shared: Any, item: Item) -> Pending[Result]:
        """Start ``fn(context, item)``."""


class Threads:
    """Local threads: they read the same context."""

    def __init__(self, pool: ThreadPoolExecutor, workers: int) -> None:
        self._pool = pool
        self.workers = workers

    def share(self, context: Any) -> Any:
        """The context itself."""
        return context

    def submit(self, fn: Callable[[Any, Item], Result], shared: Any, item: Item) -> Pending[Result]:
        """Start ``fn(shared, item)``."""
        return self._pool.submit(fn, shared, item)


@contextmanager
def threads(workers: int | None = None) -> Iterator[Threads]:
    """Local threads, the default executor: NumPy, SciPy and GDAL release the GIL where the time goes.

    Leaving by an exception (Ctrl-C among them) cancels what has not started.

    Parameters
    ----------
    workers:
        One a processor by default.
    """
    workers = workers or os.cpu_count() or 1
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        yield Threads(pool, workers)
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()


def run(
    executor: Executor,
    fn: Callable[[Context, Item], Result],
    context: Context,
    items: Iterable[Item],
    on_done: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """``fn(context, item)`` of every item, in the order of the items, whichever worker is faster.

    What is added up from the results is the same to the last bit on any executor. ``on_done`` is called once a result.
    """
    shared = executor.share(context)
    most_waiting = AHEAD * executor.workers
    waiting: deque[Pending[Result]] = deque()
    for item in items:
        if len(waiting) == most_waiting:
            yield _taken(waiting, on_done)
        waiting.append(executor.submit(fn, shared, item))
    while waiting:
        yield _taken(waiting, on_done)


def _taken(waiting: deque[Pending[Result]], on_done: Callable[[], None]) -> Result:
    result = waiting.popleft().result()
    on_done()
    return result
