from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import erfc
from scipy.stats import false_discovery_control

from hotspots.clustering import (
    Disc,
    Moments,
    benjamini_hochberg,
    disc,
    gi_star,
    least_significant,
    possible_threshold,
    threshold,
    z_scores,
)
from hotspots.distribution import Distribution
from hotspots.errors import MethodError

RADIUS = 2.5


def brute(values: np.ndarray, y_m: np.ndarray, width_m: np.ndarray, radius_m: float) -> np.ndarray:
    """z by the definition, cell by cell."""
    known = ~np.isnan(values)
    n, mean, deviation = known.sum(), np.nanmean(values), np.nanstd(values)
    z = np.full(values.shape, np.nan)
    for row, col in np.argwhere(known):
        near = [
            values[r, c]
            for r, c in np.argwhere(known)
            if np.hypot(y_m[r] - y_m[row], (c - col) * (width_m[r] + width_m[row]) / 2) <= radius_m + 1e-9
        ]
        w = len(near)
        z[row, col] = (sum(near) - mean * w) / (deviation * np.sqrt((n * w - w * w) / (n - 1)))
    return z


def test_three_by_three_with_a_missing_cell_by_hand() -> None:
    values = np.array([[1.0, 2, 3], [4, np.nan, 6], [7, 8, 9]])
    # n = 8, mean 5, S² = (16+9+4+1+1+4+9+16)/8 = 7.5. Corner (0,0): sum 1+2+4 = 7 of W = 3 cells;
    # z = (7 - 15) / √(7.5 · (8·3 - 9)/7) = -8 / √(7.5 · 15/7).
    result = gi_star(values, 1.0, 1.0)
    assert result.z[0, 0] == pytest.approx(-8 / np.sqrt(7.5 * 15 / 7), rel=1e-12)
    # Side (1,2): sum 3+6+9 = 18 of 3 cells, z = 3 / the same.
    assert result.z[1, 2] == pytest.approx(3 / np.sqrt(7.5 * 15 / 7), rel=1e-12)
    assert np.isnan([result.z[1, 1], result.p[1, 1], result.p_adjusted[1, 1]]).all()
    assert result.p[0, 0] == pytest.approx(0.04598, abs=5e-6)


def test_equals_esda() -> None:
    rng = np.random.default_rng(1)
    values = rng.lognormal(size=(9, 11))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.getisord import G_Local  # noqa: PLC0415  # warns while it is imported
        from libpysal.weights import DistanceBand  # noqa: PLC0415

        centres = np.argwhere(np.ones(values.shape)).astype(float)
        weights = DistanceBand(centres, RADIUS, binary=True, silence_warnings=True)
        oracle = G_Local(values.ravel(), weights, transform="B", star=True, permutations=0)
    result = gi_star(values, 1.0, RADIUS)
    np.testing.assert_allclose(result.z.ravel(), oracle.Zs, rtol=1e-9)
    np.testing.assert_allclose(result.p.ravel(), 2 * oracle.p_norm, rtol=1e-9)


def test_rows_of_different_sizes_equal_the_definition() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=(7, 8))
    values[rng.random(values.shape) < 0.2] = np.nan
    heights, widths = np.linspace(0.9, 1.2, 7), np.linspace(1.4, 0.6, 7)
    y = np.cumsum(heights) - heights / 2
    np.testing.assert_allclose(gi_star(values, (heights, widths), 2.0).z, brute(values, y, widths, 2.0), rtol=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e-300, 1e12])
def test_a_uniform_field_has_no_cluster(value: float) -> None:
    result = gi_star(np.full((6, 7), value), 1000.0, 2500.0)
    assert (result.z == 0).all()
    assert (result.p == 1).all()
    assert (result.p_adjusted == 1).all()


def test_nothing_assessed_and_one_cell() -> None:
    assert np.isnan(gi_star(np.full((2, 2), np.nan), 1.0, 1.0).z).all()
    assert gi_star(np.array([[3.0]]), 1.0, 1.0).p[0, 0] == 1


def test_a_disc_over_everything_says_nothing() -> None:
    assert (gi_star(np.arange(12.0).reshape(3, 4), 1.0, 100.0).z == 0).all()


fields = hnp.arrays(np.float64, (5, 6), elements=st.floats(0, 1e3).map(lambda x: round(x, 3)) | st.just(np.nan))


@settings(max_examples=40, deadline=None)
@given(fields)
def test_padding_flips_transposes_and_units_change_nothing(values: np.ndarray) -> None:
    z = gi_star(values, (1.0, 1.5), RADIUS).z
    padded = gi_star(np.pad(values, 4, constant_values=np.nan), (1.0, 1.5), RADIUS)
    close = {"rtol": 1e-7, "atol": 1e-9}
    np.testing.assert_allclose(padded.z[4:-4, 4:-4], z, **close)
    np.testing.assert_allclose(gi_star(values[::-1, ::-1], (1.0, 1.5), RADIUS).z[::-1, ::-1], z, **close)
    np.testing.assert_allclose(gi_star(values.T, (1.5, 1.0), RADIUS).z.T, z, **close)
    np.testing.assert_allclose(gi_star(values * 1024, (1000.0, 1500.0), 1000 * RADIUS).z, z, **close)


