import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from hotspots.dispersion.air import STABILITIES
from hotspots.dispersion.wind import climatology
from hotspots.errors import InputError
from hotspots.inputs import Wind
from tests.hotspots.dispersion.climates import METHOD, grid

LAT, LON = np.array([14.0, 16.0]), np.array([105.0, 107.0])
GRID = grid()


def winds(u, v, sampling="hourly", lat=LAT, lon=LON, times=None) -> Wind:
    """Winds from series (time,) that are the same at all nodes, or from (time, lat, lon)."""
    u, v = np.asarray(u, dtype=float), np.asarray(v, dtype=float)
    if u.ndim == 1:
        u, v = (np.broadcast_to(x[:, None, None], (len(x), len(lat), len(lon))).copy() for x in (u, v))
    if times is None:
        times = pd.date_range("2020-01-01", periods=len(u), freq="h" if sampling == "hourly" else "MS")
    data = xr.Dataset(
        {"u10": (("time", "lat", "lon"), u), "v10": (("time", "lat", "lon"), v)},
        {"time": times, "lat": lat, "lon": lon},
    )
    return Wind(data, sampling, (2020, 2020))


def test_without_wind_an_assumed_isotropic_rose():
    climate = climatology(None, GRID, METHOD)
    assert climate.label == "meteorology: assumed"
    assert climate.years is None
    assert_allclose(climate.speed_m_s, [3.0])
    table = climate.at(106.0, 15.0)
    assert_allclose(table[:, 0, STABILITIES.index("D")], 1 / 16)
    assert_allclose(table.sum(), 1)


@pytest.mark.parametrize(
    ("u", "v", "sector"), [(0, -3, 0), (-3, 0, 4), (0, 3, 8), (3, 0, 12), (-3, -3, 2), (3, -3, 14)]
)
def test_sectors_are_where_the_wind_comes_from(u, v, sector):
    climate = climatology(winds([u] * 24, [v] * 24), GRID, METHOD)
    assert_allclose(climate.at(106.0, 15.0).sum(axis=(1, 2))[sector], 1)


def test_the_speed_of_a_class_is_the_harmonic_mean_of_its_samples():
    climate = climatology(winds([2.0, 3.0, 7.0, 0.1], [0.0] * 4), GRID, METHOD)
    assert_allclose(climate.speed_m_s, [1.5, 2 / (1 / 2 + 1 / 3), 4.3, 7.0, 9.5, 12.5])
    assert_allclose(climate.at(106, 15).sum(axis=(0, 2)), [0.25, 0.5, 0, 0.25, 0, 0][:6])


def test_calms_take_the_directions_of_the_lowest_class_and_are_counted():
    # From the north at 1 m/s, from the east at 1 m/s twice, from the south at 8 m/s, and four calms.
    climate = climatology(winds([0, -1, -1, 0, 0.1, 0, 0, 0], [-1, 0, 0, 8, 0, 0.2, 0, 0]), GRID, METHOD)
    assert_allclose(climate.calm_share, 0.5)
    lowest = climate.at(106, 15)[:, 0, :].sum(axis=1)
    assert_allclose(lowest[0], (1 + 4 / 3) / 8)
    assert_allclose(lowest[4], (2 + 8 / 3) / 8)
    assert_allclose(climate.frequency.sum(axis=(2, 3, 4)), 1)


def test_calms_without_a_lowest_class_take_all_directions_seen_and_else_all():
    with_wind = climatology(winds([0, 0], [-8, 0]), GRID, METHOD).at(106, 15)
    assert_allclose(with_wind[0].sum(), 1)
    all_calm = climatology(winds([0, 0], [0, 0]), GRID, METHOD)
    assert_allclose(all_calm.at(106, 15).sum(axis=(1, 2)), 1 / 16)
    assert all_calm.calm_share == 1


def test_hourly_stability_follows_the_local_sun():
    # 5 UTC is noon at 105 E, 17 UTC is midnight; 2 m/s.
    times = pd.to_datetime(["2020-03-21T05:00", "2020-03-21T17:00"])
    table = climatology(winds([2, 2], [0, 0], times=times), GRID, METHOD).at(105.0, 14.0).sum(axis=(0, 1))
    assert_allclose(table[STABILITIES.index("A")], 0.5)
    assert_allclose(table[STABILITIES.index("E")], 0.5)


def test_a_monthly_mean_stands_for_the_hours_of_a_day():
    climate = climatology(winds([-2.0] * 12, [0.0] * 12, sampling="monthly_mean"), GRID, METHOD)
    assert climate.label == "meteorology: monthly means, indicative"
    table = climate.at(106.0, 15.0)
    assert_allclose(table[4].sum(), 1)
    by_stability = table.sum(axis=(0, 1))
    assert 0.4 < by_stability[STABILITIES.index("E")] < 0.6  # the nights
    assert by_stability[STABILITIES.index("A")] > 0.1
    assert by_stability[STABILITIES.index("F")] == 0


def test_hourly_winds_name_their_years():
    assert climatology(winds([1], [0]), GRID, METHOD).label == "meteorology: hourly winds 2020–2020"


def test_bilinear_between_nodes_and_held_at_the_edges():
    u = np.zeros((1, 2, 2))
    v = np.full((1, 2, 2), -3.0)
    u[0, 0, 0], v[0, 0, 0] = -3.0, 0.0  # only the south-west node has east wind
    climate = climatology(winds(u, v), GRID, METHOD)
    east = lambda lon, lat: climate.at(lon, lat)[4].sum()  # noqa: E731
    assert_allclose([east(105, 14), east(106, 14), east(106, 15), east(105.5, 14.5)], [1, 0.5, 0.25, 0.75**2])
    assert_allclose([east(90, 0), east(105 - 360, 14), east(170, 14)], [1, 1, 0])


def test_descending_latitudes_and_0_to_360_longitudes_read_alike():
    rng = np.random.default_rng(0)
    u, v = rng.normal(size=(2, 50, 2, 2))
    plain = climatology(winds(u, v, lat=LAT, lon=LON - 110), grid(lon=-4.0), METHOD)
    turned = climatology(winds(u[:, ::-1], v[:, ::-1], lat=LAT[::-1], lon=LON + 250), grid(lon=-4.0), METHOD)
    assert_allclose(plain.at(-4.3, 14.2), turned.at(-4.3, 14.2))


def test_missing_samples_are_left_out_and_a_node_without_any_borrows():
    u = np.full((4, 2, 2), -3.0)
    u[0] = np.nan
    u[:, 1, 1] = np.nan
    climate = climatology(winds(u, np.zeros((4, 2, 2))), GRID, METHOD)
    assert_allclose(climate.frequency.sum(axis=(2, 3, 4)), 1)
    assert_allclose(climate.at(107, 16)[4].sum(), 1)


def test_winds_without_a_valid_sample_or_elsewhere_are_errors():
    with pytest.raises(InputError, match="no valid sample"):
        climatology(winds([np.nan], [np.nan]), GRID, METHOD)
    with pytest.raises(InputError, match="do not reach"):
        climatology(winds([1.0], [1.0]), grid(lon=20.0), METHOD)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(-20, 20)), min_size=1, max_size=30))
def test_frequencies_sum_to_one(samples):
    u, v = np.array(samples).T
    climate = climatology(winds(u, v), GRID, METHOD)
    assert_allclose(climate.frequency.sum(axis=(2, 3, 4)), 1)
    assert np.all(climate.speed_m_s > 0)
