"""Releases reported under the European Pollutant Release and Transfer Register, in two tables of the EEA.

Layout: the Industrial Reporting database of the EEA (versions 4 to 8), tables ``2_ProductionFacility`` and
``2f_PollutantRelease`` as CSV; columns and codes learned from public programs that read them (the Finnish environment
institute's PRTR viewer, sykefi/PRTR, and others that read its releases). Later versions write pollutants otherwise
(version 16: ``as Hg`` for mercury) and are an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd
from pydantic import Field

from config.reading import Settings
from data_pipelines.amounts import AMOUNTS, Substances, candidates, summed
from data_pipelines.contract import Facilities, Read, ReadRequest, SourceSpec
from data_pipelines.facilities import finish
from data_pipelines.files import ROW, read_table
from data_pipelines.ledger import Ledger
from data_pipelines.registry import adapter
from data_pipelines.sectors import sector_of
from data_pipelines.validation import (
    check_coordinates,
    check_releases,
    check_text,
    check_years,
    drop_duplicates,
    of_year,
    years,
)
from hotspots.errors import InputError
from hotspots.quality import DatasetQuality

FACILITY, NAME, ACTIVITY_CODE, COUNTRY = "Facility_INSPIRE_ID", "nameOfFeature", "mainActivityCode", "countryCode"
LONGITUDE, LATITUDE = "pointGeometryLon", "pointGeometryLat"
FACILITY_COLUMNS = (FACILITY, NAME, ACTIVITY_CODE, COUNTRY, LONGITUDE, LATITUDE)
YEAR, SUBSTANCE, MEDIUM, AMOUNT, METHOD = (
    "reportingYear",
    "pollutantCode",
    "medium",
    "totalPollutantQuantityKg",
    "methodCode",
)
RELEASE_COLUMNS = (FACILITY, YEAR, SUBSTANCE, MEDIUM, AMOUNT, METHOD)
"""The unit, kg per year, stands in the name of the column of amounts: in another unit it has another name."""
MEDIA = {"AIR": "air", "WATER": "water", "LAND": "land"}
METHODS = ("M", "C", "E")
SUBSTANCES = Substances(
    {
        "NOX": "nox",
        "SOX": "so2",
        "PM10": "pm10",
        "HGANDCOMPOUNDS": "hg",
        "PBANDCOMPOUNDS": "pb",
        "CDANDCOMPOUNDS": "cd",
        "NIANDCOMPOUNDS": "ni",
        "CUANDCOMPOUNDS": "cu",
        "ZNANDCOMPOUNDS": "zn",
        "BENZENE": "benzene",
        "TRICHLOROMETHANE": "trichloromethane",
        "CHLORIDES": "chlorides",
        "TOTALNITROGEN": "total_n",
        "TOTALPHOSPHORUS": "total_p",
    }
)
"""NOx is reported as NO2, SOx as SO2, metals as the element (Regulation (EC) No 166/2006, annex II)."""
OTHER_SUBSTANCES = frozenset(
    [
        "ANTHRACENE",
        "ASANDCOMPOUNDS",
        "ATRAZINE",
        "BENZO(G,H,I)PERYLENE",
        "CFCS",
        "CH4",
        "CHLORINEANDINORGANICCOMPOUNDS",
        "CHLORO-ALKANES(C10-13)",
        "CHLORPYRIFOS",
        "CO",
        "CO2",
        "CO2EXCLBIOMASS",
        "CRANDCOMPOUNDS",
        "CYANIDES",
        "DCE-1,2",
        "DCM",
        "DEHP",
        "DIURON",
        "ETHYLBENZENE",
        "ETHYLENEOXIDE",
        "FLUORANTHENE",
        "FLUORIDES",
        "FLUORINEANDINORGANICCOMPOUNDS",
        "HALOGENATEDORGANICCOMPOUNDS",
        "HALONS",
        "HCB",
        "HCBD",
        "HCFCS",
        "HCH",
        "HCN",
        "HFCS",
        "ISOPROTURON",
        "LINDANE",
        "N2O",
        "NAPHTHALENE",
        "NH3",
        "NMVOC",
        "NPANDNPES",
        "OCTYLPHENOLSANDOCTYLPHENOLETHOXYLATES",
        "ORGANOTINCOMPOUNDS",
        "PAHS",
        "PCBS",
        "PCDD+PCDF(DIOXINS+FURANS)",
        "PCP",
        "PENTACHLOROBENZENE",
        "PER",
        "PFCS",
        "PHENOLS",
        "PM2.5",
        "SF6",
        "SIMAZINE",
        "TCB",
        "TCE-1,1,1",
        "TCM",
        "TETRACHLOROETHANE-1,1,2,2",
        "TOC",
        "TOLUENE",
        "TRI",
        "TRIBUTYLTINANDCOMPOUNDS",
        "TRIPHENYLTINANDCOMPOUNDS",
        "VINYLCHLORIDE",
        "XYLENES",
    ]
)
"""Codes of pollutants that are none of the project's, as far as public programs list them."""
SPELLING = re.compile(r"[A-Z0-9][A-Z0-9().,+-]*")
"""How codes are written; in any other spelling the table is of another version."""
ACTIVITY = re.compile(
    r"(1\([a-f]\)|2\([a-f]\)|3\([a-g]\)|4\([a-f]\)|5\([a-g]\)|6\([a-c]\)|7\([ab]\)|8\([a-c]\)|9\([a-e]\))(\([ivx]+\))?"
)
"""The activities of annex I of the regulation, with their parts."""
ACTIVITY_SECTORS = {
    "1(a)": "petroleum_refining",
    "1(c)": "public_electricity",
    "2(a)": "iron_steel",
    "2(b)": "iron_steel",
    "2(c)": "iron_steel",
    "2(d)": "iron_steel",
    "2(e)": "nonferrous_metals",
    "3(a)": "mining_tailings",
    "3(b)": "mining_tailings",
    "3(c)": "mineral_products",
    "3(d)": "mineral_products",
    "3(e)": "mineral_products",
    "3(f)": "mineral_products",
    "3(g)": "mineral_products",
    "4(": "chemicals",
    "5(a)": "waste_disposal",
    "5(b)": "waste_disposal",
    "5(c)": "waste_disposal",
    "5(d)": "waste_disposal",
    "5(f)": "wastewater",
    "5(g)": "wastewater",
    "6(a)": "pulp_paper",
    "6(b)": "pulp_paper",
    "8(": "food_and_drink",
}
"""Activities of annex I of the regulation; all others are other industry."""
COUNTRIES = {
    "AT": "AUT",
    "BE": "BEL",
    "BG": "BGR",
    "CH": "CHE",
    "CY": "CYP",
    "CZ": "CZE",
    "DE": "DEU",
    "DK": "DNK",
    "EE": "EST",
    "EL": "GRC",
    "ES": "ESP",
    "FI": "FIN",
    "FR": "FRA",
    "GB": "GBR",
    "GR": "GRC",
    "HR": "HRV",
    "HU": "HUN",
    "IE": "IRL",
    "IS": "ISL",
    "IT": "ITA",
    "LI": "LIE",
    "LT": "LTU",
    "LU": "LUX",
    "LV": "LVA",
    "MT": "MLT",
    "NL": "NLD",
    "NO": "NOR",
    "PL": "POL",
    "PT": "PRT",
    "RO": "ROU",
    "RS": "SRB",
    "SE": "SWE",
    "SI": "SVN",
    "SK": "SVK",
    "UK": "GBR",
}
"""Reporting countries: the EU writes EL and UK where ISO 3166 has GR and GB."""


