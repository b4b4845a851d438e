"""The tiles of WebMercatorQuad, and where their pixels lie on an analysis grid."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from hotspots.grid import AnalysisGrid

TILE_PX = 256
MAX_ZOOM = 24
LIMIT_DEG = 85.0511
"""Latitude at which Web Mercator ends."""


@dataclass(frozen=True)
class Tile:
    """A tile: zoom, column from 180° west, row from the north."""

    z: int
    x: int
    y: int


@dataclass(frozen=True)
class Span:
    """A block of tiles of a zoom: columns ``left`` to ``right`` and rows ``top`` to ``bottom``, all inclusive."""

    z: int
    left: int
    right: int
    top: int
    bottom: int


def lonlat_bounds(grid: AnalysisGrid) -> tuple[float, float, float, float]:
    """West, south, east, north of ``grid`` as far as Web Mercator goes; east passes 180 across the antimeridian."""
    if grid.crs.is_geographic:
        west, south, east, north = grid.bounds
    else:
        to_lonlat = Transformer.from_crs(grid.crs, "OGC:CRS84", always_xy=True)
        west, south, east, north = to_lonlat.transform_bounds(*grid.bounds)
        east += 360.0 if east < west else 0.0
    return west, max(south, -LIMIT_DEG), east, min(north, LIMIT_DEG)


def cell_deg(grid: AnalysisGrid) -> float:
    """Width of a cell of ``grid`` in degrees of longitude; of a projected grid the mean."""
    west, _, east, _ = lonlat_bounds(grid)
    return (east - west) / grid.cols


def pixel_deg(z: int) -> float:
    """Width of a pixel in degrees of longitude."""
    return 360.0 / float(TILE_PX * 2**z)


def span_of(bounds: tuple[float, float, float, float], z: int) -> Span:
    """The tiles of a zoom that ``bounds`` (west, south, east, north in degrees) meet.

    East may pass 180 across the antimeridian; the span is then that of the whole turn.
    """
    west, south, east, north = bounds
    side = 2**z
    first, last = _columns(west, east, side)
    if first < 0 or last >= side:
        first, last = 0, side - 1
    top, bottom = (min(max(math.floor(_down(lat) * side), 0), side - 1) for lat in (north, south))
    return Span(z, first, last, top, bottom)


def tiles_over(grid: AnalysisGrid, z: int) -> Iterator[Tile]:
    """The tiles of a zoom that the bounds of ``grid`` meet, each once."""
    bounds = lonlat_bounds(grid)
    span = span_of(bounds, z)
    first, last = _columns(bounds[0], bounds[2], 2**z)
    columns = dict.fromkeys(x % 2**z for x in range(first, last + 1))
    for y in range(span.top, span.bottom + 1):
        for x in columns:
            yield Tile(z, x, y)


def pixel_cells(grid: AnalysisGrid, tile: Tile) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Fractional rows and columns of ``grid`` under the pixel centres of ``tile``; they broadcast to (256, 256)."""
    side = TILE_PX * 2**tile.z
    pixels = np.arange(TILE_PX) + 0.5
    lon = (tile.x * TILE_PX + pixels) / side * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (tile.y * TILE_PX + pixels) / side))))
    if grid.crs.is_geographic:
        # Rows depend on latitude alone and columns on longitude alone.
        row, _ = grid.fractional_cell(np.full(TILE_PX, lon[0]), lat)
        _, col = grid.fractional_cell(lon, np.full(TILE_PX, lat[0]))
        return row[:, np.newaxis], col[np.newaxis, :]
    return grid.fractional_cell(*np.meshgrid(lon, lat))


def _columns(west: float, east: float, side: int) -> tuple[int, int]:
    """First and last column; beyond 0 to ``side`` - 1 where the bounds cross the antimeridian."""
    first = math.floor((west + 180) / 360 * side)
    return first, max(first, math.ceil((east + 180) / 360 * side) - 1)


def _down(latitude_deg: float) -> float:
    """0 at the northern end of Web Mercator, 1 at the southern."""
    return 0.5 - math.asinh(math.tan(math.radians(latitude_deg))) / (2 * math.pi)
