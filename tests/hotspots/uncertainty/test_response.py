from __future__ import annotations

import numpy as np
import pytest

from hotspots import scoring
from hotspots.exposure import Coverage
from hotspots.uncertainty.response import response
from tests.hotspots.uncertainty.simulated import FLOOR, SHAPE, simulated

ALL = np.ones(SHAPE, dtype=bool)
ONE = {"air": np.ones(1)}


def test_without_a_change_it_is_the_published_priority() -> None:
    region = simulated(1)
    releases = np.ones(20)
    curves = response(
        {"air": region.pressure(releases)}, {"air": FLOOR}, region.people, region.people, region.zones, ALL
    )
    scores = curves.scores({"air": np.ones((16, 1))}, ONE)[:, 0]
    np.testing.assert_allclose(scores, region.priority_people(releases), rtol=0.02)


@pytest.mark.parametrize("ratio", [0.3, 0.8, 1.5, 4.0])
def test_one_zone_changed_alone_is_read_against_the_published_distribution(ratio: float) -> None:
    region = simulated(2)
    field = region.pressure(np.ones(20))
    curves = response({"air": field}, {"air": FLOOR}, region.people, region.people, region.zones, ALL)
    ratios = np.ones((16, 1))
    ratios[5] = ratio
    score = curves.scores({"air": ratios}, ONE)[5, 0]
    inside = np.zeros(SHAPE, dtype=bool)
    inside[region.zones.row[region.zones.zone == 5], region.zones.col[region.zones.zone == 5]] = True
    order = np.argsort(field, axis=None)
    at_or_below = np.searchsorted(field.ravel()[order], ratio * field[inside], side="right")
    share = np.append(0.0, np.cumsum(region.people.ravel()[order]))[at_or_below] / region.people.sum()
    expected = float((region.people[inside] * share).sum())
    assert score == pytest.approx(expected, abs=0.01 * float(region.people[inside].sum()))


def test_more_pressure_is_never_less_priority() -> None:
    region = simulated(3)
    curves = response(
        {"air": region.pressure(np.ones(20))}, {"air": FLOOR}, region.people, region.people, region.zones, ALL
    )
    scores = curves.scores({"air": np.tile(np.geomspace(0.001, 1000, 60), (16, 1))}, {"air": np.ones(60)})
    assert (np.diff(scores, axis=1) >= -1e-9).all()
    np.testing.assert_allclose(scores[:, -1], region.zones.sum(region.people), rtol=1e-9)


def test_a_dimension_that_is_not_assessed_in_a_cell_leaves_the_mean_there() -> None:
    # Two cells of 100 people each; land is known in the second one alone, where nobody is worse off.
    people = np.full((1, 2), 100.0)
    air, land = np.array([[1.0, 10.0]]), np.array([[np.nan, 1.0]])
    zones = Coverage.of_labels(np.array([[1, 2]]))
    known = np.ones((1, 2), dtype=bool)
    curves = response({"air": air, "land": land}, {"air": 0.0, "land": 0.0}, people, people, zones, known)
    assert len(curves.patterns) == 2
    unchanged = {"air": np.ones((2, 1)), "land": np.ones((2, 1))}
    even = curves.scores(unchanged, {"air": np.array([1.0]), "land": np.array([3.0])})
    np.testing.assert_allclose(even[:, 0], [50.0, 100.0], rtol=1e-9)
    # A tenth of the land pressure: the second cell keeps the air part of its mean, 1 of 4.
    less = curves.scores(unchanged | {"land": np.full((2, 1), 0.1)}, {"air": np.array([1.0]), "land": np.array([3.0])})
    np.testing.assert_allclose(less[:, 0], [50.0, 25.0], rtol=1e-9)


def test_pressures_below_de_minimis_count_nothing() -> None:
    people = np.full((1, 2), 100.0)
    field = np.array([[0.5, 10.0]])
    curves = response(
        {"air": field},
        {"air": 1.0},
        people,
        people,
        Coverage.of_labels(np.array([[1, 2]])),
        np.ones((1, 2), dtype=bool),
    )
    scores = curves.scores({"air": np.ones((2, 1))}, ONE)
    np.testing.assert_allclose(scores[:, 0], [0.0, 100.0], atol=1e-9)
    assert scoring.percentile(field, people, 1.0).tolist() == [[0.0, 100.0]]
