"""Any table of facilities, such as a ministry's own: a text file, a workbook or a layer of points.

Its columns are mapped in the region's file.
"""

from __future__ import annotations

import re
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from config.reading import Settings
from config.units import convert
from data_pipelines.contract import Facilities, Read, ReadRequest, SourceSpec
from data_pipelines.facilities import CANDIDATE_COLUMNS, Reported, finish
from data_pipelines.files import ROW, TextTable
from data_pipelines.inventories import read_inventory
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.sectors import UNMAPPED_SECTOR
from data_pipelines.stacks import UNITS, read_stacks
from data_pipelines.validation import (
    check_coordinates,
    check_releases,
    check_text,
    check_years,
    drop_duplicates,
    numbers,
    years,
)
from hotspots.errors import InputError
from hotspots.pollutants import Medium, released
from hotspots.schemas import STATUSES

DEFAULT_ACCURACY_M = 1000.0


class Columns(Settings):
    """Which column holds what. Only the position and the name are required.

    ``year`` is the year the data refer to; ``commissioning_year`` is only checked.
    """

    name: str = "name"
    latitude: str = "latitude"
    longitude: str = "longitude"
    id: str | None = None
    kind: str | None = None
    sector: str | None = None
    status: str | None = None
    country: str | None = None
    year: str | None = None
    commissioning_year: str | None = None
    position_accuracy_m: str | None = None
    stack_height_m: str | None = None
    stack_diameter_m: str | None = None
    exit_velocity_m_s: str | None = None
    exit_temperature_k: str | None = None
    fuel: str | None = None
    capacity: str | None = None
    capacity_unit: str | None = None

    def mapped(self) -> tuple[str, ...]:
        """The names of all columns that are mapped."""
        return tuple(name for name in self.model_dump().values() if name is not None)


class StackUnits(Settings):
    """The units that the table's stack columns are in, e.g. ``degC`` or ``ft``."""

    stack_height_m: str = UNITS["stack_height_m"]
    stack_diameter_m: str = UNITS["stack_diameter_m"]
    exit_velocity_m_s: str = UNITS["exit_velocity_m_s"]
    exit_temperature_k: str = UNITS["exit_temperature_k"]


class Release(Settings):
    """A column with a released amount per year; its unit is one of mass, or of mass per time."""

    pollutant: str
    medium: Medium
    column: str
    unit: str
    method: Literal["M", "C", "E"] = "C"
    quality: Literal["A", "B", "C", "D", "E"] = "C"

    def factor(self) -> float:
        """kg/yr in one of the unit; ValueError where the unit is none of mass (per year) or of mass per time."""
        try:
            return convert(1.0, self.unit, "kg")
        except ValueError:
            return convert(1.0, self.unit, "kg/year")


class Options(Settings):
    """Options of facility_table.

    ``sectors`` maps what the sector column says to the project's sector ids; ``sector`` is that of every row of a table
    without such a column. Rows of ``power_sectors`` release by fuel and capacity, in ``capacity_unit``
    unless a column names the unit. ``encoding`` and ``delimiter`` are of a text file; ``sheet`` is the sheet of a
    workbook or the layer of a file of points, where it has several.
    """

    columns: Columns = Columns()
    stack_units: StackUnits = StackUnits()
    releases: tuple[Release, ...] = ()
    sector: str | None = None
    sectors: dict[str, str] = Field(default_factory=dict)
    statuses: dict[str, Literal["operating", "suspended", "closed", "unknown"]] = Field(default_factory=dict)
    power_sectors: tuple[str, ...] = ("public_electricity",)
    capacity_unit: str = "MW"
    country: str = Field(default="", pattern=r"^([A-Z]{3})?$")
    position_accuracy_m: float = Field(default=DEFAULT_ACCURACY_M, ge=0)
    quality: Literal["A", "B", "C", "D", "E"] = "E"
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    sheet: str | None = None


def _guess(header: frozenset[str]) -> dict[str, object]:
    """Columns that have the names of the options; the sector waits for a mapping."""
    same = {name: name for name in Columns.model_fields if name in header and name != "sector"}
    return {"columns": same, "sector": UNMAPPED_SECTOR}


SPEC = SourceSpec(
    "facility_table",
    "facilities",
    Options,
    needs=("units", "population"),
    columns=frozenset({"name", "latitude", "longitude"}),
    guess=_guess,
)


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Facilities]:
    """Facilities and the releases that the table states, or that follow from fuel and capacity of power plants.

    A closed or suspended facility releases nothing to air; what it left on its site still counts, by the land weight of
    its sector. One without an identifier column is known by its name, and by its position where names repeat.

    Raises
    ------
    InputError
        If the file cannot be used, a mapped column is missing, or a unit or pollutant is unknown.
    """
    options = request.options_as(Options)
    columns = options.columns
    wanted = (*columns.mapped(), *(release.column for release in options.releases))
    text = read_inventory(request.path, wanted, options.encoding, options.delimiter, options.sheet)
    ledger = Ledger.of(request.ref.id, text)
    table = check_coordinates(ledger, text.frame, columns.latitude, columns.longitude, request.area)
    check_text(ledger, table, [columns.name])
    sector = _sectors(request, ledger, table, options)
    stacks = read_stacks(ledger, request.path, table, columns.model_dump(), options.stack_units.model_dump())
    candidates = pd.DataFrame(
        {
            "native_id": table[columns.id] if columns.id else _names_as_ids(table, columns.name),
            "name": table[columns.name],
            "sector": sector,
            "kind": _text(table, columns.kind).where(_text(table, columns.kind) != "", sector),
            "fuel": _text(table, columns.fuel),
            "capacity_mw": np.nan,
            "power_plant": sector.isin(options.power_sectors) & (columns.fuel is not None),
            "country": _text(table, columns.country).replace("", options.country),
            "position_accuracy_m": _numbers(ledger, table, columns.position_accuracy_m, options.position_accuracy_m),
            **stacks,
            "status": _statuses(table, options),
            "year": years(_text(table, columns.year)),
            "lon": table["lon"],
            "lat": table["lat"],
            ROW: table[ROW],
        },
        columns=list(CANDIDATE_COLUMNS),
    )
    candidates["capacity_mw"] = _capacity_mw(ledger, text, table, options, candidates["power_plant"])
    check_years(ledger, table[ROW], candidates["year"], request.today)
    check_years(ledger, table[ROW], years(_text(table, columns.commissioning_year)), request.today)
    reported = [_reported(request, ledger, table, release) for release in options.releases]
    _drop_duplicates(ledger, table, candidates, named=columns.id is not None)
    return finish(request, ledger, candidates, reported, options.quality)


