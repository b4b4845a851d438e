"""Mean annual precipitation from a GeoTIFF of mm per year, or from a NetCDF of hourly or daily sums."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from config.units import convert
from data_pipelines.netcdf import band_of, is_netcdf, open_netcdf, variable
from data_pipelines.rasters import Band, read_geotiff
from hotspots.errors import InputError

LONGEST_STEP = pd.Timedelta(days=1)


def annual_mm(path: Path, name: str) -> Band:
    """mm per year, NaN where unknown; of a NetCDF the sums of its variable ``name``, averaged over its years.

    Raises
    ------
    InputError
        If the file cannot be used, the unit is no length, or days of a year are missing.
    """
    if not is_netcdf(path):
        return read_geotiff(path)
    with open_netcdf(path) as file:
        sums = variable(path, file, name, "precipitation_variable").load()
    unit = str(sums.attrs.get("units", ""))
    if "time" not in sums.coords:
        raise InputError(
            "there is no time.", source=path, field="time", remedy="Use sums of hours or days, or a GeoTIFF of mm/yr."
        )
    try:
        mm = convert(1.0, unit or "none", "mm")
    except ValueError as error:
        raise InputError(
            f"the unit {unit!r} is no depth of water.", source=path, field=name, remedy="Set the units attribute."
        ) from error
    years = _whole_years(path, pd.DatetimeIndex(sums["time"].values))
    total = band_of(path, sums.sum("time", skipna=False))
    return Band(total.grid, total.values * mm / years)


def _whole_years(path: Path, times: pd.DatetimeIndex) -> int:
    """How many years ``times`` cover, every day of each."""
    steps = pd.Series(times).diff().dropna()
    if steps.empty or steps.median() > LONGEST_STEP:
        raise InputError(
            "the time steps are longer than a day.", source=path, field="time", remedy="Use sums of hours or days."
        )
    per_day = round(LONGEST_STEP / steps.median())
    for year in np.unique(times.year):
        wanted = (366 if pd.Timestamp(year=int(year), month=1, day=1).is_leap_year else 365) * per_day
        found = times[times.year == year].unique().size
        if found < wanted:
            raise InputError(
                f"{found} of {wanted} time steps of {year} are there: no annual total can be made.",
                source=path,
                field="time",
                remedy="Download the whole year, or cut the file to whole years.",
            )
    return int(np.unique(times.year).size)
