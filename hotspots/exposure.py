"""Sums and means over zones by the exact share of every cell that a zone covers.

A cell's value is spread evenly over the cell, so a zone gets value × covered fraction. People of a coastal cell
partly outside every zone stay outside: the zones' people and those outside sum to the raster's own sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr
from affine import Affine
from exactextract import exact_extract
from exactextract.feature import GeoPandasFeatureSource
from exactextract.raster import NumPyRasterSource
from pyproj import CRS

from hotspots.errors import InputError
from hotspots.grid import AnalysisGrid
from hotspots.zonal import Outlines, reaching

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Coverage:
    """Which share of which cell each zone covers: four arrays of equal length, one entry a zone and cell.

    Attributes
    ----------
    zone:
        Position of the zone, 0 .. ``zones`` - 1.
    row, col:
        The cell.
    fraction:
        Covered share of the cell's area in the grid's CRS, above 0 and up to 1.
    zones:
        Number of zones, those that cover nothing included.
    shape:
        (rows, cols) of the grid.
    """

    zone: IntArray
    row: IntArray
    col: IntArray
    fraction: FloatArray
    zones: int
    shape: tuple[int, int]

    @classmethod
    def of_labels(cls, labels: npt.NDArray[np.integer], zones: int | None = None) -> Coverage:
        """Whole cells by a label raster (rows, cols): label k is zone k - 1, 0 is none.

        ``zones`` is the number of zones, the largest label unless given.
        """
        row, col = np.nonzero(labels > 0)
        zone = labels[row, col].astype(np.int64) - 1
        count = int(zone.max(initial=-1)) + 1 if zones is None else zones
        return cls(zone, row, col, np.ones(zone.size), count, (labels.shape[0], labels.shape[1]))

    def sum(self, values: npt.NDArray[np.generic]) -> FloatArray:
        """Σ fraction × value of each zone, (zones,); NaN cells count nothing, and so does a zone without cells."""
        taken = np.nan_to_num(self._at(values), nan=0.0)
        sums = np.bincount(self.zone, self.fraction * taken, minlength=self.zones)
        return sums.astype(np.float64)

    def weighted_mean(self, values: npt.NDArray[np.generic], weights: npt.NDArray[np.generic]) -> FloatArray:
        """Σ fraction × weight × value / Σ fraction × weight of each zone over cells that have both, (zones,).

        NaN for a zone whose weights sum to 0.
        """
        value, weight = self._at(values), self._at(weights)
        known = ~(np.isnan(value) | np.isnan(weight))
        share = np.where(known, self.fraction * weight, 0.0)
        total = np.bincount(self.zone, share, minlength=self.zones)
        weighted = np.bincount(self.zone, share * np.where(known, value, 0.0), minlength=self.zones)
        mean = np.full(self.zones, np.nan)
        np.divide(weighted, total, out=mean, where=total > 0)
        return mean

    def covered(self) -> FloatArray:
        """Sum over the zones of each cell's covered fraction, (rows, cols); above 1 where zones overlap."""
        cell = self.row * self.shape[1] + self.col
        total = np.bincount(cell, self.fraction, minlength=self.shape[0] * self.shape[1])
        return total.astype(np.float64).reshape(self.shape)

    def without_overlap(self) -> Coverage:
        """The same with no cell given away more than once: zones that claim more than a whole cell share it.

        Units that both claim an island split it in proportion to what they cover. Fractions that sum to 1 or less
        stay, so two zones over the same part of a half-covered cell both keep it.
        """
        claimed = np.maximum(self.covered(), 1.0)[self.row, self.col]
        return Coverage(self.zone, self.row, self.col, self.fraction / claimed, self.zones, self.shape)

    def dominant(self) -> npt.NDArray[np.int32]:
        """The zone that covers most of each cell, the first of equals; -1 where none does. (rows, cols)."""
        zone = np.full(self.shape, -1, dtype=np.int32)
        # The last assignment to a cell stays, so the best comes last.
        order = np.lexsort((-self.zone, self.fraction))
        zone[self.row[order], self.col[order]] = self.zone[order]
        return zone

    def _at(self, values: npt.NDArray[np.generic]) -> FloatArray:
        if values.shape != self.shape:
            raise ValueError(f"values have the shape {values.shape}, the grid {self.shape}")
        return values[self.row, self.col].astype(np.float64)


