"""Which cells of the analysis grid are open sea."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rasterio.features import rasterize
from scipy import ndimage

from hotspots.grid import AnalysisGrid
from hotspots.inputs import Elevation, Inputs

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

LEAST_SEA_KM2 = 1_000.0
FRINGE = 1.5
"""In widths of the terrain's cells: ground outside the units that is nowhere wider, beside them, is no land."""


@dataclass(frozen=True)
class SeaMask:
    """The sea cells (rows, cols) of a region and its margin.

    ``people_off_land`` live in cells outside the units that the terrain has at or below sea level: such cells are land.
    """

    is_sea: BoolArray
    people_off_land: float


def sea_of(inputs: Inputs) -> SeaMask | None:
    """The open sea of a region and its margin; None where there is no terrain."""
    if inputs.elevation is None:
        return None
    units = inputs.units.to_crs(inputs.grid.crs).geometry
    in_units = rasterize(units, out_shape=inputs.grid.shape, transform=inputs.grid.transform, dtype="uint8") > 0
    people = np.nan_to_num(inputs.people)
    off_land = ~in_units & (inputs.elevation.elevation_m <= 0)
    return SeaMask(open_sea(inputs.grid, inputs.elevation, in_units | (people > 0)), float(people[off_land].sum()))


def open_sea(grid: AnalysisGrid, elevation: Elevation, land: BoolArray) -> BoolArray:
    """Cells (rows, cols) of the open sea.

    Sea is at or below sea level, is no ``land`` (cells whose centre lies in an administrative unit, and inhabited
    cells), reaches the edge of the grid through cells that share a side, and covers at least LEAST_SEA_KM2: lakes,
    polders and salt pans are none. A terrain much coarser than the grid puts ground into bays and along the coast;
    where such ground lies beside the units and is nowhere wider than FRINGE cells of the terrain, the units, which
    know the coast better, are believed. Where the terrain has no height nothing is called sea.
    """
    above = (elevation.elevation_m > 0) & ~land
    water = (elevation.elevation_m <= 0) & ~land
    reach = int(np.ceil(FRINGE * elevation.resolution_m / grid.row_height_m.mean()))
    if reach > 1:
        water |= above & ~_wider(above, reach) & _near(land, reach)
    return _open(water, np.broadcast_to(grid.row_area_km2[:, None], grid.shape))


def _wider(above: BoolArray, cells: int) -> BoolArray:
    """The parts of ``above`` that hold a square of ``cells``; it goes on beyond the edge of the grid."""
    padded = np.pad(above, cells, mode="edge").view(np.uint8)
    opened = ndimage.grey_opening(padded, size=(cells, cells))
    return np.asarray(opened[cells:-cells, cells:-cells] > 0)


def _near(land: BoolArray, cells: int) -> BoolArray:
    """Within ``cells`` rows and columns of land."""
    return np.asarray(ndimage.maximum_filter(land.view(np.uint8), size=2 * cells + 1, mode="constant") > 0)


def _open(water: BoolArray, area_km2: FloatArray) -> BoolArray:
    """The connected parts of ``water`` that reach the edge and are large enough."""
    parts, count = ndimage.label(water)
    sums_km2 = np.bincount(parts.ravel(), area_km2.ravel(), minlength=count + 1)
    at_edge = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    sea = np.zeros(count + 1, dtype=np.bool_)
    sea[at_edge] = sums_km2[at_edge] >= LEAST_SEA_KM2
    sea[0] = False
    return np.asarray(sea[parts])
