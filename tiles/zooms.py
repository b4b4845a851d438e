"""From which zoom on a feature is drawn: when it is wide enough to be seen, or when its tile has room for it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
from shapely.geometry.base import BaseGeometry

from tiles.mercator import LIMIT_DEG, TILE_PX


def wide_enough(shape: BaseGeometry, width_px: float, max_zoom: int) -> int:
    """The first zoom at which ``shape`` is ``width_px`` wide or high; ``max_zoom`` at the latest."""
    west, south, east, north = shape.bounds
    pixels_at_zoom_0 = max(east - west, north - south) / 360 * TILE_PX
    if pixels_at_zoom_0 <= 0:
        return max_zoom
    return min(max(math.ceil(math.log2(width_px / pixels_at_zoom_0)), 0), max_zoom)


def room_for(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], per_tile: int, max_zoom: int
) -> npt.NDArray[np.int64]:
    """The first zoom at which a point is among the first ``per_tile`` of its tile; ``max_zoom`` at the latest.

    Points come in order of precedence, so that a point never goes before one that precedes it, and what is drawn at
    one zoom is drawn at all later ones.
    """
    first = np.full(len(lon), max_zoom)
    for zoom in reversed(range(max_zoom)):
        place = pd.Series(_tile(lon, lat, zoom))
        first[place.groupby(place).cumcount().to_numpy() < per_tile] = zoom
    return first


def _tile(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], zoom: int) -> npt.NDArray[np.int64]:
    """A number for the Web Mercator tile of each point."""
    northing = np.arcsinh(np.tan(np.radians(np.clip(lat, -LIMIT_DEG, LIMIT_DEG))))
    along, down = (lon + 180) / 360, (1 - northing / np.pi) / 2
    col, row = (np.clip(np.floor(part * 2**zoom), 0, 2**zoom - 1).astype(np.int64) for part in (along, down))
    tile: npt.NDArray[np.int64] = row * 2**zoom + col
    return tile
