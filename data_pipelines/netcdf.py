"""NetCDF files, opened without trust."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr
from affine import Affine
from pyproj import CRS

from data_pipelines.files import sound
from data_pipelines.rasters import Band
from hotspots.errors import InputError
from hotspots.grid import AnalysisGrid

DIMENSIONS = {
    "time": ("time", "valid_time"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "longitude"),
}
ENGINES = {b"\x89HDF": "h5netcdf", b"CDF\x01": "scipy", b"CDF\x02": "scipy"}
UNEVEN = 1e-3
"""Coordinates in single precision may differ by so much of a step."""


def is_netcdf(path: Path) -> bool:
    """Whether a sound file begins as NetCDF does."""
    with sound(path).open("rb") as stream:
        return stream.read(4) in ENGINES


def open_netcdf(path: Path) -> xr.Dataset:
    """The file, to be closed.

    Raises
    ------
    InputError
        If it is no NetCDF, or damaged.
    """
    sound(path)
    with path.open("rb") as stream:
        engine = ENGINES.get(stream.read(4))
    if engine is None:
        raise InputError(
            "the file is no NetCDF.", source=path, remedy="Convert it to NetCDF, e.g. GRIB with grib_to_netcdf."
        )
    try:
        return xr.open_dataset(path, engine=engine)
    except (OSError, ValueError, TypeError, IndexError, KeyError) as error:
        raise InputError(
            f"the file is damaged or cut off: {error}.", source=path, remedy="Download it again."
        ) from error


def variable(path: Path, file: xr.Dataset, name: str, remedy: str) -> xr.DataArray:
    """The variable ``name``; an InputError with ``remedy`` where the file has none of that name."""
    if name not in file:
        raise InputError(
            f"there is no variable {name!r}; the file has: {', '.join(map(str, file.data_vars))}.",
            source=path,
            field=name,
            remedy=remedy,
        )
    return file[name]


def with_own_dimensions(path: Path, values: xr.DataArray, wanted: tuple[str, ...]) -> xr.DataArray:
    """``values`` with the dimensions ``wanted`` of DIMENSIONS, under those names and in that order, and no others.

    Raises
    ------
    InputError
        If its dimensions are not those.
    """
    names = {alias: own for own, aliases in DIMENSIONS.items() for alias in aliases if alias in values.dims}
    if sorted(names.values()) != sorted(wanted) or len(values.dims) != len(wanted):
        raise InputError(
            f"the dimensions are {', '.join(map(str, values.dims))}, not {', '.join(wanted[:-1])} and {wanted[-1]}.",
            source=path,
            field=str(values.name),
            remedy="Select one level and one ensemble member.",
        )
    values = values.rename({alias: own for alias, own in names.items() if alias != own})
    return values.drop_vars([c for c in values.coords if c not in wanted]).transpose(*wanted)


def band_of(path: Path, values: xr.DataArray) -> Band:
    """A field on regular longitudes and latitudes (lat, lon) as a raster in WGS 84, north up.

    Raises
    ------
    InputError
        If the coordinates are not evenly spaced.
    """
    values = values.assign_coords(lon=(values["lon"] + 180) % 360 - 180).sortby("lon").sortby("lat", ascending=False)
    lon, lat = values["lon"].to_numpy().astype(np.float64), values["lat"].to_numpy().astype(np.float64)
    for name, axis in (("lon", np.diff(lon)), ("lat", -np.diff(lat))):
        if not axis.size or not np.allclose(axis, axis[0], rtol=UNEVEN, atol=0) or axis[0] <= 0:
            raise InputError(
                "the coordinates are not evenly spaced.",
                source=path,
                field=name,
                remedy="Bring it to a regular grid of longitude and latitude.",
            )
    width, height = (lon[-1] - lon[0]) / (lon.size - 1), (lat[0] - lat[-1]) / (lat.size - 1)
    transform = Affine(width, 0.0, lon[0] - width / 2, 0.0, -height, lat[0] + height / 2)
    grid = AnalysisGrid.from_transform(CRS.from_user_input("OGC:CRS84"), transform, (lat.size, lon.size))
    return Band(grid, np.asarray(values.transpose("lat", "lon").to_numpy(), dtype=np.float64))
