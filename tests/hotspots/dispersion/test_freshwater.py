from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data_pipelines.files import read_table
from data_pipelines.rasters import read_geotiff
from data_pipelines.sources.flow_direction import directions
from hotspots.dispersion.freshwater import (
    MG_L_PER_KG_YR_M3_S,
    Lakes,
    Rivers,
    balance,
    concentration_mg_l,
    exposure_per_kg_yr,
    loads_kg_yr,
)
from hotspots.dispersion.network import NOWHERE
from hotspots.grid import GEOD
from hotspots.inputs import Discharge, FlowNetwork, Runoff, RunoffRaster
from hotspots.pollutants import Decay
from tests.hotspots.dispersion.networks import E, W, grid, raster

FLOW = Path(__file__).parents[4] / "shared" / "data" / "rhine" / "flow" / "rhine_d8.tif"
LAKES = Path(__file__).parents[3] / "config" / "data" / "rhine" / "lakes.csv"
DECAY = Decay(0.5, 1.047, "test")
CELL_M = GEOD.inv(10.005, -0.005, 10.015, -0.005)[2]


def line(flow: Runoff | RunoffRaster | Discharge, temperature_c: float = 20.0, stream_km2: float = 2.0) -> Rivers:
    """Five cells of about 1.24 km² on the equator that flow east."""
    network = FlowNetwork(grid(1, 5), raster([E, E, E, E, 0]), flow, temperature_c, True)
    return Rivers.of(network, stream_km2, 0.5)


def test_one_tonne_a_year_in_one_cubic_metre_a_second() -> None:
    # 1 t in a year of 31 557 600 s is 31.69 mg/s, in 1 000 L/s.
    assert pytest.approx(0.03169, rel=1e-4) == 1000 * MG_L_PER_KG_YR_M3_S


def test_discharge_is_runoff_times_upstream_area() -> None:
    rivers = line(Runoff(500.0, "test"))
    area_km2 = rivers.grid.row_area_km2[0]
    # 500 mm on one km² in a year are 500 000 m³.
    np.testing.assert_allclose(rivers.discharge_m3_s, np.arange(1, 6) * area_km2 * 5e5 / 31_557_600)
    np.testing.assert_array_equal(rivers.streams, [1, 2, 3, 4])


@pytest.mark.parametrize(("temperature_c", "per_day"), [(20.0, 0.5), (10.0, 0.5 / 1.047**10), (30.0, 0.5 * 1.047**10)])
def test_decay_follows_time_and_temperature(temperature_c: float, per_day: float) -> None:
    rivers = line(Runoff(500.0, "test"), temperature_c)
    days = CELL_M / 0.5 / 86_400
    load = loads_kg_yr(rivers, np.array([1000.0, 0, 0, 0, 0]), DECAY)
    np.testing.assert_allclose(load, 1000 * np.exp(-per_day * days * np.arange(5)), rtol=1e-9)


def test_concentration_by_hand_and_never_without_discharge() -> None:
    rivers = line(Discharge(np.array([[2.0, 4.0, 0.0, np.nan, 8.0]]), "test"))
    load = loads_kg_yr(rivers, np.array([1e6, 0, 0, 0, 0]), None)
    concentration = concentration_mg_l(rivers, load)
    np.testing.assert_allclose(concentration[[0, 1, 4]], [15.844, 7.922, 3.961], rtol=1e-4)
    assert np.isnan(concentration[[2, 3]]).all()


def test_the_balance_closes_and_names_what_stays() -> None:
    rivers = line(Runoff(500.0, "test"))
    found = balance(rivers, "bod", np.array([100.0, 0, 50, 0, 0]), DECAY, 7.0)
    assert found.released_kg_yr == 150
    assert found.unrouted_kg_yr == 7
    assert found.stored_kg_yr == 0
    assert 0 < found.decayed_kg_yr < 150
    assert abs(found.error) < 1e-12
    sink = np.full((3, 3), E, dtype=np.uint8)
    sink[1, 1] = 255
    network = FlowNetwork(grid(3, 3), sink, Runoff(500.0, "test"), 20.0, True, endorheic=True)
    inland = Rivers.of(network, 2.0, 0.5)
    release = np.zeros(9)
    release[3] = 10.0
    assert balance(inland, "bod", release, None, 0.0).stored_kg_yr == 10


def test_discharge_is_the_runoff_of_each_cell_summed() -> None:
    depth_mm = np.array([[100.0, 300.0, 0.0, 200.0, 400.0]])
    rivers = line(RunoffRaster(depth_mm, "test"))
    per_mm = rivers.grid.row_area_km2[0] * 1e3 / 31_557_600
    np.testing.assert_allclose(rivers.discharge_m3_s, np.array([100, 400, 400, 600, 1000]) * per_mm, rtol=1e-12)


