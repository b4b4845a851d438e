"""Dispersion coefficients and one term of the sector-averaged Gaussian plume.

Sources: US EPA, *User's Guide for the Industrial Source Complex (ISC3) Dispersion Models*, volume II,
EPA-454/B-95-003b (1995): tables 1-1 and 1-2 (rural, Pasquill–Gifford), 1-3 and 1-4 (urban, Briggs after
McElroy–Pooler), equation 1-1 (wind profile), section 1.2 (the long-term model).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from hotspots.errors import MethodError
from hotspots.method import Terrain

FloatArray = npt.NDArray[np.float64]

STABILITIES: Final = "ABCDEF"
MAX_SIGMA_Z_M: Final = 5000.0
# Beyond this many lids the layer is well mixed (ISC3); so many images on each side leave out less than 1e-6 until then.
_WELL_MIXED: Final = 1.6
_IMAGES: Final = 5

# c, d of table 1-1.
_RURAL_Y: Final = {
    "A": (24.1670, 2.5334),
    "B": (18.3330, 1.8096),
    "C": (12.5000, 1.0857),
    "D": (8.3330, 0.72382),
    "E": (6.2500, 0.54287),
    "F": (4.1667, 0.36191),
}
# Table 1-2: (up to x in km, a, b), sigma_z = a x^b. Class A beyond 3.11 km is MAX_SIGMA_Z_M.
_RURAL_Z: Final = {
    "A": (
        (0.10, 122.800, 0.94470),
        (0.15, 158.080, 1.05420),
        (0.20, 170.220, 1.09320),
        (0.25, 179.520, 1.12620),
        (0.30, 217.410, 1.26440),
        (0.40, 258.890, 1.40940),
        (0.50, 346.750, 1.72830),
        (3.11, 453.850, 2.11660),
        (np.inf, MAX_SIGMA_Z_M, 0.0),
    ),
    "B": ((0.20, 90.673, 0.93198), (0.40, 98.483, 0.98332), (np.inf, 109.300, 1.09710)),
    "C": ((np.inf, 61.141, 0.91465),),
    "D": (
        (0.30, 34.459, 0.86974),
        (1.00, 32.093, 0.81066),
        (3.00, 32.093, 0.64403),
        (10.00, 33.504, 0.60486),
        (30.00, 36.650, 0.56589),
        (np.inf, 44.053, 0.51179),
    ),
    "E": (
        (0.10, 24.260, 0.83660),
        (0.30, 23.331, 0.81956),
        (1.00, 21.628, 0.75660),
        (2.00, 21.628, 0.63077),
        (4.00, 22.534, 0.57154),
        (10.00, 24.703, 0.50527),
        (20.00, 26.970, 0.46713),
        (40.00, 35.420, 0.37615),
        (np.inf, 47.618, 0.29592),
    ),
    "F": (
        (0.20, 15.209, 0.81558),
        (0.70, 14.457, 0.78407),
        (1.00, 13.953, 0.68465),
        (2.00, 13.953, 0.63227),
        (3.00, 14.823, 0.54503),
        (7.00, 16.187, 0.46490),
        (15.00, 17.836, 0.41507),
        (30.00, 22.651, 0.32681),
        (60.00, 27.074, 0.27436),
        (np.inf, 34.219, 0.21716),
    ),
}
# Tables 1-3 and 1-4: sigma = a x (1 + b x)^c, x in metres.
_URBAN_Y: Final = {
    "A": (0.32, 0.0004, -0.5),
    "B": (0.32, 0.0004, -0.5),
    "C": (0.22, 0.0004, -0.5),
    "D": (0.16, 0.0004, -0.5),
    "E": (0.11, 0.0004, -0.5),
    "F": (0.11, 0.0004, -0.5),
}
_URBAN_Z: Final = {
    "A": (0.24, 0.001, 0.5),
    "B": (0.24, 0.001, 0.5),
    "C": (0.20, 0.0, 0.0),
    "D": (0.14, 0.0003, -0.5),
    "E": (0.08, 0.0015, -0.5),
    "F": (0.08, 0.0015, -0.5),
}
_PROFILE_EXPONENT: Final[dict[str, dict[str, float]]] = {
    "rural": {"A": 0.07, "B": 0.07, "C": 0.10, "D": 0.15, "E": 0.35, "F": 0.55},
    "urban": {"A": 0.15, "B": 0.15, "C": 0.20, "D": 0.25, "E": 0.30, "F": 0.30},
}


def sigma_y(distance_m: npt.ArrayLike, stability: str, terrain: Terrain = "rural") -> FloatArray:
    """Lateral dispersion coefficient in metres (ISC3 tables 1-1 and 1-3), of the shape of ``distance_m``.

    Raises
    ------
    MethodError
        For a stability class, terrain or distance that the tables do not hold.
    """
    x_m = _checked(distance_m, stability, terrain)
    if terrain == "urban":
        return _briggs(x_m, _URBAN_Y[stability])
    c, d = _RURAL_Y[stability]
    x_km = np.maximum(x_m, 1e-3) / 1000  # the logarithm needs x > 0; below 1 m the spread is taken as linear
    angle = 0.017453293 * (c - d * np.log(x_km))
    return np.asarray(465.11628 * x_m / 1000 * np.tan(angle))


def sigma_z(distance_m: npt.ArrayLike, stability: str, terrain: Terrain = "rural") -> FloatArray:
    """Vertical dispersion coefficient in metres, at most 5 000 (ISC3 tables 1-2 and 1-4); shape of ``distance_m``.

    Raises
    ------
    MethodError
        For a stability class, terrain or distance that the tables do not hold.
    """
    x_m = _checked(distance_m, stability, terrain)
    if terrain == "urban":
        return np.minimum(_briggs(x_m, _URBAN_Z[stability]), MAX_SIGMA_Z_M)
    limits_km, a, b = np.array(_RURAL_Z[stability]).T
    x_km = x_m / 1000
    row = np.searchsorted(limits_km, x_km)
    return np.asarray(np.minimum(a[row] * x_km ** b[row], MAX_SIGMA_Z_M))


def vertical_term(
    sigma_z_m: npt.ArrayLike,
    effective_height_m: npt.ArrayLike,
    receptor_height_m: npt.ArrayLike = 0.0,
    mixing_height_m: float = np.inf,
) -> FloatArray:
    """V of the plume equation, broadcasting: the plume and its reflections at the ground and under the mixing lid.

    ISC3 section 1.1.6.1: with a lid at z_i the images at 2 i z_i ± h are added; from σ_z = 1.6 z_i on the layer is well
    mixed and V = √(2π) σ_z / z_i. Nothing passes the lid: V is 0 above it, and below it for a plume with h > z_i.
    """
    spread, h, z = (np.asarray(value, dtype=np.float64) for value in (sigma_z_m, effective_height_m, receptor_height_m))
    direct = np.exp(-(((z - h) / spread) ** 2) / 2) + np.exp(-(((z + h) / spread) ** 2) / 2)
    if np.isinf(mixing_height_m):
        return np.asarray(direct)
    images = sum(
        np.exp(-(((z + sign * h + 2 * count * mixing_height_m) / spread) ** 2) / 2)
        for count in (*range(-_IMAGES, 0), *range(1, _IMAGES + 1))
        for sign in (-1, 1)
    )
    mixed = np.sqrt(2 * np.pi) * spread / mixing_height_m
    below = np.where(spread < _WELL_MIXED * mixing_height_m, direct + images, mixed)
    return np.where((h > mixing_height_m) | (z > mixing_height_m), 0.0, below)


def profile_exponent(stability: str, terrain: Terrain = "rural") -> float:
    """Exponent of the power law for wind speed with height (ISC3 defaults)."""
    _check_names(stability, terrain)
    return _PROFILE_EXPONENT[terrain][stability]


def sector_concentration(
    distance_m: npt.ArrayLike,
    release_g_s: npt.ArrayLike,
    effective_height_m: npt.ArrayLike,
    wind_speed_m_s: npt.ArrayLike,
    stability: str,
    sector_frequency: npt.ArrayLike,
    terrain: Terrain = "rural",
    sectors: int = 16,
    mixing_height_m: float = np.inf,
) -> FloatArray:
    """Long-term ground-level concentration in µg/m³ that one wind-speed and stability class adds.

    One term of the ISC long-term sum, sector-averaged, without decay::

        chi = 1e6 f Q V / (sqrt(2 pi) x dtheta u_s sigma_z),   dtheta = 2 pi / sectors,   V as in ``vertical_term``

    Parameters
    ----------
    distance_m:
        Distance from source to receptor, > 0. All numeric arguments broadcast.
    effective_height_m:
        Stack height plus plume rise.
    wind_speed_m_s:
        Wind speed at the height of release, > 0.
    sector_frequency:
        Share of time in which the wind blows towards the receptor's sector in this class.
    mixing_height_m:
        Height of the lid, > 0; infinite for none.

    Raises
    ------
    MethodError
        For an unknown stability or terrain, a distance or wind speed that is not positive, a negative release, a
        frequency outside 0 to 1, no sectors, or a lid that is not above the ground.
    """
    x_m, speed = np.asarray(distance_m, dtype=np.float64), np.asarray(wind_speed_m_s, dtype=np.float64)
    if np.any(x_m <= 0):
        raise MethodError(
            "the plume is not defined at the source itself.", field="distance_m", remedy="Give distances above 0 m."
        )
    if np.any(speed <= 0):
        raise MethodError(
            "the plume needs wind.", field="wind_speed_m_s", remedy="Give a speed above 0, for calms 1 m/s."
        )
    release, frequency = np.asarray(release_g_s, dtype=np.float64), np.asarray(sector_frequency, dtype=np.float64)
    if np.any(release < 0):
        raise MethodError("a release is not negative.", field="release_g_s", remedy="Give 0 or more.")
    if np.any((frequency < 0) | (frequency > 1)):
        raise MethodError("a frequency is a share of time.", field="sector_frequency", remedy="Give 0 to 1.")
    if sectors < 1:
        raise MethodError("a wind rose has sectors.", field="sectors", remedy="Give 1 or more, usually 16.")
    if not mixing_height_m > 0:
        raise MethodError("a lid is above the ground.", field="mixing_height_m", remedy="Give metres above 0.")
    spread_m = sigma_z(x_m, stability, terrain)
    vertical = vertical_term(spread_m, effective_height_m, 0.0, mixing_height_m)
    mass_ug_s = 1e6 * release * frequency
    sector_rad = 2.0 * np.pi / sectors
    return np.asarray(mass_ug_s * vertical / (np.sqrt(2.0 * np.pi) * x_m * sector_rad * speed * spread_m))


def _briggs(x_m: FloatArray, coefficients: tuple[float, float, float]) -> FloatArray:
    a, b, c = coefficients
    return np.asarray(a * x_m * (1.0 + b * x_m) ** c)


def _checked(distance_m: npt.ArrayLike, stability: str, terrain: str) -> FloatArray:
    _check_names(stability, terrain)
    x_m = np.asarray(distance_m, dtype=np.float64)
    if not np.all(x_m >= 0):
        raise MethodError(
            "a distance is negative or not a number.", field="distance_m", remedy="Give distances of 0 m or more."
        )
    return x_m


def _check_names(stability: str, terrain: str) -> None:
    if stability not in _RURAL_Y:
        raise MethodError(
            f"{stability!r} is not a Pasquill stability class.",
            field="stability",
            remedy="Use one of A, B, C, D, E, F.",
        )
    if terrain not in _PROFILE_EXPONENT:
        raise MethodError(f"{terrain!r} is not a terrain.", field="terrain", remedy="Use rural or urban.")
