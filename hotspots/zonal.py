"""Exact zonal sums without visiting the cells inside: a line integral along each zone's outline.

The sum of a raster over a polygon is ∮ F dy, where F(x, y) is the raster's running sum along its row up to x (Green's
theorem). Within one cell F is linear, so that a straight piece of the outline adds its height times the mean of F at
its two ends: what is covered counts by its exact share. The cost is one running sum along the rows and the cells that
the outlines cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from numba import njit

from hotspots.errors import InputError
from hotspots.grid import AnalysisGrid

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Outlines:
    """The sides of all zones' rings, directed so that the zone lies to the left on the map.

    Attributes
    ----------
    ends:
        (sides, 4): column and row of the beginning and of the end in cells from the grid's corner, in the order of the
        northern of the two.
    zone:
        (sides,): position of the zone.
    zones:
        Number of zones.
    """

    ends: FloatArray
    zone: IntArray
    zones: int

    @classmethod
    def of(cls, grid: AnalysisGrid, zones: gpd.GeoDataFrame) -> Outlines:
        """The outlines of polygons in any CRS.

        Raises
        ------
        InputError
            If ``zones`` has no CRS.
        """
        position, geometry = reaching(grid, zones)
        parts, shape_of_part = shapely.get_parts(shapely.orient_polygons(geometry), return_index=True)
        rings, part_of_ring = shapely.get_rings(parts, return_index=True)
        corners, ring_of_corner = shapely.get_coordinates(rings, return_index=True)
        col = (corners[:, 0] - grid.west) / grid.cell_width
        row = (grid.north - corners[:, 1]) / grid.cell_height
        joined = np.flatnonzero(ring_of_corner[1:] == ring_of_corner[:-1])
        sloped = joined[row[joined] != row[joined + 1]]
        ends = np.column_stack([col[sloped], row[sloped], col[sloped + 1], row[sloped + 1]])
        owner = position[shape_of_part[part_of_ring[ring_of_corner[sloped]]]]
        order = np.argsort(np.minimum(ends[:, 1], ends[:, 3]), kind="stable")
        return cls(ends[order], owner[order].astype(np.int64), len(zones))

    def sums(self, planes: Sequence[npt.NDArray[np.floating]], first_row: int = 0, first_col: int = 0) -> FloatArray:
        """Σ covered fraction × value over the cells of a block, (zones, planes); those of all blocks add up.

        Parameters
        ----------
        planes:
            Rasters (block rows, block cols) of one shape and type; NaN counts nothing.
        first_row, first_col:
            Where the block begins in the grid.
        """
        top, tallest = self._top
        here = slice(*np.searchsorted(top, [first_row - tallest, first_row + planes[0].shape[0]]))
        ends = self.ends[here] - np.array([first_col, first_row, first_col, first_row])
        sums = np.zeros((self.zones, len(planes)))
        _integrate(tuple(np.ascontiguousarray(plane) for plane in planes), ends, self.zone[here], sums)
        return sums

    @cached_property
    def _top(self) -> tuple[FloatArray, float]:
        """The northern end of each side, and how tall the tallest is."""
        height = np.abs(self.ends[:, 3] - self.ends[:, 1])
        return np.minimum(self.ends[:, 1], self.ends[:, 3]), float(height.max(initial=0.0))


def reaching(grid: AnalysisGrid, zones: gpd.GeoDataFrame) -> tuple[IntArray, npt.NDArray[np.object_]]:
    """Position and geometry, in the grid's CRS, of the zones that reach the grid.

    On a geographic grid that runs past 180° a zone is moved by a turn where that is where it lies.

    Raises
    ------
    InputError
        If ``zones`` has no CRS.
    """
    if zones.crs is None:
        raise InputError("the zones have no CRS.", field="zones", remedy="Set the CRS of the file they come from.")
    shapes = np.asarray(zones.geometry.to_crs(grid.crs).array)
    west, south, east, north = grid.bounds
    position, moved = [], []
    for turn in (-360.0, 0.0, 360.0) if grid.crs.is_geographic else (0.0,):
        x_min, y_min, x_max, y_max = shapely.bounds(shapes).T
        reaching = (x_min + turn < east) & (x_max + turn > west) & (y_min < north) & (y_max > south)
        chosen = np.flatnonzero(reaching)
        position.append(chosen)
        moved.append(shapely.transform(shapes[chosen], lambda xy, turn=turn: xy + np.array([turn, 0.0])))
    return np.concatenate(position), np.concatenate(moved)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _by_row(ends: FloatArray, rows: int) -> tuple[IntArray, IntArray]:
    """The sides that cross each row: those of row r are ``sides[starts[r] : starts[r + 1]]``."""
    top, bottom = np.empty(len(ends), dtype=np.int64), np.empty(len(ends), dtype=np.int64)
    starts = np.zeros(rows + 1, dtype=np.int64)
    for side in range(len(ends)):
        top[side] = max(int(np.floor(min(ends[side, 1], ends[side, 3]))), 0)
        bottom[side] = min(int(np.ceil(max(ends[side, 1], ends[side, 3]))), rows)
        for row in range(top[side], bottom[side]):
            starts[row + 1] += 1
    for row in range(rows):
        starts[row + 1] += starts[row]
    free = starts[:-1].copy()
    sides = np.empty(starts[rows], dtype=np.int64)
    for side in range(len(ends)):
        for row in range(top[side], bottom[side]):
            sides[free[row]] = side
            free[row] += 1
    return starts, sides


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _integrate(
    planes: tuple[npt.NDArray[np.floating], ...], ends: FloatArray, zone: IntArray, sums: FloatArray
) -> None:
    count, (rows, cols) = len(planes), planes[0].shape
    starts, sides = _by_row(ends, rows)
    running = np.zeros((cols + 1, count))
    for row in range(rows):
        if starts[row] == starts[row + 1]:
            continue
        for col in range(cols):
            for plane in range(count):
                value = planes[plane][row, col]
                running[col + 1, plane] = running[col, plane] + (0.0 if np.isnan(value) else value)
        for entry in range(starts[row], starts[row + 1]):
            side = sides[entry]
            x0, y0, x1, y1 = ends[side]
            # The part of the side in this row; rows run south, the zone lies to the left: hence the sign.
            y_from, y_to = min(max(y0, row), row + 1), min(max(y1, row), row + 1)
            slope = (x1 - x0) / (y1 - y0)
            x_from, x_to = x0 + (y_from - y0) * slope, x0 + (y_to - y0) * slope
            _along(running, x_from, x_to, y_from - y_to, sums[zone[side]])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _along(running: FloatArray, x_from: float, x_to: float, height: float, sums: FloatArray) -> None:
    """Add ``height`` × the mean of the running sums between two columns to ``sums`` (planes,)."""
    low, high, last = min(x_from, x_to), max(x_from, x_to), len(running) - 1
    start = low
    while True:
        # What lies beyond the block's edge has the running sum of the edge.
        col = int(np.floor(start))
        stop = high if col >= last else min(high, 0.0 if col < 0 else col + 1.0)
        share = height if high == low else height * (stop - start) / (high - low)
        middle = min(max((start + stop) / 2, 0.0), float(last))
        cell = min(int(middle), last - 1)
        part = middle - cell
        for plane in range(sums.size):
            below = running[cell, plane]
            sums[plane] += share * (below + part * (running[cell + 1, plane] - below))
        if stop >= high:
            return
        start = stop
