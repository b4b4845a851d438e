"""A grid beside what else releases the same: two plants, a cement works, households and traffic per person."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from config import load
from data_pipelines.contract import Facilities, GriddedReleases
from data_pipelines.gridded import Settled, settled
from hotspots.errors import ConfigError
from hotspots.inputs import GriddedRelease, MunicipalFactor

MUNICIPAL = (
    MunicipalFactor("pm25", "household", "air", 2.0, "E", "test"),
    MunicipalFactor("nox", "household", "air", 1.0, "E", "test"),
    MunicipalFactor("pm25", "road_traffic", "air", 0.5, "E", "test"),
    MunicipalFactor("mismanaged_waste", "waste", "land", 30.0, "E", "test"),
)
SECTORS = {"a": "public_electricity", "b": "public_electricity", "c": "mineral_products"}


def facilities() -> Facilities:
    sources = gpd.GeoDataFrame(
        {"source_id": list(SECTORS), "sector": list(SECTORS.values())},
        geometry=gpd.points_from_xy([10.0] * 3, [20.0] * 3),
        crs="OGC:CRS84",
    )
    releases = pd.DataFrame(
        [("a", "pm25", "air"), ("a", "nox", "air"), ("b", "pm25", "air"), ("c", "pm25", "air"), ("c", "hg", "water")],
        columns=["source_id", "pollutant", "medium"],
    )
    return Facilities(sources, releases)


def grid(sector: str, pollutant: str = "pm25", dataset: str = "edgar") -> GriddedRelease:
    return GriddedRelease(pollutant, sector, np.ones((2, 2)), 4.0, "D", 2020, dataset, "EDGAR")


def beside(*grids: GriddedRelease, replaces: tuple[str, ...] = ()) -> Settled:
    read = GriddedReleases(grids, (), frozenset(replaces))  # type: ignore[arg-type]
    return settled([read], facilities(), MUNICIPAL, load.sectors(), Path("region.toml"))


def left(found: Settled) -> list[str]:
    rows = found.releases[["source_id", "pollutant"]].itertuples(index=False)
    return [*(":".join(row) for row in rows), *(f"{item.pollutant} of {item.sector}" for item in found.municipal)]


EVERYTHING = [
    "a:pm25",
    "a:nox",
    "b:pm25",
    "c:pm25",
    "c:hg",
    "pm25 of household",
    "nox of household",
    "pm25 of road_traffic",
    "mismanaged_waste of waste",
]


def test_a_grid_of_what_nothing_else_releases_stands_beside_all_of_it() -> None:
    found = beside(grid("shipping"), grid("agriculture"), grid("public_electricity", "so2"))
    assert left(found) == EVERYTHING
    assert [(item.replaced_factors, item.replaced_sources) for item in found.gridded] == [(False, 0)] * 3


@pytest.mark.parametrize(
    ("sector", "said"),
    [
        ("household", 'pm25 of households would count twice: .* the factor per person of Households.*"households"'),
        ("road_traffic", "pm25 of traffic would count twice: .* the factor per person of Road traffic"),
        ("public_electricity", "pm25 of power plants would count twice: .* 2 listed sources"),
        # The cement works burns what an inventory counts under industry in general.
        ("other_industry", "pm25 of industry would count twice: .* 1 listed sources"),
    ],
)
def test_an_overlap_that_is_not_declared_is_refused(sector: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        beside(grid(sector))
    assert "region.toml: datasets.edgar.options" in str(error.value)


def test_a_grid_stands_in_place_of_what_the_region_says_and_of_no_other_pollutant() -> None:
    found = beside(grid("household"), grid("public_electricity"), replaces=("households", "power"))
    gone = {"a:pm25", "b:pm25", "pm25 of household"}
    assert left(found) == [item for item in EVERYTHING if item not in gone]
    households, power = found.gridded
    assert (households.replaced_factors, households.replaced_sources) == (True, 0)
    assert (power.replaced_factors, power.replaced_sources) == (False, 2)


def test_the_order_of_grids_changes_nothing() -> None:
    one = beside(grid("other_industry"), grid("mineral_products"), replaces=("industry",))
    other = beside(grid("mineral_products"), grid("other_industry"), replaces=("industry",))
    assert left(one) == left(other) == [item for item in EVERYTHING if item != "c:pm25"]


def test_two_inventories_do_not_give_one_sector_twice() -> None:
    read = [GriddedReleases((grid("shipping", dataset=name),), ()) for name in ("edgar", "national")]
    with pytest.raises(ConfigError, match="pm25 of shipping is among the grids of edgar and of national"):
        settled(read, facilities(), MUNICIPAL, load.sectors(), Path("region.toml"))


def test_a_region_without_facilities_has_releases_without_rows() -> None:
    nobody = facilities()
    empty = Facilities(nobody.sources[:0], nobody.releases[:0])
    assert list(settled([], empty, MUNICIPAL, load.sectors(), Path("region.toml")).releases) == list(nobody.releases)
