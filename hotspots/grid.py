"""The analysis grid: the region's population raster, extended by a margin.

People are never resampled, so the grid is whatever the population raster says, in any CRS. Sizes and areas
of cells are geodesic (WGS 84 ellipsoid) and stored per row: exact in a geographic CRS, taken at the middle
column in a projected one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import xarray as xr
from affine import Affine
from pyproj import CRS, Geod, Transformer

from hotspots.errors import InputError

GEOD = Geod(ellps="WGS84")

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class AnalysisGrid:
    """A north-up raster grid with geodesic cell sizes.

    Parameters
    ----------
    crs_wkt:
        The grid's CRS as WKT.
    west, north:
        Coordinates of the outer corner of the first cell, in CRS units.
    cell_width, cell_height:
        Size of a cell in CRS units, both positive.
    rows, cols:
        Number of cells.
    """

    crs_wkt: str
    west: float
    north: float
    cell_width: float
    cell_height: float
    rows: int
    cols: int

    def __post_init__(self) -> None:
        if self.cell_width <= 0 or self.cell_height <= 0:
            raise InputError(
                "the raster is not north-up (cells must run west to east and north to south).",
                remedy="Rewrite it north-up, e.g. with gdalwarp.",
            )
        if self.rows <= 0 or self.cols <= 0:
            raise InputError("the raster has no cells.", remedy="Check that the file is complete.")

    @classmethod
    def from_transform(cls, crs: CRS, transform: Affine, shape: tuple[int, int]) -> AnalysisGrid:
        """The grid of a raster with this affine ``transform`` and ``shape`` (rows, cols)."""
        if transform.b != 0 or transform.d != 0:
            raise InputError(
                "the raster is rotated; the analysis grid must be north-up.",
                remedy="Warp it to a north-up grid, e.g. with gdalwarp.",
            )
        return cls(crs.to_wkt(), transform.c, transform.f, transform.a, -transform.e, *shape)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols)."""
        return (self.rows, self.cols)

    @cached_property
    def crs(self) -> CRS:
        """The CRS as a pyproj object."""
        return CRS.from_wkt(self.crs_wkt)

    @property
    def transform(self) -> Affine:
        """The affine transform from (col, row) to CRS coordinates of the cell's outer corner."""
        return Affine(self.cell_width, 0.0, self.west, 0.0, -self.cell_height, self.north)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) in CRS units."""
        south = self.north - self.rows * self.cell_height
        return (self.west, south, self.west + self.cols * self.cell_width, self.north)

    def xy(self, rows: npt.ArrayLike, cols: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """CRS coordinates of cell centres."""
        x = self.west + (np.asarray(cols, dtype=np.float64) + 0.5) * self.cell_width
        y = self.north - (np.asarray(rows, dtype=np.float64) + 0.5) * self.cell_height
        return x, y

    def lonlat(self, rows: npt.ArrayLike, cols: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Longitude and latitude (WGS 84, degrees) of cell centres."""
        lon, lat = self._to_lonlat.transform(*self.xy(rows, cols))
        return np.asarray(lon), np.asarray(lat)

    def fractional_cell(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Row and column of points as real numbers; the centre of cell (0, 0) is (0.5, 0.5).

        Longitudes are taken modulo 360°, so a grid across the antimeridian finds its points.
        """
        x, y = self._from_lonlat.transform(np.asarray(lon, float), np.asarray(lat, float))
        col = (np.asarray(x) - self.west) / self.cell_width
        if self.crs.is_geographic:
            turn = 360.0 / self.cell_width
            # A point just west of the grid belongs there, not a whole turn to its east.
            middle = self.cols / 2
            col = (col - middle + turn / 2) % turn + middle - turn / 2
        return (self.north - np.asarray(y)) / self.cell_height, col

    def cell_of(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[IntArray, IntArray]:
        """Row and column of the cell that holds each point; -1 for both where the point is outside."""
        row, col = self.fractional_cell(lon, lat)
        outside = ~((row >= 0) & (row < self.rows) & (col >= 0) & (col < self.cols))
        with np.errstate(invalid="ignore"):
            rows, cols = np.floor(row), np.floor(col)
        return (
            np.where(outside, -1, rows).astype(np.int64),
            np.where(outside, -1, cols).astype(np.int64),
        )

    def padded(self, margin_km: float) -> tuple[AnalysisGrid, tuple[slice, slice]]:
        """The grid grown by at least ``margin_km`` on every side, and where this one lies in it."""
        rows = int(np.ceil(margin_km * 1000 / self.row_height_m.min()))
        cols = int(np.ceil(margin_km * 1000 / self.row_width_m.min()))
        grown = AnalysisGrid(
            self.crs_wkt,
            self.west - cols * self.cell_width,
            self.north + rows * self.cell_height,
            self.cell_width,
            self.cell_height,
            self.rows + 2 * rows,
            self.cols + 2 * cols,
        )
        return grown, (slice(rows, rows + self.rows), slice(cols, cols + self.cols))

    def window(self, rows: slice, cols: slice) -> AnalysisGrid:
        """The part of the grid in ``rows`` × ``cols``."""
        return AnalysisGrid(
            self.crs_wkt,
            self.west + cols.start * self.cell_width,
            self.north - rows.start * self.cell_height,
            self.cell_width,
            self.cell_height,
            rows.stop - rows.start,
            cols.stop - cols.start,
        )

    @cached_property
    def row_width_m(self) -> FloatArray:
        """Geodesic west–east size of a cell in metres, (rows,)."""
        return self._row_sizes[0]

    @cached_property
    def row_height_m(self) -> FloatArray:
        """Geodesic north–south size of a cell in metres, (rows,)."""
        return self._row_sizes[1]

    @cached_property
    def row_area_km2(self) -> FloatArray:
        """Geodesic area of a cell in km², (rows,)."""
        middle = self.west + (self.cols // 2) * self.cell_width
        edges = self.north - np.arange(self.rows + 1) * self.cell_height
        areas = np.empty(self.rows)
        for row in range(self.rows):
            x = [middle, middle + self.cell_width, middle + self.cell_width, middle]
            y = [edges[row], edges[row], edges[row + 1], edges[row + 1]]
            lon, lat = self._to_lonlat.transform(x, y)
            areas[row] = abs(GEOD.polygon_area_perimeter(lon, lat)[0]) / 1e6
        return areas

    def dataarray(self, values: npt.NDArray[np.generic], name: str) -> xr.DataArray:
        """``values`` (rows, cols) as a DataArray with cell centres as ``y`` and ``x`` and the CRS as an attribute."""
        x, _ = self.xy(np.zeros(self.cols), np.arange(self.cols))
        _, y = self.xy(np.arange(self.rows), np.zeros(self.rows))
        return xr.DataArray(values, {"y": y, "x": x}, ("y", "x"), name, attrs={"crs_wkt": self.crs_wkt})

    @cached_property
    def _to_lonlat(self) -> Transformer:
        return Transformer.from_crs(self.crs, "OGC:CRS84", always_xy=True)

    @cached_property
    def _from_lonlat(self) -> Transformer:
        return Transformer.from_crs("OGC:CRS84", self.crs, always_xy=True)

    @cached_property
    def _row_sizes(self) -> tuple[FloatArray, FloatArray]:
        middle = self.west + (self.cols // 2 + 0.5) * self.cell_width
        half_w, half_h = self.cell_width / 2, self.cell_height / 2
        _, y = self.xy(np.arange(self.rows), np.zeros(self.rows))
        x = np.full(self.rows, middle)
        to_lonlat = self._to_lonlat.transform
        _, _, width = GEOD.inv(*to_lonlat(x - half_w, y), *to_lonlat(x + half_w, y))
        _, _, height = GEOD.inv(*to_lonlat(x, y - half_h), *to_lonlat(x, y + half_h))
        return np.asarray(width), np.asarray(height)
