"""The picture of a raster that a web map lays over its map: Web Mercator, one colour a class."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from hotspots.fields import Classes
from hotspots.grid import AnalysisGrid
from tiles.mercator import lonlat_bounds
from tiles.style import class_colours, class_index

MAX_SIDE_PX = 2048
MAX_PX_PER_CELL = 4
EFFORT, METHOD = 75, 4
"""Of the WebP encoder: 0.1 s a picture of 2 megapixels; more effort takes seconds for a twentieth of the size."""


@dataclass(frozen=True)
class Frame:
    """A Web Mercator rectangle around a grid, computed once for all of the grid's pictures.

    ``cell`` (height, width) is the flat index of the grid cell under each pixel's centre, -1 outside the grid;
    ``coordinates`` are the (lon, lat) of the corners NW, NE, SE, SW; east of the antimeridian
    longitudes go on past 180.
    """

    cell: npt.NDArray[np.int32]
    coordinates: tuple[tuple[float, float], ...]


def frame(grid: AnalysisGrid) -> Frame:
    """The frame of ``grid``: at most 2 048 pixels a side, at most 4 pixels a cell, square in Web Mercator."""
    west, south, east, north = lonlat_bounds(grid)
    top, bottom = _mercator(north), _mercator(south)
    wide, high = np.radians(east - west), top - bottom
    side = min(MAX_SIDE_PX, MAX_PX_PER_CELL * max(grid.rows, grid.cols))
    pixel = max(wide, high) / side
    width, height = max(1, round(wide / pixel)), max(1, round(high / pixel))
    lon = west + (np.arange(width) + 0.5) * (east - west) / width
    y = top - (np.arange(height) + 0.5) * high / height
    lat = np.degrees(2 * np.arctan(np.exp(y)) - np.pi / 2)
    rows, cols = grid.cell_of(*np.meshgrid(lon, lat))
    cell = np.where(rows < 0, -1, rows * grid.cols + cols).astype(np.int32)
    corners = ((west, north), (east, north), (east, south), (west, south))
    return Frame(cell, tuple((round(x, 7), round(y, 7)) for x, y in corners))


def webp(values: npt.NDArray[np.floating], target: Frame, classes: Classes) -> bytes:
    """The classes of ``values`` (rows, cols of the frame's grid) by nearest cell, as a lossless WebP.

    A pixel is transparent where the value is NaN or outside the grid, and only there. Two thirds of the size of a
    palette PNG, and it is the first thing that a reader on a slow line waits for.
    """
    colours = class_colours(classes)
    index = np.append(class_index(values, classes).ravel(), np.uint8(len(colours)))[target.cell]
    palette = np.array([[*bytes.fromhex(colour[1:]), 255] for colour in colours] + [[0, 0, 0, 0]], np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(palette[index]).save(buffer, "WEBP", lossless=True, quality=EFFORT, method=METHOD)
    return buffer.getvalue()


def _mercator(latitude_deg: float) -> float:
    """Northing on the unit sphere."""
    return float(np.log(np.tan(np.pi / 4 + np.radians(latitude_deg) / 2)))
