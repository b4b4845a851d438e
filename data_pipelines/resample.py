"""A raster brought to the analysis grid: amounts by area-weighted sum, levels by area-weighted mean."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from affine import Affine
from rasterio.warp import Resampling, reproject
from scipy import sparse

from data_pipelines.rasters import Band
from hotspots.grid import AnalysisGrid

Extent = Literal["extensive", "intensive"]
FloatArray = npt.NDArray[np.float64]
METHODS = {"extensive": Resampling.sum, "intensive": Resampling.average}
TURNS_DEG = (0.0, 360.0, -360.0)
ALIGNED = 1e-6
"""Edges that lie within this part of a cell of each other are the same: positions in files are rounded."""


def on_grid(band: Band, grid: AnalysisGrid, extent: Extent) -> FloatArray:
    """The values (rows, cols) of ``band`` on ``grid``; NaN where the band has no data.

    Parameters
    ----------
    extent:
        ``extensive`` for amounts (people): a cell gets from each cell of the band the part of its amount that lies
        inside, so that the sum is kept. ``intensive`` for levels (µg/m³, shares): the mean over the known part of
        the cell. Exact where both are in one CRS (areas as in the CRS), else by GDAL's warp.
    """
    if not band.grid.crs.equals(grid.crs, ignore_axis_order=True):
        return _warped(band, grid, extent)
    # A cell across the antimeridian has parts on both sides of a band that ends there.
    turns = TURNS_DEG if grid.crs.is_geographic else TURNS_DEG[:1]
    parts = [_overlaid(band, grid, turn) for turn in turns]
    amount, covered = (np.sum(part, axis=0) for part in zip(*parts, strict=True))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(covered > 0, amount if extent == "extensive" else amount / covered, np.nan)


def _overlaid(band: Band, grid: AnalysisGrid, turn: float) -> tuple[FloatArray, FloatArray]:
    """By the exact overlap of rows with rows and columns with columns: amount, and known cells of the band."""
    own = band.grid
    rows = _overlaps(
        (own.north - grid.north) / own.cell_height, grid.cell_height / own.cell_height, grid.rows, own.rows
    )
    cols = _overlaps(
        (grid.west - own.west - turn) / own.cell_width, grid.cell_width / own.cell_width, grid.cols, own.cols
    )
    known = ~np.isnan(band.values)
    amount = (rows @ np.where(known, band.values, 0.0)) @ cols.T
    return amount, (rows @ known.astype(np.float64)) @ cols.T


def _overlaps(first: float, step: float, count: int, cells: int) -> sparse.csr_array:
    """(count, cells): which part of each of ``cells`` lies in each interval of ``step`` cells from ``first`` on."""
    edges = first + step * np.arange(count + 1)
    nearest = np.round(edges)
    edges = np.where(np.abs(edges - nearest) < ALIGNED, nearest, edges)
    start, end = np.floor(edges[:-1]).astype(np.int64), np.ceil(edges[1:]).astype(np.int64)
    length = end - start
    interval = np.repeat(np.arange(count), length)
    cell = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length) + start[interval]
    part = np.minimum(edges[interval + 1], cell + 1) - np.maximum(edges[interval], cell)
    inside = (cell >= 0) & (cell < cells)
    return sparse.csr_array((part[inside], (interval[inside], cell[inside])), shape=(count, cells))


def _warped(band: Band, grid: AnalysisGrid, extent: Extent) -> FloatArray:
    """Between two CRS. A ring without data keeps the part of a cell beyond the band's edge out of its value."""
    values = np.full(grid.shape, np.nan)
    reproject(
        np.pad(band.values, 1, constant_values=np.nan),
        values,
        src_transform=band.grid.transform @ Affine.translation(-1, -1),
        src_crs=band.grid.crs_wkt,
        src_nodata=np.nan,
        dst_transform=grid.transform,
        dst_crs=grid.crs_wkt,
        dst_nodata=np.nan,
        resampling=METHODS[extent],
        # 0: positions are transformed exactly, not interpolated between some.
        tolerance=0.0,
    )
    return values
