from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from config import load
from data_pipelines.outputs.quality import write as write_quality
from hotspots.assessment import assess, unit_cells
from hotspots.blocks import threads
from hotspots.dimensions.freshwater import Freshwater
from hotspots.fields import PRESSURE_NOTES
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Discharge, FlowNetwork, Inputs
from hotspots.policy import publishable
from hotspots.progress import Silent
from hotspots.region import DatasetRef
from hotspots.result import Assessment
from tests import miniature, small_region
from tests.data_pipelines import miniature as adapters
from tests.hotspots.dimensions import river_region
from tests.hotspots.dimensions.river_region import METHOD, RIVER_ROW

ROW = RIVER_ROW + small_region.INSIDE[0].start
FIRST_COL = small_region.INSIDE[1].start
RIVER_LAT = float(small_region.GRID.lonlat(ROW, 0)[1])
PLANT = ("p1", "bod", 1e6)


def model(inputs: Inputs) -> Freshwater:
    found = Freshwater.of(inputs, METHOD)
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
    return run(river_region.inputs(None, PLANT, ("p2", "total_p", 4e3), ("p1", "total_p", 1e3)))


def test_a_plant_is_felt_downstream_only() -> None:
    field = pressure(river_region.inputs(None, PLANT, municipal=False))
    _, plant = small_region.GRID.cell_of(10.13, 20.30)
    river = field[ROW, FIRST_COL : FIRST_COL + 60]
    at = int(plant) - FIRST_COL
    assert (river[:at] == 0).all()
    assert (river[at:] > 0).all()
    assert (np.diff(river[at:]) < 0).all()
    # Nobody is near where the river is more than 1 km away, and nothing is known beyond the network.
    assert (field[ROW - 5, FIRST_COL : FIRST_COL + 60] == 0).all()
    assert np.isnan(field[0]).all()


def test_the_pressure_by_hand() -> None:
    field = pressure(river_region.inputs(None, ("p1", "total_p", 1e3), municipal=False))
    # At the mouth all 48 × 60 cells drain 400 mm: 1 t/yr of a conserved substance over 0.13 mg/L.
    area_km2 = small_region.CORE.row_area_km2.sum() * 60
    discharge_m3_s = area_km2 * 1e6 * 0.4 / 31_557_600
    assert field[ROW, FIRST_COL + 59] == pytest.approx(0.0316881 / discharge_m3_s / 0.13, rel=1e-4)


def test_a_toxic_release_of_an_inventory_is_routed_and_scored_by_hand(tmp_path: Path) -> None:
    # 0.15 µg/L, the standard of cadmium, in 1 m³/s is 0.15e-6 g/L · 1 000 L/s · 31 557 600 s = 4 733.64 g a year.
    table = tmp_path / "prtr.csv"
    table.write_text("name,latitude,longitude,cd,hg\nWorks,20.03,10.03,4.73364,1\nNext,20.03,10.06,,\n")
    columns = [{"pollutant": name, "medium": "water", "column": name, "unit": "kg/year"} for name in ("cd", "hg")]
    options = {"sector": "other_industry", "releases": columns, "quality": "B"}
    releases = adapters.read("facility_table", table, options).value.releases
    released = {(row.pollutant, row.medium): row.release_kg_yr for row in releases.itertuples()}
    assert released == {("cd", "water"): 4.73364, ("hg", "water"): 1.0}
    river = river_region.network(flow=Discharge(np.ones(small_region.CORE.shape), "test"))
    listed = [("p1", pollutant, kg) for (pollutant, _), kg in released.items()]
    inputs = replace(river_region.inputs(river, *listed, municipal=False), pollutants=load.pollutants())
    with threads(1) as executor:
        field = model(inputs).field(executor, Silent())
    assert field.pressure is not None
    below = ROW, FIRST_COL + 50
    assert field.concentrations["cd"][below] == pytest.approx(0.15e-3, rel=1e-5)
    # Mercury has no annual standard in water: it is published, not scored.
    assert field.concentrations["hg"][below] == pytest.approx(3.16881e-5, rel=1e-5)
    assert field.pressure[below] == pytest.approx(1.0, rel=1e-5)


