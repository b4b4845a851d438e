from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data_pipelines.contract import Units
from hotspots.errors import ConfigError, InputError
from hotspots.inputs import Discharge, FlowNetwork, Runoff
from hotspots.protection import areas_km2
from tests.data_pipelines import miniature
from tests.data_pipelines.miniature import reasons
from tests.data_pipelines.sources import rasters
from tests.miniature import GRID

OPTIONS = {"flow_citation": "test", "water_temperature_c": 15.0, "whole_basins": True}
RUNOFF = OPTIONS | {"runoff_mm_yr": 400.0}
# The end of the second row, where the upper half of the raster has gathered: 19 cells.
OUTLET = {"name": "Upper", "lon": 10.065, "lat": 20.035, "upstream_km2": 23.9}


def network(files: Path | dict[str, Path], options: dict[str, object] = RUNOFF) -> FlowNetwork:
    value = miniature.read("flow_direction", files, options).value
    assert isinstance(value, FlowNetwork)
    return value


def test_directions_are_read_as_they_are(tmp_path: Path) -> None:
    found = network(rasters.directions(tmp_path / "d8.tif"))
    np.testing.assert_array_equal(found.direction, rasters.DIRECTIONS)
    assert found.grid.transform == GRID.transform
    assert found.flow == Runoff(400.0, "test")


def test_declared_no_data_is_no_data(tmp_path: Path) -> None:
    values = np.where(rasters.DIRECTIONS == 247, 99, rasters.DIRECTIONS).astype(np.uint8)
    found = network(rasters.directions(tmp_path / "d8.tif", values, nodata=99))
    np.testing.assert_array_equal(found.direction, rasters.DIRECTIONS)


def test_discharge_comes_from_its_own_raster(tmp_path: Path) -> None:
    flow = np.full(GRID.shape, 3.5)
    flow[0, 0] = np.nan
    files = {
        "file": rasters.directions(tmp_path / "d8.tif"),
        "discharge": rasters.population(tmp_path / "q.tif", flow),
    }
    found = network(files, OPTIONS).flow
    assert isinstance(found, Discharge)
    np.testing.assert_array_equal(found.discharge_m3_s, flow)


@pytest.mark.parametrize("both", [True, False])
def test_discharge_and_runoff_exclude_each_other_and_one_is_needed(tmp_path: Path, both: bool) -> None:
    files = {"file": rasters.directions(tmp_path / "d8.tif")}
    if both:
        files["discharge"] = rasters.population(tmp_path / "q.tif", np.ones(GRID.shape))
    with pytest.raises(ConfigError, match="either a raster or a runoff depth"):
        network(files, RUNOFF if both else OPTIONS)


def test_a_discharge_on_another_grid_or_below_zero_is_an_error(tmp_path: Path) -> None:
    files = {"file": rasters.directions(tmp_path / "d8.tif")}
    with pytest.raises(InputError, match="grid differs") as caught:
        network(files | {"discharge": rasters.population(tmp_path / "q.tif", np.ones((6, 7)))}, OPTIONS)
    assert caught.value.source == str(tmp_path / "q.tif")
    with pytest.raises(InputError, match="negative discharge"):
        network(files | {"discharge": rasters.population(tmp_path / "q.tif", np.full(GRID.shape, -9.0))}, OPTIONS)


@pytest.mark.parametrize("adapter", ["flow_direction", "sub_basins"])
def test_a_circle_or_an_unknown_code_names_the_file(tmp_path: Path, adapter: str) -> None:
    options = RUNOFF if adapter == "flow_direction" else {"rest": "Rest"}
    circle = rasters.DIRECTIONS.copy()
    circle[0, 0:2] = 1, 16
    unknown = rasters.DIRECTIONS.copy()
    unknown[3, 3] = 5
    for values, message in ((circle, "circle"), (unknown, "5 is no flow direction")):
        path = rasters.directions(tmp_path / "d8.tif", values)
        with pytest.raises(InputError, match=message) as caught:
            miniature.read(adapter, path, options)
        assert caught.value.source == str(path)


def test_an_inland_sink_is_flagged(tmp_path: Path) -> None:
    direction = rasters.DIRECTIONS.copy()
    direction[2, 3] = 255
    found = miniature.read("flow_direction", rasters.directions(tmp_path / "d8.tif", direction), RUNOFF)
    assert reasons(found.quality[0]) == {1: ["inland_sink"]}
    assert found.quality[0].issues[0].detail == "1 cells"


def test_sub_basins_share_the_land_without_overlap(tmp_path: Path) -> None:
    path = rasters.directions(tmp_path / "d8.tif")
    options = {"rest": "Lower", "outlets": [OUTLET]}
    units = miniature.read("sub_basins", path, options).value
    assert isinstance(units, Units)
    assert list(units.table["name"]) == ["Upper", "Lower"]
    assert not units.whole_countries
    upper, lower = units.table.geometry
    assert upper.intersection(lower).area == pytest.approx(0.0, abs=1e-12)
    cells = GRID.row_area_km2 * (rasters.DIRECTIONS != 247).sum(axis=1)
    assert areas_km2(units.table.geometry).sum() == pytest.approx(cells.sum(), rel=1e-6)


def test_an_outlet_that_drains_another_area_is_an_error(tmp_path: Path) -> None:
    path = rasters.directions(tmp_path / "d8.tif")
    options = {"rest": "Lower", "outlets": [OUTLET | {"upstream_km2": 500.0}]}
    with pytest.raises(InputError, match="drains about 500") as caught:
        miniature.read("sub_basins", path, options)
    assert "Upper" in str(caught.value)


def test_people_outside_the_units_are_no_data_where_asked(tmp_path: Path) -> None:
    people = np.ones(GRID.shape)
    path = rasters.population(tmp_path / "people.tif", people)
    np.testing.assert_array_equal(miniature.read("population_raster", path).value.people, people)
    inside = miniature.read("population_raster", path, {"within_units": True}).value.people
    np.testing.assert_array_equal(inside, people)
    wider = rasters.population(tmp_path / "wider.tif", np.ones((6, 12)))
    found = miniature.read("population_raster", wider, {"within_units": True}).value.people
    np.testing.assert_array_equal(found[:, :8], people)
    assert np.isnan(found[:, 8:]).all()
