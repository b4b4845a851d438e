"""A hand-made region of 6 × 8 cells whose every number a person can check; used by tests of all layers.

Two towns: Westend (unit W) with 300 people and Eastend (unit E) with 700; one plant between them, one dump in E.
"""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr
from affine import Affine
from pyproj import CRS
from shapely.geometry import Point, box

from hotspots import standards
from hotspots.fields import vector_layers
from hotspots.fields.report_tables import ATTRIBUTION, COVERAGE, SENSITIVITY
from hotspots.grid import AnalysisGrid
from hotspots.method import (
    AirMethod,
    FreshwaterMethod,
    HotspotMethod,
    LandMethod,
    MarineMethod,
    Method,
    ScoringMethod,
    UncertaintyMethod,
)
from hotspots.policy import Policy
from hotspots.pollutants import Level, Pollutant
from hotspots.quality import DatasetQuality, Issue, QualityReport
from hotspots.region import DatasetRef, Region
from hotspots.result import Assessment, Status, Totals
from hotspots.tables.water import balance_table, intake_table

GRID = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.01, 0, 10.0, 0, -0.01, 20.06), (6, 8))

REGION = Region(
    id="miniature",
    title="Miniature",
    countries=("JAM",),
    income_group="upper_middle",
    transboundary_margin_km=0,
    unit_label="parish",
    languages=("en",),
    backgrounds=(),
    notes=("A hand-made test region.",),
)

METHOD = Method(
    id="screening",
    title="Screening",
    air=AirMethod(
        50_000, 16, 1500, 10, 3.0, 0.5, 1.0, (("A", 1500.0), ("C", 1000.0), ("D", 800.0)), 293.0, 0.75, 5_000, 0.1
    ),
    land=LandMethod(5_000, (1_000, 2_000, 5_000)),
    freshwater=FreshwaterMethod(0.5, 5.0, 3_000, 1_000),
    marine=MarineMethod("plastic", 0.5, 10_000, 100_000, 20_000, 3_000, 5_000, 8_000, 10_000),
    scoring=ScoringMethod((("air", 1.0), ("land", 1.0)), 0.01, "product", 0.95),
    hotspots=HotspotMethod(5_000, 0.05, 90, 50, 0.5, "priority_people", 10),
    uncertainty=UncertaintyMethod(200, 1, (("A", 1.3), ("B", 1.6), ("C", 2.0), ("D", 3.0), ("E", 10.0)), 0.25, 1.5),
)

POLICY = Policy(
    disclaimer="The boundaries shown do not imply official endorsement.",
    statement="Screening for prioritisation, not compliance and not health diagnosis.",
    licence="CC-BY-4.0",
    publisher="Test authority",
)


def level(value: float) -> Level:
    return Level(value, "µg/m³", "annual mean", "WHO 2021")


POLLUTANTS = {
    "pm25": Pollutant(
        "pm25", "PM2.5", None, ("air",), "pm25", 1.0, None, level(5), (level(35), level(25)), None, "Primary only."
    ),
    "no2": Pollutant("no2", "NO2", "10102-44-0", ("air",), "nox", 0.75, 86400.0, level(10), (level(40),), None, None),
}

DATASETS = (
    DatasetRef("census", "Census", "Statistics office", "CC-BY-4.0", "Office (2020)", None, "2020", 2020, "raw"),
    DatasetRef(
        "facilities",
        "Facilities",
        "Ministry",
        "CC-BY-4.0",
        "Ministry (2020)",
        None,
        "2020",
        2020,
        "raw",
        "facilities",
        contact="inventory@ministry.example",
    ),
)


def people() -> np.ndarray:
    values = np.zeros(GRID.shape)
    values[2, 1] = 300.0
    values[3, 5:7] = 350.0
    values[0, 7] = np.nan
    return values


