import numpy as np
import pytest
from numpy.testing import assert_allclose

from hotspots.dispersion.air import STABILITIES
from hotspots.dispersion.stability import solar_elevation_deg, stability_index


@pytest.mark.parametrize(
    ("speed_m_s", "elevation_deg", "expected"),
    [
        (0.5, 70, "A"),
        (1.6, 50, "B"),
        (2.5, 10, "D"),
        (3.0, 50, "B"),
        (5.0, 70, "C"),
        (8.0, 70, "C"),
        (8.0, 50, "D"),
        (10.0, -20, "D"),
        (1.0, -20, "F"),
        (2.5, -20, "E"),
        (4.0, -20, "D"),
        (1.5, 0, "F"),
    ],
)
def test_turners_table(speed_m_s, elevation_deg, expected):
    assert STABILITIES[int(stability_index(speed_m_s, elevation_deg))] == expected


def test_stronger_wind_is_never_further_from_neutral():
    speeds = np.linspace(0.1, 12, 60)
    for elevation in (-10, 5, 20, 50, 70):
        away = np.abs(stability_index(speeds, elevation) - 3)
        assert np.all(np.diff(away) <= 0)


def test_the_sun():
    assert_allclose(solar_elevation_deg(23.45, 172, 12.0), 90, atol=0.1)  # June solstice, on the tropic
    assert_allclose(solar_elevation_deg(0.0, 81, [6.0, 12.0, 18.0]), [0, 90, 0], atol=0.1)  # equinox, equator
    assert solar_elevation_deg(80.0, 355, 12.0) < 0  # polar night
    assert solar_elevation_deg(50.0, 100, 0.0) < 0
