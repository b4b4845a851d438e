from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from hotspots.assessment import assess
from hotspots.blocks import threads
from hotspots.dimensions.air import air_pollutants, combined, dispersing_alike, point_releases, urban_cells
from hotspots.dimensions.land import land_sources
from hotspots.dispersion.plume import AreaReleases, disperse
from hotspots.dispersion.rise import Stack
from hotspots.inputs import Wind
from hotspots.pressures import compute
from hotspots.progress import Silent
from tests import miniature, small_region
from tests.hotspots.tables import tiny


def test_a_reported_stack_comes_before_the_default_of_its_sector() -> None:
    inputs = tiny.inputs()
    releases = inputs.releases.iloc[[3, 0]].assign(release_kg_yr=[9.0, 300.0])
    points = point_releases(inputs, releases)
    assert points.source_id.tolist() == ["s1", "s4"]
    assert points.release_kg_yr.tolist() == [300.0, 9.0]
    assert points.height_m.tolist() == [150.0, 40.0]
    assert points.lon.tolist() == [10.005, 10.035]


def test_a_plume_rises_only_where_its_whole_stack_is_known() -> None:
    gas = {"stack_diameter_m": 3.0, "exit_velocity_m_s": 15.0, "exit_temperature_k": 400.0}
    inputs = tiny.inputs()
    releases = inputs.releases.iloc[[3, 0]].assign(release_kg_yr=[9.0, 300.0])
    points = point_releases(replace(inputs, sources=inputs.sources.assign(**gas)), releases)
    # s1 states its gas and no height: the sector's effective height has the rise in it.
    assert points.stack(0) is None
    assert points.stack(1) == Stack(40.0, 3.0, 15.0, 400.0)
    cold = inputs.sources.assign(**gas | {"exit_temperature_k": np.nan})
    assert point_releases(replace(inputs, sources=cold), releases).stack(1) is None
    assert combined([points, points], [1.0, 2.0]).stack(1) == Stack(40.0, 3.0, 15.0, 400.0)


def test_a_release_of_nothing_is_no_point() -> None:
    inputs = tiny.inputs()
    assert point_releases(inputs, inputs.releases.iloc[[3]]).source_id.tolist() == []


def test_only_what_goes_to_air_is_in_the_air() -> None:
    found = {item.pollutant.id: item for item in air_pollutants(tiny.inputs())}
    assert set(found) == {"pm25", "no2"}
    assert found["pm25"].points.release_kg_yr.tolist() == [300.0]
    assert dict(found["pm25"].municipal_kg_per_person_yr) == {"household": 2.0, "road_traffic": 0.5}
    assert found["no2"].weight == pytest.approx(0.1)


def test_urban_cells_by_people_per_km2() -> None:
    at = replace(miniature.METHOD, air=replace(miniature.METHOD.air, urban_density_people_km2=300 / tiny.CELL_KM2))
    assert urban_cells(tiny.inputs(), at).tolist() == [[False, False, False, False], [False, True, True, False]]


def test_land_sources_carry_their_weights() -> None:
    sites = land_sources(tiny.inputs())
    assert sites.to_dict("records") == [{"source_id": "s3", "lon": 10.025, "lat": -0.005, "weight": 2.0}]


def test_sources_of_several_pollutants_are_combined_with_factors() -> None:
    inputs = tiny.inputs()
    one = point_releases(inputs, inputs.releases.iloc[[0]])
    both = point_releases(inputs, inputs.releases.iloc[[0, 3]].assign(release_kg_yr=[10.0, 4.0]))
    together = combined([one, both], [2.0, 0.5])
    assert together.source_id.tolist() == ["s1", "s4"]
    assert together.release_kg_yr.tolist() == [605.0, 2.0]
    assert together.height_m.tolist() == [150.0, 40.0]


def test_one_plume_for_all_that_disperse_alike_is_the_plume_of_each() -> None:
    inputs = small_region.inputs()
    with threads(2) as executor:
        found = compute(inputs, small_region.METHOD, executor, Silent())
        groups = dispersing_alike(air_pollutants(inputs))
        assert list(groups) == [None, 86400.0]
        for item in air_pollutants(inputs):
            areas = AreaReleases(np.nan_to_num(inputs.people) * sum(item.municipal_kg_per_person_yr.values()))
            alone = disperse(
                inputs.grid,
                item.points,
                areas,
                found.urban,
                found.climate,
                item.pollutant.half_life_s,
                small_region.METHOD.air,
                executor,
            )
            expected = alone * item.pollutant.concentration_factor
            np.testing.assert_allclose(found.increments[item.pollutant.id], expected, rtol=1e-9, atol=1e-12)
    hazard = found.increments["pm25"] / 5 + found.increments["no2"] / 10
    np.testing.assert_allclose(found.by_dimension["air"], hazard, rtol=1e-12)


def test_where_the_winds_have_gaps_air_is_not_assessed_and_contributions_still_sum_to_the_exposure() -> None:
    # Winds on four points; the north-eastern one has none, so that all between them are not assessed.
    lat, lon = np.array([20.3, 21.0]), np.array([10.25, 11.0])
    u = np.full((4, 2, 2), 3.0)
    u[:, 1, 1] = np.nan
    data = xr.Dataset(
        {"u10": (("time", "lat", "lon"), u), "v10": (("time", "lat", "lon"), np.zeros_like(u))},
        {"time": pd.date_range("2020-01-01", periods=4, freq="6h"), "lat": lat, "lon": lon},
    )
    inputs = replace(small_region.inputs(), wind=Wind(data, "hourly", (2020, 2020)))
    with threads(1) as executor:
        found = assess(inputs, small_region.METHOD, None, executor, Silent())
        filled = replace(inputs, wind=Wind(data.fillna(3.0), "hourly", (2020, 2020)))
        whole = assess(filled, small_region.METHOD, None, executor, Silent())
    air, complete = found.layers["air_pressure"], whole.layers["air_pressure"]
    gap = (air["y"] > 20.3) & (air["x"] > 10.25) & complete.notnull()
    assert gap.any()
    assert bool(air.where(gap).isnull().all())
    assert bool(found.layers["pm25_increment_ug_m3"].where(gap).isnull().all())
    # Elsewhere nothing changes: the sources in the gap still count, with the winds of the nearest point.
    np.testing.assert_allclose(air.where(~gap), complete.where(~gap))
    assert "1 of 4 points of the winds have too few values: not assessed there" in found.status["air"].reason
    caused = found.attribution[found.attribution["dimension"] == "air"].groupby("receptor_kind")["exposure"].sum()
    exposure = float((found.layers["people"] * air).sum())
    assert caused["region"] == pytest.approx(exposure, rel=1e-6)
    assert caused["unit"] == pytest.approx(float(found.units["air_exposure"].sum()), rel=1e-6)
