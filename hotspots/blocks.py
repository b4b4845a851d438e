"""Blocks with halo, and the executor they run on.

A stage cuts the grid into blocks, gives each task its block grown by a halo (the reach of the computation),
and writes only the block's core. The result does not depend on how the grid was cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Block:
    """One block: ``rows``, ``cols`` is its core; ``halo_rows``, ``halo_cols`` what it must read."""

    rows: slice
    cols: slice
    halo_rows: slice
    halo_cols: slice

    @property
    def core_in_halo(self) -> tuple[slice, slice]:
        """Where the core lies in an array read over the halo."""
        top, left = self.rows.start - self.halo_rows.start, self.cols.start - self.halo_cols.start
        height, width = self.rows.stop - self.rows.start, self.cols.stop - self.cols.start
        return (slice(top, top + height), slice(left, left + width))


def plan(shape: tuple[int, int], size: int, halo: tuple[int, int]) -> list[Block]:
    """Blocks of at most ``size`` × ``size`` cells that cover ``shape`` once, with ``halo`` (rows, cols) inside it."""
    return [
        Block(rows, cols, _grown(rows, halo[0], shape[0]), _grown(cols, halo[1], shape[1]))
        for rows in _spans(shape[0], size)
        for cols in _spans(shape[1], size)
    ]


def _spans(length: int, size: int) -> Iterator[slice]:
    for start in range(0, length, size):
        yield slice(start, min(start + size, length))


def _grown(span: slice, by: int, length: int) -> slice:
    return slice(max(span.start - by, 0), min(span.stop + by, length))


class Executor(Protocol):
    """What blocks run on: the part of concurrent.futures.Executor that is needed, which Dask's client has too."""

    def submit(self, fn: Callable[[Item], Result], item: Item, /) -> Future[Result]:
        """Start ``fn(item)``."""


@contextmanager
def threads(workers: int | None = None) -> Iterator[Executor]:
    """Local threads, the default executor: NumPy, SciPy and GDAL release the GIL where the time goes.

    Leaving by an exception (Ctrl-C among them) cancels what has not started.
    """
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=True, cancel_futures=True)
        raise
    pool.shutdown()


def run(
    executor: Executor,
    fn: Callable[[Item], Result],
    items: Sequence[Item],
    on_done: Callable[[], None] = lambda: None,
) -> Iterable[tuple[Item, Result]]:
    """``fn`` of every item, as they finish; ``on_done`` is called once an item.

    The order is that of completion: whoever consumes the results must not let the order change them.
    """
    futures = {executor.submit(fn, item): item for item in items}
    for future in as_completed(futures):
        on_done()
        yield futures.pop(future), future.result()
