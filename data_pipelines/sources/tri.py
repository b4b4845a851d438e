"""Releases of the Toxics Release Inventory (US EPA) in the columns of its Basic Data Files.

Layout: "TRI Basic Data Files" documentation of EPA (August 2024) and the header of the national file of reporting year
2024: one CSV a year, one row a facility, chemical and form, columns with an ordinal before the name (``12. LATITUDE``).
The ordinals change from year to year, the names do not; a column is known by its name.
"""

from __future__ import annotations

import pandas as pd
from pydantic import Field

from config.reading import Settings
from data_pipelines.amounts import AMOUNTS, Substances, candidates, one_row_each, summed, unit_factors
from data_pipelines.contract import Facilities, Read, ReadRequest, SourceSpec
from data_pipelines.facilities import finish
from data_pipelines.files import ROW, TextTable, read_table, require_columns
from data_pipelines.inventories import without_ordinal
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

YEAR, FACILITY, NAME = "YEAR", "TRIFD", "FACILITY NAME"
LATITUDE, LONGITUDE = "LATITUDE", "LONGITUDE"
NAICS, FORM, FORM_TYPE = "PRIMARY NAICS", "DOC_CTRL_NUM", "FORM TYPE"
CHEMICAL_ID, UNIT = "TRI CHEMICAL/COMPOUND ID", "UNIT OF MEASURE"
COUNTRY = "USA"
RELEASED = {"5.1 - FUGITIVE AIR": "air", "5.2 - STACK AIR": "air", "5.3 - WATER": "water"}
"""The columns that are read, and the medium of each. What is put on land or under ground stays on the site."""
COLUMNS = (YEAR, FACILITY, NAME, LATITUDE, LONGITUDE, NAICS, FORM, FORM_TYPE, CHEMICAL_ID, UNIT, *RELEASED)
UNITS = {"Pounds": "pound", "Grams": "gram"}
"""Grams are what dioxins are reported in."""
SUBSTANCES = Substances(
    {
        "7439976": "hg",
        "N458": "hg",
        "7439921": "pb",
        "N420": "pb",
        "7440439": "cd",
        "N078": "cd",
        "7440020": "ni",
        "N495": "ni",
        "7440508": "cu",
        "N100": "cu",
        "7440666": "zn",
        "N982": "zn",
        "71432": "benzene",
        "67663": "trichloromethane",
    }
)
"""CAS numbers without zeros in front and dashes; N codes are compounds of a metal, of which its weight is reported."""
NAICS_SECTORS = {
    "2122": "mining_tailings",
    "2211": "public_electricity",
    "22132": "wastewater",
    "311": "food_and_drink",
    "3121": "food_and_drink",
    "322": "pulp_paper",
    "32411": "petroleum_refining",
    "325": "chemicals",
    "327": "mineral_products",
    "3311": "iron_steel",
    "3312": "iron_steel",
    "3313": "nonferrous_metals",
    "3314": "nonferrous_metals",
    "33151": "iron_steel",
    "33152": "nonferrous_metals",
    "5622": "waste_disposal",
}
"""Industry codes (NAICS) by their first digits; all others are other industry."""


class Options(Settings):
    """Options of tri. The file states no accuracy of positions and no basis of the amounts: they are taken as
    calculated."""

    position_accuracy_m: float = Field(default=500.0, ge=0)
    encoding: str = "utf-8"


SPEC = SourceSpec("tri", "facilities", Options, needs=("units", "population"), columns=frozenset(COLUMNS))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Facilities]:
    """Facilities with what they release to air and water of the project's pollutants.

    The forms of a facility are summed; a metal and its compounds are one pollutant. A form A certifies that little was
    handled and states no amounts: the zeros in its row are none. Rows of another year than the
    dataset's are set aside. A facility all of whose chemicals are none of the project's is a source whose releases are
    not assessed.

    Raises
    ------
    InputError
        If the file cannot be used, lacks a column, or a unit is unknown.
    """
    options = request.options_as(Options)
    text = _without_ordinals(read_table(request.path, (), options.encoding))
    ledger = Ledger.of(request.ref.id, text)
    factors = unit_factors(request.path, text.frame[UNIT], UNITS, "kg", UNIT)
    table = check_coordinates(ledger, text.frame, LATITUDE, LONGITUDE, request.area)
    check_text(ledger, table, [NAME])
    year = years(table[YEAR])
    check_years(ledger, table[ROW], year, request.today)
    of_year(ledger, request.path, table[ROW], year, request.ref.year)
    ledger.quarantine(table[ROW][table[FACILITY] == ""], "ID_MISSING", FACILITY)
    drop_duplicates(ledger, table, [FORM], "DUPLICATE_ID")
    if request.area is not None:
        check_countries(
            ledger, table.assign(country=COUNTRY, position_accuracy_m=options.position_accuracy_m), request.area
        )
    amounts = {column: check_releases(ledger, table[ROW], table[column], column) * factors for column in RELEASED}
    short_form = table[FORM_TYPE] == "A"
    kept = ledger.kept(table)
    pollutant = SUBSTANCES.of(ledger, kept, kept[CHEMICAL_ID].map(_code))
    facilities = one_row_each(kept, FACILITY)
    standing_for = kept[FACILITY].map(facilities.set_index(FACILITY)[ROW])
    released = pd.concat(
        [
            pd.DataFrame(
                {
                    "facility": standing_for,
                    "pollutant": pollutant,
                    "medium": medium,
                    "method": "C",
                    "quality": "B",
                    "release_kg_yr": amounts[column].mask(short_form).loc[kept.index],
                },
                columns=list(AMOUNTS),
            )
            for column, medium in RELEASED.items()
        ],
        ignore_index=True,
    )
    known = pd.DataFrame(
        {
            "native_id": facilities[FACILITY],
            "name": facilities[NAME],
            "sector": facilities[NAICS].map(lambda code: sector_of(code, NAICS_SECTORS)),
            "country": COUNTRY,
            "year": years(facilities[YEAR]),
            "lon": facilities["lon"],
            "lat": facilities["lat"],
            ROW: facilities[ROW],
        }
    )
    return finish(request, ledger, candidates(known, options.position_accuracy_m), summed(released), "B")


def _without_ordinals(text: TextTable) -> TextTable:
    frame = text.frame.rename(columns=without_ordinal)
    require_columns(text.path, frame.columns, COLUMNS)
    return TextTable(text.path, frame, text.rows_in, text.malformed)


def _code(chemical: str) -> str:
    return chemical.replace("-", "").lstrip("0")
