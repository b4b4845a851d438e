import dataclasses

import numpy as np
import pytest
from affine import Affine
from numpy.testing import assert_allclose
from pyproj import CRS, Transformer
from scipy.ndimage import map_coordinates

from hotspots.dispersion.air import sector_concentration
from hotspots.dispersion.plume import point_footprints
from hotspots.dispersion.wind import WindClimate
from hotspots.grid import GEOD, AnalysisGrid
from tests.hotspots.dispersion.climates import EAST_WIND, ISOTROPIC, METHOD, climate, field, grid, stacks, uneven

GRID = grid()
MIDDLE = stacks((106.0, 15.0, 1000.0, 60.0, 0.0))
RURAL = np.zeros(GRID.shape, dtype=bool)


def test_one_cell_by_hand():
    # 10 cells of 0.01° west of the source, in the middle of the sector that an east wind blows to.
    result = field(GRID, EAST_WIND, MIDDLE)
    distance_m = 10 * GRID.row_width_m[30]
    expected = sector_concentration(distance_m, 1000 / 31_557.6, 60.0, 3.0 * 6.0**0.15, "D", 1.0)
    assert_allclose(result[30, 20], expected, rtol=1e-4)


def test_a_hot_stack_rises_and_brings_less_nearby():
    hot = dataclasses.replace(
        MIDDLE,
        stack_diameter_m=np.array([3.0]),
        exit_velocity_m_s=np.array([15.0]),
        exit_temperature_k=np.array([400.0]),
    )
    found, cold = field(GRID, uneven(), hot), field(GRID, uneven(), MIDDLE)
    near = np.s_[26:35, 26:35]
    assert 0 < found[near].sum() < 0.6 * cold[near].sum()
    # Linear in the release, and a source whose gas is unknown is not touched by one whose gas is known.
    assert_allclose(field(GRID, uneven(), dataclasses.replace(hot, release_kg_yr=np.array([3000.0]))), 3 * found)
    both = dataclasses.replace(
        stacks((106.0, 15.0, 1000.0, 60.0, 0.0), (106.0, 15.0, 1000.0, 60.0, 0.0)),
        **{
            name: np.array([value, np.nan])
            for name, value in (("stack_diameter_m", 3.0), ("exit_velocity_m_s", 15.0), ("exit_temperature_k", 400.0))
        },
    )
    assert_allclose(field(GRID, uneven(), both), found + cold, rtol=1e-12)


def test_a_lid_adds_far_away_and_changes_nothing_nearby():
    lidded = dataclasses.replace(METHOD, mixing_height_m=(("A", 500.0), ("B", 500.0), ("C", 500.0)))
    open_sky, under = field(GRID, uneven(), MIDDLE), field(GRID, uneven(), MIDDLE, method=lidded)
    assert_allclose(under[30, 30], open_sky[30, 30], rtol=0.05)
    far = np.hypot(*(np.indices(GRID.shape) - 30)) == 15
    assert np.all(under[far] > 1.05 * open_sky[far])
    # D, E and F have no lid there.
    assert_allclose(field(GRID, EAST_WIND, MIDDLE, method=lidded), field(GRID, EAST_WIND, MIDDLE))


def test_the_same_source_at_the_equator_and_at_60_degrees_gives_the_same_field():
    # Every cell of a grid at 60° N beyond three cells, against a fine grid at the equator at the same geodesic offset.
    winds = dataclasses.replace(uneven(), frequency=uneven().frequency[:1, :1], lat=np.zeros(1), lon=np.zeros(1))
    north = grid(lat=60.0, cell=0.02, shape=(25, 25))
    equator = grid(lat=0.0, cell=0.002, shape=(281, 281))
    there = field(north, winds, stacks((106.0, 60.0, 1000.0, 60.0, 0.0)))
    here = field(equator, winds, stacks((106.0, 0.0, 1000.0, 60.0, 0.0)))
    rows, cols = np.indices(north.shape)
    lon, lat = north.lonlat(rows, cols)
    azimuth, _, distance_m = GEOD.inv(np.full(lon.shape, 106.0), np.full(lon.shape, 60.0), lon, lat)
    east_m, north_m = distance_m * np.sin(np.radians(azimuth)), distance_m * np.cos(np.radians(azimuth))
    place = np.array([140 - north_m / equator.row_height_m[140], 140 + east_m / equator.row_width_m[140]])
    compared = (np.maximum(abs(rows - 12), abs(cols - 12)) > 3) & (distance_m < 14_500)
    assert compared.sum() > 100
    assert_allclose(there[compared], map_coordinates(here, place, order=1)[compared], rtol=0.01)


