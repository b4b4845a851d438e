"""The plume of one source as a function of distance and direction, and its averages over cells.

The concentration of a kg/yr is tabulated once per source or node, by wind sector and logarithmic distance, and read
off by interpolation wherever a cell lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from hotspots.dispersion.air import STABILITIES, profile_exponent, sigma_z, vertical_term
from hotspots.dispersion.rise import Stack, effective_height_m
from hotspots.method import AirMethod, Terrain

FloatArray = npt.NDArray[np.float64]

KG_YR_PER_G_S: Final = 31_557.6
ANEMOMETER_HEIGHT_M: Final = 10.0
MIN_WIND_SPEED_M_S: Final = 1.0
# The formula has 1/x: as in ISC, nothing is computed nearer than 1 m.
CORE_M: Final = 1.0
_DISTANCES: Final = 1024
_DIRECTIONS: Final = 180


@dataclass(frozen=True)
class Release:
    """What a radial table is made for.

    ``height_m`` is where the wind is taken: the effective height, or the top of the ``stack`` whose gas is known, over
    which the plume rises by as much as each class of wind and stability lets it.
    """

    frequency: FloatArray
    """(sector_from, speed_class, stability)."""
    speed_m_s: FloatArray
    """10 m wind speed of each speed class."""
    height_m: float
    half_life_s: float | None
    terrain: Terrain
    stack: Stack | None = None


@dataclass(frozen=True)
class RadialTable:
    """Concentration around a source that releases 1 kg/yr.

    Attributes
    ----------
    concentration:
        µg/m³ at ground level, (sector_from, distance); the plume goes the other way than the wind comes from.
    integral:
        ∫ concentration · x dx from the core to the distance, (sector_from, distance), µg/m.
    radius_m:
        Reach; beyond it there is nothing.
    """

    concentration: FloatArray
    integral: FloatArray
    radius_m: float

    def at(self, values: FloatArray, distance_m: FloatArray, bearing_deg: FloatArray) -> FloatArray:
        """One of the tables at distances and bearings from source to receptor: linear in sector and log distance."""
        sectors, count = values.shape
        turn = np.mod(bearing_deg + 180.0, 360.0) * (sectors / 360.0)
        lower = turn.astype(np.int64)
        sector_weight = turn - lower
        lower %= sectors
        upper = (lower + 1) % sectors
        position = np.log(np.maximum(distance_m, CORE_M) / CORE_M) / self._log_step
        index = np.minimum(position.astype(np.int64), count - 2)
        distance_weight = np.minimum(position - index, 1.0)
        flat = values.ravel()
        start, end = lower * count + index, upper * count + index
        near = flat[start] + sector_weight * (flat[end] - flat[start])
        far = flat[start + 1] + sector_weight * (flat[end + 1] - flat[start + 1])
        return np.asarray(near + distance_weight * (far - near))

    @property
    def _log_step(self) -> float:
        return float(np.log(self.radius_m / CORE_M) / (self.concentration.shape[1] - 1))


def radial_table(release: Release, method: AirMethod) -> RadialTable:
    """Tabulate the sum over speed and stability classes of the ISCLT3 term (see docs/method-dispersion.md).

    The wind is taken at the release's height by the power law (below 10 m at 10 m) and is at least 1 m/s. The lid of
    each stability class is the method's.
    """
    x_m = np.geomspace(CORE_M, method.radius_m, _DISTANCES)
    height_m = max(release.height_m, ANEMOMETER_HEIGHT_M)
    sectors, speeds, _ = release.frequency.shape
    sector_rad = 2 * np.pi / sectors
    lids_m = dict(method.mixing_height_m)
    per_class = np.empty((speeds, len(STABILITIES), _DISTANCES))
    for index, stability in enumerate(STABILITIES):
        spread_m = sigma_z(x_m, stability, release.terrain)
        lift = (height_m / ANEMOMETER_HEIGHT_M) ** profile_exponent(stability, release.terrain)
        speed = np.maximum(release.speed_m_s * lift, MIN_WIND_SPEED_M_S)[:, None]
        axis_m: FloatArray | float = release.height_m
        if release.stack is not None:
            axis_m = effective_height_m(release.stack, speed, stability, method.ambient_temperature_k)
        vertical = vertical_term(spread_m, axis_m, 0.0, lids_m.get(stability, np.inf))
        per_class[:, index] = vertical / (np.sqrt(2 * np.pi) * x_m * sector_rad * spread_m) / speed
        if release.half_life_s is not None:
            per_class[:, index] *= np.exp(-np.log(2.0) / release.half_life_s * x_m / speed)
    ug_s = 1e6 / KG_YR_PER_G_S
    concentration = ug_s * (release.frequency.reshape(sectors, -1) @ per_class.reshape(-1, _DISTANCES))
    mass = concentration * x_m**2
    steps = (mass[:, 1:] + mass[:, :-1]) / 2 * np.log(x_m[1] / x_m[0])
    integral = np.concatenate([np.zeros((sectors, 1)), np.cumsum(steps, axis=1)], axis=1)
    return RadialTable(concentration, integral, method.radius_m)


def cell_centres(table: RadialTable, east_m: FloatArray, north_m: FloatArray, north_deg: float) -> FloatArray:
    """µg/m³ per kg/yr at cell centres, 0 beyond the radius.

    Parameters
    ----------
    east_m, north_m:
        Offsets of the centres from the source along the grid's axes.
    north_deg:
        True bearing of the grid's up direction.
    """
    distance_m = np.hypot(east_m, north_m)
    bearing_deg = np.degrees(np.arctan2(east_m, north_m)) + north_deg
    values = table.at(table.concentration, distance_m, bearing_deg)
    return np.where(distance_m <= table.radius_m, values, 0.0)


def near_averages(
    table: RadialTable, east_m: FloatArray, north_m: FloatArray, width_m: float, height_m: float, north_deg: float
) -> FloatArray:
    """Cell averages of the 3 × 3 cells around a source, (3, 3), µg/m³ per kg/yr.

    In polar coordinates around the source the average is a sum over directions of the tabulated integral of
    concentration · x between where the ray enters and leaves the cell, so that 1/x does no harm and the mass is kept.

    Parameters
    ----------
    east_m, north_m:
        Positions of the source relative to the centre of its cell, (n,); the result is the mean over them.
    """
    angle_deg = (np.arange(_DIRECTIONS) + 0.5) * 360.0 / _DIRECTIONS
    bearing = np.broadcast_to(angle_deg + north_deg, (3, 3, len(east_m), _DIRECTIONS))
    steps = np.array([-1.0, 0.0, 1.0])
    enters_x, leaves_x = _crossing(steps * width_m, width_m, east_m, np.sin(np.radians(angle_deg)))
    enters_y, leaves_y = _crossing(-steps * height_m, height_m, north_m, np.cos(np.radians(angle_deg)))
    enters = np.maximum(np.maximum(enters_x[None], enters_y[:, None]), 0.0)
    leaves = np.minimum(np.minimum(leaves_x[None], leaves_y[:, None]), table.radius_m)
    leaves = np.maximum(leaves, enters)
    mass = table.at(table.integral, leaves, bearing) - table.at(table.integral, enters, bearing)
    return np.asarray(mass.sum(axis=3).mean(axis=2) * (2 * np.pi / _DIRECTIONS) / (width_m * height_m))


def _crossing(
    centres: FloatArray, size: float, source: FloatArray, direction: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Distances along each ray at which it enters and leaves a strip, both (strip, source, ray)."""
    offset = (centres[:, None] - source)[:, :, None]
    low, high = (offset - size / 2) / direction, (offset + size / 2) / direction
    return np.minimum(low, high), np.maximum(low, high)


def blurred(values: FloatArray, accuracy_m: float, width_m: float, height_m: float) -> FloatArray:
    """``values`` smoothed for a source that lies somewhere within ``accuracy_m`` of its position.

    A Gaussian with the variance of a uniform disc of that radius (standard deviation accuracy / 2 along each axis).
    The sum is kept as long as the window has ``blur_reach_m`` of zeros around.
    """
    if accuracy_m == 0:
        return values
    sigma = (accuracy_m / 2 / height_m, accuracy_m / 2 / width_m)
    return np.asarray(ndimage.gaussian_filter(values, sigma, mode="constant"))


def blur_reach_m(accuracy_m: float) -> float:
    """How far ``blurred`` carries: four standard deviations."""
    return 2.0 * accuracy_m
