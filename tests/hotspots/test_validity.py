"""Near a coast and above stacks, on the small region with a terrain that a person can check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hotspots.assessment import assess
from hotspots.blocks import threads
from hotspots.dimensions.air import Air, urban_cells
from hotspots.dispersion.wind import climatology
from hotspots.inputs import Elevation, Inputs
from hotspots.pressures import compute
from hotspots.progress import Silent
from hotspots.result import Assessment
from tests import small_region
from tests.small_region import GRID, INSIDE, METHOD


def with_terrain(elevation_m: np.ndarray) -> Inputs:
    return replace(small_region.inputs(), elevation=heights(elevation_m))


def heights(elevation_m: np.ndarray) -> Elevation:
    return Elevation(elevation_m, elevation_m, 9_000.0)


def assessed(inputs: Inputs) -> Assessment:
    with threads(1) as executor:
        return assess(inputs, METHOD, None, executor, Silent())


def share_above(inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    with threads(1) as executor:
        found = compute(inputs, METHOD, executor, Silent())
    assert found.above_stacks is not None
    return found.above_stacks, found.by_dimension["air"]


def test_cells_within_five_kilometres_of_the_sea_are_told() -> None:
    # Sea in all columns west of the region's cells: a cell is 871 m wide at 20.3° N, so the first five are near.
    elevation_m = np.full(GRID.shape, 20.0)
    first = INSIDE[1].start
    elevation_m[:, :first] = -10.0
    found = assessed(with_terrain(elevation_m))
    near = found.layers["air_near_coast"].to_numpy()
    width_m = GRID.row_width_m[INSIDE[0]]
    expected = (np.arange(near.shape[1]) + 1)[None, :] * width_m[:, None] <= 5_000
    known = ~np.isnan(near)
    assert np.array_equal(near[known] > 0, expected[known])
    assert expected.sum(axis=1).max() == 5
    # West holds people near the sea; East, farther inland than 5 km, none.
    share = found.units.set_index("name")["air_outside_validity_share"]
    people = found.layers["people"].to_numpy()
    west = np.s_[:, : near.shape[1] // 2]
    by_hand = np.nansum(np.where(expected, people, 0.0)[west]) / np.nansum(people[west])
    assert share["West"] == pytest.approx(by_hand, rel=1e-6)
    assert share["East"] == 0


def test_outside_the_units_ground_is_sea_where_the_coast_may_be() -> None:
    # Coarse terrain puts the ground west of the units at 5 m, between points of 20 m and -10 m: it may be sea.
    elevation_m, lowest_m = np.full((2, *GRID.shape), 20.0)
    west = np.s_[:, : INSIDE[1].start]
    elevation_m[west] = 5.0
    dry = assessed(replace(with_terrain(elevation_m), elevation=Elevation(elevation_m, lowest_m, 9_000.0)))
    assert np.nansum(dry.layers["air_near_coast"].to_numpy()) == 0
    lowest_m[west] = -10.0
    wet = assessed(replace(with_terrain(elevation_m), elevation=Elevation(elevation_m, lowest_m, 9_000.0)))
    assert (wet.layers["air_near_coast"].to_numpy()[20, :6] == [1, 1, 1, 1, 1, 0]).all()


def test_low_land_in_the_units_is_no_sea() -> None:
    elevation_m = np.full(GRID.shape, 20.0)
    elevation_m[INSIDE][:] = -3.0
    near = assessed(with_terrain(elevation_m)).layers["air_near_coast"].to_numpy()
    assert np.nansum(near) == 0


def test_a_hill_above_the_stacks_is_told_by_the_share_they_bring() -> None:
    # Stacks without data have 150 m over ground at 10 m: a top at 160 m. A hill of 161 m is above, one of 159 m is not.
    inputs = replace(with_terrain(np.full(GRID.shape, 10.0)), municipal=())
    hill = np.s_[INSIDE[0].start + 20, INSIDE[1].start + 30]
    for height_m, expected in ((161.0, 1.0), (159.0, 0.0)):
        elevation_m = np.full(GRID.shape, 10.0)
        elevation_m[hill] = height_m
        share, _ = share_above(replace(inputs, elevation=heights(elevation_m)))
        assert share[hill] == pytest.approx(expected)
        assert np.count_nonzero(share) == (1 if expected else 0)


def test_people_on_ground_above_the_stacks_live_outside_the_validity() -> None:
    # The hill is a cell of the eastern town with 2 500 people, all of whose pressure comes of lower stacks.
    elevation_m = np.full(GRID.shape, 10.0)
    elevation_m[INSIDE[0].start + 31, INSIDE[1].start + 41] = 300.0
    found = assessed(replace(with_terrain(elevation_m), municipal=()))
    share = found.units.set_index("name")["air_outside_validity_share"]
    people = found.units.set_index("name")["people"]
    assert share["East"] == pytest.approx(2500 / people["East"], rel=1e-6)
    assert share["West"] == 0
    (sentence,) = [sentence for sentence in found.assumptions if sentence.startswith("Terrain is taken as flat")]
    assert f"0% and {2500 / people.sum():.0%} of the people live there" in sentence


def test_of_two_stacks_only_the_lower_counts_and_what_people_release_counts_as_below() -> None:
    inputs = small_region.inputs()
    hill = np.s_[INSIDE[0].start + 20, INSIDE[1].start + 30]
    elevation_m = np.full(GRID.shape, 10.0)
    elevation_m[hill] = 100.0
    tall = inputs.sources["source_id"].map({"p1": 60.0}).astype(float)
    inputs = replace(inputs, sources=inputs.sources.assign(stack_height_m=tall), elevation=heights(elevation_m))
    share, pressure = share_above(inputs)
    climate = climatology(None, GRID, METHOD.air)
    model = Air.of(inputs, METHOD, climate, urban_cells(inputs, METHOD))
    assert model is not None
    of_p1 = sum(
        float(item.pressure[hill[0] - item.cells[0].start, hill[1] - item.cells[1].start])
        for item in model.sources()
        if item.source_id == "p1" and item.cells[0].start <= hill[0] < item.cells[0].stop
    )
    assert 0 < share[hill] < 1
    assert share[hill] == pytest.approx(of_p1 / pressure[hill], rel=1e-9)


def test_where_the_ground_is_not_known_validity_is_not_assessed() -> None:
    elevation_m = np.full(GRID.shape, 20.0)
    void = (INSIDE[0].start + 22, INSIDE[1].start + 14)
    elevation_m[void] = np.nan
    found = assessed(with_terrain(elevation_m))
    place = 22, 14
    for name in ("air_near_coast", "air_above_stacks"):
        values = found.layers[name].to_numpy()
        assert np.isnan(values[place])
        assert not np.isnan(values[22, 16])
    assert not np.isnan(found.layers["air_pressure"].to_numpy()[place])


def test_without_terrain_there_is_no_such_layer_and_the_edition_says_so() -> None:
    inputs = small_region.inputs()
    found = assessed(inputs)
    assert "air_near_coast" not in found.layers
    assert found.hotspots["air_outside_validity_share"].isna().all()
    assert any("without terrain it is not known where" in sentence for sentence in found.assumptions)


def test_the_edition_says_how_many_people_live_outside_the_validity() -> None:
    elevation_m = np.full(GRID.shape, -10.0)
    elevation_m[INSIDE] = 20.0
    said = assessed(with_terrain(elevation_m)).assumptions
    (sentence,) = [sentence for sentence in said if sentence.startswith("Terrain is taken as flat")]
    assert "within 5 km of a coast" in sentence
    assert "0% of the people live there. Coast and heights are known to 9 km." in sentence


def test_every_air_raster_carries_unit_years_method_and_validity() -> None:
    found = assessed(with_terrain(np.full(GRID.shape, 20.0)))
    for name in ("air_pressure", "air_exposure", "pm25_increment_ug_m3", "no2_increment_ug_m3"):
        attributes = found.layers[name].attrs
        assert attributes["unit"]
        assert attributes["years"].startswith("People are of 2020")
        assert attributes["method"] == "Test (test)"
        assert "flat ground" in attributes["validity"]
    assert "validity" not in found.layers["people"].attrs
