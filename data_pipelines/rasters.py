"""Raster files, read whole and without trust."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
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
            f"the file is no complete GeoTIFF: {error}.",
            source=path,
            remedy="Download it again; convert other formats with gdal_translate -of GTiff.",
        ) from error
    return Band(grid, values)


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
    return grid


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
