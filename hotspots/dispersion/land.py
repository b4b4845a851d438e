"""Land pressure: how near contaminated sites, dumps and tailings are.

The proximity form of EPA's EJScreen (*EJScreen Technical Documentation*, 2023, section 3): the sum over sites of
weight / distance in km, where a distance below 0.9 times the radius of a circle of the cell's area counts as that.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from hotspots.dispersion.geometry import surroundings
from hotspots.grid import AnalysisGrid
from hotspots.method import LandMethod

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def proximity(
    grid: AnalysisGrid, lon: FloatArray, lat: FloatArray, weight: FloatArray, method: LandMethod
) -> FloatArray:
    """Σ weight / max(d, 0.9 √(cell area / π)) of the sites within ``method.radius_m``, (rows, cols) in 1/km.

    Parameters
    ----------
    lon, lat, weight:
        Sites in degrees (WGS 84) and their dimensionless weights, equal-length arrays.
    """
    field = np.zeros(grid.shape)
    for _, rows, cols, part in footprints(grid, lon, lat, weight, method):
        field[rows, cols] += part
    return field


def footprints(
    grid: AnalysisGrid, lon: FloatArray, lat: FloatArray, weight: FloatArray, method: LandMethod
) -> Iterator[tuple[int, slice, slice, FloatArray]]:
    """What each site adds, in the order given: its index, rows, columns and 1/km in that window.

    Sites without weight or out of reach of the grid are passed over.
    """
    for index in np.flatnonzero(weight):
        around = surroundings(grid, float(lon[index]), float(lat[index]), method.radius_m)
        rows, cols, distance_m = around.clipped(grid, around.distance_m)
        if distance_m.size:
            least_km = 0.9 * np.sqrt(grid.row_area_km2[rows] / np.pi)
            decayed = weight[index] / np.maximum(distance_m / 1000, least_km[:, None])
            yield int(index), rows, cols, np.where(distance_m <= method.radius_m, decayed, 0.0)


def near(grid: AnalysisGrid, lon: FloatArray, lat: FloatArray, distance_m: float) -> BoolArray:
    """Cells (rows, cols) whose centre lies within ``distance_m`` of any site, so that people are counted once."""
    mask = np.zeros(grid.shape, dtype=np.bool_)
    for site_lon, site_lat in zip(lon, lat, strict=True):
        around = surroundings(grid, float(site_lon), float(site_lat), distance_m)
        rows, cols, site_distance_m = around.clipped(grid, around.distance_m)
        mask[rows, cols] |= site_distance_m <= distance_m
    return mask
