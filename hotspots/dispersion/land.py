"""Land pressure: how near contaminated sites, dumps and tailings are.

The proximity form of EPA's EJScreen (*EJScreen Technical Documentation*, 2023, section 3): the sum over sites of
weight / distance in km, where a distance below 0.9 times the radius of a circle of the cell's area counts as that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from hotspots.dispersion.geometry import surroundings
from hotspots.grid import AnalysisGrid
from hotspots.method import LandMethod

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Sites:
    """Sites with a weight in the order of their rows: real row and column on a grid (`fractional_cell`), weight."""

    row: FloatArray
    col: FloatArray
    weight: FloatArray

    @classmethod
    def of(cls, grid: AnalysisGrid, lon: FloatArray, lat: FloatArray, weight: FloatArray) -> Sites:
        """Sites in degrees (WGS 84), equal-length arrays."""
        chosen = np.flatnonzero(weight)
        row, col = grid.fractional_cell(lon[chosen], lat[chosen])
        order = np.lexsort((col, row))
        return cls(row[order], col[order], np.asarray(weight, dtype=np.float64)[chosen][order])


def proximity(
    grid: AnalysisGrid, lon: FloatArray, lat: FloatArray, weight: FloatArray, method: LandMethod
) -> FloatArray:
    """Σ weight / max(d, 0.9 √(cell area / π)) of the sites within ``method.radius_m``, (rows, cols) in 1/km.

    Parameters
    ----------
    lon, lat, weight:
        Sites in degrees (WGS 84) and their dimensionless weights, equal-length arrays.
    """
    whole = slice(0, grid.rows)
    return proximity_rows(Sites.of(grid, lon, lat, weight), grid, whole, method).astype(np.float64, copy=False)


def proximity_rows(
    sites: Sites, grid: AnalysisGrid, rows: slice, method: LandMethod, dtype: npt.DTypeLike = np.float64
) -> npt.NDArray[np.floating]:
    """`proximity` in some rows of the grid, (rows, cols)."""
    half_rows = 2 + int(method.radius_m / grid.row_height_m.min())
    span = slice(*np.searchsorted(sites.row, [rows.start - half_rows, rows.stop + half_rows]))
    field = np.zeros((rows.stop - rows.start, grid.cols), dtype=dtype)
    near = sites.row[span], sites.col[span], sites.weight[span]
    sizes = grid.row_width_m, grid.row_height_m, grid.row_area_km2
    _add_sites(*near, *sizes, rows.start, half_rows, method.radius_m, field)
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
    for rows, cols, site_distance_m in around_sites(grid, lon, lat, distances_m):
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
    for rows, cols, site_distance_m in around_sites(grid, lon, lat, distances_m):
        there = np.nan_to_num(people[rows, cols])
        for distance_m, sums in found.items():
            sums.append(float(there[site_distance_m <= distance_m].sum()))
    return {distance_m: np.array(sums, dtype=np.float64) for distance_m, sums in found.items()}


def around_sites(
    grid: AnalysisGrid, lon: FloatArray, lat: FloatArray, distances_m: Sequence[float]
) -> Iterator[tuple[slice, slice, FloatArray]]:
    """Rows, columns and distances in m of the cells around each site, out to the largest distance."""
    for site_lon, site_lat in zip(lon, lat, strict=True):
        around = surroundings(grid, float(site_lon), float(site_lat), max(distances_m))
        yield around.clipped(grid, around.distance_m)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _add_sites(
    site_row: FloatArray,
    site_col: FloatArray,
    weight: FloatArray,
    width_m: FloatArray,
    height_m: FloatArray,
    area_km2: FloatArray,
    first_row: int,
    half_rows: int,
    radius_m: float,
    field: npt.NDArray[np.floating],
) -> None:
    """The sum of `footprints` in the rows of ``field``: the same distances (`geometry.surroundings`), no windows."""
    rows, cols = field.shape
    for site in range(site_row.size):
        own = min(max(int(np.floor(site_row[site])), 0), width_m.size - 1)
        at = int(np.floor(site_row[site])) - first_row
        for row in range(max(at - half_rows, 0), min(at + half_rows + 1, rows)):
            whole = first_row + row
            north_m = (site_row[site] - whole - 0.5) * (height_m[whole] + height_m[own]) / 2
            across_m2 = radius_m**2 - north_m**2
            if across_m2 < 0:
                continue
            width = (width_m[whole] + width_m[own]) / 2
            reach = np.sqrt(across_m2) / width + 1
            least_km = 0.9 * np.sqrt(area_km2[whole] / np.pi)
            middle = site_col[site] - 0.5
            for col in range(max(int(np.ceil(middle - reach)), 0), min(int(np.floor(middle + reach)) + 1, cols)):
                distance_m = np.hypot((col - middle) * width, north_m)
                if distance_m <= radius_m:
                    field[row, col] += weight[site] / max(distance_m / 1000, least_km)
