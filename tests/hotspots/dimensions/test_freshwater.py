from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data_pipelines.outputs.popups import hotspot_popup
from hotspots.assessment import assess
from hotspots.blocks import threads
from hotspots.dimensions.freshwater import Freshwater
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Discharge, FlowNetwork, Inputs
from hotspots.policy import publishable
from hotspots.progress import Silent
from hotspots.result import Assessment
from tests import miniature, small_region
from tests.hotspots.dimensions import river_region
from tests.hotspots.dimensions.river_region import METHOD, RIVER_ROW

ROW = RIVER_ROW + small_region.INSIDE[0].start
FIRST_COL = small_region.INSIDE[1].start
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
        footprint.caused.sum() * sum(footprint.by_sector.values()) for footprint in model(inputs).municipal(people)
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
    cells = ready.tables["hotspots"].iloc[0].to_dict() | {"top_sources": []}
    popup = hotspot_popup(ready.vector_layers["hotspots"], cells, 1, {})
    assert "not known to be exposed" in popup
    assert ready.raster_layers["bod_freshwater_mg_l"].unit == "mg/L"


def test_removed_exposure_and_distance_are_told_per_source(assessed: Assessment) -> None:
    sources = assessed.sources.set_index("source_id")
    assert sources.loc["p1", "freshwater_exposure_removed"] > 0
    assert 0 <= sources.loc["p1", "stream_distance_m"] < METHOD.freshwater.snap_m
    assert np.isnan(sources.loc["p3", "freshwater_exposure_removed"])
    assert np.isnan(sources.loc["p3", "stream_distance_m"])


def test_a_source_without_a_stream_in_reach_is_reported_and_not_routed() -> None:
    strict = replace(METHOD, freshwater=replace(METHOD.freshwater, snap_m=10.0))
    inputs = river_region.inputs(None, PLANT)
    found = Freshwater.of(inputs, strict)
    assert found is not None
    report = found.report({})
    assert report.snap_distance_m == {"p1": np.inf}
    assert {item.pollutant: item.unrouted_kg_yr for item in report.balances} == {"bod": 1e6, "total_p": 0}
    assert list(found.sources()) == []


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
