from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from pyproj import CRS
from shapely.geometry import box

from hotspots.grid import AnalysisGrid
from hotspots.inputs import Elevation
from hotspots.sea import open_sea, sea_of
from tests import small_region

FINE_M = 10_000.0
"""As fine as the cells below, so that no ground is a fringe."""


def grid(rows: int, cols: int, cell: float = 0.1) -> AnalysisGrid:
    return AnalysisGrid.from_transform(CRS.from_epsg(4326), Affine(cell, 0, 10.0, 0, -cell, 0.0), (rows, cols))


def drawn(*rows: str) -> tuple[AnalysisGrid, Elevation, np.ndarray]:
    """~ below sea level, ^ above it, # in the units, . unknown; cells of 123 km²."""
    letters = np.array([list(row) for row in rows])
    elevation_m = np.where(letters == "~", -5.0, 5.0)
    elevation_m[letters == "."] = np.nan
    elevation_m[letters == "#"] = -1.0
    return grid(*letters.shape), Elevation(elevation_m, elevation_m, FINE_M), letters == "#"


def sea(*rows: str) -> list[str]:
    found = open_sea(*drawn(*rows))
    return ["".join("s" if cell else "-" for cell in row) for row in found]


def test_units_below_sea_level_are_land_and_what_is_unknown_is_no_sea() -> None:
    assert sea("~~~~~", "~~##~", "~~.~~") == ["sssss", "ss--s", "ss-ss"]


def test_a_lake_is_no_sea() -> None:
    assert sea("^^^^^~~~", "^~~~^~~~", "^~~~^~~~", "^^^^^~~~") == ["-----sss"] * 4


def test_a_lagoon_that_touches_the_sea_at_a_corner_only_is_cut_off() -> None:
    assert sea("~~~~~^", "~~~~^~", "~~~^~^", "~~~^^^") == ["sssss-", "ssss--", "sss---", "sss---"]


def test_a_pond_at_the_edge_is_too_small() -> None:
    # Two cells of 123 km² against the nine of more than 1 000 km².
    assert sea("~^~~~", "~^~~~", "^^~~~") == ["--sss", "--sss", "--sss"]


def bay(resolution_m: float) -> tuple[np.ndarray, np.ndarray]:
    """A bay of 4 × 6 cells in the units that a coarse terrain has filled with ground; the sea lies to the south."""
    on = grid(40, 60, cell=0.02)
    land = np.zeros(on.shape, dtype=bool)
    land[:20, 10:50] = True
    land[16:20, 27:33] = False
    elevation_m = np.full(on.shape, -10.0)
    elevation_m[:20] = 10.0
    elevation_m[:, 50:] = 10.0  # a neighbour
    return open_sea(on, Elevation(elevation_m, elevation_m, resolution_m), land), land


def test_ground_of_a_coarse_terrain_in_a_bay_is_sea() -> None:
    # The terrain's cells are as wide as five of the grid's.
    coarse, land = bay(5 * 2_220.0)
    assert coarse[16:20, 27:33].all()
    assert not (coarse & land).any()
    assert not bay(2_220.0 / 2)[0][16:20, 27:33].any()


def test_a_neighbour_wider_than_the_terrain_cells_stays_land() -> None:
    coarse, _ = bay(5 * 2_220.0)
    assert not coarse[:, 50:].any()


def islanders(people_at_sea: float) -> tuple[object, tuple[int, int]]:
    """The small region as an island, with people in one cell of the sea around it."""
    inputs = small_region.inputs()
    inside = np.zeros(inputs.grid.shape, dtype=bool)
    inside[small_region.INSIDE] = True
    row, col = small_region.INSIDE[0].start + 20, small_region.INSIDE[1].start - 3
    people = inputs.people.copy()
    people[row, col] = people_at_sea
    height_m = np.where(inside, 20.0, -20.0)
    elevation = Elevation(height_m, height_m, 1_000.0)
    return replace(inputs, people=people, elevation=elevation), (row, col)


def test_inhabited_cells_stay_land_and_are_told() -> None:
    inputs, cell = islanders(7.0)
    found = sea_of(inputs)
    assert found is not None
    assert found.people_off_land == 7.0
    assert not found.is_sea[cell]
    assert found.is_sea[cell[0], cell[1] - 1]
    nobody, cell = islanders(0.0)
    empty = sea_of(nobody)
    assert empty is not None
    assert empty.people_off_land == 0
    assert empty.is_sea[cell]


def test_the_units_decide_and_without_terrain_nothing_is_known() -> None:
    inputs, _ = islanders(0.0)
    found = sea_of(inputs)
    assert found is not None
    assert not found.is_sea[small_region.INSIDE].any()
    west, south, east, north = small_region.GRID.bounds
    everywhere = gpd.GeoDataFrame(inputs.units.iloc[:1], geometry=[box(west, south, east, north)], crs="OGC:CRS84")
    covered = sea_of(replace(inputs, units=everywhere))
    assert covered is not None
    assert not covered.is_sea.any()
    assert sea_of(replace(inputs, elevation=None)) is None


@pytest.mark.parametrize("turn", [np.fliplr, np.flipud])
def test_the_orientation_changes_nothing(turn: object) -> None:
    rows = ("~~~~~^", "~~~~^~", "~~##~^", "~~#^~~")
    on, elevation, land = drawn(*rows)
    turned = open_sea(on, Elevation(turn(elevation.elevation_m), turn(elevation.lowest_m), FINE_M), turn(land))
    np.testing.assert_array_equal(turned, turn(open_sea(on, elevation, land)))