def test_runoff_that_is_not_known_is_not_zero() -> None:
    # Two of the four cells above the fourth have none: half the area, far more than one per cent.
    rivers = line(RunoffRaster(np.array([[100.0, 100.0, np.nan, np.nan, 100.0]]), "test"))
    np.testing.assert_array_equal(np.isnan(rivers.discharge_m3_s), [False, False, True, True, True])
    # One cell of 200 is below one per cent: the depth of the others is taken for it.
    depth_mm = np.full((1, 200), 100.0)
    depth_mm[0, 50] = np.nan
    direction = np.full((1, 200), E, dtype=np.uint8)
    longer = FlowNetwork(grid(1, 200), direction, RunoffRaster(depth_mm, "test"), 20.0, True)
    per_cell = rivers.grid.row_area_km2[0] * 100 * 1e3 / 31_557_600
    found = Rivers.of(longer, 2.0, 0.5).discharge_m3_s
    assert np.isnan(found[50:99]).all()
    assert found[199] == pytest.approx(200 * per_cell)


def test_a_void_and_what_it_mostly_drains_are_not_assessed() -> None:
    void = np.zeros((1, 200), dtype=np.bool_)
    void[0, 50] = True
    direction = np.full((1, 200), E, dtype=np.uint8)
    network = FlowNetwork(grid(1, 200), direction, Runoff(500.0, "test"), 20.0, True, void=void)
    rivers = Rivers.of(network, 2.0, 0.5)
    # The void is the 51st cell: up to the 99th it is more than a hundredth of what drains there.
    assert not rivers.assessed[50:99].any()
    assert rivers.assessed[:50].all()
    assert rivers.assessed[100:].all()
    np.testing.assert_array_equal(np.isnan(rivers.discharge_m3_s), ~rivers.assessed)
    # Far down the void is little of what drains through it: it alone is not assessed.
    small = np.roll(void, 100, axis=1)
    far = Rivers.of(replace(network, void=small), 2.0, 0.5)
    np.testing.assert_array_equal(np.flatnonzero(~far.assessed), [150])


def test_nothing_is_assessed_where_water_comes_to_a_dead_end() -> None:
    network = FlowNetwork(grid(1, 5), raster([E, E, W, E, E]), Runoff(500.0, "test"), 20.0, True)
    rivers = Rivers.of(network, 2.0, 0.5)
    np.testing.assert_array_equal(rivers.assessed, [False, False, False, True, True])
    np.testing.assert_array_equal(np.isnan(rivers.discharge_m3_s), ~rivers.assessed)


def test_a_lake_holds_back_what_decays_by_hand() -> None:
    # 0.001 km³ behind 2 m³/s stay 500 000 s, which is 5.787 days: at 0.5 a day 1 / (1 + 2.8935) = 0.25684.
    river = line(Discharge(np.full((1, 5), 2.0), "test"))
    lake = replace(river, lakes=Lakes(np.array([1]), np.array([1e6])))
    release = np.array([1000.0, 0, 0, 10, 0])
    load, without = loads_kg_yr(lake, release, DECAY), loads_kg_yr(river, release, DECAY)
    np.testing.assert_allclose(load[:2], without[:2])
    np.testing.assert_allclose(load[2], without[2] * 0.25684, rtol=1e-4)
    # What is conserved passes through, and nothing is lost from the balance.
    np.testing.assert_array_equal(loads_kg_yr(lake, release, None), loads_kg_yr(river, release, None))
    found = balance(lake, "bod", release, DECAY, 0.0)
    assert abs(found.error) < 1e-12
    assert found.decayed_kg_yr > balance(river, "bod", release, DECAY, 0.0).decayed_kg_yr
    people = np.array([1.0, 2, 3, 4, 5])
    exposure = (people * concentration_mg_l(lake, load)).sum()
    assert (exposure_per_kg_yr(lake, people, DECAY) * release).sum() == pytest.approx(exposure, rel=1e-12)


def test_people_below_are_seen_from_above() -> None:
    rivers = line(Runoff(500.0, "test"))
    people = np.array([0.0, 10, 0, 30, 5])
    release = np.array([100.0, 20, 0, 0, 1])
    exposure = (people * concentration_mg_l(rivers, loads_kg_yr(rivers, release, DECAY))).sum()
    assert (exposure_per_kg_yr(rivers, people, DECAY) * release).sum() == pytest.approx(exposure, rel=1e-12)


