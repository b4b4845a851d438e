"""An inventory's grid in the air of the small region, beside people, two plants and one abroad."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hotspots import pressures as pressure_fields
from hotspots.assessment import assess, unit_cells
from hotspots.attribution import Attribution, attribute
from hotspots.blocks import threads
from hotspots.inputs import GriddedRelease, Inputs
from hotspots.pressures import Pressures
from hotspots.progress import Silent
from hotspots.region import InventoryTotal
from hotspots.result import Assessment
from hotspots.sectors import Sector
from hotspots.uncertainty.multipliers import multipliers
from tests import small_region
from tests.hotspots.test_attribution import labels

HEIGHT_M = small_region.METHOD.air.municipal_height_m
SHIPPING = Sector("shipping", "Shipping", (), 60.0, 0.0, "test", inventory_group="traffic")


def grid(release_kg_yr: np.ndarray, sector: str = "household", pollutant: str = "pm25") -> GriddedRelease:
    inside = float(np.nansum(release_kg_yr[small_region.INSIDE]))
    return GriddedRelease(pollutant, sector, release_kg_yr, inside, "D", 2020, "edgar", "EDGAR 2020")


def region(*gridded: GriddedRelease, municipal: bool = True, listed: bool = True) -> Inputs:
    inputs = small_region.inputs()
    return replace(
        inputs,
        sectors={**inputs.sectors, "shipping": SHIPPING},
        municipal=inputs.municipal if municipal else (),
        releases=inputs.releases if listed else inputs.releases.iloc[:0],
        gridded=gridded,
    )


def at_sea() -> np.ndarray:
    """A lane of ships of 30 t along the southern margin, and no value in the north-western corner of it."""
    values = np.zeros(small_region.GRID.shape)
    values[-4, :] = 30_000.0 / small_region.GRID.cols
    values[0, 0] = np.nan
    return values


def increments(inputs: Inputs) -> dict[str, np.ndarray]:
    with threads(2) as executor:
        return dict(pressure_fields.compute(inputs, small_region.METHOD, executor, Silent()).increments)


def test_a_grid_of_what_people_release_disperses_as_people_do() -> None:
    original = small_region.inputs()
    (factor,) = (f for f in original.municipal if f.pollutant == "pm25")
    people = np.nan_to_num(original.people)
    gridded = replace(
        region(grid(people * factor.kg_per_person_yr), listed=False),
        municipal=tuple(f for f in original.municipal if f is not factor),
    )
    same_height = replace(
        gridded, sectors={**gridded.sectors, "household": Sector("household", "H", (), HEIGHT_M, 0.0, "t")}
    )
    by_people, by_grid = increments(region(listed=False)), increments(same_height)
    for name, expected in by_people.items():
        np.testing.assert_allclose(by_grid[name], expected, rtol=1e-9, atol=1e-12)


def test_what_a_grid_adds_is_linear_and_in_any_order() -> None:
    towns, ships = np.nan_to_num(small_region.people()), at_sea()
    alone = increments(region(listed=False, municipal=False))
    assert alone == {}
    one = increments(region(grid(towns), listed=False, municipal=False))["pm25"]
    other = increments(region(grid(ships, "shipping"), listed=False, municipal=False))["pm25"]
    both = increments(region(grid(ships, "shipping"), grid(3 * towns), listed=False, municipal=False))["pm25"]
    np.testing.assert_allclose(both, 3 * one + other, rtol=1e-9, atol=1e-12)
    turned = increments(region(grid(3 * towns), grid(ships, "shipping"), listed=False, municipal=False))["pm25"]
    np.testing.assert_allclose(turned, both, rtol=1e-12, atol=1e-15)


def test_a_sector_disperses_from_its_own_height() -> None:
    spot = np.zeros(small_region.GRID.shape)
    spot[30, 30] = 1e5
    low = increments(region(grid(spot), listed=False, municipal=False))["pm25"]
    high = increments(region(grid(spot, "shipping"), listed=False, municipal=False))["pm25"]
    assert high[30, 30] < 0.5 * low[30, 30]


@pytest.fixture(scope="module")
def known() -> tuple[Inputs, Pressures, Attribution]:
    towns = np.nan_to_num(small_region.people())
    inputs = region(grid(at_sea(), "shipping"), grid(0.7 * towns, "road_traffic"), grid(towns, "road_traffic", "nox"))
    method, units = small_region.METHOD, unit_cells(inputs)
    with threads(2) as executor:
        pressures = pressure_fields.compute(inputs, method, executor, Silent())
        found = attribute(inputs, method, pressures, labels(), units.coverage, units.unit_of_cell, executor, Silent())
    return inputs, pressures, found


def test_contributions_of_sources_people_and_grids_sum_to_the_exposure(known) -> None:
    inputs, pressures, found = known
    exposed = np.nan_to_num(inputs.people * pressures.by_dimension["air"])
    in_air = {name: table[table["dimension"] == "air"] for name, table in vars(found.detail).items()}
    hotspots = [exposed[label == number].sum() for label in labels() for number in np.unique(label[label > 0])]
    np.testing.assert_allclose(in_air["hotspots"].groupby("hotspot")["exposure"].sum(), hotspots, rtol=1e-6)
    np.testing.assert_allclose(
        in_air["units"].groupby("unit")["exposure"].sum(), unit_cells(inputs).coverage.sum(exposed), rtol=1e-6
    )
    assert in_air["everyone"]["exposure"].sum() == pytest.approx(exposed.sum(), rel=1e-6)


def test_grids_are_contributors_by_sector_and_the_group_that_releases(known) -> None:
    _, _, found = known
    ids = set(found.contributions["contributor_id"])
    # Ships sail outside the units; traffic drives in them.
    assert "gridded:outside:shipping" in ids
    assert {"gridded:West:road_traffic", "gridded:East:road_traffic"} <= ids
    names = dict(zip(found.contributions["contributor_id"], found.contributions["contributor_name"], strict=True))
    assert names["gridded:outside:shipping"] == "Shipping (inventory), outside the administrative units"
    assert set(found.contributions["contributor_kind"]) == {"source", "municipal", "gridded"}


def test_at_units_a_grid_causes_what_its_own_plume_brings(known) -> None:
    """The plume of the ships alone, over the people of each unit: people's factors do not take their place."""
    inputs, _, found = known
    alone = increments(region(grid(at_sea(), "shipping"), listed=False, municipal=False))["pm25"]
    exposed = unit_cells(inputs).coverage.sum(np.nan_to_num(inputs.people * alone)) / 5.0  # guideline of PM2.5
    units = found.detail.units
    ships = units[units["contributor_id"].str.endswith(":shipping")].sort_values("unit")
    np.testing.assert_allclose(ships["exposure"], exposed, rtol=1e-6)


