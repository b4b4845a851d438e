"""Land pressure: how near contaminated sites, dumps and tailings are.

The proximity form of EPA's EJScreen (*EJScreen Technical Documentation*, 2023, section 3): the sum over sites of
weight / distance in km, where a distance below 0.9 times the radius of a circle of the cell's area counts as that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def near(grid: AnalysisGrid, lon: FloatArray, lat: FloatArray, distances_m: Sequence[float]) -> dict[float, BoolArray]:
    """Cells (rows, cols) whose centre lies within each distance of any site, so that people are counted once."""
    masks = {distance_m: np.zeros(grid.shape, dtype=np.bool_) for distance_m in distances_m}
    for rows, cols, site_distance_m in _around(grid, lon, lat, distances_m):
        for distance_m, mask in masks.items():
            mask[rows, cols] |= site_distance_m <= distance_m
    return masks


def people_near(
    grid: AnalysisGrid, lon: FloatArray, lat: FloatArray, people: FloatArray, distances_m: Sequence[float]
) -> dict[float, FloatArray]:
    """People of the cells whose centre lies within each distance of each site, (sites,); NaN counts nobody.

    Parameters
    ----------
    people:
        (rows, cols).
    """
    found: dict[float, list[float]] = {distance_m: [] for distance_m in distances_m}
    for rows, cols, site_distance_m in _around(grid, lon, lat, distances_m):
        there = np.nan_to_num(people[rows, cols])
        for distance_m, sums in found.items():
            sums.append(float(there[site_distance_m <= distance_m].sum()))
    return {distance_m: np.array(sums, dtype=np.float64) for distance_m, sums in found.items()}


def _around(
    grid: AnalysisGrid, lon: FloatArray, lat: FloatArray, distances_m: Sequence[float]
) -> Iterator[tuple[slice, slice, FloatArray]]:
    """Rows, columns and distances in m of the cells around each site, out to the largest distance."""
    for site_lon, site_lat in zip(lon, lat, strict=True):
        around = surroundings(grid, float(site_lon), float(site_lat), max(distances_m))
        yield around.clipped(grid, around.distance_m)
