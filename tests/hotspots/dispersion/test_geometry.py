import numpy as np
import pytest
from affine import Affine
from numpy.testing import assert_allclose
from pyproj import CRS

from hotspots.dispersion.geometry import grid_north_deg, surroundings
from hotspots.grid import GEOD, AnalysisGrid
from tests.hotspots.dispersion.climates import grid


@pytest.mark.parametrize("lat", [-41.0, 0.0, 15.0, 60.0])
def test_distances_and_bearings_are_geodesic(lat):
    on = grid(lat=lat, shape=(101, 101))
    lon_source, lat_source = 106.013, lat + 0.004
    around = surroundings(on, lon_source, lat_source, 50_000)
    rows, cols, distance = around.clipped(on, around.distance_m)
    bearing = np.degrees(np.arctan2(*(around.clipped(on, part)[2] for part in (around.east_m, around.north_m))))
    lon, cell_lat = on.lonlat(*np.meshgrid(np.arange(rows.start, rows.stop), np.arange(cols.start, cols.stop)))
    same = np.ones_like(lon)
    azimuth, _, geodesic = GEOD.inv(same * lon_source, same * lat_source, lon, cell_lat)
    assert_allclose(distance, geodesic.T, rtol=2e-4, atol=2)
    turn = (bearing - azimuth.T + 180) % 360 - 180
    assert np.abs(turn[distance > 5000]).max() < 1.0


def test_a_window_over_the_edge_is_clipped_and_one_far_away_is_empty():
    on = grid(shape=(5, 5))
    over_edge = surroundings(on, 105.98, 15.02, 3000)
    rows, cols, values = over_edge.clipped(on, over_edge.distance_m)
    assert (rows.start, cols.start) == (0, 0)
    assert values.shape == (rows.stop, cols.stop)
    assert values[0, 0] < 1.0
    far = surroundings(on, 120.0, 15.0, 3000)
    assert far.clipped(on, far.distance_m)[2].size == 0


def test_grid_north_is_true_north_only_in_a_geographic_grid():
    assert grid_north_deg(grid(), 3, 7) == 0
    utm = AnalysisGrid.from_transform(CRS.from_epsg(32648), Affine(1000, 0, 700_000, 0, -1000, 1_800_000), (50, 50))
    lon, lat = utm.lonlat(10, 10)
    convergence = np.degrees(np.arctan(np.tan(np.radians(lon - 105)) * np.sin(np.radians(lat))))
    assert_allclose(grid_north_deg(utm, 10, 10), convergence, rtol=0.02)
