from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from config import load
from hotspots.assessment import unit_cells
from hotspots.dimensions.land import Land
from hotspots.inputs import Inputs
from hotspots.pressures import Pressures
from hotspots.tables.admin import admin_table
from tests import miniature
from tests.hotspots.tables import tiny

HOTSPOTS = gpd.GeoDataFrame(
    {"dimension": ["all", "all", "air"]},
    geometry=[box(10.0, 0.0, 10.01, 0.01), box(10.02, -0.01, 10.03, 0.0), box(10.0, -0.01, 10.04, 0.01)],
    crs="OGC:CRS84",
)


def table(inputs: Inputs, pressures: Pressures, protected_fraction: np.ndarray | None = None) -> gpd.GeoDataFrame:
    cells = unit_cells(inputs)
    made = admin_table(inputs, miniature.METHOD, pressures, tiny.evidence(), cells, protected_fraction, HOTSPOTS)
    return made.set_index("unit_id")


def test_sums_by_covered_share_and_means_by_people() -> None:
    units = table(tiny.inputs(), tiny.pressures())
    assert units["people"].to_dict() == pytest.approx({"W": 800.0, "E": 200.0})
    assert units["priority_people"].to_dict() == pytest.approx({"W": 220.0, "E": 80.0})
    assert units["priority"].to_dict() == pytest.approx({"W": 27.5, "E": 40.0})
    assert units["burden"].to_dict() == pytest.approx({"W": 2.75, "E": 4.0})
    assert units["air_exposure"].to_dict() == pytest.approx({"W": 850.0, "E": 200.0})
    assert units["air_pressure"].to_dict() == pytest.approx({"W": 850 / 800, "E": 1.0})
    assert units["pm25_increment_ug_m3"].to_dict() == pytest.approx({"W": 5 * 850 / 800, "E": 5.0})
    assert units["area_km2"].to_dict() == pytest.approx({"W": 5 * tiny.CELL_KM2, "E": 3 * tiny.CELL_KM2}, rel=1e-6)
    assert units["rank"].to_dict() == {"W": 1, "E": 2}
    assert units["hotspot_count"].to_dict() == {"W": 2, "E": 1}


def test_municipal_releases_of_all_sectors_and_media() -> None:
    units = table(tiny.inputs(), tiny.pressures())
    assert units["municipal_pm25_kg_yr"].to_dict() == pytest.approx({"W": 2000.0, "E": 500.0})
    assert units["municipal_waste_kg_yr"].to_dict() == pytest.approx({"W": 8000.0, "E": 2000.0})
    assert units["municipal_nox_kg_yr"].isna().all()


@pytest.mark.parametrize("income_group", ["low", "lower_middle", "upper_middle", "high"])
def test_every_configured_municipal_factor_has_a_column(income_group) -> None:
    factors = load.municipal_factors(income_group)
    units = table(replace(tiny.inputs(), pollutants=load.pollutants(), municipal=factors), tiny.pressures())
    for factor in factors:
        assert (units[f"municipal_{factor.pollutant}_kg_yr"] > 0).all()


def with_sites(weight: float) -> Pressures:
    inputs = replace(tiny.inputs(), sources=tiny.sources().assign(land_weight=weight))
    land = Land.of(inputs, miniature.METHOD)
    return replace(tiny.pressures(), land=land and land.report())


def test_people_near_a_site_count_once_and_are_missing_without_sites() -> None:
    near = table(tiny.inputs(), with_sites(1.0))
    assert near["people_near_5km"].sum() == pytest.approx(1000.0)
    # Within 1 km of the middle of a cell of 1.1 km lies no other centre; sources stand in the middle of four cells.
    assert near["people_near_1km"].sum() == pytest.approx(100 + 200 + 400)
    assert table(tiny.inputs(), with_sites(0.0))["people_near_5km"].isna().all()


def test_protected_area_of_units() -> None:
    fraction = np.zeros(tiny.GRID.shape)
    fraction[0, 0], fraction[1, 2] = 0.5, 1.0
    units = table(tiny.inputs(), tiny.pressures(), fraction)
    assert units["protected_km2"].to_dict() == pytest.approx({"W": tiny.CELL_KM2, "E": 0.5 * tiny.CELL_KM2}, rel=1e-6)
    assert table(tiny.inputs(), tiny.pressures())["protected_km2"].isna().all()
