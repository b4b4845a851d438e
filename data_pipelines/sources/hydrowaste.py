"""Wastewater treatment plants of HydroWASTE v1.0 (Ehalt Macedo et al. 2022).

Layout: ``HydroWASTE_v10.csv`` as its README describes the columns and public programs read it, in Latin-1: one row a
plant, ``POP_SERVED`` people, ``WASTE_DIS`` m³ a day of treated wastewater, ``LEVEL`` Primary, Secondary or Advanced. It
states no loads: they follow from the people served.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from pydantic import Field

from config.reading import Settings
from data_pipelines.amounts import candidates
from data_pipelines.contract import Facilities, Read, ReadRequest, SourceSpec
from data_pipelines.facilities import Reported, finish
from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.validation import check_coordinates, check_text, drop_duplicates, numbers
from hotspots.errors import InputError

PLANT, NAME, COUNTRY, STATUS = "WASTE_ID", "WWTP_NAME", "CNTRY_ISO", "STATUS"
LATITUDE, LONGITUDE = "LAT_WWTP", "LON_WWTP"
PEOPLE, HOW_COUNTED, LEVEL, DISCHARGE = "POP_SERVED", "QUAL_POP", "LEVEL", "WASTE_DIS"
COLUMNS = (PLANT, NAME, COUNTRY, STATUS, LATITUDE, LONGITUDE, PEOPLE, HOW_COUNTED, LEVEL, DISCHARGE)
SECTOR = "wastewater"
STATUSES = {
    "Operational": "operating",
    "Not Reported": "operating",
    "Closed": "closed",
    "Decommissioned": "closed",
    "Non-Operational": "suspended",
}
"""What the README calls assumed to operate does."""
NOT_YET = ("Construction Completed", "Projected", "Proposed", "Under Construction")
LEVELS = {"Primary": "primary", "Secondary": "secondary", "Advanced": "advanced"}
QUALITY = {"1": "D", "2": "D", "3": "E", "4": "E"}
"""By how the people served are known: reported (1, 2) or estimated (3, 4); the loads are estimates either way."""
L_PER_PERSON_DAY = (20.0, 5000.0)
"""What the median plant can discharge for a person it serves: outside of it a unit has changed (project's choice)."""
L_PER_M3 = 1000.0


class Options(Settings):
    """Options of hydrowaste. The file grades the positions of whole countries and states no distance."""

    position_accuracy_m: float = Field(default=1000.0, ge=0)
    encoding: str = "latin-1"


SPEC = SourceSpec("hydrowaste", "facilities", Options, needs=("units", "population"), columns=frozenset(COLUMNS))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Facilities]:
    """Plants with what they release to rivers: people served × load per person × what their level of treatment leaves.

    What is not built yet is set aside. A closed plant releases nothing. A plant without people served is a source whose
    releases are not assessed; so are all where no region, and with it no load per person, is known.

    Raises
    ------
    InputError
        If the file cannot be used, lacks a column, has a level or status that is unknown, or people and discharge do
        not fit together.
    """
    options = request.options_as(Options)
    text = read_table(request.path, COLUMNS, options.encoding)
    ledger = Ledger.of(request.ref.id, text)
    _check_words(request, text.frame, LEVEL, tuple(LEVELS))
    _check_words(request, text.frame, STATUS, (*STATUSES, *NOT_YET))
    _check_words(request, text.frame, HOW_COUNTED, tuple(QUALITY))
    _check_units(request, text.frame)
    table = check_coordinates(ledger, text.frame, LATITUDE, LONGITUDE, request.area)
    check_text(ledger, table, [NAME])
    ledger.quarantine(table[ROW][table[PLANT] == ""], "ID_MISSING", PLANT)
    drop_duplicates(ledger, table, [PLANT], "DUPLICATE_ID")
    not_yet = table[STATUS].isin(NOT_YET)
    ledger.quarantine(table[ROW][not_yet], "STATUS_EXCLUDED", table[STATUS][not_yet])
    served, _, invalid = numbers(table[PEOPLE])
    faulty = invalid | (served < 0)
    ledger.quarantine(table[ROW][faulty], "NUMBER_INVALID", f"{PEOPLE} = " + table[PEOPLE][faulty])
    plants = ledger.kept(table.assign(served=served))
    known = pd.DataFrame(
        {
            "native_id": plants[PLANT],
            "name": plants[NAME].where(plants[NAME] != "", "Wastewater plant " + plants[PLANT]),
            "sector": SECTOR,
            "country": plants[COUNTRY],
            "year": pd.Series(pd.NA, index=plants.index, dtype="Int64"),
            "lon": plants["lon"],
            "lat": plants["lat"],
            ROW: plants[ROW],
        }
    )
    rows = candidates(known, options.position_accuracy_m).assign(status=plants[STATUS].map(STATUSES))
    operating = plants[rows["status"] == "operating"]
    found = finish(request, ledger, rows, _releases(request, operating), "E")
    counted = operating[operating["served"].notna()]
    names = (f"{request.ref.id}:{plant}" for plant in counted[PLANT])
    people = dict(zip(names, counted["served"].astype(float), strict=True))
    return replace(found, value=replace(found.value, people_served=people))


def _releases(request: ReadRequest, plants: pd.DataFrame) -> list[Reported]:
    """What operating plants release, by pollutant and grade."""
    stated = plants[plants["served"].notna()]
    level, quality = stated[LEVEL].map(LEVELS), stated[HOW_COUNTED].map(QUALITY)
    pollutants = sorted({name for loads in request.reference.wastewater.values() for name in loads})
    found = []
    for pollutant in pollutants:
        kg_person_yr = level.map({name: loads[pollutant] for name, loads in request.reference.wastewater.items()})
        amount = (stated["served"] * kg_person_yr).set_axis(stated[ROW])
        for grade in sorted(quality.unique()):
            of_grade = amount[(quality == grade).to_numpy()]
            found.append(Reported(pollutant, "water", "E", grade, of_grade))
    return found


def _check_words(request: ReadRequest, table: pd.DataFrame, column: str, known: tuple[str, ...]) -> None:
    other = table[~table[column].isin(known)]
    if len(other):
        raise InputError(
            f"row {int(other[ROW].iloc[0])} has the {column} {other[column].iloc[0]!r}.",
            source=request.path,
            field=column,
            remedy=f"Version 1.0 has: {', '.join(known)}.",
        )


def _check_units(request: ReadRequest, table: pd.DataFrame) -> None:
    """Raise InputError where the median discharge for a person served is none that people can have."""
    people, discharge = numbers(table[PEOPLE])[0], numbers(table[DISCHARGE])[0]
    both = (people > 0) & (discharge > 0)
    if not both.any():
        return
    median = float(np.median(discharge[both] * L_PER_M3 / people[both]))
    low, high = L_PER_PERSON_DAY
    if not low <= median <= high:
        raise InputError(
            f"the median plant would discharge {median:,.3g} litres a day for each person it serves.",
            source=request.path,
            field=DISCHARGE,
            remedy=f"{PEOPLE} are people and {DISCHARGE} m³ a day; use the file as it was published.",
        )
