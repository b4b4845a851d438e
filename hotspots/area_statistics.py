"""Figures of any area: people, area, means and classes of every raster, each cell counted by its covered share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from hotspots.exposure import Coverage, coverage
from hotspots.grid import AnalysisGrid
from hotspots.zonal import reaching

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ClassShare:
    """One class of a raster's legend: values above the class before up to ``upper`` (None: open-ended)."""

    upper: float | None
    people: float
    area_km2: float


@dataclass(frozen=True)
class RasterFigures:
    """One raster over an area.

    Attributes
    ----------
    total:
        Sum by covered share, of an extensive raster; else None.
    mean, mean_of_people:
        By covered area, and by people; None where nothing is known, or the raster is extensive.
    lowest, highest:
        Over all cells that the area touches; None where nothing is known.
    people_assessed, area_assessed_km2:
        Where the raster has a value.
    classes:
        In rising order.
    """

    total: float | None
    mean: float | None
    mean_of_people: float | None
    lowest: float | None
    highest: float | None
    people_assessed: float
    area_assessed_km2: float
    classes: tuple[ClassShare, ...]


@dataclass(frozen=True)
class AreaCells:
    """The cells of a grid that one area covers, with people and area by covered share (entries,)."""

    cells: Coverage
    people: FloatArray
    area_km2: FloatArray

    @classmethod
    def of(cls, grid: AnalysisGrid, people: FloatArray, area: gpd.GeoDataFrame) -> AreaCells:
        """``area`` is one row with a polygon in any CRS; ``people`` (rows, cols), NaN nobody known."""
        return cls.covered(grid, people, coverage(grid, area))

    @classmethod
    def covered(cls, grid: AnalysisGrid, people: FloatArray, cells: Coverage) -> AreaCells:
        """The same of ``cells`` by the share that is covered of each."""
        at = cells.row, cells.col
        known = np.nan_to_num(people[at], nan=0.0)
        return cls(cells, cells.fraction * known, cells.fraction * grid.row_area_km2[cells.row])

    def figures(self, values: FloatArray, breaks: Sequence[float], extensive: bool) -> RasterFigures:
        """What a raster (rows, cols) on the same grid says of the area; ``breaks`` are its classes' upper bounds."""
        found = values[self.cells.row, self.cells.col].astype(np.float64)
        known = ~np.isnan(found)
        value, people, area_km2 = found[known], self.people[known], self.area_km2[known]
        of_class = np.digitize(value, breaks, right=True)
        count = len(breaks) + 1
        people_by_class = np.bincount(of_class, people, minlength=count)
        area_by_class = np.bincount(of_class, area_km2, minlength=count)
        uppers: list[float | None] = [*breaks, None]
        return RasterFigures(
            total=float((self.cells.fraction[known] * value).sum()) if extensive else None,
            mean=None if extensive else _mean(value, area_km2),
            mean_of_people=None if extensive else _mean(value, people),
            lowest=float(value.min()) if value.size else None,
            highest=float(value.max()) if value.size else None,
            people_assessed=float(people.sum()),
            area_assessed_km2=float(area_km2.sum()),
            classes=tuple(
                ClassShare(upper, float(some), float(part))
                for upper, some, part in zip(uppers, people_by_class, area_by_class, strict=True)
            ),
        )


def whole_blocks(cells: Coverage, block: npt.NDArray[np.int32]) -> Coverage:
    """``cells`` snapped to whole blocks of confidential counts: those of which at least half is covered.

    Where people of a block are known together only, a part of it would be an estimate that looks like a count, and two
    areas that differ by a part could be subtracted.

    Parameters
    ----------
    block:
        (rows, cols) of the same grid, from 1, 0 none.
    """
    size = np.bincount(block.ravel())
    covered = np.bincount(block[cells.row, cells.col], cells.fraction, minlength=len(size))
    # Half is half whatever the last digits of the shares.
    chosen = covered >= size / 2 - 1e-9
    chosen[0] = False
    row, col = np.nonzero(chosen[block])
    return Coverage(np.zeros(len(row), dtype=np.int64), row, col, np.ones(len(row)), 1, block.shape)


def window_around(cells: Coverage) -> tuple[tuple[slice, slice], Coverage]:
    """The rows and columns that hold ``cells``, at least one of each, and the cells counted from there."""
    top, left = int(cells.row.min(initial=cells.shape[0] - 1)), int(cells.col.min(initial=cells.shape[1] - 1))
    window = (
        slice(top, int(cells.row.max(initial=top)) + 1),
        slice(left, int(cells.col.max(initial=left)) + 1),
    )
    shape = (window[0].stop - top, window[1].stop - left)
    return window, Coverage(cells.zone, cells.row - top, cells.col - left, cells.fraction, cells.zones, shape)


def window_of(grid: AnalysisGrid, area: gpd.GeoDataFrame) -> tuple[slice, slice] | None:
    """The rows and columns that hold ``area``; None where it lies outside the grid."""
    _, parts = reaching(grid, area.explode())
    if not len(parts):
        return None
    west, south, east, north = shapely.total_bounds(parts)
    first_col, last_col = np.floor((west - grid.west) / grid.cell_width), np.ceil((east - grid.west) / grid.cell_width)
    first_row = np.floor((grid.north - north) / grid.cell_height)
    last_row = np.ceil((grid.north - south) / grid.cell_height)
    rows = slice(int(max(first_row, 0)), int(min(last_row, grid.rows)))
    cols = slice(int(max(first_col, 0)), int(min(last_col, grid.cols)))
    return (rows, cols) if rows.start < rows.stop and cols.start < cols.stop else None


def _mean(values: FloatArray, weights: FloatArray) -> float | None:
    total = weights.sum()
    return float((values * weights).sum() / total) if total > 0 else None