def _layers() -> xr.Dataset:
    assessed = ~np.isnan(people())
    row, col = np.indices(GRID.shape)
    distance = np.hypot(row - 3, col - 4)
    air = np.where(assessed, 1.0 / (1 + distance), np.nan)
    priority = np.where(assessed, 100 * air, np.nan)
    values = {
        "priority": priority,
        "burden": priority / 10,
        "people": people(),
        "air_pressure": air,
        "air_exposure": air * people(),
        "all_gi_z": np.where(assessed, 3 - distance, np.nan),
        "all_gi_p": np.where(assessed, 0.04, np.nan),
        "all_gi_p_adjusted": np.where(assessed, 0.04, np.nan),
        "pm25_increment_ug_m3": 5 * air,
        "no2_increment_ug_m3": 2 * air,
    }
    return xr.Dataset({name: GRID.dataarray(v, name) for name, v in values.items()})


def _complete(layer: str, rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    """Rows with every field of the registry but optional ones, in its order; what a row does not give is missing."""
    fields = [field for field in vector_layers(POLLUTANTS.values())[layer].fields if not field.optional]
    empty = {"number": float("nan"), "integer": pd.NA, "boolean": pd.NA, "text": "", "json": "[]"}
    table = pd.DataFrame([{f.name: row.get(f.name, empty[f.kind]) for f in fields} for row in rows])
    for f in fields:
        kind = {"integer": "Int64", "boolean": "boolean", "number": float}.get(f.kind)
        if kind:
            table[f.name] = table[f.name].astype(kind)
    return gpd.GeoDataFrame(table, geometry=[row["geometry"] for row in rows], crs="OGC:CRS84")


def _hotspots() -> gpd.GeoDataFrame:
    top = [
        {
            "id": "facilities:1",
            "name": "Middle plant",
            "kind": "source",
            "dimension": "air",
            "share": 0.9,
            "exposure": 9.0,
        },
        {
            "id": "municipal:E:household",
            "name": "Households, E",
            "kind": "municipal",
            "dimension": "air",
            "share": 0.1,
            "exposure": 1.0,
        },
    ]
    common = {"rank_rule": "priority_people", "clustered": True, "high_priority": True, "quality": "E"}
    east = box(10.05, 20.02, 10.07, 20.03)
    west = box(10.01, 20.03, 10.02, 20.04)
    return _complete(
        "hotspots",
        [
            {
                "hotspot_id": "miniature-all-0001",
                "name": "Eastend",
                "dimension": "all",
                "rank": 1,
                "people": 700.0,
                "area_km2": 2.3,
                "priority_people": 291.7,
                "priority": 41.7,
                "burden": 4.17,
                "air_percentile": 41.7,
                "air_pressure": 0.417,
                "air_exposure": 291.7,
                "pm25_increment_ug_m3": 2.08,
                "no2_increment_ug_m3": 0.83,
                "units": "E",
                "source_count": 1,
                "top_source": "Middle plant",
                "top_source_share": 0.9,
                "top_sources": json.dumps(top),
                "tags": "chemicals_and_waste, minamata, sdg_3.9",
                "not_assessed": "freshwater, marine and coastal",
                "geometry": east,
                **common,
            },
            {
                "hotspot_id": "miniature-all-0002",
                "name": "Westend",
                "dimension": "all",
                "rank": 2,
                "people": 300.0,
                "area_km2": 1.2,
                "priority_people": 72.1,
                "priority": 24.0,
                "burden": 2.4,
                "air_percentile": 24.0,
                "air_pressure": 0.24,
                "air_exposure": 72.1,
                "units": "W",
                "source_count": 1,
                "top_source": "Middle plant",
                "top_source_share": 1.0,
                "tags": "sdg_3.9",
                "not_assessed": "freshwater, marine and coastal",
                "geometry": west,
                **common,
            },
        ],
    )


def assessment() -> Assessment:
    """The miniature as assess() would return it."""
    sources = _complete(
        "sources",
        [
            {
                "source_id": "facilities:1",
                "name": "Middle plant",
                "kind": "coal",
                "sector": "public_electricity",
                "country": "JAM",
                "transboundary": False,
                "status": "operating",
                "year": 2020,
                "position_accuracy_m": 500.0,
                "releases_assessed": True,
                "release_pm25_kg_yr": 1000.0,
                "rank": 1,
                "air_exposure_removed": 364.0,
                "tags": "chemicals_and_waste, minamata, sdg_3.9",
                "datasets": "facilities",
                "quality": "E",
                "geometry": Point(10.045, 20.025),
            },
        ],
    )
    units = _complete(
        "admin",
        [
            {
                "unit_id": "W",
                "name": "W",
                "rank": 2,
                "people": 300.0,
                "area_km2": 27.0,
                "priority": 24.0,
                "geometry": box(10.0, 20.0, 10.04, 20.06),
            },
            {
                "unit_id": "E",
                "name": "E",
                "rank": 1,
                "people": 700.0,
                "area_km2": 27.0,
                "priority": 41.7,
                "geometry": box(10.04, 20.0, 10.08, 20.06),
            },
        ],
    )
    households = "municipal:E:household"
    contributions = pd.DataFrame(
        [
            ("miniature-all-0001", "facilities:1", "source", "Middle plant", "public_electricity", "air", 9.0, 0.9, 1),
            ("miniature-all-0001", households, "municipal", "Households, E", "household", "air", 1.0, 0.1, 2),
            ("miniature-all-0002", "facilities:1", "source", "Middle plant", "public_electricity", "air", 4.0, 1.0, 1),
        ],
        columns=[
            "hotspot_id",
            "contributor_id",
            "contributor_kind",
            "contributor_name",
            "sector",
            "dimension",
            "exposure",
            "share",
            "rank",
        ],
    )
    attribution = contributions.drop(columns="rank").rename(columns={"hotspot_id": "receptor_id"})
    attribution = attribution.assign(receptor_kind="hotspot", pollutant="pm25")
    not_assessed = Status("not_assessed", "no method in this edition")
    issue = Issue("facilities", "facilities.csv", 2, "ZERO_COORDINATE", "quarantined", "0, 0")
    return Assessment(
        region=REGION,
        method=METHOD,
        grid=GRID,
        layers=_layers(),
        hotspots=_hotspots(),
        sources=sources,
        units=units,
        protected=None,
        river_mouths=None,
        observations=None,
        contributions=contributions,
        attribution=attribution[[field.name for field in ATTRIBUTION.fields]],
        coverage=pd.DataFrame(columns=[field.name for field in COVERAGE.fields]),
        sensitivity=pd.DataFrame(
            [("Gi* radius", "5000 m", "2500 m", 3, 2, 2, 1.0, 0.75, None)],
            columns=[field.name for field in SENSITIVITY.fields],
        ),
        standards=pd.DataFrame(columns=standards.COLUMNS),
        water_balance=balance_table(None),
        intakes=intake_table(None),
        evaluations=(),
        releases=pd.DataFrame(
            [("facilities:1", "pm25", "air", 1000.0, 2020, "E", "E", "facilities", "1")],
            columns=[
                "source_id",
                "pollutant",
                "medium",
                "release_kg_yr",
                "year",
                "method",
                "quality",
                "dataset",
                "record_id",
            ],
        ).astype({"year": "Int64"}),
        status={
            "air": Status("assessed", "power plants"),
            "freshwater": not_assessed,
            "land": not_assessed,
            "marine": not_assessed,
            "protected_areas": Status("not_assessed", "the region names no protected areas"),
            "vulnerability": not_assessed,
            "standards": not_assessed,
            "monitors": not_assessed,
            "inventory": Status("not_assessed", "no reported total"),
        },
        totals=Totals(1000.0, 1000.0, 0.0),
        assumptions=("PM2.5 is primary only.",),
        pollutants=POLLUTANTS,
        datasets=DATASETS,
        quality=QualityReport.of([DatasetQuality("facilities", "facilities.csv", 2, 1, 1, (issue,))]),
    )