def test_footprints_of_sources_sum_to_the_field() -> None:
    inputs = river_region.inputs(None, PLANT, ("p2", "total_p", 4e3), municipal=False)
    total = np.zeros(inputs.grid.shape)
    for footprint in model(inputs).sources():
        np.add.at(total, footprint.cells, footprint.pressure)
    np.testing.assert_allclose(total, np.nan_to_num(pressure(inputs)), rtol=1e-12, atol=1e-15)


def test_municipal_footprints_sum_to_the_exposure() -> None:
    inputs = river_region.inputs()
    people = np.nan_to_num(inputs.people)
    caused = sum(
        footprint.caused.sum() * sum(footprint.by_sector.values()) for footprint in model(inputs).areas(people)
    )
    assert caused == pytest.approx(np.nansum(people * pressure(inputs)), rel=1e-12)


def test_twice_the_release_is_twice_the_pressure() -> None:
    once = pressure(river_region.inputs(None, PLANT, municipal=False))
    twice = pressure(river_region.inputs(None, ("p1", "bod", 2e6), municipal=False))
    np.testing.assert_allclose(twice, 2 * once, rtol=1e-12)


def test_contributions_sum_to_the_modelled_exposure(assessed: Assessment) -> None:
    mine = assessed.contributions[assessed.contributions["dimension"] == "freshwater"]
    caused = mine.groupby("hotspot_id")["exposure"].sum()
    modelled = assessed.hotspots.set_index("hotspot_id")["freshwater_exposure"]
    modelled = modelled[modelled > 0]
    assert len(modelled) > 0
    np.testing.assert_allclose(caused.reindex(modelled.index), modelled, rtol=1e-6)
    assert {"source", "municipal"} <= set(mine["contributor_kind"])


def test_bigtown_is_a_hotspot_of_freshwater(assessed: Assessment) -> None:
    first = assessed.hotspots[assessed.hotspots["dimension"] == "freshwater"].iloc[0]
    assert first["name"] == "Bigtown"
    assert 0 < first["people_near_stream"] <= first["people"]


def test_exposure_is_people_near_times_pressure(assessed: Assessment) -> None:
    layers = assessed.layers
    people, field = layers["people"].to_numpy(), layers["freshwater_pressure"].to_numpy()
    np.testing.assert_allclose(layers["freshwater_exposure"], people * field)
    near = assessed.units["people_near_stream"].sum()
    assert 0 < near < assessed.totals.people
    assert near == pytest.approx(np.nansum(np.where(field > 0, people, 0.0)), rel=1e-9)


def test_what_near_means_is_said(assessed: Assessment) -> None:
    assert "near, not known to be exposed" in assessed.status["freshwater"].reason
    assert any("not known to be exposed" in sentence for sentence in assessed.assumptions)
    assert any("the mass balance closes" in sentence for sentence in assessed.assumptions)
    ready = publishable(assessed, miniature.POLICY)
    assert set(ready.rasters.data_vars) == set(assessed.layers.data_vars)
    assert "near, not exposed" in ready.raster_layers["freshwater_exposure"].meaning
    assert "people near" in ready.raster_layers["freshwater_exposure"].title
    assert "not known to be exposed" in PRESSURE_NOTES["freshwater"]
    assert ready.raster_layers["bod_freshwater_mg_l"].unit == "mg/L"


def test_removed_exposure_and_distance_are_told_per_source(assessed: Assessment) -> None:
    sources = assessed.sources.set_index("source_id")
    assert sources.loc["p1", "freshwater_exposure_removed"] > 0
    assert 0 <= sources.loc["p1", "stream_distance_m"] < METHOD.freshwater.snap_m
    assert np.isnan(sources.loc["p3", "freshwater_exposure_removed"])
    assert np.isnan(sources.loc["p3", "stream_distance_m"])


