"""Long-term air concentration from many sources: the sector-averaged Gaussian plume of ISCLT3.

Everything is linear in the releases. The result is the increment from the given releases over flat terrain;
docs/method-dispersion.md has the formulas and their validity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.blocks import Executor
from hotspots.dispersion.area import area_kernels
from hotspots.dispersion.geometry import Surroundings, grid_north_deg, surroundings
from hotspots.dispersion.kernels import (
    RadialTable,
    Release,
    blur_reach_m,
    blurred,
    cell_centres,
    near_averages,
    radial_table,
)
from hotspots.dispersion.rise import Stack
from hotspots.dispersion.wind import WindClimate
from hotspots.grid import AnalysisGrid
from hotspots.method import AirMethod

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PointReleases:
    """Stacks that release one pollutant: arrays of equal length.

    ``lon`` and ``lat`` are in degrees (WGS 84), and the position is known to within ``position_accuracy_m``.
    ``height_m`` above ground is the top of a stack, or an effective height where no stack is known. Where diameter,
    velocity and temperature of the gas are all known the plume rises over it; elsewhere they are NaN.
    """

    source_id: npt.NDArray[np.str_]
    lon: FloatArray
    lat: FloatArray
    release_kg_yr: FloatArray
    height_m: FloatArray
    position_accuracy_m: FloatArray
    stack_diameter_m: FloatArray
    exit_velocity_m_s: FloatArray
    exit_temperature_k: FloatArray

    def stack(self, index: int) -> Stack | None:
        """The stack of a source whose gas is known."""
        gas = (self.stack_diameter_m[index], self.exit_velocity_m_s[index], self.exit_temperature_k[index])
        return Stack(float(self.height_m[index]), *map(float, gas)) if np.isfinite(gas).all() else None


@dataclass(frozen=True)
class AreaReleases:
    """Low-level releases of one pollutant on the grid, ``release_kg_yr`` (rows, cols)."""

    release_kg_yr: FloatArray


def disperse(
    grid: AnalysisGrid,
    points: PointReleases,
    areas: AreaReleases,
    urban: BoolArray,
    climate: WindClimate,
    half_life_s: float | None,
    method: AirMethod,
    executor: Executor,
) -> FloatArray:
    """Annual mean increment in µg/m³ at ground level, (rows, cols).

    Parameters
    ----------
    urban:
        (rows, cols): releases from these cells disperse with urban coefficients.
    half_life_s:
        None for a substance that does not decay on the scale of the model.
    """
    field = area_kernels(grid, climate, half_life_s, method).disperse(areas.release_kg_yr, urban, executor)
    for _, rows, cols, increment in point_footprints(grid, points, urban, climate, half_life_s, method):
        field[rows, cols] += increment
    return field


def point_footprints(
    grid: AnalysisGrid,
    points: PointReleases,
    urban: BoolArray,
    climate: WindClimate,
    half_life_s: float | None,
    method: AirMethod,
) -> Iterator[tuple[int, slice, slice, FloatArray]]:
    """What each source adds, in the order of ``points``: its index, rows, columns and µg/m³ in that window.

    Sources without release or out of reach of the grid are passed over.
    """
    for index in np.flatnonzero(points.release_kg_yr):
        lon, lat = float(points.lon[index]), float(points.lat[index])
        accuracy_m = float(points.position_accuracy_m[index])
        around = surroundings(grid, lon, lat, method.radius_m + blur_reach_m(accuracy_m))
        row, col = around.rows.start + around.source_row, around.cols.start + around.source_col
        on_grid = 0 <= row < grid.rows and 0 <= col < grid.cols
        release = Release(
            climate.at(lon, lat),
            climate.speed_m_s,
            float(points.height_m[index]),
            half_life_s,
            "urban" if on_grid and urban[row, col] else "rural",
            points.stack(int(index)),
        )
        per_kg_yr = _around_source(radial_table(release, method), around, grid_north_deg(grid, row, col))
        soft = blurred(per_kg_yr, accuracy_m, around.width_m, around.height_m)
        rows, cols, inside = around.clipped(grid, soft * points.release_kg_yr[index])
        if inside.size:
            yield int(index), rows, cols, inside


def _around_source(table: RadialTable, around: Surroundings, north_deg: float) -> FloatArray:
    """µg/m³ per kg/yr in the window of ``around``: averages over the cells next to the source, centres elsewhere."""
    values = cell_centres(table, around.east_m, around.north_m, north_deg)
    east_m, north_m = (np.array([offset]) for offset in around.offset_in_cell_m)
    values[around.neighbours] = near_averages(table, east_m, north_m, around.width_m, around.height_m, north_deg)
    return values


def area_footprint(
    grid: AnalysisGrid,
    people: FloatArray,
    urban: BoolArray,
    climate: WindClimate,
    half_life_s: float | None,
    method: AirMethod,
) -> tuple[tuple[slice, slice], FloatArray]:
    """Exposure of ``people`` (rows, cols) per kg/yr released in each cell: the adjoint of the gridded part of disperse.

    Returns
    -------
    window, values:
        Rows and columns outside which the footprint is zero, and person · µg/m³ per kg/yr in them, so that
        ``sum(values * release_kg_yr[window]) == sum(people * disperse(areas))``.
    """
    return area_kernels(grid, climate, half_life_s, method).footprint(people, urban)
