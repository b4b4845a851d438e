import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose

from hotspots.dispersion.air import profile_exponent, sector_concentration, sigma_z, vertical_term
from hotspots.dispersion.kernels import (
    KG_YR_PER_G_S,
    RadialTable,
    Release,
    blurred,
    cell_centres,
    near_averages,
    radial_table,
)
from hotspots.dispersion.rise import Stack, effective_height_m
from hotspots.method import AirMethod
from tests.hotspots.dispersion.climates import METHOD, climate, uneven

SPEED = 3.0


STACK = Stack(80.0, 3.0, 15.0, 400.0)
LIDS = (("A", 1500.0), ("B", 1500.0), ("C", 1000.0), ("D", 800.0))
UNDER_LIDS = dataclasses.replace(METHOD, mixing_height_m=LIDS)


def table(
    winds=None, height_m=50.0, half_life_s=None, terrain="rural", stack=None, method: AirMethod = METHOD
) -> RadialTable:
    winds = winds or climate({4: 1.0}, SPEED)
    release = Release(winds.frequency[0, 0], winds.speed_m_s, height_m, half_life_s, terrain, stack)
    return radial_table(release, method)


@pytest.mark.parametrize("terrain", ["rural", "urban"])
def test_the_table_is_the_sum_of_the_terms(terrain):
    winds = uneven()
    exponents = {"rural": (0.07, 0.07, 0.10, 0.15, 0.35, 0.55), "urban": (0.15, 0.15, 0.20, 0.25, 0.30, 0.30)}
    expected = sum(
        sector_concentration(
            4321.0,
            1 / 31_557.6,
            80.0,
            max(speed * 8.0**exponent, 1.0),
            stability,
            winds.frequency[0, 0, 9, index_u, index_s],
            terrain,
        )
        for index_u, speed in enumerate(winds.speed_m_s)
        for index_s, (stability, exponent) in enumerate(zip("ABCDEF", exponents[terrain], strict=True))
    )
    result = table(winds, height_m=80, terrain=terrain)
    # Wind from sector 9 (202.5°) carries to the bearing 22.5°.
    got = result.at(result.concentration, np.array([4321.0]), np.array([22.5]))
    assert_allclose(got, expected, rtol=1e-4)


@pytest.mark.parametrize("terrain", ["rural", "urban"])
def test_with_rise_and_lids_every_class_has_its_own_height(terrain):
    # Each class by itself: wind at the top of the stack, rise in that wind, its own lid, decay on the way.
    winds, x_m, half_life_s = uneven(), 7654.0, 20_000.0
    expected = 0.0
    for index_s, stability in enumerate("ABCDEF"):
        for index_u, speed_10_m in enumerate(winds.speed_m_s):
            speed = max(speed_10_m * 8.0 ** profile_exponent(stability, terrain), 1.0)
            axis_m = float(effective_height_m(STACK, speed, stability, 293.0))
            share = winds.frequency[0, 0, 9, index_u, index_s]
            lid_m = dict(LIDS).get(stability, np.inf)
            term = sector_concentration(
                x_m, 1 / 31_557.6, axis_m, speed, stability, share, terrain, mixing_height_m=lid_m
            )
            expected += float(term) * 0.5 ** (x_m / speed / half_life_s)
    result = table(winds, 80.0, half_life_s, terrain, STACK, UNDER_LIDS)
    assert_allclose(result.at(result.concentration, np.array([x_m]), np.array([22.5])), expected, rtol=1e-4)


def test_one_class_with_rise_by_hand():
    # D, 3 m/s at 10 m, stack of 80 m: u_s = 3 × 8^0.15 = 4.098; rise 38.71 × 88.5312^0.6 / 4.098 = 139.1 m.
    # σ_z at 5 km: 33.504 × 5^0.60486 = 88.69 m.
    speed, spread = 3 * 8**0.15, 33.504 * 5**0.60486
    axis_m = 80 + 38.71 * 88.5312**0.6 / speed
    assert_allclose(axis_m, 219.1, atol=0.1)
    vertical = 2 * np.exp(-(axis_m**2) / (2 * spread**2))
    expected = 1e6 / 31_557.6 * vertical / (np.sqrt(2 * np.pi) * 5000 * 2 * np.pi / 16 * speed * spread)
    result = table(height_m=80.0, stack=STACK)
    assert_allclose(result.at(result.concentration, np.array([5000.0]), np.array([270.0])), expected, rtol=1e-3)


def test_wind_below_ten_metres_is_that_of_ten_and_never_below_one():
    slow = table(climate({4: 1.0}, 0.4), height_m=2)
    one = table(climate({4: 1.0}, 1.0), height_m=2)
    assert_allclose(slow.concentration, one.concentration)