def test_releases_of_one_grid_and_sector_share_a_draw(known) -> None:
    inputs, _, found = known
    rows = found.detail.everyone
    rows = rows[rows["contributor_id"].str.startswith("gridded:") & (rows["pollutant"] == "pm25")]
    drawn = multipliers(inputs, small_region.METHOD.uncertainty, rows)
    by_sector = dict(zip(rows["contributor_id"], drawn.shared, strict=True))
    assert by_sector["gridded:West:road_traffic"] == by_sector["gridded:East:road_traffic"]
    assert by_sector["gridded:West:road_traffic"] != by_sector["gridded:outside:shipping"]
    # Grade D: 95 % within a factor of 3, three quarters of the variance shared.
    assert drawn.shared_sd**2 + drawn.own_sd**2 == pytest.approx((np.log(3) / 1.96) ** 2)


@pytest.fixture(scope="module")
def assessed() -> Assessment:
    total = InventoryTotal("pm25", "air", None, 1_400_000.0, 2020, "EDGAR")
    towns = np.nan_to_num(small_region.people())
    traffic = replace(grid(7.0 * towns, "road_traffic"), replaced_factors=True, replaced_sources=2)
    inputs = replace(region(grid(at_sea(), "shipping"), traffic), grid_totals=(total,))
    method = replace(small_region.METHOD, uncertainty=replace(small_region.METHOD.uncertainty, draws=20))
    with threads(2) as executor:
        return assess(inputs, method, None, executor, Silent())


def test_an_edition_says_what_is_of_a_grid(assessed: Assessment) -> None:
    assert "road traffic, shipping of EDGAR 2020" in assessed.status["air"].reason
    said = " ".join(assessed.assumptions)
    assert "Road traffic, Shipping: releases of EDGAR 2020, spread evenly" in said
    assert "EDGAR 2020 stands in place of the factors per person of Road traffic." in said
    assert "EDGAR 2020 stands in place of 2 releases of listed sources, which are not counted." in said


def test_coverage_compares_with_what_the_grids_sum_up_to(assessed: Assessment) -> None:
    rows = assessed.coverage[assessed.coverage["pollutant"] == "pm25"].set_index("sector")
    # p1 and p2 list 500 t of 1 400 t; the plant abroad does not count.
    assert rows.loc["all", "total_t_yr"] == pytest.approx(1400.0)
    assert rows.loc["all", "share_listed"] == pytest.approx(500 / 1400)
    # 7 kg for each of 25 · 4 000 + 9 · 2 500 + 2 · (48 · 60 - 36 - 34) = 128 120 people; the ships sail outside.
    assert rows.loc["road_traffic", "gridded_t_yr"] == pytest.approx(7 * 128_120 / 1000)
    assert rows.loc["shipping", "gridded_t_yr"] == 0.0
    assert assessed.status["inventory"].state == "partly"


def test_hotspots_name_grids_among_their_leading_contributors(assessed: Assessment) -> None:
    assert set(assessed.contributions["contributor_kind"]) <= {"source", "municipal", "gridded", "others"}
    assert (assessed.contributions["contributor_kind"] == "gridded").any()
    assert set(assessed.hotspots["quality"]) <= set("ABCDE")
    kinds = assessed.attribution.groupby("contributor_kind")["contributor_name"]
    assert "Road traffic (inventory), West" in set(kinds.get_group("gridded"))