class Options(Settings):
    """Options of eprtr. The tables state no accuracy of positions."""

    position_accuracy_m: float = Field(default=500.0, ge=0)
    encoding: str = "utf-8"


SPEC = SourceSpec("eprtr", "facilities", Options, needs=("units", "population"), files=("facilities", "releases"))


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Facilities]:
    """Facilities with what they report of the project's pollutants for the dataset's year.

    Only amounts above the register's thresholds are reported: a facility that reports nothing of a pollutant does not
    release nothing. Accidental releases are part of the total, as in the register.

    Raises
    ------
    InputError
        If a file cannot be used, lacks a column, a medium or method is unknown, or pollutants are written otherwise.
    """
    options = request.options_as(Options)
    text = read_table(request.files["facilities"], FACILITY_COLUMNS, options.encoding)
    ledger = Ledger.of(request.ref.id, text)
    table = check_coordinates(ledger, text.frame, LATITUDE, LONGITUDE, request.area)
    check_text(ledger, table, [NAME])
    country = table[COUNTRY].map(COUNTRIES).fillna("")
    ledger.quarantine(table[ROW][country == ""], "COUNTRY_UNKNOWN", table[COUNTRY][country == ""])
    ledger.quarantine(table[ROW][table[FACILITY] == ""], "ID_MISSING", FACILITY)
    strange = (table[ACTIVITY_CODE] != "") & ~table[ACTIVITY_CODE].str.fullmatch(ACTIVITY)
    ledger.quarantine(table[ROW][strange], "SECTOR_UNKNOWN", table[ACTIVITY_CODE][strange])
    drop_duplicates(ledger, table, [FACILITY], "DUPLICATE_ID")
    amounts, quality = _releases(request, options, ledger.kept(table), set(text.frame[FACILITY]))
    known = pd.DataFrame(
        {
            "native_id": table[FACILITY],
            "name": table[NAME],
            "sector": table[ACTIVITY_CODE].map(lambda code: sector_of(code, ACTIVITY_SECTORS)),
            "country": country,
            "year": pd.Series(request.ref.year, index=table.index, dtype="Int64"),
            "lon": table["lon"],
            "lat": table["lat"],
            ROW: table[ROW],
        }
    )
    found = finish(request, ledger, candidates(known, options.position_accuracy_m), summed(amounts), "B")
    return Read(found.value, (*found.quality, quality))


