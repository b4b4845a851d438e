"""Concentrations measured at the stations of the OpenAQ archive, one gzipped CSV a station and day.

Layout: "About Open Data on AWS" of OpenAQ's documentation and the example file there. Times carry the offset of the
station's zone. Several files are one when they are joined as they are (``cat location-*.csv.gz > all.csv.gz``): what
is compressed in pieces is read as one table, in which the headers repeat.

Gases in ppm or ppb become a mass by the ideal gas law, c = x p M / (R T), at the reference temperature and pressure of
the options: 25 °C and 1013.25 hPa (40 CFR 50.3) unless given; Directive 2008/50/EC, annex VI, has 20 °C.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from pydantic import Field

from config.reading import Settings
from config.units import convert
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import check_coordinates, check_text, drop_duplicates, numbers
from hotspots.schemas import OBSERVATIONS, OBSERVED_UNITS, checked

COLUMNS = ("location_id", "sensors_id", "location", "datetime", "lat", "lon", "parameter", "units", "value")
POLLUTANTS = {"pm25": "pm25", "pm10": "pm10", "no2": "no2", "so2": "so2", "pb": "pb"}
"""OpenAQ's parameters that are pollutants of the project."""
MEDIUM = "air"
SHARES = ("ppm", "ppb")
"""Units of a gas that are a share of the air by volume."""
STATISTIC = "mean of hourly"
MOLAR_MASS_G_MOL = {"no2": 46.005, "so2": 64.058}
"""From the standard atomic weights (IUPAC 2021, abridged): N 14.007, O 15.999, S 32.06."""
GAS_CONSTANT_J_MOL_K = 8.314462618
"""SI Brochure, 9th edition (2019)."""
KELVIN = 273.15
HOUR = pd.Timedelta(hours=1)


class Options(Settings):
    """Options of openaq: at what temperature and pressure a share of the air (ppm, ppb) becomes a mass."""

    reference_temperature_c: float = Field(default=25.0, ge=-50, le=60)
    reference_pressure_hpa: float = Field(default=1013.25, ge=500, le=1100)
    encoding: str = "utf-8"


SPEC = SourceSpec("openaq", "observations", Options, needs=("units",), columns=frozenset(COLUMNS))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[gpd.GeoDataFrame]:
    """One row a sensor of the region and its margin: the mean of its hourly means in µg/m³.

    Values of one hour are averaged first, so that a sensor that reports more often counts no more. ``coverage`` is the
    share of the hours from the first to the last of the file that have a value. A negative value, as -999 for missing,
    is put aside, and so is one that is no mass in air, nor a share of it of a gas.

    Raises
    ------
    InputError
        If the file cannot be used or lacks a column.
    """
    options = request.options_as(Options)
    text = read_table(request.path, COLUMNS, options.encoding)
    ledger = Ledger.of(request.ref.id, text)
    header = text.frame["location_id"] == "location_id"
    ledger.quarantine(text.frame[ROW][header], "HEADER_REPEATED")
    table = check_coordinates(
        ledger, text.frame[~header].rename(columns={"lat": "y", "lon": "x"}), "y", "x", request.area
    )
    check_text(ledger, table, ["location"])
    table = table.assign(_pollutant=table["parameter"].map(POLLUTANTS).fillna(""), _hour=_hours(ledger, table))
    other = table["_pollutant"] == ""
    ledger.quarantine(table[ROW][other], "OTHER_POLLUTANT", table["parameter"][other])
    table["_value"] = _values(ledger, table, options)
    drop_duplicates(ledger, table, ["sensors_id", "datetime"], "DUPLICATE_ID")
    kept = ledger.kept(table)
    length = int((kept["_hour"].max() - kept["_hour"].min()) / HOUR) + 1 if len(kept) else 0
    hourly = kept.groupby(["sensors_id", "_pollutant", "_hour"], as_index=False)["_value"].mean()
    sensors = hourly.groupby(["sensors_id", "_pollutant"], as_index=False).agg(
        value=("_value", "mean"), hours=("_hour", "nunique"), start=("_hour", "min"), end=("_hour", "max")
    )
    stations = kept.sort_values(["sensors_id", "location_id", "location", "x", "y"]).drop_duplicates("sensors_id")
    rows = sensors.merge(stations[["sensors_id", "location_id", "location", "lon", "lat"]], on="sensors_id")
    observations = gpd.GeoDataFrame(
        {
            "observation_id": (request.ref.id + ":" + rows["sensors_id"] + ":" + rows["_pollutant"]).astype("str"),
            "station_id": rows["location_id"].astype("str"),
            "name": rows["location"].astype("str"),
            "pollutant": rows["_pollutant"].astype("str"),
            "medium": pd.Series(MEDIUM, index=rows.index, dtype="str"),
            "value": rows["value"].astype(float),
            "unit": pd.Series(OBSERVED_UNITS[MEDIUM], index=rows.index, dtype="str"),
            "period_start": rows["start"].astype("datetime64[ns]"),
            "period_end": rows["end"].astype("datetime64[ns]"),
            "statistic": pd.Series(STATISTIC, index=rows.index, dtype="str"),
            "coverage": (rows["hours"] / max(length, 1)).astype(float),
        },
        geometry=gpd.points_from_xy(rows["lon"], rows["lat"]),
        crs="OGC:CRS84",
    ).sort_values("observation_id", ignore_index=True)
    return Read(checked(OBSERVATIONS, observations, str(request.path)), (ledger.close(),))


