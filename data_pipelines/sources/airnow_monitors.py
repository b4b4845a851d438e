"""Hourly concentrations of monitors in AirNow's layout: a table of hours by station, and a table of stations."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from config.reading import Settings
from config.units import convert
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW, TextTable, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import check_coordinates, check_text, drop_duplicates, numbers
from hotspots.errors import InputError
from hotspots.schemas import OBSERVATIONS, checked

CONCENTRATION_UNIT = "µg/m³"
STATISTIC = "mean of hourly"
TIME = "datetime"
STATION = "deviceDeploymentID"
NAME = "locationName"


class Options(Settings):
    """Options of airnow_monitors: what was measured, and its unit."""

    pollutant: str
    unit: str = CONCENTRATION_UNIT
    encoding: str = "utf-8"


SPEC = SourceSpec("airnow_monitors", "observations", Options, needs=("units",), files=("hourly", "stations"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[gpd.GeoDataFrame]:
    """One row a station of the region and its margin: the mean over the period in µg/m³.

    ``coverage`` is the share of the hours from the first to the last that have a value. A row of the quality report is
    one of the stations' table.

    Raises
    ------
    InputError
        If a file cannot be used, a column is missing, a station of the hours is in no table, the times are no times, or
        the unit is no concentration.
    """
    options = request.options_as(Options)
    factor = _unit_factor(request, options.unit)
    hours = read_table(request.files["hourly"], (TIME,), options.encoding)
    stations = read_table(request.files["stations"], (STATION, NAME, "latitude", "longitude"), options.encoding)
    times = _times(hours)
    ledger = Ledger.of(request.ref.id, stations)
    table = check_coordinates(ledger, stations.frame, "latitude", "longitude", request.area)
    check_text(ledger, table, [NAME])
    drop_duplicates(ledger, table, [STATION], "DUPLICATE_ID")
    values = _values(hours, set(table[STATION]))
    length = int((times.max() - times.min()) / pd.Timedelta(hours=1)) + 1
    known = values.notna().sum()
    silent = ~table[STATION].isin(known[known > 0].index)
    ledger.quarantine(table[ROW][silent], "NO_VALUES", table[STATION][silent])
    kept = ledger.kept(table).sort_values(STATION)
    observations = gpd.GeoDataFrame(
        {
            "station_id": kept[STATION].astype("str"),
            "name": kept[NAME].astype("str"),
            "pollutant": pd.Series(options.pollutant, index=kept.index, dtype="str"),
            "value_ug_m3": kept[STATION].map(values.mean()).astype(float) * factor,
            "period_start": pd.Series(times.min(), index=kept.index).astype("datetime64[ns]"),
            "period_end": pd.Series(times.max(), index=kept.index).astype("datetime64[ns]"),
            "statistic": pd.Series(STATISTIC, index=kept.index, dtype="str"),
            "coverage": kept[STATION].map(known / length).astype(float),
        },
        geometry=gpd.points_from_xy(kept["lon"], kept["lat"]),
        crs="OGC:CRS84",
    ).reset_index(drop=True)
    return Read(checked(OBSERVATIONS, observations, str(stations.path)), (ledger.close(),))


def _unit_factor(request: ReadRequest, unit: str) -> float:
    try:
        return convert(1.0, unit, CONCENTRATION_UNIT)
    except ValueError as error:
        raise InputError(
            f"the unit {unit!r} is unknown or no concentration.",
            source=request.files["hourly"],
            field="unit",
            remedy="Set the dataset's option unit, e.g. µg/m³.",
        ) from error


def _times(hours: TextTable) -> pd.Series:
    times = pd.to_datetime(hours.frame[TIME], errors="coerce", format="ISO8601")
    if times.isna().any():
        row = int(hours.frame[ROW][times.isna()].iloc[0])
        raise InputError(
            f"row {row} has no time.", source=hours.path, field=TIME, remedy="Write times as YYYY-MM-DD HH:MM:SS."
        )
    if times.duplicated().any() or hours.malformed:
        raise InputError(
            "hours stand twice or are cut off.", source=hours.path, field=TIME, remedy="Download the file again."
        )
    return times


def _values(hours: TextTable, known: set[str]) -> pd.DataFrame:
    """Hourly values (hour, station); NaN where nothing was measured."""
    names = [name for name in hours.frame.columns if name not in (TIME, ROW)]
    strange = [name for name in names if name not in known]
    if strange:
        raise InputError(
            f"{len(strange)} stations are not in the table of stations, the first: {strange[0]}.",
            source=hours.path,
            field=strange[0],
            remedy="Use the two files of the same download.",
        )
    values = {}
    for name in names:
        values[name], _, invalid = numbers(hours.frame[name])
        if invalid.any():
            row = int(hours.frame[ROW][invalid].iloc[0])
            raise InputError(f"row {row} is no number.", source=hours.path, field=name, remedy="Correct the value.")
    return pd.DataFrame(values, dtype=np.float64)
