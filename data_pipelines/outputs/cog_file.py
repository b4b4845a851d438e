"""A cloud-optimised GeoTIFF put together from tiles that are compressed already.

GDAL's COG driver compresses one raster after the other and makes its own overviews, which cannot sum. Here bands of a
raster are encoded where they are computed, in any order and by any worker, and wait in scratch files; the file itself
is then only copied together. What describes the place and the layer is taken from a GeoTIFF that GDAL writes.

Source of the layout: TIFF 6.0, BigTIFF, and GDAL's description of its COG driver.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rasterio.crs import CRS
from rasterio.io import MemoryFile

from data_pipelines.outputs.cog_tiles import BLOCK, Plane, encoded, halved
from hotspots.blocks import Executor, run
from hotspots.grid import AnalysisGrid

_GHOST = (
    b"LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n"
    b"BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n "
)
_LEADER, _TRAILER = 4, 4
"""Bytes before and after each tile: its size, and its last bytes once more, by which GDAL reads it in one request."""
_DESCRIBING = {33550, 33922, 34264, 34735, 34736, 34737, 42112}
_NODATA = (42113, 2, b"nan\x00")
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 12: 8, 16: 8}
"""Bytes of one value of the field types BYTE, ASCII, SHORT, LONG, DOUBLE and LONG8."""
_LARGEST_CLASSIC = 4_000_000_000

Sizes = npt.NDArray[np.uint64]
Entry = tuple[int, int, bytes]
"""Tag, field type and value of an entry of a TIFF directory."""


@dataclass(frozen=True)
class About:
    """Where a raster lies and what it is: its grid, tags, title and unit."""

    grid: AnalysisGrid
    tags: Mapping[str, str]
    title: str
    unit: str


@dataclass(frozen=True)
class CogScratch:
    """Where the bands of one raster wait to be put together: plain files, which any worker can write.

    ``extensive`` says whether a cell of an overview is the sum or the mean of those under it.
    """

    folder: Path
    shape: tuple[int, int]
    extensive: bool

    def write(self, band: int, values: Plane, level: int = 0) -> None:
        """Encode band ``band`` (512 rows, the last may have fewer) of a level and add it to the overview above."""
        tiles = encoded(values)
        sizes = np.array([len(tile) for tile in tiles], dtype=np.uint64)
        self._file(level, band, "sizes").write_bytes(sizes.tobytes())
        with self._file(level, band, "tiles").open("wb", buffering=0) as file:
            for tile in tiles:
                file.write(struct.pack("<I", len(tile)) + tile + tile[-_TRAILER:])
        if level + 1 < len(self.levels):
            self._file(level, band, "half").write_bytes(halved(values, self.extensive).tobytes())

    @property
    def levels(self) -> list[tuple[int, int]]:
        """(rows, cols) of the raster and its overviews, each half the size, until one block holds it."""
        shapes = [self.shape]
        while max(shapes[-1]) > BLOCK:
            shapes.append(((shapes[-1][0] + 1) // 2, (shapes[-1][1] + 1) // 2))
        return shapes

    def finish(self, path: Path, about: About, executor: Executor) -> None:
        """Make the overviews of the bands, all of which are written, and the file."""
        for level in range(1, len(self.levels)):
            for _ in run(executor, _overview, (self, level), range(self.bands(level))):
                pass
        described = _description(about)
        sizes = [self._sizes(level) for level in range(len(self.levels))]
        total = sum(int(size.sum()) + (_LEADER + _TRAILER) * size.size for size in sizes)
        header = _header(self.levels, sizes, described, big=total > _LARGEST_CLASSIC)
        with path.open("wb") as target:
            target.write(header)
            for level in reversed(range(len(self.levels))):
                for band in range(self.bands(level)):
                    with self._file(level, band, "tiles").open("rb") as source:
                        shutil.copyfileobj(source, target, 1 << 22)

    def above(self, level: int, band: int) -> Plane:
        """A band of an overview from the halves of the two bands under it."""
        cols = self.levels[level][1]
        below = range(2 * band, min(2 * band + 2, self.bands(level - 1)))
        halves = [np.fromfile(self._file(level - 1, number, "half"), dtype=np.float32) for number in below]
        return np.concatenate(halves).reshape(-1, cols)

    def _sizes(self, level: int) -> Sizes:
        parts = [np.fromfile(self._file(level, band, "sizes"), dtype=np.uint64) for band in range(self.bands(level))]
        return np.concatenate(parts)

    def bands(self, level: int = 0) -> int:
        """How many bands of 512 rows a level has."""
        return -(-self.levels[level][0] // BLOCK)

    def _file(self, level: int, band: int, kind: str) -> Path:
        return self.folder / f"{level}_{band}.{kind}"


def _overview(context: tuple[CogScratch, int], band: int) -> None:
    scratch, level = context
    scratch.write(band, scratch.above(level, band), level)


def _description(about: About) -> list[Entry]:
    """The entries with which GDAL says where the raster lies and what it is."""
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            height=1,
            width=1,
            count=1,
            dtype="float32",
            crs=CRS.from_wkt(about.grid.crs_wkt),
            transform=about.grid.transform,
        ) as template:
            template.update_tags(**about.tags)
            template.set_band_description(1, about.title)
            template.set_band_unit(1, about.unit)
        data = bytes(memory.getbuffer())
    return [entry for entry in _entries(data) if entry[0] in _DESCRIBING]


def _entries(data: bytes) -> Iterator[Entry]:
    """The first directory of a little-endian classic TIFF."""
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    for index in range(count):
        at = start + 2 + 12 * index
        tag, kind, number = struct.unpack_from("<HHI", data, at)
        size = number * _SIZES[kind]
        place = at + 8 if size <= 4 else struct.unpack_from("<I", data, at + 8)[0]
        yield tag, kind, data[place : place + size]


def _header(levels: Sequence[tuple[int, int]], sizes: Sequence[Sizes], described: Sequence[Entry], big: bool) -> bytes:
    """Everything before the tiles, which follow from the smallest overview to the raster itself."""
    wide = "Q" if big else "I"
    length = 0
    header = b""
    # Twice: how long the header is does not depend on the offsets in it.
    for _ in range(2):
        header = struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0) if big else struct.pack("<2sHI", b"II", 42, 0)
        header += b"GDAL_STRUCTURAL_METADATA_SIZE=%06d bytes\n" % len(_GHOST) + _GHOST
        header += b"\x00" * (-len(header) % 8)
        offset = length
        offsets: list[Sizes] = []
        for size in reversed(sizes):
            stored = size + np.uint64(_LEADER + _TRAILER)
            first = np.concatenate([[0], np.cumsum(stored[:-1])]).astype(np.uint64)
            offsets.insert(0, offset + _LEADER + first)
            offset += int(stored.sum())
        link = 8 if big else 4
        for level, shape in enumerate(levels):
            start = len(header)
            header = header[:link] + struct.pack(f"<{wide}", start) + header[link + struct.calcsize(wide) :]
            entries = [*_layout(shape, level), *(described if level == 0 else ()), _NODATA]
            entries += [(324, 16 if big else 4, offsets[level].astype(f"<u{struct.calcsize(wide)}").tobytes())]
            entries += [(325, 4, sizes[level].astype("<u4").tobytes())]
            block, link = _directory(sorted(entries), start, big)
            header += block
        length = len(header)
    return header


def _layout(shape: tuple[int, int], level: int) -> list[Entry]:
    """How the cells of a level are stored: tiled float32, ZSTD over the floating-point predictor."""
    short: dict[int, int] = {258: 32, 259: 50000, 262: 1, 277: 1, 284: 1, 317: 3, 322: BLOCK, 323: BLOCK, 339: 3}
    long = {254: 1 if level else 0, 256: shape[1], 257: shape[0]}
    return [
        *((tag, 3, struct.pack("<H", value)) for tag, value in short.items()),
        *((tag, 4, struct.pack("<I", value)) for tag, value in long.items()),
    ]


def _directory(entries: Sequence[Entry], start: int, big: bool) -> tuple[bytes, int]:
    """A directory at ``start`` with its values behind it, and where in the file the link to the next one stands."""
    wide, room = ("Q", 8) if big else ("I", 4)
    head = struct.pack("<Q" if big else "<H", len(entries))
    link = start + len(head) + len(entries) * (4 + 2 * room)
    values = b""
    after = link + room
    after += -after % 8
    for tag, kind, value in entries:
        head += struct.pack(f"<HH{wide}", tag, kind, len(value) // _SIZES[kind])
        if len(value) <= room:
            head += value.ljust(room, b"\x00")
        else:
            head += struct.pack(f"<{wide}", after + len(values))
            values += value + b"\x00" * (-len(value) % 8)
    head += b"\x00" * room
    return head + b"\x00" * (-(start + len(head)) % 8) + values, link
