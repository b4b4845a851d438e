import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.integrate import quad

from hotspots.dispersion.air import (
    STABILITIES,
    profile_exponent,
    sector_concentration,
    sigma_y,
    sigma_z,
    vertical_term,
)
from hotspots.errors import MethodError

TERRAINS = ("rural", "urban")


@pytest.mark.parametrize(
    ("stability", "distance_m", "expected_m"),
    [
        ("D", 500, 18.29689),
        ("F", 1500, 18.03038),
        ("A", 100, 122.8 * 0.1**0.9447),
        ("A", 3110, 5000.0),  # the formula gives 5 011 m there
        ("A", 3111, 5000.0),
        ("A", 1000, 453.85),
        ("B", 400, 98.483 * 0.4**0.98332),
        ("C", 20_000, 61.141 * 20**0.91465),
        ("D", 1000, 32.093),
        ("E", 40_000, 35.420 * 40**0.37615),
        ("E", 40_001, 47.618 * 40.001**0.29592),
        ("F", 60_000, 27.074 * 60**0.27436),
        ("F", 80_000, 34.219 * 80**0.21716),
    ],
)
def test_rural_sigma_z_is_the_table_of_isc3(stability, distance_m, expected_m):
    assert_allclose(sigma_z(distance_m, stability), expected_m, rtol=1e-6)


@pytest.mark.parametrize(
    ("stability", "c", "d"),
    [
        ("A", 24.1670, 2.5334),
        ("B", 18.3330, 1.8096),
        ("C", 12.5, 1.0857),
        ("D", 8.3330, 0.72382),
        ("E", 6.25, 0.54287),
        ("F", 4.1667, 0.36191),
    ],
)
def test_rural_sigma_y_is_the_table_of_isc3(stability, c, d):
    expected = 465.11628 * 2.5 * math.tan(0.017453293 * (c - d * math.log(2.5)))
    assert_allclose(sigma_y(2500, stability), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("stability", "y_m", "z_m"),
    [
        ("A", 320 * 1.4**-0.5, 240 * math.sqrt(2)),
        ("B", 320 * 1.4**-0.5, 240 * math.sqrt(2)),
        ("C", 220 * 1.4**-0.5, 200),
        ("D", 160 * 1.4**-0.5, 140 * 1.3**-0.5),
        ("E", 110 * 1.4**-0.5, 80 * 2.5**-0.5),
        ("F", 110 * 1.4**-0.5, 80 * 2.5**-0.5),
    ],
)
def test_urban_coefficients_at_one_kilometre(stability, y_m, z_m):
    assert_allclose(sigma_y(1000, stability, "urban"), y_m, rtol=1e-12)
    assert_allclose(sigma_z(1000, stability, "urban"), z_m, rtol=1e-12)


@pytest.mark.parametrize("terrain", TERRAINS)
@pytest.mark.parametrize("stability", STABILITIES)
@given(distances=st.lists(st.floats(0, 100_000), min_size=2, max_size=5).map(sorted))
def test_the_plume_only_widens(terrain, stability, distances):
    # The pieces of the tables fit together to better than a percent.
    for sigma in (sigma_y, sigma_z):
        values = sigma(distances, stability, terrain)
        assert np.all(values[1:] >= values[:-1] * 0.98)
        assert np.all(values >= 0)
    assert np.all(sigma_z(distances, stability, terrain) <= 5000)


@pytest.mark.parametrize("terrain", TERRAINS)
def test_at_any_distance_less_stable_air_spreads_more(terrain):
    x_m = np.geomspace(100, 50_000, 40)
    for sigma in (sigma_y, sigma_z):
        spreads = np.array([sigma(x_m, stability, terrain) for stability in STABILITIES])
        assert np.all(np.diff(spreads, axis=0) <= 0)


def test_one_term_by_hand():
    # 100 g/s from 50 m, u = 4 m/s, D, a tenth of the time, at 1 km: sigma_z = 32.093 m.
    vertical = 2 * math.exp(-(50**2) / (2 * 32.093**2))
    expected = 1e6 * 0.1 * 100 * vertical / (math.sqrt(2 * math.pi) * 1000 * (2 * math.pi / 16) * 4 * 32.093)
    assert_allclose(sector_concentration(1000, 100, 50, 4, "D", 0.1), expected, rtol=1e-12)


def test_a_term_broadcasts():
    result = sector_concentration(np.array([[500.0], [1000.0]]), 10, np.array([0.0, 20.0, 40.0]), 3, "C", 0.2)
    assert result.shape == (2, 3)
    assert result[1, 2] == sector_concentration(1000, 10, 40, 3, "C", 0.2)


@pytest.mark.parametrize("terrain", TERRAINS)
@pytest.mark.parametrize("stability", STABILITIES)
@pytest.mark.parametrize(("x_m", "height_m"), [(300, 0), (1000, 40), (20_000, 150)])
def test_the_flux_through_every_distance_is_the_release(terrain, stability, x_m, height_m):
    frequency = np.random.default_rng(1).dirichlet(np.ones(16))
    speed, release_g_s = 3.7, 12.0
    ground = sector_concentration(x_m, release_g_s, height_m, speed, stability, frequency, terrain)
    spread = float(sigma_z(x_m, stability, terrain))
    column, _ = quad(lambda z: float(vertical_term(spread, height_m, z)), 0, height_m + 12 * spread)
    column /= float(vertical_term(spread, height_m))
    flux_g_s = float((ground * column * speed * x_m * 2 * np.pi / 16).sum()) / 1e6
    assert_allclose(flux_g_s, release_g_s, rtol=1e-6)


