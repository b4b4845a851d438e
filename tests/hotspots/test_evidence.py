from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hotspots.evidence import COMBINED, de_minimis, gather
from hotspots.inputs import Inputs
from hotspots.pollutants import Pollutant
from hotspots.pressures import Pressures
from hotspots.region import Background
from tests import miniature
from tests.hotspots.tables import tiny

METHOD = replace(miniature.METHOD, hotspots=replace(miniature.METHOD.hotspots, gi_radius_m=1_000))


def seen(inputs: Inputs | None = None, pressures: Pressures | None = None, method=METHOD):
    return gather(
        inputs or tiny.inputs(), method, pressures or tiny.pressures(), ~np.isnan(tiny.PEOPLE), tiny.NO_VULNERABILITY
    )


def top_share(air: np.ndarray, percentile: float) -> list[tuple[int, int]]:
    """The high-priority cells where air alone counts."""
    method = replace(METHOD, hotspots=replace(METHOD.hotspots, high_priority_percentile=percentile))
    alone = replace(tiny.pressures(), by_dimension={"air": air})
    return [(int(row), int(col)) for row, col in np.argwhere(seen(pressures=alone, method=method).high_priority)]


def test_percentiles_are_shares_of_the_people_above_de_minimis() -> None:
    # Air 0 in a cell nobody lives in; of 1 000 people 300 live at 0.5, 500 at 1 or less, 800 at 2 or less ... by cell:
    # 300 at 0.5, 100 + 400 at 1.0, 200 at 2.0.
    air = seen().percentiles["air"]
    np.testing.assert_allclose(air, [[80.0, 100.0, 100.0, np.nan], [0.0, 30.0, 80.0, 80.0]])
    # Land reaches one cell with 400 people: the others score 0 and leave the denominator.
    np.testing.assert_allclose(seen().percentiles["land"], [[0, 0, 0, np.nan], [0, 0, 100.0, 0]])


def test_burden_is_the_mean_of_the_dimensions() -> None:
    np.testing.assert_allclose(seen().burden, [[4.0, 5.0, 5.0, np.nan], [0.0, 1.5, 9.0, 4.0]])
    np.testing.assert_allclose(seen().priority, 10 * seen().burden)


def test_de_minimis_is_a_share_of_the_guideline_where_there_is_one() -> None:
    assert de_minimis("air", 0.01) == 0.01
    assert 0 < de_minimis("land", 0.01) < 1e-300
    few = replace(tiny.pressures(), by_dimension={"land": tiny.LAND * 1e-4})
    np.testing.assert_allclose(seen(pressures=few).percentiles["land"][1, 2], 100.0)
    faint = replace(tiny.pressures(), by_dimension={"air": tiny.AIR * 0.006})
    np.testing.assert_allclose(seen(pressures=faint).percentiles["air"], [[0, 100, 100, np.nan], [0, 0, 0, 0]])


def test_noise_in_the_last_digits_orders_nothing() -> None:
    noisy = replace(tiny.pressures(), by_dimension={"air": tiny.AIR * (1 + 1e-13 * np.arange(8).reshape(2, 4))})
    np.testing.assert_array_equal(seen(pressures=noisy).percentiles["air"], seen().percentiles["air"])


@pytest.mark.parametrize(
    ("percentile", "cells"),
    [(90.0, [(0, 1)]), (80.0, [(0, 0), (0, 1), (1, 2)]), (30.0, [(0, 0), (0, 1), (1, 2)])],
)
def test_high_priority_is_at_or_above_the_people_weighted_percentile(percentile: float, cells) -> None:
    assert top_share(tiny.AIR, percentile) == cells


def test_where_all_are_alike_none_is_high_priority() -> None:
    assert top_share(np.full(tiny.GRID.shape, 3.0), 90.0) == []
    assert top_share(np.zeros(tiny.GRID.shape), 90.0) == []


def test_only_populated_cells_enter_clustering() -> None:
    z = seen().clustering[COMBINED].z
    np.testing.assert_array_equal(~np.isnan(z), np.nan_to_num(tiny.PEOPLE) > 0)
    x = np.array([400.0, 1000.0, 450.0, 3600.0])  # people × burden of the four
    np.testing.assert_allclose(z[1, 2], (x[3] - x.mean()) / x.std(), rtol=1e-12)  # no neighbour within 1 km
    assert not seen().clustered[COMBINED][np.isnan(z)].any()


def with_background(value: float, pollutants: dict[str, Pollutant] | None = None) -> Inputs:
    inputs = tiny.inputs()
    region = replace(inputs.region, backgrounds=(Background("pm25", value, 2020, "test"),))
    return replace(inputs, region=region, pollutants=pollutants or inputs.pollutants)


def test_exceedance_is_of_background_and_increment_where_people_live() -> None:
    # Increments of PM2.5 are 5, 10, 15, - / 0, 2.5, 5, 5; interim target 1 is 35.
    found = seen(with_background(28.0))
    np.testing.assert_allclose(found.ambient["pm25"], [[33, 38, 43, np.nan], [28, 30.5, 33, 33]])
    assert found.exceeds["air"].tolist() == [[False, True, False, False], [False, False, False, False]]
    assert found.exceeds[COMBINED].tolist() == found.exceeds["air"].tolist()
    assert seen().exceeds == {}
    at_the_level = seen(with_background(25.0))
    assert not at_the_level.exceeds["air"].any()


def test_annual_means_are_not_compared_with_a_daily_level() -> None:
    daily = replace(miniature.level(35), statistic="24 h mean")
    pm25 = replace(tiny.POLLUTANTS["pm25"], interim_targets=(daily,))
    assert seen(with_background(90.0, {**tiny.POLLUTANTS, "pm25": pm25})).exceeds == {}
    assert replace(pm25, guideline=daily).score_weight == 0.0
    assert pm25.score_weight == pytest.approx(0.2)
