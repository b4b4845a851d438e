"""Any delimited table of samples of soil or water, one row a sample or one row a measured value."""

from __future__ import annotations

from typing import Literal, Self

import geopandas as gpd
import numpy as np
import pandas as pd
from pydantic import Field, model_validator
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from config.reading import Settings
from config.units import convert
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import check_coordinates, check_text, check_years, drop_duplicates, numbers
from hotspots.errors import InputError
from hotspots.schemas import OBSERVATIONS, OBSERVED_UNITS, checked

STATISTIC = "single sample"
LONLAT = "OGC:CRS84"
LON, LAT, STATION = "_lon", "_lat", "_station"


class Element(Settings):
    """A column of values of one pollutant."""

    pollutant: str
    column: str
    unit: str


class Long(Settings):
    """The columns of a table with one value a row.

    ``pollutants`` maps what the pollutant column says to the project's ids, ``units`` what the unit column says to
    units as they are usually written.
    """

    pollutant: str = "pollutant"
    value: str = "value"
    unit: str = "unit"
    pollutants: dict[str, str] = Field(default_factory=dict)
    units: dict[str, str] = Field(default_factory=dict)


class Options(Settings):
    """Options of samples: either ``elements`` (one row a sample) or ``long`` (one row a value).

    ``x`` and ``y`` are columns in ``crs``, longitude and latitude unless it says otherwise. Without a column ``id`` a
    sample is known by its position.
    """

    medium: Literal["soil", "water"] = "soil"
    crs: str = LONLAT
    x: str = "x"
    y: str = "y"
    id: str | None = None
    name: str | None = None
    date: str | None = None
    elements: tuple[Element, ...] = ()
    long: Long | None = None
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if bool(self.elements) == (self.long is not None):
            raise ValueError("give either 'elements' (one row a sample) or 'long' (one row a value)")
        return self

    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        named = tuple(name for name in (self.x, self.y, self.id, self.name, self.date) if name)
        values = tuple(element.column for element in self.elements)
        return (*named, *values, *((self.long.pollutant, self.long.value, self.long.unit) if self.long else ()))


