"""Winds at 10 m from NetCDF: hourly as ERA5 gives them, or monthly means of the vector."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import xarray as xr

from config.reading import Settings
from config.units import convert, spelled_out
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.ledger import Ledger
from data_pipelines.netcdf import DIMENSIONS, open_netcdf
from data_pipelines.registry import adapter
from hotspots.errors import InputError
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Wind

Sampling = Literal["hourly", "monthly_mean"]
HOURLY_AT_MOST = pd.Timedelta(hours=6)
MONTH = (pd.Timedelta(days=27), pd.Timedelta(days=32))


class Options(Settings):
    """Options of wind: the names of the two components, and what is known of the file beside it.

    ``sampling`` must agree with the time steps; ``years`` are stated where the file's own time stamps mislead.
    """

    u_variable: str = "u10"
    v_variable: str = "v10"
    sampling: Sampling | None = None
    years: tuple[int, int] | None = None


SPEC = SourceSpec("wind", "wind", Options, needs=("units", "population"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Wind]:
    """u10 and v10 in m/s (time, lat ascending, lon ascending from −180 to 180) around the analysis grid.

    A row is a time step. Steps of up to six hours count as ``hourly``, steps of a month as ``monthly_mean``. Values may
    be missing (NaN): a time without any is put aside, one with some is flagged, and so is, once, a point without any.

    Raises
    ------
    InputError
        If the file cannot be used, a variable or dimension is missing, the unit is no speed, the time step is neither,
        or the winds do not cover the region.
    """
    options = request.options_as(Options)
    path = request.path
    with open_netcdf(path) as file:
        data = xr.Dataset(
            {"u10": _component(path, file, options.u_variable), "v10": _component(path, file, options.v_variable)},
            attrs={},
        )
        data = _around(path, data, request.grid).load()
    times = pd.DatetimeIndex(data["time"].values)
    sampling = _sampling(path, times)
    if options.sampling not in (None, sampling):
        raise InputError(
            f"the time steps are {sampling}, but the dataset's options say {options.sampling}.",
            source=path,
            field="sampling",
            remedy="Correct the option.",
        )
    years = options.years or (int(times.year.min()), int(times.year.max()))
    ledger = Ledger(request.ref.id, path, rows_in=len(times))
    _report_missing(ledger, data)
    return Read(Wind(data, sampling, years), (ledger.close(),))


def _component(path: Path, file: xr.Dataset, name: str) -> xr.DataArray:
    if name not in file:
        raise InputError(
            f"there is no variable {name!r}; the file has: {', '.join(map(str, file.data_vars))}.",
            source=path,
            field=name,
            remedy="Name the variables of the wind at 10 m in the dataset's options u_variable and v_variable.",
        )
    values = file[name]
    unit = str(values.attrs.get("units", ""))
    try:
        factor = convert(1.0, spelled_out(unit) if unit else "none", "m/s")
    except ValueError as error:
        raise InputError(
            f"the unit {unit!r} is no speed.", source=path, field=name, remedy="Set the units attribute, e.g. m s-1."
        ) from error
    names = {alias: own for own, aliases in DIMENSIONS.items() for alias in aliases if alias in values.dims}
    if sorted(names.values()) != sorted(DIMENSIONS) or len(values.dims) != len(DIMENSIONS):
        raise InputError(
            f"the dimensions are {', '.join(map(str, values.dims))}, not time, lat and lon.",
            source=path,
            field=name,
            remedy="Select one level and one ensemble member.",
        )
    values = values.rename({alias: own for alias, own in names.items() if alias != own})
    values = values.drop_vars([c for c in values.coords if c not in DIMENSIONS])
    return (values.transpose("time", "lat", "lon") * factor).astype(np.float64)


def _around(path: Path, data: xr.Dataset, grid: AnalysisGrid | None) -> xr.Dataset:
    """Longitudes from −180, everything ascending, cut to the grid with one step of winds around it."""
    data = data.assign_coords(lon=(data["lon"] + 180) % 360 - 180).sortby(["time", "lat", "lon"])
    if grid is None:
        return data
    edge_rows = np.array([0, 0, grid.rows - 1, grid.rows - 1])
    edge_cols = np.array([0, grid.cols - 1, 0, grid.cols - 1])
    lon, lat = grid.lonlat(edge_rows, edge_cols)
    near = {"lat": _span(data["lat"].values, lat), "lon": _span(data["lon"].values, lon)}
    if any(part.stop <= part.start for part in near.values()):
        raise InputError("the winds do not cover the region.", source=path, remedy="Download the region's winds.")
    return data.isel(near)


def _span(axis: np.ndarray, wanted: np.ndarray) -> slice:
    """The part of an ascending axis that holds ``wanted``, with one step beyond; empty if the middle is not covered."""
    middle = (wanted.min() + wanted.max()) / 2
    step = float(np.diff(axis).max()) if len(axis) > 1 else 0.0
    if not axis[0] - step / 2 <= middle <= axis[-1] + step / 2:
        return slice(0, 0)
    first = int(np.searchsorted(axis, wanted.min(), side="right")) - 1
    last = int(np.searchsorted(axis, wanted.max(), side="left"))
    return slice(max(first, 0), min(last + 1, len(axis)))


def _report_missing(ledger: Ledger, data: xr.Dataset) -> None:
    missing = ~(np.isfinite(data["u10"].values) & np.isfinite(data["v10"].values))
    never = missing.all(axis=0)
    for row, col in zip(*np.nonzero(never & ~missing.all()), strict=True):
        place = f"{data['lat'].values[row]:g}, {data['lon'].values[col]:g}"
        ledger.flag([1], "WIND_MISSING", f"no value at any time at latitude, longitude {place}")
    nowhere = missing.all(axis=(1, 2))
    ledger.quarantine((np.flatnonzero(nowhere) + 1).tolist(), "WIND_MISSING", "no value at any point")
    points = (missing & ~never).sum(axis=(1, 2))
    partly = np.flatnonzero((points > 0) & ~nowhere)
    details = [f"{count} points without a value" for count in points[partly]]
    ledger.flag((partly + 1).tolist(), "WIND_MISSING", details)


def _sampling(path: Path, times: pd.DatetimeIndex) -> Sampling:
    step = pd.Series(times).diff().median()
    if step <= HOURLY_AT_MOST:
        return "hourly"
    if MONTH[0] <= step <= MONTH[1]:
        return "monthly_mean"
    raise InputError(
        f"the time step is {step}, neither hours nor months.",
        source=path,
        field="time",
        remedy="Use hourly winds, or monthly means.",
    )
