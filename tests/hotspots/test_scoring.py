from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hotspots import scoring
from hotspots.errors import MethodError


def test_percentile_by_hand() -> None:
    values = np.array([0.005, 0.5, 0.5, 2.0, np.nan, 3.0])
    people = np.array([1000.0, 10, 20, 30, 50, 40])
    # 1000 people are below the floor; of the other 100, 30 live at 0.5 or less, 60 at 2 or less.
    np.testing.assert_allclose(scoring.percentile(values, people, 0.01), [0, 30, 30, 60, np.nan, 100])


def test_percentile_without_people_is_not_assessed() -> None:
    np.testing.assert_array_equal(scoring.percentile([0.0, 5.0], [10.0, 0.0], 0.01), [0, np.nan])
    np.testing.assert_array_equal(scoring.percentile([1.0, 5.0], [10.0, np.nan], 0.01), [100, 100])
    np.testing.assert_array_equal(scoring.percentile([0.0, np.nan], [1.0, 1.0], 0.01), [0, np.nan])


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(float, (4, 5), elements=st.floats(0, 10)), st.randoms(use_true_random=False))
def test_percentile_is_the_share_of_people_by_definition(values: np.ndarray, random) -> None:
    people = np.array([random.randint(1, 9) for _ in range(20)], float).reshape(4, 5)
    result = scoring.percentile(values, people, 1.0)
    counted = values >= 1
    for index in np.ndindex(values.shape):
        expected = 0.0
        if counted[index]:
            expected = 100 * people[counted & (values <= values[index])].sum() / people[counted].sum()
        assert result[index] == pytest.approx(expected)


def test_burden_is_the_weighted_mean_and_sums_from_its_parts() -> None:
    percentiles = {"air": np.array([90.0, 50, np.nan, np.nan]), "land": np.array([30.0, np.nan, 20, np.nan])}
    weights = {"air": 1.0, "land": 0.5, "marine": 1.0}
    result = scoring.burden(percentiles, weights)
    np.testing.assert_allclose(result, [(90 + 15) / 1.5 / 10, 5, 2, np.nan])
    parts = scoring.burden_parts(percentiles, weights)
    np.testing.assert_allclose(np.nansum([parts["air"], parts["land"]], axis=0)[:3], result[:3], rtol=1e-15)
    assert np.isnan(parts["land"][1])


def test_burden_needs_dimensions_and_weights() -> None:
    with pytest.raises(MethodError, match="no dimension"):
        scoring.burden({}, {})
    with pytest.raises(MethodError, match="land"):
        scoring.burden({"land": np.zeros(2)}, {"air": 1.0})


@pytest.mark.parametrize(("rule", "expected"), [("product", 18.0), ("sum", 5 * 11.0), ("geometric", 10 * 18**0.5)])
def test_priority(rule, expected: float) -> None:
    burden, vulnerability = np.array([9.0, 10.0, np.nan]), np.array([2.0, 10.0, 1.0])
    np.testing.assert_allclose(scoring.priority(burden, vulnerability, rule), [expected, 100, np.nan])
    np.testing.assert_array_equal(scoring.priority(burden, None, rule), [90, 100, np.nan])
