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


def test_a_joint_frequency_table_by_hand():
    # 0° N 0° E on 21 March: the sun stands in the zenith at 12 UTC (class 4 of insolation) and 0 UTC is night.
    # Turner's rows at 1, 2 and 6 m/s: at noon A, A, C; at night F, E, D.
    samples = [  # hour, u, v: sector, speed class, stability
        (12, 2.0, 0.0),  # from the west, 1.54-3.09 m/s, A
        (0, 2.0, 0.0),  # the same, E
        (12, -6.0, 0.0),  # from the east, 5.14-8.23 m/s, C
        (0, -6.0, 0.0),  # the same, D
        (12, 0.0, -1.0),  # from the north, below 1.54 m/s, A
        (0, 0.1, 0.2),  # calm at night, F: takes the directions of the lowest class, all from the north
    ]
    times = pd.to_datetime([f"2020-03-21T{hour:02d}:00" for hour, _, _ in samples])
    _, u, v = zip(*samples, strict=True)
    node = winds(u, v, times=times, lat=np.zeros(1), lon=np.zeros(1))
    climate = climatology(node, grid(lon=0.0, lat=0.0), METHOD)
    expected = np.zeros((16, 6, 6))
    for sector, speed_class, stability in (
        (12, 1, "A"),
        (12, 1, "E"),
        (4, 3, "C"),
        (4, 3, "D"),
        (0, 0, "A"),
        (0, 0, "F"),
    ):
        expected[sector, speed_class, STABILITIES.index(stability)] = 1 / 6
    assert_allclose(climate.frequency[0, 0], expected, atol=1e-15)
    assert_allclose(climate.frequency.sum(), 1, rtol=1e-14)
    assert_allclose(climate.calm_share, 1 / 6)
    # The speed of a class is that of its samples without calms: 1, 2 and 6 m/s.
    assert_allclose(climate.speed_m_s[[0, 1, 3]], [1, 2, 6])


def test_a_year_of_hours_at_several_nodes_sums_to_one_at_each():
    rng = np.random.default_rng(5)
    u, v = rng.normal(0, 4, size=(2, 8760, 3, 4))
    lat, lon = np.array([14.0, 15.0, 16.0]), np.array([105.0, 106.0, 107.0, 108.0])
    climate = climatology(winds(u, v, lat=lat, lon=lon), GRID, METHOD)
    assert_allclose(climate.frequency.sum(axis=(2, 3, 4)), 1, rtol=1e-12)
    assert climate.enough is None
    calm = np.hypot(u, v) < 0.5
    assert_allclose(climate.calm_share, calm.mean(), rtol=1e-12)


def test_missing_samples_are_left_out_and_a_node_with_too_few_is_not_assessed():
    u = np.full((8, 2, 2), -3.0)
    u[0] = np.nan  # 7 of 8 are enough
    u[:3, 1, 1] = np.inf  # 5 of 8 at 16° N 107° E are not
    climate = climatology(winds(u, np.zeros((8, 2, 2))), GRID, METHOD)
    assert climate.enough.tolist() == [[True, True], [True, False]]
    assert_allclose(climate.frequency.sum(axis=(2, 3, 4)), 1)
    assert_allclose(climate.at(107, 16)[4].sum(), 1)  # what is released there has the wind of the nearest node
    known = climate.assessed_cells(grid(lon=106.0, lat=15.0, cell=0.5, shape=(7, 7)))
    # Between the four nodes the one without winds has a share; west and south of them it has none.
    lat, lon = 16.5 - 0.5 * np.arange(7), 104.5 + 0.5 * np.arange(7)
    assert np.array_equal(known, ~((lat > 14.0)[:, None] & (lon > 105.0)[None, :]))


def test_winds_without_a_valid_sample_or_elsewhere_are_errors():
    with pytest.raises(InputError, match="no point of the winds"):
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
