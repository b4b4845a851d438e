"""Bands of 512 rows to compressed tiles and to the overview above, as fast as the machine allows.

Each tile is ZSTD over the floating-point predictor of TIFF (Adobe, TIFF Technical Note 3, 2005): the bytes of a row are
sorted by significance and differenced, after which smooth fields compress well.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

BLOCK = 512
ZSTD_LEVEL = 1

Plane = npt.NDArray[np.float32]


def encoded(band: Plane) -> list[bytes]:
    """The tiles of a band of at most 512 rows, from west to east; beyond the raster's edge they hold NaN."""
    codec = pa.Codec("zstd", compression_level=ZSTD_LEVEL)
    tiles = []
    for first in range(0, band.shape[1], BLOCK):
        tile = np.ascontiguousarray(band[:, first : first + BLOCK], dtype=np.float32)
        if tile.shape != (BLOCK, BLOCK):
            room = (0, BLOCK - tile.shape[0]), (0, BLOCK - tile.shape[1])
            tile = np.pad(tile, room, constant_values=np.nan)
        predicted = np.empty((BLOCK, 4 * BLOCK), dtype=np.uint8)
        _predict(tile.view(np.uint8), predicted)
        tiles.append(codec.compress(predicted, asbytes=True))
    return tiles


def halved(band: Plane, extensive: bool) -> Plane:
    """The overview of a band, half its size: the sum or mean of the assessed cells under each, NaN where none is."""
    result = np.empty(((band.shape[0] + 1) // 2, (band.shape[1] + 1) // 2), dtype=np.float32)
    _halve(np.ascontiguousarray(band), extensive, result)
    return result


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _predict(rows: npt.NDArray[np.uint8], predicted: npt.NDArray[np.uint8]) -> None:
    """Little-endian float32 rows as bytes to rows of their first bytes, second bytes, … each less the one before."""
    cells = rows.shape[1] // 4
    for row in range(rows.shape[0]):
        last = np.uint8(0)
        for byte in range(4):
            start, place = byte * cells, 3 - byte
            predicted[row, start] = rows[row, place] - last
            for col in range(1, cells):
                predicted[row, start + col] = rows[row, 4 * col + place] - rows[row, 4 * col + place - 4]
            last = rows[row, 4 * cells - 4 + place]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _halve(band: Plane, extensive: bool, result: Plane) -> None:
    rows, cols = band.shape
    for row in range(result.shape[0]):
        for col in range(result.shape[1]):
            total, count = 0.0, 0
            for other_row in range(2 * row, min(2 * row + 2, rows)):
                for other_col in range(2 * col, min(2 * col + 2, cols)):
                    value = band[other_row, other_col]
                    if not np.isnan(value):
                        total += value
                        count += 1
            if count == 0:
                result[row, col] = np.nan
            else:
                result[row, col] = total if extensive else total / count