def test_wind_from_the_east_makes_a_plume_to_the_west():
    result = field(GRID, EAST_WIND, MIDDLE)
    assert result[:, :29].sum() > 0
    assert result[:, 32:].sum() == 0
    assert result[30, 15] == result[:, 15].max()


def test_an_isotropic_rose_gives_a_field_that_only_knows_the_distance():
    result = field(GRID, ISOTROPIC, MIDDLE)
    assert_allclose(result, result[:, ::-1], rtol=1e-9)
    # An equal distance north and east, in fractions of a cell.
    north = np.interp(8_000, np.arange(0, 18) * GRID.row_height_m[30], result[30:12:-1, 30])
    east = np.interp(8_000, np.arange(0, 18) * GRID.row_width_m[30], result[30, 30:48])
    assert_allclose(north, east, rtol=0.02)


def test_turning_the_wind_by_a_right_angle_turns_the_field():
    at_equator = grid(lat=0.0)  # where cells are nearly square
    source = stacks((106.0, 0.0, 1000.0, 60.0, 0.0))
    east = field(at_equator, EAST_WIND, source)
    south = field(at_equator, climate({8: 1.0}), source)
    assert_allclose(np.rot90(east, -1).sum(), south.sum(), rtol=0.02)
    far = np.hypot(*(np.indices(east.shape) - 30)) > 3
    inside = np.hypot(*(np.indices(east.shape) - 30)) < 15
    assert_allclose(np.rot90(east, -1)[far & inside], south[far & inside], rtol=0.05, atol=south.max() * 0.01)


@pytest.mark.parametrize("sector", range(16))
def test_every_sector_blows_to_the_other_side(sector):
    result = field(GRID, climate({sector: 1.0}), MIDDLE)
    rows, cols = np.indices(result.shape) - 30
    weight = result / result.sum()
    bearing = np.degrees(
        np.arctan2((weight * cols).sum() * GRID.row_width_m[30], -(weight * rows).sum() * GRID.row_height_m[30])
    )
    assert abs((bearing - (sector * 22.5 + 180) + 180) % 360 - 180) < 2.0


def test_cells_next_to_a_source_off_their_middle_are_averages():
    # A grid ten times finer resolves the same nine cells.
    source = stacks((106.003, 15.002, 1000.0, 60.0, 0.0))
    coarse = field(GRID, EAST_WIND, source)[29:32, 29:32]
    fine = field(grid(cell=0.001, shape=(30, 30)), EAST_WIND, source)
    assert_allclose(coarse, fine.reshape(3, 10, 3, 10).mean(axis=(1, 3)), rtol=0.02, atol=0.002 * coarse.max())


def test_linear_in_the_releases_and_sources_add():
    one, two = (106.1, 15.05, 1000.0, 40.0, 300.0), (105.93, 14.9, 250.0, 120.0, 0.0)
    together = field(GRID, uneven(), stacks(one, two))
    apart = field(GRID, uneven(), stacks(one)) + field(GRID, uneven(), stacks(two))
    assert_allclose(together, apart, rtol=1e-12)
    triple = stacks((*one[:2], 3000.0, *one[3:]))
    assert_allclose(field(GRID, uneven(), triple), 3 * field(GRID, uneven(), stacks(one)), rtol=1e-12)


def test_footprints_are_the_very_values_of_the_field():
    points = stacks((106.1, 15.05, 1000.0, 40.0, 300.0), (105.6, 14.9, 250.0, 120.0, 0.0), (106, 15, 0.0, 10.0, 0.0))
    total = np.zeros(GRID.shape)
    seen = []
    for index, rows, cols, values in point_footprints(GRID, points, RURAL, uneven(), None, METHOD):
        total[rows, cols] += values
        seen.append(index)
    assert seen == [0, 1]  # the third releases nothing
    assert np.array_equal(total, field(GRID, uneven(), points))


def test_a_source_beyond_the_edge_counts_and_one_out_of_reach_does_not():
    edge_lon = 106.0 - 0.305
    assert field(GRID, climate({12: 1.0}), stacks((edge_lon - 0.05, 15.0, 1000.0, 60.0, 0.0))).sum() > 0
    assert field(GRID, climate({12: 1.0}), stacks((edge_lon - 0.5, 15.0, 1000.0, 60.0, 0.0))).sum() == 0


