"""Hourly concentrations of monitors in AirNow's layout: a table of hours by station, and a table of stations."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from pydantic import Field

from config.reading import Settings
from config.units import convert
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW, TextTable, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import check_coordinates, check_text, drop_duplicates, numbers
from hotspots.errors import InputError
from hotspots.schemas import OBSERVATIONS, OBSERVED_UNITS, checked

CONCENTRATION_UNIT = OBSERVED_UNITS["air"]
MEDIUM = "air"
STATISTIC = "mean of hourly"
TIME = "datetime"
STATION = "deviceDeploymentID"
NAME = "locationName"


class Options(Settings):
    """Options of airnow_monitors: what was measured, and its unit.

    ``unit`` is that of every station, unless ``unit_column`` of the stations' table says it, in words that ``units``
    maps where they are not written as usual.
    """

    pollutant: str
    unit: str = CONCENTRATION_UNIT
    unit_column: str | None = None
    units: dict[str, str] = Field(default={"UG/M3": "µg/m³", "MG/M3": "mg/m³"})
    encoding: str = "utf-8"


SPEC = SourceSpec("airnow_monitors", "observations", Options, needs=("units",), files=("hourly", "stations"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[gpd.GeoDataFrame]:
    """One row a station of the region and its margin: the mean over the period in µg/m³.

    ``coverage`` is the share of the hours from the first to the last that have a value. A negative hour, as -999 for
    missing is, is left out and noted; a station whose unit is no concentration is put aside. A row of the quality
    report is one of the stations' table.

    Raises
    ------
    InputError
        If a file cannot be used, a column is missing, a station of the hours is in no table, the times are no times,
        the pollutant is not configured, or the one unit of all stations is no concentration.
    """
    options = request.options_as(Options)
    request.reference.check_pollutant(options.pollutant, request.files["hourly"], "pollutant")
    hours = read_table(request.files["hourly"], (TIME,), options.encoding)
    columns = (STATION, NAME, "latitude", "longitude", *((options.unit_column,) if options.unit_column else ()))
    stations = read_table(request.files["stations"], columns, options.encoding)
    times = _times(hours)
    ledger = Ledger.of(request.ref.id, stations)
    table = check_coordinates(ledger, stations.frame, "latitude", "longitude", request.area)
    check_text(ledger, table, [NAME])
    drop_duplicates(ledger, table, [STATION], "DUPLICATE_ID")
    values = _values(hours, set(table[STATION]))
    factor = _unit_factors(request, ledger, table, options)
    negative = values < 0
    ledger.flag(*_left_out(table, negative))
    values = values.mask(negative)
    length = int((times.max() - times.min()) / pd.Timedelta(hours=1)) + 1
    known = values.notna().sum()
    silent = ~table[STATION].isin(known[known > 0].index)
    ledger.quarantine(table[ROW][silent], "NO_VALUES", table[STATION][silent])
    kept = ledger.kept(table).sort_values(STATION)
    observations = gpd.GeoDataFrame(
        {
            "observation_id": (request.ref.id + ":" + kept[STATION] + ":" + options.pollutant).astype("str"),
            "station_id": kept[STATION].astype("str"),
            "name": kept[NAME].astype("str"),
            "pollutant": pd.Series(options.pollutant, index=kept.index, dtype="str"),
            "medium": pd.Series(MEDIUM, index=kept.index, dtype="str"),
            "value": kept[STATION].map(values.mean()).astype(float) * factor[kept.index],
            "unit": pd.Series(CONCENTRATION_UNIT, index=kept.index, dtype="str"),
            "period_start": pd.Series(times.min(), index=kept.index).astype("datetime64[ns]"),
            "period_end": pd.Series(times.max(), index=kept.index).astype("datetime64[ns]"),
            "statistic": pd.Series(STATISTIC, index=kept.index, dtype="str"),
            "coverage": kept[STATION].map(known / length).astype(float),
        },
        geometry=gpd.points_from_xy(kept["lon"], kept["lat"]),
        crs="OGC:CRS84",
    ).reset_index(drop=True)
    return Read(checked(OBSERVATIONS, observations, str(stations.path)), (ledger.close(),))


def _unit_factors(request: ReadRequest, ledger: Ledger, table: pd.DataFrame, options: Options) -> pd.Series:
    """What turns the values of each station into µg/m³; stations whose unit is no concentration are put aside."""
    if options.unit_column is None:
        return pd.Series(_unit_factor(request, options.unit), index=table.index)
    stated = table[options.unit_column]
    factors = {}
    for unit in stated.unique():
        try:
            factors[unit] = convert(1.0, options.units.get(unit, unit), CONCENTRATION_UNIT)
        except ValueError:
            unusable = stated == unit
            ledger.quarantine(table[ROW][unusable], "UNIT_UNKNOWN", stated[unusable])
    return stated.map(factors).astype(float)


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


def _left_out(table: pd.DataFrame, negative: pd.DataFrame) -> tuple[pd.Series, str, list[str]]:
    """The rows of the stations with negative hours, the reason, and how many hours each."""
    count = negative.sum()
    faulty = table[table[STATION].isin(count[count > 0].index)]
    return faulty[ROW], "NEGATIVE_VALUE", [f"{count[station]} hours" for station in faulty[STATION]]


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
