"""Wind climate: how often the wind blows from each sector, at which speed, in which stability.

Directions are where the wind blows FROM; sector i of n is centred on bearing i · 360° / n.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import ndimage

from hotspots.dispersion.air import STABILITIES
from hotspots.dispersion.stability import solar_elevation_deg, stability_index
from hotspots.errors import InputError
from hotspots.grid import GEOD, AnalysisGrid
from hotspots.inputs import Wind
from hotspots.method import AirMethod

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# Upper bounds of the speed classes of ISCLT3; the sixth is open.
SPEED_BOUNDS_M_S: Final = np.array([1.54, 3.09, 5.14, 8.23, 10.8])
# ISCLT3's own speeds, for a class no sample falls into.
_CENTRAL_SPEEDS_M_S: Final = np.array([1.5, 2.5, 4.3, 6.8, 9.5, 12.5])
_SPEED_CLASSES: Final = len(_CENTRAL_SPEEDS_M_S)
_NO_WEIGHT: Final = 1e-9


@dataclass(frozen=True, eq=False)
class WindClimate:
    """Joint frequencies of wind on a lattice of nodes.

    Attributes
    ----------
    frequency:
        (node_lat, node_lon, sector_from, speed_class, stability); sums to 1 per node.
    speed_m_s:
        Representative 10 m speed of each speed class, (speed_class,): the harmonic mean of the samples in the class
        without calms, because concentration goes with 1/u.
    lat, lon:
        Node coordinates in degrees, ascending.
    calm_share:
        Mean share of calms over the nodes, between 0 and 1.
    label:
        What the climate rests on, printed beside every figure made with it.
    years:
        First and last year of the samples; None where the climate is assumed.
    enough:
        (node_lat, node_lon): nodes with enough samples to be assessed by; None for all. The table of any other node is
        that of the nearest one with enough, so that what is released there still reaches its neighbours.
    """

    frequency: FloatArray
    speed_m_s: FloatArray
    lat: FloatArray
    lon: FloatArray
    calm_share: float
    label: str
    years: tuple[int, int] | None
    enough: BoolArray | None = None

    @property
    def sectors(self) -> int:
        """Number of wind sectors."""
        return int(self.frequency.shape[2])

    def at(self, lon: float, lat: float) -> FloatArray:
        """Frequencies (sector_from, speed_class, stability) at a point, bilinear between nodes.

        Longitudes are taken modulo 360°; a point outside the lattice takes the values of its edge.
        """
        middle = (self.lon[0] + self.lon[-1]) / 2
        turned = (lon - middle + 180.0) % 360.0 + middle - 180.0
        row, down = _between(self.lat, lat)
        col, right = _between(self.lon, turned)
        rows, cols = [row, min(row + 1, len(self.lat) - 1)], [col, min(col + 1, len(self.lon) - 1)]
        weights = np.outer([1 - down, down], [1 - right, right])
        return np.asarray(np.einsum("ij,ijsuc->suc", weights, self.frequency[np.ix_(rows, cols)]))

    def assessed_cells(self, grid: AnalysisGrid) -> BoolArray | None:
        """Cells (rows, cols) whose wind comes of nodes with enough samples alone; None for all."""
        if self.enough is None:
            return None
        rows, cols = np.indices(grid.shape)
        lon, lat = grid.lonlat(rows, cols)
        middle = (self.lon[0] + self.lon[-1]) / 2
        turned = (lon - middle + 180.0) % 360.0 + middle - 180.0
        place = [
            np.interp(lat, self.lat, np.arange(len(self.lat))),
            np.interp(turned, self.lon, np.arange(len(self.lon))),
        ]
        missing = ndimage.map_coordinates((~self.enough).astype(np.float64), place, order=1, mode="nearest")
        return np.asarray(missing < _NO_WEIGHT)


def climatology(wind: Wind | None, grid: AnalysisGrid, method: AirMethod) -> WindClimate:
    """The wind climate of a region.

    Hourly winds are counted as they are, with the sun at that hour. A monthly mean vector counts for 24 hours of the
    15th of its month, and the climate is labelled as indicative: mean vectors hide the calms and the turning of the
    wind. Calms (below ``method.calm_below_m_s``) take the directions of the lowest speed class at their node; where
    that class is empty, of all its winds; where everything is calm, all directions alike. Missing samples are left
    out; a node with less than ``method.min_wind_coverage`` of them is not assessed.

    Raises
    ------
    InputError
        If no node has enough samples or the winds do not reach the grid.
    """
    if wind is None:
        return _assumed(method)
    data = wind.data.transpose("time", "lat", "lon").sortby(["lat", "lon"])
    u, v = data["u10"].to_numpy().astype(np.float64), data["v10"].to_numpy().astype(np.float64)
    lat, lon = data["lat"].to_numpy().astype(np.float64), data["lon"].to_numpy().astype(np.float64)
    times = pd.DatetimeIndex(data["time"].to_numpy())
    _check_reach(lat, lon, grid)
    known = np.isfinite(u) & np.isfinite(v)
    speeds = _representative_speeds(np.hypot(u[known], v[known]), method)
    counts = np.zeros((len(lat), len(lon), method.sectors, _SPEED_CLASSES, len(STABILITIES)))
    calms = np.zeros((len(lat), len(lon)))
    for row, col in np.ndindex(calms.shape):
        valid = known[:, row, col]
        elevation = _elevations(times[valid], float(lat[row]), float(lon[col]), wind.sampling == "monthly_mean")
        counts[row, col], calms[row, col] = _count(u[valid, row, col], v[valid, row, col], elevation, method)
    coverage = known.mean(axis=0)
    enough = (coverage > 0) & (coverage >= method.min_wind_coverage)
    filled = _nearest_valid(enough, lat, lon)
    counts, calms = counts[filled], calms[filled]
    totals = counts.sum(axis=(2, 3, 4))
    return WindClimate(
        frequency=counts / totals[:, :, None, None, None],
        speed_m_s=speeds,
        lat=lat,
        lon=lon,
        calm_share=float(np.mean(calms / totals)),
        label=_label(wind),
        years=wind.years,
        enough=None if enough.all() else enough,
    )


def _assumed(method: AirMethod) -> WindClimate:
    """An isotropic rose in class D."""
    frequency = np.zeros((1, 1, method.sectors, 1, len(STABILITIES)))
    frequency[..., STABILITIES.index("D")] = 1.0 / method.sectors
    speed = np.array([method.assumed_wind_speed_m_s])
    return WindClimate(frequency, speed, np.zeros(1), np.zeros(1), 0.0, "meteorology: assumed", None)


def _label(wind: Wind) -> str:
    if wind.sampling == "monthly_mean":
        return "meteorology: monthly means, indicative"
    return f"meteorology: hourly winds {wind.years[0]}–{wind.years[1]}"


def _check_reach(lat: FloatArray, lon: FloatArray, grid: AnalysisGrid) -> None:
    """The middle of the grid must lie within one node spacing of the lattice."""
    middle_lon, middle_lat = (float(value) for value in grid.lonlat(grid.rows // 2, grid.cols // 2))
    lat_reach = float(np.diff(lat).max()) if len(lat) > 1 else 2.5
    lon_reach = float(np.diff(lon).max()) if len(lon) > 1 else 2.5
    middle = (lon[0] + lon[-1]) / 2
    lon_off = abs((middle_lon - middle + 180.0) % 360.0 - 180.0) - (lon[-1] - lon[0]) / 2
    lat_off = max(lat[0] - middle_lat, middle_lat - lat[-1])
    if lat_off > lat_reach or lon_off > lon_reach:
        raise InputError(
            f"the winds (lat {lat[0]:g} to {lat[-1]:g}, lon {lon[0]:g} to {lon[-1]:g}) do not reach the region.",
            field="wind",
            remedy="Name a wind file that covers the region, or none to have an assumed wind.",
        )


def _representative_speeds(speed: FloatArray, method: AirMethod) -> FloatArray:
    windy = speed[speed >= method.calm_below_m_s]
    classes = np.searchsorted(SPEED_BOUNDS_M_S, windy, side="right")
    number = np.bincount(classes, minlength=_SPEED_CLASSES)
    inverse = np.bincount(classes, weights=1.0 / windy, minlength=_SPEED_CLASSES)
    return np.where(number > 0, number / np.where(number > 0, inverse, 1.0), _CENTRAL_SPEEDS_M_S)


def _elevations(times: pd.DatetimeIndex, lat: float, lon: float, monthly: bool) -> FloatArray:
    """Solar elevation (samples, hours that each sample stands for)."""
    if monthly:
        middle_day = times.day_of_year.to_numpy() - times.day.to_numpy() + 15
        return solar_elevation_deg(lat, middle_day[:, None], np.arange(24) + 0.5)
    utc_hour = times.hour.to_numpy() + times.minute.to_numpy() / 60
    return solar_elevation_deg(lat, times.day_of_year.to_numpy(), utc_hour + lon / 15.0)[:, None]


def _count(u: FloatArray, v: FloatArray, elevation: FloatArray, method: AirMethod) -> tuple[FloatArray, float]:
    """Hours of one node by (sector_from, speed_class, stability), and how many of them are calm."""
    speed = np.hypot(u, v)
    calm = speed < method.calm_below_m_s
    width = 360.0 / method.sectors
    sector = np.rint(np.degrees(np.arctan2(-u, -v)) / width).astype(np.int64) % method.sectors
    speed_class = np.where(calm, 0, np.searchsorted(SPEED_BOUNDS_M_S, speed, side="right"))
    stability = stability_index(speed[:, None], elevation)
    shape = (method.sectors, _SPEED_CLASSES, len(STABILITIES))
    cell = np.ravel_multi_index((sector[:, None], speed_class[:, None], stability), shape)
    counts = np.bincount(cell[~calm].ravel(), minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)
    calm_by_stability = np.bincount(stability[calm].ravel(), minlength=len(STABILITIES))
    counts[:, 0, :] += _calm_directions(counts)[:, None] * calm_by_stability
    return counts, float(calm_by_stability.sum())


def _calm_directions(counts: FloatArray) -> FloatArray:
    """Shares of the sectors (sector,) that calms are given."""
    for by_sector in (counts[:, 0, :].sum(axis=1), counts.sum(axis=(1, 2))):
        total = float(by_sector.sum())
        if total > 0:
            return np.asarray(by_sector / total)
    return np.full(len(counts), 1.0 / len(counts))


def _nearest_valid(valid: npt.NDArray[np.bool_], lat: FloatArray, lon: FloatArray) -> tuple[IntArray, IntArray]:
    """Row and column (node_lat, node_lon) of the node whose table each node uses: its own, or the nearest valid one."""
    indices: IntArray = np.indices(valid.shape)
    rows, cols = indices[0], indices[1]
    valid_rows, valid_cols = np.nonzero(valid)
    if not len(valid_rows):
        raise InputError(
            "no point of the winds has a value at enough times.",
            field="u10, v10",
            remedy="Check the file's fill value, download it again, or lower the method's min_wind_coverage.",
        )
    for row, col in zip(*np.nonzero(~valid), strict=True):
        same = np.full(len(valid_rows), 1.0)
        _, _, distance = GEOD.inv(same * lon[col], same * lat[row], lon[valid_cols], lat[valid_rows])
        nearest = int(np.argmin(distance))
        rows[row, col], cols[row, col] = valid_rows[nearest], valid_cols[nearest]
    return rows, cols


def _between(nodes: FloatArray, value: float) -> tuple[int, float]:
    """Index of the node below ``value`` and the fraction of the way to the next, held inside the nodes."""
    if len(nodes) == 1:
        return 0, 0.0
    index = int(np.clip(np.searchsorted(nodes, value, side="right") - 1, 0, len(nodes) - 2))
    fraction = (value - nodes[index]) / (nodes[index + 1] - nodes[index])
    return index, float(np.clip(fraction, 0.0, 1.0))
