from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from hotspots.assessment import assess
from hotspots.blocks import threads
from hotspots.dimensions.freshwater import Freshwater
from hotspots.dimensions.marine import Marine
from hotspots.grid import GEOD
from hotspots.inputs import Elevation, Inputs
from hotspots.policy import publishable
from hotspots.policy.masking import masked_mouths
from hotspots.progress import Silent
from hotspots.result import Assessment
from tests import miniature, small_region
from tests.hotspots.dimensions import river_region, sea_region
from tests.hotspots.dimensions.sea_region import METHOD

MARINE = METHOD.marine
PORT = ("p3", "sea", 5e4)  # lies in the sea west of the island
DUMP = ("d1", "land", 2e5)
AREA_KM2 = np.broadcast_to(small_region.GRID.row_area_km2[:, None], small_region.GRID.shape)


def model(inputs: Inputs) -> Marine:
    found = Marine.of(inputs, METHOD)
    assert found is not None
    return found


def pressure(inputs: Inputs) -> np.ndarray:
    with threads(1) as executor:
        field = model(inputs).field(executor, Silent()).pressure
    assert field is not None
    return field


def run(inputs: Inputs) -> Assessment:
    with threads(2) as executor:
        return assess(inputs, METHOD, None, executor, Silent())


@pytest.fixture(scope="module")
def assessed() -> Assessment:
    return run(sea_region.inputs(DUMP, PORT))


def test_what_a_port_releases_to_the_sea_lies_there_and_nowhere_else() -> None:
    report = model(sea_region.inputs(PORT, municipal=False)).report(None)
    assert report.sea_kg_km2_yr is not None
    assert np.nansum(report.sea_kg_km2_yr * AREA_KM2) == pytest.approx(5e4, rel=1e-12)
    assert np.isnan(report.sea_kg_km2_yr[small_region.INSIDE]).all()
    row, col = small_region.GRID.cell_of(9.96, 20.30)
    assert report.sea_kg_km2_yr[row, col] == np.nanmax(report.sea_kg_km2_yr)
    assert report.released_kg_yr == report.entered_kg_yr == 5e4


def test_a_dump_by_hand() -> None:
    # The nearest sea cell is straight west of the dump: half the plastic is set in motion, and falls to 1/e in 10 km.
    grid = small_region.GRID
    row, _ = grid.cell_of(10.14, 20.29)
    lon, lat = grid.lonlat(row, small_region.INSIDE[1].start - 1)
    distance_m = GEOD.inv(10.14, 20.29, float(lon), float(lat))[2]
    assert distance_m == pytest.approx(15_070, rel=1e-2)
    report = model(sea_region.inputs(DUMP, municipal=False)).report(None)
    assert report.entered_kg_yr == pytest.approx(2e5 * 0.5 * np.exp(-distance_m / 10_000), rel=1e-5)
    assert report.entered_kg_yr == pytest.approx(22_160, rel=2e-2)


def test_municipal_waste_by_hand() -> None:
    # Everyone in one coastal cell: 1 000 people × 8 kg × 0.5 × exp(-871 m / 10 km), one cell from the sea.
    inputs = sea_region.inputs()
    people = np.where(np.isnan(inputs.people), np.nan, 0.0)
    row, col = small_region.INSIDE[0].start + 24, small_region.INSIDE[1].start
    people[row, col] = 1000.0
    report = model(replace(inputs, people=people)).report(None)
    width_m = small_region.GRID.row_width_m[row]
    assert width_m == pytest.approx(870, rel=5e-3)
    assert report.released_kg_yr == 8000
    assert report.entered_kg_yr == pytest.approx(4000 * np.exp(-width_m / 10_000), rel=1e-5)


def test_people_take_the_nearest_sea_and_inland_there_is_none() -> None:
    field = pressure(sea_region.inputs(DUMP, PORT))
    core = field[small_region.INSIDE]
    raster = model(sea_region.inputs(DUMP, PORT)).report(None).sea_kg_km2_yr
    assert raster is not None
    row = small_region.INSIDE[0].start + 22
    assert core[22, 0] == raster[row, small_region.INSIDE[1].start - 1] > 0
    # 15 km are 17 cells of 0.87 km; the middle of the island is farther from every coast.
    assert (core[22, :17] > 0).all()
    assert (core[22, 20:40] == 0).all()
    # No population data: neither people nor pressure.
    assert np.isnan(core[0, 0])


def test_footprints_of_sources_sum_to_the_field() -> None:
    inputs = sea_region.inputs(DUMP, PORT, ("p1", "land", 7e4), municipal=False)
    total = np.zeros(inputs.grid.shape)
    for footprint in model(inputs).sources():
        np.add.at(total, footprint.cells, footprint.pressure)
    np.testing.assert_allclose(total, np.nan_to_num(pressure(inputs)), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("make", [sea_region.inputs, sea_region.with_rivers])
def test_municipal_footprints_sum_to_the_exposure(make: object) -> None:
    inputs = make()
    people = np.nan_to_num(inputs.people)
    footprints = list(model(inputs).areas(people))
    caused = sum(item.caused.sum() * sum(item.by_sector.values()) for item in footprints)
    assert caused > 0
    assert caused == pytest.approx(np.nansum(people * pressure(inputs)), rel=1e-12)


def test_twice_the_release_is_twice_the_pressure() -> None:
    once, twice = (pressure(sea_region.inputs(("p3", "sea", kg), municipal=False)) for kg in (5e4, 1e5))
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-12)


