"""Small rasters and winds written for a test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
import xarray as xr
from affine import Affine
from rasterio.crs import CRS

from tests.miniature import GRID, people


def population(path: Path, values: np.ndarray | None = None, **profile: object) -> Path:
    """The people of the miniature as a GeoTIFF; ``profile`` changes how it is written."""
    cells = people() if values is None else values
    settings = {
        "driver": "GTiff",
        "dtype": "float32",
        "nodata": -99999.0,
        "crs": CRS.from_epsg(4326),
        "transform": GRID.transform,
        "height": cells.shape[0],
        "width": cells.shape[1],
        "count": 1,
    } | profile
    with rasterio.open(path, "w", **settings) as file:
        file.write(np.where(np.isnan(cells), -99999.0, cells).astype("float32"), 1)
    return path


def children(folder: Path) -> dict[str, Path]:
    """Children under 5: a twentieth of all people in each of the four files."""
    return {name: population(folder / f"{name}.tif", people() / 20) for name in ("f_0", "f_1", "m_0", "m_1")}


DIRECTIONS = np.array(
    [
        [4, 4, 4, 4, 4, 4, 4, 247],
        [1, 1, 1, 1, 1, 1, 4, 247],
        [64, 64, 64, 64, 64, 64, 4, 247],
        [4, 4, 4, 4, 4, 4, 4, 247],
        [16, 16, 16, 16, 16, 16, 16, 247],
        [64, 64, 64, 64, 64, 64, 64, 247],
    ],
    dtype=np.uint8,
)
"""On the miniature's grid: the upper rows gather in the second, flow down the seventh column and out west."""


def directions(path: Path, values: np.ndarray = DIRECTIONS, **profile: object) -> Path:
    """Flow directions of the miniature as a GeoTIFF, without a declared no data as HydroSHEDS has it."""
    settings = {
        "driver": "GTiff",
        "dtype": "uint8",
        "crs": CRS.from_epsg(4326),
        "transform": GRID.transform,
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
    } | profile
    with rasterio.open(path, "w", **settings) as file:
        file.write(values, 1)
    return path


def wind(path: Path, step: str = "MS", steps: int = 12, units: str = "m s-1", names: tuple[str, str] = ("u10", "v10")):
    """Winds of 3 m/s from the west on four points around the miniature."""
    times = pd.date_range("2020-01-01", periods=steps, freq=step)
    shape = (steps, 2, 2)
    data = xr.Dataset(
        {
            names[0]: (("valid_time", "latitude", "longitude"), np.full(shape, 3.0), {"units": units}),
            names[1]: (("valid_time", "latitude", "longitude"), np.zeros(shape), {"units": units}),
        },
        {"valid_time": times, "latitude": [21.0, 19.0], "longitude": [9.0, 11.0]},
    )
    data.to_netcdf(path, engine="h5netcdf")
    return path


def edgar(path: Path, values: np.ndarray | float = 1.0, variable: str = "emissions", **attributes: object) -> Path:
    """Tonnes a cell of 0.1° from 9 to 11° E and 19 to 21° N, as the files of emi_nc have them: from south to north."""
    lat, lon = 19.05 + 0.1 * np.arange(20), 9.05 + 0.1 * np.arange(20)
    stated = {"units": "Tonnes", "substance": "PM2.5", "year": "2020", "long_name": "RCO"} | attributes
    field = (("lat", "lon"), np.broadcast_to(np.asarray(values, dtype=np.float32), (20, 20)), stated)
    xr.Dataset({variable: field}, {"lat": lat, "lon": lon}).to_netcdf(path, engine="h5netcdf")
    return path


def terrain(path: Path, values: np.ndarray | None = None, units: str = "m") -> Path:
    """Heights on 7 × 7 points half a degree apart around the miniature, as ETOPO has them: 100 m a degree northward."""
    lat, lon = 18.5 + 0.5 * np.arange(7), 8.5 + 0.5 * np.arange(7)
    heights = np.repeat(100 * (lat - 20.0)[:, None], 7, axis=1) if values is None else values
    data = xr.Dataset({"elevation": (("lat", "lon"), heights, {"units": units})}, {"lat": lat, "lon": lon})
    data.to_netcdf(path, engine="h5netcdf")
    return path


ROTATED = Affine(0.01, 0.001, 10.0, 0.001, -0.01, 20.06)
METRES_AS_DEGREES = Affine(1000, 0, 500_000, 0, -1000, 2_200_000)
