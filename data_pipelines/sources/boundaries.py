"""Administrative units from any vector file."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
from pydantic import Field

from config.reading import Settings
from data_pipelines.contract import Read, ReadRequest, SourceSpec, Units
from data_pipelines.files import ROW, require_columns
from data_pipelines.ledger import Ledger
from data_pipelines.names import names_by_language
from data_pipelines.polygons import keep_polygons
from data_pipelines.registry import adapter
from data_pipelines.validation import check_text, drop_duplicates
from data_pipelines.vectors import read_vector
from hotspots.errors import InputError
from hotspots.names import NameLanguage, name_column
from hotspots.schemas import UNITS, checked


class Options(Settings):
    """Options of boundaries: the columns with a stable identifier and the name of each unit.

    ``country_column`` holds the ISO 3166-1 alpha-3 code of the unit's country, for regions of several.
    ``whole_countries`` says whether the units cover the region's countries completely; false for a part of a country.
    ``status_column`` holds the status of a unit whose sovereignty is disputed, ``claimants_column`` the codes of the
    countries that claim it, with commas between; both are empty for others.
    ``names`` are the columns with names in other languages, e.g. ``{ar = "name_ar"}``.
    ``groups`` gives, by the beginning of their identifiers, the larger unit that small ones belong to: municipal
    releases and hotspots are told by it.
    """

    id_column: str = Field(min_length=1)
    name_column: str = Field(min_length=1)
    names: dict[NameLanguage, str] = Field(default_factory=dict)
    country_column: str | None = None
    status_column: str | None = None
    claimants_column: str | None = None
    layer: str | None = None
    encoding: str | None = None
    whole_countries: bool = True
    groups: dict[str, str] = Field(default_factory=dict)


SPEC = SourceSpec("boundaries", "units", Options)


@adapter(SPEC)
def read(request: ReadRequest) -> Read[Units]:
    """The units, polygons in longitude and latitude, in the order of their identifiers.

    Raises
    ------
    InputError
        If the file cannot be used, lacks a column, or no unit is left.
    """
    options = request.options_as(Options)
    table = read_vector(request.path, options.encoding, options.layer)
    disputes = {"status": options.status_column, "claimants": options.claimants_column}
    disputes = {name: column for name, column in disputes.items() if column is not None}
    wanted = (
        options.id_column,
        options.name_column,
        options.country_column,
        *disputes.values(),
        *options.names.values(),
    )
    require_columns(request.path, table.columns, tuple(column for column in wanted if column is not None))
    ledger = Ledger(request.ref.id, request.path, len(table))
    units = gpd.GeoDataFrame(
        {
            "unit_id": table[options.id_column].fillna("").astype(str).str.strip(),
            "name": table[options.name_column].fillna("").astype(str).str.strip(),
            "country": "" if options.country_column is None else table[options.country_column].fillna("").astype(str),
            **names_by_language(table, options.names),
            **{name: _words(table[column]) for name, column in disputes.items()},
            ROW: table[ROW],
        },
        geometry=table.geometry,
        crs=table.crs,
    )
    check_text(ledger, units, ["name", *map(name_column, options.names)])
    ledger.quarantine(units[ROW][units["unit_id"] == ""], "ID_MISSING", options.id_column)
    not_a_code = ~units["country"].str.fullmatch("([A-Z]{3})?")
    ledger.quarantine(units[ROW][not_a_code], "COUNTRY_UNKNOWN", units["country"][not_a_code])
    units = keep_polygons(ledger, units)
    drop_duplicates(ledger, units, ["unit_id"], "DUPLICATE_ID")
    units = ledger.kept(units).drop(columns=ROW).sort_values("unit_id", ignore_index=True)
    units.insert(2 + len(options.names), "group", _groups(units, options.groups))
    if units.empty:
        raise InputError("no unit with an identifier and a polygon is left.", source=request.path, remedy="Check it.")
    countries = tuple(units.pop("country"))
    table = checked(UNITS, units, str(request.path))
    return Read(Units(table, options.whole_countries, countries), (ledger.close(),))


def _words(column: pd.Series) -> pd.Series:
    """Text whose parts stand between commas and one space."""
    text = column.fillna("").astype(str)
    return text.map(lambda value: ", ".join(part.strip() for part in value.split(",") if part.strip()))


def _groups(units: gpd.GeoDataFrame, named: Mapping[str, str]) -> list[str]:
    """The group of each unit by the longest beginning of its identifier that is named, else its own name."""
    prefixes = sorted(named, key=len, reverse=True)
    return [
        next((named[prefix] for prefix in prefixes if unit_id.startswith(prefix)), name)
        for unit_id, name in zip(units["unit_id"], units["name"], strict=True)
    ]