def test_the_order_of_sources_changes_nothing() -> None:
    inputs = sea_region.inputs(DUMP, PORT, ("p1", "land", 7e4))
    other = replace(inputs, sources=inputs.sources[::-1], releases=inputs.releases[::-1])
    np.testing.assert_allclose(pressure(inputs), pressure(other), rtol=1e-12)


def test_contributions_sum_to_the_modelled_exposure(assessed: Assessment) -> None:
    mine = assessed.contributions[assessed.contributions["dimension"] == "marine"]
    caused = mine.groupby("hotspot_id")["exposure"].sum()
    modelled = assessed.hotspots.set_index("hotspot_id")["marine_exposure"]
    modelled = modelled[modelled > 0]
    assert len(modelled) > 0
    np.testing.assert_allclose(caused.reindex(modelled.index), modelled, rtol=1e-6)
    assert {"source", "municipal"} <= set(mine["contributor_kind"])


def test_bigtown_is_a_hotspot_of_the_sea_with_a_rank_interval_and_a_grade(assessed: Assessment) -> None:
    first = assessed.hotspots[assessed.hotspots["dimension"] == "marine"].iloc[0]
    assert first["name"] == "Bigtown"
    assert first["rank_low"] <= first["rank"] <= first["rank_high"]
    assert first["quality"] == "E"
    units = assessed.units.set_index("name")
    assert units.loc["West", "marine_exposure"] > units.loc["East", "marine_exposure"] > 0
    sources = assessed.sources.set_index("source_id")
    assert sources.loc["d1", "marine_exposure_removed"] > 0
    assert np.isnan(sources.loc["p2", "marine_exposure_removed"])


def test_what_is_told_and_published(assessed: Assessment) -> None:
    status = assessed.status["marine"]
    assert status.state == "partly"
    assert "straight to the coast only" in status.reason
    assert any("currents, beaching and sinking are not modelled" in text for text in assessed.assumptions)
    assert any("what rivers bring from inland is missing" in text for text in assessed.assumptions)
    ready = publishable(assessed, miniature.POLICY)
    assert set(ready.rasters.data_vars) == set(assessed.layers.data_vars)
    assert ready.raster_layers["sea_plastic_kg_km2_yr"].unit == "kg/km²/yr"
    assert ready.raster_layers["marine_exposure"].unit == "person · kg/km²/yr"
    assert "river_mouths" not in ready.tables


def test_a_marine_protected_area_is_reached_by_what_lies_in_it() -> None:
    west, _, _, _ = small_region.CORE.bounds
    area = gpd.GeoDataFrame(
        {
            "protected_id": ["1", "2"],
            "name": ["Bank", "Hill"],
            "designation": "Park",
            "iucn_category": "II",
            "marine": [True, False],
            "from_point": False,
            "reported_area_km2": np.nan,
        },
        geometry=[box(west - 0.05, 20.2, west, 20.4), box(west + 0.2, 20.2, west + 0.3, 20.3)],
        crs="OGC:CRS84",
    )
    inputs = replace(sea_region.inputs(PORT, municipal=False), protected=area)
    result = run(inputs)
    assert result.protected is not None
    table = result.protected.set_index("protected_id")
    # Six whole columns west of the island, in all rows between 20.2° and 20.4° N.
    raster = model(inputs).report(None).sea_kg_km2_yr
    assert raster is not None
    first_col, rows = small_region.INSIDE[1].start, small_region.INSIDE[0].start
    inside = raster[rows + 12 : rows + 36, first_col - 6 : first_col] * AREA_KM2[rows + 12 : rows + 36, :6]
    assert 0 < inside.sum() < 5e4
    assert table.loc["1", "marine_plastic_kg_yr"] == pytest.approx(inside.sum(), rel=1e-6)
    assert table.loc["1", "marine_pressure"] == pytest.approx(inside.sum() / table.loc["1", "area_km2"], rel=1e-3)
    assert np.isnan(table.loc["2", "marine_plastic_kg_yr"])
    assert "only plastic from land" in result.status["protected_areas"].reason


def test_along_a_river_to_its_mouth_by_hand() -> None:
    # The plant stands one cell south of the river, all cells drain to its row; the mouth is the last cell in the east.
    inputs = sea_region.with_rivers(("p1", "land", 1e5), municipal=False)
    report = model(inputs).report(None)
    assert len(report.mouths) == 1
    mouth = report.mouths.iloc[0]
    core = small_region.CORE
    row, col = (int(value) for value in core.cell_of(10.13, 20.30))
    assert mouth["mouth"] == river_region.RIVER_ROW * core.cols + core.cols - 1
    assert row == 23
    share = np.exp(-core.row_height_m[22:24].mean() / MARINE.overland_m)
    area_km2 = np.arange(1, core.cols) * core.row_area_km2.sum()
    reach_m = np.where(
        area_km2 >= METHOD.freshwater.stream_area_km2, MARINE.river_m * np.sqrt(area_km2 / 1000), MARINE.overland_m
    )
    share *= np.exp(-(core.row_width_m[22] / reach_m)[col:]).prod()
    assert mouth["plastic_kg_yr"] == pytest.approx(1e5 * 0.5 * share, rel=1e-4)
    assert mouth["at_sea"]
    assert report.entered_kg_yr == pytest.approx(mouth["plastic_kg_yr"], rel=1e-12)


