"""Freshwater: loads routed along a river network with first-order decay, diluted in the mean discharge.

    L_j = W_j + Σ L_u · exp(-k_T · t_u) over the cells u immediately upstream,   k_T = k_20 · θ^(T - 20),
    t = channel length / velocity,   C [mg/L] = 0.03169 · L [t/yr] / Q [m³/s]

the steady state of plug flow with first-order loss (Chapra 1997, *Surface Water-Quality Modeling*). Everything is
linear in the releases. A lake of volume V lets through L_out = L_in / (1 + k_T V / Q), the steady state of a completely
mixed one (the same book); a lake that is not given is a river. docs/method-freshwater.md has the validity.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from hotspots.dispersion.network import NOWHERE, Channels, cell_areas_km2, route, seen_from_upstream, trace
from hotspots.geocentric import geocentric_m
from hotspots.grid import AnalysisGrid
from hotspots.inputs import Discharge, FlowNetwork
from hotspots.pollutants import Decay

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

SECONDS_PER_DAY = 86_400.0
SECONDS_PER_YEAR = 31_557_600.0
MG_L_PER_KG_YR_M3_S = 1e6 / (SECONDS_PER_YEAR * 1e3)
"""3.169e-5, the concentration in mg/L of 1 kg/yr in 1 m³/s: 0.0317 mg/s in 1 000 L/s."""
M3_PER_MM_KM2 = 1e3
UNKNOWN_AREA_SHARE = 0.01
"""Project's choice: a cell is not assessed where more of its upstream area than this is a void or lacks runoff."""


@dataclass(frozen=True)
class Lakes:
    """Lakes by the cell in which the river leaves them, (lakes,): L_out = L_in / (1 + k V / Q)."""

    outlet: IntArray
    volume_m3: FloatArray


