from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import box

from hotspots.assessment import unit_cells
from hotspots.protection import areas_km2
from hotspots.tables.protected import protected_table, vegetation_ratio
from tests.hotspots.tables import tiny

PARK = box(10.0, 0.0, 10.02, 0.01)  # the first two cells: SO2 of 10 and 20 µg/m³, half and all of the critical level
CORNER = box(10.0, 0.005, 10.01, 0.01)  # half of the first cell
SEA = box(10.05, -0.01, 10.06, 0.0)  # off the units and off the grid


def land() -> np.ndarray:
    return unit_cells(tiny.inputs()).unit_of_cell >= 0


def test_the_ratio_is_of_critical_levels_and_only_on_land() -> None:
    ratio = vegetation_ratio(tiny.inputs(), tiny.pressures(), land())
    np.testing.assert_allclose(ratio, 0.5 * tiny.AIR)
    west_only = land() & (np.arange(4) < 2)
    cut = vegetation_ratio(tiny.inputs(), tiny.pressures(), west_only)
    assert np.isnan(cut[:, 2:]).all()
    assert not np.isnan(cut[:, :2]).any()


def test_without_a_critical_level_nothing_is_zero() -> None:
    inputs = tiny.inputs()
    bare = replace(inputs, pollutants={k: v for k, v in inputs.pollutants.items() if k != "so2"})
    assert vegetation_ratio(bare, tiny.pressures(), land()) is None
    areas = replace(bare, protected=tiny.protected(("park", PARK, False)))
    table = protected_table(areas, tiny.pressures(), None, land())
    assert table["ecological_exposure"].isna().all()
    assert table["rank"].isna().all()


def test_means_by_area_and_rank_by_exposed_area() -> None:
    inputs = tiny.inputs()
    inputs = replace(
        inputs, protected=tiny.protected(("park", PARK, False), ("corner", CORNER, False), ("sea", SEA, True))
    )
    ratio = vegetation_ratio(inputs, tiny.pressures(), land())
    table = protected_table(inputs, tiny.pressures(), ratio, land()).set_index("protected_id")
    assert table.at["park", "ecological_exposure"] == pytest.approx(0.75)
    assert table.at["corner", "ecological_exposure"] == pytest.approx(0.5)
    assert np.isnan(table.at["sea", "ecological_exposure"])
    assert table.at["park", "air_pressure"] == pytest.approx(1.5)
    assert table.at["park", "area_km2"] == pytest.approx(2 * tiny.CELL_KM2, rel=1e-6)
    assert table["rank"].dropna().to_dict() == {"park": 1, "corner": 2}
    assert list(table.index) == ["park", "corner", "sea"]


def test_pressure_is_of_the_regions_own_land_unless_the_area_is_marine() -> None:
    inputs = replace(tiny.inputs(), protected=tiny.protected(("park", PARK, False), ("reef", PARK, True)))
    table = protected_table(inputs, tiny.pressures(), None, np.zeros_like(land())).set_index("protected_id")
    assert np.isnan(table.at["park", "air_pressure"])
    assert table.at["reef", "air_pressure"] == pytest.approx(1.5)


def test_areas_of_polygons_with_holes_and_parts() -> None:
    holed = PARK.difference(box(10.005, 0.002, 10.01, 0.004))
    hole = box(10.005, 0.002, 10.01, 0.004)
    two = PARK.union(SEA)
    shapes = tiny.protected(("a", PARK, False), ("b", holed, False), ("c", two, False), ("d", hole, False)).geometry
    whole, cut, both, piece = areas_km2(shapes)
    assert cut == pytest.approx(whole - piece, rel=1e-12)
    assert both == pytest.approx(1.5 * whole, rel=1e-4)
    assert whole == pytest.approx(2 * tiny.CELL_KM2, rel=1e-6)
