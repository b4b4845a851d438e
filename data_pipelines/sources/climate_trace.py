"""Releases of sources by Climate TRACE with its co-pollutants, one row a source, gas and month.

Layout: the tables ``<subsector>_emissions_sources_v5_….csv`` of the country and sector packages, as public programs
read versions 5.1 to 5.7; ``emissions_quantity`` is in tonnes. The tables of several gases and subsectors are one when
they are joined as they are (``cat *_emissions_sources_*.csv > all.csv``); the headers then repeat.
"""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from config.reading import Settings
from config.units import convert
from data_pipelines.amounts import AMOUNTS, Substances, candidates, one_row_each, summed
from data_pipelines.contract import Facilities, Read, ReadRequest, SourceSpec
from data_pipelines.facilities import finish
from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.sectors import sector_of
from data_pipelines.validation import (
    check_coordinates,
    check_countries,
    check_releases,
    check_text,
    check_years,
    drop_duplicates,
    of_year,
    years,
)
from hotspots.errors import InputError

SOURCE, NAME, COUNTRY, SUBSECTOR = "source_id", "source_name", "iso3_country", "subsector"
LATITUDE, LONGITUDE = "lat", "lon"
GAS, START, STEP, AMOUNT = "gas", "start_time", "temporal_granularity", "emissions_quantity"
COLUMNS = (SOURCE, NAME, COUNTRY, SUBSECTOR, LATITUDE, LONGITUDE, GAS, START, STEP, AMOUNT)
UNIT = "tonne"
MONTHLY = "month"
MONTHS = 12
SUBSTANCES = Substances({"pm2_5": "pm25", "nox": "nox", "so2": "so2"})
SUBSECTORS = {
    "aluminum": "nonferrous_metals",
    "bauxite-mining": "mining_tailings",
    "cement": "mineral_products",
    "chemicals": "chemicals",
    "coal-mining": "mining_tailings",
    "copper-mining": "mining_tailings",
    "electricity-generation": "public_electricity",
    "glass": "mineral_products",
    "iron-and-steel": "iron_steel",
    "iron-mining": "mining_tailings",
    "lime": "mineral_products",
    "oil-and-gas-refining": "petroleum_refining",
    "petrochemical-steam-cracking": "chemicals",
    "pulp-and-paper": "pulp_paper",
    "solid-waste-disposal": "waste_disposal",
}
"""Subsectors with sources of their own; all others are other industry."""


class Options(Settings):
    """Options of climate_trace. The tables state no accuracy of positions."""

    position_accuracy_m: float = Field(default=1000.0, ge=0)
    encoding: str = "utf-8"


SPEC = SourceSpec("climate_trace", "facilities", Options, needs=("units", "population"), columns=frozenset(COLUMNS))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Facilities]:
    """Sources with what Climate TRACE estimates of PM2.5, NOx and SO2 for the dataset's year, summed over its months.

    Of a gas of which a month is missing the year is not known: its rows are flagged, and it is not assessed.

    Raises
    ------
    InputError
        If the file cannot be used, lacks a column, or a row is not of a month.
    """
    options = request.options_as(Options)
    text = read_table(request.path, COLUMNS, options.encoding)
    ledger = Ledger.of(request.ref.id, text)
    header = text.frame[SOURCE] == SOURCE
    ledger.quarantine(text.frame[ROW][header], "HEADER_REPEATED")
    stated = text.frame[~header].rename(columns={LATITUDE: "y", LONGITUDE: "x"})
    _check_steps(request, stated)
    table = check_coordinates(ledger, stated, "y", "x", request.area)
    check_text(ledger, table, [NAME])
    year = years(table[START])
    check_years(ledger, table[ROW], year, request.today)
    of_year(ledger, request.path, table[ROW], year, request.ref.year)
    ledger.quarantine(table[ROW][table[SOURCE] == ""], "ID_MISSING", SOURCE)
    drop_duplicates(ledger, table, [SOURCE, GAS, START], "DUPLICATE_ID")
    if request.area is not None:
        placed = table.assign(country=table[COUNTRY], position_accuracy_m=options.position_accuracy_m)
        check_countries(ledger, placed, request.area)
    amount = pd.Series(check_releases(ledger, table[ROW], table[AMOUNT], AMOUNT), index=table.index)
    kept = ledger.kept(table)
    pollutant = SUBSTANCES.of(ledger, kept, kept[GAS])
    whole = amount[kept.index].notna().groupby([kept[SOURCE], kept[GAS]]).transform("sum") == MONTHS
    partly = ~whole & (pollutant != "")
    ledger.flag(kept[ROW][partly], "PART_OF_YEAR", kept[GAS][partly])
    sources = one_row_each(kept, SOURCE)
    amounts = pd.DataFrame(
        {
            "facility": kept[SOURCE].map(sources.set_index(SOURCE)[ROW]),
            "pollutant": pollutant,
            "medium": "air",
            "method": "E",
            "quality": "C",
            "release_kg_yr": amount[kept.index].where(whole) * convert(1.0, UNIT, "kg"),
        },
        columns=list(AMOUNTS),
    )
    known = pd.DataFrame(
        {
            "native_id": sources[SOURCE],
            "name": sources[NAME],
            "sector": sources[SUBSECTOR].map(lambda code: sector_of(code, SUBSECTORS)),
            "country": sources[COUNTRY],
            "year": years(sources[START]),
            "lon": sources["lon"],
            "lat": sources["lat"],
            ROW: sources[ROW],
        }
    )
    return finish(request, ledger, candidates(known, options.position_accuracy_m), summed(amounts), "C")


def _check_steps(request: ReadRequest, table: pd.DataFrame) -> None:
    other = table[table[STEP] != MONTHLY]
    if len(other):
        raise InputError(
            f"row {int(other[ROW].iloc[0])} is of the granularity {other[STEP].iloc[0]!r}, not of a month.",
            source=request.path,
            field=STEP,
            remedy="Use the tables of sources with months, as versions 5 have them.",
        )