def _releases(
    request: ReadRequest, options: Options, facilities: pd.DataFrame, listed: set[str]
) -> tuple[pd.DataFrame, DatasetQuality]:
    """The amounts of the ``facilities`` that can be used; ``listed`` are all that the other table has."""
    path = request.files["releases"]
    text = read_table(path, RELEASE_COLUMNS, options.encoding)
    ledger = Ledger.of(request.ref.id, text)
    table = text.frame
    _known(request, MEDIUM, table[MEDIUM], MEDIA)
    _known(request, METHOD, table[METHOD], ("", *METHODS))
    _check_spelling(request, table[SUBSTANCE])
    year = years(table[YEAR])
    check_years(ledger, table[ROW], year, request.today)
    of_year(ledger, path, table[ROW], year, request.ref.year)
    usable = table[FACILITY].isin(facilities[FACILITY])
    elsewhere = ~usable & table[FACILITY].isin(listed)
    ledger.quarantine(table[ROW][elsewhere], "OUTSIDE_REGION", table[FACILITY][elsewhere])
    unlisted = ~usable & ~elsewhere
    ledger.quarantine(table[ROW][unlisted], "FACILITY_UNUSABLE", table[FACILITY][unlisted])
    drop_duplicates(ledger, table, [FACILITY, YEAR, SUBSTANCE, MEDIUM], "DUPLICATE_ID")
    unknown = ~table[SUBSTANCE].isin([*SUBSTANCES.pollutant, *OTHER_SUBSTANCES])
    ledger.quarantine(table[ROW][unknown], "POLLUTANT_UNKNOWN", table[SUBSTANCE][unknown])
    release_kg_yr = pd.Series(check_releases(ledger, table[ROW], table[AMOUNT], AMOUNT), index=table.index)
    kept = ledger.kept(table)
    amounts = pd.DataFrame(
        {
            "facility": kept[FACILITY].map(facilities.set_index(FACILITY)[ROW]),
            "pollutant": SUBSTANCES.of(ledger, kept, kept[SUBSTANCE]),
            "medium": kept[MEDIUM].map(MEDIA),
            "method": kept[METHOD].replace("", "E"),
            "quality": kept[METHOD].map({"M": "A", "C": "B"}).fillna("C"),
            "release_kg_yr": release_kg_yr[kept.index],
        },
        columns=list(AMOUNTS),
    )
    return amounts, ledger.close()


def _check_spelling(request: ReadRequest, codes: pd.Series) -> None:
    """Raise InputError where a pollutant is not written as a code of the versions that are read."""
    strange = [code for code in sorted(codes.unique()) if not SPELLING.fullmatch(code)]
    if strange:
        raise InputError(
            f"{strange[0]!r} is no pollutant code as versions 4 to 8 of the database write them.",
            source=request.files["releases"],
            field=SUBSTANCE,
            remedy="Give the tables of one of these versions; later ones are not read yet.",
        )


def _known(request: ReadRequest, column: str, stated: pd.Series, codes: Iterable[str]) -> None:
    """Raise InputError where ``stated`` holds a code that is not among ``codes``."""
    known = list(codes)
    strange = sorted(set(stated) - set(known))
    if strange:
        raise InputError(
            f"{strange[0]!r} is no code of the register.",
            source=request.files["releases"],
            field=column,
            remedy=f"Use one of: {', '.join(code for code in known if code)}.",
        )
