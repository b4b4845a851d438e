"""Pasquill stability from wind speed and the height of the sun: Turner's method.

Source: US EPA, *Meteorological Monitoring Guidance for Regulatory Modeling Applications*, EPA-454/R-99-005 (2000),
section 6.4.1 (Turner 1964). There is no cloud input: cloud cover is taken as 5/10 at all times, for which the table
uses the clear-sky insolation class by day and net radiation index -1 by night.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

ASSUMPTION: Final = "Stability by Turner's method with cloud cover taken as 5/10 at all times."

# Upper bounds of Turner's speed rows: his table is in steps of 0.5 m/s, so the limits lie half a step above.
_SPEED_BOUNDS_M_S: Final = np.array([0.75, 1.75, 2.75, 3.25, 3.75, 4.75, 5.25, 5.75])
_ELEVATION_BOUNDS_DEG: Final = np.array([0.0, 15.0, 35.0, 60.0])
# Rows: speed; columns: night, then insolation class 1 to 4. 0 is A, 5 is F (Turner's G counts as F).
_CLASSES: Final = np.array(
    [
        [5, 2, 1, 0, 0],
        [5, 2, 1, 1, 0],
        [4, 3, 2, 1, 0],
        [4, 3, 2, 1, 1],
        [3, 3, 2, 1, 1],
        [3, 3, 2, 2, 1],
        [3, 3, 3, 2, 2],
        [3, 3, 3, 2, 2],
        [3, 3, 3, 3, 2],
    ]
)


def stability_index(speed_m_s: npt.ArrayLike, elevation_deg: npt.ArrayLike) -> IntArray:
    """Index of the stability class (0 is A, 5 is F) for 10 m wind speed and solar elevation, broadcasting."""
    speed, elevation = np.broadcast_arrays(speed_m_s, elevation_deg)
    row = np.searchsorted(_SPEED_BOUNDS_M_S, speed, side="right")
    column = np.searchsorted(_ELEVATION_BOUNDS_DEG, elevation)
    return np.asarray(_CLASSES[row, column], dtype=np.int64)


def solar_elevation_deg(lat: npt.ArrayLike, day_of_year: npt.ArrayLike, solar_hour: npt.ArrayLike) -> FloatArray:
    """Elevation of the sun in degrees, broadcasting.

    Declination after Cooper (1969), 23.45° sin(360° (284 + n) / 365); the equation of time (at most 16 minutes) is
    left out.

    Parameters
    ----------
    solar_hour:
        Local mean solar time: 12 is noon.
    """
    declination = np.radians(23.45) * np.sin(2 * np.pi * (284 + np.asarray(day_of_year)) / 365)
    hour_angle = np.radians(15.0) * (np.asarray(solar_hour) - 12.0)
    phi = np.radians(lat)
    sine = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(hour_angle)
    return np.asarray(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))))
