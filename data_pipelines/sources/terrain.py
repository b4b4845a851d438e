"""Terrain heights and sea depths from NetCDF (as ETOPO) or GeoTIFF, brought to the analysis grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from config.reading import Settings
from config.units import convert
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.ledger import Ledger
from data_pipelines.netcdf import band_of, open_netcdf, variable
from data_pipelines.rasters import Band, read_geotiff
from data_pipelines.registry import adapter
from hotspots.errors import InputError
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Elevation

_POSSIBLE_M = (-12_000.0, 9_000.0)
"""From below the deepest trench to above the highest summit."""


class Options(Settings):
    """Options of terrain: the variable of a NetCDF file. A GeoTIFF holds metres in its first band."""

    variable: str = "elevation"


SPEC = SourceSpec("terrain", "terrain", Options, needs=("units", "population"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Elevation]:
    """Metres above sea level at the centres of the analysis grid, bilinear between the file's points.

    A row is the points of one latitude, counted from the north. One with voids near the region is flagged; the
    analysis cells that a void or the edge of the file touches are NaN.

    Raises
    ------
    InputError
        If the file cannot be used, is no even lattice, holds heights that the Earth has not, or nothing in the region.
    """
    path = request.path
    band = read_geotiff(path) if path.suffix.lower() in (".tif", ".tiff") else _read_netcdf(request)
    impossible = (band.values < _POSSIBLE_M[0]) | (band.values > _POSSIBLE_M[1])
    if impossible.any():
        raise InputError(
            f"{int(impossible.sum())} heights are none of the Earth, e.g. {band.values[impossible][0]:g} m.",
            source=path,
            field="elevation",
            remedy="If this value means no data, declare it (_FillValue, gdal_edit.py -a_nodata); check the unit.",
        )
    ledger = Ledger(request.ref.id, path, rows_in=band.grid.rows)
    grid = request.grid or band.grid
    rows, cols = _position(band.grid, grid)
    elevation_m = sampled(band.values, rows, cols)
    if np.isnan(elevation_m).all():
        raise InputError("the terrain has no height in the region.", source=path, remedy="Name a file that does.")
    _flag_voids(ledger, band.values, rows, cols)
    resolution_m = float(max(band.grid.row_width_m.max(), band.grid.row_height_m.max()))
    lowest_m = np.where(np.isnan(elevation_m), np.nan, _lowest(band.values, rows, cols))
    return Read(Elevation(elevation_m, lowest_m, resolution_m), (ledger.close(),))


def _flag_voids(
    ledger: Ledger,
    values: npt.NDArray[np.float64],
    rows: npt.NDArray[np.float64],
    cols: npt.NDArray[np.float64],
) -> None:
    first, left = max(int(rows.min()), 0), max(int(cols.min()), 0)
    used = values[first : int(np.ceil(rows.max())) + 1, left : int(np.ceil(cols.max())) + 1]
    voids = np.isnan(used).sum(axis=1)
    flagged = np.flatnonzero(voids)
    details = [f"{count} points without a height" for count in voids[flagged]]
    ledger.flag((first + 1 + flagged).tolist(), "TERRAIN_VOID", details)


def sampled(
    values: npt.NDArray[np.float64], rows: npt.NDArray[np.float64], cols: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """``values`` bilinear at real row and column indices; NaN where one of the points around is a void or missing."""
    return np.asarray(ndimage.map_coordinates(values, [rows, cols], order=1, cval=np.nan))


def _lowest(
    values: npt.NDArray[np.float64], rows: npt.NDArray[np.float64], cols: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The lowest of the four ``values`` around real row and column indices, or of those on the file's edge."""

    def at(row: npt.NDArray[np.float64], col: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        inside = np.clip(row, 0, values.shape[0] - 1).astype(int), np.clip(col, 0, values.shape[1] - 1).astype(int)
        return np.asarray(values[inside])

    upper = np.minimum(at(np.floor(rows), np.floor(cols)), at(np.floor(rows), np.ceil(cols)))
    lower = np.minimum(at(np.ceil(rows), np.floor(cols)), at(np.ceil(rows), np.ceil(cols)))
    return np.asarray(np.minimum(upper, lower))


def _position(terrain: AnalysisGrid, grid: AnalysisGrid) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Where the centres of ``grid`` lie among those of ``terrain``, in its rows and columns."""
    rows, cols = np.meshgrid(np.arange(grid.rows), np.arange(grid.cols), indexing="ij")
    row, col = terrain.fractional_cell(*grid.lonlat(rows, cols))
    return row - 0.5, col - 0.5


def _read_netcdf(request: ReadRequest) -> Band:
    path, name = request.path, request.options_as(Options).variable
    with open_netcdf(path) as file:
        field = variable(path, file, name, "variable").squeeze(drop=True).load()
    factor = _metres(path, name, str(field.attrs.get("units", "m")))
    band = band_of(path, field)
    return Band(band.grid, band.values * factor)


def _metres(path: Path, name: str, unit: str) -> float:
    try:
        return convert(1.0, unit, "m")
    except ValueError as error:
        raise InputError(
            f"the unit {unit!r} is no height.", source=path, field=name, remedy="Set the units attribute, e.g. m."
        ) from error
