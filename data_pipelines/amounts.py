"""Inventories with one row a facility and substance: which row stands for a facility, and what it releases in all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from config.units import convert
from data_pipelines.facilities import CANDIDATE_COLUMNS, STACK_COLUMNS, Reported
from data_pipelines.files import ROW
from data_pipelines.ledger import Ledger
from hotspots.errors import InputError

AMOUNTS = ("facility", "pollutant", "medium", "method", "quality", "release_kg_yr")
"""One amount a row: ``facility`` is the row number of the facility's candidate, ``release_kg_yr`` NaN if not stated."""


@dataclass(frozen=True)
class Substances:
    """Which pollutant of the project each code of an inventory is; codes of none are not assessed."""

    pollutant: Mapping[str, str]

    def of(self, ledger: Ledger, table: pd.DataFrame, code: pd.Series) -> pd.Series:
        """The pollutant of each row of ``table``, empty (and flagged) where it is none of the project's."""
        found = code.map(self.pollutant).fillna("")
        other = found == ""
        ledger.flag(table[ROW][other], "POLLUTANT_NOT_ASSESSED", code[other])
        return found


def unit_factors(path: Path, stated: pd.Series, names: Mapping[str, str], to: str, field: str) -> pd.Series:
    """What one of the unit that each row states is in the unit ``to``.

    ``names`` are the publisher's words for units, as the unit library knows them; a word not among them is taken as it
    is written.

    Raises
    ------
    InputError
        Naming the first unit that is unknown or measures something else.
    """
    factors = {}
    for unit in sorted(stated.unique()):
        try:
            factors[unit] = convert(1.0, names.get(unit, unit), to)
        except ValueError as error:
            raise InputError(
                f"the unit {unit!r} is unknown, or is none of {to}.",
                source=path,
                field=field,
                remedy="Correct the file; if the publisher has changed the unit, the adapter has to learn it first.",
            ) from error
    return stated.map(factors).astype(float)


def one_row_each(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """One row for each value of ``key``: the first in the order of contents, however the file is sorted."""
    contents = [column for column in table.columns if column != ROW]
    ordered = table.sort_values([*contents, ROW], key=lambda column: column if column.name == ROW else column.map(str))
    return ordered.drop_duplicates(key)


def candidates(facilities: pd.DataFrame, position_accuracy_m: float) -> pd.DataFrame:
    """The candidates of ``facilities`` that state what they release: no stack, no fuel, operating.

    ``facilities`` has ``native_id``, ``name``, ``sector``, ``country``, ``year``, ``lon``, ``lat`` and the row number.
    """
    unknown = pd.Series(np.nan, index=facilities.index)
    return facilities.assign(
        kind=facilities["sector"],
        fuel="",
        capacity_mw=unknown,
        power_plant=False,
        position_accuracy_m=position_accuracy_m,
        **dict.fromkeys(STACK_COLUMNS, unknown),
        status="operating",
    )[list(CANDIDATE_COLUMNS)]


def summed(amounts: pd.DataFrame) -> list[Reported]:
    """What every facility states, by pollutant, medium, method and quality; several amounts of one are summed.

    A sum has the method and the grade of its worst part (M, C, E and A to E are in the order of trust).
    """
    trust = {"M": 0, "C": 1, "E": 2}
    known = amounts[(amounts["pollutant"] != "") & amounts["release_kg_yr"].notna()]
    ranked = known.assign(method=known["method"].map(trust))
    totals = ranked.groupby(["facility", "pollutant", "medium"], as_index=False).agg(
        {"release_kg_yr": "sum", "method": "max", "quality": "max"}
    )
    totals["method"] = totals["method"].map({rank: name for name, rank in trust.items()})
    found = []
    for key, part in totals.groupby(["pollutant", "medium", "method", "quality"]):
        pollutant, medium, method, quality = map(str, key)
        found.append(Reported(pollutant, medium, method, quality, part.set_index("facility")["release_kg_yr"]))
    return found