@dataclass(frozen=True)
class Rivers:
    """A network ready to be routed on; all arrays are (cells,), row by row, NaN where there is no data.

    Attributes
    ----------
    upstream_km2:
        Geodesic area that drains to the cell, its own included.
    discharge_m3_s:
        Mean discharge; NaN also where it is given as 0 or less, for nothing can be diluted there, and where
        ``assessed`` is False.
    assessed:
        True where the way of the water to a mouth or endorheic end is known, and so is the area upstream but for
        UNKNOWN_AREA_SHARE of it.
    """

    grid: AnalysisGrid
    channels: Channels
    upstream_km2: FloatArray
    discharge_m3_s: FloatArray
    assessed: BoolArray
    stream_area_km2: float
    velocity_m_s: float
    water_temperature_c: float
    lakes: Lakes | None = None

    @classmethod
    def of(cls, network: FlowNetwork, stream_area_km2: float, velocity_m_s: float) -> Rivers:
        """The rivers of ``network``; a cell with at least ``stream_area_km2`` upstream is a stream.

        Raises
        ------
        InputError
            If a flow direction is unknown.
        """
        channels = trace(network.grid, network.direction, network.endorheic)
        land = channels.land
        area_km2 = np.where(land, cell_areas_km2(network.grid), 0.0)
        upstream_km2 = channels.accumulated(area_km2)
        void = np.zeros(land.size, dtype=np.bool_) if network.void is None else network.void.ravel()
        assessed = land & ~channels.astray & ~void & _mostly_known(channels, area_km2, void)
        if isinstance(network.flow, Discharge):
            discharge_m3_s = network.flow.discharge_m3_s.ravel()
        else:
            depth_mm_yr = np.broadcast_to(network.flow.depth_mm_yr, network.grid.shape).ravel()
            discharge_m3_s = _from_runoff(channels, area_km2, depth_mm_yr)
        return cls(
            network.grid,
            channels,
            np.where(land, upstream_km2, np.nan),
            np.where(assessed & (discharge_m3_s > 0), discharge_m3_s, np.nan),
            assessed,
            stream_area_km2,
            velocity_m_s,
            network.water_temperature_c,
        )

    @cached_property
    def streams(self) -> IntArray:
        """The stream cells."""
        return np.flatnonzero(np.nan_to_num(self.upstream_km2) >= self.stream_area_km2)

    def kept(self, decay: Decay | None) -> FloatArray:
        """(cells,) the share of a cell's load that arrives at the cell downstream; 1 without ``decay``.

        That of a lake's outlet is less by what the lake, completely mixed, loses; the lakes of one cell are in a row.
        """
        if decay is None:
            return np.ones(self.channels.length_m.size)
        per_day = decay.k20_per_day * decay.theta ** (self.water_temperature_c - 20.0)
        kept = np.exp(-per_day * self.channels.length_m / self.velocity_m_s / SECONDS_PER_DAY)
        if self.lakes is not None:
            residence_s = self.lakes.volume_m3 / self.discharge_m3_s[self.lakes.outlet]
            np.multiply.at(kept, self.lakes.outlet, 1.0 / (1.0 + per_day * residence_s / SECONDS_PER_DAY))
        return np.asarray(kept)

    def cell_of(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> IntArray:
        """The cell of each point; NOWHERE outside the network."""
        rows, cols = self.grid.cell_of(lon, lat)
        cells = np.where(rows >= 0, rows * self.grid.cols + cols, NOWHERE)
        return np.where(self.channels.land[cells] & (cells >= 0), cells, NOWHERE)

    def nearest_stream(self, lon: npt.ArrayLike, lat: npt.ArrayLike, within_m: float) -> tuple[IntArray, FloatArray]:
        """The stream cell whose centre is nearest to each point, and how far it is in m.

        NOWHERE and infinity where none is within ``within_m``.
        """
        points = geocentric_m(lon, lat)
        if not self.streams.size:
            return np.full(len(points), NOWHERE), np.full(len(points), np.inf)
        distance_m, index = self._tree.query(points, distance_upper_bound=np.nextafter(within_m, np.inf))
        found = np.isfinite(distance_m)
        return np.where(found, self.streams[np.where(found, index, 0)], NOWHERE), np.asarray(distance_m)

    @cached_property
    def _tree(self) -> KDTree:
        return KDTree(geocentric_m(*self.grid.lonlat(*np.divmod(self.streams, self.grid.cols))))


@dataclass(frozen=True)
class Balance:
    """What became of one pollutant's load, in kg/yr: released = out + decayed + stored.

    ``out`` leaves at the mouths, ``stored`` reaches inland sinks, ``unrouted`` was released where there is no network
    or no stream in reach and is no part of ``released``.
    """

    pollutant: str
    released_kg_yr: float
    out_kg_yr: float
    decayed_kg_yr: float
    stored_kg_yr: float
    unrouted_kg_yr: float

    @property
    def error(self) -> float:
        """(released - out - decayed - stored) / released; 0 where nothing is released."""
        gone = self.out_kg_yr + self.decayed_kg_yr + self.stored_kg_yr
        return (self.released_kg_yr - gone) / self.released_kg_yr if self.released_kg_yr > 0 else 0.0


def loads_kg_yr(rivers: Rivers, release_kg_yr: FloatArray, decay: Decay | None) -> FloatArray:
    """The load L that passes each cell in kg/yr, from the releases W of each, both (cells,)."""
    return route(rivers.channels, release_kg_yr, rivers.kept(decay))


def concentration_mg_l(rivers: Rivers, load_kg_yr: FloatArray) -> FloatArray:
    """Annual mean concentration of each cell, (cells,); NaN where the discharge is not known or not positive."""
    return MG_L_PER_KG_YR_M3_S * load_kg_yr / rivers.discharge_m3_s


def exposure_per_kg_yr(rivers: Rivers, people_per_mg_l: FloatArray, decay: Decay | None) -> FloatArray:
    """Σ people · mg/L below each cell per kg/yr released in it, (cells,): the adjoint of load and concentration.

    Parameters
    ----------
    people_per_mg_l:
        (cells,) what one mg/L in the cell counts, e.g. the people who live near it; cells without a known discharge
        count nothing, whatever is given.
    """
    weight = np.nan_to_num(people_per_mg_l * MG_L_PER_KG_YR_M3_S / rivers.discharge_m3_s, nan=0.0)
    return seen_from_upstream(rivers.channels, weight, rivers.kept(decay))


def balance(
    rivers: Rivers, pollutant: str, release_kg_yr: FloatArray, decay: Decay | None, unrouted_kg_yr: float
) -> Balance:
    """The mass balance of one pollutant, from what each cell releases (cells,)."""
    load = loads_kg_yr(rivers, release_kg_yr, decay)
    channels = rivers.channels
    ends = channels.downstream == NOWHERE
    lost = np.where(ends, 0.0, load * (1.0 - rivers.kept(decay)))
    return Balance(
        pollutant,
        float(release_kg_yr.sum()),
        float(load[channels.mouth].sum()),
        float(lost.sum()),
        float(load[ends & ~channels.mouth].sum()),
        unrouted_kg_yr,
    )


def _from_runoff(channels: Channels, area_km2: FloatArray, depth_mm_yr: FloatArray) -> FloatArray:
    """(cells,) mean discharge in m³/s: the depth of the area upstream of known runoff, taken for all of it."""
    unknown = np.isnan(depth_mm_yr)
    known_km2 = channels.accumulated(np.where(unknown, 0.0, area_km2))
    volume_m3_yr = channels.accumulated(np.where(unknown, 0.0, area_km2 * depth_mm_yr)) * M3_PER_MM_KM2
    with np.errstate(invalid="ignore", divide="ignore"):
        whole_m3_yr = volume_m3_yr * channels.accumulated(area_km2) / known_km2
    return np.where(_mostly_known(channels, area_km2, unknown), whole_m3_yr / SECONDS_PER_YEAR, np.nan)


def _mostly_known(channels: Channels, area_km2: FloatArray, unknown: BoolArray) -> BoolArray:
    """(cells,) True where ``unknown`` cells are at most UNKNOWN_AREA_SHARE of the area upstream."""
    unknown_km2 = channels.accumulated(np.where(unknown, area_km2, 0.0))
    return unknown_km2 <= UNKNOWN_AREA_SHARE * channels.accumulated(area_km2)