def _hours(ledger: Ledger, table: pd.DataFrame) -> pd.Series:
    """The hour (UTC) that each value belongs to; a time is the end of what it stands for. Rows without one go aside."""
    times = pd.to_datetime(table["datetime"], errors="coerce", format="ISO8601", utc=True)
    ledger.quarantine(table[ROW][times.isna()], "TIME_MISSING", table["datetime"][times.isna()])
    return times.dt.tz_localize(None).dt.ceil("h")


def _values(ledger: Ledger, table: pd.DataFrame, options: Options) -> pd.Series:
    """Values in µg/m³; what cannot be used goes aside."""
    values, missing, invalid = numbers(table["value"])
    known = (table["_pollutant"] != "").to_numpy()
    ledger.quarantine(table[ROW][missing & known], "NO_VALUES")
    ledger.quarantine(table[ROW][invalid & known], "NUMBER_INVALID", table["value"][invalid & known])
    negative = (values < 0) & known
    ledger.quarantine(table[ROW][negative], "NEGATIVE_VALUE", table["value"][negative])
    stated = pd.Series(zip(table["_pollutant"], table["units"], strict=True), index=table.index, dtype=object)
    factors = stated.map({pair: _factor(pair[0], pair[1], options) for pair in stated.unique()}).astype(float)
    unknown = factors.isna().to_numpy() & known
    ledger.quarantine(table[ROW][unknown], "UNIT_UNKNOWN", table["units"][unknown])
    return factors * values


def _factor(pollutant: str, unit: str, options: Options) -> float:
    """µg/m³ in one of the unit; NaN where it is no mass in air, nor a share of the air of a gas."""
    if unit in SHARES and pollutant in MOLAR_MASS_G_MOL:
        temperature_k = options.reference_temperature_c + KELVIN
        mole_hpa_j = options.reference_pressure_hpa / (GAS_CONSTANT_J_MOL_K * temperature_k)
        whole_ug_m3 = convert(MOLAR_MASS_G_MOL[pollutant] * mole_hpa_j, "g*hPa/J", OBSERVED_UNITS[MEDIUM])
        return convert(whole_ug_m3, unit, "dimensionless")
    try:
        return convert(1.0, unit, OBSERVED_UNITS[MEDIUM])
    except ValueError:
        return np.nan
