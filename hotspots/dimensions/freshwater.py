"""The freshwater dimension: people who live near streams that carry the releases from upstream.

They are *near*, not exposed: whether anyone drinks, irrigates with or bathes in the water is not known. The pressure of
a cell is Σ concentration / reference level of the nearest stream cell within the corridor; 0 where the network holds no
stream that near, NaN where there is no network or no discharge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from hotspots.blocks import Executor
from hotspots.dimensions.model import (
    Field,
    FloatArray,
    Footprint,
    IntArray,
    MunicipalFootprint,
    municipal_factors,
    municipal_people,
)
from hotspots.dispersion.freshwater import (
    MG_L_PER_KG_YR_M3_S,
    Balance,
    Rivers,
    balance,
    concentration_mg_l,
    exposure_per_kg_yr,
    loads_kg_yr,
)
from hotspots.dispersion.network import NOWHERE, path
from hotspots.errors import MethodError
from hotspots.inputs import Inputs
from hotspots.method import FreshwaterMethod, Method
from hotspots.pollutants import Decay, Dimension, Pollutant
from hotspots.progress import Progress

BoolArray = npt.NDArray[np.bool_]

BALANCE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class WaterPollutant:
    """One pollutant released to water: by listed sources from stream cells, and by people where they live.

    ``source_id``, ``cell`` and ``release_kg_yr`` are of equal length. ``unrouted_kg_yr`` was released by sources with
    no stream in reach, or whose stream comes to a dead end.
    """

    pollutant: Pollutant
    source_id: npt.NDArray[np.str_]
    cell: IntArray
    release_kg_yr: FloatArray
    unrouted_kg_yr: float
    municipal_kg_per_person_yr: Mapping[str, float]

    @property
    def weight(self) -> float:
        """What its concentration adds to the dimension's pressure, in L/mg."""
        return self.pollutant.freshwater_weight


@dataclass(frozen=True)
class WaterReport:
    """What must be told of the routing beside its field.

    Attributes
    ----------
    method:
        The parameters it was routed with.
    concentrations_mg_l:
        (rows, cols) annual means by pollutant id on the cells that are streams, NaN elsewhere.
    balances:
        One per pollutant.
    snap_distance_m:
        By source that releases to water: how far it was moved to its stream; infinite where none is in reach.
    not_routed:
        By source that releases to water and is not routed: why, as a reason code of hotspots.quality.
    near:
        (rows, cols) True where a stream lies within the corridor.
    """

    method: FreshwaterMethod
    concentrations_mg_l: Mapping[str, FloatArray]
    balances: tuple[Balance, ...]
    snap_distance_m: Mapping[str, float]
    not_routed: Mapping[str, str]
    near: BoolArray


