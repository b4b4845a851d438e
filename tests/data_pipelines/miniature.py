"""What an adapter is asked in tests: the fixture files, on a region of two units that a person can check by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
from shapely.geometry import Point, box

from config import load
from config.dataset_file import DatasetConfig, checked_options
from data_pipelines.area import Area
from data_pipelines.contract import Read, ReadRequest, Reference
from data_pipelines.registry import find
from hotspots.quality import DatasetQuality
from hotspots.region import DatasetRef
from tests.miniature import GRID, people

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sources"
SHARED = Path(__file__).parents[3] / "shared" / "data"
TODAY = date(2026, 1, 1)
MARGIN_KM = 30.0

UNITS = gpd.GeoDataFrame(
    {"unit_id": ["E", "W"], "name": ["Eastend", "Westend"], "group": ["Eastend", "Westend"]},
    geometry=[box(10.04, 20.0, 10.08, 20.06), box(10.0, 20.0, 10.04, 20.06)],
    crs="OGC:CRS84",
)
PLACES = gpd.GeoDataFrame(
    {"place_id": ["1", "2"], "name": ["Westtown", "Easttown"], "admin1": ["01", "02"], "people": [300.0, 700.0]},
    geometry=[Point(10.02, 20.03), Point(10.085, 20.03)],
    crs="OGC:CRS84",
)

FACILITY_OPTIONS: dict[str, Any] = {
    "columns": {
        "latitude": "lat",
        "longitude": "lon",
        "kind": "type",
        "sector": "branch",
        "status": "state",
        "position_accuracy_m": "accuracy",
        "fuel": "fuel",
        "capacity": "mw",
        "capacity_unit": "unit",
    },
    "releases": [
        {"pollutant": "so2", "medium": "air", "column": "so2_t", "unit": "t/year"},
        {"pollutant": "nox", "medium": "air", "column": "nox_kg", "unit": "kg"},
    ],
    "sectors": {"metals": "nonferrous_metals", "power": "public_electricity", "dump": "waste_disposal"},
    "statuses": {"open": "operating", "shut": "closed"},
    "delimiter": ";",
}
GROUP_OPTIONS: dict[str, Any] = {
    "unit_column": "unit",
    "columns": {"under_5": "u5", "over_65": "65+", "relative_wealth": "wealth"},
    "total_column": "all",
}
CENSUS_OPTIONS: dict[str, Any] = {
    "unit_column": "unit",
    "people_column": "people",
    "cell_size_arcsec": 36.0,
    "disc_radius_m": 1200.0,
    "admin1_units": {"02": "Eastend"},
}


def area(whole_countries: bool = True) -> Area:
    """The two units with a margin of 30 km, on the analysis grid."""
    grid, _ = GRID.padded(MARGIN_KM)
    return Area(UNITS, ("JAM",), whole_countries, MARGIN_KM, grid)


def request(
    adapter: str, files: dict[str, Path], options: dict[str, Any] | None = None, place: Area | None = None
) -> ReadRequest:
    """What `adapter` is asked about ``files`` of the miniature region."""
    ref = DatasetRef("mini", "Mini", "Office", "CC0", "Office", None, None, 2020, "raw")
    paths = MappingProxyType({name: str(path) for name, path in files.items()})
    config = DatasetConfig("mini", adapter, paths, ref, 1.0, MappingProxyType(options or {}), Path("mini.toml"))
    where = place or area()
    return ReadRequest(
        ref=ref,
        files=files,
        options=checked_options(find(adapter).spec.options, config),
        reference=Reference(
            load.pollutants(), load.sectors(), load.power_plant_factors(), load.wastewater_plants("upper_middle")
        ),
        today=TODAY,
        area=where,
        units=UNITS,
        places=PLACES,
        grid=where.grid,
        people=people_on_grid(),
    )


def people_on_grid() -> np.ndarray:
    """The people of the miniature with the margin, where nobody is known."""
    grid, core = GRID.padded(MARGIN_KM)
    values = np.full(grid.shape, np.nan)
    values[core] = people()
    return values


def read(
    adapter: str, files: Path | dict[str, Path], options: dict[str, Any] | None = None, place: Area | None = None
) -> Read[Any]:
    """What ``adapter`` makes of ``files``."""
    named = {"file": files} if isinstance(files, Path) else files
    return find(adapter).read(request(adapter, named, options, place))


def reasons(quality: DatasetQuality) -> dict[int, list[str]]:
    """Reason codes by row, quarantining ones in capitals as they are, flags in lower case."""
    found: dict[int, list[str]] = {}
    for issue in quality.issues:
        code = issue.reason if issue.outcome == "quarantined" else issue.reason.lower()
        found.setdefault(issue.row, []).append(code)
    return found
