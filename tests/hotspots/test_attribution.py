from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hotspots import pressures as pressure_fields
from hotspots.assessment import assess, unit_cells
from hotspots.attribution import Attribution, attribute
from hotspots.blocks import threads
from hotspots.dimensions.air import Air
from hotspots.exposure import Coverage
from hotspots.inputs import Inputs, MunicipalFactor
from hotspots.method import Method
from hotspots.pressures import Pressures
from hotspots.progress import Silent
from hotspots.receptors import Receptors
from tests import small_region
from tests.hotspots.dimensions import river_region, sea_region


def labels() -> list[np.ndarray]:
    """Two rasters that overlap: a western and an eastern hotspot, and one across both."""
    first, second = (np.zeros(small_region.GRID.shape, dtype=np.int32) for _ in range(2))
    rows, cols = small_region.INSIDE
    first[rows, cols][15:30, 8:20] = 1
    first[rows, cols][28:36, 38:45] = 2
    second[rows, cols][20:40, 10:45] = 3
    return [first, second]


def region() -> Inputs:
    """The small region with pollutants that spread alike, one of them released by two municipal sectors."""
    original = small_region.inputs()
    traffic = MunicipalFactor("pm25", "road_traffic", "air", 0.5, "E", "test")
    pollutants = {name: replace(item, half_life_s=None) for name, item in original.pollutants.items()}
    return replace(original, municipal=(*original.municipal, traffic), pollutants=pollutants)


@pytest.fixture(scope="module")
def known() -> tuple[Pressures, Attribution, np.ndarray]:
    inputs, method = region(), small_region.METHOD
    units = unit_cells(inputs)
    with threads(2) as executor:
        pressures = pressure_fields.compute(inputs, method, executor, Silent())
        found = attribute(inputs, method, pressures, labels(), units.coverage, units.unit_of_cell, executor, Silent())
    return pressures, found, np.nan_to_num(inputs.people)


@pytest.mark.parametrize("dimension", ["air", "land"])
def test_contributions_sum_to_the_exposure_of_hotspots_units_and_everyone(known, dimension: str) -> None:
    pressures, found, people = known
    exposed = people * pressures.by_dimension[dimension]
    hotspots = [exposed[label == number].sum() for label in labels() for number in np.unique(label[label > 0])]
    expected = {
        "hotspot": np.array(hotspots),
        "unit": unit_cells(region()).coverage.sum(exposed),
    }
    for name, table in (("hotspot", found.contributions), ("unit", found.detail.units)):
        caused = table[table["dimension"] == dimension].groupby(name)["exposure"].sum()
        positive = expected[name][expected[name] > 0]
        np.testing.assert_allclose(caused.to_numpy(), positive, rtol=1e-6)
    everyone = found.detail.everyone[found.detail.everyone["dimension"] == dimension]["exposure"].sum()
    assert everyone == pytest.approx(exposed.sum(), rel=1e-6)


def test_the_detail_sums_to_the_contributions(known) -> None:
    _, found, _ = known
    keys = ["hotspot", "contributor_id", "dimension"]
    pd.testing.assert_series_equal(
        found.detail.hotspots.groupby(keys)["exposure"].sum(),
        found.contributions.groupby(keys)["exposure"].sum(),
        rtol=1e-12,
    )
    assert set(found.detail.hotspots["pollutant"]) == {"pm25", "nox", ""}


def test_pollutants_of_one_plume_share_it_by_release_and_guideline(known) -> None:
    """p1 emits 20 times as much NOx as PM2.5, three quarters of it count as NO2, whose guideline is twice as high."""
    _, found, _ = known
    plant = found.detail.everyone.set_index(["contributor_id", "pollutant"])["exposure"]
    assert plant["p1", "nox"] / plant["p1", "pm25"] == pytest.approx(20 * 0.75 * 5 / 10)


def test_sectors_share_a_municipal_pollutant_by_their_factors(known) -> None:
    _, found, _ = known
    for table in (found.detail.units, found.detail.hotspots):
        west = table.groupby(["contributor_id", "pollutant"])["exposure"].sum()
        households, traffic = west["municipal:West:household", "pm25"], west["municipal:West:road_traffic", "pm25"]
        assert households / traffic == pytest.approx(2.0 / 0.5, rel=1e-9)


def test_municipal_parts_of_a_unit_are_told_by_its_own_group(known) -> None:
    _, found, _ = known
    west = found.detail.units[found.detail.units["unit"] == 0]["contributor_id"]
    municipal = set(west[west.str.startswith("municipal:")])
    assert municipal == {"municipal:West:household", "municipal:West:road_traffic"}
    # By the adjoint, which knows the group that releases: most of it is the same.
    hotspot = found.contributions[found.contributions["hotspot"] == 1]
    released = hotspot[hotspot["contributor_kind"] == "municipal"]
    by_west = released[released["contributor_id"].str.contains("West")]["exposure"].sum()
    assert by_west > 0.9 * released["exposure"].sum()


def test_what_everyone_is_exposed_to_is_told_by_the_group_that_releases_it(known) -> None:
    """By dispersing what West's people release alone: 2 + 0.5 kg PM2.5 and 5 kg NOx each, over everyone."""
    pressures, found, people = known
    inputs = region()
    west = np.where(unit_cells(inputs).unit_of_cell == 0, inputs.people, 0.0)
    alone = replace(inputs, people=west, releases=inputs.releases.iloc[:0])
    model = Air.of(alone, small_region.METHOD, pressures.climate, pressures.urban)
    assert model is not None
    with threads(2) as executor:
        field = model.field(executor, Silent()).pressure
    everyone = found.detail.everyone.set_index("contributor_id")["exposure"]
    released = everyone[everyone.index.str.startswith("municipal:West:")].sum()
    assert released == pytest.approx((people * field).sum(), rel=1e-6)