def test_a_term_under_a_lid_by_hand():
    # As test_one_term_by_hand, under a lid at 90 m: images at 180 ± 50 m, 360 ± 50 m, …, each twice.
    spread = 32.093
    heights = [50, *(180 * i + sign * 50 for i in range(1, 4) for sign in (-1, 1))]
    vertical = sum(2 * math.exp(-(h**2) / (2 * spread**2)) for h in heights)
    expected = 1e6 * 0.1 * 100 * vertical / (math.sqrt(2 * math.pi) * 1000 * (2 * math.pi / 16) * 4 * spread)
    assert_allclose(sector_concentration(1000, 100, 50, 4, "D", 0.1, mixing_height_m=90), expected, rtol=1e-9)
    # It is there: the nearest image adds exp(-130² / 2σ²) / exp(-50² / 2σ²), 0.09 %.
    assert 1.0005 < expected / sector_concentration(1000, 100, 50, 4, "D", 0.1) < 1.002


def test_far_downwind_the_layer_is_well_mixed_by_hand():
    # Class C at 20 km: σ_z = 947 m > 1.6 × 500 m, so χ = f Q / (x Δθ u z_i).
    expected = 1e6 * 0.1 * 100 / (20_000 * (2 * math.pi / 16) * 4 * 500)
    assert_allclose(sector_concentration(20_000, 100, 50, 4, "C", 0.1, mixing_height_m=500), expected, rtol=1e-12)


@pytest.mark.parametrize("spread_over_lid", [0.05, 0.3, 0.8, 1.2, 1.599, 1.601, 3.0, 20.0])
@pytest.mark.parametrize("height_m", [0.0, 10.0, 350.0, 599.0])
def test_under_a_lid_nothing_is_lost(spread_over_lid, height_m):
    lid_m = 600.0
    spread = spread_over_lid * lid_m
    z_m = np.linspace(0, lid_m, 40_001)
    column = np.trapezoid(vertical_term(spread, height_m, z_m, lid_m), z_m)
    assert_allclose(column / (math.sqrt(2 * math.pi) * spread), 1, rtol=1e-5)


def test_before_it_is_well_mixed_the_ground_below_a_low_source_has_more_by_hand():
    # The sum of images as a cosine series, √(2π) σ/z_i (1 + 2 exp(-(π σ/z_i)² / 2) + …): 3.7 % more at σ = 0.9 z_i.
    expected = math.sqrt(2 * math.pi) * 0.9 * (1 + 2 * math.exp(-((math.pi * 0.9) ** 2) / 2))
    assert_allclose(vertical_term(450.0, 0.0, 0.0, 500.0), expected, rtol=1e-6)


def test_a_plume_above_the_lid_does_not_reach_the_ground():
    assert sector_concentration(1000, 100, 601, 4, "D", 0.1, mixing_height_m=600) == 0
    assert sector_concentration(1000, 100, 599, 4, "A", 0.1, mixing_height_m=600) > 0
    assert vertical_term(100.0, 50.0, 601.0, 600.0) == 0


def test_wind_profile_exponents():
    assert [profile_exponent(s) for s in STABILITIES] == [0.07, 0.07, 0.10, 0.15, 0.35, 0.55]
    assert [profile_exponent(s, "urban") for s in STABILITIES] == [0.15, 0.15, 0.20, 0.25, 0.30, 0.30]


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: sigma_z(100, "G"), "stability"),
        (lambda: sigma_y(100, "d"), "stability"),
        (lambda: sigma_z(100, "D", "suburban"), "terrain"),
        (lambda: profile_exponent("D", "sea"), "terrain"),
        (lambda: sigma_z([100, -1], "D"), "distance_m"),
        (lambda: sigma_z(float("nan"), "D"), "distance_m"),
        (lambda: sector_concentration(0, 1, 10, 3, "D", 0.1), "distance_m"),
        (lambda: sector_concentration(100, 1, 10, 0, "D", 0.1), "wind_speed_m_s"),
        (lambda: sector_concentration(100, 1, 10, 3, "D", 0.1, sectors=0), "sectors"),
        (lambda: sector_concentration(100, 1, 10, 3, "D", 0.1, mixing_height_m=0), "mixing_height_m"),
    ],
)
def test_what_the_tables_do_not_hold_is_an_error_with_a_remedy(call, named):
    with pytest.raises(MethodError) as caught:
        call()
    assert caught.value.field == named
    assert caught.value.remedy


@pytest.mark.parametrize("wrong", [{"release_g_s": -1.0}, {"sector_frequency": 1.5}, {"sector_frequency": -0.1}])
def test_impossible_releases_and_frequencies_are_refused(wrong):
    values = {"distance_m": 1000.0, "release_g_s": 1.0, "effective_height_m": 50.0, "wind_speed_m_s": 3.0}
    with pytest.raises(MethodError):
        sector_concentration(**{**values, "stability": "D", "sector_frequency": 0.1, **wrong})