def coverage(grid: AnalysisGrid, zones: gpd.GeoDataFrame) -> Coverage:
    """Exact covered fractions of the cells of ``grid`` by polygons in any CRS.

    On a geographic grid that runs past 180° zones are found on either side of the antimeridian.

    Raises
    ------
    InputError
        If ``zones`` has no CRS.
    """
    position, geometry = reaching(grid, zones)
    if position.size == 0:
        nothing = np.empty(0, dtype=np.int64)
        return Coverage(nothing, nothing, nothing, np.empty(0), len(zones), grid.shape)
    features = gpd.GeoDataFrame({"part": np.arange(position.size)}, geometry=geometry, crs=grid.crs)
    west, south, east, north = grid.bounds
    cells = NumPyRasterSource(
        np.broadcast_to(np.uint8(1), grid.shape), west, south, east, north, srs_wkt=features.crs.to_wkt()
    )
    found = exact_extract(
        cells, GeoPandasFeatureSource(features), ["cell_id", "coverage"], include_cols=["part"], output="pandas"
    )
    zone = np.repeat(position[found["part"].to_numpy()], found["cell_id"].map(len).to_numpy(dtype=np.int64))
    cell = np.concatenate(found["cell_id"].to_list()).astype(np.int64)
    fraction = np.concatenate(found["coverage"].to_list()).astype(np.float64)
    kept = fraction > 0
    row, col = np.divmod(cell[kept], grid.cols)
    return Coverage(zone[kept], row, col, fraction[kept], len(zones), grid.shape)


def zonal_sum(raster: xr.DataArray, zones: gpd.GeoDataFrame) -> pd.Series:
    """Sum of a raster over each zone, every cell counted by its covered fraction.

    Parameters
    ----------
    raster:
        (y, x) with cell centres as coordinates and the attribute ``crs_wkt``, as `AnalysisGrid.dataarray` makes
        it; NaN cells count nothing.
    zones:
        Polygons in any CRS. Each has its own sum: what zones share is in both.

    Returns
    -------
    pandas.Series
        Indexed as ``zones``, in the unit of the raster.

    Raises
    ------
    InputError
        If the raster has no CRS, fewer than two rows or columns, or uneven coordinates, or ``zones`` has no CRS.
    """
    north_up = raster.transpose("y", "x").sortby("y", ascending=False).sortby("x")
    sums = Outlines.of(_grid_of(north_up), zones).sums([north_up.to_numpy()])[:, 0]
    return pd.Series(sums, index=zones.index, name=raster.name)


def _grid_of(raster: xr.DataArray) -> AnalysisGrid:
    """The grid whose cell centres are the coordinates of ``raster``, which is north-up."""
    if "crs_wkt" not in raster.attrs:
        raise InputError("the raster has no CRS.", field="crs_wkt", remedy="Set the attribute crs_wkt.")
    steps = []
    for axis in ("y", "x"):
        centres = raster[axis].to_numpy().astype(np.float64)
        step = np.diff(centres)
        if step.size == 0 or not np.allclose(step, step.mean(), rtol=1e-3, atol=0):
            raise InputError(
                "needs at least two, evenly spaced cell centres.", field=axis, remedy="Give a regular raster."
            )
        steps.append((centres[0], (centres[-1] - centres[0]) / step.size))
    (y, dy), (x, dx) = steps
    return AnalysisGrid.from_transform(
        CRS.from_wkt(raster.attrs["crs_wkt"]),
        Affine(dx, 0.0, x - dx / 2, 0.0, dy, y - dy / 2),
        (raster.sizes["y"], raster.sizes["x"]),
    )
