"""Model and monitors, by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from hotspots.evaluation import evaluate, skill
from tests.hotspots.tables import tiny

POSITIVE = st.lists(st.tuples(st.floats(0.1, 100), st.floats(0.1, 100)), min_size=4, max_size=20)


def monitors(*rows: tuple[float, float, float, float, float]) -> gpd.GeoDataFrame:
    """Rows: value, days, coverage, column and row of the tiny grid's cell it stands in the middle of."""
    start = pd.Timestamp("2020-01-01")
    return gpd.GeoDataFrame(
        {
            "station_id": [str(number) for number in range(len(rows))],
            "pollutant": "pm25",
            "medium": "air",
            "value": [row[0] for row in rows],
            "period_start": start,
            "period_end": [start + pd.Timedelta(days=row[1] - 1) for row in rows],
            "coverage": [row[2] for row in rows],
        },
        geometry=gpd.points_from_xy([10.005 + 0.01 * row[3] for row in rows], [0.005 - 0.01 * row[4] for row in rows]),
        crs="OGC:CRS84",
    )


def evaluated(table: gpd.GeoDataFrame | None, **ambient: np.ndarray):
    return evaluate(table, ambient, tiny.GRID, tiny.POLLUTANTS)


def test_the_figures_of_four_pairs() -> None:
    """M = 1, 2, 3, 10 against O = 1, 4, 8, 4: ΣM = 16, ΣO = 17.

    NMB = -1/17. M/O = 1, 1/2, 3/8, 5/2: two of four within a factor of two. Ranks M 1 2 3 4, O 1 2.5 4 2.5: deviations
    from 2.5 are (-1.5, -0.5, 0.5, 1.5) and (-1.5, 0, 1.5, 0), so ρ = (2.25 + 0.75) / √(5 · 4.5) = 3 / √22.5.
    """
    found = skill(np.array([1.0, 2.0, 3.0, 10.0]), np.array([1.0, 4.0, 8.0, 4.0]))
    assert (found.n, found.mean_modelled, found.mean_observed) == (4, 4.0, 4.25)
    assert found.nmb == pytest.approx(-1 / 17)
    assert found.fac2 == 0.5
    assert found.spearman == pytest.approx(3 / np.sqrt(22.5))


def test_what_is_not_defined_is_nan() -> None:
    alone = skill(np.array([1.0]), np.array([2.0]))
    assert (alone.nmb, alone.fac2) == (-0.5, 1.0) and np.isnan(alone.spearman)
    flat = skill(np.full(3, 5.0), np.array([0.0, 0.0, 0.0]))
    assert np.isnan(flat.nmb) and flat.fac2 == 0.0 and np.isnan(flat.spearman)


@given(POSITIVE)
def test_the_order_of_monitors_changes_nothing_and_ranks_are_scipys(pairs) -> None:
    modelled, observed = np.array(pairs).T
    found, turned = skill(modelled, observed), skill(modelled[::-1], observed[::-1])
    assert (found.nmb, found.fac2) == pytest.approx((turned.nmb, turned.fac2))
    if np.ptp(modelled) > 0 and np.ptp(observed) > 0:
        assert found.spearman == pytest.approx(spearmanr(modelled, observed).statistic)


def test_totals_are_taken_from_the_cell_and_what_is_no_year_is_left_out() -> None:
    total = np.array([[10.0, 20.0, 30.0, np.nan], [40.0, 50.0, 60.0, 70.0]])
    table = monitors(
        (10, 366, 0.9, 0, 0),  # M 10
        (50, 366, 0.75, 2, 1),  # M 60
        (99, 366, 0.74, 1, 0),  # too little measured
        (99, 329, 1.0, 1, 0),  # shorter than a year
        (99, 366, 1.0, 3, 0),  # the cell is not assessed
        (99, 366, 1.0, 50, 0),  # outside the grid
    )
    (found,) = evaluated(table, pm25=total)
    assert (found.monitors, found.skill.n, found.skill.mean_modelled) == (6, 2, 35.0)
    assert found.skill.nmb == pytest.approx(10 / 60)
    assert "4 not comparable" in found.reason


@pytest.mark.parametrize(
    ("table", "ambient", "why"),
    [
        (monitors((10, 16, 1.0, 0, 0)), {"pm25": tiny.AIR}, "16 days against annual means"),
        (monitors((10, 366, 0.5, 0, 0)), {"pm25": tiny.AIR}, "less than 75% of the period was measured"),
        (monitors((10, 366, 1.0, 0, 0)), {}, "the model gives increments"),
        (monitors((10, 366, 1.0, 50, 0)), {"pm25": tiny.AIR}, "no total is known where they stand"),
    ],
)
def test_what_is_not_comparable_has_no_figure_and_a_reason(table, ambient, why) -> None:
    (found,) = evaluated(table, **ambient)
    assert found.skill is None
    assert found.reason.startswith("not comparable: 1 monitors of PM2.5, 2020-01-01")
    assert why in found.reason and found.reason.endswith("no skill figure")


def test_soil_is_no_monitor_of_air() -> None:
    assert evaluated(None) == ()
    assert evaluated(monitors((10, 366, 1.0, 0, 0)).assign(medium="soil"), pm25=tiny.AIR) == ()
