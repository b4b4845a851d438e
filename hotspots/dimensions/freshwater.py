"""The freshwater dimension: people who live near streams that carry the releases from upstream.

They are *near*, not exposed: whether anyone drinks, irrigates with or bathes in the water is not known. The pressure of
a cell is Σ concentration / reference level of the nearest stream cell within the corridor; 0 where the network holds no
stream that near, NaN where there is no network or no discharge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.blocks import Executor
from hotspots.dimensions.model import (
    AreaFootprint,
    Field,
    FloatArray,
    Footprint,
    IntArray,
    municipal_factors,
    municipal_people,
)
from hotspots.dimensions.places import Places
from hotspots.dispersion.freshwater import (
    MG_L_PER_KG_YR_M3_S,
    Balance,
    Lakes,
    Rivers,
    balance,
    concentration_mg_l,
    exposure_per_kg_yr,
    loads_kg_yr,
)
from hotspots.dispersion.network import NOWHERE, path
from hotspots.errors import MethodError
from hotspots.inputs import Inputs
from hotspots.intakes import at_intakes
from hotspots.method import FreshwaterMethod, Method
from hotspots.pollutants import Decay, Dimension, Pollutant
from hotspots.progress import Progress

BoolArray = npt.NDArray[np.bool_]

BALANCE_TOLERANCE = 1e-9
M3_PER_KM3 = 1e9


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
    lakes, lakes_left_out:
        Names of the lakes that hold back what decays, and of those with no stream or no discharge at their outlet.
    intakes:
        What reaches drinking-water intakes (`hotspots.intakes.at_intakes`); empty without intakes.
    """

    method: FreshwaterMethod
    concentrations_mg_l: Mapping[str, FloatArray]
    balances: tuple[Balance, ...]
    snap_distance_m: Mapping[str, float]
    not_routed: Mapping[str, str]
    near: BoolArray
    lakes: tuple[str, ...]
    lakes_left_out: tuple[str, ...]
    intakes: pd.DataFrame


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
    lakes: tuple[str, ...]
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
        network = Rivers.of(inputs.network, water.stream_area_km2, water.velocity_m_s)
        rivers, lakes = _with_lakes(inputs, network, water.snap_m)
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
            lakes,
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
            concentration = self.concentration_mg_l(item)
            pressure += item.weight * concentration
            concentrations[item.pollutant.id] = np.where(shown, concentration[self.home], np.nan)
            progress.advance("rivers")
        progress.finish("rivers", f"{self.rivers.streams.size} stream cells")
        return Field(self._near(pressure) if self.scored else None, concentrations)

    def concentration_mg_l(self, item: WaterPollutant) -> FloatArray:
        """(cells,) of the network; NaN where the discharge is not known."""
        load = loads_kg_yr(self.rivers, self.release_kg_yr(item), item.pollutant.freshwater_decay)
        return concentration_mg_l(self.rivers, load)

    def pressure_of(self, item: WaterPollutant) -> FloatArray:
        """(rows, cols) what one pollutant adds to the pressure."""
        return self._near(item.weight * self.concentration_mg_l(item))

    def _near(self, values: FloatArray) -> FloatArray:
        """(rows, cols) ``values`` (cells,) of the nearest stream; 0 without one near, NaN where nothing is known."""
        covered = np.where((self.home != NOWHERE) & self.rivers.assessed[self.home], 0.0, np.nan)
        return np.where(self.stream == NOWHERE, covered, values[self.stream])

    def stated(self) -> npt.NDArray[np.str_]:
        """The sources that release a scored pollutant to a stream in reach."""
        return np.unique(np.concatenate([item.source_id for item in self.scored]))

    def sources(self) -> Iterator[Footprint]:
        """What each source adds to the cells near the streams below it, pollutant by pollutant."""
        for item in self.scored:
            kept = self.rivers.kept(item.pollutant.freshwater_decay)
            for source_id, cell, release_kg_yr in zip(item.source_id, item.cell, item.release_kg_yr, strict=True):
                below, share = path(self.rivers.channels, int(cell), kept)
                added = item.weight * MG_L_PER_KG_YR_M3_S * release_kg_yr * share / self.rivers.discharge_m3_s[below]
                cells, pressure = self._near_streams.takers(below, added)
                yield Footprint(str(source_id), cells, pressure, {item.pollutant.emitted_as: 1.0})

    def areas(self, people: FloatArray) -> Iterator[AreaFootprint]:
        """One footprint a decay: how loads shrink depends on nothing else."""
        people_at = self._near_streams.sum(people, self.rivers.channels.downstream.size)
        by_decay: dict[Decay | None, dict[tuple[str, str], float]] = {}
        for item in self.scored:
            sectors = by_decay.setdefault(item.pollutant.freshwater_decay, {})
            for sector, kg_per_person_yr in item.municipal_kg_per_person_yr.items():
                key = sector, item.pollutant.emitted_as
                sectors[key] = sectors.get(key, 0.0) + item.weight * kg_per_person_yr
        rows, cols, releasing = self._releasing
        for decay, sectors in by_decay.items():
            if sectors:
                per_kg_yr = exposure_per_kg_yr(self.rivers, people_at, decay)
                yield AreaFootprint((rows, cols), per_kg_yr[self.home[rows, cols]] * releasing, sectors)

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
        all_lakes = () if self.inputs.lakes is None else tuple(self.inputs.lakes["name"])
        return WaterReport(
            self.method,
            concentrations_mg_l,
            tuple(balances),
            self.snap_distance_m,
            self._not_routed(),
            self.stream != NOWHERE,
            self.lakes,
            tuple(name for name in all_lakes if name not in self.lakes),
            self._intakes(),
        )

    def _intakes(self) -> pd.DataFrame:
        if self.inputs.intakes is None or self.inputs.intakes.empty:
            return pd.DataFrame()
        carried = [(item.pollutant, self.concentration_mg_l(item)) for item in self.pollutants]
        return at_intakes(self.inputs.intakes, self.rivers, carried, self.method.snap_m)

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
    def scored(self) -> list[WaterPollutant]:
        """The pollutants that have a reference level."""
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

    @cached_property
    def _near_streams(self) -> Places:
        return Places(self.stream)


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


def _with_lakes(inputs: Inputs, rivers: Rivers, within_m: float) -> tuple[Rivers, tuple[str, ...]]:
    """``rivers`` with the lakes whose outlet has a stream within ``within_m`` and a discharge, and their names."""
    if inputs.lakes is None or inputs.lakes.empty:
        return rivers, ()
    points = inputs.lakes.geometry
    cells, _ = rivers.nearest_stream(points.x.to_numpy(np.float64), points.y.to_numpy(np.float64), within_m)
    placed = (cells != NOWHERE) & ~np.isnan(rivers.discharge_m3_s[cells])
    volume_m3 = inputs.lakes["volume_km3"].to_numpy(dtype=np.float64) * M3_PER_KM3
    names = tuple(str(name) for name in inputs.lakes["name"][placed])
    return replace(rivers, lakes=Lakes(cells[placed], volume_m3[placed])), names


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