@dataclass(frozen=True)
class Freshwater:
    """The rivers with what is released to them.

    ``home`` and ``stream`` (rows, cols) are the network cell that holds the centre of each cell of the analysis grid,
    and the nearest stream cell within the corridor; NOWHERE where there is none, or where the network's own cell is not
    assessed. ``source_cell`` is the stream cell of each source that releases to water, NOWHERE without one in reach.
    """

    inputs: Inputs
    rivers: Rivers
    pollutants: Sequence[WaterPollutant]
    home: IntArray
    stream: IntArray
    source_cell: Mapping[str, int]
    snap_distance_m: Mapping[str, float]
    method: FreshwaterMethod
    dimension: Dimension = "freshwater"

    @classmethod
    def of(cls, inputs: Inputs, method: Method) -> Freshwater | None:
        """The model; None where `why_not` says why.

        Raises
        ------
        InputError
            If a flow direction is unknown.
        """
        if inputs.network is None or why_not(inputs) is not None:
            return None
        water = method.freshwater
        rivers = Rivers.of(inputs.network, water.stream_area_km2, water.velocity_m_s)
        lon, lat = inputs.grid.lonlat(*np.indices(inputs.grid.shape))
        home = rivers.cell_of(lon, lat)
        nearest, _ = rivers.nearest_stream(lon, lat, water.corridor_m)
        unknown = (home != NOWHERE) & ~rivers.assessed[home]
        cells, distance_m = _snapped(inputs, rivers, water.snap_m)
        return cls(
            inputs,
            rivers,
            tuple(_pollutant(inputs, rivers, pollutant, cells) for pollutant in _released(inputs)),
            home,
            np.where(unknown, NOWHERE, nearest.reshape(inputs.grid.shape)),
            cells,
            distance_m,
            water,
        )

    def field(self, executor: Executor, progress: Progress) -> Field:
        """Σ concentration / reference level near streams; concentrations in mg/L on the cells that are streams."""
        pressure = np.zeros(self.rivers.channels.downstream.size)
        concentrations: dict[str, FloatArray] = {}
        is_stream = np.zeros(pressure.size, dtype=np.bool_)
        is_stream[self.rivers.streams] = True
        shown = (self.home != NOWHERE) & is_stream[self.home]
        progress.start("rivers", len(self.pollutants))
        for item in self.pollutants:
            load = loads_kg_yr(self.rivers, self.release_kg_yr(item), item.pollutant.freshwater_decay)
            concentration = concentration_mg_l(self.rivers, load)
            pressure += item.weight * concentration
            concentrations[item.pollutant.id] = np.where(shown, concentration[self.home], np.nan)
            progress.advance("rivers")
        progress.finish("rivers", f"{self.rivers.streams.size} stream cells")
        covered = np.where((self.home != NOWHERE) & self.rivers.assessed[self.home], 0.0, np.nan)
        near = np.where(self.stream == NOWHERE, covered, pressure[self.stream])
        return Field(near if self._scored else None, concentrations)

    def stated(self) -> npt.NDArray[np.str_]:
        """The sources that release a scored pollutant to a stream in reach."""
        return np.unique(np.concatenate([item.source_id for item in self._scored]))

    def sources(self) -> Iterator[Footprint]:
        """What each source adds to the cells near the streams below it, pollutant by pollutant."""
        for item in self._scored:
            kept = self.rivers.kept(item.pollutant.freshwater_decay)
            for source_id, cell, release_kg_yr in zip(item.source_id, item.cell, item.release_kg_yr, strict=True):
                below, share = path(self.rivers.channels, int(cell), kept)
                added = item.weight * MG_L_PER_KG_YR_M3_S * release_kg_yr * share / self.rivers.discharge_m3_s[below]
                at, pressure = self._receptors(below, added)
                cells = np.divmod(at, self.inputs.grid.cols)
                yield Footprint(str(source_id), cells, pressure, {item.pollutant.emitted_as: 1.0})

    def municipal(self, people: FloatArray) -> Iterator[MunicipalFootprint]:
        """One footprint a decay: how loads shrink depends on nothing else."""
        near = self.stream != NOWHERE
        people_at = np.bincount(
            self.stream[near], np.nan_to_num(people[near]), minlength=self.rivers.channels.downstream.size
        )
        by_decay: dict[Decay | None, dict[tuple[str, str], float]] = {}
        for item in self._scored:
            sectors = by_decay.setdefault(item.pollutant.freshwater_decay, {})
            for sector, kg_per_person_yr in item.municipal_kg_per_person_yr.items():
                key = sector, item.pollutant.emitted_as
                sectors[key] = sectors.get(key, 0.0) + item.weight * kg_per_person_yr
        rows, cols, releasing = self._releasing
        for decay, sectors in by_decay.items():
            if sectors:
                per_kg_yr = exposure_per_kg_yr(self.rivers, people_at.astype(np.float64), decay)
                yield MunicipalFootprint((rows, cols), per_kg_yr[self.home[rows, cols]] * releasing, sectors)

    def report(self, concentrations_mg_l: Mapping[str, FloatArray]) -> WaterReport:
        """Mass balances, snapping distances and who is near, beside the concentrations of `field`.

        Raises
        ------
        MethodError
            If a balance does not close to BALANCE_TOLERANCE.
        """
        balances = []
        people = municipal_people(self.inputs)
        elsewhere = float(people[~self._drained].sum())
        for item in self.pollutants:
            unrouted = item.unrouted_kg_yr + elsewhere * sum(item.municipal_kg_per_person_yr.values())
            decay = item.pollutant.freshwater_decay
            found = balance(self.rivers, item.pollutant.id, self.release_kg_yr(item), decay, unrouted)
            if abs(found.error) > BALANCE_TOLERANCE:
                raise MethodError(
                    f"the mass balance of {item.pollutant.id} is open by {found.error:.1e} of what is released.",
                    field="freshwater",
                    remedy="Report this as a fault of the program, with the region's flow directions.",
                )
            balances.append(found)
        near = self.stream != NOWHERE
        distance_m = self.snap_distance_m
        return WaterReport(self.method, concentrations_mg_l, tuple(balances), distance_m, self._not_routed(), near)

    def _not_routed(self) -> dict[str, str]:
        """Why a source is not routed, by source_id."""
        return {
            name: "NO_STREAM_IN_REACH" if cell == NOWHERE else "DRAINS_NOWHERE"
            for name, cell in self.source_cell.items()
            if not _leads_on(self.rivers, np.int64(cell))
        }

    @cached_property
    def _drained(self) -> BoolArray:
        """(rows, cols) True where what people release is routed."""
        return _leads_on(self.rivers, self.home)

    @property
    def _scored(self) -> list[WaterPollutant]:
        return [item for item in self.pollutants if item.weight > 0]

    @cached_property
    def _releasing(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Rows, columns and people of the cells from which people release to the network."""
        people = municipal_people(self.inputs)
        rows, cols = np.nonzero((people > 0) & self._drained)
        return rows, cols, people[rows, cols]

    def release_kg_yr(self, item: WaterPollutant) -> FloatArray:
        """(cells,) what enters the network in each of its cells."""
        cells = self.rivers.channels.downstream.size
        rows, cols, people = self._releasing
        municipal = np.bincount(self.home[rows, cols], people, minlength=cells)
        listed = np.bincount(item.cell, item.release_kg_yr, minlength=cells)
        return np.asarray(municipal * sum(item.municipal_kg_per_person_yr.values()) + listed, dtype=np.float64)

    def _receptors(self, streams: IntArray, pressure: FloatArray) -> tuple[IntArray, FloatArray]:
        """The cells of the analysis grid near ``streams``, and the pressure each takes from its own."""
        order, sorted_streams = self._by_stream
        first = np.searchsorted(sorted_streams, streams, side="left")
        count = np.searchsorted(sorted_streams, streams, side="right") - first
        known = ~np.isnan(pressure)
        first, count, pressure = first[known], count[known], pressure[known]
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return order[np.repeat(first, count) + offset], np.repeat(pressure, count)

    @cached_property
    def _by_stream(self) -> tuple[IntArray, IntArray]:
        """The cells near a stream in the order of their streams, and those streams."""
        near = np.flatnonzero(self.stream.ravel() != NOWHERE)
        streams = self.stream.ravel()[near]
        order = np.argsort(streams, kind="stable")
        return near[order], streams[order]


def why_not(inputs: Inputs) -> str | None:
    """Why freshwater cannot be assessed, in words; None where it can."""
    if inputs.network is None:
        return "no river network and discharge among the inputs"
    if not inputs.network.whole_basins:
        return "rivers enter the flow raster from outside, and what they carry is not known"
    if not _released(inputs):
        return "no release to water among the inputs"
    return None


def _released(inputs: Inputs) -> list[Pollutant]:
    """The pollutants of water that anything releases."""
    listed = set(inputs.releases.loc[inputs.releases["medium"] == "water", "pollutant"])
    listed |= {factor.pollutant for factor in inputs.municipal if factor.medium == "water"}
    return [item for item in inputs.pollutants.values() if "water" in item.media and item.emitted_as in listed]


def _snapped(inputs: Inputs, rivers: Rivers, within_m: float) -> tuple[dict[str, int], dict[str, float]]:
    """Stream cell and distance of every source that releases to water, by source_id."""
    releasing = inputs.releases.loc[inputs.releases["medium"] == "water", "source_id"].unique()
    sources = inputs.sources[inputs.sources["source_id"].isin(releasing)].sort_values("source_id")
    cells, distance_m = rivers.nearest_stream(
        sources.geometry.x.to_numpy(dtype=np.float64), sources.geometry.y.to_numpy(dtype=np.float64), within_m
    )
    names = [str(name) for name in sources["source_id"]]
    return (
        {name: int(cell) for name, cell in zip(names, cells, strict=True)},
        {name: float(distance) for name, distance in zip(names, distance_m, strict=True)},
    )


def _leads_on(rivers: Rivers, cell: npt.ArrayLike) -> BoolArray:
    """Whether what is released in each network cell comes to a mouth or an endorheic end; NOWHERE does not."""
    at = np.asarray(cell)
    return np.asarray((at != NOWHERE) & ~rivers.channels.astray[at])


def _pollutant(inputs: Inputs, rivers: Rivers, pollutant: Pollutant, cells: Mapping[str, int]) -> WaterPollutant:
    """What is released of one pollutant; its sources are in the order of source_id."""
    to_water = inputs.releases[inputs.releases["medium"] == "water"]
    releases = to_water[to_water["pollutant"] == pollutant.emitted_as].set_index("source_id")["release_kg_yr"]
    releases = (releases[releases > 0] * pollutant.concentration_factor).sort_index()
    cell = np.array([cells[str(name)] for name in releases.index], dtype=np.int64)
    routed = _leads_on(rivers, cell)
    factors = municipal_factors(inputs, pollutant.emitted_as, "water")
    return WaterPollutant(
        pollutant,
        releases.index.to_numpy(dtype=str)[routed],
        cell[routed],
        releases.to_numpy()[routed],
        float(releases.to_numpy()[~routed].sum()),
        {sector: kg * pollutant.concentration_factor for sector, kg in factors.items()},
    )
