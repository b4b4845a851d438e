"""Where the sea is on the analysis grid, and how far the coast."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from hotspots.grid import AnalysisGrid

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

SEA_LEVEL_M: Final = 0.0


def sea_cells(elevation_m: FloatArray, land: BoolArray) -> BoolArray:
    """Cells (rows, cols) at or below sea level that are not known as ``land``, such as the administrative units.

    Low ground inside the units (polders, a salt lake) therefore stays land. Where the elevation is NaN nothing is
    known, and the cell is not called sea.
    """
    return np.asarray((elevation_m <= SEA_LEVEL_M) & ~land)


def distance_to_coast_m(grid: AnalysisGrid, sea: BoolArray, reach_m: float) -> FloatArray:
    """Distance of every cell's centre to the centre of the nearest sea cell, (rows, cols): 0 in the sea.

    Infinite beyond ``reach_m``. Distances are those of a plane tangent at the middle latitude of the two cells, with
    geodesic cell sizes per row: within 10⁻³ of the geodesic to 50 km outside the polar regions. The coast itself lies
    up to half a cell nearer.
    """
    cells_to_sea = np.stack([_cells_to_next(row) for row in sea]) if sea.size else np.zeros(sea.shape)
    centre_m = np.cumsum(grid.row_height_m) - grid.row_height_m / 2
    nearest = np.full(grid.shape, np.inf)
    for shift in range(int(reach_m // grid.row_height_m.min()) + 1):
        for here, there in _pairs(grid.rows, shift):
            width_m = (grid.row_width_m[here] + grid.row_width_m[there]) / 2
            across_m = cells_to_sea[there] * width_m[:, None]
            along_m = np.abs(centre_m[there] - centre_m[here])[:, None]
            nearest[here] = np.minimum(nearest[here], np.hypot(across_m, along_m))
    return np.where(nearest <= reach_m, nearest, np.inf)


def _cells_to_next(row: BoolArray) -> FloatArray:
    """Columns between each cell of a row and its nearest sea cell; infinite in a row without sea."""
    if not row.any():
        return np.full(row.shape, np.inf)
    return np.asarray(ndimage.distance_transform_edt(~row), dtype=np.float64)


def _pairs(rows: int, shift: int) -> tuple[tuple[slice, slice], ...]:
    """Rows and the rows ``shift`` below and above them, where both are on the grid."""
    if shift >= rows:
        return ()
    upper, lower = slice(0, rows - shift), slice(shift, rows)
    return ((upper, lower), (lower, upper)) if shift else ((upper, lower),)
