"""Raster files, read whole and without trust."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from pyproj import CRS
from rasterio.errors import NotGeoreferencedWarning, RasterioError, RasterioIOError

from data_pipelines.files import sound
from hotspots.errors import InputError
from hotspots.grid import AnalysisGrid

_ONE_CELL_OVER_DEG = 1.0
_BEYOND_AREA_OF_USE_DEG = 20.0
"""National grids are used far beyond their zone: UTM 33, made for 12-18° E, serves Norway from 4° to 31° E."""
_SMALLEST_CELL_M = 1.0
_LARGEST_CELL_M = 200_000.0


@dataclass(frozen=True)
class Band:
    """One band: values (rows, cols) as float64, NaN where the file says no data."""

    grid: AnalysisGrid
    values: npt.NDArray[np.float64]


def read_geotiff(path: Path, band: int = 1) -> Band:
    """Read one band of a GeoTIFF completely.

    Raises
    ------
    InputError
        If the file is no GeoTIFF, is cut off, or its CRS or position is missing or cannot be right.
    """
    sound(path)
    try:
        with warnings.catch_warnings():
            # Reported below as an error of its own.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path, driver="GTiff") as file:
                if not 1 <= band <= file.count:
                    raise InputError(
                        f"there is no band {band}; the file has {file.count}.",
                        source=path,
                        field="band",
                        remedy="Set the dataset's option band.",
                    )
                grid = _grid(path, file)
                values = file.read(band, masked=True).astype(np.float64).filled(np.nan)
    except (RasterioIOError, RasterioError) as error:
        raise InputError(
            f"the file is no complete GeoTIFF: {_reason(error)}.",
            source=path,
            remedy="Download it again; convert other formats with gdal_translate -of GTiff.",
        ) from error
    return Band(grid, values)


def without_gap(band: Band) -> Band:
    """A raster around the whole globe without its longest run of columns that hold no data; any other as it is.

    Countries on both sides of 180 degrees come in such rasters; what is left runs past 180 and keeps every value.
    """
    grid = band.grid
    held = np.flatnonzero(~np.isnan(band.values).all(axis=0))
    if not grid.crs.is_geographic or not np.isclose(grid.cols * grid.cell_width, 360.0) or not held.size:
        return band
    gaps = np.diff(held, append=held[0] + grid.cols)
    last = int(np.argmax(gaps))
    if gaps[last] == 1:
        return band
    first = held[(last + 1) % held.size]
    cols = grid.cols - int(gaps[last]) + 1
    values = np.take(band.values, np.arange(first, first + cols), axis=1, mode="wrap")
    return Band(replace(grid, west=grid.west + first * grid.cell_width, cols=cols), values)


def _reason(error: RasterioError) -> str:
    """What GDAL said, where the error itself only points to it."""
    return str(error.__cause__ or error).rstrip(". ")


def _grid(path: Path, file: rasterio.DatasetReader) -> AnalysisGrid:
    if file.crs is None:
        raise InputError(
            "the raster has no coordinate reference system.",
            source=path,
            field="CRS",
            remedy="Add the right one, e.g. gdal_edit.py -a_srs EPSG:4326.",
        )
    if file.transform.is_identity:
        raise InputError(
            "the raster has no position on the Earth.", source=path, field="transform", remedy="Georeference it."
        )
    crs = CRS.from_wkt(file.crs.to_wkt())
    try:
        grid = AnalysisGrid.from_transform(crs, file.transform, (file.height, file.width))
    except InputError as error:
        raise InputError(error.message, source=path, field="transform", remedy=error.remedy) from error
    check_degrees(path, crs, grid.bounds)
    if crs.is_projected:
        _check_ground(path, grid)
    return grid


def _check_ground(path: Path, grid: AnalysisGrid) -> None:
    """Check that a projected grid lies where its CRS is meant for, with cells of a size that a map can have."""
    rows, cols = np.meshgrid([0, grid.rows - 1], [0, grid.cols - 1])
    lon, lat = grid.lonlat(rows.ravel(), cols.ravel())
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise _wrong_crs(path, grid, "its corners lie outside what the CRS can express")
    area = _area_of_use(grid.crs)
    if area is not None and not _near(area, lon, lat).all():
        position = f"longitude {lon.min():.2f} to {lon.max():.2f}, latitude {lat.min():.2f} to {lat.max():.2f}"
        raise _wrong_crs(path, grid, f"the raster would lie at {position}, far from where the CRS is used")
    sizes_m = np.concatenate([grid.row_width_m, grid.row_height_m])
    if not ((sizes_m >= _SMALLEST_CELL_M) & (sizes_m <= _LARGEST_CELL_M)).all():
        size = f"{grid.row_width_m.mean():.3g} m x {grid.row_height_m.mean():.3g} m"
        raise _wrong_crs(path, grid, f"its cells would be {size} on the ground")


def _wrong_crs(path: Path, grid: AnalysisGrid, problem: str) -> InputError:
    authority = grid.crs.to_authority()
    name = f"{':'.join(authority)} ({grid.crs.name})" if authority else grid.crs.name
    return InputError(
        f"{problem}, in the CRS {name} with cells of {grid.cell_width:g} x {grid.cell_height:g} of its units: "
        "CRS and position cannot both be right.",
        source=path,
        field="CRS",
        remedy="Set the CRS that the position is in, e.g. gdal_edit.py -a_srs EPSG:4326 if it is in degrees.",
    )


def _area_of_use(crs: CRS) -> tuple[float, float, float, float] | None:
    """West, south, east, north of where the CRS is meant for; files seldom say it, their authority's register does."""
    authority = crs.to_authority()
    area = (CRS.from_authority(*authority) if authority else crs).area_of_use
    return None if area is None else area.bounds


def _near(
    area: tuple[float, float, float, float], lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Which points lie in ``area`` or a generous way around it; its west exceeds its east across the antimeridian."""
    west, south, east, north = area
    slack = _BEYOND_AREA_OF_USE_DEG
    half_width = (east - west) % 360 / 2 or 180.0
    from_middle = np.abs((lon - west - half_width + 180) % 360 - 180)
    return (from_middle <= half_width + slack) & (lat >= south - slack) & (lat <= north + slack)


def check_degrees(path: Path, crs: CRS, bounds: tuple[float, float, float, float]) -> None:
    """Check that ``bounds`` (west, south, east, north) can be degrees if ``crs`` is geographic."""
    west, south, east, north = bounds
    slack = _ONE_CELL_OVER_DEG
    possible = -360 - slack <= west <= east <= 360 + slack and -90 - slack <= south <= north <= 90 + slack
    if crs.is_geographic and not possible:
        raise InputError(
            f"the CRS is in degrees, but the bounds are {west:g}, {south:g}, {east:g}, {north:g}: it cannot be right.",
            source=path,
            field="CRS",
            remedy="Set the CRS that the coordinates are in.",
        )
