"""Power plants in the columns of the Global Power Plant Database v1.3 (WRI); releases follow from fuel and capacity."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic import Field

from config.reading import Settings
from data_pipelines.contract import Facilities, Read, ReadRequest, SourceSpec
from data_pipelines.facilities import CANDIDATE_COLUMNS, STACK_COLUMNS, finish
from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import (
    check_coordinates,
    check_text,
    check_years,
    drop_duplicates,
    numbers,
    years,
)

COLUMNS = (
    "country",
    "name",
    "gppd_idnr",
    "capacity_mw",
    "latitude",
    "longitude",
    "primary_fuel",
    "commissioning_year",
    "year_of_capacity_data",
)


class Options(Settings):
    """Options of gppd. The database states no accuracy of positions and no sector."""

    position_accuracy_m: float = Field(default=1000.0, ge=0)
    sector: str = "public_electricity"
    encoding: str = "utf-8"


SPEC = SourceSpec("gppd", "facilities", Options, needs=("units", "population"), columns=frozenset(COLUMNS))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Facilities]:
    """Plants that burn something, and their releases to air.

    A row without a usable position is quarantined, and of two with the same identifier, or the same name, fuel,
    capacity and position, all but one. Hydro, solar, wind and the like are used, flagged and no sources. A plant of
    unknown fuel is a source whose releases are not assessed.

    Raises
    ------
    InputError
        If the file cannot be used or lacks a column.
    """
    options = request.options_as(Options)
    text = read_table(request.path, COLUMNS, options.encoding)
    ledger = Ledger.of(request.ref.id, text)
    table = check_coordinates(ledger, text.frame, "latitude", "longitude", request.area)
    check_text(ledger, table, ["name"])
    data_year, built = years(table["year_of_capacity_data"]), years(table["commissioning_year"])
    check_years(ledger, table[ROW], data_year, request.today)
    check_years(ledger, table[ROW], built, request.today)
    capacity, _, invalid = numbers(table["capacity_mw"])
    ledger.quarantine(table[ROW][invalid | (capacity < 0)], "NUMBER_INVALID", "capacity_mw")
    ledger.quarantine(table[ROW][table["gppd_idnr"] == ""], "ID_MISSING", "gppd_idnr")
    drop_duplicates(ledger, table, ["gppd_idnr"], "DUPLICATE_ID")
    drop_duplicates(ledger, table, ["name", "primary_fuel", "capacity_mw", "lat", "lon"], "DUPLICATE_FACILITY")
    candidates = pd.DataFrame(
        {
            "native_id": table["gppd_idnr"],
            "name": table["name"],
            "sector": options.sector,
            "kind": (table["primary_fuel"].str.lower() + " power plant").str.strip(),
            "fuel": table["primary_fuel"],
            "capacity_mw": capacity,
            "power_plant": True,
            "country": table["country"],
            "position_accuracy_m": options.position_accuracy_m,
            **dict.fromkeys(STACK_COLUMNS, np.nan),
            "status": "operating",
            "year": data_year,
            "lon": table["lon"],
            "lat": table["lat"],
            ROW: table[ROW],
        },
        columns=list(CANDIDATE_COLUMNS),
    )
    return finish(request, ledger, candidates, (), quality=request.reference.plants.quality)
