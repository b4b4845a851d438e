"""The canonical tables. Every adapter returns them and nothing else enters an assessment."""

from __future__ import annotations

from typing import TypeVar

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from hotspots.errors import InputError
from hotspots.names import PATTERN

QUALITY_GRADES = ["A", "B", "C", "D", "E"]
MEDIA = ["air", "water", "land", "sea"]
STATUSES = ["operating", "suspended", "closed", "unknown"]

_finite_non_negative = [pa.Check.ge(0), pa.Check(lambda s: s.notna() & (s < float("inf")), name="finite")]

SOURCES = pa.DataFrameSchema(
    {
        "source_id": pa.Column(str, unique=True),
        "name": pa.Column(str),
        "sector": pa.Column(str),
        "kind": pa.Column(str),
        "country": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{3}$")),
        "position_accuracy_m": pa.Column(float, pa.Check.ge(0)),
        "stack_height_m": pa.Column(float, pa.Check.ge(0), nullable=True),
        "stack_diameter_m": pa.Column(float, pa.Check.gt(0), nullable=True),
        "exit_velocity_m_s": pa.Column(float, pa.Check.gt(0), nullable=True),
        "exit_temperature_k": pa.Column(float, pa.Check.gt(0), nullable=True),
        "transboundary": pa.Column(bool),
        "land_weight": pa.Column(float, pa.Check.ge(0)),
        "status": pa.Column(str, pa.Check.isin(STATUSES)),
        "year": pa.Column("Int64", nullable=True),
        "datasets": pa.Column(str),
        "quality": pa.Column(str, pa.Check.isin(QUALITY_GRADES)),
        "releases_assessed": pa.Column(bool),
        "geometry": pa.Column("geometry"),
    },
    strict=True,
    name="sources",
)
"""Points in OGC:CRS84. ``land_weight`` is 0 for a source that is no land pressure. ``releases_assessed`` is
False where the releases are unknown (no fuel, no factor), which is not the same as zero."""

RELEASES = pa.DataFrameSchema(
    {
        "source_id": pa.Column(str),
        "pollutant": pa.Column(str),
        "medium": pa.Column(str, pa.Check.isin(MEDIA)),
        "release_kg_yr": pa.Column(float, _finite_non_negative),
        "year": pa.Column("Int64", nullable=True),
        "method": pa.Column(str, pa.Check.isin(["M", "C", "E"])),
        "quality": pa.Column(str, pa.Check.isin(QUALITY_GRADES)),
        "dataset": pa.Column(str),
        "record_id": pa.Column(str),
    },
    unique=["source_id", "pollutant", "medium"],
    strict=True,
    name="releases",
)

UNITS = pa.DataFrameSchema(
    {
        "unit_id": pa.Column(str, unique=True),
        "name": pa.Column(str),
        PATTERN: pa.Column(str, regex=True, required=False),
        "group": pa.Column(str),
        "status": pa.Column(str, required=False),
        "claimants": pa.Column(str, pa.Check.str_matches(r"^([A-Z]{3}(, [A-Z]{3})*)?$"), required=False),
        "geometry": pa.Column("geometry"),
    },
    strict=True,
    name="units",
)
"""Administrative units: polygons in OGC:CRS84. ``group`` is the larger unit that municipal releases and hotspots are
told by where units are many, e.g. the county of a census tract; otherwise the unit's own name. ``status`` and
``claimants`` are there where the boundaries tell of disputes: empty for a unit whose status is settled. ``name_ar`` and
the like are its names by language, empty where not known."""

PLACES = pa.DataFrameSchema(
    {
        "place_id": pa.Column(str, unique=True),
        "name": pa.Column(str),
        PATTERN: pa.Column(str, regex=True, required=False),
        "admin1": pa.Column(str),
        "people": pa.Column(float, pa.Check.ge(0)),
        "geometry": pa.Column("geometry"),
    },
    strict=True,
    name="places",
)
"""Populated places: they name hotspots and, in population_from_census, weigh people; 0 people means not stated."""

LAKES = pa.DataFrameSchema(
    {
        "name": pa.Column(str),
        "volume_km3": pa.Column(float, pa.Check.gt(0)),
        "area_km2": pa.Column(float, pa.Check.gt(0), nullable=True),
        "geometry": pa.Column("geometry"),
    },
    strict=True,
    name="lakes",
)
"""Lakes: points in OGC:CRS84 where the river leaves them."""

INTAKES = pa.DataFrameSchema(
    {
        "intake_id": pa.Column(str, unique=True),
        "name": pa.Column(str),
        "people_served": pa.Column(float, pa.Check.ge(0), nullable=True),
        "geometry": pa.Column("geometry"),
    },
    strict=True,
    name="intakes",
)
"""Drinking-water intakes: points in OGC:CRS84."""

PROTECTED = pa.DataFrameSchema(
    {
        "protected_id": pa.Column(str, unique=True),
        "name": pa.Column(str),
        "designation": pa.Column(str),
        "iucn_category": pa.Column(str),
        "marine": pa.Column(bool),
        "reported_area_km2": pa.Column(float, nullable=True),
        "from_point": pa.Column(bool),
        "geometry": pa.Column("geometry"),
    },
    strict=True,
    name="protected",
)
"""Protected areas: polygons in OGC:CRS84; ``from_point`` marks circles of the reported area."""

OBSERVED_UNITS = {"air": "µg/m³", "water": "mg/L", "soil": "mg/kg"}
"""What is measured in, by medium; mg/kg of soil is of dry matter."""

OBSERVATIONS = pa.DataFrameSchema(
    {
        "observation_id": pa.Column(str, unique=True),
        "station_id": pa.Column(str),
        "name": pa.Column(str),
        "pollutant": pa.Column(str),
        "medium": pa.Column(str, pa.Check.isin(list(OBSERVED_UNITS))),
        "value": pa.Column(float, _finite_non_negative),
        "unit": pa.Column(str),
        "period_start": pa.Column("datetime64[ns]", nullable=True),
        "period_end": pa.Column("datetime64[ns]", nullable=True),
        "statistic": pa.Column(str),
        "coverage": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
        "position_accuracy_m": pa.Column(float, pa.Check.ge(0), nullable=True, required=False),
        "geometry": pa.Column("geometry"),
    },
    checks=pa.Check(lambda t: t["unit"] == t["medium"].map(OBSERVED_UNITS), name="unit of the medium"),
    strict=True,
    name="observations",
)
"""Measured values: points in OGC:CRS84, one row a station and pollutant. ``coverage`` is the share of the period that
was measured; it and the period are missing where a sample was taken once or its date is not known.
``position_accuracy_m`` is there where the publication policy moved some of them."""

Table = TypeVar("Table", pd.DataFrame, gpd.GeoDataFrame)


def checked(schema: pa.DataFrameSchema, table: Table, source: str) -> Table:
    """``table`` if it follows ``schema``.

    Raises
    ------
    InputError
        Naming ``source``, the column and the first offending value.
    """
    try:
        schema.validate(table, lazy=True)
    except SchemaErrors as error:
        first = error.failure_cases.iloc[0]
        raise InputError(
            f"does not follow the schema {schema.name}: {first['check']} fails for {first['failure_case']!r}.",
            source=source,
            field=None if first["column"] is None else str(first["column"]),
            remedy="Correct the input, or the adapter that read it.",
        ) from error
    return table
