"""Eight cells on the equator with hand-made fields: what the tables are checked on.

people    100 200   0  no data        air    1.0 2.0 3.0 4.0
            0 300 400    0                   0.0 0.5 1.0 1.0
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from affine import Affine
from pyproj import CRS
from shapely.geometry import Point, box

from hotspots.clustering import GiStar
from hotspots.dispersion.wind import climatology
from hotspots.evidence import COMBINED, Evidence
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Inputs, MunicipalFactor
from hotspots.pollutants import Pollutant
from hotspots.pressures import Pressures
from hotspots.quality import QualityReport
from hotspots.receptors import KEYS, Detail
from hotspots.vulnerability import Vulnerability
from tests import miniature, small_region

GRID = AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(0.01, 0, 10.0, 0, -0.01, 0.01), (2, 4))
CELL_KM2 = float(GRID.row_area_km2[0])
NO_DATA = np.nan
PEOPLE = np.array([[100.0, 200.0, 0.0, NO_DATA], [0.0, 300.0, 400.0, 0.0]])
AIR = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, 0.5, 1.0, 1.0]])
PRIORITY = np.array([[10.0, 20.0, 0.0, NO_DATA], [0.0, 30.0, 40.0, 0.0]])
LAND = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0]])

NO_VULNERABILITY = Vulnerability(None, {}, {}, {}, {}, {})
NO_DETAIL = Detail(pd.DataFrame(columns=["hotspot", *KEYS, "exposure"]), pd.DataFrame(), pd.DataFrame())

POLLUTANTS = {
    **miniature.POLLUTANTS,
    "so2": Pollutant("so2", "SO2", None, ("air",), "so2", 1.0, None, None, (), miniature.level(20), None),
    "waste": Pollutant("waste", "Waste", None, ("land",), "waste", 1.0, None, None, (), None, None),
}


def units() -> gpd.GeoDataFrame:
    """W: the first two columns and half of the third; E: the rest."""
    return gpd.GeoDataFrame(
        {"unit_id": ["W", "E"], "name": ["West", "East"], "group": ["West", "East"]},
        geometry=[box(10.0, -0.01, 10.025, 0.01), box(10.025, -0.01, 10.04, 0.01)],
        crs="OGC:CRS84",
    )


def protected(*rows: tuple[str, object, bool]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "protected_id": [name for name, _, _ in rows],
            "name": [name for name, _, _ in rows],
            "designation": "Park",
            "iucn_category": "II",
            "marine": [marine for _, _, marine in rows],
            "reported_area_km2": np.nan,
            "from_point": False,
        },
        geometry=[shape for _, shape, _ in rows],
        crs="OGC:CRS84",
    )


def sources() -> gpd.GeoDataFrame:
    rows = [  # id, sector, land weight, releases assessed, quality
        ("s1", "public_electricity", 0.0, True, "C"),
        ("s2", "public_electricity", 0.0, False, "E"),
        ("s3", "waste_disposal", 2.0, True, "D"),
        ("s4", "public_electricity", 0.0, True, "B"),
    ]
    table = pd.DataFrame(rows, columns=["source_id", "sector", "land_weight", "releases_assessed", "quality"])
    return gpd.GeoDataFrame(
        table.assign(
            name="Source " + table["source_id"],
            kind="plant",
            country="JAM",
            position_accuracy_m=[100.0, 100.0, 5000.0, 100.0],
            stack_height_m=[np.nan, np.nan, np.nan, 40.0],
            stack_diameter_m=np.nan,
            exit_velocity_m_s=np.nan,
            exit_temperature_k=np.nan,
            transboundary=False,
            status="operating",
            year=pd.Series([2020] * 4, dtype="Int64"),
            datasets="facilities",
        ),
        geometry=[Point(10.005, 0.005), Point(10.015, 0.005), Point(10.025, -0.005), Point(10.035, -0.005)],
        crs="OGC:CRS84",
    )


def releases() -> pd.DataFrame:
    rows = [
        ("s1", "pm25", "air", 300.0),
        ("s1", "pm25", "water", 50.0),
        ("s3", "pm25", "water", 7.0),
        ("s4", "nox", "air", 0.0),
    ]
    table = pd.DataFrame(rows, columns=["source_id", "pollutant", "medium", "release_kg_yr"])
    return table.assign(
        year=pd.Series([2020] * 4, dtype="Int64"), method="E", quality="C", dataset="facilities", record_id="1"
    )


def inputs() -> Inputs:
    places = gpd.GeoDataFrame(
        {
            "place_id": ["1", "2", "3", "4"],
            "name": ["Hamlet", "Town", "Far", "Village"],
            "admin1": "",
            "people": [50.0, 700.0, 9e6, 60.0],
        },
        geometry=[Point(10.013, -0.004), Point(10.025, -0.005), Point(10.2, 0.0), Point(10.026, -0.006)],
        crs="OGC:CRS84",
    )
    return Inputs(
        region=miniature.REGION,
        grid=GRID,
        people=PEOPLE,
        people_year=2020,
        unit_of_cell=None,
        units=units(),
        sources=sources(),
        releases=releases(),
        municipal=(
            MunicipalFactor("pm25", "household", "air", 2.0, "D", "test"),
            MunicipalFactor("pm25", "road_traffic", "air", 0.5, "B", "test"),
            MunicipalFactor("waste", "waste_disposal", "land", 10.0, "E", "test"),
            MunicipalFactor("pm25", "household", "water", 0.0, "E", "test"),
        ),
        places=places,
        protected=None,
        wind=None,
        observations=None,
        pollutants=POLLUTANTS,
        sectors=small_region.SECTORS,
        datasets=miniature.DATASETS,
        quality=QualityReport(()),
    )


def pressures() -> Pressures:
    climate = climatology(None, GRID, miniature.METHOD.air)
    increments = {"pm25": 5 * AIR, "so2": 10 * AIR}
    return Pressures(increments, {"air": AIR, "land": LAND}, climate, np.zeros(GRID.shape, dtype=bool))


def evidence() -> Evidence:
    assessed = ~np.isnan(PEOPLE)
    z = np.array([[1.0, 2.0, -1.0, NO_DATA], [NO_DATA, 3.0, 5.0, NO_DATA]])
    gi = GiStar(z, np.full(GRID.shape, 0.5), np.full(GRID.shape, 0.5))
    clustered = np.nan_to_num(z) > 2.5
    return Evidence(
        assessed=assessed,
        percentiles={"air": np.where(assessed, 30.0, NO_DATA), "land": np.where(assessed, 10.0, NO_DATA)},
        burden=PRIORITY / 10,
        priority=PRIORITY,
        clustering={COMBINED: gi, "air": gi, "land": gi},
        clustered={COMBINED: clustered, "air": clustered, "land": clustered},
        high_priority=np.nan_to_num(PRIORITY) >= 40,
        ambient={},
        exceeds={},
        above_guideline=None,
        vulnerability=NO_VULNERABILITY,
    )