RIVERS = river_region.inputs(None, ("p1", "bod", 1e6), ("p1", "total_p", 1e3))
SEA = sea_region.inputs(("d1", "land", 2e5), ("p3", "sea", 5e4))


@pytest.mark.parametrize(
    ("inputs", "method", "dimensions"),
    [
        (RIVERS, river_region.METHOD, {"air", "freshwater", "land"}),
        (SEA, sea_region.METHOD, {"air", "land", "marine"}),
    ],
    ids=["rivers", "sea"],
)
def test_the_matrix_sums_to_the_modelled_exposure_of_every_receptor_and_dimension(
    inputs: Inputs, method: Method, dimensions: set[str]
) -> None:
    """One source lies abroad: contributions sum to people × pressure, read from the tables and the rasters."""
    assert inputs.sources["transboundary"].any()
    with threads(2) as executor:
        found = assess(inputs, method, None, executor, Silent())
    table = found.attribution
    assert set(table["dimension"]) == dimensions
    abroad = inputs.sources.loc[inputs.sources["transboundary"], "source_id"]
    assert table["contributor_id"].isin(abroad).any()
    assert not table.isna().any().any()
    caused = table.groupby(["receptor_kind", "dimension", "receptor_id"])["exposure"].sum()
    for dimension in sorted(dimensions):
        by_hotspot = found.hotspots.set_index("hotspot_id")[f"{dimension}_exposure"]
        by_unit = found.units.set_index("unit_id")[f"{dimension}_exposure"]
        everyone = float(found.layers[f"{dimension}_exposure"].sum())
        for kind, modelled in (("hotspot", by_hotspot), ("unit", by_unit), ("region", pd.Series({"small": everyone}))):
            contributed = caused[kind, dimension].reindex(modelled.index).fillna(0.0)
            np.testing.assert_allclose(contributed, modelled.fillna(0.0), rtol=1e-6)
    shares = table.groupby(["receptor_kind", "receptor_id", "dimension"])["share"].sum()
    np.testing.assert_allclose(shares, 1.0, rtol=1e-12)


def test_receptors_by_hand() -> None:
    # Cells 0..3 in two rows; one hotspot of cells 0 and 1, a unit with half of cell 1 and all of cell 3.
    label = np.array([[1, 1], [0, 0]], dtype=np.int32)
    unit = Coverage(np.array([0, 0]), np.array([0, 1]), np.array([1, 1]), np.array([0.5, 1.0]), 1, (2, 2))
    receptors = Receptors.of([label], unit)
    sums = receptors.sum((slice(0, 2), slice(1, 2)), np.array([[10.0], [4.0]]))
    np.testing.assert_array_equal(sums, [10.0, 9.0, 14.0])
    assert receptors.everyone == 2
    # The same cells one by one, and another of which nothing is known.
    cells = np.array([1, 0, 0]), np.array([1, 1, 0])
    np.testing.assert_array_equal(receptors.sum(cells, np.array([4.0, 10.0, np.nan])), sums)


def test_freshwater_at_units_and_everyone_is_told_by_source_sector_and_pollutant() -> None:
    inputs = river_region.inputs(None, ("p1", "bod", 1e6), ("p1", "total_p", 1e3))
    method, units = river_region.METHOD, unit_cells(inputs)
    with threads(2) as executor:
        pressures = pressure_fields.compute(inputs, method, executor, Silent())
        found = attribute(inputs, method, pressures, labels(), units.coverage, units.unit_of_cell, executor, Silent())
    exposed = np.nan_to_num(inputs.people * pressures.by_dimension["freshwater"])
    hotspots = found.contributions[found.contributions["dimension"] == "freshwater"]
    at_units, everyone = (
        table[table["dimension"] == "freshwater"] for table in (found.detail.units, found.detail.everyone)
    )
    inside = [exposed[label == number].sum() for label in labels() for number in np.unique(label[label > 0])]
    by_hotspot = hotspots.groupby("hotspot")["exposure"].sum()
    np.testing.assert_allclose([by_hotspot.get(k + 1, 0.0) for k in range(3)], inside, rtol=1e-9)
    by_unit = at_units.groupby("unit")["exposure"].sum()
    np.testing.assert_allclose(by_unit.to_numpy(), units.coverage.sum(exposed), rtol=1e-9)
    assert everyone["exposure"].sum() == pytest.approx(exposed.sum(), rel=1e-9)
    plant = everyone[everyone["contributor_id"] == "p1"]
    assert set(plant["pollutant"]) == {"bod", "total_p"}
    assert plant["exposure"].sum() == pytest.approx(found.removed.at["p1", "freshwater"], rel=1e-12)
    people = everyone[everyone["contributor_id"] != "p1"].groupby("pollutant")["exposure"].sum()
    (model,) = (
        item
        for item in pressure_fields.models(inputs, method, pressures.climate, pressures.urban)
        if item.dimension == "freshwater"
    )
    expected: dict[str, float] = {}
    for footprint in model.areas(np.nan_to_num(inputs.people)):
        for (_, pollutant), scale in footprint.by_sector.items():
            expected[pollutant] = expected.get(pollutant, 0.0) + scale * footprint.caused.sum()
    assert people.to_dict() == pytest.approx(expected, rel=1e-9)