def test_decay_halves_after_one_half_life():
    half_life_s = 3000.0
    speed = SPEED * 5.0**0.15
    x_m = np.array([half_life_s * speed])
    decayed, stable = table(half_life_s=half_life_s), table()
    bearing = np.array([270.0])
    ratio = decayed.at(decayed.concentration, x_m, bearing) / stable.at(stable.concentration, x_m, bearing)
    assert_allclose(ratio, 0.5, rtol=1e-4)


@pytest.mark.parametrize("x_m", [1500.0, 6000.0, 19_000.0])
@pytest.mark.parametrize("winds", [climate({4: 1.0}, SPEED), climate({0: 0.3, 5: 0.2, 6: 0.5}, SPEED)])
def test_the_flux_through_a_ring_is_the_release(x_m, winds):
    # Once round the source: interpolation between sectors must neither make nor lose mass.
    height_m = 50.0
    bearing = np.arange(0, 360, 0.25) + 0.125
    result = table(winds, height_m)
    ground = result.at(result.concentration, np.full(bearing.shape, x_m), bearing)
    spread = float(sigma_z(x_m, "D"))
    z_m = np.linspace(0, height_m + 10 * spread, 20_001)
    profile = vertical_term(spread, height_m, z_m)
    column = np.trapezoid(profile, z_m) / profile[0]
    flux_ug_s = ground.mean() * 2 * np.pi * x_m * column * SPEED * 5.0**0.15
    assert_allclose(flux_ug_s, 1e6 / KG_YR_PER_G_S, rtol=2e-4)


@pytest.mark.parametrize("x_m", [6000.0, 12_000.0, 19_000.0])
@pytest.mark.parametrize("stability", ["A", "C", "D", "F"])
def test_with_rise_and_a_lid_the_flux_through_a_ring_is_the_release(x_m, stability):
    bearing = np.arange(0, 360, 0.25) + 0.125
    result = table(climate({0: 0.3, 5: 0.7}, SPEED, stability), 80.0, stack=STACK, method=UNDER_LIDS)
    ground = result.at(result.concentration, np.full(bearing.shape, x_m), bearing)
    speed = SPEED * 8.0 ** profile_exponent(stability)
    axis_m, spread = effective_height_m(STACK, speed, stability, 293.0), float(sigma_z(x_m, stability))
    lid_m = dict(LIDS).get(stability, np.inf)
    z_m = np.linspace(0, min(lid_m, float(axis_m) + 10 * spread), 20_001)
    profile = vertical_term(spread, axis_m, z_m, lid_m)
    flux_ug_s = ground.mean() * 2 * np.pi * x_m * np.trapezoid(profile, z_m) / profile[0] * speed
    assert_allclose(flux_ug_s, 1e6 / KG_YR_PER_G_S, rtol=1e-3)


@pytest.mark.parametrize("terrain", ["rural", "urban"])
def test_averages_of_the_cells_around_a_source(terrain):
    # Against a very fine sub-sample, with the source off the middle of its cell.
    east, north, width, height = 200.0, -150.0, 900.0, 925.0
    fine = 1200
    steps = (np.arange(fine) + 0.5) / fine
    e_m, n_m = np.meshgrid(steps * 3 * width - 1.5 * width - east, 1.5 * height - steps * 3 * height - north)
    result = table(uneven(), height_m=10.0, terrain=terrain)
    expected = cell_centres(result, e_m, n_m, 0.0).reshape(3, fine // 3, 3, fine // 3).mean(axis=(1, 3))
    got = near_averages(result, np.array([east]), np.array([north]), width, height, 0.0)
    assert_allclose(got, expected, rtol=2e-3)


def test_a_release_at_the_ground_has_a_finite_average():
    for terrain in ("rural", "urban"):
        got = near_averages(table(height_m=0.0, terrain=terrain), np.zeros(1), np.zeros(1), 900.0, 900.0, 0.0)
        assert np.all(np.isfinite(got))
        assert got[1, 1] > got[1, 0] > got[1, 2] == 0  # east wind: own cell, west, nothing east


def test_cells_beyond_the_radius_get_nothing():
    distance = np.array([METHOD.radius_m - 1, METHOD.radius_m + 1])
    near, beyond = cell_centres(table(), -distance, np.zeros(2), 0.0)
    assert near > 0
    assert beyond == 0


def test_blur_keeps_the_sum_and_widens_by_half_the_accuracy():
    values = np.zeros((81, 81))
    values[40, 40] = 7.0
    soft = blurred(values, accuracy_m=6000.0, width_m=1000.0, height_m=500.0)
    assert_allclose(soft.sum(), 7.0, rtol=1e-12)
    offset = np.arange(81) - 40.0
    assert_allclose(np.sqrt((soft.sum(axis=0) * offset**2).sum() / 7) * 1000, 3000, rtol=0.01)
    assert_allclose(np.sqrt((soft.sum(axis=1) * offset**2).sum() / 7) * 500, 3000, rtol=0.01)
    assert blurred(values, 0.0, 1000.0, 500.0) is values
