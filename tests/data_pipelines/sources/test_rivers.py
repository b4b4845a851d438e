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
    flow[0, :3] = np.nan, 0, -9
    files = {
        "file": rasters.directions(tmp_path / "d8.tif"),
        "discharge": rasters.population(tmp_path / "q.tif", flow),
    }
    read = miniature.read("flow_direction", files, OPTIONS)
    assert isinstance(read.value.flow, Discharge)
    np.testing.assert_array_equal(read.value.flow.discharge_m3_s, flow)
    # What is missing, zero or negative is told with its place; nothing is made of it.
    assert reasons(read.quality[1]) == {1: ["discharge_not_positive"]}
    assert read.quality[1].issues[0].detail.startswith("3 cells, at 10.0050, 20.0550; 10.0150")


@pytest.mark.parametrize("both", [True, False])
def test_discharge_and_runoff_exclude_each_other_and_one_is_needed(tmp_path: Path, both: bool) -> None:
    files = {"file": rasters.directions(tmp_path / "d8.tif")}
    if both:
        files["discharge"] = rasters.population(tmp_path / "q.tif", np.ones(GRID.shape))
    with pytest.raises(ConfigError, match="exactly one origin"):
        network(files, RUNOFF if both else OPTIONS)


def test_a_discharge_on_another_grid_is_an_error(tmp_path: Path) -> None:
    files = {"file": rasters.directions(tmp_path / "d8.tif")}
    with pytest.raises(InputError, match="grid differs") as caught:
        network(files | {"discharge": rasters.population(tmp_path / "q.tif", np.ones((6, 7)))}, OPTIONS)
    assert caught.value.source == str(tmp_path / "q.tif")


@pytest.mark.parametrize("adapter", ["flow_direction", "sub_basins"])
def test_an_unknown_code_names_the_file(tmp_path: Path, adapter: str) -> None:
    options = RUNOFF if adapter == "flow_direction" else {"rest": "Rest"}
    unknown = rasters.DIRECTIONS.copy()
    unknown[3, 3] = 5
    path = rasters.directions(tmp_path / "d8.tif", unknown)
    with pytest.raises(InputError, match="5 is no flow direction") as caught:
        miniature.read(adapter, path, options)
    assert caught.value.source == str(path)


@pytest.mark.parametrize("adapter", ["flow_direction", "sub_basins"])
def test_a_circle_is_reported_with_its_place(tmp_path: Path, adapter: str) -> None:
    options = RUNOFF if adapter == "flow_direction" else {"rest": "Rest"}
    circle = rasters.DIRECTIONS.copy()
    circle[0, 0:2] = 1, 16
    quality = miniature.read(adapter, rasters.directions(tmp_path / "d8.tif", circle), options).quality[0]
    assert reasons(quality) == {1: ["flow_circle"]}
    assert quality.issues[0].detail == "2 cells, at 10.0050, 20.0550; 10.0150, 20.0550"


@pytest.mark.parametrize(
    ("code", "endorheic", "reason"),
    [(255, False, "dead_end"), (255, True, "inland_sink"), (0, True, "dead_end")],
)
def test_a_sink_amid_land_is_reported_with_its_place(tmp_path: Path, code: int, endorheic: bool, reason: str) -> None:
    direction = rasters.DIRECTIONS.copy()
    direction[2, 3] = code
    path = rasters.directions(tmp_path / "d8.tif", direction)
    found = miniature.read("flow_direction", path, RUNOFF | {"endorheic": endorheic})
    assert reasons(found.quality[0]) == {1: [reason]}
    assert found.quality[0].issues[0].detail == "1 cells, at 10.0350, 20.0350"


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