SPEC = SourceSpec("samples", "observations", Options, needs=("units", "population"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[gpd.GeoDataFrame]:
    """One row a sample and pollutant, in mg/kg of dry matter (soil) or mg/L (water).

    A value that is negative, is no number, or is of an unknown unit or pollutant is left out: the row is flagged where
    other values of it are used, and put aside where none is. An empty cell was not measured.

    Raises
    ------
    InputError
        If the file cannot be used, a column is missing, the CRS is unknown, or an element's pollutant is not
        configured.
    """
    options = request.options_as(Options)
    text = read_table(request.path, options.columns(), options.encoding, options.delimiter)
    ledger = Ledger.of(request.ref.id, text)
    table = check_coordinates(ledger, _in_degrees(request, text.frame, options), LAT, LON, request.area)
    if options.name:
        check_text(ledger, table, [options.name])
    table[STATION] = table[options.id] if options.id else table[options.x] + "," + table[options.y]
    dates = _dates(request, ledger, table, options)
    drop_duplicates(ledger, table, [STATION, *((options.long.pollutant,) if options.long else ())], "DUPLICATE_ID")
    values = _usable(ledger, _stated(request, table, options), options.medium)
    sample = ledger.kept(table).assign(_date=dates)
    rows = values.merge(sample, on=ROW)
    names = rows[options.name] if options.name else rows[STATION]
    observations = gpd.GeoDataFrame(
        {
            "observation_id": (request.ref.id + ":" + rows[STATION] + ":" + rows["_pollutant"]).astype("str"),
            "station_id": rows[STATION].astype("str"),
            "name": names.astype("str"),
            "pollutant": rows["_pollutant"].astype("str"),
            "medium": pd.Series(options.medium, index=rows.index, dtype="str"),
            "value": rows["_value"].astype(float),
            "unit": pd.Series(OBSERVED_UNITS[options.medium], index=rows.index, dtype="str"),
            "period_start": rows["_date"],
            "period_end": rows["_date"],
            "statistic": pd.Series(STATISTIC, index=rows.index, dtype="str"),
            "coverage": pd.Series(np.nan, index=rows.index),
        },
        geometry=gpd.points_from_xy(rows["lon"], rows["lat"]),
        crs=LONLAT,
    ).sort_values("observation_id", ignore_index=True)
    return Read(checked(OBSERVATIONS, observations, str(request.path)), (ledger.close(),))


def _in_degrees(request: ReadRequest, frame: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Longitude and latitude as text; what is no position stays as it is written, to be judged as every other."""
    try:
        to_degrees = Transformer.from_crs(CRS.from_user_input(options.crs), LONLAT, always_xy=True)
    except CRSError as error:
        raise InputError(
            f"the CRS {options.crs!r} is unknown.", source=request.path, field="crs", remedy="Write it as EPSG:28992."
        ) from error
    x, y = numbers(frame[options.x])[0], numbers(frame[options.y])[0]
    position = np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0))
    lon, lat = to_degrees.transform(x, y)
    return frame.assign(
        **{
            LON: frame[options.x].where(~position, pd.Series(lon, frame.index).map(repr)),
            LAT: frame[options.y].where(~position, pd.Series(lat, frame.index).map(repr)),
        }
    )


def _dates(request: ReadRequest, ledger: Ledger, table: pd.DataFrame, options: Options) -> pd.Series:
    """When each sample was taken; missing where no column says it or what it says is no date."""
    if options.date is None:
        return pd.Series(pd.NaT, index=table.index, dtype="datetime64[ns]")
    stated = table[options.date]
    dates = pd.to_datetime(stated, errors="coerce", format="ISO8601").astype("datetime64[ns]")
    wrong = dates.isna() & (stated != "")
    ledger.flag(table[ROW][wrong], "DATE_INVALID", stated[wrong])
    check_years(ledger, table[ROW], dates.dt.year.astype("Int64"), request.today)
    return dates


def _stated(request: ReadRequest, table: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Every value that is stated: row, pollutant (empty where it is not known), text, unit."""
    if options.long:
        of, known = options.long, request.reference.pollutants
        named = table[of.pollutant].map(lambda name: of.pollutants.get(name, name))
        return pd.DataFrame(
            {
                ROW: table[ROW],
                "_pollutant": named.where(named.isin(list(known)), ""),
                "_text": table[of.value],
                "_unit": table[of.unit].map(lambda unit: of.units.get(unit, unit)),
            }
        )
    for element in options.elements:
        request.reference.check_pollutant(element.pollutant, request.path, element.column)
    parts = [
        table[[ROW]].assign(_pollutant=element.pollutant, _text=table[element.column], _unit=element.unit)
        for element in options.elements
    ]
    return pd.concat(parts, ignore_index=True)


def _usable(ledger: Ledger, stated: pd.DataFrame, medium: str) -> pd.DataFrame:
    """Row, pollutant and value in the unit of the medium, of what can be used; the rest goes into the ledger."""
    amounts, missing, invalid = numbers(stated["_text"])
    factors = {unit: _factor(unit, OBSERVED_UNITS[medium]) for unit in stated["_unit"].unique()}
    values = amounts * stated["_unit"].map(factors).astype(float)
    verdicts = [
        ("POLLUTANT_UNKNOWN", (stated["_pollutant"] == "") & ~missing, stated["_text"]),
        ("NUMBER_INVALID", pd.Series(invalid, stated.index), stated["_text"]),
        ("NEGATIVE_VALUE", pd.Series(amounts < 0, stated.index), stated["_text"]),
        ("UNIT_UNKNOWN", stated["_unit"].map(factors).isna() & ~missing, stated["_unit"]),
    ]
    faulty = np.logical_or.reduce([bad.to_numpy() for _, bad, _ in verdicts])
    used = stated.assign(_value=values)[~missing & ~faulty]
    others_used = stated[ROW].isin(set(used[ROW]))
    for reason, bad, detail in verdicts:
        said = stated["_pollutant"] + " = " + detail
        partly, wholly = bad & others_used, bad & ~others_used
        ledger.flag(stated[ROW][partly], reason, said[partly])
        ledger.quarantine(stated[ROW][wholly], reason, said[wholly])
    empty = pd.Series(missing).groupby(stated[ROW].to_numpy()).all()
    ledger.quarantine(empty.index[empty], "NO_VALUES")
    kept: pd.DataFrame = used[[ROW, "_pollutant", "_value"]]
    return kept


def _factor(unit: str, to: str) -> float:
    """What one of ``unit`` is in ``to``; NaN where it measures something else."""
    try:
        return convert(1.0, unit, to)
    except ValueError:
        return np.nan
