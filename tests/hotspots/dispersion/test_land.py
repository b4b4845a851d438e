import numpy as np
import pytest
from numpy.testing import assert_allclose

from hotspots.dispersion.land import Sites, footprints, near, people_near, proximity, proximity_rows
from hotspots.grid import GEOD
from hotspots.method import LandMethod
from tests.hotspots.dispersion.climates import grid

GRID = grid(shape=(21, 21))
METHOD = LandMethod(5_000, (1_000, 2_000, 5_000))


def site(row: int, col: int, weight: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lon, lat = GRID.lonlat(row, col)
    return np.array([lon]), np.array([lat]), np.array([weight])


def test_one_over_the_distance_and_its_least_value():
    field = proximity(GRID, *site(10, 10, 2.0), METHOD)
    assert_allclose(field[10, 12], 2.0 / (2 * GRID.row_width_m[10] / 1000), rtol=1e-9)
    assert_allclose(field[10, 10], 2.0 / (0.9 * np.sqrt(GRID.row_area_km2[10] / np.pi)), rtol=1e-9)
    assert field[10, 15] == 0  # 5.4 km
    assert field[10, 14] > 0


def test_sites_add_and_footprints_are_the_parts():
    lon, lat, weight = (
        np.concatenate(parts) for parts in zip(site(10, 10), site(8, 12, 3.0), site(2, 2, 0.0), strict=True)
    )
    total = np.zeros(GRID.shape)
    seen = []
    for index, rows, cols, values in footprints(GRID, lon, lat, weight, METHOD):
        total[rows, cols] += values
        seen.append(index)
    assert seen == [0, 1]
    assert np.array_equal(total, proximity(GRID, lon, lat, weight, METHOD))
    assert_allclose(total, proximity(GRID, *site(10, 10), METHOD) + 3 * proximity(GRID, *site(8, 12), METHOD))


@pytest.mark.parametrize("height", [1, 4, 21])
def test_the_cut_into_bands_changes_nothing(height):
    rng = np.random.default_rng(8)
    west, south, east, north = GRID.bounds
    lon, lat = rng.uniform(west - 0.06, east + 0.06, 40), rng.uniform(south - 0.06, north + 0.06, 40)
    weight = rng.random(40)
    total = np.zeros(GRID.shape)
    for _, rows, cols, values in footprints(GRID, lon, lat, weight, METHOD):
        total[rows, cols] += values
    sites = Sites.of(GRID, lon, lat, weight)
    bands = [proximity_rows(sites, GRID, slice(row, min(row + height, 21)), METHOD) for row in range(0, 21, height)]
    assert_allclose(np.concatenate(bands), total, rtol=1e-12)
    assert (total > 0).mean() > 0.5


@pytest.mark.parametrize("distance_m", METHOD.proximity_bands_m)
def test_near_is_within_the_geodesic_distance_of_any_site(distance_m):
    lon, lat = np.array([106.003, 106.05]), np.array([15.002, 15.03])
    cell_lon, cell_lat = GRID.lonlat(*np.indices(GRID.shape))
    same = np.ones(GRID.shape)
    each = [GEOD.inv(same * x, same * y, cell_lon, cell_lat)[2] for x, y in zip(lon, lat, strict=True)]
    assert np.array_equal(near(GRID, lon, lat, (distance_m,))[distance_m], np.minimum(*each) <= distance_m)


def test_no_sites():
    nowhere = np.zeros(0)
    assert not near(GRID, nowhere, nowhere, (1000,))[1000].any()
    assert proximity(GRID, nowhere, nowhere, nowhere, METHOD).sum() == 0


def test_people_of_two_overlapping_discs_count_once_together_and_once_for_each():
    """Sites three cells (3.2 km) apart in one row, ten people a cell; a cell is 1.07 km wide and 1.11 km high.

    Within 2 km of a site lie its own cell, its 8 neighbours (1.54 km at most): 9 cells, 90 people; the next in the row
    lies at 2.15 km. So the discs of 2 km touch but share nothing: 180 people. Within 1 km lies the cell alone.
    """
    (lon_a, lat, _), (lon_b, _, _) = site(10, 9), site(10, 12)
    lon, lat = np.concatenate([lon_a, lon_b]), np.concatenate([lat, lat])
    people = np.full(GRID.shape, 10.0)
    each = people_near(GRID, lon, lat, people, (1000, 2000, 5000))
    together = near(GRID, lon, lat, (1000, 2000, 5000))
    assert each[1000].tolist() == [10, 10] and people[together[1000]].sum() == 20
    assert each[2000].tolist() == [90, 90] and people[together[2000]].sum() == 180
    # The discs of 5 km overlap in what lies within 5 km of both, counted cell by cell.
    alone = [near(GRID, lon[[k]], lat[[k]], (5000,))[5000] for k in (0, 1)]
    shared = (alone[0] & alone[1]).sum()
    assert shared > 20
    assert people[together[5000]].sum() == each[5000].sum() - 10 * shared


def test_nobody_is_counted_where_people_are_not_known():
    lon, lat, _ = site(10, 10)
    people = np.full(GRID.shape, np.nan)
    people[10, 10] = 7
    assert people_near(GRID, lon, lat, people, (2000,))[2000].tolist() == [7]