def test_urban_cells_have_urban_coefficients_for_their_own_sources():
    urban = RURAL.copy()
    urban[30, 30] = True
    changed = field(GRID, EAST_WIND, MIDDLE, urban=urban)
    distance_m = 10 * GRID.row_width_m[30]
    expected = sector_concentration(distance_m, 1000 / 31_557.6, 60.0, 3.0 * 6.0**0.25, "D", 1.0, "urban")
    assert_allclose(changed[30, 20], expected, rtol=1e-4)
    elsewhere = ~urban
    assert_allclose(field(GRID, EAST_WIND, MIDDLE, urban=elsewhere), field(GRID, EAST_WIND, MIDDLE))


def test_blur_for_the_position_keeps_the_mass():
    sharp = field(GRID, ISOTROPIC, MIDDLE)
    soft = field(GRID, ISOTROPIC, stacks((106.0, 15.0, 1000.0, 60.0, 4000.0)))
    assert_allclose(soft.sum(), sharp.sum(), rtol=1e-6)
    assert soft.max() < sharp.max()


def test_across_the_antimeridian_as_anywhere_else():
    here = field(grid(lon=106.0), ISOTROPIC, stacks((106.05, 15.0, 1000.0, 60.0, 0.0)))
    there = field(grid(lon=180.0), ISOTROPIC, stacks((-179.95, 15.0, 1000.0, 60.0, 0.0)))
    assert_allclose(there, here, rtol=1e-6)


def test_a_projected_grid_agrees_with_the_geographic_one():
    # UTM 48N, 3° from its central meridian, where grid north is 0.8° off.
    lon, lat = 107.9, 15.0
    to_utm = Transformer.from_crs("OGC:CRS84", "EPSG:32648", always_xy=True)
    x, y = to_utm.transform(lon, lat)
    utm = AnalysisGrid.from_transform(CRS.from_epsg(32648), Affine(1000, 0, x - 25_500, 0, -1000, y + 25_500), (51, 51))
    fine = grid(lon=lon, lat=lat, cell=0.002, shape=(241, 241))
    winds = climate({3: 0.6, 4: 0.3, 11: 0.1})
    source = stacks((lon, lat, 1000.0, 60.0, 0.0))
    projected, geographic = field(utm, winds, source), field(fine, winds, source)
    rows, cols = np.indices(utm.shape)
    at = np.array(fine.fractional_cell(*utm.lonlat(rows, cols))) - 0.5
    distance = np.hypot(rows - 25, cols - 25)
    compared = (distance > 4) & (distance < 18)
    # Scaled by the decrease with distance, so that far cells count as much as near ones.
    scaled, expected = (
        values[compared] * distance[compared] ** 1.7 for values in (projected, map_coordinates(geographic, at, order=1))
    )
    assert_allclose(scaled, expected, atol=0.015 * expected.max())


def test_a_large_coal_plant_is_where_the_literature_has_it():
    # DESIGN section 5: 1.2 GW, Tier 1, capacity factor 0.6, efficiency 0.37, at 10 km where the wind goes
    # a fifth of the time.
    fuel_gj_yr = 1200 * 0.6 * 8760 * 3.6 / 0.37
    on = grid(shape=(41, 41))
    frequency = np.zeros((1, 1, 16, 3, 6))
    frequency[0, 0, :, 0, 0:2] = frequency[0, 0, :, 1, 1:4] = frequency[0, 0, :, 2, 3] = 1.0
    frequency[0, 0, :, 0, 4:6] = 1.0
    frequency[0, 0, 4] *= 3.75  # 3.75 / 18.75 = 0.2
    winds = WindClimate(
        frequency / frequency.sum(), np.array([2.0, 4.0, 6.0]), np.zeros(1), np.zeros(1), 0.0, "test", None
    )
    at_10_km = np.s_[20, 20 - round(10_000 / on.row_width_m[20])]
    pm25 = field(on, winds, stacks((106.0, 15.0, fuel_gj_yr * 3.4 / 1000, 300.0, 0.0)))[at_10_km]
    nox = field(on, winds, stacks((106.0, 15.0, fuel_gj_yr * 209 / 1000, 300.0, 0.0)))[at_10_km]
    assert 0.01 < pm25 < 0.1
    assert 0.5 < 0.75 * nox < 4


def test_the_radius_is_a_setting():
    near = dataclasses.replace(METHOD, radius_m=5_000)
    result = field(GRID, ISOTROPIC, MIDDLE, method=near)
    row, col = np.indices(GRID.shape) - 30
    distance = np.hypot(row * GRID.row_height_m[30], col * GRID.row_width_m[30])
    assert np.all(result[distance > 5_050] == 0)
    assert np.all(result[distance < 4_950] > 0)
