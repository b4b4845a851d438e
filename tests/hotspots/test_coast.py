import numpy as np
import pytest
from numpy.testing import assert_allclose

from hotspots.coast import distance_to_coast_m, sea_cells
from hotspots.grid import GEOD
from tests.hotspots.dispersion.climates import grid


def test_sea_is_low_ground_that_is_not_known_as_land():
    elevation_m = np.array([[-5.0, 0.0, 3.0], [-2.0, np.nan, -1.0]])
    land = np.array([[False, False, False], [True, False, False]])
    # The polder in the units stays land, and so does what is not known.
    assert sea_cells(elevation_m, land).tolist() == [[True, True, False], [False, False, True]]


def test_distances_by_hand_at_the_equator():
    # Cells of 0.01°: 1 113.2 m wide, 1 105.7 m high. One sea cell in the corner.
    on = grid(lat=0.0, shape=(4, 5))
    sea = np.zeros(on.shape, dtype=bool)
    sea[0, 0] = True
    found = distance_to_coast_m(on, sea, 10_000.0)
    assert found[0, 0] == 0
    assert_allclose(found[0, 3], 3 * 1113.2, rtol=1e-4)
    assert_allclose(found[3, 0], 3 * 1105.74, rtol=1e-4)
    assert_allclose(found[3, 4], np.hypot(4 * 1113.2, 3 * 1105.74), rtol=1e-4)


@pytest.mark.parametrize("lat", [0.0, 45.0, -65.0])
def test_distances_are_geodesic(lat):
    on = grid(lat=lat, cell=1 / 60, shape=(31, 41))
    sea = np.random.default_rng(3).random(on.shape) > 0.99
    found = distance_to_coast_m(on, sea, 1e6)
    rows, cols = np.indices(on.shape).reshape(2, -1)
    lon, lats = on.lonlat(rows, cols)
    at = np.flatnonzero(sea.ravel())
    expected = np.min([GEOD.inv(lon, lats, np.full(lon.shape, lon[i]), np.full(lon.shape, lats[i]))[2] for i in at], 0)
    assert_allclose(found.ravel(), expected, rtol=1e-3, atol=1.0)


def test_beyond_the_reach_and_without_a_sea_it_is_infinite():
    on = grid(lat=0.0, shape=(5, 5))
    sea = np.zeros(on.shape, dtype=bool)
    assert np.isinf(distance_to_coast_m(on, sea, 5_000.0)).all()
    sea[2, 2] = True
    near = distance_to_coast_m(on, sea, 1_200.0)
    assert np.isfinite(near).sum() == 5  # itself and the four beside it
