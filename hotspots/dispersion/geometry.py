"""Offsets in metres from a point to the cells around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.grid import GEOD, AnalysisGrid

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Surroundings:
    """The cells around a point.

    Attributes
    ----------
    rows, cols:
        The window in cells of the grid; it may reach beyond the grid's edges.
    source_row, source_col:
        Cell of the point, in the window.
    east_m, north_m:
        Offset of each cell centre from the point along the grid's axes, both (window rows, window cols).
    width_m, height_m:
        Size of the point's cell.
    """

    rows: slice
    cols: slice
    source_row: int
    source_col: int
    east_m: FloatArray
    north_m: FloatArray
    width_m: float
    height_m: float

    @property
    def distance_m(self) -> FloatArray:
        """Distance of each cell centre from the point, (window rows, window cols)."""
        return np.hypot(self.east_m, self.north_m)

    @property
    def offset_in_cell_m(self) -> tuple[float, float]:
        """How far east and north of the centre of its cell the point lies."""
        own = self.source_row, self.source_col
        return -float(self.east_m[own]), -float(self.north_m[own])

    @property
    def neighbours(self) -> tuple[slice, slice]:
        """The point's cell and the eight around it, in the window."""
        return slice(self.source_row - 1, self.source_row + 2), slice(self.source_col - 1, self.source_col + 2)

    def clipped(self, grid: AnalysisGrid, values: FloatArray) -> tuple[slice, slice, FloatArray]:
        """Rows and columns of the window inside the grid, and ``values`` (window rows, window cols) there."""
        rows, inner_rows = _inside(self.rows, grid.rows)
        cols, inner_cols = _inside(self.cols, grid.cols)
        return rows, cols, values[inner_rows, inner_cols]


def surroundings(grid: AnalysisGrid, lon: float, lat: float, reach_m: float) -> Surroundings:
    """All cells with their centre within ``reach_m`` of a point, and the 3 × 3 cells around it at the least.

    Sizes of cells are those of the middle latitude between point and cell, which is within 10⁻⁴ of the geodesic at
    50 km outside the polar regions.
    """
    real_row, real_col = (float(value) for value in grid.fractional_cell(lon, lat))
    row, col = int(np.floor(real_row)), int(np.floor(real_col))
    own = int(np.clip(row, 0, grid.rows - 1))
    half_rows = 1 + int(np.ceil(reach_m / grid.row_height_m.min()))
    row_index = np.arange(row - half_rows, row + half_rows + 1)
    on_grid = np.clip(row_index, 0, grid.rows - 1)
    half_cols = 1 + int(np.ceil(reach_m / grid.row_width_m[on_grid].min()))
    col_index = np.arange(col - half_cols, col + half_cols + 1)
    width_m = (grid.row_width_m[on_grid] + grid.row_width_m[own]) / 2
    height_m = (grid.row_height_m[on_grid] + grid.row_height_m[own]) / 2
    north_m = (real_row - row_index - 0.5) * height_m
    east_m = np.multiply.outer(width_m, col_index + 0.5 - real_col)
    return Surroundings(
        slice(row - half_rows, row + half_rows + 1),
        slice(col - half_cols, col + half_cols + 1),
        half_rows,
        half_cols,
        east_m,
        np.broadcast_to(north_m[:, None], east_m.shape),
        float(grid.row_width_m[own]),
        float(grid.row_height_m[own]),
    )


def grid_north_deg(grid: AnalysisGrid, row: float, col: float) -> float:
    """True bearing of the grid's up direction at a cell: 0 in a geographic CRS, the convergence in a projected one."""
    lon, lat = grid.lonlat([row, row - 1], [col, col])
    azimuth, _, _ = GEOD.inv(lon[0], lat[0], lon[1], lat[1])
    return float(azimuth)


def _inside(span: slice, length: int) -> tuple[slice, slice]:
    """The part of ``span`` within 0 … length, and where that part lies in the span."""
    start, stop = max(span.start, 0), min(span.stop, length)
    stop = max(start, stop)
    return slice(start, stop), slice(start - span.start, stop - span.start)
