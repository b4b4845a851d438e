"""NetCDF files, opened without trust."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import xarray as xr
from affine import Affine
from pyproj import CRS

from data_pipelines.files import sound
from data_pipelines.rasters import Band
from hotspots.errors import InputError
from hotspots.grid import AnalysisGrid

LATITUDES, LONGITUDES = ("lat", "latitude", "y"), ("lon", "longitude", "x")
_EVEN: Final = 1e-3

_ENGINES: Final = {b"\x89HDF": "h5netcdf", b"CDF\x01": "scipy", b"CDF\x02": "scipy"}


def is_netcdf(path: Path) -> bool:
    """Whether a sound file begins as NetCDF does."""
    with sound(path).open("rb") as stream:
        return stream.read(4) in _ENGINES


def open_netcdf(path: Path) -> xr.Dataset:
    """The file, opened and not yet read; to be closed by the caller.

    Raises
    ------
    InputError
        If the file is no NetCDF or cut off.
    """
    sound(path)
    with path.open("rb") as stream:
        engine = _ENGINES.get(stream.read(4))
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


def variable(path: Path, file: xr.Dataset, name: str, option: str) -> xr.DataArray:
    """The variable ``name`` of the file, loaded; ``option`` is the dataset's option that names it.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    if name not in file:
        raise InputError(
            f"there is no variable {name!r}; the file has: {', '.join(map(str, file.data_vars))}.",
            source=path,
            field=name,
            remedy=f"Name it in the dataset's option {option}.",
        )
    return file[name].load()


def lattice(path: Path, data: xr.DataArray) -> Band:
    """A field on an even lattice of latitudes and longitudes as a raster, north up.

    Raises
    ------
    InputError
        If it has other dimensions, or is not evenly spaced.
    """
    lat, lon = axis(path, data, LATITUDES), axis(path, data, LONGITUDES)
    if data.ndim != 2:
        raise InputError(
            f"{data.name} has the dimensions {', '.join(map(str, data.dims))}, not latitude and longitude.",
            source=path,
            field=str(data.name),
            remedy="Select one layer.",
        )
    data = data.transpose(lat, lon).sortby(lat, ascending=False).sortby(lon)
    step_lat, step_lon = -_step(path, data[lat]), _step(path, data[lon])
    corner = Affine(step_lon, 0, float(data[lon][0]) - step_lon / 2, 0, -step_lat, float(data[lat][0]) + step_lat / 2)
    grid = AnalysisGrid.from_transform(CRS.from_user_input("OGC:CRS84"), corner, (data.sizes[lat], data.sizes[lon]))
    return Band(grid, data.to_numpy().astype(np.float64))


def axis(path: Path, data: xr.DataArray, names: tuple[str, ...]) -> str:
    """The dimension with coordinates that has one of ``names``; an InputError where there is none."""
    found = [name for name in names if name in data.dims and name in data.coords]
    if not found:
        raise InputError(
            f"there is no coordinate {names[0]}; the dimensions are {', '.join(map(str, data.dims))}.",
            source=path,
            field=names[0],
            remedy=f"Name the dimension one of {', '.join(names)} and give its degrees.",
        )
    return found[0]


def _step(path: Path, values: xr.DataArray) -> float:
    """The signed spacing of an even axis."""
    steps = np.diff(values.to_numpy().astype(np.float64))
    mean = float(steps.mean()) if steps.size else 0.0
    if mean == 0 or np.abs(steps - mean).max() > _EVEN * abs(mean) * len(steps):
        raise InputError(
            "the points are not evenly spaced.", source=path, field=str(values.name), remedy="Resample the file."
        )
    return mean