def test_a_source_without_a_stream_in_reach_is_reported_and_not_routed(tmp_path: Path) -> None:
    strict = replace(METHOD, freshwater=replace(METHOD.freshwater, snap_m=10.0))
    inputs = river_region.inputs(None, PLANT)
    found = Freshwater.of(inputs, strict)
    assert found is not None
    report = found.report({})
    assert report.snap_distance_m == {"p1": np.inf}
    assert {item.pollutant: item.unrouted_kg_yr for item in report.balances} == {"bod": 1e6, "total_p": 0}
    assert list(found.sources()) == []
    with threads(1) as executor:
        result = assess(inputs, strict, None, executor, Silent())
    assert dict(zip(result.sources["source_id"], result.sources["stream_reason"], strict=True))["p1"] == (
        "NO_STREAM_IN_REACH"
    )
    report, _ = write_quality(publishable(result, miniature.POLICY), tmp_path)
    told = json.loads(report.read_text(encoding="utf-8"))["sources_not_routed"]
    assert told == [{"source_id": "p1", "reason": "NO_STREAM_IN_REACH"}]


def test_where_the_network_ends_nothing_is_assessed_and_nothing_is_zero() -> None:
    direction = river_region.directions()
    direction[:, 28:] = 247
    west = run(river_region.inputs(river_region.network(direction)))
    units = west.units.set_index("name")
    assert units.loc["West", "freshwater_exposure"] > 0
    assert np.isnan(units.loc["East", "freshwater_exposure"])
    assert np.isnan(west.layers["freshwater_pressure"].to_numpy()[:, 33:]).all()
    assert west.units["burden"].notna().all()
    balances = model(river_region.inputs(river_region.network(direction))).report({}).balances
    assert all(item.unrouted_kg_yr > 0 for item in balances)


def test_without_discharge_a_stream_is_not_assessed_and_counts_for_no_source() -> None:
    flow = np.full(small_region.CORE.shape, 3.0)
    flow[RIVER_ROW, 12:17] = 0.0
    dry = river_region.network(flow=Discharge(flow, "test"))
    field = pressure(river_region.inputs(dry))
    assert np.isnan(field[ROW, FIRST_COL + 12 : FIRST_COL + 17]).all()
    assert (field[ROW, FIRST_COL + 20 : FIRST_COL + 60] > 0).all()
    listed = river_region.inputs(dry, PLANT, municipal=False)
    total = np.zeros(listed.grid.shape)
    for footprint in model(listed).sources():
        np.add.at(total, footprint.cells, footprint.pressure)
    np.testing.assert_allclose(total, np.nan_to_num(pressure(listed)), rtol=1e-12, atol=1e-15)
    assert total.any()


def lakes(*rows: tuple[str, float, float]) -> gpd.GeoDataFrame:
    """Lakes on the river by name, longitude of the outlet and km³."""
    names, lon, volumes = zip(*rows, strict=True)
    table = {"name": names, "volume_km3": volumes, "area_km2": np.nan}
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, [RIVER_LAT] * len(lon)), crs="OGC:CRS84")


def test_a_lake_is_felt_below_it_and_attribution_stays_exact() -> None:
    plain = river_region.inputs(None, PLANT, ("p2", "total_p", 4e3))
    lake = replace(plain, lakes=lakes(("Lake", 10.255, 0.5), ("Elsewhere", 30.0, 1.0)))
    before, after = pressure(plain), pressure(lake)
    below = int(small_region.GRID.cell_of(10.255, RIVER_LAT)[1]) + 1
    assert (after[ROW, below : FIRST_COL + 60] < before[ROW, below : FIRST_COL + 60]).all()
    np.testing.assert_array_equal(after[ROW, :below], before[ROW, :below])
    # 0.5 km³ behind the discharge at the outlet, at 15 °C: of the plant's BOD 1 / (1 + k V / Q) goes on.
    only = replace(lake, releases=river_region.inputs(None, PLANT).releases, municipal=())
    rivers = model(plain).rivers
    outlet = rivers.nearest_stream(10.255, RIVER_LAT, 3_000)[0]
    share = 1 / (1 + 0.35 / 1.047**5 / 86_400 * 0.5e9 / rivers.discharge_m3_s[outlet])
    ratio = pressure(only)[ROW, below + 5] / pressure(replace(only, lakes=None))[ROW, below + 5]
    assert ratio == pytest.approx(float(share[0]), rel=1e-9)
    people = np.nan_to_num(lake.people)
    found = model(lake)
    caused = sum(item.caused.sum() * sum(item.by_sector.values()) for item in found.areas(people))
    caused += sum((people[item.cells] * item.pressure).sum() for item in found.sources())
    assert caused == pytest.approx(np.nansum(people * after), rel=1e-12)
    result = run(lake)
    assert any("1 lakes, taken as completely mixed" in sentence for sentence in result.assumptions)
    assert any("discharge at the outlet: Elsewhere" in sentence for sentence in result.assumptions)
    np.testing.assert_allclose(result.water_balance["error_share"], 0, atol=1e-9)