def test_points_snap_to_the_nearest_stream_within_the_limit() -> None:
    rivers = line(Runoff(500.0, "test"))
    north_m = GEOD.inv(10.025, -0.005, 10.025, 0.005)[2]
    cells, distance_m = rivers.nearest_stream([10.025, 10.025, 10.005], [-0.005, 0.005, -0.005], north_m + 1)
    np.testing.assert_array_equal(cells, [2, 2, NOWHERE])
    np.testing.assert_allclose(distance_m, [0, north_m, np.inf], rtol=1e-6, atol=1e-6)
    # The first cell is no stream; the next one is one cell away, just beyond the limit here.
    assert rivers.nearest_stream(10.005, -0.005, CELL_M + 1)[0] == 1
    assert rivers.nearest_stream(10.005, -0.005, CELL_M - 1)[0] == NOWHERE


def test_without_streams_nothing_is_near() -> None:
    cells, distance_m = line(Runoff(500.0, "test"), stream_km2=1e6).nearest_stream(10.025, -0.005, 1e6)
    assert cells == NOWHERE
    assert np.isinf(distance_m)


def test_a_point_outside_the_network_has_no_cell() -> None:
    rivers = line(Runoff(500.0, "test"))
    np.testing.assert_array_equal(rivers.cell_of([10.005, 11.0, 10.045], [-0.005, 0.0, -0.005]), [0, NOWHERE, 4])


@pytest.fixture(scope="module")
def rhine() -> Rivers:
    if not FLOW.exists():
        pytest.skip(f"no {FLOW}: the Rhine's flow directions are not part of the repository")
    band = read_geotiff(FLOW)
    network = FlowNetwork(band.grid, directions(FLOW, band), Runoff(435.0, "test"), 13.0, True)
    return Rivers.of(network, 100.0, 0.5)


@pytest.mark.parametrize(
    ("lon", "lat", "published_km2"),
    [
        (6.11, 51.84, 159_000),  # Lobith
        (7.617, 47.559, 35_900),  # Basel
        (8.44, 49.51, 13_900),  # the Neckar at its mouth
        (7.607, 50.366, 28_200),  # the Moselle at its mouth
    ],
)
def test_upstream_areas_of_the_rhine(rhine: Rivers, lon: float, lat: float, published_km2: float) -> None:
    row, col = (int(index) for index in rhine.grid.cell_of(lon, lat))
    around = rhine.upstream_km2.reshape(rhine.grid.shape)[row - 7 : row + 8, col - 7 : col + 8]
    assert np.nanmin(np.abs(around / published_km2 - 1)) < 0.01


def test_discharge_of_the_rhine_at_lobith(rhine: Rivers) -> None:
    row, col = (int(index) for index in rhine.grid.cell_of(6.11, 51.84))
    around = rhine.discharge_m3_s.reshape(rhine.grid.shape)[row - 3 : row + 4, col - 3 : col + 4]
    assert np.nanmax(around) == pytest.approx(2200, rel=0.02)
    assert rhine.channels.mouth.sum() == 1


@pytest.mark.parametrize(
    ("name", "published_km2"),
    [("Lake Constance", 11_500), ("Lake Neuchâtel", 2_670), ("Lake Lucerne", 2_240), ("Lake Biel", 8_300)],
)
def test_the_lakes_of_the_rhine_lie_on_their_rivers(rhine: Rivers, name: str, published_km2: float) -> None:
    row = read_table(LAKES, ("name", "longitude", "latitude")).frame.set_index("name").loc[name]
    cells, distance_m = rhine.nearest_stream([float(row["longitude"])], [float(row["latitude"])], 5_000)
    assert distance_m[0] < 500
    assert rhine.upstream_km2[cells[0]] == pytest.approx(published_km2, rel=0.05)


def test_pyflwdir_finds_the_same_on_the_rhine(rhine: Rivers) -> None:
    pyflwdir = pytest.importorskip("pyflwdir", reason="pyflwdir is not installed: no oracle for upstream areas")
    band = read_geotiff(FLOW)
    oracle = pyflwdir.from_array(directions(FLOW, band), ftype="d8", transform=band.grid.transform, latlon=True)
    area = np.broadcast_to(band.grid.row_area_km2[:, None], band.grid.shape)
    land = ~np.isnan(rhine.upstream_km2).reshape(band.grid.shape)
    found = rhine.upstream_km2.reshape(band.grid.shape)
    np.testing.assert_allclose(found[land], oracle.accuflux(area)[land], rtol=1e-9)
