"""Tasks on an executor: results in the order of the items, few of them held, each context brought once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hotspots.blocks import AHEAD, Item, Pending, Result, run, threads


def _slow_first(context: int, item: int) -> int:
    time.sleep(0.02 if item == 0 else 0.0)
    return context * item


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    with threads(workers) as executor:
        assert list(run(executor, _slow_first, 10, range(20))) == list(range(0, 200, 10))


class Ready:
    """A result that is there."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def result(self) -> Any:
        return self.value


class Counting:
    """Two workers that note what they are given."""

    workers = 2

    def __init__(self) -> None:
        self.shared: list[object] = []
        self.submitted = 0

    def share(self, context: Any) -> Any:
        self.shared.append(context)
        return context

    def submit(self, fn: Callable[[Any, Item], Result], shared: Any, item: Item) -> Pending[Result]:
        self.submitted += 1
        return Ready(fn(shared, item))


def test_a_context_is_shared_once_and_few_results_wait() -> None:
    executor = Counting()
    ahead = []
    taken = 0
    for _ in run(executor, _slow_first, "a", range(100)):
        ahead.append(executor.submitted - taken)
        taken += 1
    assert executor.shared == ["a"]
    assert taken == executor.submitted == 100
    assert max(ahead) == AHEAD * executor.workers


def test_every_result_is_told_once() -> None:
    told: list[None] = []
    with threads(2) as executor:
        results: Iterator[int] = run(executor, _slow_first, 1, range(7), lambda: told.append(None))
        assert len(list(results)) == len(told) == 7


def _fail_at_0(started: list[int], item: int) -> None:
    started.append(item)
    if item == 0:
        raise ZeroDivisionError
    time.sleep(0.01)


def test_an_error_of_a_task_is_raised_and_the_rest_is_not_started() -> None:
    started: list[int] = []
    with pytest.raises(ZeroDivisionError), threads(1) as executor:
        list(run(executor, _fail_at_0, started, range(100)))
    assert len(started) <= AHEAD
