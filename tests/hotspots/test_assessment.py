from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hotspots.assessment import assess
from hotspots.blocks import threads
from hotspots.inputs import Inputs
from hotspots.method import Method
from hotspots.policy import publishable
from hotspots.progress import Silent
from hotspots.result import Assessment
from tests import miniature, small_region


def run(inputs: Inputs, previous=None, method: Method = small_region.METHOD) -> Assessment:
    with threads(2) as executor:
        return assess(inputs, method, previous, executor, Silent())


@pytest.fixture(scope="module")
def assessed() -> Assessment:
    return run(small_region.inputs())


def test_people_are_conserved(assessed: Assessment) -> None:
    expected = np.nansum(small_region.people())
    assert assessed.totals.people == pytest.approx(expected, rel=1e-12)
    assert assessed.totals.people_in_units + assessed.totals.people_outside_units == pytest.approx(expected, rel=1e-12)
    assert assessed.units["people"].sum() == pytest.approx(assessed.totals.people_in_units, rel=1e-12)
    assert float(assessed.layers["people"].sum()) == pytest.approx(expected, rel=1e-12)


def test_the_larger_town_is_first_and_is_named_after_its_place(assessed: Assessment) -> None:
    combined = assessed.hotspots[assessed.hotspots["dimension"] == "all"]
    first = combined.iloc[0]
    assert first["rank"] == 1
    assert first["name"] == "Bigtown"
    assert first["units"] == "West"
    assert first["people"] >= 25 * 4000
    assert first["top_source"] in {"Harbour plant", "Households, West", "Road traffic, West", "Town dump"}


def test_shares_sum_to_one_per_hotspot_and_dimension(assessed: Assessment) -> None:
    sums = assessed.contributions.groupby(["hotspot_id", "dimension"])["share"].sum()
    assert len(sums) > 0
    np.testing.assert_allclose(sums, 1.0, rtol=1e-9)
    top = json.loads(assessed.hotspots.iloc[0]["top_sources"])
    assert {entry["dimension"] for entry in top} <= {"air", "land"}


@pytest.mark.parametrize("dimension", ["air", "land"])
def test_contributions_sum_to_the_modelled_exposure(assessed: Assessment, dimension: str) -> None:
    contributions = assessed.contributions[assessed.contributions["dimension"] == dimension]
    caused = contributions.groupby("hotspot_id")["exposure"].sum()
    modelled = assessed.hotspots.set_index("hotspot_id")[f"{dimension}_exposure"]
    modelled = modelled[modelled > 0]
    assert len(modelled) > 0
    pd.testing.assert_series_equal(caused.reindex(modelled.index), modelled, check_names=False, rtol=1e-6)


@pytest.mark.parametrize("zones", ["hotspots", "units"])
def test_the_burden_is_the_weighted_mean_of_the_percentiles(assessed: Assessment, zones: str) -> None:
    """Every cell has both dimensions here; land counts twice."""
    scoring = replace(small_region.METHOD.scoring, dimension_weights=(("air", 1.0), ("land", 2.0)))
    twice = run(small_region.inputs(), method=replace(small_region.METHOD, scoring=scoring))
    for made, land in ((assessed, 1.0), (twice, 2.0)):
        table = getattr(made, zones)
        mean = (table["air_percentile"] + land * table["land_percentile"]) / (1 + land)
        assert mean.nunique() > 1
        np.testing.assert_allclose(table["burden"], mean / 10, rtol=1e-9)


def test_a_plant_abroad_counts_and_is_labelled(assessed: Assessment) -> None:
    abroad = assessed.sources.set_index("source_id").loc["p3"]
    assert abroad["transboundary"]
    assert abroad["air_exposure_removed"] > 0


def test_the_margin_has_no_people_and_no_scores(assessed: Assessment) -> None:
    assert assessed.grid.shape == small_region.CORE.shape
    corner = assessed.layers.isel(y=slice(0, 6), x=slice(0, 6))
    assert np.isnan(corner["priority"]).all()
    assert np.isnan(corner["people"]).all()


def test_shuffled_inputs_change_nothing(assessed: Assessment) -> None:
    original = small_region.inputs()
    shuffled = replace(
        original,
        sources=original.sources.sample(frac=1, random_state=3),
        releases=original.releases.sample(frac=1, random_state=4),
        places=original.places.sample(frac=1, random_state=5),
        municipal=original.municipal[::-1],
    )
    again = run(shuffled)
    pd.testing.assert_frame_equal(again.hotspots.drop(columns="geometry"), assessed.hotspots.drop(columns="geometry"))
    pd.testing.assert_frame_equal(again.contributions, assessed.contributions)
    pd.testing.assert_frame_equal(again.sources.drop(columns="geometry"), assessed.sources.drop(columns="geometry"))


def test_what_is_not_there_is_not_assessed(assessed: Assessment) -> None:
    for subject in ("freshwater", "marine", "protected_areas", "vulnerability", "standards", "monitors"):
        assert assessed.status[subject].state == "not_assessed"
        assert assessed.status[subject].reason
    assert assessed.hotspots["exceeds_standard"].isna().all()
    assert assessed.hotspots["protected_km2"].isna().all()
    assert "freshwater" in assessed.hotspots["not_assessed"].iloc[0]


def test_without_releases_air_is_not_assessed_and_nothing_is_zero() -> None:
    original = small_region.inputs()
    bare = run(replace(original, releases=original.releases.iloc[:0], municipal=()))
    assert bare.status["air"].state == "not_assessed"
    assert "air_pressure" not in bare.layers
    assert bare.units["air_exposure"].isna().all()


def test_exceedance_needs_an_ambient_total() -> None:
    above = run(small_region.inputs(background_pm25_ug_m3=36.0))
    assert above.hotspots.loc[above.hotspots["dimension"] == "air", "exceeds_standard"].all()
    below = run(small_region.inputs(background_pm25_ug_m3=1.0))
    assert not below.hotspots.loc[below.hotspots["dimension"] == "air", "exceeds_standard"].all()
    assert float(above.layers["pm25_ambient_ug_m3"].min()) >= 36.0


def test_hotspots_keep_their_ids(assessed: Assessment) -> None:
    original = small_region.inputs()
    weaker = original.releases.assign(release_kg_yr=original.releases["release_kg_yr"] * 0.9)
    again = run(replace(original, releases=weaker), previous=assessed.hotspots)
    before = assessed.hotspots.set_index(["dimension", "name"])["hotspot_id"]
    after = again.hotspots.set_index(["dimension", "name"])["hotspot_id"]
    assert after["all", "Bigtown"] == before["all", "Bigtown"]


def test_the_registry_covers_what_is_published(assessed: Assessment) -> None:
    ready = publishable(assessed, miniature.POLICY)
    assert set(ready.rasters.data_vars) == set(assessed.layers.data_vars)
    for name, table in ready.tables.items():
        assert [field.name for field in ready.vector_layers[name].fields] == list(table.columns.drop("geometry"))
