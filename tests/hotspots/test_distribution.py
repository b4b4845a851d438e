from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hotspots.distribution import Distribution, lower_edges

VALUES = np.array([0.005, 0.5, 0.5, 2.0, np.nan, 3.0])
PEOPLE = np.array([1000.0, 10, 20, 30, 50, 40])


def test_by_hand() -> None:
    spread = Distribution.of(VALUES, PEOPLE, floor=0.01)
    # 10 + 20 people at 0.5, 30 at 2, 40 at 3; 1 000 are below the floor and 50 have no value.
    assert spread.total == 100
    np.testing.assert_allclose(spread.percentiles(VALUES, 0.01), [0, 30, 30, 60, np.nan, 100])
    assert [spread.quantile(share) for share in (0.3, 0.31, 0.6, 1.0)] == [0.5, 2.0, 2.0, 3.0]
    assert 0.5 < spread.above_lowest < 0.50002


def test_what_was_not_counted_is_placed_between_what_was() -> None:
    spread = Distribution.of(VALUES, PEOPLE, floor=0.01)
    np.testing.assert_allclose(spread.percentiles(np.array([0.4, 1.0, 9.0]), 0.01), [0, 30, 100])


def test_nothing_and_nobody_have_no_distribution() -> None:
    for empty in (Distribution.of(np.array([np.nan]), None), Distribution.merged([])):
        assert empty.total == 0
        assert np.isnan([empty.quantile(0.5), empty.above_lowest]).all()
        np.testing.assert_array_equal(empty.percentiles(np.array([1.0, np.nan, 0.1]), 0.5), [np.nan, np.nan, 0])
    nobody = Distribution.of(np.array([1.0, 2.0]), np.array([np.nan, 0.0]))
    assert np.isnan([nobody.quantile(0.5), nobody.above_lowest]).all()


def test_values_are_told_apart_by_sixteen_binary_digits() -> None:
    step = 2.0**-15
    close = Distribution.of(np.array([1.0, 1.0 + step / 2, 1.0 + step]), None)
    np.testing.assert_allclose(close.percentiles(np.array([1.0, 1.0 + step]), 0.0), [200 / 3, 100])
    assert lower_edges(close.bins[np.flatnonzero(close.weight)[0]]) == 1.0
    assert close.weight.shape == (1, 4096)  # no room between 0 and 1
    assert close.at_or_above(1.0 + step) == 1


def test_equals_a_sort_to_the_stated_resolution() -> None:
    rng = np.random.default_rng(5)
    values, people = rng.lognormal(sigma=2, size=300_000).astype(np.float32), rng.gamma(0.3, 50, 300_000)
    order = np.argsort(values)
    exact = np.empty(values.size)
    exact[order] = 100 * np.cumsum(people[order]) / people.sum()
    ours = Distribution.of(values, people).percentiles(values.astype(np.float64), 0.0)
    # Three in 100 000 of the value: of people spread over many values about 0.01 of a percentile.
    np.testing.assert_allclose(ours, exact, atol=0.02)
    assert (ours >= exact - 1e-9).all()


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.float32, (6, 5), elements=st.floats(0, 100, width=32) | st.just(np.nan)), st.integers(0, 6))
def test_blocks_merge_into_the_whole(values: np.ndarray, cut: int) -> None:
    people = np.arange(30.0).reshape(6, 5)
    whole = Distribution.of(values, people, 0.5)
    parts = [Distribution.of(values[rows], people[rows], 0.5) for rows in (slice(0, cut), slice(cut, 6))]
    merged = Distribution.merged(parts)
    assert merged.total == pytest.approx(whole.total)
    np.testing.assert_allclose(merged.percentiles(values, 0.5), whole.percentiles(values, 0.5), rtol=1e-6)
