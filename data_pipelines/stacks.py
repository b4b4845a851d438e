"""Stacks of a facility table: heights, diameters and what leaves them, in the project's units."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from config.units import convert
from data_pipelines.facilities import STACK_COLUMNS
from data_pipelines.files import ROW
from data_pipelines.ledger import Ledger
from data_pipelines.validation import numbers
from hotspots.errors import InputError

UNITS: Final = {
    "stack_height_m": "m",
    "stack_diameter_m": "m",
    "exit_velocity_m_s": "m/s",
    "exit_temperature_k": "kelvin",
}
POSSIBLE: Final = {
    "stack_height_m": (0.0, 500.0),
    "stack_diameter_m": (0.01, 30.0),
    "exit_velocity_m_s": (0.01, 100.0),
    "exit_temperature_k": (200.0, 2500.0),
}
"""Lowest and highest value that is taken for true, in the units above: the project's choice, wide on purpose. The
tallest chimney has 420 m; most degrees Celsius taken for kelvin fall below 200."""


def read_stacks(
    ledger: Ledger, path: Path, table: pd.DataFrame, columns: Mapping[str, str | None], units: Mapping[str, str]
) -> pd.DataFrame:
    """The four STACK_COLUMNS of ``table``, NaN where nothing is stated.

    A row with a value that is no number or impossible is quarantined; one that states something of the gas but not all
    that a plume's rise needs is flagged: its plume does not rise.

    Parameters
    ----------
    columns:
        The table's own column for each of STACK_COLUMNS, None where it has none.
    units:
        The table's unit for each of STACK_COLUMNS.

    Raises
    ------
    InputError
        If a unit does not measure what it should.
    """
    stacks = pd.DataFrame({name: np.full(len(table), np.nan) for name in STACK_COLUMNS}, index=table.index)
    impossible = np.zeros(len(table), dtype=bool)
    for name in STACK_COLUMNS:
        column = columns[name]
        if column is None:
            continue
        values, missing, invalid = numbers(table[column])
        stacks[name] = _converted(path, column, values, units[name], UNITS[name])
        low, high = POSSIBLE[name]
        bad = invalid | (~missing & ~stacks[name].between(low, high).to_numpy())
        ledger.quarantine(table[ROW][bad], "STACK_IMPOSSIBLE", f"{column} = " + table[column][bad])
        impossible |= bad
    known = stacks.notna()
    partly = known.drop(columns="stack_height_m").any(axis=1) & ~known.all(axis=1) & ~impossible
    missing_parts = [", ".join(row.index[~row]) for _, row in known[partly].iterrows()]
    ledger.flag(table[ROW][partly], "STACK_INCOMPLETE", missing_parts)
    return stacks


def _converted(path: Path, column: str, values: np.ndarray, unit: str, to: str) -> np.ndarray:
    """Values in another unit; temperatures have a zero of their own, so the conversion is linear, not a factor."""
    try:
        zero = convert(0.0, unit, to)
        return np.asarray(zero + (convert(1.0, unit, to) - zero) * values)
    except ValueError as error:
        raise InputError(
            f"the unit {unit!r} does not measure what the column should.",
            source=path,
            field=column,
            remedy=f"Set it in the dataset's option stack_units, e.g. {to}.",
        ) from error