def test_a_large_offset_does_not_drown_the_pattern() -> None:
    values = np.random.default_rng(3).normal(size=(20, 30))
    np.testing.assert_allclose(gi_star(values + 1e6, 1.0, RADIUS).z, gi_star(values, 1.0, RADIUS).z, atol=1e-6)


def test_p_stays_positive_however_large_z() -> None:
    values = np.zeros((200, 200))
    values[100:104, 100:104] = 1
    result = gi_star(values, 1.0, RADIUS)
    assert result.z.max() > 40
    assert (result.p > 0).all()
    assert result.p.min() < 1e-300


@pytest.mark.parametrize("bad", [np.zeros(3), np.array([[1.0, np.inf]])])
def test_what_is_no_field_is_an_error(bad: np.ndarray) -> None:
    with pytest.raises(MethodError, match="finite"):
        gi_star(bad, 1.0, 1.0)


@pytest.mark.parametrize(("size", "radius"), [(0.0, 1.0), ((1.0, np.ones(3)), 1.0), (1.0, 0.0), (1.0, np.nan)])
def test_sizes_and_radius_are_checked(size: object, radius: float) -> None:
    with pytest.raises(MethodError):
        gi_star(np.arange(4.0).reshape(2, 2), size, radius)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1)))
def test_benjamini_hochberg_equals_scipy(p: np.ndarray) -> None:
    np.testing.assert_allclose(benjamini_hochberg(p), false_discovery_control(p), rtol=1e-12)
    apart = np.full((p.size, 2), np.nan)
    apart[:, 0] = p
    np.testing.assert_array_equal(benjamini_hochberg(apart)[:, 0], benjamini_hochberg(p))
    assert np.isnan(benjamini_hochberg(apart)[:, 1]).all()


def test_benjamini_hochberg_by_hand_and_its_error() -> None:
    np.testing.assert_allclose(benjamini_hochberg([0.01, 0.04, 0.03]), [0.03, 0.04, 0.04])
    with pytest.raises(MethodError, match="outside"):
        benjamini_hochberg([1.5])


def uneven() -> tuple[np.ndarray, Disc]:
    rng = np.random.default_rng(6)
    values = rng.gamma(0.3, 10.0, (60, 41))
    values[rng.random(values.shape) < 0.15] = np.nan
    return values, disc(np.linspace(0.9, 1.1, 60), np.linspace(0.7, 1.3, 60), 3.0)


@pytest.mark.parametrize("height", [1, 7, 59, 60])
def test_however_the_grid_is_cut_z_is_the_same(height: int) -> None:
    values, around = uneven()
    whole = z_scores(values, slice(0, 60), around, Moments.of(values), np.float64)
    starts = range(0, 60, height)
    moments = Moments.merged(Moments.of(values[start : start + height]) for start in starts)
    for start in starts:
        stop = min(start + height, 60)
        first, last = max(start - around.reach_rows, 0), min(stop + around.reach_rows, 60)
        core = slice(start - first, stop - first)
        part = z_scores(values[first:last], core, around.rows(slice(start, stop)), moments, np.float64)
        np.testing.assert_allclose(part, whole[start:stop], rtol=1e-9, atol=1e-9)


def test_moments_by_hand() -> None:
    parts = [Moments.of(np.array([1.0, 3.0, np.nan])), Moments.of(np.array([np.nan])), Moments.of(np.array([8.0]))]
    both = Moments.merged(parts)
    # Mean 4, deviations -3, -1, 4: 9 + 1 + 16.
    assert (both.count, both.mean, both.squares, both.lowest, both.highest) == (3, 4.0, 26.0, 1.0, 8.0)
    assert both.deviation == pytest.approx(np.sqrt(26 / 3))
    assert not Moments.merged([]).varies


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.001, 0.05, 0.2]), st.sampled_from([1.0, 1.5, 3.0]))
def test_the_threshold_finds_the_discoveries_of_a_sort(seed: int, significance: float, spread: float) -> None:
    z = np.random.default_rng(seed).normal(scale=spread, size=500).astype(np.float32)
    z[::7] = z[3]
    strength = np.abs(z)
    low, high = possible_threshold(
        Distribution.of(strength, None, least_significant(significance)), z.size, significance
    )
    between = strength[(strength >= low) & (strength < high)]
    least = threshold(between, high, (strength >= high).sum(), z.size, significance)
    adjusted = false_discovery_control(erfc(strength.astype(np.float64) / np.sqrt(2)))
    np.testing.assert_array_equal(strength >= least, adjusted < significance)
    assert between.size < 100


def test_the_threshold_by_hand() -> None:
    # p of |z| = 3, 2, 1: 0.0027, 0.0455, 0.3173; adjusted 0.0081, 0.06825, 0.3173.
    strength = np.array([1.0, 3.0, 2.0], dtype=np.float32)
    spread = Distribution.of(strength, None)
    for significance, least in ((0.05, 3.0), (0.07, 2.0), (0.5, 1.0), (0.001, np.inf)):
        low, high = possible_threshold(spread, 3, significance)
        between = strength[(strength >= low) & (strength < high)]
        assert threshold(between, high, (strength >= high).sum(), 3, significance) == least
    assert possible_threshold(Distribution.of(np.array([np.nan]), None), 0, 0.05) == (np.inf, np.inf)
