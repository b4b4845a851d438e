"""Tiles at serving time, out of a PMTiles file."""

from __future__ import annotations

import gzip
import json
import os
import weakref
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from pmtiles.tile import (
    Compression,
    Entry,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from hotspots.errors import CorruptEditionError, NotFoundError

HEADER_BYTES = 127
MAX_DEPTH = 4


def joined(tiles: Sequence[bytes | None]) -> bytes | None:
    """Gzipped vector tiles of one place, each with layers of its own, as one tile; None where all are None.

    A vector tile is a message of repeated layers, and such messages one after the other are one with all of them
    (Protocol Buffers, Encoding, "Last One Wins": repeated fields are concatenated).
    """
    found = [tile for tile in tiles if tile is not None]
    if len(found) < 2:
        return found[0] if found else None
    return gzip.compress(b"".join(gzip.decompress(tile) for tile in found), mtime=0)


class TileArchive:
    """The tiles of one layer. Reads by position (``os.pread``) and keeps parsed directories: safe for many threads.

    Vector tiles are gzipped, as `tiles.build` makes them; those of rasters are plain PNG.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise NotFoundError("there is no such tile file.", source=path)
        self.path = path
        self._fd = os.open(path, os.O_RDONLY)
        self._close = weakref.finalize(self, os.close, self._fd)
        try:
            self.header: dict[str, Any] = deserialize_header(self._bytes(0, HEADER_BYTES))
            self.metadata: dict[str, Any] = json.loads(self._metadata())
        except Exception as error:
            self._close()
            raise CorruptEditionError(
                f"not a readable PMTiles file ({error}).", source=path, remedy="Run `hotspots verify` and refresh."
            ) from error
        self._directory = lru_cache(maxsize=256)(self._read_directory)

    @property
    def is_vector(self) -> bool:
        """Whether the tiles are Mapbox vector tiles; PNG otherwise."""
        return bool(self.header["tile_type"] == TileType.MVT)

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """The tile as stored; None where the layer has nothing, or outside its zooms."""
        if not (self.header["min_zoom"] <= z <= self.header["max_zoom"] and 0 <= x < 2**z and 0 <= y < 2**z):
            return None
        tile_id = zxy_to_tileid(z, x, y)
        offset, length = self.header["root_offset"], self.header["root_length"]
        for _ in range(MAX_DEPTH):
            entry: Entry | None = find_tile(self._directory(offset, length), tile_id)
            if entry is None:
                return None
            if entry.run_length > 0:
                return self._bytes(self.header["tile_data_offset"] + entry.offset, entry.length)
            offset, length = self.header["leaf_directory_offset"] + entry.offset, entry.length
        raise CorruptEditionError("its directories are nested too deep.", source=self.path)

    def tilejson(self, tiles_url: str) -> dict[str, Any]:
        """TileJSON 3.0.0, with ``tiles_url`` as the template that holds {z}, {x} and {y}."""
        header = self.header
        bounds = [header[key] / 1e7 for key in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")]
        document = {
            "tilejson": "3.0.0",
            "name": self.metadata.get("name", ""),
            "description": self.metadata.get("description", ""),
            "attribution": self.metadata.get("attribution", ""),
            "tiles": [tiles_url],
            "minzoom": header["min_zoom"],
            "maxzoom": header["max_zoom"],
            "bounds": bounds,
            "center": [header["center_lon_e7"] / 1e7, header["center_lat_e7"] / 1e7, header["center_zoom"]],
        }
        return document | ({"vector_layers": self.metadata["vector_layers"]} if self.is_vector else {"format": "png"})

    def close(self) -> None:
        """Give the file back; happens by itself with the last reference."""
        self._close()

    def __enter__(self) -> TileArchive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _bytes(self, offset: int, length: int) -> bytes:
        data = os.pread(self._fd, length, offset)
        if len(data) != length:
            raise CorruptEditionError("it ends too early.", source=self.path, remedy="Run `hotspots verify`.")
        return data

    def _metadata(self) -> bytes:
        stored = self._bytes(self.header["metadata_offset"], self.header["metadata_length"])
        return gzip.decompress(stored) if self.header["internal_compression"] == Compression.GZIP else stored

    def _read_directory(self, offset: int, length: int) -> list[Entry]:
        entries: list[Entry] = deserialize_directory(self._bytes(offset, length))
        return entries
