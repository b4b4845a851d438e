import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hotspots.dispersion.plume import area_footprint
from tests.hotspots.dispersion.climates import EAST_WIND, ISOTROPIC, METHOD, field, grid, stacks, uneven

GRID = grid()
RNG = np.random.default_rng(3)
RELEASES = RNG.random(GRID.shape) * (RNG.random(GRID.shape) < 0.3)
URBAN = RNG.random(GRID.shape) < 0.2


def one_cell(row: int, col: int) -> np.ndarray:
    release = np.zeros(GRID.shape)
    release[row, col] = 1000.0
    return release


def test_a_gridded_release_is_a_low_stack_in_its_cell():
    # Away from the release the field is that of a point at the cell's centre.
    lon, lat = (float(value) for value in GRID.lonlat(27, 33))
    stack = field(GRID, uneven(), stacks((lon, lat, 1000.0, METHOD.municipal_height_m, 0.0)))
    gridded = field(GRID, uneven(), area_kg_yr=one_cell(27, 33))
    rows, cols = np.indices(GRID.shape)
    far = np.hypot(rows - 27, cols - 33) > 2
    reached = far & (stack > 0) & (gridded > 1e-12)
    assert reached.sum() > 500
    # Wind and cell size are interpolated between nodes 0.1° apart.
    assert_allclose(gridded[reached], stack[reached], rtol=0.01)
    assert_allclose(gridded[26:29, 32:35].sum(), stack[26:29, 32:35].sum(), rtol=0.15)


def test_direction():
    result = field(GRID, EAST_WIND, area_kg_yr=one_cell(30, 30))
    assert result[30, 20] > 1e-3
    assert result[:, 32:].max() < 1e-12


def test_an_even_release_gives_an_even_field_away_from_the_edges():
    near = dataclasses.replace(METHOD, radius_m=8_000)
    even = field(GRID, ISOTROPIC, area_kg_yr=np.repeat(GRID.row_area_km2[:, None], GRID.cols, axis=1), method=near)
    inside = even[12:-12, 12:-12]
    assert_allclose(inside, inside.mean(), rtol=1e-3)
    assert even[0, 0] < 0.5 * inside.mean()


def test_linear_in_the_releases():
    once = field(GRID, uneven(), area_kg_yr=RELEASES, urban=URBAN)
    other = field(GRID, uneven(), area_kg_yr=one_cell(5, 50), urban=URBAN)
    both = field(GRID, uneven(), area_kg_yr=2 * RELEASES + one_cell(5, 50), urban=URBAN)
    assert_allclose(both, 2 * once + other, rtol=1e-9, atol=1e-12)


def test_the_same_bytes_however_many_workers_and_whenever_they_finish():
    one = field(GRID, uneven(), area_kg_yr=RELEASES, urban=URBAN, workers=1)
    for _ in range(3):
        assert np.array_equal(field(GRID, uneven(), area_kg_yr=RELEASES, urban=URBAN, workers=4), one)


@pytest.mark.parametrize("winds", [ISOTROPIC, EAST_WIND])
def test_with_one_wind_the_lattice_hardly_matters(winds):
    # With the same wind everywhere nodes differ only in the width of a cell.
    fine = field(GRID, winds, area_kg_yr=RELEASES, urban=URBAN)
    coarse = field(
        GRID, winds, area_kg_yr=RELEASES, urban=URBAN, method=dataclasses.replace(METHOD, node_spacing_deg=1.0)
    )
    assert_allclose(coarse, fine, rtol=5e-3, atol=1e-12)


def test_urban_cells_spread_with_urban_coefficients():
    rural, urban = (
        field(GRID, EAST_WIND, area_kg_yr=one_cell(30, 30), urban=np.full(GRID.shape, flag)) for flag in (False, True)
    )
    only_source = np.zeros(GRID.shape, dtype=bool)
    only_source[30, 30] = True
    assert urban[30, 25] < rural[30, 25] * 0.8
    assert_allclose(field(GRID, EAST_WIND, area_kg_yr=one_cell(30, 30), urban=only_source), urban, atol=1e-12)


@pytest.mark.parametrize("half_life_s", [None, 7200.0])
@pytest.mark.parametrize("box", [(20, 35, 25, 45), (0, 3, 58, 61), (0, 61, 0, 61)])
def test_the_footprint_is_the_adjoint_of_the_field(half_life_s, box):
    people = np.zeros(GRID.shape)
    top, bottom, left, right = box
    people[top:bottom, left:right] = RNG.random((bottom - top, right - left)) * 1000
    window, values = area_footprint(GRID, people, URBAN, uneven(), half_life_s, METHOD)
    exposure = (people * field(GRID, uneven(), area_kg_yr=RELEASES, urban=URBAN, half_life_s=half_life_s)).sum()
    assert_allclose((values * RELEASES[window]).sum(), exposure, rtol=1e-9)


def test_the_footprint_lies_where_the_wind_comes_from():
    people = np.zeros(GRID.shape)
    people[30, 30] = 1.0
    (rows, cols), values = area_footprint(GRID, people, np.zeros(GRID.shape, dtype=bool), EAST_WIND, None, METHOD)
    whole = np.zeros(GRID.shape)
    whole[rows, cols] = values
    assert whole[30, 40] > 1e-6
    assert whole[:, :29].max() < 1e-12


def test_nobody_has_no_footprint():
    (rows, cols), values = area_footprint(GRID, np.zeros(GRID.shape), URBAN, EAST_WIND, None, METHOD)
    assert values.size == 0
    assert RELEASES[rows, cols].shape == values.shape


def test_a_grid_of_one_cell():
    tiny = grid(shape=(1, 1))
    result = field(tiny, EAST_WIND, area_kg_yr=np.full((1, 1), 1000.0))
    assert result[0, 0] > 0
