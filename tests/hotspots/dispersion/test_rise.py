"""Final plume rise by hand, after ISC3 section 1.1.4, in air of 293 K."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from hotspots.dispersion.air import STABILITIES
from hotspots.dispersion.rise import Stack, effective_height_m

HOT = Stack(100.0, 3.0, 15.0, 400.0)
WARM = Stack(30.0, 1.0, 10.0, 350.0)
COLD = Stack(30.0, 1.0, 10.0, 293.0)
S_E = 9.80616 * 0.020 / 293  # 6.694e-4 1/s²
S_F = 9.80616 * 0.035 / 293


def height(stack: Stack, speed: float, stability: str) -> float:
    return float(effective_height_m(stack, speed, stability, 293.0))


def test_fluxes_by_hand():
    # F = 9.80616 × 15 × 9 × 107 / 1600; F_m = 225 × 9 × 293 / 1600
    assert_allclose(HOT.buoyancy_flux_m4_s3(293.0), 88.5312, rtol=1e-5)
    assert_allclose(HOT.momentum_flux_m4_s2(293.0), 370.828, rtol=1e-5)


@pytest.mark.parametrize("stability", "ABCD")
def test_a_large_hot_plume_in_unstable_and_neutral_air(stability):
    # Crossover 0.00575 × 400 × 15^(2/3) / 3^(1/3) = 9.7 K < 107 K; 38.71 × 88.5312^0.6 / 5 = 114.0 m.
    assert_allclose(height(HOT, 5.0, stability), 100 + 38.71 * 88.5312**0.6 / 5, rtol=1e-5)
    assert_allclose(height(HOT, 5.0, stability), 214.0, atol=0.1)


@pytest.mark.parametrize("stability", "ABCD")
def test_a_small_warm_plume_in_unstable_and_neutral_air(stability):
    # F = 9.80616 × 10 × 57 / 1400 = 3.9925; crossover 0.0297 × 350 × 10^(1/3) = 22.4 K < 57 K.
    assert_allclose(height(WARM, 4.0, stability), 30 + 21.425 * 3.99251**0.75 / 4, rtol=1e-5)


@pytest.mark.parametrize(("stability", "s"), [("E", S_E), ("F", S_F)])
def test_a_hot_plume_in_stable_air(stability, s):
    # Crossover 0.019582 × 400 × 15 × √s = 3.0 K (E), 4.0 K (F); 2.6 (88.5312 / (5 s))^(1/3) = 77.5 m (E).
    assert_allclose(height(HOT, 5.0, stability), 100 + 2.6 * (88.5312 / (5 * s)) ** (1 / 3), rtol=1e-5)


def test_gas_as_cold_as_the_air_rises_by_its_momentum():
    assert_allclose(height(COLD, 5.0, "D"), 30 + 3 * 1 * 10 / 5)
    # In stable air 1.5 (25 / (u √s))^(1/3), 14.8 m at 1 m/s, where neutral air gives 30 m; at 5 m/s neutral is less.
    assert_allclose(height(COLD, 1.0, "E"), 30 + 1.5 * (25 / math.sqrt(S_E)) ** (1 / 3), rtol=1e-6)
    assert_allclose(height(COLD, 5.0, "E"), 36.0)


def test_gas_colder_than_the_air_does_not_sink():
    assert_allclose(height(Stack(30.0, 1.0, 10.0, 260.0), 5.0, "D"), 36.0)
    assert np.isfinite(height(Stack(30.0, 1.0, 10.0, 260.0), 5.0, "F"))


def test_gas_just_warmer_than_the_air_rises_by_its_momentum():
    # 10 K of excess; crossover 0.0297 × 303 × 10^(1/3) = 19.4 K.
    assert_allclose(height(Stack(30.0, 1.0, 10.0, 303.0), 5.0, "D"), 36.0)


def test_slow_gas_is_drawn_down_behind_the_tip():
    # v = 6 m/s in 5 m/s: 2 × 3 × (1.5 − 1.2) = 1.8 m; rise by buoyancy.
    slow = Stack(100.0, 3.0, 6.0, 400.0)
    flux = 88.5312 * 6 / 15
    assert_allclose(height(slow, 5.0, "D"), 100 - 1.8 + 21.425 * flux**0.75 / 5, rtol=1e-5)
    # A wide low stack is not drawn into the ground.
    assert height(Stack(5.0, 10.0, 0.1, 293.0), 10.0, "D") >= 0


@given(
    speed=st.floats(1, 20),
    stack=st.builds(Stack, st.floats(1, 300), st.floats(0.1, 12), st.floats(0.1, 40), st.floats(250, 900)),
)
def test_heights_are_finite_and_no_lower_than_the_ground(speed, stack):
    for stability in STABILITIES:
        found = effective_height_m(stack, np.array([speed]), stability, 293.0)
        assert found.shape == (1,)
        assert np.all(np.isfinite(found) & (found >= 0))
