"""What the routes read: editions and their tile files, kept open because an edition never changes."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from fastapi import Request

from api.settings import Settings
from hotspots.editions import Edition, Store
from hotspots.errors import NotFoundError
from tiles.read import VectorTiles

CURRENT = "current"
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


class Editions:
    """The editions of one store."""

    def __init__(self, settings: Settings) -> None:
        self.store = Store(settings.home)
        self._editions: Kept[tuple[str, str], Edition] = Kept(settings.max_open_layers)
        self._tiles: Kept[tuple[str, str, str], VectorTiles] = Kept(settings.max_open_layers)
        self._documents: Kept[tuple[str, str, str], Any] = Kept(settings.max_open_layers)

    def current_id(self, region: str) -> str:
        """The id of the current edition of ``region``; NotFoundError if there is none."""
        state = self.store.region(region)
        return state.current or self.store.current(region).id

    def get(self, region: str, edition: str) -> Edition:
        """An edition by its id; NotFoundError if there is none such."""
        return self._editions.get((region, edition), lambda: self.store.edition(region, edition))

    def tiles(self, edition: Edition, layer: str) -> VectorTiles:
        """The vector tiles of a layer; NotFoundError if the edition has none of it."""
        path = edition.path(f"tiles/{layer}.pmtiles")
        return self._tiles.get((edition.region, edition.id, layer), lambda: VectorTiles(path))

    def document(self, edition: Edition, path: str) -> Any:
        """A JSON file of the edition, parsed. Not to be changed by the caller.

        Raises
        ------
        NotFoundError
            If the manifest does not list it.
        """
        file = edition.path(path)
        return self._documents.get(
            (edition.region, edition.id, path), lambda: json.loads(file.read_text(encoding="utf-8"))
        )

    def has(self, edition: Edition, path: str) -> bool:
        """Whether the manifest lists a file at ``path``."""
        try:
            edition.file(path)
        except NotFoundError:
            return False
        return True


def editions_of(request: Request) -> Editions:
    """The editions the application was made with (a FastAPI dependency)."""
    editions: Editions = request.app.state.editions
    return editions
