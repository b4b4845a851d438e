"""Values that are kept because they never change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """The ``limit`` values asked for last, each made once; for many threads.

    A value that is dropped is not closed, for another thread may be reading it: it goes with its last user.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def forget(self, drop: Callable[[Key], bool]) -> None:
        """Keep no value whose key ``drop`` names."""
        with self._lock:
            for key in [key for key in self._values if drop(key)]:
                del self._values[key]

    def held(self, key: Key) -> Value | None:
        """The value of ``key`` where it is kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of ``key``, made by ``make`` where it is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        made = make()
        with self._lock:
            value = self._values.setdefault(key, made)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)
        return value
