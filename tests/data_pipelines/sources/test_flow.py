"""Networks derived from elevation, and discharge from runoff and precipitation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from affine import Affine

from data_pipelines.contract import Read
from hotspots.dispersion.freshwater import Rivers
from hotspots.errors import ConfigError, InputError
from hotspots.inputs import FlowNetwork, RunoffRaster
from tests.data_pipelines import miniature
from tests.data_pipelines.miniature import SHARED, reasons
from tests.data_pipelines.sources import rasters
from tests.miniature import GRID

OPTIONS = {"flow_citation": "test", "water_temperature_c": 15.0, "whole_basins": True}
RUNOFF = OPTIONS | {"runoff_mm_yr": 400.0}
RAIN = OPTIONS | {"runoff_coefficient": 0.5, "published_precipitation_mm_yr": 1400.0}


def valley() -> np.ndarray:
    """(6, 8) metres: a valley along the third row that falls by 10 m a cell to the east, 5 m a row at its sides."""
    rows, cols = np.indices(GRID.shape)
    return 100.0 - 10.0 * cols + 5.0 * np.abs(rows - 2)


def derived(tmp_path: Path, elevation_m: np.ndarray) -> Read[FlowNetwork]:
    path = rasters.population(tmp_path / "dem.tif", elevation_m)
    return miniature.read("flow_from_elevation", path, RUNOFF)


def rivers(network: FlowNetwork) -> Rivers:
    return Rivers.of(network, 5.0, 0.5)


def test_water_flows_down_the_valley(tmp_path: Path) -> None:
    network = derived(tmp_path, valley()).value
    # Each cell flows to the lowest around it: along the valley east, from its sides slantwise to it.
    assert list(network.direction[2, :7]) == [1] * 7
    assert list(network.direction[1, :6]) == [2] * 6
    assert list(network.direction[3, :6]) == [128] * 6
    found = rivers(network)
    # All 48 cells leave by the last of the valley.
    assert list(np.flatnonzero(found.channels.mouth)) == [2 * 8 + 7]
    assert found.upstream_km2[2 * 8 + 7] == pytest.approx(8 * GRID.row_area_km2.sum())


def test_a_depression_overflows_and_is_no_sink(tmp_path: Path) -> None:
    elevation_m = valley()
    elevation_m[2, 3] = 0.0
    read = derived(tmp_path, elevation_m)
    assert reasons(read.quality[0]) == {}
    channels = rivers(read.value).channels
    assert not channels.astray.any()
    assert channels.mouth[2 * 8 + 7]


def test_a_void_is_reported_and_not_assessed(tmp_path: Path) -> None:
    elevation_m = valley()
    elevation_m[1:3, 3] = np.nan
    elevation_m[0, 7] = np.nan
    read = derived(tmp_path, elevation_m)
    # The corner is outside, for it reaches the edge.
    assert reasons(read.quality[0]) == {1: ["elevation_void"]}
    assert read.quality[0].issues[0].detail == "2 cells, at 10.0350, 20.0450; 10.0350, 20.0350"
    # Water crosses it at the height of its lowest rim, 60 m at the valley's next cell, and so need not climb around.
    assert read.value.direction[2, 2] in (1, 128)
    void = np.zeros(GRID.shape, dtype=np.bool_)
    void[1:3, 3] = True
    np.testing.assert_array_equal(read.value.void, void)
    found = rivers(read.value)
    assessed = found.assessed.reshape(GRID.shape)
    assert not assessed[void].any()
    # What the valley carries below the void is not known; what it carries above is.
    assert not assessed[2, 3:].any()
    assert assessed[2, :3].all()


@pytest.mark.parametrize(("low", "high"), [(-9999.0, 100.0), (0.0, 65535.0)])
def test_heights_that_no_land_has_are_an_error(tmp_path: Path, low: float, high: float) -> None:
    elevation_m = valley()
    elevation_m[0, :2] = low, high
    with pytest.raises(InputError, match="no land is so low or high"):
        derived(tmp_path, elevation_m)


@pytest.mark.parametrize("adapter", ["flow_from_elevation", "flow_direction"])
def test_a_coarse_raster_is_no_network(tmp_path: Path, adapter: str) -> None:
    path = rasters.directions(tmp_path / "d8.tif", transform=Affine(1 / 12, 0, 10.0, 0, -1 / 12, 20.5))
    with pytest.raises(InputError, match="a 5′ terrain model is no network") as caught:
        miniature.read(adapter, path, RUNOFF)
    assert caught.value.source == str(path)


def test_etopo5_is_no_network() -> None:
    path = SHARED / "vietnam" / "terrain" / "etopo5.nc"
    if not path.exists():
        pytest.skip(f"no {path}: the terrain of Viet Nam is not part of the repository")
    with pytest.raises(InputError, match="a 5′ terrain model is no network"):
        miniature.read("flow_from_elevation", path, RUNOFF)


def test_the_rhine_from_its_elevation() -> None:
    path = SHARED / "rhine" / "flow" / "rhine_elv0.tif"
    if not path.exists():
        pytest.skip(f"no {path}: the elevation of the Rhine basin is not part of the repository")
    read = miniature.read("flow_from_elevation", path, RUNOFF)
    # An open-cast mine west of Cologne is a hole in the file.
    assert read.quality[0].issues[0].detail.startswith("23 cells, at 6.6542, 50.9708")
    found = rivers(read.value)
    # The directions that were given for the same basin say 159 573 km² at Lobith, 35 870 at Basel.
    for lon, lat, given_km2 in ((6.11, 51.84, 159_573), (7.617, 47.559, 35_870)):
        row, col = (int(index) for index in found.grid.cell_of(lon, lat))
        around = found.upstream_km2.reshape(found.grid.shape)[row - 7 : row + 8, col - 7 : col + 8]
        assert np.nanmin(np.abs(around / given_km2 - 1)) < 0.01


def with_flow(tmp_path: Path, name: str, path: Path, options: dict[str, object]) -> Read[FlowNetwork]:
    files = {"file": rasters.directions(tmp_path / "d8.tif"), name: path}
    return miniature.read("flow_direction", files, options)


def test_runoff_is_the_mean_by_area_of_what_a_cell_covers(tmp_path: Path) -> None:
    # Columns of 0.015° on cells of 0.01°: the first cell lies in the first column, the second half in either.
    coarse = np.array([[100.0, 300.0, 500.0, 700.0, 900.0, 1100.0]])
    path = rasters.population(tmp_path / "runoff.tif", coarse, transform=Affine(0.015, 0, 10.0, 0, -0.06, 20.06))
    flow = with_flow(tmp_path, "runoff", path, OPTIONS).value.flow
    assert isinstance(flow, RunoffRaster)
    np.testing.assert_allclose(flow.depth_mm_yr, np.tile([100, 200, 300, 500, 600, 700, 900, 1000], (6, 1)), rtol=1e-6)


def test_runoff_below_zero_is_reported_and_unknown(tmp_path: Path) -> None:
    depth = np.full(GRID.shape, 400.0)
    depth[3, 2] = -5.0
    read = with_flow(tmp_path, "runoff", rasters.population(tmp_path / "runoff.tif", depth), OPTIONS)
    assert reasons(read.quality[1]) == {1: ["runoff_invalid"]}
    assert isinstance(read.value.flow, RunoffRaster)
    assert np.isnan(read.value.flow.depth_mm_yr[3, 2])


def rain(path: Path, depth: float = 0.004, unit: str = "m", days: int = 365) -> Path:
    times = pd.date_range("2021-01-01", periods=days, freq="D")
    data = xr.Dataset(
        {"tp": (("valid_time", "latitude", "longitude"), np.full((days, 3, 3), depth), {"units": unit})},
        {"valid_time": times, "latitude": [20.25, 20.0, 19.75], "longitude": [9.75, 10.0, 10.25]},
    )
    data.to_netcdf(path, engine="h5netcdf")
    return path


@pytest.mark.parametrize(("depth", "unit"), [(0.004, "m"), (4.0, "mm")])
def test_precipitation_of_4_mm_a_day_half_of_which_runs_off(tmp_path: Path, depth: float, unit: str) -> None:
    flow = with_flow(tmp_path, "precipitation", rain(tmp_path / "rain.nc", depth, unit), RAIN).value.flow
    assert isinstance(flow, RunoffRaster)
    # 365 · 4 mm = 1 460 mm a year.
    np.testing.assert_allclose(flow.depth_mm_yr, 730.0, rtol=1e-6)


def test_precipitation_that_is_six_times_too_low_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the mean is 243\.3 mm/yr, against 1400 published") as caught:
        with_flow(tmp_path, "precipitation", rain(tmp_path / "rain.nc", 0.004 / 6), RAIN)
    assert caught.value.source == str(tmp_path / "rain.nc")


def test_days_that_are_missing_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="300 of 365 time steps of 2021"):
        with_flow(tmp_path, "precipitation", rain(tmp_path / "rain.nc", days=300), RAIN)


@pytest.mark.parametrize("missing", ["runoff_coefficient", "published_precipitation_mm_yr"])
def test_precipitation_needs_a_coefficient_and_a_published_mean(tmp_path: Path, missing: str) -> None:
    options = {key: value for key, value in RAIN.items() if key != missing}
    with pytest.raises(ConfigError, match=missing):
        with_flow(tmp_path, "precipitation", rain(tmp_path / "rain.nc"), options)


def test_the_incomplete_precipitation_of_viet_nam_is_noticed(tmp_path: Path) -> None:
    path = SHARED / "vietnam" / "climate" / "VNM-2020-era5.daily_sum.nc"
    if not path.exists():
        pytest.skip(f"no {path}: the precipitation of Viet Nam is not part of the repository")
    here = rasters.directions(tmp_path / "d8.tif", transform=Affine(0.01, 0, 105.8, 0, -0.01, 21.0))
    # 1 821 mm/yr is the long-term mean of FAO AQUASTAT.
    options = RAIN | {"published_precipitation_mm_yr": 1821.0}
    with pytest.raises(InputError, match="against 1821 published: the sums are incomplete"):
        miniature.read("flow_direction", {"file": here, "precipitation": path}, options)