def _text(table: pd.DataFrame, column: str | None) -> pd.Series:
    """A mapped column, or empty text."""
    return table[column] if column else pd.Series("", index=table.index, dtype=object)


def _numbers(ledger: Ledger, table: pd.DataFrame, column: str | None, default: float) -> pd.Series:
    """A mapped column of non-negative numbers; ``default`` where there is none."""
    values, _, invalid = numbers(_text(table, column))
    bad = invalid | (values < 0)
    ledger.quarantine(table[ROW][bad], "NUMBER_INVALID", str(column))
    return pd.Series(values, index=table.index).fillna(default)


def _sectors(request: ReadRequest, ledger: Ledger, table: pd.DataFrame, options: Options) -> pd.Series:
    """The project's sector of each row; rows without one are quarantined."""
    if options.columns.sector:
        stated = table[options.columns.sector]
        sector = stated.map(lambda value: options.sectors.get(value, value))
    else:
        stated = sector = pd.Series(options.sector or "", index=table.index, dtype=object)
    unknown = ~sector.isin(list(request.reference.sectors))
    ledger.quarantine(table[ROW][unknown], "SECTOR_UNKNOWN", stated[unknown])
    return sector


def _statuses(table: pd.DataFrame, options: Options) -> pd.Series:
    """Operating unless a column says otherwise; what it says and no one mapped is `unknown`."""
    if not options.columns.status:
        return pd.Series("operating", index=table.index, dtype=object)
    stated = table[options.columns.status].map(lambda value: options.statuses.get(value, value.lower()))
    return stated.where(stated.isin(STATUSES), "unknown")


def _capacity_mw(
    ledger: Ledger, text: TextTable, table: pd.DataFrame, options: Options, plants: pd.Series
) -> pd.Series:
    """Capacities of power plants in MW, NaN for all other rows."""
    values = _numbers(ledger, table.where(plants, ""), options.columns.capacity, np.nan)
    units = _text(table, options.columns.capacity_unit).where(plants, "").replace("", options.capacity_unit)
    factors = {}
    for unit in units.unique():
        try:
            factors[unit] = convert(1.0, unit, "MW")
        except ValueError as error:
            raise InputError(
                f"the capacity of a power plant is in {unit!r}, which is no unit of power.",
                source=text.path,
                field=options.columns.capacity_unit or "capacity_unit",
                remedy="Correct the unit, e.g. MW or kW.",
            ) from error
    return values * units.map(factors)


def _reported(request: ReadRequest, ledger: Ledger, table: pd.DataFrame, release: Release) -> Reported:
    """One column of releases in kg/yr."""
    known = released(request.reference.pollutants)
    if release.pollutant not in known:
        raise InputError(
            f"{release.pollutant!r} is no configured pollutant that is released as such.",
            source=request.path,
            field=release.column,
            remedy=f"Use one of: {', '.join(known)}.",
        )
    try:
        factor = release.factor()
    except ValueError as error:
        raise InputError(
            f"the unit {release.unit!r} is unknown or measures no mass per year.",
            source=request.path,
            field=release.column,
            remedy="Set the unit in the dataset's options, e.g. t/year.",
        ) from error
    amounts = check_releases(ledger, table[ROW], table[release.column], release.column) * factor
    by_row = pd.Series(amounts, index=table[ROW])
    return Reported(release.pollutant, release.medium, release.method, release.quality, by_row)


def _names_as_ids(table: pd.DataFrame, column: str) -> pd.Series:
    """Names as identifiers; where one repeats, its position with it."""
    plain = table[column].map(lambda name: re.sub(r"[\W_]+", "-", name.lower()).strip("-"))
    place = table["lat"].map("{:.4f}".format) + "," + table["lon"].map("{:.4f}".format)
    return plain.where(~plain.duplicated(keep=False), plain + "@" + place)


def _drop_duplicates(ledger: Ledger, table: pd.DataFrame, candidates: pd.DataFrame, named: bool) -> None:
    """Put aside repeated facilities, then repeated identifiers."""
    both = table.assign(
        **{f"_{name}": candidates[name] for name in ("native_id", "name", "fuel", "capacity_mw", "sector")}
    )
    ledger.quarantine(both[ROW][both["_native_id"] == ""], "ID_MISSING")
    if named:
        drop_duplicates(ledger, both, ["_native_id"], "DUPLICATE_ID")
    keys = ["_name", "_sector", "_fuel", "_capacity_mw", "lat", "lon"]
    drop_duplicates(ledger, both, keys, "DUPLICATE_FACILITY")
    drop_duplicates(ledger, both, ["_native_id"], "DUPLICATE_ID")
