"""Inputs of a small region for tests of the whole assessment: two towns, three plants, a dump, one plant abroad."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from affine import Affine
from pyproj import CRS
from shapely.geometry import Point, box

from hotspots.grid import AnalysisGrid
from hotspots.inputs import Inputs, MunicipalFactor
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
from hotspots.quality import QualityReport
from hotspots.region import Background, Region
from hotspots.sectors import Sector
from tests import miniature

CORE = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(1 / 120, 0, 10.0, 0, -1 / 120, 20.5), (48, 60))
MARGIN_KM = 10.0
GRID, INSIDE = CORE.padded(MARGIN_KM)

METHOD = Method(
    id="test",
    title="Test",
    air=AirMethod(
        15_000, 16, 1500, 10, 3.0, 0.5, 1.0, (("A", 1500.0), ("C", 1000.0), ("D", 800.0)), 293.0, 0.75, 5_000, 0.1
    ),
    land=LandMethod(5_000, (1_000, 2_000, 5_000)),
    freshwater=FreshwaterMethod(0.5, 5.0, 3_000, 1_000),
    marine=MarineMethod("plastic", 0.5, 10_000, 100_000, 20_000, 3_000, 5_000, 8_000, 10_000),
    scoring=ScoringMethod((("air", 1.0), ("land", 1.0)), 0.001, "product", 0.95),
    hotspots=HotspotMethod(3_000, 0.05, 90, 100, 0.5, "priority_people", 3),
    uncertainty=UncertaintyMethod(200, 1, (("A", 1.3), ("B", 1.6), ("C", 2.0), ("D", 3.0), ("E", 10.0)), 0.25, 1.5),
)

REGION = Region("small", "Small", ("JAM",), "upper_middle", MARGIN_KM, "district", ("en",), (), ("A test region.",))

SECTORS = {
    "public_electricity": Sector("public_electricity", "Electricity", (), 150.0, 0.0, "test"),
    "household": Sector("household", "Households", (), 10.0, 0.0, "test"),
    "road_traffic": Sector("road_traffic", "Road traffic", (), 10.0, 0.0, "test"),
    "waste_disposal": Sector("waste_disposal", "Waste disposal", (), 5.0, 1.0, "test", "dump"),
}

PLANTS = [  # source_id, name, lon, lat, PM2.5 kg/yr, country
    ("p1", "Harbour plant", 10.13, 20.30, 4e5, "JAM"),
    ("p2", "Valley plant", 10.35, 20.22, 1e5, "JAM"),
    ("p3", "Plant abroad", 9.96, 20.30, 2e5, "HTI"),
]


def people() -> np.ndarray:
    """Two towns of 5 × 5 and 3 × 3 cells and a thin rural spread, no data in the margin and in one corner."""
    core = np.full(CORE.shape, 2.0)
    core[20:25, 12:17] = 4000.0
    core[30:33, 40:43] = 2500.0
    core[:6, :6] = np.nan
    values = np.full(GRID.shape, np.nan)
    values[INSIDE] = core
    return values


def sources() -> gpd.GeoDataFrame:
    rows = [(i, name, "public_electricity", "coal", lon, lat, c, 0.0) for i, name, lon, lat, _, c in PLANTS]
    rows.append(("d1", "Town dump", "waste_disposal", "dump site", 10.14, 20.29, "JAM", 1.0))
    table = pd.DataFrame(rows, columns=["source_id", "name", "sector", "kind", "lon", "lat", "country", "land_weight"])
    return gpd.GeoDataFrame(
        table.drop(columns=["lon", "lat"]).assign(
            position_accuracy_m=100.0,
            stack_height_m=np.nan,
            stack_diameter_m=np.nan,
            exit_velocity_m_s=np.nan,
            exit_temperature_k=np.nan,
            transboundary=table["country"] != "JAM",
            status="operating",
            year=pd.Series([2020] * len(table), dtype="Int64"),
            datasets="facilities",
            quality="E",
            releases_assessed=True,
        ),
        geometry=[Point(xy) for xy in zip(table["lon"], table["lat"], strict=True)],
        crs="OGC:CRS84",
    )


def releases() -> pd.DataFrame:
    rows = [
        (i, pollutant, "air", pm25 * factor, 2020, "E", "E", "facilities", i)
        for i, _, _, _, pm25, _ in PLANTS
        for pollutant, factor in (("pm25", 1.0), ("nox", 20.0))
    ]
    columns = ["source_id", "pollutant", "medium", "release_kg_yr", "year", "method", "quality", "dataset", "record_id"]
    return pd.DataFrame(rows, columns=columns).astype({"year": "Int64"})


def inputs(background_pm25_ug_m3: float | None = None) -> Inputs:
    """The small region; with a background, exceedances of interim target 1 can be told."""
    west, south, east, north = CORE.bounds
    middle = (west + east) / 2
    units = gpd.GeoDataFrame(
        {"unit_id": ["W", "E"], "name": ["West", "East"], "group": ["West", "East"]},
        geometry=[box(west, south, middle, north), box(middle, south, east, north)],
        crs="OGC:CRS84",
    )
    places = gpd.GeoDataFrame(
        {"place_id": ["1", "2"], "name": ["Bigtown", "Littletown"], "admin1": ["", ""], "people": [1e5, 2e4]},
        geometry=[Point(10.12, 20.31), Point(10.345, 20.235)],
        crs="OGC:CRS84",
    )
    region = REGION
    if background_pm25_ug_m3 is not None:
        region = replace(REGION, backgrounds=(Background("pm25", background_pm25_ug_m3, 2020, "test"),))
    return Inputs(
        region=region,
        grid=GRID,
        people=people(),
        people_year=2020,
        unit_of_cell=None,
        units=units,
        sources=sources(),
        releases=releases(),
        municipal=(
            MunicipalFactor("pm25", "household", "air", 2.0, "E", "test"),
            MunicipalFactor("nox", "road_traffic", "air", 5.0, "E", "test"),
        ),
        places=places,
        protected=None,
        wind=None,
        observations=None,
        pollutants=miniature.POLLUTANTS,
        sectors=SECTORS,
        datasets=miniature.DATASETS,
        quality=QualityReport(()),
    )
