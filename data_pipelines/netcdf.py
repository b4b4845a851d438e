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
"""What a dimension may be called, by the name it gets."""
ENGINES = {b"\x89HDF": "h5netcdf", b"CDF\x01": "scipy", b"CDF\x02": "scipy"}
CELL_TOLERANCE = 1e-3
"""Of a cell: what rounding may move a coordinate."""


def open_netcdf(path: Path) -> xr.Dataset:
    """The file, opened and not yet read; to be closed by the caller.

    Raises
    ------
    InputError
        If the file is no NetCDF or cut off.
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


def is_netcdf(path: Path) -> bool:
    """Whether the first bytes are those of a NetCDF file."""
    with sound(path).open("rb") as stream:
        return stream.read(4) in ENGINES


def read_field(path: Path, name: str, option: str = "variable") -> Band:
    """One variable over latitude and longitude, north-up; NaN where it has no value.

    Parameters
    ----------
    option:
        The dataset's option that names the variable.

    Raises
    ------
    InputError
        If the file cannot be used, has no such variable, or the variable is no single field on a regular grid.
    """
    with open_netcdf(path) as file:
        return band_of(path, variable(path, file, name, option).squeeze(drop=True).load())


def stated_unit(path: Path, name: str) -> str:
    """The unit that the variable ``name`` says it is in, empty if none; errors as `read_field`."""
    with open_netcdf(path) as file:
        return str(variable(path, file, name, "variable").attrs.get("units", ""))


def variable(path: Path, file: xr.Dataset, name: str, option: str) -> xr.DataArray:
    """The variable ``name``, its dimensions as in DIMENSIONS; ``option`` is the dataset's option that names it.

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
    field = file[name]
    names = {alias: own for own, aliases in DIMENSIONS.items() for alias in aliases if alias in field.dims}
    return field.rename({alias: own for alias, own in names.items() if alias != own})


def band_of(path: Path, field: xr.DataArray) -> Band:
    """A field over ``lat`` and ``lon`` as a raster, north-up.

    Raises
    ------
    InputError
        If it has other dimensions or is not evenly spaced.
    """
    if sorted(map(str, field.dims)) != ["lat", "lon"]:
        raise InputError(
            f"the dimensions are {', '.join(map(str, field.dims))}, not one field over lat and lon.",
            source=path,
            field=str(field.name),
            remedy="Give a file with one annual mean, e.g. by cdo timmean or cdo selyear.",
        )
    field = field.transpose("lat", "lon").sortby("lat", ascending=False).sortby("lon").astype(np.float64)
    return Band(_grid(path, field), field.to_numpy())


def _grid(path: Path, field: xr.DataArray) -> AnalysisGrid:
    (lat, height), (lon, width) = (_even(path, name, field[name].to_numpy()) for name in ("lat", "lon"))
    transform = Affine(width, 0.0, lon - width / 2, 0.0, height, lat - height / 2)
    return AnalysisGrid.from_transform(CRS.from_epsg(4326), transform, (field.sizes["lat"], field.sizes["lon"]))


def _even(path: Path, name: str, centres: np.ndarray) -> tuple[float, float]:
    """First cell centre and step of a coordinate."""
    step = np.diff(centres.astype(np.float64))
    if not step.size or np.abs(step - step.mean()).max() > CELL_TOLERANCE * abs(step.mean()):
        raise InputError(
            "the coordinates are not evenly spaced.",
            source=path,
            field=name,
            remedy="Regrid it to a regular grid of longitude and latitude, e.g. with cdo remapbil.",
        )
    return float(centres[0]), float((centres[-1] - centres[0]) / step.size)
