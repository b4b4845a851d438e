"""NetCDF files, opened without trust."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import xarray as xr

from data_pipelines.files import sound
from hotspots.errors import InputError

_ENGINES: Final = {b"\x89HDF": "h5netcdf", b"CDF\x01": "scipy", b"CDF\x02": "scipy"}


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