def test_with_a_network_nothing_goes_straight_to_the_coast() -> None:
    inputs = sea_region.with_rivers()
    report = model(inputs).report(None)
    assert report.at_mouths_kg_yr == pytest.approx(report.entered_kg_yr, rel=1e-12)
    assert report.mouths["people"].sum() == pytest.approx(np.nansum(inputs.people))
    raster = report.sea_kg_km2_yr
    assert raster is not None
    # The mouth lies in the east, so the west has nothing.
    assert np.nansum(raster[:, : small_region.INSIDE[1].start]) == 0


def test_river_mouths_are_ranked_with_the_other_loads_and_who_brings_them() -> None:
    inputs = sea_region.with_rivers(("p1", "land", 1e6))
    result = run(inputs)
    mouths = result.river_mouths
    assert mouths is not None
    assert mouths["rank"].tolist() == [1]
    mouth = mouths.iloc[0]
    assert mouth["name"] == "Littletown"
    assert bool(mouth["at_sea"])
    water = Freshwater.of(inputs, METHOD)
    assert water is not None
    balances = {item.pollutant: item.out_kg_yr for item in water.report({}).balances}
    assert mouth["bod_t_yr"] == pytest.approx(balances["bod"] / 1000)
    assert mouth["total_p_t_yr"] == pytest.approx(balances["total_p"] / 1000)
    top = json.loads(mouth["top_sources"])
    assert {item["name"] for item in top} == {"Harbour plant", "Municipal waste, West", "Municipal waste, East"}
    assert sum(item["share"] for item in top) == pytest.approx(1.0, abs=1e-3)
    assert sum(item["t_yr"] for item in top) == pytest.approx(mouth["plastic_t_yr"], rel=1e-4)
    hidden = masked_mouths(mouths, frozenset({"p1"}))
    assert hidden is not None
    nameless = json.loads(hidden.iloc[0]["top_sources"])
    assert "Harbour plant" not in {item["name"] for item in nameless}
    assert sum(item["t_yr"] for item in nameless) == pytest.approx(sum(item["t_yr"] for item in top))
    assert "along rivers" in result.status["marine"].reason
    assert "river_mouths" in publishable(result, miniature.POLICY).tables


def test_mouths_are_told_where_the_sea_is_not_known() -> None:
    result = run(replace(sea_region.with_rivers(), elevation=None))
    assert result.status["marine"].state == "not_assessed"
    assert "no terrain" in result.status["marine"].reason
    assert "river mouth" in result.status["marine"].reason
    assert result.river_mouths is not None
    assert (result.river_mouths["plastic_t_yr"] > 0).all()
    assert result.river_mouths["at_sea"].isna().all()
    assert "marine_pressure" not in result.layers
    assert result.units["marine_exposure"].isna().all()


def test_a_release_to_a_sea_out_of_reach_is_reported_and_not_spread() -> None:
    inputs = sea_region.inputs(("p1", "sea", 1e5), PORT)
    found = model(inputs)
    assert found.report(None).unreached == ("p1",)
    assert [footprint.source_id for footprint in found.sources()] == ["p3"]
    result = run(inputs)
    assert "1 sources release to a sea" in result.status["marine"].reason
    assert np.isnan(result.sources.set_index("source_id").loc["p1", "marine_exposure_removed"])


def test_what_the_edge_of_the_grid_holds_in_is_told() -> None:
    # The margin is 10 km wide, the kernel 8 km: what enters at the island's shore fits, what a ship port releases not.
    assert model(sea_region.inputs()).report(None).held_in_kg_yr == 0
    report = model(sea_region.inputs(PORT)).report(None)
    assert report.held_in_kg_yr == pytest.approx(5e4)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"elevation": None}, "no terrain among the inputs"),
        ({"elevation": Elevation(*2 * [np.full(small_region.GRID.shape, 5.0)], 1_000.0)}, "no open sea"),
        ({"elevation": Elevation(*2 * [np.full(small_region.GRID.shape, np.nan)], 1_000.0)}, "no open sea"),
        ({"municipal": ()}, "no release of plastic waste"),
    ],
)
def test_what_is_missing_is_named(change: dict[str, object], reason: str) -> None:
    result = run(replace(sea_region.inputs(), **change))
    assert result.status["marine"].state == "not_assessed"
    assert reason in result.status["marine"].reason
    assert "marine_pressure" not in result.layers
    assert "sea_plastic_kg_km2_yr" not in result.layers
    assert result.units["marine_exposure"].isna().all()