def test_people_served_by_an_intake_are_exposed_to_what_passes_it() -> None:
    intakes = gpd.GeoDataFrame(
        {"intake_id": ["a", "b", "c"], "name": ["Up", "Down", "Far"], "people_served": [100.0, 2000.0, np.nan]},
        geometry=gpd.points_from_xy([10.055, 10.455, 15.0], [RIVER_LAT] * 3),
        crs="OGC:CRS84",
    )
    inputs = replace(river_region.inputs(None, ("p1", "total_p", 1e3), municipal=False), intakes=intakes)
    result = run(inputs)
    table = result.intakes.set_index(["intake_id", "pollutant"])
    # 1 t/yr of a conserved substance, as in the field: 0.03169 / Q mg/L over 0.13 mg/L, for 2 000 people.
    quotient = pressure(inputs)[ROW, int(small_region.GRID.cell_of(10.455, RIVER_LAT)[1])]
    assert table.loc[("b", "total_p"), "concentration_mg_l"] == pytest.approx(quotient * 0.13, rel=1e-12)
    assert table.loc[("b", "all"), "hazard_quotient"] == pytest.approx(quotient, rel=1e-12)
    assert table.loc[("b", "all"), "exposure"] == pytest.approx(2000 * quotient, rel=1e-12)
    assert table.loc[("a", "all"), "hazard_quotient"] == 0
    # Of the third nothing is known, which is not zero.
    assert table.loc[("c", "all"), "reason"] == "NO_STREAM_IN_REACH"
    assert np.isnan(table.loc[("c", "all"), ["hazard_quotient", "stream_distance_m", "exposure"]].astype(float)).all()
    assert ("c", "total_p") not in table.index
    reason = result.status["freshwater"].reason
    assert "2 drinking-water intakes serve 2,100 people, who are exposed, 1 intakes are not assessed" in reason
    assert "and drinking-water intakes are missing" not in reason
    ready = publishable(result, miniature.POLICY)
    pd.testing.assert_frame_equal(ready.intakes, result.intakes)
    closed = DatasetRef("wells", "W", "W", "closed", "W", None, None, None, "derived", "intakes")
    assert publishable(replace(result, datasets=(closed,)), miniature.POLICY).intakes.empty


def test_without_intakes_the_status_says_they_are_missing(assessed: Assessment) -> None:
    assert "drinking-water intakes are missing" in assessed.status["freshwater"].reason
    assert assessed.intakes.empty


def test_municipal_contributions_of_a_unit_are_told_by_its_own_pollutants() -> None:
    # In the west phosphorus comes from a plant too, in the east BOD has decayed: the split differs between the units.
    inputs = river_region.inputs(None, ("p1", "total_p", 4e3))
    people = np.nan_to_num(inputs.people)
    result = run(inputs)
    at_units = result.attribution[
        (result.attribution["receptor_kind"] == "unit")
        & (result.attribution["dimension"] == "freshwater")
        & (result.attribution["contributor_kind"] == "municipal")
    ]
    found = model(inputs)
    of_bod = next(item for item in found.scored if item.pollutant.id == "bod")
    expected = unit_cells(inputs).coverage.sum(np.nan_to_num(people * found.pressure_of(of_bod)))
    bod = at_units[at_units["pollutant"] == "bod"].groupby("receptor_id")["exposure"].sum()
    np.testing.assert_allclose(bod.reindex(inputs.units["unit_id"]), expected, rtol=1e-6)


