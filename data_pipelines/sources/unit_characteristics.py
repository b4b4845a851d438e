"""Characteristics of the people from a table by administrative unit: a census, a poverty survey."""

from __future__ import annotations

from typing import Literal, Self

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field, model_validator

from config.reading import Settings
from data_pipelines.contract import Read, ReadRequest, SourceSpec
from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import drop_duplicates, numbers
from hotspots.errors import InputError
from hotspots.inputs import GROUPS, Characteristic, CharacteristicKind

FloatArray = npt.NDArray[np.float64]


class Options(Settings):
    """Options of unit_characteristics.

    ``unit_column`` holds what ``match`` says: the units' names or identifiers, as in the boundaries. ``columns`` says
    which column holds which kind (``under_5``, ``under_15``, ``over_65``, ``female``, ``poor``: all in the same
    ``measure``; ``relative_wealth``: an index). With ``measure = "people"``, ``total_column`` holds all people.
    """

    unit_column: str = Field(min_length=1)
    match: Literal["name", "id"] = "name"
    columns: dict[CharacteristicKind, str] = Field(min_length=1)
    measure: Literal["people", "percent", "share"] = "people"
    total_column: str | None = None
    encoding: str = "utf-8"
    delimiter: str = Field(default=",", min_length=1, max_length=1)

    @model_validator(mode="after")
    def _counts_have_a_total(self) -> Self:
        counted = self.measure == "people" and any(kind in GROUPS for kind in self.columns)
        if counted != (self.total_column is not None):
            raise ValueError("total_column should be given if measure is 'people', and only then")
        return self


SPEC = SourceSpec("unit_characteristics", "characteristics", Options, needs=("units",))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[tuple[Characteristic, ...]]:
    """Shares and indices by unit, in the order of the units; NaN for a unit without a usable row or value.

    Raises
    ------
    InputError
        If the file cannot be used, no row names a unit, or the dataset has no year.
    """
    options = request.options_as(Options)
    if request.units is None:
        raise TypeError("unit_characteristics needs units")
    totals = () if options.total_column is None else (options.total_column,)
    wanted = (options.unit_column, *options.columns.values(), *totals)
    text = read_table(request.path, wanted, options.encoding, options.delimiter)
    ledger = Ledger.of(request.ref.id, text)
    table = text.frame
    drop_duplicates(ledger, table, [options.unit_column], "DUPLICATE_ID")
    keys = request.units["name" if options.match == "name" else "unit_id"]
    strange = ~table[options.unit_column].isin(keys)
    ledger.quarantine(table[ROW][strange], "UNIT_MISSING", table[options.unit_column][strange])
    scale = _scale(ledger, table, options)
    levels = {
        kind: _level(ledger, table, column, scale if kind in GROUPS else None)
        for kind, column in options.columns.items()
    }
    kept = ledger.kept(table)
    if kept.empty:
        raise InputError(
            f"no usable row names a unit of the region, e.g. {keys.iloc[0]!r}.",
            source=request.path,
            field=options.unit_column,
            remedy="Write the units as in the boundaries, or set the dataset's option match.",
        )
    found = tuple(
        Characteristic(kind, _by_unit(keys, kept, options.unit_column, values), "unit", request.year())
        for kind, values in levels.items()
    )
    return Read(found, (ledger.close(),))


def _scale(ledger: Ledger, table: pd.DataFrame, options: Options) -> FloatArray:
    """What a value of each row is divided by to be a share."""
    if options.total_column is None:
        return np.full(len(table), 100.0 if options.measure == "percent" else 1.0)
    total, _, _ = numbers(table[options.total_column])
    unusable = ~(total > 0)
    ledger.quarantine(
        table[ROW][unusable], "NUMBER_INVALID", f"{options.total_column} = " + table[options.total_column][unusable]
    )
    return np.where(unusable, np.nan, total)


def _level(ledger: Ledger, table: pd.DataFrame, column: str, scale: FloatArray | None) -> FloatArray:
    """The shares (or, without ``scale``, indices) of a column; faulty rows are quarantined, missing values flagged."""
    text = table[column]
    values, missing, invalid = numbers(text)
    ledger.flag(table[ROW][missing], "VALUE_MISSING", column)
    if scale is None:
        ledger.quarantine(table[ROW][invalid], "NUMBER_INVALID", f"{column} = " + text[invalid])
        return values
    faulty = invalid | (values < 0)
    ledger.quarantine(table[ROW][faulty], "NUMBER_INVALID", f"{column} = " + text[faulty])
    larger = values > scale
    ledger.quarantine(table[ROW][larger], "GROUP_EXCEEDS_TOTAL", f"{column} = " + text[larger])
    return np.asarray(values / scale)


def _by_unit(keys: gpd.GeoSeries, kept: pd.DataFrame, column: str, values: FloatArray) -> FloatArray:
    stated = pd.Series(values[kept.index], index=kept[column])
    return np.asarray(stated.reindex(keys), dtype=np.float64)
