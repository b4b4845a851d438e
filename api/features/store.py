"""The features of one layer of an edition, asked by SQL: which match, and what they are."""

from __future__ import annotations

import json
import sqlite3
import time
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from api.features.condition import Condition
from api.kept import Kept
from data_pipelines.outputs.feature_store import quoted
from hotspots.errors import BusyError

KEPT_ANSWERS = 32
LONGEST_S = 10.0
STEPS_BETWEEN_LOOKS = 20_000


@dataclass(frozen=True)
class Row:
    """One feature: geometry as WKB and GeoJSON text in longitude and latitude, properties as JSON text."""

    id: str
    wkb: bytes
    geometry: str
    properties: str

    def told(self, names: Sequence[str]) -> list[Any]:
        """The values of some properties, None for one that the layer does not have."""
        known = json.loads(self.properties)
        return [known.get(name) for name in names]


@dataclass(frozen=True)
class Sort:
    """A property to sort by; missing values come last either way."""

    name: str
    descending: bool

    @property
    def sql(self) -> str:
        """Its term after ORDER BY."""
        return f"{quoted(self.name)} IS NULL, {quoted(self.name)}{' DESC' if self.descending else ''}"


class FeatureStore:
    """Reads one file of `data_pipelines.outputs.feature_store`; for many threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._answers: Kept[tuple[object, ...], Sequence[int]] = Kept(KEPT_ANSWERS)

    @cached_property
    def about(self) -> dict[str, Any]:
        """What the layer is: name, title, meaning, id_field, geometry, bbox and notices."""
        with self._open() as database:
            about: dict[str, Any] = json.loads(database.execute("SELECT about FROM layer").fetchone()[0])
        return about

    @cached_property
    def fields(self) -> tuple[dict[str, Any], ...]:
        """Name, title, meaning, kind and unit of every property; ``asked`` where it can be asked for."""
        with self._open() as database:
            return tuple(json.loads(row[0]) for row in database.execute("SELECT about FROM field ORDER BY position"))

    @cached_property
    def columns(self) -> dict[str, str]:
        """Kind by name of the properties that can be asked for."""
        return {field["name"]: field["kind"] for field in self.fields if field["asked"]}

    @cached_property
    def count(self) -> int:
        """How many features there are."""
        with self._open() as database:
            found: int = database.execute("SELECT count(*) FROM feature").fetchone()[0]
        return found

    def matching(self, condition: Condition, sort: tuple[Sort, ...]) -> Sequence[int]:
        """The numbers of all features that match, in order. Kept, so that later pages cost nothing.

        Raises
        ------
        BusyError
            If it takes longer than LONGEST_S.
        """
        if condition.sql == "1" and not sort:
            return range(1, self.count + 1)
        return self._answers.get((*condition.key, sort), lambda: self._find(condition, sort))

    def rows(self, numbers: Sequence[int]) -> Iterator[Row]:
        """The features with these numbers, in their order."""
        asked = (
            "SELECT feature_id, wkb, geometry, properties FROM json_each(?) AS number"
            " CROSS JOIN feature ON fid = number.value ORDER BY number.key"
        )
        with self._open() as database:
            for values in database.execute(asked, (json.dumps(list(numbers)),)):
                yield Row(*values)

    def one(self, feature_id: str) -> Row | None:
        """The feature of an id."""
        with self._open() as database:
            asked = "SELECT feature_id, wkb, geometry, properties FROM feature WHERE feature_id = ?"
            found = database.execute(asked, (feature_id,)).fetchone()
        return None if found is None else Row(*found)

    def _find(self, condition: Condition, sort: tuple[Sort, ...]) -> Sequence[int]:
        order = ", ".join([*(item.sql for item in sort), "fid"])
        asked = f"SELECT fid FROM feature WHERE {condition.sql} ORDER BY {order}"
        with self._open() as database:
            database.create_function("casei", 1, _folded, deterministic=True)
            database.create_function("accenti", 1, _unaccented, deterministic=True)
            database.create_function("test", 2, lambda number, wkb: condition.tests[number](wkb), deterministic=True)
            database.execute("PRAGMA case_sensitive_like = ON")
            end = time.monotonic() + LONGEST_S
            database.set_progress_handler(lambda: time.monotonic() > end, STEPS_BETWEEN_LOOKS)
            try:
                return array("q", (row[0] for row in database.execute(asked, condition.values)))
            except sqlite3.OperationalError as error:
                if "interrupted" in str(error):
                    raise BusyError("the question takes too long.", remedy="Ask for less: a smaller bbox.") from error
                raise

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # Immutable: an edition's file never changes, so no lock is taken; a connection serves one thread.
        database = sqlite3.connect(f"{self._path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            yield database
        finally:
            database.close()


def _folded(text: str | float | None) -> str | float | None:
    return text.casefold() if isinstance(text, str) else text


def _unaccented(text: str | float | None) -> str | float | None:
    if not isinstance(text, str):
        return text
    return "".join(part for part in unicodedata.normalize("NFD", text) if not unicodedata.combining(part))