@pytest.mark.parametrize("fault", ["circle", "dead end", "void"])
def test_faults_of_the_network_leave_cells_not_assessed_and_never_zero(fault: str) -> None:
    direction = river_region.directions()
    void = np.zeros(direction.shape, dtype=np.bool_)
    if fault == "circle":
        direction[RIVER_ROW, 30:32] = 1, 16
    elif fault == "dead end":
        direction[RIVER_ROW, 31] = 0
    else:
        void[:, 24:32] = True
    river = replace(river_region.network(direction), void=void)
    inputs = river_region.inputs(river, PLANT)
    field = pressure(inputs)
    core = field[small_region.INSIDE]
    if fault == "void":
        assert np.isnan(core[:, 24:32]).all()
        # Below it, more than a hundredth of the area upstream is void; nothing of the kind is above it.
        assert np.isnan(core[RIVER_ROW, 24:]).all()
        assert (core[RIVER_ROW, 20:24] > 0).all()
    else:
        assert np.isnan(core[:, :31]).all()
        assert (core[RIVER_ROW, 33:] > 0).all()
    report = model(inputs).report({})
    assert report.not_routed == ({} if fault == "void" else {"p1": "DRAINS_NOWHERE"})
    routed = {item.pollutant: item.unrouted_kg_yr for item in report.balances}
    assert (routed["bod"] >= 1e6) == (fault != "void")


def test_people_in_a_void_take_nothing_from_the_river_beside_it() -> None:
    wide = replace(METHOD, freshwater=replace(METHOD.freshwater, corridor_m=1_500))
    void = np.zeros(small_region.CORE.shape, dtype=np.bool_)
    void[RIVER_ROW - 1, 50] = True
    inputs = river_region.inputs(replace(river_region.network(), void=void), PLANT)
    found = Freshwater.of(inputs, wide)
    assert found is not None
    with threads(1) as executor:
        field = found.field(executor, Silent()).pressure
    assert field is not None
    core = field[small_region.INSIDE]
    assert np.isnan(core[RIVER_ROW - 1, 50])
    assert core[RIVER_ROW, 50] > 0
    assert core[RIVER_ROW - 1, 51] > 0


def test_sources_above_a_dead_end_have_no_exposure_removed() -> None:
    direction = river_region.directions()
    direction[RIVER_ROW, 31] = 255
    result = run(river_region.inputs(river_region.network(direction), PLANT))
    sources = result.sources.set_index("source_id")
    assert np.isnan(sources.loc["p1", "freshwater_exposure_removed"])
    assert "1 sources drain to a dead end" in result.status["freshwater"].reason
    declared = replace(river_region.network(direction), endorheic=True)
    assert not np.isnan(pressure(river_region.inputs(declared, PLANT))[ROW, FIRST_COL + 20])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"network": None}, "no river network"),
        ({"network": river_region.network(whole_basins=False)}, "enter the flow raster from outside"),
        ({"municipal": ()}, "no release to water"),
    ],
)
def test_what_is_missing_is_named(change: dict[str, object], reason: str) -> None:
    result = run(replace(river_region.inputs(), **change))
    assert result.status["freshwater"].state == "not_assessed"
    assert reason in result.status["freshwater"].reason
    assert "freshwater_pressure" not in result.layers
    assert result.units["freshwater_exposure"].isna().all()


def test_the_network_may_have_a_finer_grid_of_its_own() -> None:
    core = small_region.CORE
    fine = AnalysisGrid(
        core.crs_wkt, core.west, core.north, core.cell_width / 2, core.cell_height / 2, core.rows * 2, core.cols * 2
    )
    direction = np.full(fine.shape, 4, dtype=np.uint8)
    direction[2 * RIVER_ROW + 1 :] = 64
    direction[2 * RIVER_ROW] = 1
    inputs = river_region.inputs(FlowNetwork(fine, direction, river_region.RUNOFF, 15.0, True))
    coarse = pressure(river_region.inputs())[ROW, FIRST_COL + 20 : FIRST_COL + 58]
    np.testing.assert_allclose(pressure(inputs)[ROW, FIRST_COL + 20 : FIRST_COL + 58], coarse, rtol=0.1)
    assert all(item.unrouted_kg_yr == 0 for item in model(inputs).report({}).balances)


def test_the_order_of_sources_changes_nothing() -> None:
    inputs = river_region.inputs(None, PLANT, ("p2", "bod", 3e5), ("p2", "total_p", 2e3))
    other = replace(inputs, sources=inputs.sources[::-1], releases=inputs.releases[::-1])
    np.testing.assert_array_equal(pressure(inputs), pressure(other))
